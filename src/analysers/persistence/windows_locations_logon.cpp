// The catalogue's Windows locations W01 to W17. At logon.
#include "analysers/persistence/windows_locations.hpp"
#include <array>

namespace konseki::persistence {

namespace {

constexpr std::array all {
    Location {
        .id = "W01",
        .place = "HKLM and HKU: Software\\Microsoft\\Windows\\CurrentVersion\\Run, RunOnce",
        .attack = "T1547.001",
        .use = Use::common,
        .title = "Run key",
        .title_ja = "Run キー",
        .starts = "At every logon (RunOnce: once) with the rights of the user.",
        .starts_ja = "ログオンのたびに(RunOnce は一度だけ)利用者の権限で起動します。",
        .suspicious = "A program in a folder that users can write, an interpreter with a script, a name that copies a "
                      "product that is not installed.",
        .suspicious_ja = "利用者が書き込めるフォルダーのプログラム、スクリプトを渡されたインタープリター、導入されてい"
                         "ない製品を装った名前。",
        .advice = "Secure the file it names and its hash, then find out when the value was written and by which "
                  "program; look for the same value on other hosts before it is removed.",
        .advice_ja = "指しているファイルとハッシュを保全し、値がいつ、どのプログラムに書かれたかを調べます。削除する前"
                     "に他の端末で同じ値を探します。",
        .default_content = "",
        .registry_parts = "\\microsoft\\windows\\currentversion\\run\\|\\microsoft\\windows\\currentversion\\runonce\\",
    },
    Location {
        .id = "W02",
        .place = "HKLM and HKU: Software\\Microsoft\\Windows\\CurrentVersion\\RunOnceEx, RunEx",
        .attack = "T1547.001",
        .use = Use::uncommon,
        .title = "RunOnceEx key",
        .title_ja = "RunOnceEx キー",
        .starts = "Once at the next logon; a subkey can load a library (Depend) as well as start a program.",
        .starts_ja
        = "次回ログオン時に一度だけ動きます。サブキーではプログラムの起動のほか DLL の読み込み (Depend) もできます。",
        .suspicious = "Any entry that outlives a setup: installers use it only between two restarts.",
        .suspicious_ja = "導入作業後も残る項目。インストーラーが使うのは再起動をまたぐ間だけです。",
        .advice = "Secure the file or library it names; compare the key's write time with setups of that day.",
        .advice_ja = "指しているファイルや DLL を保全し、キーの書き込み時刻を当日の導入作業と突き合わせます。",
        .default_content = "",
        .registry_parts
        = "\\microsoft\\windows\\currentversion\\runonceex\\|\\microsoft\\windows\\currentversion\\runex\\",
    },
    Location {
        .id = "W03",
        .place = "HKLM and HKU: Software\\Microsoft\\Windows\\CurrentVersion\\RunServices, RunServicesOnce",
        .attack = "T1547.001",
        .use = Use::rare,
        .title = "RunServices key (old Windows)",
        .title_ja = "RunServices キー(旧 Windows)",
        .starts = "At the start of Windows 95 to Me; later versions ignore it, but malware still writes it.",
        .starts_ja
        = "Windows 95 から Me の起動時に動きます。以降の Windows は無視しますが、今も書き込むマルウェアがあります。",
        .suspicious = "Any entry: no product for a living Windows needs it.",
        .suspicious_ja = "項目があること自体。現行の Windows 向け製品は使いません。",
        .advice = "Take the entry as a sign of the program that wrote it: look for the same name and file in the other "
                  "autostarts of this host.",
        .advice_ja = "書き込んだプログラムの痕跡と考え、同じ名前やファイルをこの端末の他の自動起動で探します。",
        .default_content = "",
        .registry_parts
        = "\\microsoft\\windows\\currentversion\\runservices\\|\\microsoft\\windows\\currentversion\\runservicesonce\\",
    },
    Location {
        .id = "W04",
        .place = "HKLM and HKU: Software\\Microsoft\\Windows\\CurrentVersion\\Policies\\Explorer\\Run",
        .attack = "T1547.001",
        .use = Use::rare,
        .title = "Run key of the policies",
        .title_ja = "ポリシーの Run キー",
        .starts = "At every logon, as group policy would set it; does not show among the startup apps of the settings.",
        .starts_ja
        = "グループポリシーによる設定としてログオンのたびに起動します。設定画面のスタートアップには表示されません。",
        .suspicious = "An entry on a host where no group policy sets one; a program outside Program Files.",
        .suspicious_ja = "グループポリシーで設定していない端末にある項目、Program Files の外のプログラム。",
        .advice = "Ask whether a group policy sets it (gpresult); if not, secure the file and see who wrote the value "
                  "and when.",
        .advice_ja
        = "グループポリシーによるものか(gpresult で)確かめ、違えばファイルを保全し、値をいつ誰が書いたかを調べます。",
        .default_content = "",
        .registry_parts = "\\currentversion\\policies\\explorer\\run\\",
    },
    Location {
        .id = "W05",
        .place = "HKLM: Software\\Microsoft\\Windows NT\\CurrentVersion\\Terminal "
                 "Server\\Install\\Software\\Microsoft\\Windows\\CurrentVersion\\Run, RunOnce, RunOnceEx",
        .attack = "T1547.001",
        .use = Use::rare,
        .title = "Run key of the terminal server's install mode",
        .title_ja = "ターミナルサーバーのインストールモードの Run キー",
        .starts = "Copied into the Run key of each user at logon, once a program was set up in install mode.",
        .starts_ja = "インストールモードで導入されたものとして、ログオン時に各利用者の Run キーへ複写されます。",
        .suspicious = "An entry on a workstation or on a server without remote desktop services.",
        .suspicious_ja = "通常の端末、またはリモートデスクトップサービスのないサーバーにある項目。",
        .advice = "Secure the file, and look for copies of the entry in the Run keys of all users: removing only one "
                  "leaves the other.",
        .advice_ja = "ファイルを保全し、全利用者の Run キーに複写がないか調べます。片方だけ消しても残ります。",
        .default_content = "",
        .registry_parts = "\\terminal server\\install\\software\\microsoft\\windows\\currentversion\\run\\|\\terminal "
                          "server\\install\\software\\microsoft\\windows\\currentversion\\runonce\\|\\terminal "
                          "server\\install\\software\\microsoft\\windows\\currentversion\\runonceex\\",
    },
    Location {
        .id = "W06",
        .place = "HKLM and HKU: Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\StartupApproved\\Run, Run32, "
                 "StartupFolder",
        .attack = "T1547.001",
        .use = Use::common,
        .title = "Switch of a startup entry (StartupApproved)",
        .title_ja = "スタートアップ項目の有効・無効 (StartupApproved)",
        .starts = "Decides at logon whether an entry of a Run key or startup folder is started.",
        .starts_ja = "Run キーやスタートアップフォルダーの項目をログオン時に起動するかどうかを決めます。",
        .suspicious
        = "A protection product that is switched off, or a state for an entry that is gone: it once existed.",
        .suspicious_ja = "無効にされたセキュリティ製品、既に存在しない項目の状態(かつて存在した証拠)。",
        .advice = "Use it as a witness: the name of a removed entry and the time when someone switched it off.",
        .advice_ja = "証拠として使います。消された項目の名前と、無効にされた時刻が残ります。",
        .default_content = "",
        .registry_parts = "\\explorer\\startupapproved\\run\\|\\explorer\\startupapproved\\run32\\|"
                          "\\explorer\\startupapproved\\startupfolder\\",
    },
    Location {
        .id = "W07",
        .place = "Files: ProgramData\\Microsoft\\Windows\\Start Menu\\Programs\\Startup and "
                 "AppData\\Roaming\\…\\Startup of each user",
        .attack = "T1547.001",
        .use = Use::common,
        .title = "Startup folder",
        .title_ja = "スタートアップフォルダー",
        .starts = "At every logon: each file in the folder is opened, links lead to their target.",
        .starts_ja = "ログオンのたびにフォルダー内の各ファイルが開かれます。ショートカットはリンク先が開かれます。",
        .suspicious = "A program or script that lies there itself instead of a link; a link with an interpreter, or to "
                      "a folder that users can write.",
        .suspicious_ja = "ショートカットでなく本体が置かれたプログラムやスクリプト、インタープリターや書き込み可能なフ"
                         "ォルダーを指すショートカット。",
        .advice
        = "Secure the file and the target of the link; the link tells the volume and the machine on which it was made.",
        .advice_ja = "ファイルとリンク先を保全します。ショートカットには作成元のボリュームと端末名が残ります。",
        .default_content = "",
        .registry_parts = "",
    },
    Location {
        .id = "W08",
        .place
        = "HKLM and HKU: …\\CurrentVersion\\Explorer\\User Shell Folders, Shell Folders: Startup, Common Startup",
        .attack = "T1547.001",
        .use = Use::rare,
        .title = "Place of the startup folder",
        .title_ja = "スタートアップフォルダーの場所",
        .starts = "At logon Explorer opens what lies in the folder that the value names.",
        .starts_ja = "ログオン時、値が示すフォルダーの中身が開かれます。",
        .suspicious = "Any folder but Windows' own, above all one that other users can write or that is on a network.",
        .suspicious_ja = "Windows 既定以外のフォルダー。特に他の利用者が書き込める場所やネットワーク上の場所。",
        .advice = "Secure everything in the folder it names, then set the value back; redirected profiles name a "
                  "server of your own.",
        .advice_ja
        = "示されたフォルダーの中身を保全してから値を戻します。フォルダーリダイレクトなら自組織のサーバーを指します。",
        .default_content = "%USERPROFILE%\\AppData\\Roaming\\Microsoft\\Windows\\Start "
                           "Menu\\Programs\\Startup|%ProgramData%\\Microsoft\\Windows\\Start "
                           "Menu\\Programs\\Startup|C:\\ProgramData\\Microsoft\\Windows\\Start Menu\\Programs\\Startup",
        .registry_parts = "\\explorer\\user shell folders\\startup$|\\explorer\\user shell folders\\common "
                          "startup$|\\explorer\\shell folders\\startup$|\\explorer\\shell folders\\common startup$",
    },
    Location {
        .id = "W09",
        .place = "HKLM and HKU: Software\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon: Userinit, Shell",
        .attack = "T1547.004",
        .use = Use::rare,
        .title = "Userinit and shell of the logon",
        .title_ja = "ログオン時の Userinit とシェル",
        .starts = "At every logon, before or instead of the desktop.",
        .starts_ja = "ログオンのたびに、デスクトップの前に、またはその代わりに動きます。",
        .suspicious = "Anything behind the comma of Userinit, a second program beside explorer.exe, any such value in "
                      "a user's hive.",
        .suspicious_ja
        = "Userinit のカンマより後ろの内容、explorer.exe に並ぶ別のプログラム、利用者のハイブにある同名の値。",
        .advice = "Secure the added program and set the value back to its default; do not delete it, or nobody can log "
                  "on. Kiosks set a shell of their own.",
        .advice_ja = "追加されたプログラムを保全し、値を既定に戻します(削除するとログオンできなくなります)"
                     "。キオスク端末では独自のシェルが正規です。",
        .default_content
        = "C:\\Windows\\system32\\userinit.exe,|C:\\Windows\\system32\\userinit.exe|userinit.exe|explorer.exe",
        .registry_parts = "\\currentversion\\winlogon\\userinit$|\\currentversion\\winlogon\\shell$",
    },
    Location {
        .id = "W10",
        .place = "HKLM: …\\Windows NT\\CurrentVersion\\Winlogon: Notify\\*!DLLName, GinaDLL, Taskman, UiHost, "
                 "VMApplet, AppSetup, System",
        .attack = "T1547.004",
        .use = Use::rare,
        .title = "Other programs and libraries of Winlogon",
        .title_ja = "Winlogon のその他のプログラムと DLL",
        .starts = "At logon and logoff, in part as SYSTEM; Notify and GinaDLL only before Windows Vista.",
        .starts_ja
        = "ログオンやログオフの際に(一部は SYSTEM 権限で)動きます。Notify と GinaDLL は Vista より前のみです。",
        .suspicious = "Any content but that of Windows; Taskman and System are empty on a clean host.",
        .suspicious_ja = "Windows 既定以外の内容。Taskman と System は通常は空です。",
        .advice = "Secure the file, restore the default, and look at the logons since the key was written: such "
                  "libraries read passwords.",
        .advice_ja = "ファイルを保全して既定に戻します。パスワードを読み取れるため、キーの書き込み時刻以降のログオンを"
                     "確認します。",
        .default_content
        = "SystemPropertiesPerformance.exe /pagefile|rundll32 shell32,Control_RunDLL \"sysdm.cpl\"|logonui.exe",
        .registry_parts = "\\currentversion\\winlogon\\notify\\*\\dllname$|\\currentversion\\winlogon\\ginadll$|"
                          "\\currentversion\\winlogon\\taskman$|\\currentversion\\winlogon\\uihost$|"
                          "\\currentversion\\winlogon\\vmapplet$|\\currentversion\\winlogon\\appsetup$|"
                          "\\currentversion\\winlogon\\system$",
    },
    Location {
        .id = "W11",
        .place = "HKLM: …\\Windows NT\\CurrentVersion\\Winlogon: mpnotify",
        .attack = "T1547.004",
        .use = Use::rare,
        .title = "Network provider notifier of Winlogon (mpnotify)",
        .title_ja = "Winlogon の mpnotify 指定",
        .starts = "At every logon as SYSTEM, in place of mpnotify.exe, which is given the password.",
        .starts_ja = "ログオンのたびに mpnotify.exe の代わりに SYSTEM 権限で動き、パスワードを受け取ります。",
        .suspicious = "That the value exists: Windows does not set it.",
        .suspicious_ja = "値が存在すること自体。Windows は設定しません。",
        .advice
        = "Secure the program, remove the value, and change the passwords of all who logged on since it was written.",
        .advice_ja = "プログラムを保全して値を削除し、書き込み以降にログオンした全員のパスワードを変更します。",
        .default_content = "",
        .registry_parts = "\\currentversion\\winlogon\\mpnotify$",
    },
    Location {
        .id = "W12",
        .place = "HKLM: …\\Windows NT\\CurrentVersion\\Winlogon\\GPExtensions\\{class}: DllName",
        .attack = "T1547",
        .use = Use::uncommon,
        .title = "Group policy extension",
        .title_ja = "グループポリシー拡張",
        .starts = "Whenever group policy is applied, as SYSTEM in the policy service.",
        .starts_ja = "グループポリシーの適用のたびに、ポリシーサービス内で SYSTEM 権限で読み込まれます。",
        .suspicious = "A library outside System32, or one that was registered long after Windows was set up.",
        .suspicious_ja = "System32 以外の DLL、Windows の導入からかなり後に登録された DLL。",
        .advice = "Secure the library; management agents and Microsoft LAPS register honest ones, so ask for the "
                  "product first.",
        .advice_ja = "DLL を保全します。管理エージェントや Microsoft LAPS も正規に登録するため、まず製品を確認します。",
        .default_content = "",
        .registry_parts = "\\currentversion\\winlogon\\gpextensions\\*\\dllname$",
    },
    Location {
        .id = "W13",
        .place = "HKLM: …\\Windows NT\\CurrentVersion\\Winlogon\\AlternateShells\\AvailableShells",
        .attack = "T1547.004",
        .use = Use::rare,
        .title = "Alternate shells",
        .title_ja = "代替シェル",
        .starts = "At logon where no desktop is installed (Server Core): the entry of the highest number is the shell.",
        .starts_ja = "デスクトップのない構成(Server Core)でのログオン時に、最も大きい番号の項目がシェルになります。",
        .suspicious = "A number above 60000 or a program that is not cmd.exe, powershell.exe or a console of Windows.",
        .suspicious_ja = "60000 より大きい番号、cmd.exe、powershell.exe や Windows 標準以外のプログラム。",
        .advice = "Secure the program and take the entry out; make sure that a default shell is left.",
        .advice_ja = "プログラムを保全して項目を削除します。既定のシェルが残っていることを確かめます。",
        .default_content
        = "cmd.exe /c \"cd /d \"%USERPROFILE%\" & start cmd.exe /k runonce.exe /AlternateShellStartup\"|explorer.exe",
        .registry_parts = "\\winlogon\\alternateshells\\availableshells\\",
    },
    Location {
        .id = "W14",
        .place = "HKLM and HKU: Software\\Microsoft\\Windows\\CurrentVersion\\Policies\\System: Shell",
        .attack = "T1547.004",
        .use = Use::rare,
        .title = "Shell by policy",
        .title_ja = "ポリシーによるシェル",
        .starts = "At every logon instead of the desktop.",
        .starts_ja = "ログオンのたびにデスクトップの代わりに起動します。",
        .suspicious = "Any value on a host that is not a kiosk.",
        .suspicious_ja = "キオスク端末でないのに値があること。",
        .advice = "Ask whether the host is a kiosk; if not, secure the program and remove the value.",
        .advice_ja = "キオスク端末か確かめ、違えばプログラムを保全して値を削除します。",
        .default_content = "",
        .registry_parts = "\\currentversion\\policies\\system\\shell$",
    },
    Location {
        .id = "W15",
        .place = "HKLM\\SYSTEM: Control\\SafeBoot: AlternateShell; Option!UseAlternateShell; Minimal\\*, Network\\*",
        .attack = "T1562.009",
        .use = Use::rare,
        .title = "Safe mode",
        .title_ja = "セーフモード",
        .starts = "In safe mode: the shell of the prompt, and the services that are started at all.",
        .starts_ja = "セーフモード時のシェルと、起動されるサービスを決めます。",
        .suspicious = "A shell other than cmd.exe; a service that joined the lists late: ransomware starts there, "
                      "where protection does not.",
        .suspicious_ja
        = "cmd.exe 以外のシェル、後から加えられたサービス。ランサムウェアは保護の働かないセーフモードで動きます。",
        .advice = "Compare with a host of the same build; look for bcdedit /set safeboot and restarts around the key's "
                  "write time.",
        .advice_ja = "同じビルドの端末と比べ、書き込み時刻前後の bcdedit /set safeboot と再起動を探します。",
        .default_content = "cmd.exe",
        .registry_parts = "\\control\\safeboot\\alternateshell$|\\control\\safeboot\\option\\usealternateshell$|"
                          "\\control\\safeboot\\minimal\\*\\|\\control\\safeboot\\network\\*\\",
    },
    Location {
        .id = "W16",
        .place = "HKLM and HKU: …\\Windows NT\\CurrentVersion\\Windows: AppInit_DLLs, LoadAppInit_DLLs, "
                 "RequireSignedAppInit_DLLs",
        .attack = "T1546.010",
        .use = Use::rare,
        .title = "AppInit libraries",
        .title_ja = "AppInit_DLLs",
        .starts = "Loaded into every program that uses user32.dll, unless Secure Boot is on.",
        .starts_ja = "user32.dll を使う全プログラムに読み込まれます(セキュアブート有効時を除く)。",
        .suspicious = "Any library; LoadAppInit_DLLs set to 1 together with signatures not required.",
        .suspicious_ja = "指定された DLL すべて。LoadAppInit_DLLs が 1 で署名が不要とされている場合は特に。",
        .advice = "Secure the library, empty the value and restart: it sits in every process. Old graphics and "
                  "security drivers used it.",
        .advice_ja = "DLL "
                     "を保全し、値を空にして再起動します(全プロセスに入っています)"
                     "。古いグラフィックスやセキュリティ製品も使っていました。",
        .default_content = "",
        .registry_parts = "\\currentversion\\windows\\appinit_dlls$|\\currentversion\\windows\\loadappinit_dlls$|"
                          "\\currentversion\\windows\\requiresignedappinit_dlls$",
    },
    Location {
        .id = "W17",
        .place = "HKLM and HKU: …\\Windows NT\\CurrentVersion\\Windows: Load, Run, IconServiceLib",
        .attack = "T1547.001",
        .use = Use::rare,
        .title = "Load and Run of the Windows key",
        .title_ja = "Windows キーの Load と Run",
        .starts = "At every logon of the user; IconServiceLib when the desktop starts.",
        .starts_ja = "利用者のログオンのたびに起動します。IconServiceLib はデスクトップの開始時です。",
        .suspicious = "Any program in Load or Run: they are left from win.ini and empty today.",
        .suspicious_ja = "Load や Run に書かれたプログラム。win.ini の名残で、現在は空です。",
        .advice = "Secure the program, remove the value and look for the same file in other autostarts.",
        .advice_ja = "プログラムを保全して値を削除し、同じファイルを他の自動起動で探します。",
        .default_content = "IconCodecService.dll",
        .registry_parts = "\\windows nt\\currentversion\\windows\\load$|\\windows "
                          "nt\\currentversion\\windows\\run$|\\windows nt\\currentversion\\windows\\iconservicelib$",
    },
};

}

std::span<Location const> windows_logon_locations()
{
    return all;
}

}
