#include "analysers/host_coverage/classes.hpp"
#include <array>
#include <utility>

namespace konseki::host_coverage {

namespace {

constexpr auto all_classes = std::to_array<EvidenceClass>({
    { "event_logs", "Event logs", "イベントログ", "windows_event", {},
        "who logged on, which programs, services and scripts ran, and when (no event log)",
        "誰がログオンし、どのプログラム・サービス・スクリプトがいつ動いたか(イベントログなし)" },
    { "registry_system", "Registry: SYSTEM", "レジストリ: SYSTEM", "windows_registry", "system",
        "services and drivers, programs that were present or ran (Shimcache, BAM), devices (no SYSTEM hive)",
        "サービスとドライバー、存在・実行したプログラム(Shimcache、BAM)、接続機器(SYSTEM ハイブなし)" },
    { "registry_software", "Registry: SOFTWARE", "レジストリ: SOFTWARE", "windows_registry", "software",
        "autostarts and installed programs of the machine, tasks hidden in the registry (no SOFTWARE hive)",
        "端末全体の自動起動とインストール済みプログラム、レジストリに隠されたタスク(SOFTWARE ハイブなし)" },
    { "registry_sam", "Registry: SAM", "レジストリ: SAM", "windows_registry", "sam",
        "local accounts, their groups and last logons (no SAM hive)",
        "ローカルアカウント、所属グループ、最終ログオン(SAM ハイブなし)" },
    { "registry_security", "Registry: SECURITY", "レジストリ: SECURITY", "windows_registry", "security", {}, {} },
    { "registry_user", "Registry: users (NTUSER.DAT)", "レジストリ: 利用者 (NTUSER.DAT)", "windows_registry", "user",
        "what each user started, opened and set to start (no user hive)",
        "各利用者が起動・閲覧・自動起動に設定したもの(利用者ハイブなし)" },
    { "registry_user_classes", "Registry: users (UsrClass.dat)", "レジストリ: 利用者 (UsrClass.dat)",
        "windows_registry", "user_classes", "folders that each user browsed, COM hijacks per user (no UsrClass.dat)",
        "各利用者が開いたフォルダー、利用者単位の COM 乗っ取り(UsrClass.dat なし)" },
    { "amcache", "Amcache", "Amcache", "windows_registry", "amcache",
        "SHA-1 of programs and drivers that were there (no Amcache)",
        "存在したプログラムとドライバーの SHA-1(Amcache なし)" },
    { "registry_other", "Registry: other hives", "レジストリ: その他", "windows_registry", {}, {}, {} },
    { "prefetch", "Prefetch", "プリフェッチ", "windows_prefetch", {},
        "which programs ran, when and with which files (no prefetch; servers keep none by default)",
        "どのプログラムがいつ、どのファイルとともに動いたか(プリフェッチなし。サーバーは既定で作成しません)" },
    { "pca", "Program Compatibility Assistant", "プログラム互換性アシスタント", "windows_pca", {}, {}, {} },
    { "mft", "Master file table ($MFT)", "マスターファイルテーブル ($MFT)", "windows_mft", {},
        "which files are and were there, and whether their times were forged (no $MFT)",
        "どのファイルが存在し、また存在したか、時刻が偽装されたか($MFT なし)" },
    { "usn", "Change journal ($J)", "変更ジャーナル ($J)", "windows_usn", {},
        "files created, renamed and deleted in the last days (no change journal)",
        "直近に作成・改名・削除されたファイル(変更ジャーナルなし)" },
    { "file_records", "File records of the collector (NTFSInfo)", "収集ツールのファイル一覧 (NTFSInfo)",
        "windows_ntfsinfo", {}, {}, {} },
    { "tasks", "Scheduled tasks (XML)", "タスク (XML)", "windows_task_xml", {},
        "what scheduled tasks do (no task files)", "スケジュールされたタスクの内容(タスクファイルなし)" },
    { "wmi", "WMI repository", "WMI リポジトリ", "windows_wmi", {}, "permanent WMI subscriptions (no WMI repository)",
        "永続的な WMI サブスクリプション(WMI リポジトリなし)" },
    { "srum", "Resource usage (SRUM)", "リソース使用 (SRUM)", "windows_srum", {},
        "how much each program sent and received (no SRUM)", "各プログラムの通信量(SRUM なし)" },
    { "programs", "Program files", "プログラムファイル", "windows_pe", {}, {}, {} },
    { "catalogues", "Signature catalogues", "署名カタログ", "windows_security_catalogue", {}, {}, {} },
    { "powershell_history", "PowerShell history", "PowerShell 履歴", "windows_powershell_history", {}, {}, {} },
    { "jump_lists", "Jump lists", "ジャンプリスト", "windows_jumplist", {}, {}, {} },
    { "shortcuts", "Shortcuts (.lnk)", "ショートカット (.lnk)", "windows_lnk", {}, {}, {} },
    { "recycle_bin", "Recycle bin", "ごみ箱", "windows_recycle_bin", {}, {}, {} },
    { "hosts_file", "Hosts file", "hosts ファイル", "windows_hosts_file", {}, {}, {} },
    { "live_state", "Running state (processes, connections)", "稼働状態(プロセス・通信)", "collector_results", {},
        "which processes ran and which connections stood when it was collected (no live state)",
        "収集時に動いていたプロセスと通信(稼働状態の記録なし)" },
    { "collector_results", "Results and control files of the collector", "収集ツールの結果・制御ファイル",
        "collector_results", {}, {}, {} },
    { "collector_copies", "Copy logs of the collector", "収集ツールのコピー記録", "collector_copies", {}, {}, {} },

    { "linux_host", "Host (system, name, kernel)", "ホスト情報(OS、名前、カーネル)", "linux_host", {}, {}, {},
        "linux.host" },
    { "linux_processes", "Running processes", "実行中プロセス", {}, {},
        "which processes ran, from which files, hidden or deleted (no process list)",
        "動いていたプロセスとその実行ファイル、隠蔽・削除の有無(プロセス一覧なし)", "linux.process" },
    { "linux_sockets", "Sockets", "ソケット", {}, {},
        "who listened and which connections stood, raw sockets included (no socket list)",
        "待ち受けと通信、raw ソケット(ソケット一覧なし)", "linux.socket" },
    { "linux_modules", "Kernel modules", "カーネルモジュール", {}, {},
        "which kernel modules were loaded (no module list)", "読み込まれていたカーネルモジュール(モジュール一覧なし)",
        "linux.module" },
    { "linux_bpf", "eBPF programs", "eBPF プログラム", {}, {}, {}, {}, "linux.bpf" },
    { "linux_package_verification", "Verified packages", "パッケージ検証", {}, {},
        "whether files of packages were replaced (nobody compared them with the package database)",
        "パッケージのファイルが差し替えられていないか(パッケージデータベースとの照合なし)", {},
        "linux.file WHERE package_state IN ('same', 'changed', 'configuration', 'missing')" },
    { "linux_files", "File metadata", "ファイルのメタデータ", "linux_bodyfile", {},
        "which files are there, setuid files and capabilities, times (no list of files)",
        "存在するファイル、setuid ファイルと capability、時刻(ファイル一覧なし)", "linux.file" },
    { "linux_packages", "Packages", "パッケージ", "linux_package", {},
        "which packages are installed and when they came (no package database)",
        "導入済みパッケージと導入時期(パッケージデータベースなし)", "linux.package linux.package_event" },
    { "linux_accounts", "Accounts", "アカウント", "linux_account", {},
        "who has an account, with which rights and password (no /etc/passwd)",
        "アカウントと権限、パスワードの状態(/etc/passwd なし)", "linux.account" },
    { "linux_logins", "Logins (wtmp, btmp, lastlog)", "ログイン記録 (wtmp、btmp、lastlog)", "linux_login", {},
        "who logged on and from where (no login records)", "誰がどこからログオンしたか(ログイン記録なし)",
        "linux.login linux.login_file" },
    { "linux_journal", "Journal of systemd", "systemd ジャーナル", "linux_journal", {},
        "what services and the kernel logged (no journal)", "サービスとカーネルのログ(ジャーナルなし)",
        "linux.journal_entry linux.journal_file" },
    { "linux_audit", "Audit log", "監査ログ", "linux_audit", {},
        "what the kernel audited (no audit log; many systems keep none)",
        "カーネルの監査記録(監査ログなし。記録しない構成も多い)", "linux.audit_event linux.audit_record" },
    { "linux_syslog", "Text logs (syslog, auth, web)", "テキストログ (syslog、auth、web)", "linux_syslog", {},
        "what services wrote to /var/log (no text logs)", "サービスが /var/log に書いたこと(テキストログなし)",
        "linux.log_line linux.authentication" },
    { "linux_shell_history", "Shell histories", "シェル履歴", "linux_shell_history", {},
        "what was typed (no shell history)", "入力されたコマンド(シェル履歴なし)", "linux.shell_history" },
    { "linux_configuration", "Start-up and access configuration", "起動・アクセス設定", {}, {},
        "what is set to start by itself and who may enter: units, cron, keys, sudo, PAM (no such files)",
        "自動起動の設定と入口: ユニット、cron、鍵、sudo、PAM(設定ファイルなし)",
        "linux.autostart linux.unit linux.setting linux.ssh_key" },
    { "linux_mounts", "Mounts", "マウント", {}, {}, {}, {}, "linux.mount" },
    { "linux_notes", "What the collector could not read", "収集できなかったもの", {}, {}, {}, {},
        "linux.collection_note" },
});

constexpr std::array time_columns {
    std::pair<std::string_view, std::string_view> { "windows.mft.file", "record_changed_at" },
    std::pair<std::string_view, std::string_view> { "windows.mft.stream", "-" },
    std::pair<std::string_view, std::string_view> { "windows.machine.name", "key_written_at" },
    std::pair<std::string_view, std::string_view> { "windows.event_log.file", "-" },
    std::pair<std::string_view, std::string_view> { "windows.event_log.chunk", "-" },
    std::pair<std::string_view, std::string_view> { "windows.event_log.sign", "-" },
    std::pair<std::string_view, std::string_view> { "windows.amcache.file", "key_written_at" },
    std::pair<std::string_view, std::string_view> { "linux.file", "-" },
    std::pair<std::string_view, std::string_view> { "linux.account", "-" },
    std::pair<std::string_view, std::string_view> { "linux.host", "collected_at" },
};

}

std::span<EvidenceClass const> evidence_classes()
{
    return all_classes;
}

std::string_view time_column_of(std::string_view schema)
{
    for (auto const& [name, column] : time_columns) {
        if (name == schema)
            return column;
    }
    return {};
}

}
