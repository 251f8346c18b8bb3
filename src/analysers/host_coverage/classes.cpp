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
});

constexpr std::array time_columns {
    std::pair<std::string_view, std::string_view> { "windows.mft.file", "record_changed_at" },
    std::pair<std::string_view, std::string_view> { "windows.mft.stream", "-" },
    std::pair<std::string_view, std::string_view> { "windows.machine.name", "key_written_at" },
    std::pair<std::string_view, std::string_view> { "windows.event_log.file", "-" },
    std::pair<std::string_view, std::string_view> { "windows.event_log.chunk", "-" },
    std::pair<std::string_view, std::string_view> { "windows.event_log.sign", "-" },
    std::pair<std::string_view, std::string_view> { "windows.amcache.file", "key_written_at" },
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
