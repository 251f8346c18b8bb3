#include "traces/windows_security_setting/settings.hpp"
#include <array>

namespace konseki::windows_security_setting {

namespace {

constexpr std::uint32_t bits(Scope scope)
{
    return static_cast<std::uint32_t>(scope);
}

constexpr auto machine = bits(Scope::machine);
constexpr auto user = bits(Scope::user);
constexpr auto set = bits(Scope::control_set);
constexpr auto both = machine | user;
constexpr auto both_wow = both | bits(Scope::wow);
constexpr auto user_root = bits(Scope::user_root);

constexpr std::string_view firewall = "Services\\SharedAccess\\Parameters\\FirewallPolicy\\*";
constexpr std::string_view firewall_policy = "Policies\\Microsoft\\WindowsFirewall\\*";
constexpr std::string_view defender = "Microsoft\\Windows Defender";
constexpr std::string_view defender_policy = "Policies\\Microsoft\\Windows Defender";
constexpr std::string_view real_time = "Microsoft\\Windows Defender\\Real-Time Protection";
constexpr std::string_view real_time_policy = "Policies\\Microsoft\\Windows Defender\\Real-Time Protection";
constexpr std::string_view real_time_names
    = "DisableRealtimeMonitoring|DisableBehaviorMonitoring|DisableOnAccessProtection|DisableScanOnRealtimeEnable|"
      "DisableIOAVProtection|DisableScriptScanning|DisableIntrusionPreventionSystem";
constexpr std::string_view system_policy = "Microsoft\\Windows\\CurrentVersion\\Policies\\System";
constexpr std::string_view lsa = "Control\\Lsa";
constexpr std::string_view winlogon = "Microsoft\\Windows NT\\CurrentVersion\\Winlogon";
constexpr std::string_view smb_server = "Services\\LanmanServer\\Parameters";
constexpr std::string_view smb_client = "Services\\LanmanWorkstation\\Parameters";
constexpr std::string_view powershell = "Policies\\Microsoft\\Windows\\PowerShell";
constexpr std::string_view office = "Microsoft\\Office\\*\\*\\Security";
constexpr std::string_view office_policy = "Policies\\Microsoft\\Office\\*\\*\\Security";

constexpr std::string_view exclusion = "Not scanned by Defender: path, extension, process or address";
constexpr std::string_view macros
    = "VBA macros: 1 all run, 2 the user is asked, 3 only signed ones, 4 none; Windows' own is 2";

constexpr std::array<Setting, 137> all { {
    { "firewall", firewall, "EnableFirewall", set, "1", "0", "T1562.004",
        "0 switches the firewall off in this profile" },
    { "firewall", firewall, "DefaultInboundAction", set, "1", "0", "T1562.004",
        "What no rule names, coming in: 1 refused, 0 allowed" },
    { "firewall", firewall, "DefaultOutboundAction", set, "0", {}, {}, "What no rule names, going out: 0 allowed" },
    { "firewall", firewall, "DisableNotifications", set, "0", {}, {}, "1: nobody is told that a program was refused" },
    { "firewall", firewall, "DoNotAllowExceptions", set, "0", {}, {}, "1: no program is let in at all" },
    { "firewall", "Services\\SharedAccess\\Parameters\\FirewallPolicy\\*\\Logging",
        "LogDroppedPackets|LogSuccessfulConnections|LogFilePath|LogFileSize", set, {}, {}, {}, "Log of the firewall" },
    { "firewall", firewall_policy, "EnableFirewall", machine, {}, "0", "T1562.004",
        "Policy: 0 switches the firewall off in this profile" },
    { "firewall", firewall_policy, "DefaultInboundAction|DefaultOutboundAction|AllowLocalPolicyMerge", machine, {}, {},
        {}, "Policy of the firewall" },

    { "defender", defender, "DisableAntiSpyware|DisableAntiVirus", machine, "0", "1", "T1562.001",
        "1 switches Defender off" },
    { "defender", defender_policy, "DisableAntiSpyware|DisableAntiVirus|DisableRoutinelyTakingAction", machine, {}, "1",
        "T1562.001", "Policy: 1 switches Defender, or its acting, off" },
    { "defender", defender, "PassiveMode|ProductStatus|DisableLocalAdminMerge|HideExclusionsFromLocalAdmins", machine,
        {}, {}, {}, "State of Defender" },
    { "defender", real_time, real_time_names, machine, "0", "1", "T1562.001", "1 switches this protection off" },
    { "defender", real_time_policy, real_time_names, machine, {}, "1", "T1562.001",
        "Policy: 1 switches this protection off" },
    { "defender", "Microsoft\\Windows Defender\\Features", "TamperProtection", machine, "1|5", "0|4", "T1562.001",
        "Tamper protection: 1 and 5 on, 0 and 4 off" },
    { "defender", "Microsoft\\Windows Defender\\Features", "TamperProtectionSource", machine, {}, {}, {},
        "Who set tamper protection" },
    { "defender", "Microsoft\\Windows Defender\\Spynet", "SpynetReporting|SubmitSamplesConsent", machine, {}, "0",
        "T1562.001", "Cloud protection: 0 tells and sends nothing" },
    { "defender", "Policies\\Microsoft\\Windows Defender\\Spynet", "SpynetReporting|DisableBlockAtFirstSeen", machine,
        {}, {}, {}, "Policy of cloud protection" },
    { "defender", "Microsoft\\Windows Defender\\Exclusions\\*", "*", machine, {}, "*", "T1562.001", exclusion },
    { "defender", "Policies\\Microsoft\\Windows Defender\\Exclusions\\*", "*", machine, {}, "*", "T1562.001",
        exclusion },
    { "defender", "Microsoft\\Windows Defender\\Threats\\ThreatIDDefaultAction", "*", machine, {}, "6|9", "T1562.001",
        "What is done with this threat: 6 allowed, 9 nothing" },
    { "defender", "Policies\\Microsoft\\Windows Defender\\Threats\\ThreatSeverityDefaultAction", "*", machine, {},
        "6|9", "T1562.001", "Policy: what is done with threats of this severity: 6 allowed, 9 nothing" },
    { "defender", "Policies\\Microsoft\\Windows Defender\\Windows Defender Exploit Guard\\ASR",
        "ExploitGuard_ASR_Rules", machine, {}, "0", "T1562.001", "Policy: attack surface reduction, 1 on" },
    { "defender", "Policies\\Microsoft\\Windows Defender\\Windows Defender Exploit Guard\\ASR\\Rules", "*", machine, {},
        {}, {}, "Attack surface reduction rule: 0 off, 1 block, 2 audit, 6 warn" },
    { "defender", "Policies\\Microsoft\\Windows Defender\\Windows Defender Exploit Guard\\ASR\\ASROnlyExclusions", "*",
        machine, {}, "*", "T1562.001", "Path that attack surface reduction leaves alone" },
    { "defender", "Microsoft\\Windows Defender\\Windows Defender Exploit Guard\\Controlled Folder Access",
        "EnableControlledFolderAccess", machine, {}, {}, {}, "Controlled folders: 0 off, 1 on, 2 audit" },
    { "defender", "Microsoft\\Windows Defender\\Windows Defender Exploit Guard\\Network Protection",
        "EnableNetworkProtection", machine, {}, {}, {}, "Network protection: 0 off, 1 on, 2 audit" },
    { "defender", "Microsoft\\Windows Defender Security Center\\Notifications", "DisableNotifications", machine, {},
        "1", "T1562.001", "1 hides the security centre's notices" },
    { "smartscreen", "Microsoft\\Windows\\CurrentVersion\\Explorer", "SmartScreenEnabled", machine,
        "RequireAdmin|Warn|Prompt|On", "Off", "T1562.001", "SmartScreen for programs" },
    { "smartscreen", "Policies\\Microsoft\\Windows\\System", "EnableSmartScreen", machine, {}, "0", "T1562.001",
        "Policy: SmartScreen, 0 off" },

    { "service", "Services\\WinDefend", "Start", set, "2|3", "4", "T1562.001", "Defender: 4 never starts" },
    { "service", "Services\\WdFilter", "Start", set, "0", "4", "T1562.001",
        "Defender's filter driver: 4 never starts" },
    { "service", "Services\\WdNisSvc", "Start", set, "3", "4", "T1562.001", "Defender's network part: 4 never starts" },
    { "service", "Services\\Sense", "Start", set, "3", "4", "T1562.001", "Defender for Endpoint: 4 never starts" },
    { "service", "Services\\wscsvc", "Start", set, "2", "4", "T1562.001", "Security centre: 4 never starts" },
    { "service", "Services\\SecurityHealthService", "Start", set, "2|3", "4", "T1562.001",
        "Windows security: 4 never starts" },
    { "service", "Services\\EventLog", "Start", set, "2", "4", "T1562.002", "Event log: 4 never starts" },
    { "service", "Services\\mpssvc", "Start", set, "2", "4", "T1562.004", "Firewall: 4 never starts" },
    { "service", "Services\\BFE", "Start", set, "2", "4", "T1562.004", "Filtering engine: 4 never starts" },
    { "service", "Services\\wuauserv", "Start", set, "2|3", "4", "T1562.001", "Windows Update: 4 never starts" },
    { "service", "Services\\VSS", "Start", set, "3", "4", "T1490", "Shadow copies: 4 never starts" },
    { "service", "Services\\RemoteRegistry", "Start", set, "3|4", "2", "T1021", "Remote registry: 2 starts by itself" },

    { "uac", system_policy, "EnableLUA", machine, "1", "0", "T1548.002", "0 switches User Account Control off" },
    { "uac", system_policy, "ConsentPromptBehaviorAdmin", machine, "5", "0", "T1548.002",
        "0: administrators are raised without being asked" },
    { "uac", system_policy, "ConsentPromptBehaviorUser", machine, "3", {}, {}, "How users are asked" },
    { "uac", system_policy, "PromptOnSecureDesktop", machine, "1", "0", "T1548.002", "0: asked on the usual desktop" },
    { "uac", system_policy, "LocalAccountTokenFilterPolicy", machine, "0", "1", "T1550.002",
        "1: local administrators have all rights over the network" },
    { "uac", system_policy, "FilterAdministratorToken|EnableInstallerDetection|EnableUIADesktopToggle", machine, {}, {},
        {}, "User Account Control" },
    { "lockout", system_policy, "DisableTaskMgr|DisableRegistryTools|DisableLockWorkstation|DisableChangePassword",
        both, "0", "1", "T1562.001", "1 takes this tool away from people" },
    { "lockout", "Policies\\Microsoft\\Windows\\System", "DisableCMD", both, {}, "1|2", "T1562.001",
        "Command prompt taken away" },
    { "lockout", system_policy, "legalnoticecaption|legalnoticetext", machine, {}, {}, "T1491.001",
        "Text shown before logon" },

    { "credentials", "Control\\SecurityProviders\\WDigest", "UseLogonCredential", set, "0", "1", "T1112",
        "1 keeps passwords readable in memory" },
    { "credentials", lsa, "RunAsPPL|RunAsPPLBoot", set, {}, "0", "T1112",
        "LSA as protected process: 1 with UEFI lock, 2 without, 0 off" },
    { "credentials", lsa, "LmCompatibilityLevel", set, "3", "0|1|2", "T1112",
        "Below 3 the machine answers with LM or NTLMv1" },
    { "credentials", lsa, "NoLMHash", set, "1", "0", "T1112", "0 stores LM hashes" },
    { "credentials", lsa, "RestrictAnonymous", set, "0", {}, {}, "1 and 2: anonymous users see less" },
    { "credentials", lsa, "RestrictAnonymousSAM", set, "1", "0", "T1112", "0: anonymous users may list accounts" },
    { "credentials", lsa, "EveryoneIncludesAnonymous", set, "0", "1", "T1112",
        "1: anonymous users are part of Everyone" },
    { "credentials", lsa, "LimitBlankPasswordUse", set, "1", "0", "T1112",
        "0: accounts without a password may log on over the network" },
    { "credentials", lsa, "DisableRestrictedAdmin", set, "1", "0", "T1550.002",
        "0: a hash is enough for remote desktop" },
    { "credentials", lsa, "DisableDomainCreds|ForceGuest|LsaCfgFlags|LsaCfgFlagsDefault|CrashOnAuditFail", set, {}, {},
        {}, "LSA; LsaCfgFlags is Credential Guard: 1 with UEFI lock, 2 without, 0 off" },
    { "credentials", lsa, "SCENoApplyLegacyAuditPolicy", set, {}, "0", "T1562.002",
        "0: the old audit policy overrides the detailed one" },
    { "credentials", "Control\\Lsa\\MSV1_0",
        "NtlmMinClientSec|NtlmMinServerSec|RestrictSendingNTLMTraffic|RestrictReceivingNTLMTraffic|"
        "AuditReceivingNTLMTraffic|BackConnectionHostNames",
        set, {}, {}, {}, "NTLM" },
    { "credentials", "Control\\DeviceGuard", "EnableVirtualizationBasedSecurity|RequirePlatformSecurityFeatures|Locked",
        set, {}, "0", "T1562.001", "Virtualisation based security: 1 on" },
    { "credentials", "Control\\DeviceGuard\\Scenarios\\*", "Enabled", set, {}, "0", "T1562.001",
        "Credential Guard, code integrity: 1 on" },
    { "credentials", "Policies\\Microsoft\\Windows\\DeviceGuard",
        "EnableVirtualizationBasedSecurity|LsaCfgFlags|HypervisorEnforcedCodeIntegrity", machine, {}, {}, {},
        "Policy of virtualisation based security and Credential Guard" },
    { "credentials", winlogon, "AutoAdminLogon", machine, "0", "1", "T1552.002", "1: somebody is logged on at start" },
    { "credentials", winlogon, "DefaultPassword", machine, {}, "*", "T1552.002",
        "Password of the automatic logon, readable; its text is not copied" },
    { "credentials", winlogon, "DefaultUserName|DefaultDomainName|CachedLogonsCount|DisableCAD", machine, {}, {}, {},
        "Logon; CachedLogonsCount is 10 by default" },
    { "credentials", "Microsoft\\Windows NT\\CurrentVersion\\Winlogon\\SpecialAccounts\\UserList", "*", machine, {},
        "0", "T1564.002", "0: the account is not shown at logon" },
    { "credentials", "Policies\\Microsoft\\Windows\\CredentialsDelegation", "*", machine, {}, {}, {},
        "Policy: to whom credentials are handed on" },

    { "network", smb_server, "SMB1", set, "0", "1", "T1210", "1 switches SMB 1 on; absent: on before 1709" },
    { "network", smb_server, "RestrictNullSessAccess", set, "1", "0", "T1112",
        "0: sessions without a name may see all" },
    { "network", smb_server, "NullSessionPipes|NullSessionShares", set, {}, {}, {},
        "Pipes and shares that sessions without a name may use" },
    { "network", smb_server,
        "SMB2|RequireSecuritySignature|EnableSecuritySignature|AutoShareWks|AutoShareServer|EncryptData", set, {}, {},
        {}, "SMB server" },
    { "network", smb_client, "EnablePlainTextPassword|AllowInsecureGuestAuth", set, "0", "1", "T1112",
        "1: passwords in clear text, or guests without proof" },
    { "network", smb_client, "RequireSecuritySignature|EnableSecuritySignature", set, {}, {}, {}, "SMB client" },
    { "network", "Services\\mrxsmb10", "Start", set, "4", "2|3", "T1210", "SMB 1 client: 4 off" },
    { "network", "Policies\\Microsoft\\Windows NT\\DNSClient", "EnableMulticast", machine, {}, {}, {},
        "Policy: LLMNR, 0 off" },
    { "network", "Policies\\Microsoft\\Windows\\WinRM\\Service",
        "AllowBasic|AllowUnencryptedTraffic|AllowAutoConfig|IPv4Filter", machine, {}, {}, {},
        "Policy: how the machine lets others in by WinRM" },
    { "network", "Policies\\Microsoft\\Windows\\WinRM\\Client", "AllowBasic|AllowUnencryptedTraffic|TrustedHostsList",
        machine, {}, {}, {}, "Policy: WinRM client" },
    { "network", "Microsoft\\Windows\\CurrentVersion\\WSMAN\\Service", "auth_basic|allow_unencrypted", machine, {}, "1",
        "T1021.006", "WinRM: 1 lets passwords pass in clear text" },
    { "network", "Microsoft\\Windows\\CurrentVersion\\WSMAN\\Client", "trusted_hosts", machine, {}, "*", "T1021.006",
        "Machines that WinRM believes without proof" },
    { "network", "Control\\Print", "RpcAuthnLevelPrivacyEnabled", set, {}, "0", "T1112",
        "0 undoes PrintNightmare's fix" },
    { "network", "Policies\\Microsoft\\Windows NT\\Printers\\PointAndPrint",
        "RestrictDriverInstallationToAdministrators", machine, {}, "0", "T1068",
        "0: users may install printer drivers" },
    { "installer", "Policies\\Microsoft\\Windows\\Installer", "AlwaysInstallElevated", both, {}, "1", "T1218.007",
        "1 (machine and user): every MSI runs as SYSTEM" },

    { "powershell", "Microsoft\\PowerShell\\1\\ShellIds\\Microsoft.PowerShell", "ExecutionPolicy", both_wow,
        "Restricted|RemoteSigned", "Unrestricted|Bypass", "T1059.001", "Which scripts may run" },
    { "powershell", powershell, "EnableScripts|ExecutionPolicy", both, {}, "Unrestricted|Bypass", "T1059.001",
        "Policy: which scripts may run" },
    { "powershell", "Policies\\Microsoft\\Windows\\PowerShell\\ScriptBlockLogging",
        "EnableScriptBlockLogging|EnableScriptBlockInvocationLogging", both, {}, "0", "T1562.002",
        "Policy: scripts are logged (4104): 1 all, absent only suspicious ones, 0 none" },
    { "powershell", "Policies\\Microsoft\\Windows\\PowerShell\\ModuleLogging", "EnableModuleLogging", both, {}, {}, {},
        "Policy: pipelines are logged (4103)" },
    { "powershell", "Policies\\Microsoft\\Windows\\PowerShell\\ModuleLogging\\ModuleNames", "*", both, {}, {}, {},
        "Policy: of which modules" },
    { "powershell", "Policies\\Microsoft\\Windows\\PowerShell\\Transcription",
        "EnableTranscripting|OutputDirectory|EnableInvocationHeader", both, {}, {}, {},
        "Policy: transcripts, and where they lie" },
    { "powershell", "Policies\\Microsoft\\PowerShellCore\\*", "*", both, {}, {}, {}, "Policy of PowerShell 7" },
    { "powershell", "Control\\Session Manager\\Environment", "__PSLockdownPolicy", set, {}, {}, {},
        "4: constrained language" },
    { "scripts", "Microsoft\\Windows Script Host\\Settings", "Enabled", both, "1", {}, {},
        "0: wscript refuses to run" },
    { "scripts", "Microsoft\\Windows Script\\Settings", "AmsiEnable", both, {}, "0", "T1562.001",
        "0: scripts are not shown to the virus scanner" },

    { "logging", "Microsoft\\Windows\\CurrentVersion\\Policies\\System\\Audit", "ProcessCreationIncludeCmdLine_Enabled",
        machine, {}, "0", "T1562.002", "1: event 4688 has the command line; absent: it has not" },
    { "logging", "Control\\WMI\\Autologger\\EventLog-Application", "Start", set, "1", "0", "T1562.002",
        "0: this log gets nothing after the next start" },
    { "logging", "Control\\WMI\\Autologger\\EventLog-System", "Start", set, "1", "0", "T1562.002",
        "0: this log gets nothing after the next start" },
    { "logging", "Control\\WMI\\Autologger\\EventLog-Security", "Start", set, "1", "0", "T1562.002",
        "0: this log gets nothing after the next start" },
    { "logging", "Control\\WMI\\Autologger\\DefenderApiLogger", "Start", set, "1", "0", "T1562.001",
        "0: Defender sees less" },
    { "logging", "Control\\WMI\\Autologger\\DefenderAuditLogger", "Start", set, "1", "0", "T1562.001",
        "0: Defender sees less" },
    { "logging", "Control\\MiniNt", "", set, {}, "*", "T1562.002",
        "The key alone makes Windows believe it is a setup environment: no security events" },
    { "logging", "Policies\\Microsoft\\Windows\\EventLog\\EventForwarding\\SubscriptionManager", "*", machine, {}, {},
        {}, "Where events are forwarded to" },
    { "logging", "Microsoft\\.NETFramework", "ETWEnabled", both_wow, {}, "0", "T1562.006", "0: .NET tells nothing" },
    { "logging", "Environment", "COMPlus_ETWEnabled", user_root, {}, "0", "T1562.006", "0: .NET tells nothing" },

    { "office", office, "VBAWarnings", user, "2", "1", "T1137", macros },
    { "office", office_policy, "VBAWarnings", user, {}, "1", "T1137", macros },
    { "office", office, "AccessVBOM", user, "0", "1", "T1137", "1: programs may write macros" },
    { "office", office_policy, "AccessVBOM", user, {}, "1", "T1137", "1: programs may write macros" },
    { "office", office_policy, "BlockContentExecutionFromInternet", user, {}, "0", "T1137",
        "Policy: 1 blocks macros of files from the Internet" },
    { "office", "Microsoft\\Office\\*\\*\\Security\\ProtectedView", "*", user, {}, "1", "T1562.001",
        "1 switches this part of the protected view off" },
    { "office", "Policies\\Microsoft\\Office\\*\\*\\Security\\ProtectedView", "*", user, {}, "1", "T1562.001",
        "1 switches this part of the protected view off" },
    { "office", "Microsoft\\Office\\*\\*\\Security\\Trusted Locations", "AllowNetworkLocations", user, "0", "1",
        "T1137", "1: folders of the network may be trusted" },
    { "office", "Microsoft\\Office\\*\\*\\Security\\Trusted Locations\\*", "Path", user, {}, {}, {},
        "Folder whose files run macros without asking" },
    { "office", "Policies\\Microsoft\\Office\\*\\*\\Security\\Trusted Locations\\*", "Path", user, {}, {}, {},
        "Policy: folder whose files run macros without asking" },
    { "office", office, "EnableUnsafeClientMailRules", user, {}, "1", "T1137.005", "1: mail rules may start programs" },
    { "office", "Microsoft\\Office\\*\\Common\\Security", "MacroRuntimeScanScope|UFIControls|DisableAllActiveX", user,
        {}, {}, {}, "Macros at run time; ActiveX" },

    { "application_control", "Policies\\Microsoft\\Windows\\SrpV2\\*", "EnforcementMode", machine, {}, {}, {},
        "AppLocker: 1 enforced, 0 audited" },
    { "application_control", "Policies\\Microsoft\\Windows\\SrpV2\\*\\*", "Value", machine, {}, {}, {},
        "AppLocker rule" },
    { "application_control", "Policies\\Microsoft\\Windows\\Safer\\CodeIdentifiers",
        "DefaultLevel|PolicyScope|TransparentEnabled|AuthenticodeEnabled|ExecutableTypes", machine, {}, {}, {},
        "Software restriction: 0 nothing runs, 262144 everything" },
    { "application_control", "Control\\CI\\Config", "VulnerableDriverBlocklistEnable", set, "1", "0", "T1562.001",
        "0: known weak drivers may be loaded" },
    { "application_control", "Control\\CI\\Policy", "VerifiedAndReputablePolicyState|UpgradedSystem|SkuPolicyRequired",
        set, {}, {}, {}, "Smart App Control: 0 off, 1 on, 2 evaluation" },
    { "encryption", "Policies\\Microsoft\\FVE", "*", machine, {}, {}, {}, "BitLocker's policy" },
    { "encryption", "Control\\BitLockerStatus", "BootStatus", set, {}, {}, {}, "1: the system volume was encrypted" },

    { "monitoring", "Services\\*\\Instances\\*", "Altitude", set, {}, {}, {},
        "File system filter: 320000 to 329998 virus scanners, 360000 to 389999 monitors (385201 is Sysmon's)" },
    { "monitoring", "Services\\SysmonDrv\\Parameters", "Options|HashingAlgorithm|ConfigFile|ConfigHash|DnsLookup", set,
        {}, {}, {}, "Sysmon" },

    { "recovery", "Microsoft\\Windows NT\\CurrentVersion\\SystemRestore", "DisableSR|DisableConfig", machine, "0", "1",
        "T1490", "1: no restore points" },
    { "recovery", "Policies\\Microsoft\\Windows NT\\SystemRestore", "DisableSR|DisableConfig", machine, {}, "1",
        "T1490", "Policy: 1: no restore points" },
    { "recovery", "Microsoft\\Windows NT\\CurrentVersion\\SystemRestore", "RPSessionInterval|FirstRun", machine, {}, {},
        {}, "Restore points" },

    { "updates", "Policies\\Microsoft\\Windows\\WindowsUpdate\\AU", "NoAutoUpdate", machine, {}, "1", "T1562.001",
        "Policy: 1: no updates" },
    { "updates", "Policies\\Microsoft\\Windows\\WindowsUpdate", "WUServer|WUStatusServer|DisableWindowsUpdateAccess",
        machine, {}, {}, {}, "Policy: where updates come from" },

    { "traces", "Control\\FileSystem", "NtfsDisableLastAccessUpdate", set, {}, {}, {},
        "Low two bits: 0 and 2 times of access are kept, 1 and 3 they are not; 2 and 3 Windows decided" },
    { "traces", "Control\\Session Manager\\Memory Management\\PrefetchParameters", "EnablePrefetcher", set, "3|2|1",
        "0", "T1562", "0: no prefetch files" },
    { "traces", "Control\\Session Manager\\Memory Management", "ClearPageFileAtShutdown", set, "0", "1", "T1070",
        "1: the page file is emptied at shutdown" },
    { "traces", "Microsoft\\Windows\\CurrentVersion\\Explorer\\Advanced",
        "Start_TrackProgs|Start_TrackDocs|Hidden|HideFileExt|ShowSuperHidden", user, {}, {}, {},
        "What Explorer notes and shows; Start_TrackProgs 0 stops UserAssist" },
    { "traces", "Microsoft\\Windows\\CurrentVersion\\Policies\\Explorer", "NoRecentDocsHistory|ClearRecentDocsOnExit",
        user, {}, "1", "T1070", "1: no list of recent files" },
    { "traces", "Microsoft\\Windows\\CurrentVersion\\Policies\\Attachments", "SaveZoneInformation", both, {}, "1",
        "T1553.005", "1: files do not keep that they came from the Internet" },
} };

}

std::span<Setting const> settings()
{
    return all;
}

}
