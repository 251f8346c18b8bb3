#include "analysers/posture/host.hpp"
#include "base/text.hpp"
#include "store/query.hpp"
#include <algorithm>
#include <array>
#include <charconv>

namespace konseki::posture {

namespace {

// One row of windows.security_setting; views the rows until the next one.
struct SettingText {
    TraceId trace {};
    std::string_view area, name, value, path, user, attack;
    Timestamp at {};
    bool is_weaker = false;
};

std::string sentence_with(std::string_view sentence, std::string_view name, std::string_view value)
{
    return value.empty() ? format("{}: {}", sentence, name) : format("{}: {} = {}", sentence, name, value);
}

Because because_of(SettingText const& setting)
{
    Because because { setting.trace, "windows.security_setting", setting.at, {} };
    because.fields = { { "name", std::string(setting.name) }, { "value", std::string(setting.value) },
        { "key_path", std::string(setting.path) } };
    if (!setting.user.empty())
        because.fields.emplace_back("user", std::string(setting.user));
    return because;
}

bool is_weak(Check const& check, SettingText const& setting, std::string_view lower_path)
{
    if (check.area != setting.area || (!check.names.empty() && !is_in_list(check.names, setting.name)))
        return false;
    if (!check.path.empty() && lower_path.find(check.path) == std::string_view::npos)
        return false;
    return check.weak.empty() ? setting.is_weaker : is_in_list(check.weak, setting.value);
}

// Folders Office trusts by itself: its own, and templates and start folders of the user's profile.
bool is_usual_trusted_location(std::string_view lower_folder)
{
    constexpr std::array<std::string_view, 6> usual { "\\program files", "\\microsoft\\templates", "\\word\\startup",
        "\\excel\\xlstart", "\\microsoft\\addins", "\\microsoft office" };
    return std::any_of(usual.begin(), usual.end(),
        [&](std::string_view part) { return lower_folder.find(part) != std::string_view::npos; });
}

// Settings whose content has to be understood, not compared.
void judge_contents(HostSettings& host, SettingText const& setting, std::string_view lower_path)
{
    if (setting.area == "credentials" && equals_ignoring_case(setting.name, "CachedLogonsCount")) {
        constexpr unsigned usual_logons = 10;
        unsigned logons = 0;
        std::from_chars(setting.value.data(), setting.value.data() + setting.value.size(), logons);
        if (logons > usual_logons)
            host.weak[Group::credentials].push_back({ because_of(setting),
                { sentence_with("More logons than usual are kept", setting.name, setting.value),
                    sentence_with("保持されるログオンの数が通常より多い", setting.name, setting.value) },
                Severity::low, {} });
    }
    if (setting.area != "office" || !equals_ignoring_case(setting.name, "Path")
        || lower_path.find("\\trusted locations\\") == std::string_view::npos)
        return;
    if (setting.value.empty() || is_usual_trusted_location(ascii_lower(setting.value)))
        return;
    host.weak[Group::macros].push_back({ because_of(setting),
        { format("Office trusts a folder of its users: {}", setting.value),
            format("Office がユーザーのフォルダーを信頼している: {}", setting.value) },
        Severity::low, {} });
}

void judge_setting(HostSettings& host, SettingText const& setting)
{
    auto const lower_path = "\\" + ascii_lower(setting.path);
    for (auto const& check : checks()) {
        if (!is_weak(check, setting, lower_path))
            continue;
        host.weak[check.group].push_back({ because_of(setting),
            { sentence_with(check.en, setting.name, setting.value),
                sentence_with(check.ja, setting.name, setting.value) },
            check.severity, std::string(setting.attack) });
        break;
    }
    judge_contents(host, setting, lower_path);
    if (setting.area == "monitoring" && lower_path.find("\\sysmondrv\\") != std::string::npos)
        host.has_sysmon = true;
}

// Logs without which an intrusion is hard to follow, and which are on by default.
constexpr std::string_view important_logs
    = "Security|System|Application|Windows PowerShell|Microsoft-Windows-PowerShell/Operational|"
      "PowerShellCore/Operational|Microsoft-Windows-Sysmon/Operational|"
      "Microsoft-Windows-Windows Defender/Operational|Microsoft-Windows-WMI-Activity/Operational|"
      "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational|"
      "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational|"
      "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational|Microsoft-Windows-WinRM/Operational|"
      "Microsoft-Windows-Bits-Client/Operational|Microsoft-Windows-CodeIntegrity/Operational|"
      "Microsoft-Windows-Windows Firewall With Advanced Security/Firewall|"
      "Microsoft-Windows-SMBServer/Security|Microsoft-Windows-NTLM/Operational";
constexpr std::string_view sized_logs = "Security|Windows PowerShell|Microsoft-Windows-PowerShell/Operational";
constexpr std::uint64_t mib = 1'048'576;
constexpr std::uint64_t least_log_bytes = 64 * mib; // Windows' own 15 and 20 MiB hold hours on a busy machine
constexpr std::uint64_t shrunk_log_bytes = 15 * mib; // below what Windows itself sets since Vista: somebody's doing

struct Channel {
    TraceId trace {};
    std::string_view name, file;
    Timestamp at {};
    bool is_off = false, is_file_odd = false, keeps_oldest = false;
    std::uint64_t max_bytes = 0; // 0: not said
};

void judge_channel(HostSettings& host, Channel const& channel)
{
    auto const add = [&](std::string const& en, std::string const& ja, Severity severity, std::string_view attack) {
        Because because { channel.trace, "windows.event_channel", channel.at,
            { { "name", std::string(channel.name) } } };
        if (channel.max_bytes != 0)
            because.fields.emplace_back("max_bytes", format("{}", channel.max_bytes));
        if (!channel.file.empty())
            because.fields.emplace_back("file", std::string(channel.file));
        host.weak[Group::logging].push_back({ std::move(because), { en, ja }, severity, std::string(attack) });
    };
    constexpr std::string_view disable_logging = "T1562.002";
    if (!is_in_list(important_logs, channel.name))
        return;
    if (channel.is_off)
        add(format("A log is switched off: {}", channel.name), format("ログが無効: {}", channel.name), Severity::medium,
            disable_logging);
    if (channel.is_file_odd)
        add(format("A log is written elsewhere: {} = {}", channel.name, channel.file),
            format("ログの保存先が変更されている: {} = {}", channel.name, channel.file), Severity::medium,
            disable_logging);
    if (!is_in_list(sized_logs, channel.name))
        return;
    if (channel.keeps_oldest)
        add(format("A log stops when it is full: {}", channel.name),
            format("ログが一杯になると記録が止まる: {}", channel.name), Severity::low, {});
    if (channel.max_bytes != 0 && channel.max_bytes < least_log_bytes)
        add(format("A log is small: {} = {} KiB", channel.name, channel.max_bytes / 1024),
            format("ログの上限が小さい: {} = {} KiB", channel.name, channel.max_bytes / 1024),
            channel.max_bytes < shrunk_log_bytes && equals_ignoring_case(channel.name, "Security") ? Severity::medium
                                                                                                   : Severity::low,
            {});
}

// One key of the remote desktop's server side; absent values are -1.
struct RemoteKey {
    TraceId trace {};
    std::string_view place, name, path;
    Timestamp at {};
    int denies = -1, single_session = -1, network_logon = -1, shadow = -1, security_layer = -1;
};

void judge_remote_key(HostSettings& host, RemoteKey const& key, bool is_reachable)
{
    auto const add = [&](std::string_view field, int value, std::string_view en, std::string_view ja, Severity level) {
        Because because { key.trace, "windows.remote_desktop.server", key.at,
            { { std::string(field), format("{}", value) }, { "place", std::string(key.place) },
                { "key_path", std::string(key.path) } } };
        host.weak[Group::remote_access].push_back({ std::move(because),
            { sentence_with(en, field, format("{}", value)), sentence_with(ja, field, format("{}", value)) }, level,
            {} });
    };
    bool const is_console = key.place == "listener" && equals_ignoring_case(key.name, "Console");
    if (key.network_logon == 0 && is_reachable && !is_console)
        add("UserAuthentication", 0, "Remote desktop is on and asks for no proof before the session (NLA)",
            "リモートデスクトップが有効で、セッション前の認証 (NLA) を求めない", Severity::medium);
    if ((key.shadow == 2 || key.shadow == 4) && !is_console)
        add("Shadow", key.shadow, "Sessions may be watched without asking", "確認なしにセッションを覗ける",
            Severity::medium);
    if (key.single_session == 0)
        add("fSingleSessionPerUser", 0, "One account may work in several sessions at a time",
            "一つのアカウントで同時に複数のセッションを使える", Severity::low);
    if (key.security_layer == 0 && is_reachable && !is_console)
        add("SecurityLayer", 0, "Remote desktop uses its own old encryption",
            "リモートデスクトップが旧い独自の暗号を使う", Severity::low);
}

}

Result<void> gather_settings(Hosts& hosts)
{
    if (!hosts.has_table("windows.security_setting"))
        return {};
    auto rows = TRY(hosts.rows("windows_security_setting",
        "area, name, coalesce(value, ''), coalesce(key_path, ''), coalesce(\"user\", ''), coalesce(attack, ''), "
        "key_written_at, is_weaker, coalesce(control_set, '')",
        "name IS NOT NULL"));
    while (rows.next()) {
        SettingText setting { rows.trace(0), rows.text(2), rows.text(3), rows.text(4), rows.text(5), rows.text(6),
            rows.text(7), rows.time(8), rows.boolean(9) };
        if (!hosts.is_in_use(setting.trace.evidence, rows.text(10)))
            continue;
        auto& host = hosts.of(setting.trace.evidence);
        host.seen.insert(ascii_lower(format("{}|{}", setting.area, setting.name)));
        judge_setting(host, setting);
    }
    return rows.status();
}

Result<void> gather_channels(Hosts& hosts)
{
    if (!hosts.has_table("windows.event_channel"))
        return {};
    auto rows = TRY(hosts.rows("windows_event_channel",
        "name, coalesce(file, ''), key_written_at, coalesce(is_enabled, true), coalesce(is_file_usual, true), "
        "coalesce(retention, 0), coalesce(max_bytes, 0), coalesce(control_set, ''), coalesce(is_archived, false)",
        "name IS NOT NULL"));
    constexpr std::uint64_t never_overwritten = 0xffff'ffff;
    while (rows.next()) {
        Channel channel { rows.trace(0), rows.text(2), rows.text(3), rows.time(4), !rows.boolean(5), !rows.boolean(6),
            rows.unsigned_integer(7) == never_overwritten && !rows.boolean(10), rows.unsigned_integer(8) };
        if (hosts.is_in_use(channel.trace.evidence, rows.text(9)))
            judge_channel(hosts.of(channel.trace.evidence), channel);
    }
    return rows.status();
}

Result<void> gather_remote_desktop(Hosts& hosts)
{
    if (!hosts.has_table("windows.remote_desktop.server"))
        return {};
    std::set<HostSettings const*> reachable;
    for (int pass = 0; pass < 2; ++pass) { // first whether anybody is let in at all
        auto rows = TRY(hosts.rows("windows_remote_desktop_server",
            "place, coalesce(name, ''), coalesce(key_path, ''), key_written_at, coalesce(CAST(denies_connections AS "
            "INTEGER), -1), coalesce(CAST(single_session_per_user AS INTEGER), -1), coalesce(CAST(needs_network_logon "
            "AS INTEGER), -1), coalesce(CAST(shadow AS BIGINT), -1), coalesce(CAST(security_layer AS BIGINT), -1), "
            "coalesce(control_set, '')"));
        while (rows.next()) {
            auto const trace = rows.trace(0);
            if (!hosts.is_in_use(trace.evidence, rows.text(11)))
                continue;
            auto const number = [&](std::size_t column) { return static_cast<int>(rows.integer(column)); };
            RemoteKey const key { trace, rows.text(2), rows.text(3), rows.text(4), rows.time(5), number(6), number(7),
                number(8), number(9), number(10) };
            auto& host = hosts.of(trace.evidence);
            if (pass == 0 && key.denies == 0)
                reachable.insert(&host);
            else if (pass == 1)
                judge_remote_key(host, key, reachable.contains(&host));
        }
        TRY(rows.status());
    }
    return {};
}

Result<void> gather_port_proxies(Hosts& hosts)
{
    if (!hosts.has_table("windows.network.port_proxy"))
        return {};
    auto rows = TRY(hosts.rows("windows_network_port_proxy",
        "coalesce(listen, ''), coalesce(connect, ''), key_written_at, coalesce(control_set, '')"));
    while (rows.next()) {
        auto const trace = rows.trace(0);
        if (!hosts.is_in_use(trace.evidence, rows.text(5)))
            continue;
        Because because { trace, "windows.network.port_proxy", rows.time(4),
            { { "listen", std::string(rows.text(2)) }, { "connect", std::string(rows.text(3)) } } };
        hosts.of(trace.evidence)
            .weak[Group::remote_access]
            .push_back({ std::move(because),
                { format("A port is forwarded: {} to {}", rows.text(2), rows.text(3)),
                    format("ポートが転送されている: {} から {}", rows.text(2), rows.text(3)) },
                Severity::low, {} });
    }
    return rows.status();
}

void add_defaults(Hosts& hosts)
{
    for (auto& [key, host] : hosts.all()) {
        for (auto const& one : defaults()) {
            auto const& hive = one.is_in_system ? host.system : host.software;
            if (!hive.is_there || host.seen.contains(ascii_lower(format("{}|{}", one.area, one.name))))
                continue;
            if (one.builds_below != 0 && (host.build == 0 || host.build >= one.builds_below))
                continue;
            Because because { hive.trace, one.is_in_system ? "windows.machine.name" : "windows.machine.system", hive.at,
                { { std::string(one.name), "absent" } } };
            if (host.build != 0)
                because.fields.emplace_back("build", format("{}", host.build));
            host.weak[one.group].push_back({ std::move(because),
                { format("{} ({} is absent)", one.en, one.name), format("{}({} なし)", one.ja, one.name) },
                Severity::low, {} });
        }
    }
}

}
