// What Windows itself puts at places that hold many entries, in our own words: file names stand for themselves and for
// that file in System32 or SysWOW64. Not a list of what is good: a file of that name may have been replaced.
// Sources: the SYSTEM hives of regipy (Windows 7 to 10), and for SOFTWARE, of which there is no public hive, Microsoft's
// documentation and the tables of public baselines.
#pragma once
#include <string_view>

namespace konseki::windows_autostart {

inline constexpr std::string_view usual_startup_folder
    = "%USERPROFILE%\\AppData\\Roaming\\Microsoft\\Windows\\Start Menu\\Programs\\Startup|"
      "%ProgramData%\\Microsoft\\Windows\\Start Menu\\Programs\\Startup|"
      "%ALLUSERSPROFILE%\\Microsoft\\Windows\\Start Menu\\Programs\\Startup|"
      "C:\\ProgramData\\Microsoft\\Windows\\Start Menu\\Programs\\Startup|"
      "%USERPROFILE%\\Start Menu\\Programs\\Startup|%ALLUSERSPROFILE%\\Start Menu\\Programs\\Startup";

inline constexpr std::string_view usual_policy_extensions
    = "appmgmts.dll|auditcse.dll|AppManagementConfiguration.dll|cscobj.dll|dggpext.dll|dmenrollengine.dll|dot3gpclnt."
      "dll|"
      "dskquota.dll|fdeploy.dll|gpprefcl.dll|gpprnext.dll|gpscript.dll|gptext.dll|hvsigpext.dll|iedkcs32.dll|polstore."
      "dll|"
      "pwlauncher.dll|scecli.dll|srchadmin.dll|tsworkspace.dll|wlgpclnt.dll|WorkFoldersGPExt.dll";

inline constexpr std::string_view usual_shells = "explorer.exe|cmd.exe|cmd.exe /c \"cd /d \"%USERPROFILE%\" & start "
                                                 "cmd.exe /k runonce.exe /AlternateShellStartup\"|"
                                                 "cmd.exe /c \"cd /d \"%USERPROFILE%\" & start cmd.exe\"";

inline constexpr std::string_view usual_known_libraries
    = "advapi32.dll|bcryptPrimitives.dll|cfgmgr32.dll|clbcatq.dll|combase.dll|COMDLG32.dll|coml2.dll|CRYPT32.dll|"
      "DEVOBJ.dll|difxapi.dll|gdi32.dll|gdiplus.dll|iertutil.dll|IMAGEHLP.dll|IMM32.dll|kernel32.dll|LPK.dll|LZ32.dll|"
      "MSASN1.dll|MSCTF.dll|MSVCRT.dll|NORMALIZ.dll|NSI.dll|ole32.dll|OLEAUT32.dll|olecli32.dll|olecnv32.dll|olesvr32."
      "dll|"
      "olethk32.dll|PSAPI.DLL|rpcrt4.dll|sechost.dll|Setupapi.dll|SHCORE.dll|SHELL32.dll|SHLWAPI.dll|url.dll|urlmon."
      "dll|"
      "user32.dll|USP10.dll|version.dll|WININET.dll|WINTRUST.dll|WLDAP32.dll|wow32.dll|wow64.dll|wow64base.dll|"
      "wow64cpu.dll|wow64win.dll|wowarmhw.dll|wowarmw.dll|WS2_32.dll|xtajit.dll|xtajit64.dll|"
      "%SystemRoot%\\system32|%SystemRoot%\\syswow64|%SystemRoot%\\Sysarm32";

// The size of the shared section, in digits, is left out of the comparison.
inline constexpr std::string_view usual_subsystem
    = "%SystemRoot%\\system32\\csrss.exe ObjectDirectory=\\Windows SharedSection=# Windows=On SubSystemType=Windows "
      "ServerDll=basesrv,1 ServerDll=winsrv:UserServerDllInitialization,3 ServerDll=sxssrv,4 ProfileControl=Off "
      "MaxRequestThreads=16|"
      "%SystemRoot%\\system32\\csrss.exe ObjectDirectory=\\Windows SharedSection=# Windows=On SubSystemType=Windows "
      "ServerDll=basesrv,1 ServerDll=winsrv:UserServerDllInitialization,3 "
      "ServerDll=winsrv:ConServerDllInitialization,2 ServerDll=sxssrv,4 ProfileControl=Off MaxRequestThreads=16|"
      "%SystemRoot%\\system32\\csrss.exe ObjectDirectory=\\Windows SharedSection=# Windows=On SubSystemType=Windows "
      "ServerDll=basesrv,1 ServerDll=winsrv:UserServerDllInitialization,3 "
      "ServerDll=winsrv:ConServerDllInitialization,2 ProfileControl=Off MaxRequestThreads=16";

// Names of keys, not contents.
inline constexpr std::string_view usual_safe_mode
    = "afd|ahcache.sys|appinfo|appmgmt|audioendpointbuilder|audiosrv|base|basicdisplay.sys|basicrender.sys|bfe|"
      "boot bus extender|boot file system|bowser|brokerinfrastructure|browser|cbdhsvc|coremessagingregistrar|"
      "cryptsvc|dcomlaunch|deviceinstall|dfsc|dhcp|dnscache|dot3svc|dxgkrnl.sys|eaphost|efs|eventlog|"
      "file system|filter|fsdepends.sys|hdaudaddservice.sys|hdaudbus.sys|helpsvc|iai2c.sys|ikeext|ipnat.sys|"
      "keyiso|lanmanserver|lanmanworkstation|lmhosts|lsm|messenger|mpsdrv|mpssvc|mrxsmb|mrxsmb10|mrxsmb20|"
      "nativewifip|ndis|ndis wrapper|ndiscap|ndisuio|netbios|netbiosgroup|netbt|netddegroup|netlogon|netman|"
      "netprofm|netsetupsvc|network|networkprovider|nlasvc|nsi|nsiproxy.sys|ntds|pci configuration|plugplay|"
      "pnp filter|pnp_tdi|policyagent|power|primary disk|profsvc|rdbss|rdpencdd.sys|rdsessmgr|rpceptmapper|"
      "rpcss|sacsvr|scardsvr|scsi class|sercx2.sys|sermouse.sys|sharedaccess|smartcardsimulator|spbcx.sys|"
      "staterepository|streams drivers|swprv|system bus extender|systemeventsbroker|tabletinputservice|tbs|"
      "tcpip|tdi|tiledatamodelsvc|trustedinstaller|uefi.sys|usbaudio.sys|usermanager|vaultsvc|vds|vga.sys|"
      "vgasave.sys|virtualsmartcardreader|vmms|volmgr.sys|volmgrx.sys|wcmsvc|wdf01000.sys|windefend|winmgmt|"
      "winquic|wlansvc|wudfpf|wudfrd|wudfsvc|wudfusbcciddriver|{36fc9e60-c465-11cf-8056-444553540000}|"
      "{4d36e965-e325-11ce-bfc1-08002be10318}|{4d36e967-e325-11ce-bfc1-08002be10318}|"
      "{4d36e969-e325-11ce-bfc1-08002be10318}|{4d36e96a-e325-11ce-bfc1-08002be10318}|"
      "{4d36e96b-e325-11ce-bfc1-08002be10318}|{4d36e96c-e325-11ce-bfc1-08002be10318}|"
      "{4d36e96f-e325-11ce-bfc1-08002be10318}|{4d36e972-e325-11ce-bfc1-08002be10318}|"
      "{4d36e973-e325-11ce-bfc1-08002be10318}|{4d36e974-e325-11ce-bfc1-08002be10318}|"
      "{4d36e975-e325-11ce-bfc1-08002be10318}|{4d36e977-e325-11ce-bfc1-08002be10318}|"
      "{4d36e97b-e325-11ce-bfc1-08002be10318}|{4d36e97d-e325-11ce-bfc1-08002be10318}|"
      "{4d36e980-e325-11ce-bfc1-08002be10318}|{50dd5230-ba8a-11d1-bf5d-0000f805f530}|"
      "{533c5b84-ec70-11d2-9505-00c04f79deaf}|{6bdd1fc1-810f-11d0-bec7-08002be2092f}|"
      "{71a27cdd-812a-11d0-bec7-08002be2092f}|{745a17a0-74d3-11d0-b6fe-00a0c90f57da}|"
      "{9da2b80f-f89f-4a49-a5c2-511b085b9e8a}|{a0a588a4-c46f-4b37-b7ea-c82fe89870c6}|"
      "{d48179be-ec20-11d1-b6b8-00c04fa372a7}|{d94ee5d8-d189-4994-83d2-f68d7d41b0e6}|"
      "{f2e7dd72-6468-4e36-b6f1-6488f42c1b52}";

inline constexpr std::string_view usual_filters
    = "irenum|scfilter|SpatialGraphFilter|kbdclass|mouclass|partmgr|volsnap|fvevol|iorate|rdyboost|volume|ksthunk|"
      "usbccgp|EhStorClass|WpdUpFltr|"
      "WudfRd|WUDFRd|PnpFilter|cdrom|disk|redbook|Serenum|serenum|sermouse|lltdio|HidKmdf|"
      "mshidkmdf|pciide|crcdisk|storflt|wpdcomp";

inline constexpr std::string_view usual_security_packages = "\"\"|kerberos|msv1_0|schannel|wdigest|tspkg|pku2u|cloudAP|"
                                                            "livessp|credssp.dll|digest.dll|msapsspc.dll|msnsspc.dll";

inline constexpr std::string_view usual_credential_providers
    = "authui.dll|BioCredProv.dll|certCredProvider.dll|cloudAP.dll|cngcredui.dll|credprov2fahelper.dll|credprovhost."
      "dll|"
      "credprovs.dll|credprovslegacy.dll|devicengccredprov.dll|FaceCredentialProvider.dll|fidocredprov.dll|"
      "FamilySafetyExt.dll|ngccredprov.dll|rasplap.dll|SmartcardCredentialProvider.dll|"
      "TrustedSignalCredProv.dll|VaultCredProvider.dll|wlidcredprov.dll|WinBioCredProv.dll";

inline constexpr std::string_view usual_netsh_helpers
    = "authfwcfg.dll|dhcpcmonitor.dll|dhcpmon.dll|dot3cfg.dll|fwcfg.dll|hnetmon.dll|ifmon.dll|ipmontr.dll|"
      "ipxmontr.dll|ipxpromn.dll|napmontr.dll|netiohlp.dll|nettrace.dll|nshhttp.dll|nshipsec.dll|nshwfp.dll|"
      "p2pnetsh.dll|peerdistsh.dll|rasmontr.dll|rpcnsh.dll|WcnNetsh.dll|whhelper.dll|wlancfg.dll|wshelper.dll|"
      "wwancfg.dll";

inline constexpr std::string_view usual_active_setup
    = "U|/UserInstall|%SystemRoot%\\system32\\unregmp2.exe /ShowWMP|%SystemRoot%\\system32\\unregmp2.exe /FirstLogon|"
      "%SystemRoot%\\system32\\unregmp2.exe /FirstLogon /Shortcuts /RegBrowsers /ResetMUI|"
      "C:\\Windows\\System32\\ie4uinit.exe -UserConfig|C:\\Windows\\System32\\ie4uinit.exe -UserIconConfig|"
      "C:\\Windows\\System32\\ie4uinit.exe -BaseSettings|C:\\Windows\\System32\\ie4uinit.exe -EnableTLS|"
      "C:\\Windows\\System32\\ie4uinit.exe -DisableSSL3|"
      "C:\\Windows\\System32\\Rundll32.exe C:\\Windows\\System32\\mscories.dll,Install|"
      "C:\\Windows\\SysWOW64\\Rundll32.exe C:\\Windows\\SysWOW64\\mscories.dll,Install|"
      "\"%ProgramFiles%\\Windows Mail\\WinMail.exe\" OCInstallUserConfigOE|"
      "\"%ProgramFiles(x86)%\\Windows Mail\\WinMail.exe\" OCInstallUserConfigOE|"
      "regsvr32.exe /s /n /i:U shell32.dll|regsvr32.exe /s /n /i:/UserInstall %SystemRoot%\\system32\\themeui.dll|"
      "%SystemRoot%\\system32\\regsvr32.exe /s /n /i:/UserInstall %SystemRoot%\\system32\\themeui.dll|"
      "\"C:\\Windows\\System32\\rundll32.exe\" \"C:\\Windows\\System32\\iedkcs32.dll\",BrandIEActiveSetup SIGNUP|"
      "\"C:\\Windows\\System32\\rundll32.exe\" \"C:\\Windows\\System32\\iesetup.dll\",IEHardenAdmin|"
      "\"C:\\Windows\\System32\\rundll32.exe\" \"C:\\Windows\\System32\\iesetup.dll\",IEHardenUser";

inline constexpr std::string_view usual_cleanup_handlers
    = "{C0E13E61-0CC6-11d1-BBB6-0060978B2AE6}|{8369AB20-56C9-11D0-94E8-00AA0059CE02}|"
      "{9B0EFD60-F7B0-11D0-BAEF-00C04FC308C9}|{5ef4af3a-f726-11d0-b8a2-00c04fc309a4}|dataclen.dll|occache.dll|shell32."
      "dll|"
      "thumbcache.dll|setupcln.dll|scavengeui.dll|d3dscache.dll|pnpclean.dll|domgmt.dll|inetcpl.cpl|wininet.dll|"
      "windows.storage.dll|fldrclnr.dll|cleanmgr.exe";

inline constexpr std::string_view usual_persistent_handlers
    = "{5e941d80-bf96-11cd-b579-08002b30bfeb}|{098f2470-bae0-11cd-b579-08002b30bfeb}|"
      "{eec97550-47a9-11cf-b952-00aa0051fe20}|{98de59a0-d175-11cd-a7bd-00006b827d94}|"
      "{c1243ca0-bf96-11cd-b579-08002b30bfeb}|{c3278e90-bea7-11cd-b579-08002b30bfeb}|"
      "{e0ca5340-4534-11cf-b952-00aa0051fe20}|{f07f3920-7b8c-11cf-9be8-00aa004b9986}";

inline constexpr std::string_view usual_trust_libraries
    = "WINTRUST.DLL|C:\\Windows\\System32\\WINTRUST.DLL|MSISIP.DLL|wshext.dll|AppxSip.dll|EsdSip.dll|mssip32.dll|"
      "cryptdlg.dll|SoftPub.dll|mssign32.dll|wintrust.dll|"
      "%SystemRoot%\\System32\\WindowsPowerShell\\v1.0\\pwrshsip.dll|"
      "%SystemRoot%\\SysWOW64\\WindowsPowerShell\\v1.0\\pwrshsip.dll";

inline constexpr std::string_view usual_codecs
    = "imaadp32.acm|msadp32.acm|msg711.acm|msgsm32.acm|msacm32.drv|l3codeca.acm|l3codecp.acm|midimap.dll|wdmaud.drv|"
      "msrle32.dll|msvidc32.dll|iccvid.dll|iyuv_32.dll|msyuv.dll|tsbyuv.dll|VfWWDM32.dll|msh261.drv|msh263.drv|"
      "mciwave.dll|mciseq.dll|mcicda.drv|mciavi32.dll|mciqtz32.dll|beep.sys|sysaudio.sys|rdpsnd.dll|msacm32.dll|"
      "mmdrv.dll|atmfd.dll|timer.drv|mciwave.drv|mciseq.drv";

inline constexpr std::string_view usual_telemetry
    = "%windir%\\system32\\CompatTelRunner.exe -m:appraiser.dll -f:DoScheduledTelemetryRun|"
      "%windir%\\system32\\CompatTelRunner.exe -m:aeinv.dll -f:UpdateSoftwareInventoryW invsvc|"
      "%windir%\\system32\\CompatTelRunner.exe -m:generaltel.dll -f:DoCensusRun|"
      "%windir%\\system32\\CompatTelRunner.exe -m:aemarebackup.dll -f:BackupMareData|"
      "%windir%\\system32\\CompatTelRunner.exe -m:invagent.dll -f:RunUpdate|"
      "%windir%\\system32\\CompatTelRunner.exe -m:pcasvc.dll -f:QueryEncapsulationSettings|"
      "%windir%\\system32\\devicecensus.exe";

inline constexpr std::string_view usual_drive_tools
    = "%systemroot%\\system32\\sdclt.exe|%SystemRoot%\\System32\\cleanmgr.exe /D %c|"
      "%systemroot%\\system32\\dfrgui.exe|%systemroot%\\system32\\dfrg.msc %c:|"
      "%SystemRoot%\\system32\\ntbackup.exe";

}
