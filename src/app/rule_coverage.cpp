#include "app/rule_coverage.hpp"
#include "base/text.hpp"
#include "traces/linux_log_event.hpp"
#include <algorithm>

namespace konseki::app {

static Result<void> add_windows_events(store::Case const& source, std::vector<sigma::SeenEvents>& seen)
{
    if (!source.has_schema("windows.event"))
        return {};
    auto rows = TRY(
        source.query("SELECT channel, provider, event_id, count(*) FROM windows_event GROUP BY ALL ORDER BY ALL"));
    while (rows.next())
        seen.push_back({ std::string(rows.text(0)), std::string(rows.text(1)),
            static_cast<std::uint32_t>(rows.unsigned_integer(2)), rows.unsigned_integer(3) });
    return rows.status();
}

// Messages of text logs and of the journal: rules see each in the channel of its program.
static Result<void> add_linux_messages(store::Case const& source, std::vector<sigma::SeenEvents>& seen)
{
    for (auto const& [schema, table] : { std::pair { "linux.log_line", "linux_log_line" },
             std::pair { "linux.journal_entry", "linux_journal_entry" } }) {
        if (!source.has_schema(schema))
            continue;
        auto rows = TRY(
            source.query(format("SELECT coalesce(identifier, ''), count(*) FROM {} GROUP BY ALL ORDER BY ALL", table)));
        while (rows.next()) {
            std::string const identifier(rows.text(0));
            seen.push_back({ std::string(linux_channel_of(identifier)), identifier, 0, rows.unsigned_integer(1) });
        }
        TRY(rows.status());
    }
    return {};
}

// What the audit log hands to rules: each record, and starts, new files and connections of its events.
static Result<void> add_audit_events(store::Case const& source, std::vector<sigma::SeenEvents>& seen)
{
    if (!source.has_schema("linux.audit_record") || !source.has_schema("linux.audit_event"))
        return {};
    auto rows = TRY(source.query(
        "SELECT 'linux/auditd', count(*) FROM linux_audit_record UNION ALL "
        "SELECT 'linux/file_event', count(*) FROM linux_audit_record WHERE type = 'PATH' AND contains(fields, "
        "'nametype=CREATE') UNION ALL "
        "SELECT 'linux/process_creation', count(*) FROM linux_audit_event WHERE contains(types, 'EXECVE') UNION ALL "
        "SELECT 'linux/network_connection', count(*) FROM linux_audit_event WHERE system_call = 'connect' AND "
        "source_address IS NOT NULL ORDER BY 1"));
    while (rows.next())
        if (rows.unsigned_integer(1) > 0)
            seen.push_back({ std::string(rows.text(0)), "auditd", 0, rows.unsigned_integer(1) });
    return rows.status();
}

static Result<std::vector<sigma::SeenEvents>> seen_events(store::Case const& source)
{
    std::vector<sigma::SeenEvents> seen;
    TRY(add_windows_events(source, seen));
    TRY(add_linux_messages(source, seen));
    TRY(add_audit_events(source, seen));
    return seen;
}

std::string first_ones(std::vector<std::string> const& texts, std::size_t count)
{
    std::string joined;
    for (std::size_t index = 0; index < std::min(count, texts.size()); ++index)
        append_format(joined, "{}{}", joined.empty() ? "" : ", ", texts[index]);
    if (texts.size() > count)
        append_format(joined, " and {} more", texts.size() - count);
    return joined;
}

Result<std::vector<sigma::SourceCoverage>> coverage_of(sigma::RuleSet const& set, store::Case const& source)
{
    auto const seen = TRY(seen_events(source));
    return sigma::coverage(set, seen);
}

Result<std::string> coverage_fact(sigma::RuleSet const& set, store::Case const& source)
{
    std::string text = "[";
    for (auto const& entry : TRY(coverage_of(set, source))) {
        if (entry.rules_without_events.empty())
            continue;
        append_format(text, "{}{{\"source\":{},\"rules\":{},\"looked_for\":{}}}", text.size() > 1 ? "," : "",
            json_string(to_string(entry.source)), entry.rules_without_events.size(),
            json_string(first_ones(entry.looked_for, 3)));
    }
    return text + "]";
}

}
