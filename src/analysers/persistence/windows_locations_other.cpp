// The catalogue's Windows locations W74 to W96. Tasks, WMI, Office, browsers, accounts, files and settings.
#include "analysers/persistence/windows_locations.hpp"
#include <array>

namespace konseki::persistence {

namespace {

constexpr std::array all {
    Location {
        .id = "W74",
        .place = "Files: Windows\\System32\\Tasks, Windows\\SysWOW64\\Tasks, Windows\\Tasks\\*.job",
        .attack = "T1053.005",
        .use = Use::common,
        .title = "Scheduled task",
        .title_ja = "スケジュールされたタスク",
        .starts = "At times or events of its triggers, often as SYSTEM.",
        .starts_ja = "トリガーの時刻や事象に応じて、多くは SYSTEM 権限で動きます。",
        .suspicious = "A task in the root folder, with a shell or encoded command, a program in a folder that users "
                      "can write, a random name, a start minutes after its creation.",
        .suspicious_ja = "ルート直下のタスク、シェルや符号化されたコマンド、書き込み可能なフォルダーのプログラム、ラン"
                         "ダムな名前、作成直後の実行。",
        .advice = "Secure the XML and the program; Security 4698 and TaskScheduler 106 tell who registered it, and "
                  "remote logons before it from where.",
        .advice_ja = "XML とプログラムを保全します。Security 4698 や TaskScheduler 106 "
                     "から登録者が、直前のリモートログオンから接続元が分かります。",
        .default_content = "",
        .registry_parts = "",
    },
    Location {
        .id = "W75",
        .place = "HKLM: …\\Schedule\\TaskCache: Tree, Tasks, Boot, Logon, Maintenance, Plain against the XML files",
        .attack = "T1053.005",
        .use = Use::rare,
        .title = "Task that is hidden or changed behind the scheduler",
        .title_ja = "隠された、またはスケジューラーを通さず変更されたタスク",
        .starts = "As other tasks do; it does not show in the lists of Windows.",
        .starts_ja = "通常のタスクと同様に動きますが、Windows の一覧には表示されません。",
        .suspicious
        = "A tree key without SD, an Index of 0, no XML for a task that runs, a hash that is not that of the XML.",
        .suspicious_ja = "SD のない Tree キー、Index が 0、XML がないのに動くタスク、XML と一致しないハッシュ。",
        .advice = "Secure the keys of the task (Tree and Tasks) and the program: schtasks will not show it. Remove "
                  "both keys offline.",
        .advice_ja = "タスクのキー(Tree と Tasks)とプログラムを保全します。schtasks "
                     "には表示されません。削除は両方のキーをオフラインで行います。",
        .default_content = "",
        .registry_parts = "\\schedule\\taskcache\\tree\\*\\sd$|\\schedule\\taskcache\\tree\\*\\index$",
    },
    Location {
        .id = "W76",
        .place = "Files: ProgramData\\Microsoft\\Network\\Downloader\\qmgr.db, qmgr0.dat, qmgr1.dat",
        .attack = "T1197",
        .use = Use::rare,
        .title = "BITS job with a command",
        .title_ja = "コマンド付き BITS ジョブ",
        .starts = "When the transfer is done or fails, by the transfer service, for up to 90 days.",
        .starts_ja = "転送の完了時や失敗時に、転送サービスから最長 90 日にわたり動きます。",
        .suspicious = "A NotifyCmdLine at all; a transfer from an address that is no update server.",
        .suspicious_ja = "NotifyCmdLine があること、更新サーバー以外からの転送。",
        .advice = "Secure qmgr.db and the file it fetched; Bits-Client 3, 59 and 60 tell address and account.",
        .advice_ja
        = "qmgr.db と取得されたファイルを保全します。Bits-Client の 3、59、60 に接続先とアカウントが残ります。",
        .default_content = "",
        .registry_parts = "",
    },
    Location {
        .id = "W77",
        .place = "WMI repository: __EventFilter, *EventConsumer, __FilterToConsumerBinding in root\\subscription, "
                 "root\\default and others",
        .attack = "T1546.003",
        .use = Use::rare,
        .title = "WMI event subscription",
        .title_ja = "WMI イベントサブスクリプション",
        .starts = "When the query of its filter comes true: at a time, a boot, a logon; as SYSTEM.",
        .starts_ja = "フィルターの条件(時刻、起動、ログオンなど)が成立すると SYSTEM 権限で動きます。",
        .suspicious = "A consumer with a command line or script besides those of Windows (SCM Event Log Consumer, "
                      "BVTConsumer) and management products.",
        .suspicious_ja = "Windows 標準(SCM Event Log "
                         "Consumer、BVTConsumer)や管理製品以外の、コマンドやスクリプトを持つコンシューマー。",
        .advice = "Secure the repository (System32\\wbem\\Repository), then remove binding, consumer and filter; "
                  "WMI-Activity 5861 tells when it came.",
        .advice_ja
        = "リポジトリ(System32\\wbem\\Repository)を保全し、バインディング、コンシューマー、フィルターを削除します。WMI-"
          "Activity 5861 に登録時刻が残ります。",
        .default_content = "",
        .registry_parts = "",
    },
    Location {
        .id = "W78",
        .place = "Files: profile.ps1 and Microsoft.*_profile.ps1 in System32\\WindowsPowerShell\\v1.0 and "
                 "Documents\\WindowsPowerShell, PowerShell; PSModulePath",
        .attack = "T1546.013",
        .use = Use::uncommon,
        .title = "PowerShell profile",
        .title_ja = "PowerShell プロファイル",
        .starts = "At every start of PowerShell without -NoProfile, as whoever starts it.",
        .starts_ja = "-NoProfile なしの PowerShell の起動のたびに、起動した者の権限で動きます。",
        .suspicious = "A profile for all users, one that fetches or decodes something, one of an account that does not "
                      "work with PowerShell.",
        .suspicious_ja = "全利用者向けのプロファイル、取得や復号を行うもの、PowerShell を使わないアカウントのもの。",
        .advice = "Secure the script; PowerShell 4104 holds what it ran. Developers have honest profiles of their own.",
        .advice_ja
        = "スクリプトを保全します。PowerShell 4104 に実行内容が残ります。開発者は正規のプロファイルを持ちます。",
        .default_content = "",
        .registry_parts = "",
    },
    Location {
        .id = "W79",
        .place = "Word\\STARTUP, XLSTART, Normal.dotm, VbaProject.OTM; HKLM and HKU: Office\\*\\Addins, Office "
                 "test\\Special\\Perf, GlobalDotName, VBA\\Monitors",
        .attack = "T1137",
        .use = Use::uncommon,
        .title = "Office add-in, template or test hook",
        .title_ja = "Office のアドイン、テンプレート、テスト用フック",
        .starts = "At the start of the Office program.",
        .starts_ja = "Office プログラムの開始時に読み込まれます。",
        .suspicious = "\"Office test\\Special\\Perf\" at all, a .wll or .xll in a startup folder, a template on a "
                      "share, macros in Normal.dotm.",
        .suspicious_ja = "\"Office test\\Special\\Perf\" があること、スタートアップフォルダーの .wll や "
                         ".xll、共有上のテンプレート、Normal.dotm のマクロ。",
        .advice
        = "Secure the file, start Office without add-ins (/safe) and see which documents came by mail that day.",
        .advice_ja = "ファイルを保全し、Office を /safe で起動して確認し、当日メールで届いた文書を調べます。",
        .default_content = "",
        .registry_parts
        = "\\office "
          "test\\special\\perf\\|\\office\\*\\addins\\*\\|\\office\\*\\*\\addins\\*\\|\\word\\options\\globaldotname$|"
          "\\excel\\options\\open$|\\excel\\options\\open1$|\\excel\\options\\open2$|\\vba\\monitors\\*\\clsid$",
    },
    Location {
        .id = "W80",
        .place = "HKU: Office\\*\\Outlook\\WebView\\<folder>: URL; Outlook\\Security: EnableUnsafeClientMailRules",
        .attack = "T1137.004",
        .use = Use::rare,
        .title = "Home page or unsafe rules of Outlook",
        .title_ja = "Outlook のホームページと安全でない規則",
        .starts = "When the folder is opened or a mail arrives.",
        .starts_ja = "フォルダーを開いたとき、またはメールの受信時に動きます。",
        .suspicious = "Any URL; EnableUnsafeClientMailRules = 1.",
        .suspicious_ja = "URL の指定、EnableUnsafeClientMailRules が 1。",
        .advice
        = "Look at the rules and forms of the mailbox on the server as well: they come back to every host of the user.",
        .advice_ja = "サーバー側のメールボックスの規則とフォームも確認します。利用者のどの端末にも再び現れます。",
        .default_content = "",
        .registry_parts = "\\outlook\\webview\\*\\url$|\\outlook\\security\\enableunsafeclientmailrules$",
    },
    Location {
        .id = "W81",
        .place = "Extensions of Chrome, Edge, Firefox; policies: ExtensionInstallForcelist; NativeMessagingHosts",
        .attack = "T1176.001",
        .use = Use::common,
        .title = "Browser extension or its native host",
        .title_ja = "ブラウザー拡張とネイティブメッセージングホスト",
        .starts = "Whenever the browser runs; with the rights to read the pages it was given.",
        .starts_ja = "ブラウザーの動作中、許可されたページを読み取る権限で動きます。",
        .suspicious = "An extension forced by policy that your organisation did not set, one from no store, a native "
                      "host in a user's folder.",
        .suspicious_ja
        = "自組織で設定していないポリシーによる強制導入、ストア以外の拡張、利用者のフォルダーのネイティブホスト。",
        .advice = "Secure the folder of the extension, remove policy and extension together, and end the web sessions "
                  "of the user.",
        .advice_ja = "拡張のフォルダーを保全し、ポリシーと拡張を併せて削除し、利用者の Web セッションを無効にします。",
        .default_content = "",
        .registry_parts = "\\extensioninstallforcelist\\|\\nativemessaginghosts\\",
    },
    Location {
        .id = "W82",
        .place
        = "Files: AppData\\Local\\Packages\\Microsoft.WindowsTerminal_*\\LocalState\\settings.json: startOnUserLogin",
        .attack = "T1547",
        .use = Use::rare,
        .title = "Windows Terminal at logon",
        .title_ja = "ログオン時の Windows Terminal",
        .starts = "At logon of the user, with the command line of the default profile.",
        .starts_ja = "利用者のログオン時に既定のプロファイルのコマンドラインで起動します。",
        .suspicious = "A default profile whose command is not a plain shell.",
        .suspicious_ja = "単なるシェルではないコマンドを持つ既定のプロファイル。",
        .advice = "Secure settings.json and the program that its profile names.",
        .advice_ja = "settings.json と、プロファイルが指すプログラムを保全します。",
        .default_content = "",
        .registry_parts = "",
    },
    Location {
        .id = "W83",
        .place = "HKLM and HKU: …\\Explorer\\AutoplayHandlers\\Handlers, …\\Explorer\\AppKey\\<number>: ShellExecute",
        .attack = "T1546",
        .use = Use::uncommon,
        .title = "Autoplay handler or special key",
        .title_ja = "自動再生ハンドラーと特殊キー",
        .starts = "When a medium is put in, or a special key of the keyboard is pressed.",
        .starts_ja = "メディアの挿入時や、キーボードの特殊キーの押下時に動きます。",
        .suspicious
        = "A program in a folder that users can write; any ShellExecute for keys 15 to 18 but Windows' own.",
        .suspicious_ja = "利用者が書き込めるフォルダーのプログラム、Windows 既定以外の ShellExecute。",
        .advice = "Secure the program and remove the value.",
        .advice_ja = "プログラムを保全して値を削除します。",
        .default_content = "",
        .registry_parts = "\\explorer\\appkey\\*\\shellexecute$|\\explorer\\appkey\\*\\association$|"
                          "\\explorer\\autoplayhandlers\\handlers\\*\\initcmdline$|"
                          "\\explorer\\autoplayhandlers\\handlers\\*\\invokeprogid$",
    },
    Location {
        .id = "W84",
        .place
        = "Power Automate Desktop flows, Notepad++ plug-ins, remote control agents (AnyDesk, Atera, Splashtop, …)",
        .attack = "T1219",
        .use = Use::uncommon,
        .title = "Remote control agent or plug-in of a tool",
        .title_ja = "遠隔操作エージェントやツールのプラグイン",
        .starts = "As a service, a logon entry, or with the tool that loads it.",
        .starts_ja = "サービス、ログオン時の起動、または読み込むツールとともに動きます。",
        .suspicious = "A product that your organisation does not use, set up outside of support hours, or run from a "
                      "user's folder.",
        .suspicious_ja = "自組織で使っていない製品、サポート時間外の導入、利用者のフォルダーからの実行。",
        .advice = "Ask support whether it is theirs; the agent's own logs tell who connected. Block its addresses.",
        .advice_ja = "サポート部門のものか確認します。製品自身のログに接続元が残ります。通信先を遮断します。",
        .default_content = "",
        .registry_parts = "",
    },
    Location {
        .id = "W85",
        .place = "HKLM\\SAM: Domains\\Account\\Users: hidden accounts, foreign RID in F, users named like computers",
        .attack = "T1136.001",
        .use = Use::rare,
        .title = "Hidden account or stolen RID",
        .title_ja = "隠しアカウント、RID の乗っ取り",
        .starts = "When somebody logs on with it, with the rights of the other account.",
        .starts_ja = "そのアカウントでログオンすると、別のアカウントの権限で動きます。",
        .suspicious = "A RID in F that is not the key's, a key without a name, a user name that ends in \"$\".",
        .suspicious_ja = "キーと一致しない F 内の RID、名前のないキー、\"$\" で終わる利用者名。",
        .advice
        = "Secure the SAM hive, then remove the account; list its logons (Security 4624) on every host it may reach.",
        .advice_ja
        = "SAM ハイブを保全してからアカウントを削除し、到達可能な全端末でそのログオン(Security 4624)を一覧にします。",
        .default_content = "",
        .registry_parts = "\\sam\\domains\\account\\users\\*\\f$|\\sam\\domains\\account\\users\\names\\",
    },
    Location {
        .id = "W86",
        .place = "HKLM and HKU: Software\\Microsoft\\SystemCertificates\\Root\\Certificates",
        .attack = "T1553.004",
        .use = Use::uncommon,
        .title = "Root certificate",
        .title_ja = "ルート証明書",
        .starts = "Whenever a certificate is checked: it makes foreign signatures and web sites look genuine.",
        .starts_ja = "証明書の検証のたびに効き、他者の署名や Web サイトを本物に見せます。",
        .suspicious = "A certificate that neither Windows nor your organisation or its protection product brought, in "
                      "a user's store above all.",
        .suspicious_ja = "Windows、自組織、セキュリティ製品のいずれにも由来しない証明書。利用者のストアなら特に。",
        .advice = "Secure the certificate, find who issued what with it, and see which programs signed by it run.",
        .advice_ja = "証明書を保全し、それで発行されたものと、署名されたプログラムの実行を調べます。",
        .default_content = "",
        .registry_parts = "\\systemcertificates\\root\\certificates\\",
    },
    Location {
        .id = "W87",
        .place
        = "HKLM\\SYSTEM: Services\\PortProxy\\{v4tov4,…}\\tcp; SharedAccess\\Parameters\\FirewallPolicy\\FirewallRules",
        .attack = "T1090",
        .use = Use::rare,
        .title = "Port forwarding or firewall rule",
        .title_ja = "ポート転送とファイアウォール規則",
        .starts = "At every connection to the port, as long as the IP helper service runs.",
        .starts_ja = "そのポートへの接続のたびに(IP ヘルパーサービスの動作中)効きます。",
        .suspicious
        = "Any forwarding: hardly a product sets one; a rule that opens remote desktop or a random port to all.",
        .suspicious_ja
        = "ポート転送の設定すべて(使う製品はほとんどありません)。リモートデスクトップや不明なポートを全開にする規則。",
        .advice = "Follow the forwarding to its target: that host is reached through this one. Remove it with netsh "
                  "interface portproxy.",
        .advice_ja
        = "転送先の端末も調べます(この端末を経由して到達されています)。netsh interface portproxy で削除します。",
        .default_content = "",
        .registry_parts
        = "\\portproxy\\v4tov4\\tcp\\|\\portproxy\\v4tov6\\tcp\\|\\portproxy\\v6tov4\\tcp\\|\\portproxy\\v6tov6\\tcp\\",
    },
    Location {
        .id = "W88",
        .place = "HKLM: Software\\Microsoft\\Windows Defender and its policies: Exclusions, DisableAntiSpyware, "
                 "Real-Time Protection",
        .attack = "T1562.001",
        .use = Use::uncommon,
        .title = "Exclusion from, or switch of, the malware protection",
        .title_ja = "マルウェア対策の除外と無効化",
        .starts = "At once: what is excluded is not scanned.",
        .starts_ja = "直ちに効き、除外対象は検査されません。",
        .suspicious = "A whole drive, ProgramData, Temp or a user's folder excluded; a single program in such a "
                      "folder; protection switched off.",
        .suspicious_ja
        = "ドライブ全体、ProgramData、Temp、利用者のフォルダーの除外、そこにある単一のプログラムの除外、保護の無効化。",
        .advice
        = "Look into the excluded place before the exclusion is removed; Windows Defender 5007 tells when it was set.",
        .advice_ja = "除外を削除する前に除外先を調べます。Windows Defender 5007 に設定時刻が残ります。",
        .default_content = "",
        .registry_parts = "\\windows defender\\exclusions\\paths\\|\\windows "
                          "defender\\exclusions\\extensions\\|\\windows defender\\exclusions\\processes\\|\\windows "
                          "defender\\exclusions\\ipaddresses\\|\\windows defender\\disableantispyware$|\\windows "
                          "defender\\disableantivirus$|\\windows defender\\real-time protection\\",
    },
    Location {
        .id = "W89",
        .place = "Files: System32\\drivers\\etc\\hosts; HKLM\\SYSTEM: Tcpip\\Parameters: DataBasePath, NameServer; "
                 "Internet Settings: AutoConfigURL, ProxyServer",
        .attack = "T1565.001",
        .use = Use::uncommon,
        .title = "Names, name servers and proxies",
        .title_ja = "名前解決、DNS サーバー、プロキシ",
        .starts = "At every look-up of a name, at every use of the web.",
        .starts_ja = "名前解決や Web の利用のたびに効きます。",
        .suspicious = "Names of protection and update servers in hosts, a name server or proxy that is not your "
                      "organisation's, another DataBasePath.",
        .suspicious_ja
        = "hosts 内のセキュリティ製品や更新サーバーの名前、自組織以外の DNS サーバーやプロキシ、DataBasePath の変更。",
        .advice = "Secure the file and restore it; see in proxy and DNS logs who followed the changed names.",
        .advice_ja = "ファイルを保全して元に戻し、プロキシや DNS のログで影響を受けた通信を調べます。",
        .default_content = "",
        .registry_parts
        = "\\tcpip\\parameters\\databasepath$|\\tcpip\\parameters\\nameserver$|\\tcpip\\parameters\\interfaces\\*"
          "\\nameserver$|\\internet settings\\autoconfigurl$|\\internet settings\\proxyserver$",
    },
    Location {
        .id = "W90",
        .place = "Software\\Classes\\CLSID\\{645FF040-5081-101B-9F08-00AA002F954E}\\shell\\<verb>\\command",
        .attack = "T1546.015",
        .use = Use::rare,
        .title = "Command of the recycle bin",
        .title_ja = "ごみ箱のコマンド",
        .starts = "When the recycle bin is opened.",
        .starts_ja = "ごみ箱を開いたときに動きます。",
        .suspicious = "Any command: Windows has none there.",
        .suspicious_ja = "コマンドがあること自体。Windows の既定にはありません。",
        .advice = "Secure the program and remove the subkey.",
        .advice_ja = "プログラムを保全してサブキーを削除します。",
        .default_content = "",
        .registry_parts = "\\clsid\\{645ff040-5081-101b-9f08-00aa002f954e}\\shell\\*\\command\\",
    },
    Location {
        .id = "W91",
        .place = "Files: links with a hot key on the desktop or in the start menu",
        .attack = "T1547.009",
        .use = Use::uncommon,
        .title = "Link with a hot key",
        .title_ja = "ショートカットキー付きのショートカット",
        .starts = "When the user presses the keys, or opens the link by habit.",
        .starts_ja = "利用者がキーを押したとき、またはいつもどおりショートカットを開いたときに動きます。",
        .suspicious = "Keys of daily use (Ctrl+C, Ctrl+V), a link of a known product with an interpreter as target, an "
                      "icon taken from elsewhere.",
        .suspicious_ja = "日常的なキー(Ctrl+C、Ctrl+V)"
                         "、既知の製品名なのにインタープリターを指すもの、別のファイルから取ったアイコン。",
        .advice = "Secure the link: it holds the volume, the machine and the time of its target.",
        .advice_ja = "ショートカットを保全します。リンク先のボリューム、端末名、時刻が残っています。",
        .default_content = "",
        .registry_parts = "",
    },
    Location {
        .id = "W92",
        .place = "Firmware table WPBT, System32\\wpbbin.exe; EFI partition; BCD: 16000009, 250000e0",
        .attack = "T1542.003",
        .use = Use::rare,
        .title = "Firmware, boot loader and boot configuration",
        .title_ja = "ファームウェア、ブートローダー、ブート構成",
        .starts = "Before or at the start of Windows, as SYSTEM or below it.",
        .starts_ja = "Windows の起動前または起動時に、SYSTEM 以下の層で動きます。",
        .suspicious = "A wpbbin.exe of no computer maker, a boot loader whose hash differs from the build's, recovery "
                      "switched off, test signing on.",
        .suspicious_ja = "PC メーカーのものでない "
                         "wpbbin.exe、ビルドと異なるハッシュのブートローダー、回復の無効化、テスト署名の有効化。",
        .advice = "Secure the EFI partition and the firmware; a new installation of Windows does not remove what lies "
                  "below it.",
        .advice_ja = "EFI パーティションとファームウェアを保全します。Windows の再導入では取り除けません。",
        .default_content = "",
        .registry_parts = "",
    },
    Location {
        .id = "W93",
        .place = "IIS applicationHost.config, web.config and modules; Exchange agents.config; SQL Server startup "
                 "procedures; files below the web root",
        .attack = "T1505.003",
        .use = Use::rare,
        .title = "Web shell or module of a server",
        .title_ja = "Web シェル、サーバーのモジュール",
        .starts = "When a request comes in, with the rights of the server.",
        .starts_ja = "要求を受けるたびにサーバーの権限で動きます。",
        .suspicious = "A script written by the server's own account, a module that no product explains, w3wp.exe or "
                      "sqlservr.exe that starts a shell.",
        .suspicious_ja = "サーバー自身のアカウントが書いたスクリプト、製品で説明できないモジュール、シェルを起動する "
                         "w3wp.exe や sqlservr.exe。",
        .advice = "Secure file and web logs together; the first request for the file tells from where, the requests "
                  "before it how.",
        .advice_ja
        = "ファイルと Web ログを併せて保全します。最初の要求から接続元が、その前の要求から侵入手口が分かります。",
        .default_content = "",
        .registry_parts = "",
    },
    Location {
        .id = "W94",
        .place = "Files: libraries that programs look for first (phantom libraries, <program>.local, side-load pairs)",
        .attack = "T1574.001",
        .use = Use::rare,
        .title = "Library in the search order",
        .title_ja = "DLL 検索順序の悪用",
        .starts = "Whenever the program that looks for it starts.",
        .starts_ja = "その DLL を探すプログラムの起動のたびに読み込まれます。",
        .suspicious = "A signed program outside its home folder with an unsigned library beside it, and a file without "
                      "extension or with high entropy as a third.",
        .suspicious_ja
        = "本来の場所以外にある署名付きプログラムと隣の署名のない DLL、さらに暗号化されたデータファイルの三点組。",
        .advice
        = "Secure all three files: the payload is often in the third. Look for the hash of the library on other hosts.",
        .advice_ja
        = "三つのファイルをすべて保全します(本体は三つ目にあることが多いです)。DLL のハッシュを他の端末で探します。",
        .default_content = "",
        .registry_parts = "",
    },
    Location {
        .id = "W95",
        .place = "Files: alternate data streams and extended attributes that an autostart names",
        .attack = "T1564.004",
        .use = Use::rare,
        .title = "Program in an alternate data stream",
        .title_ja = "代替データストリーム内のプログラム",
        .starts = "With the autostart that names it.",
        .starts_ja = "それを指す自動起動により動きます。",
        .suspicious
        = "A colon behind the file name of an autostart; a stream with a program in it; large $EA attributes.",
        .suspicious_ja = "自動起動のファイル名に続くコロン、プログラムを含むストリーム、大きな $EA 属性。",
        .advice = "Secure file and stream together (copying over a network or to FAT loses the stream).",
        .advice_ja = "ファイルとストリームを併せて保全します(FAT などへの複写ではストリームが失われます)。",
        .default_content = "",
        .registry_parts = "",
    },
    Location {
        .id = "W96",
        .place = "HKU: …\\CurrentVersion\\Lxss\\{distribution}: BasePath; virtual machines in users' folders",
        .attack = "T1564.006",
        .use = Use::uncommon,
        .title = "Linux subsystem or virtual machine",
        .title_ja = "Linux サブシステム、仮想マシン",
        .starts = "When the user or a task starts it; what runs inside is hidden from most protection.",
        .starts_ja = "利用者やタスクが起動すると動きます。内部の動作は多くのセキュリティ製品から見えません。",
        .suspicious = "A distribution or machine on a host of nobody who develops, headless start, a small disk image "
                      "in a user's folder.",
        .suspicious_ja = "開発用でない端末の仮想環境、画面なしの起動、利用者のフォルダーの小さなディスクイメージ。",
        .advice = "Secure the disk image (ext4.vhdx, .vdi, .vhdx) and examine it as a host of its own.",
        .advice_ja = "ディスクイメージ(ext4.vhdx、.vdi、.vhdx)を保全し、一台の端末として調べます。",
        .default_content = "",
        .registry_parts = "\\currentversion\\lxss\\*\\basepath$",
    },
};

}

std::span<Location const> windows_other_locations()
{
    return all;
}

}
