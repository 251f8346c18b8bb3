// The catalogue's Windows locations W55 to W73. Loaded with programs, Explorer and file types.
#include "analysers/persistence/windows_locations.hpp"
#include <array>

namespace konseki::persistence {

namespace {

constexpr std::array all {
    Location {
        .id = "W55",
        .place = "HKU: Control Panel\\Desktop: SCRNSAVE.EXE (also by policy)",
        .attack = "T1546.002",
        .use = Use::uncommon,
        .title = "Screen saver",
        .title_ja = "スクリーンセーバー",
        .starts = "When the user is idle for a while.",
        .starts_ja = "利用者の無操作が続くと起動します。",
        .suspicious = "A program outside System32, or an extension other than .scr.",
        .suspicious_ja = "System32 以外のプログラム、.scr 以外の拡張子。",
        .advice = "Secure the file and reset the value; the idle times tell when it ran.",
        .advice_ja = "ファイルを保全して値を戻します。無操作の時間帯が実行時刻の手がかりです。",
        .default_content = "C:\\Windows\\system32\\scrnsave.scr|%SystemRoot%\\system32\\scrnsave.scr|logon.scr",
        .registry_parts = "\\control panel\\desktop\\scrnsave.exe$",
    },
    Location {
        .id = "W56",
        .place = "HKLM and HKU: Software\\Microsoft\\Command Processor: AutoRun",
        .attack = "T1546",
        .use = Use::rare,
        .title = "AutoRun of the prompt",
        .title_ja = "コマンドプロンプトの AutoRun",
        .starts = "At every start of cmd.exe, unless /d is given.",
        .starts_ja = "cmd.exe の起動のたびに(/d 指定時を除き)動きます。",
        .suspicious = "A program or script; harmless values set a code page, colours, or load a developer's aliases.",
        .suspicious_ja = "プログラムやスクリプト。無害な値は文字コード、色、開発者のエイリアスの設定です。",
        .advice = "Secure the file it names and remove the value; batch files and services start cmd.exe as well, also "
                  "as SYSTEM.",
        .advice_ja = "指しているファイルを保全して値を削除します。バッチやサービスも cmd.exe を起動するため、SYSTEM "
                     "権限で動いた可能性があります。",
        .default_content = "",
        .registry_parts = "\\microsoft\\command processor\\autorun$",
    },
    Location {
        .id = "W57",
        .place = "HKLM: Software\\Microsoft\\Netsh",
        .attack = "T1546.007",
        .use = Use::rare,
        .title = "Helper library of netsh",
        .title_ja = "netsh のヘルパー DLL",
        .starts = "At every start of netsh.exe, which VPN products and scripts call.",
        .starts_ja = "netsh.exe の起動のたびに読み込まれます。VPN 製品やスクリプトが netsh を呼び出します。",
        .suspicious = "A library that Windows does not bring, or one with a full path outside System32.",
        .suspicious_ja = "Windows 標準でない DLL、System32 以外のフルパスを持つ DLL。",
        .advice = "Secure the library, remove the value (netsh delete helper), and see what calls netsh on this host.",
        .advice_ja = "DLL を保全して値を削除し(netsh delete helper)、この端末で何が netsh を呼び出すかを調べます。",
        .default_content = "",
        .registry_parts = "\\microsoft\\netsh\\",
    },
    Location {
        .id = "W58",
        .place = "HKLM: Software\\Microsoft\\Active Setup\\Installed Components\\<id>: StubPath",
        .attack = "T1547.014",
        .use = Use::uncommon,
        .title = "Active Setup component",
        .title_ja = "Active Setup コンポーネント",
        .starts = "Once per user at the next logon, and again when its version was raised.",
        .starts_ja = "利用者ごとに次回ログオン時に一度動き、バージョンが上がると再度動きます。",
        .suspicious
        = "A program in a folder that users can write, a shell with a command, a random identifier without a name.",
        .suspicious_ja = "利用者が書き込めるフォルダーのプログラム、コマンド付きのシェル、名前のないランダムな識別子。",
        .advice = "Secure the program; copies of the key in the users' hives tell for whom it ran already.",
        .advice_ja = "プログラムを保全します。利用者のハイブに同じキーがあれば、その利用者では既に実行されています。",
        .default_content = "",
        .registry_parts = "\\active setup\\installed components\\*\\stubpath$",
    },
    Location {
        .id = "W59",
        .place = "HKLM and HKU: Software\\Classes\\CLSID\\{class}: InprocServer32, LocalServer32, InprocHandler32, "
                 "TreatAs, ProgID",
        .attack = "T1546.015",
        .use = Use::common,
        .title = "COM class",
        .title_ja = "COM クラス",
        .starts = "Whenever a program uses the class; a user's class goes before the machine's.",
        .starts_ja = "プログラムがそのクラスを使うたびに動きます。利用者側の登録が端末側より優先されます。",
        .suspicious = "A user's class with the id of one of the machine's, a library in AppData or Temp, scrobj.dll "
                      "with an address.",
        .suspicious_ja = "端末側と同じ ID の利用者側クラス、AppData や Temp の DLL、URL を伴う scrobj.dll。",
        .advice = "Secure the library and compare both registrations; installers for one user (OneDrive, Teams) "
                  "register honest ones.",
        .advice_ja = "DLL を保全し、両方の登録を比べます。利用者単位の製品(OneDrive、Teams)も正規に登録します。",
        .default_content = "",
        .registry_parts = "\\clsid\\*\\inprocserver32\\|\\clsid\\*\\localserver32\\|\\clsid\\*\\inprochandler32\\|"
                          "\\clsid\\*\\treatas\\|\\clsid\\*\\progid\\",
    },
    Location {
        .id = "W60",
        .place = "Software\\Classes\\<type>\\shellex: ContextMenuHandlers, PropertySheetHandlers, CopyHookHandlers, "
                 "DragDropHandlers, ColumnHandlers, IconHandler",
        .attack = "T1546.015",
        .use = Use::common,
        .title = "Extension of Explorer for a file type",
        .title_ja = "ファイル種別ごとのエクスプローラー拡張",
        .starts = "When Explorer shows, copies or is asked about such a file.",
        .starts_ja = "エクスプローラーでその種別のファイルを表示、複写、操作するときに読み込まれます。",
        .suspicious = "A class whose library lies in a user's folder or that no installed product explains.",
        .suspicious_ja = "DLL が利用者のフォルダーにあるクラス、導入済み製品で説明できないクラス。",
        .advice = "Secure the library of the class and look when the class was registered.",
        .advice_ja = "クラスの DLL を保全し、クラスの登録時刻を調べます。",
        .default_content = "",
        .registry_parts
        = "\\shellex\\contextmenuhandlers\\|\\shellex\\propertysheethandlers\\|\\shellex\\copyhookhandlers\\|"
          "\\shellex\\dragdrophandlers\\|\\shellex\\columnhandlers\\|\\shellex\\iconhandler\\",
    },
    Location {
        .id = "W61",
        .place = "…\\CurrentVersion\\Explorer: ShellExecuteHooks, ShellIconOverlayIdentifiers, ShellServiceObjects, "
                 "SharedTaskScheduler, Browser Helper Objects, FindExtensions; ShellServiceObjectDelayLoad; Shell "
                 "Extensions\\Approved",
        .attack = "T1547",
        .use = Use::common,
        .title = "Extension of Explorer",
        .title_ja = "エクスプローラー拡張",
        .starts = "At the start of Explorer or Internet Explorer.",
        .starts_ja = "エクスプローラーや Internet Explorer の開始時に読み込まれます。",
        .suspicious = "A hook (ShellExecuteHooks, SharedTaskScheduler, ShellServiceObjectDelayLoad) on a modern "
                      "Windows; a library in a user's folder.",
        .suspicious_ja
        = "新しい Windows "
          "でのフック(ShellExecuteHooks、SharedTaskScheduler、ShellServiceObjectDelayLoad)、利用者のフォルダーの DLL。",
        .advice
        = "Secure the library of the class; cloud storage and version control clients register overlays honestly.",
        .advice_ja
        = "クラスの DLL を保全します。クラウドストレージやバージョン管理の製品もオーバーレイを正規に登録します。",
        .default_content = "",
        .registry_parts
        = "\\explorer\\shellexecutehooks\\|\\explorer\\shelliconoverlayidentifiers\\|\\explorer\\shellserviceobjects\\|"
          "\\explorer\\sharedtaskscheduler\\|\\explorer\\browser helper "
          "objects\\|\\explorer\\findextensions\\|\\currentversion\\shellserviceobjectdelayload\\|"
          "\\currentversion\\shell extensions\\approved\\",
    },
    Location {
        .id = "W62",
        .place = "HKLM and HKU: Software\\Classes\\<type>\\shell\\<verb>\\command",
        .attack = "T1546.001",
        .use = Use::common,
        .title = "Program that opens a file type",
        .title_ja = "ファイル種別を開くプログラム",
        .starts = "Whenever such a file, or an address of that kind, is opened.",
        .starts_ja = "その種別のファイルやアドレスを開くたびに起動します。",
        .suspicious = "Another program before \"%1\" for exe, com, bat, cmd or scr files; a user's class for "
                      "ms-settings, mscfile or exefile: a way around UAC.",
        .suspicious_ja = "exe、com、bat、cmd、scr での \"%1\" の前の別プログラム、利用者側の "
                         "ms-settings、mscfile、exefile(UAC 回避の手口)。",
        .advice = "Secure the program and restore the default; after a user's ms-settings or mscfile look for "
                  "fodhelper, eventvwr or computerdefaults soon after.",
        .advice_ja = "プログラムを保全して既定に戻します。利用者側の ms-settings や mscfile なら、直後の "
                     "fodhelper、eventvwr、computerdefaults を探します。",
        .default_content = "",
        .registry_parts
        = "\\exefile\\shell\\*\\command\\|\\comfile\\shell\\*\\command\\|\\batfile\\shell\\*\\command\\|"
          "\\cmdfile\\shell\\*\\command\\|\\piffile\\shell\\*\\command\\|\\scrfile\\shell\\*\\command\\|"
          "\\txtfile\\shell\\*\\command\\|\\htafile\\shell\\*\\command\\|\\mscfile\\shell\\*\\command\\|"
          "\\folder\\shell\\*\\command\\|\\ms-settings\\shell\\*\\command\\|\\.exe\\shell\\*\\command\\|\\."
          "cmd\\shell\\*\\command\\|\\.txt\\shell\\*\\command\\",
    },
    Location {
        .id = "W63",
        .place = "Software\\Classes\\Protocols: Filter, Handler, Name-Space Handler; PersistentHandler and IFilter of "
                 "file types",
        .attack = "T1546",
        .use = Use::uncommon,
        .title = "Handler of an address or of file contents",
        .title_ja = "プロトコルハンドラー、内容フィルター",
        .starts = "When such an address is opened or such a file is indexed.",
        .starts_ja = "その種のアドレスを開くとき、またはファイルの索引作成時に読み込まれます。",
        .suspicious = "A class outside the folders of Windows and Office; a handler for http, https or text/html.",
        .suspicious_ja = "Windows や Office のフォルダー以外のクラス、http、https、text/html に対するハンドラー。",
        .advice = "Secure the library of the class and remove the subkey.",
        .advice_ja = "クラスの DLL を保全し、サブキーを削除します。",
        .default_content = "",
        .registry_parts = "\\protocols\\filter\\*\\clsid$|\\protocols\\handler\\*\\clsid$|\\protocols\\name-space "
                          "handler\\*\\clsid$|\\persistenthandler\\",
    },
    Location {
        .id = "W64",
        .place = "HKLM and HKU: …\\CurrentVersion\\App Paths\\<program>",
        .attack = "T1574.008",
        .use = Use::common,
        .title = "Path of a program by its short name",
        .title_ja = "プログラムの短い名前とパス (App Paths)",
        .starts = "When the program is started by its name (Run dialog, ShellExecute).",
        .starts_ja = "名前だけでプログラムが起動されたとき(「ファイル名を指定して実行」など)に効きます。",
        .suspicious = "The name of a program of Windows with a path elsewhere; a user's entry before the machine's.",
        .suspicious_ja = "Windows のプログラム名に別のパス、端末側に優先する利用者側の項目。",
        .advice = "Secure the program and remove the subkey; see who calls that name.",
        .advice_ja = "プログラムを保全してサブキーを削除し、その名前を呼び出すものを調べます。",
        .default_content = "",
        .registry_parts = "\\currentversion\\app paths\\",
    },
    Location {
        .id = "W65",
        .place
        = "HKLM: …\\Explorer\\MyComputer: BackupPath, cleanuppath, DefragPath, ChkDskPath; …\\Explorer\\VolumeCaches",
        .attack = "T1546",
        .use = Use::rare,
        .title = "Tools of a drive and handlers of the disk cleanup",
        .title_ja = "ドライブのツールとディスククリーンアップの処理",
        .starts = "When the user asks for care of a drive; the cleanup also by a task of Windows.",
        .starts_ja = "利用者がドライブの保守を行うときに動きます。クリーンアップは Windows のタスクでも動きます。",
        .suspicious
        = "A command other than cleanmgr, dfrgui or sdclt; a cleanup class whose library lies outside System32.",
        .suspicious_ja = "cleanmgr、dfrgui、sdclt 以外のコマンド、System32 以外の DLL を持つクリーンアップのクラス。",
        .advice = "Secure the file and restore the value from a host of the same build.",
        .advice_ja = "ファイルを保全し、同じビルドの端末の値に戻します。",
        .default_content = "",
        .registry_parts
        = "\\explorer\\mycomputer\\backuppath\\|\\explorer\\mycomputer\\cleanuppath\\|"
          "\\explorer\\mycomputer\\defragpath\\|\\explorer\\mycomputer\\chkdskpath\\|\\explorer\\volumecaches\\",
    },
    Location {
        .id = "W66",
        .place
        = "HKLM and HKU: Software\\Microsoft\\HtmlHelp Author: Location; class {52A2AAAE-085D-4187-97EA-8C30DB990436}",
        .attack = "T1574.001",
        .use = Use::rare,
        .title = "Library of the old help",
        .title_ja = "旧ヘルプの DLL (hhctrl.ocx)",
        .starts = "When hh.exe or a program with old help is started.",
        .starts_ja = "hh.exe や旧形式のヘルプを使うプログラムの起動時に読み込まれます。",
        .suspicious = "Any Location; a server of the class that is not System32\\hhctrl.ocx.",
        .suspicious_ja = "Location の指定、System32\\hhctrl.ocx 以外のクラス登録。",
        .advice = "Secure the library and remove the value.",
        .advice_ja = "DLL を保全して値を削除します。",
        .default_content = "",
        .registry_parts
        = "\\microsoft\\htmlhelp author\\location$|\\clsid\\{52a2aaae-085d-4187-97ea-8c30db990436}\\inprocserver32\\",
    },
    Location {
        .id = "W67",
        .place = "HKLM: Software\\Microsoft\\AMSI\\Providers; Software\\Microsoft\\Cryptography: Providers\\Trust, "
                 "OID\\EncodingType 0",
        .attack = "T1553.003",
        .use = Use::rare,
        .title = "Provider of script scans and signature checks",
        .title_ja = "スクリプト検査と署名検証のプロバイダー",
        .starts = "Whenever a script is scanned or a signature is checked, in the program that asks.",
        .starts_ja = "スクリプトの検査や署名の検証のたびに、要求したプログラム内で読み込まれます。",
        .suspicious = "A library other than that of Windows or the installed protection; WINTRUST.DLL replaced: every "
                      "signature looks valid then.",
        .suspicious_ja
        = "Windows や導入済みセキュリティ製品以外の DLL、WINTRUST.DLL の差し替え(あらゆる署名が有効に見えます)。",
        .advice = "Trust no signature check made on this host; check files elsewhere, and restore the values from a "
                  "host of the same build.",
        .advice_ja = "この端末での署名検証の結果を信用せず、別の端末で検証します。値は同じビルドの端末から戻します。",
        .default_content
        = "WINTRUST.DLL|C:\\Windows\\System32\\WINTRUST.DLL|C:\\Windows\\System32\\MSISIP.DLL|C:"
          "\\Windows\\System32\\wshext.dll|C:\\Windows\\System32\\AppxSip.dll|C:\\Windows\\System32\\EsdSip.dll|C:"
          "\\Windows\\System32\\WindowsPowerShell\\v1.0\\pwrshsip.dll",
        .registry_parts = "\\microsoft\\amsi\\providers\\|\\cryptography\\providers\\trust\\finalpolicy\\*\\$dll$|"
                          "\\cryptography\\providers\\trust\\*\\*\\$dll$|\\cryptography\\oid\\encodingtype "
                          "0\\*\\*\\dll$|\\cryptography\\offload\\expooffload$",
    },
    Location {
        .id = "W68",
        .place
        = "HKLM and HKU: …\\AppCompatFlags: InstalledSDB, Custom, Layers; files: Windows\\AppPatch\\Custom\\*.sdb",
        .attack = "T1546.011",
        .use = Use::uncommon,
        .title = "Application compatibility (shim) database",
        .title_ja = "アプリケーション互換 (シム) データベース",
        .starts = "At every start of the programs it names: it can load a library or patch code in memory.",
        .starts_ja = "対象プログラムの起動のたびに動き、DLL の読み込みやメモリー上の書き換えができます。",
        .suspicious = "A database outside AppPatch\\Custom, for programs of Windows, with InjectDll or RedirectEXE.",
        .suspicious_ja = "AppPatch\\Custom 以外のデータベース、Windows のプログラムが対象のもの、InjectDll や "
                         "RedirectEXE を含むもの。",
        .advice = "Secure the .sdb file, then remove it with sdbinst -u; ask whether your packaging team installed it.",
        .advice_ja
        = ".sdb ファイルを保全してから sdbinst -u で削除します。自組織の展開担当が導入したものか確認します。",
        .default_content = "",
        .registry_parts
        = "\\appcompatflags\\installedsdb\\*\\databasepath$|\\appcompatflags\\custom\\*\\|\\appcompatflags\\layers\\",
    },
    Location {
        .id = "W69",
        .place = "HKLM: …\\AppCompatFlags\\TelemetryController\\<name>: Command",
        .attack = "T1546",
        .use = Use::rare,
        .title = "Command of the telemetry task",
        .title_ja = "テレメトリのコマンド",
        .starts = "Daily as SYSTEM, by CompatTelRunner.exe and its task.",
        .starts_ja = "CompatTelRunner.exe のタスクから毎日 SYSTEM 権限で動きます。",
        .suspicious = "A command that is not CompatTelRunner.exe, or a subkey that other hosts of the build lack.",
        .suspicious_ja = "CompatTelRunner.exe 以外のコマンド、同じビルドの他の端末にないサブキー。",
        .advice = "Secure the program and remove the subkey; the task runs daily, so see what it started since the "
                  "key's write time.",
        .advice_ja = "プログラムを保全してサブキーを削除します。タスクは毎日動くため、キーの書き込み以降に起動したもの"
                     "を調べます。",
        .default_content = "",
        .registry_parts = "\\appcompatflags\\telemetrycontroller\\*\\command$",
    },
    Location {
        .id = "W70",
        .place = "HKLM: …\\MiniDumpAuxiliaryDlls, KnownManagedDebuggingDlls, Wow64\\x86, BidInterface\\Loader, "
                 "PeerDist\\Extension, PolicyManager\\default, Event Viewer and others",
        .attack = "T1574.001",
        .use = Use::rare,
        .title = "Little known libraries that Windows loads",
        .title_ja = "あまり知られていない DLL 読み込み箇所",
        .starts = "At a crash, at the start of a 32-bit program, at the use of a database and the like.",
        .starts_ja = "クラッシュ時、32 ビットプログラムの起動時、データベース利用時などに読み込まれます。",
        .suspicious = "A library outside System32, Microsoft.NET or the folder of a database product.",
        .suspicious_ja = "System32、Microsoft.NET、データベース製品のフォルダー以外の DLL。",
        .advice = "Secure the library and compare the key with a host of the same build.",
        .advice_ja = "DLL を保全し、同じビルドの端末とキーを比べます。",
        .default_content = "",
        .registry_parts = "\\currentversion\\minidumpauxiliarydlls\\|\\currentversion\\knownmanageddebuggingdlls\\|"
                          "\\microsoft\\wow64\\x86\\|\\microsoft\\bidinterface\\loader\\|"
                          "\\currentversion\\peerdist\\extension\\|\\microsoft\\semgr\\wallet\\dllname$|\\internet "
                          "settings\\lui\\|\\windowsupdate\\test\\|\\event viewer\\microsoftredirectionprogram$",
    },
    Location {
        .id = "W71",
        .place = "HKLM: …\\Windows NT\\CurrentVersion: Drivers32, Font Drivers, Drivers",
        .attack = "T1547",
        .use = Use::uncommon,
        .title = "Codec or font driver",
        .title_ja = "コーデック、フォントドライバー",
        .starts = "When a program plays sound or video or uses such fonts.",
        .starts_ja = "音声や動画の再生、該当フォントの利用時に読み込まれます。",
        .suspicious = "A name that looks like a codec of Windows with a library elsewhere, any font driver.",
        .suspicious_ja = "Windows のコーデックに似た名前で別の場所の DLL、フォントドライバーの指定。",
        .advice = "Secure the library; media and capture products register honest codecs.",
        .advice_ja = "DLL を保全します。動画や録画の製品もコーデックを正規に登録します。",
        .default_content = "",
        .registry_parts = "\\windows nt\\currentversion\\drivers32\\|\\windows nt\\currentversion\\font "
                          "drivers\\|\\windows nt\\currentversion\\drivers\\",
    },
    Location {
        .id = "W72",
        .place = "HKLM: Software\\Microsoft\\MSDTC\\MTxOCI: OracleOciLib, OracleSqlLib, OracleXaLib",
        .attack = "T1574.001",
        .use = Use::rare,
        .title = "Libraries of the transaction coordinator",
        .title_ja = "分散トランザクションコーディネーター (MSDTC) の DLL",
        .starts = "At the start of the MSDTC service, from System32 or the search path.",
        .starts_ja = "MSDTC サービスの開始時に System32 や検索パスから読み込まれます。",
        .suspicious = "Another name than the default; an oci.dll in System32 on a host without Oracle.",
        .suspicious_ja = "既定以外の名前、Oracle のない端末の System32 にある oci.dll。",
        .advice = "Secure the library (System32\\oci.dll first), restore the values, set MSDTC back to manual start.",
        .advice_ja = "DLL(まず System32\\oci.dll)を保全し、値を戻し、MSDTC を手動起動に戻します。",
        .default_content = "oci.dll|SQLLib80.dll|xa80.dll",
        .registry_parts = "\\msdtc\\mtxoci\\oracleocilib$|\\msdtc\\mtxoci\\oraclesqllib$|\\msdtc\\mtxoci\\oraclexalib$",
    },
    Location {
        .id = "W73",
        .place = "HKLM and HKU: Software\\Microsoft\\Ctf\\LangBarAddin\\{class}: FilePath; Control\\Keyboard "
                 "Layouts\\<id>: Ime File",
        .attack = "T1547",
        .use = Use::rare,
        .title = "Language bar add-in or input method",
        .title_ja = "言語バーのアドインと入力方式 (IME)",
        .starts = "At the start of the language bar; an input method in every program that takes text.",
        .starts_ja = "言語バーの開始時に読み込まれます。IME は文字入力を行う全プログラムに読み込まれます。",
        .suspicious = "Any add-in; an Ime File that belongs to no input method product.",
        .suspicious_ja = "アドインの指定すべて、IME 製品に属さない Ime File。",
        .advice
        = "Secure the library; Japanese hosts have honest input methods (ATOK, Google, Microsoft), compare the name.",
        .advice_ja = "DLL を保全します。ATOK、Google 日本語入力、Microsoft IME など正規の IME と照合します。",
        .default_content = "",
        .registry_parts = "\\microsoft\\ctf\\langbaraddin\\*\\filepath$|\\control\\keyboard layouts\\*\\ime file$",
    },
};

}

std::span<Location const> windows_programs_locations()
{
    return all;
}

}
