#include "report/json.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "report/page.hpp"
#include "report/techniques.hpp"

namespace konseki::report {

std::string readable(std::string_view text)
{
    std::string target;
    for (std::size_t position = 0; position < text.size();) {
        auto const start = position;
        auto const c = utf8::next(text, position);
        if (c == utf8::invalid || (c >= 0xd800 && c <= 0xdfff))
            append_format(target, "\\u{{{:x}}}",
                static_cast<std::uint32_t>(c == utf8::invalid ? static_cast<unsigned char>(text[start]) : c));
        else
            target.append(text, start, position - start);
    }
    return target;
}

namespace {

void append_counts(Json& json, BySeverity const& counts)
{
    json.begin('{');
    for (auto severity = severity_count; severity-- > 0;)
        json.key(severity_name(static_cast<Severity>(severity))).number(counts[severity]);
    json.end('}');
}

void append_span(Json& json, Timestamp first, Timestamp last)
{
    json.key("first_at").time(first);
    json.key("last_at").time(last);
}

void append_shown(Json& json, Contents const& contents, ShownFinding const& finding)
{
    json.begin('{');
    json.key("id").text(finding.id);
    json.key("host").text(finding.host);
    append_span(json, finding.first_at, finding.last_at);
    json.key("count").number(finding.count);
    json.key("traces").number(finding.traces);
    json.list("because", finding.because, [&](Because const& because) {
        json.begin('{');
        json.key("trace").text(to_string(because.trace));
        json.key("evidence").text(contents.name_of(because.trace.evidence));
        json.key("schema").text(because.schema);
        json.key("at").time(because.at);
        json.list("fields", because.fields, [&](auto const& field) {
            json.begin('[');
            json.text(field.first);
            json.text(field.second);
            json.end(']');
        });
        json.end('}');
    });
    json.end('}');
}

void append_group(Json& json, Contents const& contents, Group const& group)
{
    json.begin('{');
    json.key("severity").text(severity_name(group.severity));
    json.key("analyser").text(group.analyser);
    json.key("rule").text(group.rule);
    json.key("title").words(group.title);
    json.key("explanation").words(group.explanation);
    json.key("advice").words(group.advice);
    json.key("source").text(group.source);
    json.list("attack", group.attack, [&](auto const& id) { json.text(id); });
    json.key("findings_total").number(group.findings);
    json.key("hosts_total").number(group.hosts);
    json.key("traces_total").number(group.traces);
    append_span(json, group.first_at, group.last_at);
    json.list("findings", group.shown, [&](auto const& shown) { append_shown(json, contents, shown); });
    json.end('}');
}

void append_host(Json& json, HostCoverage const& host)
{
    json.begin('{');
    json.key("name").text(host.name);
    json.key("events").number(host.events);
    json.key("recovered").number(host.recovered);
    append_span(json, host.first_at, host.last_at);
    json.key("channels_total").number(host.channels_total);
    json.list("channels", host.channels, [&](auto const& channel) {
        json.begin('{');
        json.key("name").text(channel.name);
        json.key("events").number(channel.events);
        append_span(json, channel.first_at, channel.last_at);
        json.end('}');
    });
    json.end('}');
}

void append_evidence_row(Json& json, EvidenceRow const& row)
{
    json.begin('{');
    json.key("number").number(row.evidence.number);
    json.key("sha256").text(to_string(row.evidence.sha256));
    json.key("original_path").text(row.evidence.original_path);
    json.key("size_bytes").number(row.evidence.size_bytes);
    json.key("state").text(evidence_state_name(row.evidence.state));
    json.key("parent").number(row.evidence.parent);
    json.key("duplicate_of").number(row.evidence.duplicate_of);
    json.key("parser").text(row.evidence.parser);
    json.key("diagnostics").number(row.diagnostics);
    json.key("bytes_lost").number(row.bytes_lost);
    json.end('}');
}

void append_logon_rows(Json& json, std::string_view name, std::vector<LogonRow> const& rows)
{
    json.list(name, rows, [&](LogonRow const& row) {
        json.begin('{');
        json.key("host").text(row.host);
        json.key("account").text(row.user);
        json.key("from").text(row.source);
        json.key("logon_type").number(row.logon_type);
        json.key("count").number(row.count);
        append_span(json, row.first_at, row.last_at);
        json.end('}');
    });
}

void append_answer(Json& json, Contents const& contents)
{
    json.key("answer").begin('{');
    json.key("findings");
    append_counts(json, contents.findings);
    json.key("findings_total").number(contents.findings_total);
    json.key("hosts_touched").number(contents.hosts_touched);
    json.key("hosts_severe").number(contents.hosts_severe);
    json.key("hosts_total").number(contents.hosts_total);
    append_span(json, contents.first_at, contents.last_at);
    json.key("evidence_total").number(contents.evidence_total);
    json.key("evidence_with_loss").number(contents.evidence_with_loss);
    json.key("bytes_lost").number(contents.bytes_lost);
    json.list("hosts", contents.touched, [&](TouchedHost const& host) {
        json.begin('{');
        json.key("name").text(host.name);
        json.key("findings");
        append_counts(json, host.findings);
        append_span(json, host.first_at, host.last_at);
        json.end('}');
    });
    json.end('}');
}

void append_yara(Json& json, Contents const& contents)
{
    json.key("yara");
    if (!contents.has_yara) {
        json.null();
        return;
    }
    json.begin('{');
    json.key("rules").number(contents.yara_rules);
    json.key("files").number(contents.yara_files);
    json.key("files_skipped").number(contents.yara_files_skipped);
    json.key("problems_total").number(contents.yara_problems_total);
    json.list("problems", contents.yara_problems, [&](YaraProblem const& problem) {
        json.begin('{');
        json.key("place").text(problem.place);
        json.key("words").text(problem.words);
        json.key("skipped").boolean(problem.is_error);
        json.end('}');
    });
    json.end('}');
}

void append_rules(Json& json, Contents const& contents)
{
    json.key("rules");
    if (!contents.has_rules) {
        json.null();
        return;
    }
    json.begin('{');
    json.key("rules").number(contents.rules);
    json.key("correlations").number(contents.correlations);
    json.key("files").number(contents.rule_files);
    json.key("fingerprint").text(contents.rules_fingerprint);
    json.key("problems_total").number(contents.problems_total);
    json.list("problems", contents.problems, [&](RuleProblem const& problem) {
        json.begin('{');
        json.key("path").text(problem.path);
        json.key("title").text(problem.title);
        json.key("reason").text(problem.reason);
        json.key("detail").text(problem.detail);
        json.key("rules").number(problem.count);
        json.end('}');
    });
    if (contents.has_rule_coverage) {
        json.key("without_log_total").number(contents.rules_without_log);
        json.list("without_log", contents.sources_without_log, [&](RulesWithoutLog const& source) {
            json.begin('{');
            json.key("source").text(source.source);
            json.key("rules").number(source.count);
            json.key("looked_for").text(source.looked_for);
            json.end('}');
        });
    }
    json.end('}');
}

}

std::string json_document(Contents const& contents)
{
    std::string target;
    Json json(target);
    json.begin('{');
    json.key("konseki_report").number(1); // version of this document's shape
    json.key("title").text(contents.title);
    json.key("marking").text(contents.marking);
    json.key("generated_at").time(contents.generated_at);
    append_answer(json, contents);
    json.key("groups_total").number(contents.groups_total);
    json.list("groups", contents.groups, [&](auto const& group) { append_group(json, contents, group); });
    json.list("techniques", contents.techniques, [&](Technique const& technique) {
        json.begin('{');
        json.key("id").text(technique.id);
        json.key("name").text(technique_name(technique.id));
        json.key("severity").text(severity_name(technique.severity));
        json.key("findings").number(technique.findings);
        json.key("hosts").number(technique.hosts);
        json.key("first_at").time(technique.first_at);
        json.end('}');
    });
    append_fleet(json, contents.fleet);
    json.key("states_total").number(contents.states_total);
    json.list("states", contents.states, [&](HostState const& host) {
        json.begin('{');
        append_host_state(json, host);
        json.end('}');
    });
    json.list("hosts", contents.hosts, [&](auto const& host) { append_host(json, host); });
    json.list("gaps", contents.gaps, [&](Gap const& gap) {
        json.begin('{');
        json.key("host").text(gap.host);
        json.key("channel").text(gap.channel);
        json.key("from").time(gap.from);
        json.key("until").time(gap.until);
        json.key("days").number(gap.days);
        json.end('}');
    });
    append_logon_rows(json, "remote_logons", contents.remote_logons);
    append_logon_rows(json, "failed_logons", contents.failed_logons);
    append_rules(json, contents);
    append_yara(json, contents);
    json.list("evidence", contents.evidence, [&](auto const& row) { append_evidence_row(json, row); });
    json.list("diagnostics", contents.diagnostics, [&](DiagnosticKind const& kind) {
        json.begin('{');
        json.key("code").text(kind.code);
        json.key("what").text(kind.what);
        json.key("count").number(kind.count);
        json.key("evidence").number(kind.evidence);
        json.key("bytes_lost").number(kind.bytes_lost);
        json.end('}');
    });
    json.end('}');
    target += '\n';
    return target;
}

}
