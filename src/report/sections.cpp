#include "base/text.hpp"
#include "report/chart.hpp"
#include "report/page.hpp"

namespace konseki::report {

namespace {

std::string date_of(Timestamp at)
{
    return to_string(at).substr(0, 10);
}

void append_charts(std::string& target, Timeline const& timeline, bool has_events)
{
    Markup page(target);
    page.raw("<div class=\"chart\">");
    page.element("h4", {}, words::chart_findings);
    page.raw("<div class=\"legend\">");
    for (auto severity = severity_count - 1; severity > 0; --severity)
        page.badge(static_cast<Severity>(severity));
    page.raw("</div>");
    append_findings_chart(target, timeline);
    if (has_events) {
        page.element("h4", {}, words::chart_events);
        append_events_chart(target, timeline);
    }
    auto const days = timeline.bin_seconds / 86'400;
    Timestamp const end { timeline.start.ticks
        + static_cast<std::int64_t>(timeline.bins.size()) * timeline.bin_seconds * ticks_per_second
        - ticks_per_second };
    page.raw("<p class=\"small soft\">");
    page.words(
        days == 1 ? words::bin_day : words::bin_days, { format("{}", days), date_of(timeline.start), date_of(end) });
    page.raw("</p></div>\n");
}

void append_key_events(Markup& page, Contents const& contents)
{
    if (contents.key_events.empty())
        return;
    page.table(&words::key_events, { &words::time, &words::severity, &words::host, &words::finding, &words::traces });
    for (auto const& event : contents.key_events) {
        page.raw("<tr>");
        page.time_cell(event.at);
        page.raw("<td>");
        page.badge(event.severity);
        page.raw("</td>");
        page.text_cell(event.host);
        page.raw("<td>");
        page.both(event.title);
        page.raw("</td><td>");
        page.command(event.trace ? "konseki show " + to_string(*event.trace) : "konseki show " + event.finding);
        page.raw("</td></tr>\n");
    }
    page.end_table();
    page.more(contents.key_events_total - contents.key_events.size(), "konseki findings");
}

void append_channels(Markup& page, HostCoverage const& host)
{
    page.raw("<details><summary>");
    page.words(words::logs_count, { grouped(host.channels_total) });
    page.raw("</summary>");
    page.table(nullptr, { &words::channel, &words::events, &words::first, &words::last }, { 1 });
    for (auto const& channel : host.channels) {
        page.raw("<tr>");
        page.text_cell(channel.name);
        page.number_cell(channel.events);
        page.time_cell(channel.first_at);
        page.time_cell(channel.last_at);
        page.raw("</tr>\n");
    }
    page.end_table();
    if (host.channels_total > host.channels.size())
        page.more(host.channels_total - host.channels.size(), "konseki stats");
    page.raw("</details>");
}

void append_gaps(Markup& page, Contents const& contents)
{
    page.element("h3", {}, words::gaps);
    if (contents.gaps.empty()) {
        page.element("p", {}, words::no_gaps);
        return;
    }
    page.element("p", "soft", words::gaps_text);
    page.table(nullptr, { &words::host, &words::channel, &words::from, &words::until, &words::days }, { 4 });
    for (auto const& gap : contents.gaps) {
        page.raw("<tr>");
        page.text_cell(gap.host);
        page.text_cell(gap.channel);
        page.text_cell(date_of(gap.from), "t");
        page.text_cell(date_of(gap.until), "t");
        page.number_cell(gap.days);
        page.raw("</tr>\n");
    }
    page.end_table();
    page.more(contents.gaps_total - contents.gaps.size(), "konseki stats");
}

void append_logon_table(Markup& page, Say const& title, std::vector<LogonRow> const& rows, std::uint64_t total)
{
    page.element("h3", {}, title);
    if (rows.empty()) {
        page.element("p", {}, words::none);
        return;
    }
    page.table(nullptr,
        { &words::host, &words::account, &words::from_where, &words::logon_type, &words::count, &words::first,
            &words::last },
        { 3, 4 });
    for (auto const& row : rows) {
        page.raw("<tr>");
        page.text_cell(row.host);
        page.text_cell(row.user);
        page.text_cell(row.source);
        page.number_cell(row.logon_type);
        page.number_cell(row.count);
        page.time_cell(row.first_at);
        page.time_cell(row.last_at);
        page.raw("</tr>\n");
    }
    page.end_table();
    page.more(total - rows.size(), "konseki query \"FROM windows_logon\"");
}

void append_state(Markup& page, std::string_view name)
{
    for (auto const& state : words::states) {
        if (state.name == name)
            page.words(state.words);
    }
}

void append_evidence_row(Markup& page, EvidenceRow const& row)
{
    auto const& evidence = row.evidence;
    page.raw("<tr>");
    page.text_cell(format("e{}", evidence.number), "t");
    page.raw("<td class=\"path\">");
    page.escape(evidence.original_path);
    page.raw("<br/><code class=\"plain hash\">");
    page.escape(to_string(evidence.sha256));
    page.raw("</code></td><td class=\"n\">");
    page.escape(size_text(evidence.size_bytes));
    page.raw("</td><td>");
    append_state(page, evidence_state_name(evidence.state));
    page.raw("</td><td class=\"small\">");
    if (evidence.parent != 0)
        page.words(words::parent, { format("{}", evidence.parent) });
    if (evidence.duplicate_of != 0) {
        page.raw(" ");
        page.words(words::duplicate, { format("{}", evidence.duplicate_of) });
    }
    page.raw(" ");
    page.escape(evidence.parser);
    if (row.diagnostics != 0) {
        page.raw(" · ");
        page.words(words::diagnostics_count, { grouped(row.diagnostics) });
    }
    if (row.bytes_lost != 0) {
        page.raw(" · ");
        page.words(words::bytes_lost, { size_text(row.bytes_lost) });
    }
    page.raw("</td></tr>\n");
}

}

void append_timeline(std::string& target, Contents const& contents)
{
    Markup page(target);
    page.heading("timeline", words::timeline);
    if (contents.timeline.bins.empty())
        page.element("p", {}, words::no_times);
    else
        append_charts(target, contents.timeline, contents.events != 0);
    if (contents.timeline.events_outside != 0) {
        page.raw("<p>");
        page.words(words::events_outside, { grouped(contents.timeline.events_outside) });
        page.raw("</p>\n");
    }
    append_key_events(page, contents);
}

void append_hosts(std::string& target, Contents const& contents)
{
    Markup page(target);
    page.heading("hosts", words::hosts);
    if (contents.hosts.empty()) {
        page.element("p", {}, words::no_events);
        return;
    }
    page.element("p", "soft", words::coverage_text);
    page.table(nullptr,
        { &words::host, &words::first, &words::last, &words::activity, &words::events, &words::recovered,
            &words::channel },
        { 4, 5 });
    for (auto const& host : contents.hosts) {
        page.raw("<tr>");
        page.text_cell(host.name);
        page.time_cell(host.first_at);
        page.time_cell(host.last_at);
        page.raw("<td>");
        append_strip(target, host.bins);
        page.raw("</td>");
        page.number_cell(host.events);
        page.number_cell(host.recovered);
        page.raw("<td>");
        append_channels(page, host);
        page.raw("</td></tr>\n");
    }
    page.end_table();
    if (contents.hosts_total > contents.hosts.size())
        page.more(contents.hosts_total - contents.hosts.size(), "konseki stats");
    append_gaps(page, contents);
}

void append_logons(Markup& page, Contents const& contents)
{
    if (!contents.has_logons)
        return;
    page.heading("logons", words::logons);
    append_logon_table(page, words::remote_logons, contents.remote_logons, contents.remote_logons_total);
    append_logon_table(page, words::failed_logons, contents.failed_logons, contents.failed_logons_total);
}

static void append_rule_coverage(Markup& page, Contents const& contents)
{
    if (!contents.has_rule_coverage) {
        page.raw("<p class=\"small soft\">");
        page.words(words::rules_coverage);
        page.raw(" ");
        page.command("konseki rules coverage");
        page.raw("</p>\n");
        return;
    }
    page.raw("<p>");
    page.words(contents.rules_without_log == 0 ? words::rules_all_saw : words::rules_without_log,
        { grouped(contents.rules_without_log), grouped(contents.rules) });
    page.raw(" ");
    page.command("konseki rules coverage --rules DIR");
    page.raw("</p>\n");
    if (contents.sources_without_log.empty())
        return;
    page.raw("<details><summary>");
    page.words(words::sources_count, { grouped(contents.sources_without_log_total) });
    page.raw("</summary>");
    page.table(nullptr, { &words::log_source, &words::rules_count, &words::looked_for }, { 1 });
    for (auto const& source : contents.sources_without_log) {
        page.raw("<tr>");
        page.text_cell(source.source);
        page.number_cell(source.count);
        page.text_cell(source.looked_for);
        page.raw("</tr>\n");
    }
    page.end_table();
    page.more(
        contents.sources_without_log_total - contents.sources_without_log.size(), "konseki rules coverage --rules DIR");
    page.raw("</details>\n");
}

static void append_yara(Markup& page, Contents const& contents)
{
    if (!contents.has_yara)
        return;
    page.raw("<p>");
    page.words(contents.yara_files_skipped == 0 ? words::yara_all : words::yara_text,
        { grouped(contents.yara_rules), grouped(contents.yara_files), grouped(contents.yara_files_skipped) });
    page.raw("</p>\n");
    if (contents.yara_problems.empty())
        return;
    page.table(nullptr, { &words::yara_file, &words::reason, &words::detail });
    for (auto const& problem : contents.yara_problems) {
        page.raw("<tr>");
        page.text_cell(problem.place);
        page.text_cell(problem.is_error ? "skipped" : "warning");
        page.text_cell(problem.words);
        page.raw("</tr>\n");
    }
    page.end_table();
    page.more(contents.yara_problems_total - contents.yara_problems.size(), "konseki yara --check");
}

void append_rules(Markup& page, Contents const& contents)
{
    page.heading("rules", words::rules);
    if (!contents.has_rules) {
        page.element("p", {}, words::rules_unknown);
        return append_yara(page, contents);
    }
    page.raw("<p>");
    page.words(contents.problems_total == 0 ? words::rules_all : words::rules_text,
        { grouped(contents.rules), grouped(contents.correlations), grouped(contents.rule_files),
            grouped(contents.problems_total) });
    page.raw("</p>\n");
    if (!contents.problems.empty()) {
        page.raw("<p>");
        for (auto const& [reason, count] : contents.problem_reasons) {
            page.raw("<span class=\"chip\">");
            page.escape(format("{} {}", reason, grouped(count)));
            page.raw("</span>");
        }
        page.raw("</p>\n");
        page.table(nullptr, { &words::reason, &words::detail, &words::rules_count, &words::first_of_them }, { 2 });
        for (auto const& problem : contents.problems) {
            page.raw("<tr>");
            page.text_cell(problem.reason);
            page.text_cell(problem.detail);
            page.number_cell(problem.count);
            page.raw("<td>");
            page.escape(problem.title);
            page.raw("<br/><span class=\"small soft path\">");
            page.escape(problem.path);
            page.raw("</span></td></tr>\n");
        }
        page.end_table();
        page.more(contents.problem_kinds_total - contents.problems.size(), "konseki rules check DIR");
    }
    append_yara(page, contents);
    append_rule_coverage(page, contents);
    page.raw("<p class=\"small soft\">");
    page.words(words::fingerprint);
    page.raw(" <code class=\"hash\">");
    page.escape(contents.rules_fingerprint);
    page.raw("</code></p>\n");
}

void append_evidence(Markup& page, Contents const& contents)
{
    page.heading("evidence", words::evidence);
    if (contents.evidence.empty()) {
        page.element("p", {}, words::no_evidence);
        return;
    }
    page.raw("<p>");
    for (auto const& [state, count] : contents.evidence_states) {
        page.raw("<span class=\"chip\">");
        append_state(page, state);
        page.escape(" " + grouped(count));
        page.raw("</span>");
    }
    page.raw("</p>\n");
    page.table(nullptr, { &words::number, &words::original_path, &words::size, &words::state, &words::remarks }, { 2 });
    for (auto const& row : contents.evidence)
        append_evidence_row(page, row);
    page.end_table();
    page.more(contents.evidence_total - contents.evidence.size(), "konseki evidence");
    if (contents.diagnostics.empty())
        return;
    page.table(&words::diagnostics, { &words::reason, &words::what, &words::count, &words::pieces, &words::lost },
        { 2, 3, 4 });
    for (auto const& kind : contents.diagnostics) {
        page.raw("<tr>");
        page.text_cell(kind.code);
        page.text_cell(kind.what);
        page.number_cell(kind.count);
        page.number_cell(kind.evidence);
        page.raw("<td class=\"n\">");
        page.escape(size_text(kind.bytes_lost));
        page.raw("</td></tr>\n");
    }
    page.end_table();
    page.more(contents.diagnostics_total - contents.diagnostics.size(), "konseki query \"FROM diagnostic\"");
}

}
