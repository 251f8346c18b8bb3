#include "analysers/persistence/catalogue.hpp"
#include "report/host_state.hpp"
#include "report/json.hpp"

namespace konseki::report {

namespace {

void append_identity(Json& json, host_coverage::HostCoverage const& coverage)
{
    auto const& host = coverage.host;
    json.key("name").text(host.name);
    json.key("other_names").text(host.other_names);
    json.key("known_from").text(host.known_from);
    json.key("domain").text(host.domain);
    json.key("os").text(host.os);
    json.key("os_build").text(host.os_build);
    json.key("time_zone").text(host.time_zone);
    json.key("installed_at").time(host.installed_at);
    json.key("last_shutdown_at").time(host.last_shutdown_at);
    json.key("first_at").time(coverage.first_at);
    json.key("last_at").time(coverage.last_at);
}

void append_coverage(Json& json, host_coverage::HostCoverage const& coverage)
{
    json.key("coverage").begin('{');
    json.key("pieces").number(coverage.pieces);
    json.key("not_recognised").number(coverage.not_recognised);
    json.key("failed").number(coverage.failed);
    json.key("rows").number(coverage.rows);
    json.key("bytes").number(coverage.bytes);
    json.key("bytes_lost").number(coverage.bytes_lost);
    json.list("classes", coverage.classes, [&](host_coverage::ClassCoverage const& one) {
        json.begin('{');
        json.key("name").text(one.name);
        json.key("title").words(one.title);
        json.key("state").text(host_coverage::class_state_name(one.state()));
        json.key("pieces").number(one.pieces);
        json.key("rows").number(one.rows);
        json.key("first_at").time(one.first_at);
        json.key("last_at").time(one.last_at);
        json.end('}');
    });
    json.list("cannot_be_cleared", coverage.cannot_be_cleared, [&](Words const& words) { json.words(words); });
    json.end('}');
}

void append_item(Json& json, HostItem const& item)
{
    json.begin('{');
    json.key("rank").number(item.rank);
    json.key("score").real(item.score);
    json.key("kind").text(item.kind);
    json.key("title").text(item.title);
    json.key("command").text(item.command);
    json.key("target").text(item.target);
    json.key("location").text(item.location);
    if (auto const* const location = persistence::find(item.location); location != nullptr)
        json.key("location_title").words({ std::string(location->title), std::string(location->title_ja) });
    json.list("attack", item.attack, [&](std::string const& id) { json.text(id); });
    json.key("first_at").time(item.first_at);
    json.key("last_at").time(item.last_at);
    json.key("key").text(item.key);
    json.key("terms_total").number(item.terms_total);
    json.list("terms", item.terms, [&](ItemTerm const& term) {
        json.begin('{');
        json.key("weight").real(term.weight);
        json.key("family").text(term.family);
        json.key("feature").text(term.feature);
        json.key("text").words(term.text);
        json.key("trace").text(to_string(term.trace));
        json.end('}');
    });
    json.key("traces_total").number(item.traces_total);
    json.list("traces", item.traces, [&](TraceId trace) { json.text(to_string(trace)); });
    json.end('}');
}

void append_account(Json& json, HostAccount const& account)
{
    json.begin('{');
    json.key("rid").number(account.rid);
    json.key("name").text(account.name);
    json.key("full_name").text(account.full_name);
    json.key("comment").text(account.comment);
    json.key("is_disabled").boolean(account.is_disabled);
    json.key("has_name_entry").boolean(account.has_name_entry);
    json.key("is_rid_foreign").boolean(account.is_rid_foreign);
    json.key("recovered").boolean(account.is_recovered);
    json.key("logon_count").number(account.logon_count);
    json.key("last_logon_at").time(account.last_logon_at);
    json.key("password_set_at").time(account.password_set_at);
    json.key("name_written_at").time(account.name_written_at);
    json.key("trace").text(to_string(account.trace));
    json.end('}');
}

void append_autostart(Json& json, HostAutostart const& entry)
{
    json.begin('{');
    json.key("location").text(entry.location);
    json.key("attack").text(entry.attack);
    json.key("hive").text(entry.hive);
    json.key("user").text(entry.user);
    json.key("key_path").text(entry.key_path);
    json.key("name").text(entry.name);
    json.key("command").text(entry.command);
    json.key("is_enabled").boolean(entry.is_enabled);
    json.key("is_usual").boolean(entry.is_usual);
    json.key("recovered").boolean(entry.is_recovered);
    json.key("key_written_at").time(entry.key_written_at);
    json.key("trace").text(to_string(entry.trace));
    json.end('}');
}

}

void append_host_state(Json& json, HostState const& host)
{
    append_identity(json, host.coverage);
    append_coverage(json, host.coverage);
    json.key("findings").begin('{');
    for (auto severity = severity_count; severity-- > 0;)
        json.key(severity_name(static_cast<Severity>(severity))).number(host.findings[severity]);
    json.end('}');
    json.key("items_total").number(host.items_total);
    json.key("kinds").begin('{');
    for (auto const& [kind, count] : host.kinds)
        json.key(kind).number(count);
    json.end('}');
    json.list("items", host.items, [&](HostItem const& item) { append_item(json, item); });
    json.key("accounts_total").number(host.accounts_total);
    json.list("accounts", host.accounts, [&](HostAccount const& account) { append_account(json, account); });
    json.key("autostarts_total").number(host.autostarts_total);
    json.list("autostarts", host.autostarts, [&](HostAutostart const& entry) { append_autostart(json, entry); });
    if (host.linux_state) {
        json.key("linux");
        append_linux_state(json, *host.linux_state);
    }
}

std::string host_json(HostState const& host, std::string_view more)
{
    std::string target;
    Json json(target);
    json.begin('{');
    append_host_state(json, host);
    json.raw(more);
    json.end('}');
    return target;
}

}
