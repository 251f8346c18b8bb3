// The catalogue's Windows locations W36 to W54. Loaded by services, lsass.exe and remote sessions.
#include "analysers/persistence/windows_locations.hpp"
#include <array>

namespace konseki::persistence {

namespace {

constexpr std::array all {
    Location {
        .id = "W36",
        .place = "HKLM\\SYSTEM: Services\\TermService\\Parameters: ServiceDll",
        .attack = "T1505.005",
        .use = Use::rare,
        .title = "Library of the remote desktop service",
        .title_ja = "リモートデスクトップサービスの DLL",
        .starts = "At the start of the remote desktop service.",
        .starts_ja = "リモートデスクトップサービスの開始時に読み込まれます。",
        .suspicious
        = "Anything but %SystemRoot%\\System32\\termsrv.dll: RDP Wrapper and intruders allow more sessions that way.",
        .suspicious_ja
        = "%SystemRoot%\\System32\\termsrv.dll 以外。RDP Wrapper や攻撃者が同時接続を増やすために使います。",
        .advice
        = "Secure the library, restore the default, and examine all remote desktop logons since the key was written.",
        .advice_ja = "DLL を保全して既定に戻し、キーの書き込み以降の全リモートデスクトップ接続を調べます。",
        .default_content = "%SystemRoot%\\System32\\termsrv.dll",
        .registry_parts = "\\services\\termservice\\parameters\\servicedll$",
    },
    Location {
        .id = "W37",
        .place = "HKLM\\SYSTEM: Services\\DNS\\Parameters: ServerLevelPluginDll",
        .attack = "T1543.003",
        .use = Use::rare,
        .title = "Plug-in of the DNS server",
        .title_ja = "DNS サーバーのプラグイン",
        .starts = "At the start of the DNS service, as SYSTEM, usually on a domain controller.",
        .starts_ja = "DNS サービスの開始時に SYSTEM 権限で読み込まれます。多くはドメインコントローラーです。",
        .suspicious = "That the value exists, above all with a path on a share.",
        .suspicious_ja = "値が存在すること自体。共有上のパスなら特に。",
        .advice = "Treat the domain controller as taken over: secure the library, DNS Server 150 and 770 tell when it "
                  "was loaded.",
        .advice_ja = "ドメインコントローラーが掌握されたと考えます。DLL を保全します。DNS Server の 150 と 770 "
                     "に読み込み時刻が残ります。",
        .default_content = "",
        .registry_parts = "\\services\\dns\\parameters\\serverlevelplugindll$",
    },
    Location {
        .id = "W38",
        .place = "HKLM\\SYSTEM: Services\\WinSock2\\Parameters: AutodialDLL",
        .attack = "T1546",
        .use = Use::rare,
        .title = "Dial-up library of Winsock",
        .title_ja = "Winsock の自動ダイヤル DLL",
        .starts = "In every program that uses the network.",
        .starts_ja = "通信を行う全プログラムに読み込まれます。",
        .suspicious = "Anything but rasadhlp.dll.",
        .suspicious_ja = "rasadhlp.dll 以外の指定。",
        .advice = "Secure the library and restore the default; programs that run already keep it until the restart.",
        .advice_ja = "DLL を保全して既定に戻します。動作中のプログラムには再起動まで残ります。",
        .default_content = "C:\\Windows\\System32\\rasadhlp.dll|%SystemRoot%\\System32\\rasadhlp.dll|rasadhlp.dll",
        .registry_parts = "\\services\\winsock2\\parameters\\autodialdll$",
    },
    Location {
        .id = "W39",
        .place = "HKLM\\SYSTEM: Services\\WinSock2\\Parameters: Protocol_Catalog9, NameSpace_Catalog5, AppId_Catalog",
        .attack = "T1574",
        .use = Use::uncommon,
        .title = "Winsock provider",
        .title_ja = "Winsock プロバイダー",
        .starts = "In every program that uses the network or looks up names.",
        .starts_ja = "通信や名前解決を行う全プログラムに読み込まれます。",
        .suspicious = "A library outside System32 or the folder of a VPN, filter or virtualisation product.",
        .suspicious_ja = "System32 や VPN、フィルタリング、仮想化製品のフォルダー以外の DLL。",
        .advice = "Secure the library; take the entry out with netsh winsock only, or the network of the host breaks.",
        .advice_ja = "DLL を保全します。削除は netsh winsock で行います(直接消すと通信できなくなります)。",
        .default_content = "",
        .registry_parts
        = "\\winsock2\\parameters\\protocol_catalog9\\catalog_entries\\|\\winsock2\\parameters\\protocol_"
          "catalog9\\catalog_entries64\\|\\winsock2\\parameters\\namespace_catalog5\\catalog_entries\\|"
          "\\winsock2\\parameters\\namespace_catalog5\\catalog_entries64\\|\\winsock2\\parameters\\appid_catalog\\",
    },
    Location {
        .id = "W40",
        .place = "HKLM\\SYSTEM: Services\\W32Time\\TimeProviders\\<name>: DllName",
        .attack = "T1547.003",
        .use = Use::rare,
        .title = "Time provider",
        .title_ja = "時刻プロバイダー",
        .starts = "At the start of the time service.",
        .starts_ja = "時刻サービスの開始時に読み込まれます。",
        .suspicious
        = "A provider besides NtpClient, NtpServer and VMICTimeProvider, or another library behind these names.",
        .suspicious_ja = "NtpClient、NtpServer、VMICTimeProvider 以外のプロバイダー、またはそれらの名前に別の DLL。",
        .advice = "Secure the library, remove the subkey and restart the time service.",
        .advice_ja = "DLL を保全し、サブキーを削除して時刻サービスを再起動します。",
        .default_content = "%SystemRoot%\\system32\\w32time.dll|%SystemRoot%\\System32\\vmictimeprovider.dll|C:"
                           "\\Windows\\system32\\w32time.dll|C:\\Windows\\System32\\vmictimeprovider.dll",
        .registry_parts = "\\w32time\\timeproviders\\*\\dllname$",
    },
    Location {
        .id = "W41",
        .place = "HKLM\\SYSTEM: Control\\Print\\Monitors\\<name>: Driver",
        .attack = "T1547.010",
        .use = Use::uncommon,
        .title = "Port monitor of the print spooler",
        .title_ja = "印刷スプーラーのポートモニター",
        .starts = "At boot, in the print spooler as SYSTEM.",
        .starts_ja = "起動時に印刷スプーラー内で SYSTEM 権限で読み込まれます。",
        .suspicious = "A library of no printer maker, on a server without printers, written at night.",
        .suspicious_ja = "プリンターメーカーのものでない DLL、プリンターのないサーバーにあるもの、深夜に書かれたもの。",
        .advice = "Secure the library from System32; printer and PDF products register honest ones, so ask for the "
                  "product first.",
        .advice_ja = "System32 の DLL を保全します。プリンターや PDF 製品も正規に登録するため、まず製品を確認します。",
        .default_content = "",
        .registry_parts = "\\control\\print\\monitors\\*\\driver$",
    },
    Location {
        .id = "W42",
        .place
        = "HKLM\\SYSTEM: Control\\Print\\Environments\\*\\Print Processors\\<name>: Driver; Control\\Print\\Providers",
        .attack = "T1547.012",
        .use = Use::uncommon,
        .title = "Print processor or provider",
        .title_ja = "プリントプロセッサ、プリントプロバイダー",
        .starts = "At boot, in the print spooler as SYSTEM.",
        .starts_ja = "起動時に印刷スプーラー内で SYSTEM 権限で読み込まれます。",
        .suspicious = "A library of no printer maker; one in spool\\prtprocs that no driver names.",
        .suspicious_ja
        = "プリンターメーカーのものでない DLL、どのドライバーからも参照されない spool\\prtprocs 内の DLL。",
        .advice = "Secure the library from System32\\spool\\prtprocs, remove the subkey and restart the spooler.",
        .advice_ja = "System32\\spool\\prtprocs の DLL を保全し、サブキーを削除してスプーラーを再起動します。",
        .default_content = "",
        .registry_parts = "\\print processors\\*\\driver$|\\control\\print\\providers\\*\\name$",
    },
    Location {
        .id = "W43",
        .place = "HKLM\\SYSTEM: Control\\Lsa: Authentication Packages",
        .attack = "T1547.002",
        .use = Use::rare,
        .title = "Authentication package",
        .title_ja = "認証パッケージ",
        .starts = "At boot, in lsass.exe as SYSTEM: it sees passwords.",
        .starts_ja = "起動時に lsass.exe 内で SYSTEM 権限で読み込まれ、パスワードを扱えます。",
        .suspicious = "Anything but msv1_0.",
        .suspicious_ja = "msv1_0 以外の名前。",
        .advice
        = "Secure the library, take the name out, restart, and change the passwords of all who logged on since.",
        .advice_ja = "DLL を保全し、名前を除いて再起動し、以降にログオンした全員のパスワードを変更します。",
        .default_content = "msv1_0|msv1_0; SshdPinAuthLsa",
        .registry_parts = "\\control\\lsa\\authentication packages$|\\control\\lsa\\osconfig\\authentication packages$",
    },
    Location {
        .id = "W44",
        .place = "HKLM\\SYSTEM: Control\\Lsa: Security Packages; Control\\SecurityProviders: SecurityProviders",
        .attack = "T1547.005",
        .use = Use::rare,
        .title = "Security support provider",
        .title_ja = "セキュリティサポートプロバイダー (SSP)",
        .starts = "At boot, in lsass.exe as SYSTEM; mimilib and its like log passwords that way.",
        .starts_ja = "起動時に lsass.exe 内で SYSTEM 権限で読み込まれます。mimilib などがパスワードの記録に使います。",
        .suspicious = "A name beside kerberos, msv1_0, schannel, wdigest, tspkg, pku2u, cloudAP and credssp.dll.",
        .suspicious_ja = "kerberos、msv1_0、schannel、wdigest、tspkg、pku2u、cloudAP、credssp.dll 以外の名前。",
        .advice = "Secure the library and logs beside it (kiwissp.log), take the name out, restart, change passwords.",
        .advice_ja
        = "DLL とそばの記録ファイル(kiwissp.log など)を保全し、名前を除いて再起動し、パスワードを変更します。",
        .default_content = "\"\"|kerberos; msv1_0; schannel; wdigest; tspkg; pku2u|kerberos; msv1_0; schannel; "
                           "wdigest; tspkg; pku2u; cloudAP|credssp.dll",
        .registry_parts = "\\control\\lsa\\security packages$|\\control\\lsa\\osconfig\\security "
                          "packages$|\\control\\securityproviders\\securityproviders$",
    },
    Location {
        .id = "W45",
        .place = "HKLM\\SYSTEM: Control\\Lsa: Notification Packages",
        .attack = "T1556.002",
        .use = Use::rare,
        .title = "Password filter",
        .title_ja = "パスワードフィルター",
        .starts = "At every change of a password, in lsass.exe, with the new password in clear text.",
        .starts_ja = "パスワード変更のたびに lsass.exe 内で新しいパスワードを平文で受け取ります。",
        .suspicious = "Anything but scecli and rassfm on a host without a password policy product; above all on domain "
                      "controllers.",
        .suspicious_ja
        = "パスワードポリシー製品のない端末での scecli、rassfm 以外の名前。ドメインコントローラーなら特に。",
        .advice
        = "Secure the library, take the name out, restart, then let everyone who changed a password change it again.",
        .advice_ja = "DLL を保全し、名前を除いて再起動した後、その間にパスワードを変更した全員に再度変更させます。",
        .default_content = "scecli|scecli; rassfm|rassfm; scecli",
        .registry_parts = "\\control\\lsa\\notification packages$",
    },
    Location {
        .id = "W46",
        .place = "HKLM\\SYSTEM: Control\\LsaExtensionConfig\\LsaSrv: Extensions; Control\\Lsa: DsrmAdminLogonBehavior, "
                 "RunAsPPL",
        .attack = "T1547.008",
        .use = Use::rare,
        .title = "Extension and protection of lsass.exe",
        .title_ja = "lsass.exe の拡張と保護",
        .starts = "At boot, in lsass.exe; DsrmAdminLogonBehavior = 2 lets the restore mode's administrator log on over "
                  "the network.",
        .starts_ja = "起動時に lsass.exe 内で読み込まれます。DsrmAdminLogonBehavior が 2 "
                     "だと復元モードの管理者がネットワーク経由でログオンできます。",
        .suspicious = "A library besides lsasrv.dll, lsadb.dll and efslsaext.dll, DsrmAdminLogonBehavior = 2, RunAsPPL "
                      "switched off.",
        .suspicious_ja
        = "lsasrv.dll、lsadb.dll、efslsaext.dll 以外の DLL、DsrmAdminLogonBehavior が 2、RunAsPPL の無効化。",
        .advice = "Restore the defaults; on a domain controller set the restore mode's password anew (ntdsutil).",
        .advice_ja = "既定に戻します。ドメインコントローラーでは復元モードのパスワードを ntdsutil で再設定します。",
        .default_content = "lsasrv.dll; efslsaext.dll|lsasrv.dll|lsadb.dll|lsasrv.dll; lsadb.dll",
        .registry_parts = "\\control\\lsaextensionconfig\\lsasrv\\extensions$|\\control\\lsa\\dsrmadminlogonbehavior$|"
                          "\\control\\lsa\\runasppl$",
    },
    Location {
        .id = "W47",
        .place
        = "HKLM: …\\CurrentVersion\\Authentication: Credential Providers, Credential Provider Filters, PLAP Providers",
        .attack = "T1556",
        .use = Use::uncommon,
        .title = "Credential provider",
        .title_ja = "資格情報プロバイダー",
        .starts = "At the logon screen, as SYSTEM: it sees what users type.",
        .starts_ja = "ログオン画面に SYSTEM 権限で読み込まれ、入力内容を扱えます。",
        .suspicious = "A class whose library lies outside System32 and belongs to no multi-factor, smart card or "
                      "management product.",
        .suspicious_ja = "System32 以外の DLL で、多要素認証、スマートカード、管理製品のものでもないクラス。",
        .advice
        = "Secure the library of the class, remove the subkey, and change the passwords of all who logged on since.",
        .advice_ja = "クラスの DLL を保全し、サブキーを削除し、以降にログオンした全員のパスワードを変更します。",
        .default_content = "",
        .registry_parts = "\\authentication\\credential providers\\*\\|\\authentication\\credential provider "
                          "filters\\*\\|\\authentication\\plap providers\\*\\",
    },
    Location {
        .id = "W48",
        .place = "HKLM\\SYSTEM: Control\\BootVerificationProgram: ImagePath",
        .attack = "T1547",
        .use = Use::rare,
        .title = "Boot verification program",
        .title_ja = "ブート検証プログラム",
        .starts = "At the end of every boot, as SYSTEM, by the service control manager.",
        .starts_ja = "起動の完了時に毎回、サービスコントロールマネージャーから SYSTEM 権限で起動されます。",
        .suspicious = "That the value exists: nothing sets it today.",
        .suspicious_ja = "値が存在すること自体。現在これを設定する製品はありません。",
        .advice = "Secure the program and remove the value.",
        .advice_ja = "プログラムを保全して値を削除します。",
        .default_content = "",
        .registry_parts = "\\control\\bootverificationprogram\\imagepath$",
    },
    Location {
        .id = "W49",
        .place = "HKLM\\SYSTEM: Control\\ContentIndex\\Language\\<language>: DLLOverridePath",
        .attack = "T1574.001",
        .use = Use::rare,
        .title = "Word breaker of the search index",
        .title_ja = "検索インデックスの単語分割 DLL",
        .starts = "When text is indexed or searched, in the search service.",
        .starts_ja = "索引の作成や検索の際に検索サービス内で読み込まれます。",
        .suspicious = "Any DLLOverridePath, above all outside System32.",
        .suspicious_ja = "DLLOverridePath があること。System32 以外なら特に。",
        .advice = "Secure the library, remove the value and restart the search service.",
        .advice_ja = "DLL を保全し、値を削除して検索サービスを再起動します。",
        .default_content = "",
        .registry_parts = "\\control\\contentindex\\language\\*\\dlloverridepath$|\\control\\contentindex\\language\\*"
                          "\\wbdllpathoverride$|\\control\\contentindex\\language\\*\\stemmerdllpathoverride$",
    },
    Location {
        .id = "W50",
        .place = "HKLM\\SYSTEM: Control\\Terminal Server\\Wds\\rdpwd: StartupPrograms",
        .attack = "T1547",
        .use = Use::rare,
        .title = "Startup program of remote sessions",
        .title_ja = "リモートセッションの起動プログラム",
        .starts = "At every logon by remote desktop.",
        .starts_ja = "リモートデスクトップでのログオンのたびに起動します。",
        .suspicious = "Anything beside rdpclip.",
        .suspicious_ja = "rdpclip 以外の内容。",
        .advice
        = "Secure the program, restore \"rdpclip\", and list the remote desktop logons since: each of them started it.",
        .advice_ja = "プログラムを保全して \"rdpclip\" "
                     "に戻します。以降のリモートデスクトップ接続のたびに実行されているため一覧にします。",
        .default_content = "rdpclip",
        .registry_parts = "\\terminal server\\wds\\rdpwd\\startupprograms$",
    },
    Location {
        .id = "W51",
        .place = "HKLM\\SYSTEM: Control\\Terminal Server\\WinStations\\RDP-Tcp: InitialProgram; policies: Terminal "
                 "Services!InitialProgram",
        .attack = "T1547",
        .use = Use::rare,
        .title = "Initial program of remote sessions",
        .title_ja = "リモートセッションの初期プログラム",
        .starts = "At every logon by remote desktop, instead of the desktop.",
        .starts_ja = "リモートデスクトップでのログオンのたびにデスクトップの代わりに起動します。",
        .suspicious = "A program on a host that offers no published application.",
        .suspicious_ja = "公開アプリケーションを提供しない端末での指定。",
        .advice = "Secure the program and empty the value; ask whether a policy sets it.",
        .advice_ja = "プログラムを保全して値を空にします。ポリシーによるものか確認します。",
        .default_content = "",
        .registry_parts
        = "\\terminal server\\winstations\\*\\initialprogram$|\\windows nt\\terminal services\\initialprogram$",
    },
    Location {
        .id = "W52",
        .place = "HKLM\\SYSTEM\\Setup: CmdLine; files: Windows\\Setup\\Scripts\\SetupComplete.cmd, ErrorHandler.cmd",
        .attack = "T1547",
        .use = Use::rare,
        .title = "Command of the setup",
        .title_ja = "セットアップのコマンド",
        .starts = "At the next boot as SYSTEM while SetupType is set; the scripts at the end or the failure of a setup "
                  "or an upgrade.",
        .starts_ja = "SetupType が設定されていると次回起動時に SYSTEM "
                     "権限で動きます。スクリプトは導入や更新の完了時、失敗時に動きます。",
        .suspicious = "A command other than oobe\\windeploy.exe on an installed host; a script that is newer than the "
                      "installation.",
        .suspicious_ja = "導入済み端末での oobe\\windeploy.exe 以外のコマンド、導入時より新しいスクリプト。",
        .advice = "Secure the file before the next restart or upgrade; images of your own use SetupComplete.cmd, "
                  "compare with those.",
        .advice_ja
        = "次の再起動や更新の前にファイルを保全します。自組織の展開イメージも SetupComplete.cmd を使うため照合します。",
        .default_content = "oobe\\windeploy.exe",
        .registry_parts = "\\hklm\\system\\setup\\cmdline$",
    },
    Location {
        .id = "W53",
        .place = "HKU: Environment: UserInitMprLogonScript, UserInitLogonScript, UserInitLogonServer",
        .attack = "T1037.001",
        .use = Use::rare,
        .title = "Logon script of the user",
        .title_ja = "利用者のログオンスクリプト",
        .starts = "At every logon of the user, before the desktop.",
        .starts_ja = "利用者のログオンのたびにデスクトップの前に動きます。",
        .suspicious = "That the value exists: domains set scripts elsewhere.",
        .suspicious_ja = "値が存在すること自体。ドメインのスクリプトは別の場所で設定されます。",
        .advice = "Secure the script or program, remove the value, and look at what it started (Sysmon 1, Security "
                  "4688, parent userinit.exe).",
        .advice_ja = "スクリプトやプログラムを保全して値を削除し、起動したもの(親が userinit.exe の Sysmon 1、Security "
                     "4688)を調べます。",
        .default_content = "",
        .registry_parts = "\\hku\\*\\environment\\userinitmprlogonscript$|\\hku\\*\\environment\\userinitlogonscript$|"
                          "\\hku\\*\\environment\\userinitlogonserver$",
    },
    Location {
        .id = "W54",
        .place = "…\\Group Policy\\Scripts\\{Startup,Shutdown,Logon,Logoff}, …\\State\\*; "
                 "System32\\GroupPolicy\\{Machine,User}\\Scripts\\scripts.ini, psscripts.ini; SYSVOL",
        .attack = "T1037.003",
        .use = Use::uncommon,
        .title = "Script of the group policy",
        .title_ja = "グループポリシーのスクリプト",
        .starts = "At boot and shutdown as SYSTEM, at logon and logoff as the user.",
        .starts_ja = "起動・終了時は SYSTEM 権限で、ログオン・ログオフ時は利用者の権限で動きます。",
        .suspicious = "A local script on a domain member, a script in SYSVOL that was changed outside of change "
                      "management, an encoded PowerShell.",
        .suspicious_ja
        = "ドメイン参加端末のローカルスクリプト、変更管理外で変えられた SYSVOL のスクリプト、符号化された PowerShell。",
        .advice = "Find the policy that holds it and who changed it (Security 5136 on the domain controllers): it may "
                  "reach every host.",
        .advice_ja = "どのポリシーにあり誰が変更したか(ドメインコントローラーの Security "
                     "5136)を調べます。全端末に及ぶ恐れがあります。",
        .default_content = "",
        .registry_parts = "\\group policy\\scripts\\startup\\|\\group policy\\scripts\\shutdown\\|\\group "
                          "policy\\scripts\\logon\\|\\group policy\\scripts\\logoff\\|\\group "
                          "policy\\state\\*\\scripts\\|\\policies\\microsoft\\windows\\system\\scripts\\",
    },
};

}

std::span<Location const> windows_services_locations()
{
    return all;
}

}
