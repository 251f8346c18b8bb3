#include "report/page.hpp"
#include "base/base64.hpp"
#include "base/text.hpp"
#include "bytes/sha256.hpp"
#include "report/style.hpp"

namespace konseki::report {

namespace {

// A title may not hold markup: what is not plain is left out there; the heading shows it in full.
std::string plain(std::string_view text)
{
    std::string kept;
    for (char const c : text) {
        auto const is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == ' '
            || c == '-' || c == '_' || c == '.';
        if (is_plain)
            kept += c;
    }
    return kept;
}

std::string_view marking_class(std::string_view marking)
{
    if (marking.find("RED") != std::string_view::npos)
        return "red";
    if (marking.find("GREEN") != std::string_view::npos)
        return "green";
    return marking.find("CLEAR") != std::string_view::npos ? "clear" : "amber";
}

void append_marking(Markup& page, Contents const& contents)
{
    page.raw("<div class=\"marking\"><span>");
    page.words(words::machine);
    page.raw("</span><b class=\"");
    page.raw(marking_class(contents.marking));
    page.raw("\">");
    page.escape(contents.marking);
    page.raw("</b></div>\n");
}

void append_header(Markup& page, Contents const& contents)
{
    page.raw("<header><div class=\"head\"><div><p class=\"product\">Konseki 痕跡 · ");
    page.words(words::report);
    page.raw("</p><h1>");
    page.escape(contents.title);
    page.raw("</h1></div><div class=\"languages\"><label for=\"show-en\" lang=\"en\">English</label><label "
             "for=\"show-ja\" lang=\"ja\">日本語</label></div></div>"
             "<dl class=\"facts\">");
    page.element("dt", {}, words::generated);
    page.raw("<dd>");
    page.time(contents.generated_at);
    page.raw("</dd>");
    if (contents.folder != contents.title)
        page.fact(words::case_name, contents.folder);
    page.element("dt", {}, words::scope);
    page.raw("<dd>");
    page.words(words::scope_text,
        { grouped(contents.evidence_total), size_text(contents.evidence_bytes), grouped(contents.events),
            grouped(contents.hosts_total) });
    page.raw("</dd></dl></header>\n<nav>");
    struct Link {
        std::string_view id;
        Say const& say;
    };
    for (auto const& link : { Link { "answer", words::answer }, Link { "findings", words::findings },
             Link { "fleet", words::fleet }, Link { "state", words::held }, Link { "techniques", words::techniques },
             Link { "timeline", words::timeline }, Link { "hosts", words::hosts }, Link { "logons", words::logons },
             Link { "rules", words::rules }, Link { "evidence", words::evidence },
             Link { "reading", words::reading } }) {
        if ((link.id == "logons" && !contents.has_logons) || (link.id == "fleet" && !contents.fleet.is_shown()))
            continue;
        page.raw("<a href=\"#");
        page.raw(link.id);
        page.raw("\">");
        page.words(link.say);
        page.raw("</a>");
    }
    page.raw("</nav>\n");
}

void append_tile(
    Markup& page, std::string_view css_class, std::string_view value, std::string_view mark, Say const& name)
{
    page.raw("<div class=\"tile ");
    page.raw(css_class);
    page.raw("\"><div class=\"value\">");
    page.escape(value);
    page.raw("</div><div class=\"name\">");
    page.raw(mark);
    page.words(name);
    page.raw("</div></div>\n");
}

void append_time_tile(Markup& page, Timestamp at, Say const& name)
{
    page.raw("<div class=\"tile\"><div class=\"value word\">");
    page.time(at);
    page.raw("</div><div class=\"name\">");
    page.words(name);
    page.raw("</div></div>\n");
}

void append_tiles(Markup& page, Contents const& contents)
{
    page.raw("<div class=\"tiles\">\n");
    for (auto severity = severity_count; severity-- > 0;) {
        auto const count = contents.findings[severity];
        append_tile(page, format("{}{}", severity_name(static_cast<Severity>(severity)), count == 0 ? " zero" : ""),
            grouped(count), format("{} ", words::severity_marks[severity]), words::severities[severity]);
    }
    page.raw("</div>\n<div class=\"tiles\">\n");
    page.raw("<div class=\"tile\"><div class=\"value\">");
    page.escape(grouped(contents.hosts_touched));
    page.raw("</div><div class=\"name\">");
    page.words(words::hosts_touched);
    if (contents.hosts_total >= contents.hosts_touched) {
        page.raw(" · ");
        page.words(words::of_hosts, { grouped(contents.hosts_total) });
    }
    page.raw("</div></div>\n");
    append_time_tile(page, contents.first_at, words::earliest);
    append_time_tile(page, contents.last_at, words::latest);
    page.raw("<div class=\"tile\"><div class=\"value\">");
    page.escape(grouped(contents.evidence_with_loss));
    page.raw("</div><div class=\"name\">");
    page.words(words::not_read);
    page.raw(" · ");
    if (contents.bytes_lost != 0)
        page.words(words::bytes_lost, { size_text(contents.bytes_lost) });
    else
        page.words(words::nothing_lost);
    page.raw("</div></div>\n</div>\n");
}

void append_lead(Markup& page, Contents const& contents)
{
    auto const& f = contents.findings;
    auto const hosts = grouped(contents.hosts_touched);
    page.raw("<p class=\"lead\">");
    if (f[4] + f[3] != 0)
        page.words(words::severe, { grouped(f[4]), grouped(f[3]), grouped(contents.hosts_severe) });
    else if (f[2] + f[1] != 0)
        page.words(words::moderate, { grouped(f[2] + f[1]), hosts });
    else
        page.words(words::nothing);
    page.raw("</p>\n");
}

void append_touched(Markup& page, Contents const& contents)
{
    if (contents.touched.empty())
        return;
    page.table(&words::where,
        { &words::host, &words::severities[4], &words::severities[3], &words::severities[2], &words::severities[1],
            &words::first, &words::last },
        { 1, 2, 3, 4 });
    for (auto const& host : contents.touched) {
        page.raw("<tr>");
        page.text_cell(host.name);
        for (auto severity = severity_count - 1; severity > 0; --severity)
            page.number_cell(host.findings[severity]);
        page.time_cell(host.first_at);
        page.time_cell(host.last_at);
        page.raw("</tr>\n");
    }
    page.end_table();
    if (contents.hosts_touched > contents.touched.size())
        page.more(contents.hosts_touched - contents.touched.size(),
            "konseki query \"SELECT host, severity, count(*) FROM finding GROUP BY ALL ORDER BY ALL\"");
}

void append_losses(Markup& page, Contents const& contents)
{
    if (contents.lossy.empty())
        return;
    page.table(&words::could_not_read,
        { &words::evidence, &words::original_path, &words::lost, &words::size, &words::remarks }, { 2, 3 });
    for (auto const& row : contents.lossy) {
        page.raw("<tr>");
        page.text_cell(format("e{}", row.evidence.number));
        page.text_cell(row.evidence.original_path, "path");
        page.raw("<td class=\"n\">");
        page.escape(size_text(row.bytes_lost));
        page.raw("</td><td class=\"n\">");
        page.escape(size_text(row.evidence.size_bytes));
        page.raw("</td><td>");
        page.words(words::diagnostics_count, { grouped(row.diagnostics) });
        page.raw("</td></tr>\n");
    }
    page.end_table();
    page.element("p", "small soft", words::unreadable_text);
    page.more(contents.evidence_with_loss - contents.lossy.size(),
        "konseki query \"SELECT evidence, sum(bytes_lost) FROM diagnostic GROUP BY 1 ORDER BY 2 DESC\"");
}

void append_reading(Markup& page)
{
    page.heading("reading", words::reading);
    page.raw("<ol class=\"limits\">\n");
    for (auto const& limit : words::limits)
        page.element("li", {}, limit);
    page.raw("</ol>\n");
}

}

std::string html_page(Contents const& contents)
{
    std::string target;
    Markup page(target);
    auto const digest = sha256(as_bytes(style_sheet));
    page.raw("<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"");
    page.raw(contents.language);
    append_format(target,
        "\">\n<head>\n<meta charset=\"utf-8\"/>\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
        "'none'; style-src 'sha256-{}'; base-uri "
        "'none'; form-action 'none'\"/>\n<meta name=\"referrer\" content=\"no-referrer\"/>\n<meta name=\"viewport\" "
        "content=\"width=device-width, "
        "initial-scale=1\"/>\n<meta name=\"color-scheme\" content=\"light dark\"/>\n<meta name=\"robots\" "
        "content=\"noindex\"/>\n<title>Konseki · {}</title>\n<style>",
        to_base64(digest.bytes), plain(contents.title));
    page.raw(style_sheet);
    auto const is_ja = contents.language == "ja";
    append_format(target,
        "</style>\n</head>\n<body>\n<input class=\"switch\" type=\"radio\" name=\"language\" id=\"show-en\" "
        "aria-label=\"English\"{}/>\n<input class=\"switch\" "
        "type=\"radio\" name=\"language\" id=\"show-ja\" aria-label=\"日本語\"{}/>\n<div class=\"page\">\n",
        is_ja ? "" : " checked=\"checked\"", is_ja ? " checked=\"checked\"" : "");
    append_marking(page, contents);
    append_header(page, contents);
    page.raw("<main>\n");
    page.heading("answer", words::answer);
    append_lead(page, contents);
    append_tiles(page, contents);
    append_touched(page, contents);
    append_losses(page, contents);
    append_findings(page, contents);
    append_fleet(page, contents);
    append_host_states(page, contents);
    append_techniques(page, contents);
    append_timeline(target, contents);
    append_hosts(target, contents);
    append_logons(page, contents);
    append_rules(page, contents);
    append_evidence(page, contents);
    append_reading(page);
    page.raw("</main>\n<footer>");
    append_marking(page, contents);
    page.raw("</footer>\n</div>\n</body>\n</html>\n");
    return target;
}

}
