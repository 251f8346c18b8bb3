// The catalogue's Windows locations W18 to W35. Of the system, its programs and services.
#include "analysers/persistence/windows_locations.hpp"
#include <array>

namespace konseki::persistence {

namespace {

constexpr std::array all {
    Location {
        .id = "W18",
        .place = "HKLM\\SYSTEM: Control\\Session Manager\\AppCertDlls",
        .attack = "T1546.009",
        .use = Use::rare,
        .title = "AppCert libraries",
        .title_ja = "AppCertDLLs",
        .starts = "Loaded into every program that starts another one.",
        .starts_ja = "他のプログラムを起動する全プログラムに読み込まれます。",
        .suspicious = "Any entry: hardly a product uses it.",
        .suspicious_ja = "項目があること自体。使う製品はほとんどありません。",
        .advice = "Secure the library, remove the value and restart; the key's write time tells when it was set up.",
        .advice_ja = "DLL を保全し、値を削除して再起動します。キーの書き込み時刻が設置時刻です。",
        .default_content = "",
        .registry_parts = "\\control\\session manager\\appcertdlls\\",
    },
    Location {
        .id = "W19",
        .place = "HKLM\\SYSTEM: Control\\Session Manager: BootExecute, Execute, SetupExecute, S0InitialCommand, "
                 "PlatformExecute, *NoPnpSync",
        .attack = "T1547.001",
        .use = Use::rare,
        .title = "Programs of the session manager",
        .title_ja = "セッションマネージャーの起動プログラム",
        .starts = "At boot, before services and before any protection, as SYSTEM.",
        .starts_ja = "起動時、サービスやセキュリティ製品より前に SYSTEM 権限で動きます。",
        .suspicious = "Anything beside \"autocheck autochk\"; disk tools and some protection products add themselves "
                      "to BootExecute.",
        .suspicious_ja
        = "\"autocheck autochk\" 以外の内容。ディスクツールや一部のセキュリティ製品は BootExecute に追加します。",
        .advice = "Secure the native program from System32 before the next restart, then restore the default.",
        .advice_ja = "次の再起動の前に System32 の当該プログラムを保全し、既定に戻します。",
        .default_content = "autocheck autochk *|autocheck autochk /q /v *",
        .registry_parts = "\\control\\session manager\\bootexecute$|\\control\\session "
                          "manager\\execute$|\\control\\session manager\\setupexecute$|\\control\\session "
                          "manager\\s0initialcommand$|\\control\\session manager\\platformexecute$|\\control\\session "
                          "manager\\bootexecutenopnpsync$|\\control\\session manager\\setupexecutenopnpsync$",
    },
    Location {
        .id = "W20",
        .place = "HKLM\\SYSTEM: Control\\Session Manager\\KnownDLLs; ExcludeFromKnownDlls",
        .attack = "T1574.001",
        .use = Use::rare,
        .title = "Known libraries",
        .title_ja = "KnownDLLs",
        .starts = "Decides for every program which libraries come from System32 only.",
        .starts_ja = "どの DLL を System32 からのみ読み込むかを全プログラムについて決めます。",
        .suspicious = "A library excluded from the list, another DllDirectory, or a new name in the list.",
        .suspicious_ja = "除外された DLL、DllDirectory の変更、一覧に加えられた名前。",
        .advice = "Compare with a host of the same build, and look for a copy of the named library beside programs.",
        .advice_ja = "同じビルドの端末と比べ、名前の挙がった DLL の複製がプログラムの隣に置かれていないか探します。",
        .default_content = "",
        .registry_parts = "\\control\\session manager\\knowndlls\\|\\control\\session manager\\excludefromknowndlls$",
    },
    Location {
        .id = "W21",
        .place = "HKLM\\SYSTEM: Control\\Session Manager\\SubSystems: Windows; Control\\WOW: cmdline, wowcmdline",
        .attack = "T1547",
        .use = Use::rare,
        .title = "Subsystems",
        .title_ja = "サブシステム",
        .starts = "At boot, as part of csrss.exe; WOW when a 16-bit program is started.",
        .starts_ja = "起動時に csrss.exe の一部として動きます。WOW は 16 ビットプログラムの起動時です。",
        .suspicious = "A ServerDll other than basesrv, winsrv and sxssrv, another program than csrss.exe.",
        .suspicious_ja = "basesrv、winsrv、sxssrv 以外の ServerDll、csrss.exe 以外のプログラム。",
        .advice = "Secure the library and examine the disk offline: what runs here can hide from the running Windows.",
        .advice_ja
        = "DLL を保全し、ディスクをオフラインで調べます。ここで動くものは稼働中の Windows から隠れることができます。",
        .default_content
        = "%SystemRoot%\\system32\\csrss.exe ObjectDirectory=\\Windows SharedSection=1024,20480,768 Windows=On "
          "SubSystemType=Windows ServerDll=basesrv,1 ServerDll=winsrv:UserServerDllInitialization,3 ServerDll=sxssrv,4 "
          "ProfileControl=Off MaxRequestThreads=16",
        .registry_parts
        = "\\control\\session manager\\subsystems\\windows$|\\control\\wow\\cmdline$|\\control\\wow\\wowcmdline$",
    },
    Location {
        .id = "W22",
        .place = "HKLM\\SYSTEM: Control\\Session Manager: PendingFileRenameOperations",
        .attack = "T1070.004",
        .use = Use::common,
        .title = "Files to be moved or deleted at the next boot",
        .title_ja = "次回起動時のファイル移動・削除",
        .starts = "At the next boot, before services.",
        .starts_ja = "次回起動時、サービスより前に実行されます。",
        .suspicious
        = "A file moved over a program of Windows or of a protection product, deletion of tools in temporary folders.",
        .suspicious_ja = "Windows やセキュリティ製品のプログラムへの上書き移動、一時フォルダーのツールの削除。",
        .advice = "Secure the named files before the host is restarted: afterwards they are gone.",
        .advice_ja = "再起動の前に示されたファイルを保全します。再起動後には失われます。",
        .default_content = "",
        .registry_parts = "\\control\\session manager\\pendingfilerenameoperations$|\\control\\session "
                          "manager\\pendingfilerenameoperations2$",
    },
    Location {
        .id = "W23",
        .place = "HKLM\\SYSTEM: Control\\Session Manager\\Environment and HKU: Environment: Path, ComSpec, "
                 "COR_PROFILER, DOTNET_STARTUP_HOOKS",
        .attack = "T1574.007",
        .use = Use::common,
        .title = "Environment variables that choose programs",
        .title_ja = "プログラムの選択に関わる環境変数",
        .starts = "At the start of every program (Path, ComSpec), of every .NET program (profiler, startup hooks).",
        .starts_ja = "全プログラムの起動時(Path、ComSpec)、全 .NET "
                     "プログラムの起動時(プロファイラー、スタートアップフック)に効きます。",
        .suspicious = "A folder that users can write in front of System32, a ComSpec that is not cmd.exe, any profiler "
                      "on a host without monitoring.",
        .suspicious_ja = "System32 より前に置かれた書き込み可能なフォルダー、cmd.exe 以外の "
                         "ComSpec、監視製品のない端末のプロファイラー。",
        .advice = "Look into the added folders for names of Windows programs; secure the profiler's library. "
                  "Monitoring agents set COR_PROFILER honestly.",
        .advice_ja = "追加されたフォルダーに Windows と同名のプログラムがないか調べ、プロファイラーの DLL "
                     "を保全します。監視製品も COR_PROFILER を正規に使います。",
        .default_content = "",
        .registry_parts
        = "\\control\\session manager\\environment\\path$|\\control\\session "
          "manager\\environment\\comspec$|\\control\\session "
          "manager\\environment\\cor_enable_profiling$|\\control\\session "
          "manager\\environment\\cor_profiler$|\\control\\session "
          "manager\\environment\\cor_profiler_path$|\\control\\session "
          "manager\\environment\\coreclr_profiler$|\\control\\session "
          "manager\\environment\\coreclr_profiler_path$|\\control\\session "
          "manager\\environment\\dotnet_startup_hooks$|\\hku\\*\\environment\\cor_enable_profiling$|\\hku\\*"
          "\\environment\\cor_profiler$|\\hku\\*\\environment\\cor_profiler_path$|\\hku\\*\\environment\\coreclr_"
          "profiler$|\\hku\\*\\environment\\coreclr_profiler_path$|\\hku\\*\\environment\\dotnet_startup_hooks$|"
          "\\hku\\*\\environment\\path$|\\hku\\*\\environment\\comspec$",
    },
    Location {
        .id = "W24",
        .place = "HKLM: …\\Image File Execution Options\\<program>!Debugger",
        .attack = "T1546.012",
        .use = Use::rare,
        .title = "Debugger of a program (Image File Execution Options)",
        .title_ja = "プログラムのデバッガー指定 (Image File Execution Options)",
        .starts
        = "Whenever the named program is started, instead of it; for sethc.exe and its like before logon, as SYSTEM.",
        .starts_ja
        = "指定のプログラムが起動されるたびに代わりに動きます。sethc.exe などではログオン前に SYSTEM 権限で動きます。",
        .suspicious = "Any debugger for an accessibility program (sethc, utilman, osk, magnify, narrator), for a "
                      "security product, or one that is a shell.",
        .suspicious_ja = "ユーザー補助プログラム(sethc、utilman、osk、magnify、narrator)"
                         "やセキュリティ製品に対する指定、シェルを指す指定。",
        .advice = "Remove the value after it was secured. Treat remote desktop logons to this host since the key's "
                  "write time as suspect: a shell before logon needs no account.",
        .advice_ja = "保全したうえで値を削除します。キーの書き込み時刻以降のリモートデスクトップ接続を疑います("
                     "ログオン前のシェルはアカウントを必要としません)。",
        .default_content = "",
        .registry_parts = "\\image file execution options\\*\\debugger$|\\image file execution options\\*\\globalflag$",
    },
    Location {
        .id = "W25",
        .place = "HKLM: …\\Image File Execution Options\\<program>!VerifierDlls",
        .attack = "T1546.012",
        .use = Use::rare,
        .title = "Verifier library of a program",
        .title_ja = "プログラムの検証用 DLL (VerifierDlls)",
        .starts = "At every start of the named program: the library is loaded before any of its own code.",
        .starts_ja = "指定のプログラムの起動のたびに、本体のコードより先に DLL が読み込まれます。",
        .suspicious
        = "Any library on a host that is not a developer's; above all for a protection product or lsass.exe.",
        .suspicious_ja = "開発用でない端末にある指定。特にセキュリティ製品や lsass.exe に対するもの。",
        .advice = "Secure the library from System32, remove VerifierDlls and GlobalFlag together, restart the program.",
        .advice_ja = "System32 の DLL を保全し、VerifierDlls と GlobalFlag を併せて削除してプログラムを再起動します。",
        .default_content = "vrfcore.dll",
        .registry_parts = "\\image file execution options\\*\\verifierdlls$|\\image file execution "
                          "options\\*\\verifierproviders$|\\image file execution options\\*\\verifierflags$",
    },
    Location {
        .id = "W26",
        .place = "HKLM: …\\Windows NT\\CurrentVersion\\SilentProcessExit\\<program>!MonitorProcess",
        .attack = "T1546.012",
        .use = Use::rare,
        .title = "Monitor of a program's end (SilentProcessExit)",
        .title_ja = "プログラム終了時の監視プログラム (SilentProcessExit)",
        .starts = "Whenever the named program ends.",
        .starts_ja = "指定のプログラムが終了するたびに起動します。",
        .suspicious = "Any monitor that is not WerFault.exe; for lsass.exe it is a way to its memory.",
        .suspicious_ja = "WerFault.exe 以外の指定。lsass.exe に対する指定はメモリーの窃取に使われます。",
        .advice = "Remove it together with GlobalFlag 0x200 of the same program; if lsass.exe is named, treat all "
                  "passwords of the host as stolen.",
        .advice_ja = "同じプログラムの GlobalFlag 0x200 とともに削除します。lsass.exe "
                     "に対する指定なら、端末上の全パスワードが盗まれたと考えます。",
        .default_content = "",
        .registry_parts = "\\silentprocessexit\\*\\monitorprocess$|\\silentprocessexit\\*\\reportingmode$",
    },
    Location {
        .id = "W27",
        .place = "Files: Windows\\System32: sethc, utilman, osk, magnify, narrator, displayswitch, atbroker",
        .attack = "T1546.008",
        .use = Use::rare,
        .title = "Accessibility program replaced",
        .title_ja = "ユーザー補助プログラムの置き換え",
        .starts = "At the logon screen by a key stroke, as SYSTEM, also over remote desktop.",
        .starts_ja = "ログオン画面でキー操作により SYSTEM 権限で動きます。リモートデスクトップ経由でも可能です。",
        .suspicious = "A hash or version information that is that of cmd.exe or another program; an owner that is not "
                      "TrustedInstaller.",
        .suspicious_ja = "cmd.exe など別のプログラムのハッシュやバージョン情報、TrustedInstaller 以外の所有者。",
        .advice
        = "Restore the file (sfc /scannow) after securing it; treat remote desktop logons since its change as suspect.",
        .advice_ja = "保全したうえで sfc /scannow で復元し、変更以降のリモートデスクトップ接続を疑います。",
        .default_content = "",
        .registry_parts = "",
    },
    Location {
        .id = "W28",
        .place = "HKLM: …\\Windows NT\\CurrentVersion\\AeDebug: Debugger; Software\\Microsoft\\.NETFramework: "
                 "DbgManagedDebugger",
        .attack = "T1546",
        .use = Use::rare,
        .title = "Debugger for crashes",
        .title_ja = "クラッシュ時のデバッガー",
        .starts = "When any program crashes; with Auto set to 1 without asking, for services as SYSTEM.",
        .starts_ja = "プログラムのクラッシュ時に動きます。Auto が 1 なら確認なしで、サービスでは SYSTEM 権限です。",
        .suspicious
        = "Anything but drwtsn32, vsjitdebugger, procdump or WinDbg, or those on a host without developers.",
        .suspicious_ja = "drwtsn32、vsjitdebugger、procdump、WinDbg 以外。またはそれらが開発用でない端末にある場合。",
        .advice = "Secure the program, remove the value, and look for crashes that were provoked (Application 1000) "
                  "since then.",
        .advice_ja = "プログラムを保全して値を削除し、以降に意図的に起こされたクラッシュ(Application 1000)を探します。",
        .default_content = "\"C:\\Windows\\system32\\vsjitdebugger.exe\" -p %ld -e %ld|drwtsn32 -p %ld -e %ld -g",
        .registry_parts = "\\currentversion\\aedebug\\debugger$|\\microsoft\\.netframework\\dbgmanageddebugger$",
    },
    Location {
        .id = "W29",
        .place = "HKLM: Software\\Microsoft\\Windows\\Windows Error Reporting: Hangs!Debugger, ReflectDebugger; "
                 "RuntimeExceptionHelperModules",
        .attack = "T1546",
        .use = Use::rare,
        .title = "Programs of the error reporting",
        .title_ja = "エラー報告に登録されたプログラム",
        .starts = "When a program hangs or a report is made (WerFault -pr).",
        .starts_ja = "プログラムの応答停止時や報告の作成時(WerFault -pr)に動きます。",
        .suspicious
        = "Any Debugger or ReflectDebugger; helper modules outside the folders of browsers, Office and .NET.",
        .suspicious_ja
        = "Debugger や ReflectDebugger の指定すべて。ブラウザー、Office、.NET のフォルダー以外の補助モジュール。",
        .advice = "Secure the file and remove the value; see which task or program calls WerFault.exe with -pr.",
        .advice_ja = "ファイルを保全して値を削除し、WerFault.exe を -pr 付きで呼び出すタスクやプログラムを探します。",
        .default_content = "",
        .registry_parts
        = "\\windows error reporting\\hangs\\debugger$|\\windows error reporting\\hangs\\reflectdebugger$|\\windows "
          "error reporting\\runtimeexceptionhelpermodules\\",
    },
    Location {
        .id = "W30",
        .place = "HKLM\\SYSTEM: Services\\<name>: ImagePath, FailureCommand, ObjectName",
        .attack = "T1543.003",
        .use = Use::common,
        .title = "Service",
        .title_ja = "サービス",
        .starts = "At boot, on demand or by a trigger, mostly as SYSTEM; FailureCommand after a crash.",
        .starts_ja
        = "起動時、要求時またはトリガーにより、多くは SYSTEM 権限で動きます。FailureCommand は異常終了後です。",
        .suspicious = "A shell, PowerShell, a pipe or %COMSPEC% in ImagePath, a random name, a program in Temp, "
                      "ProgramData or on a share.",
        .suspicious_ja = "ImagePath 内のシェル、PowerShell、パイプや %COMSPEC%、ランダムな名前、Temp、ProgramData "
                         "や共有上のプログラム。",
        .advice = "Secure the program; System 7045 and Security 4697 tell when and by whom it was set up, the logon "
                  "before it from where.",
        .advice_ja = "プログラムを保全します。System 7045 と Security 4697 "
                     "から設置時刻と実行者が、直前のログオンから接続元が分かります。",
        .default_content = "",
        .registry_parts = "\\services\\*\\imagepath$|\\services\\*\\failurecommand$",
    },
    Location {
        .id = "W31",
        .place
        = "HKLM\\SYSTEM: Services\\<name>\\Parameters: ServiceDll, ServiceMain; HKLM: …\\CurrentVersion\\Svchost",
        .attack = "T1543.003",
        .use = Use::uncommon,
        .title = "Library of a service in svchost.exe",
        .title_ja = "svchost.exe のサービス DLL",
        .starts = "When the service starts: svchost.exe loads the library.",
        .starts_ja = "サービスの開始時に svchost.exe が DLL を読み込みます。",
        .suspicious = "A library outside System32, a group in Svchost with one foreign service, the library of a "
                      "Windows service replaced.",
        .suspicious_ja
        = "System32 以外の DLL、見慣れないサービスだけの Svchost グループ、Windows のサービスの DLL の差し替え。",
        .advice = "Secure the library, compare the value with a host of the same build, and see which process of "
                  "svchost.exe talks to the network.",
        .advice_ja = "DLL を保全し、同じビルドの端末と値を比べ、どの svchost.exe が通信しているかを調べます。",
        .default_content = "",
        .registry_parts = "\\services\\*\\parameters\\servicedll$|\\services\\*\\parameters\\servicemain$|\\services\\*"
                          "\\servicedll$|\\windows nt\\currentversion\\svchost\\",
    },
    Location {
        .id = "W32",
        .place = "HKLM\\SYSTEM: Services\\<name>\\NetworkProvider!ProviderPath; Control\\NetworkProvider\\Order",
        .attack = "T1556.008",
        .use = Use::rare,
        .title = "Network provider",
        .title_ja = "ネットワークプロバイダー",
        .starts = "At every logon, in mpnotify.exe: the library is given the password in clear text.",
        .starts_ja = "ログオンのたびに mpnotify.exe に読み込まれ、パスワードを平文で受け取ります。",
        .suspicious
        = "A provider that is not of Windows, a virtualisation or a VPN product; a name added to ProviderOrder.",
        .suspicious_ja = "Windows、仮想化製品、VPN 製品以外のプロバイダー、ProviderOrder に加えられた名前。",
        .advice = "Secure the library, take the name out of ProviderOrder, and change the passwords of all who logged "
                  "on since.",
        .advice_ja = "DLL を保全し、ProviderOrder から名前を除き、以降にログオンした全員のパスワードを変更します。",
        .default_content = "",
        .registry_parts
        = "\\services\\*\\networkprovider\\providerpath$|\\control\\networkprovider\\order\\providerorder$|"
          "\\control\\networkprovider\\hworder\\providerorder$",
    },
    Location {
        .id = "W33",
        .place = "HKLM\\SYSTEM: Services\\<name> of type 1, 2, 8; Control\\Class\\{class}: UpperFilters, LowerFilters",
        .attack = "T1547.006",
        .use = Use::common,
        .title = "Driver or filter",
        .title_ja = "ドライバー、フィルター",
        .starts = "At boot or on demand, in the kernel.",
        .starts_ja = "起動時または要求時にカーネル内で動きます。",
        .suspicious = "A driver outside System32\\drivers, one known to be abused (LOLDrivers), one that was loaded "
                      "once and removed.",
        .suspicious_ja
        = "System32\\drivers 以外のドライバー、悪用が知られたもの(LOLDrivers)、一度だけ読み込まれて消されたもの。",
        .advice
        = "Secure the file and its hash before a restart; look which protection ended soon after it was loaded.",
        .advice_ja
        = "再起動の前にファイルとハッシュを保全し、読み込みの直後に停止したセキュリティ製品がないか調べます。",
        .default_content = "",
        .registry_parts = "\\control\\class\\*\\upperfilters$|\\control\\class\\*\\lowerfilters$",
    },
    Location {
        .id = "W34",
        .place = "HKLM\\SYSTEM: Control: ServiceControlManagerExtension; Services\\<name>\\Security and "
                 "Control\\ServiceGroupOrder\\Security",
        .attack = "T1543.003",
        .use = Use::rare,
        .title = "Extension and rights of the service control manager",
        .title_ja = "サービスコントロールマネージャーの拡張と権限",
        .starts = "At the start of services.exe; changed rights let users install services.",
        .starts_ja = "services.exe の開始時に動きます。権限が変えられると一般の利用者がサービスを導入できます。",
        .suspicious = "A library other than scext.dll; rights that give Everyone or Users more than reading.",
        .suspicious_ja = "scext.dll 以外の DLL、Everyone や Users に読み取り以上を与える権限。",
        .advice
        = "Restore the default (sc sdset), and look for services installed by accounts without administrator's rights.",
        .advice_ja = "既定に戻し(sc sdset)、管理者でないアカウントが導入したサービスを探します。",
        .default_content = "%systemroot%\\system32\\scext.dll",
        .registry_parts = "\\control\\servicecontrolmanagerextension$|\\control\\servicegrouporder\\security\\|"
                          "\\services\\*\\security\\security$",
    },
    Location {
        .id = "W35",
        .place = "Files: the shorter path of a service whose ImagePath has blanks but no quotes",
        .attack = "T1574.009",
        .use = Use::rare,
        .title = "File at the short prefix of an unquoted service path",
        .title_ja = "引用符のないサービスパスの短い位置に置かれたファイル",
        .starts = "When the service starts: Windows tries C:\\Program.exe before C:\\Program Files\\….",
        .starts_ja = "サービスの開始時、Windows は C:\\Program Files\\… より先に C:\\Program.exe を試します。",
        .suspicious = "That such a file exists at all: products forget quotes, but none puts a file there.",
        .suspicious_ja = "そのようなファイルが存在すること自体。引用符の書き忘れは製品にもありますが、そこにファイルを"
                         "置く製品はありません。",
        .advice = "Secure the file, put quotes around ImagePath, and see who could write to that folder.",
        .advice_ja = "ファイルを保全し、ImagePath に引用符を付け、そのフォルダーに書き込めた者を確認します。",
        .default_content = "",
        .registry_parts = "",
    },
};

}

std::span<Location const> windows_system_locations()
{
    return all;
}

}
