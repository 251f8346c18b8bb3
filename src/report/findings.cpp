#include "base/text.hpp"
#include "report/page.hpp"
#include <algorithm>
#include <span>

namespace konseki::report {

namespace {

// A script block may be megabytes: its beginning is shown, cut between characters, and the cut is told.
void append_value(Markup& page, std::string_view value)
{
    constexpr std::size_t shown_max = 1'500;
    auto const is_continuation = [&](std::size_t at) { return (static_cast<unsigned char>(value[at]) & 0xc0) == 0x80; };
    auto shown = std::min(value.size(), shown_max);
    while (shown < value.size() && shown > 0 && is_continuation(shown))
        --shown;
    page.escape(value.substr(0, shown));
    if (shown == value.size())
        return;
    page.raw(" <span class=\"soft\">");
    page.words(words::cut, { grouped(value.size() - shown) });
    page.raw("</span>");
}

void append_because(Markup& page, Contents const& contents, Because const& because)
{
    page.raw("<li><span class=\"small\">");
    page.time(because.at);
    page.raw(" ");
    page.command("konseki show " + to_string(because.trace));
    page.raw(" <span class=\"soft\">");
    page.escape(contents.name_of(because.trace.evidence));
    page.raw("</span></span>");
    if (!because.fields.empty()) {
        page.raw("<dl class=\"fields\">");
        for (auto const& [name, value] : because.fields) {
            page.raw("<dt>");
            page.escape(name);
            page.raw("</dt><dd>");
            append_value(page, value);
            page.raw("</dd>");
        }
        page.raw("</dl>");
    }
    page.raw("</li>\n");
}

void append_traces(Markup& page, Contents const& contents, ShownFinding const& finding)
{
    if (finding.because.empty())
        return;
    page.raw("<details><summary>");
    page.words(words::show_traces,
        { grouped(finding.because.size()), grouped(std::max<std::uint64_t>(finding.traces, finding.because.size())) });
    page.raw("</summary><ul class=\"traces\">\n");
    for (auto const& because : finding.because)
        append_because(page, contents, because);
    page.raw("</ul>");
    if (finding.traces > finding.because.size())
        page.more(finding.traces - finding.because.size(), "konseki show " + finding.id);
    page.raw("</details>");
}

enum class Traces : std::uint8_t { folded, by_command };

void append_place_rows(Markup& page, Contents const& contents, std::span<ShownFinding const> findings, Traces traces)
{
    page.table(nullptr, { &words::host, &words::first, &words::last, &words::traces, &words::finding }, { 3 });
    for (auto const& shown : findings) {
        page.raw("<tr><td>");
        if (shown.host.empty())
            page.words(words::several_hosts);
        else
            page.escape(shown.host);
        page.raw("</td>");
        page.time_cell(shown.first_at);
        page.time_cell(shown.last_at);
        page.number_cell(shown.traces);
        page.raw("<td>");
        page.command("konseki show " + shown.id);
        if (traces == Traces::folded)
            append_traces(page, contents, shown);
        page.raw("</td></tr>\n");
    }
    page.end_table();
}

void append_places(Markup& page, Contents const& contents, Group const& group)
{
    constexpr std::size_t open_rows = 5; // the rest is folded: the next rule must not be a screen away
    auto const all = std::span(group.shown);
    auto const open = all.first(std::min(open_rows, all.size()));
    append_place_rows(page, contents, open, Traces::folded);
    if (all.size() > open.size()) {
        page.raw("<details><summary>");
        page.words(words::rest, { grouped(all.size() - open.size()) });
        page.raw("</summary>");
        append_place_rows(page, contents, all.subspan(open.size()), Traces::by_command);
        page.raw("</details>");
    }
    page.more(group.findings - group.shown.size(), "konseki findings --rule " + shell_word(group.rule));
}

void append_group(Markup& page, Contents const& contents, Group const& group)
{
    page.raw("<article class=\"");
    page.raw(severity_name(group.severity));
    page.raw("\"><div class=\"top\">");
    page.badge(group.severity);
    page.raw("<h3>");
    page.both(group.title);
    page.raw("</h3></div>\n<p class=\"small soft\">");
    page.words(words::group_counts, { grouped(group.findings), grouped(group.hosts), grouped(group.traces) });
    page.raw(" · ");
    page.time(group.first_at);
    if (group.last_at.unix_seconds() != group.first_at.unix_seconds()) {
        page.raw(" – ");
        page.time(group.last_at);
    }
    page.raw("</p>");
    if (!group.attack.empty()) {
        page.raw("<p>");
        for (auto const& id : group.attack)
            page.technique(id);
        page.raw("</p>");
    }
    page.raw("\n<div class=\"two\"><div>");
    page.element("h4", {}, words::means);
    page.raw("<p class=\"text\">");
    if (group.explanation.en.empty() && group.explanation.ja.empty())
        page.words(words::no_explanation);
    else
        page.both(group.explanation);
    page.raw("</p></div>");
    if (!group.advice.en.empty() || !group.advice.ja.empty()) {
        page.raw("<div>");
        page.element("h4", {}, words::advice);
        page.raw("<p class=\"text\">");
        page.both(group.advice);
        page.raw("</p></div>");
    }
    page.raw("</div>\n");
    if (!group.shown.empty() && !group.shown.front().because.empty()
        && !group.shown.front().because.front().fields.empty()) {
        page.element("h4", {}, words::why);
        page.raw("<ul class=\"traces\">");
        append_because(page, contents, group.shown.front().because.front());
        page.raw("</ul>");
    }
    page.element("h4", {}, words::where_found);
    append_places(page, contents, group);
    page.raw("<p class=\"small soft\">");
    page.words(words::rule);
    page.raw(" ");
    page.code(group.rule);
    page.raw(" · ");
    page.escape(group.analyser);
    if (!group.source.empty()) {
        page.raw(" · ");
        page.words(words::source);
        page.raw(" ");
        page.escape(group.source);
    }
    page.raw("</p></article>\n");
}

}

void append_findings(Markup& page, Contents const& contents)
{
    page.heading("findings", words::findings);
    if (contents.groups.empty()) {
        page.element("p", {}, words::no_findings);
        return;
    }
    page.element("p", "soft", words::rare_first);
    for (auto const& group : contents.groups)
        append_group(page, contents, group);
    page.more(contents.groups_total - contents.groups.size(), "konseki findings");
}

void append_techniques(Markup& page, Contents const& contents)
{
    page.heading("techniques", words::techniques);
    if (contents.techniques.empty()) {
        page.element("p", {}, words::no_techniques);
        return;
    }
    page.table(nullptr, { &words::technique, &words::highest, &words::findings, &words::hosts_touched, &words::first },
        { 2, 3 });
    for (auto const& technique : contents.techniques) {
        page.raw("<tr><td>");
        page.technique(technique.id);
        page.raw("</td><td>");
        page.badge(technique.severity);
        page.raw("</td>");
        page.number_cell(technique.findings);
        page.number_cell(technique.hosts);
        page.time_cell(technique.first_at);
        page.raw("</tr>\n");
    }
    page.end_table();
}

}
