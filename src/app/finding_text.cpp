#include "app/finding_text.hpp"
#include "app/context.hpp"
#include "app/terminal_text.hpp"
#include "base/text.hpp"

namespace konseki::app {

std::string json_array(std::vector<std::string> const& texts)
{
    std::string json = "[";
    for (auto const& text : texts) {
        if (json.size() > 1)
            json += ',';
        append_json_string(json, text);
    }
    json += ']';
    return json;
}

std::string because_json(Finding const& finding)
{
    std::string json = "[";
    for (auto const& because : finding.because) {
        append_format(json, "{}{{\"trace\":\"{}\",\"schema\":{},\"at\":{},\"fields\":[", json.size() > 1 ? "," : "",
            to_string(because.trace), json_string(because.schema),
            because.at.is_set() ? json_string(to_string(because.at)) : "null");
        bool is_first = true;
        for (auto const& [name, value] : because.fields) {
            append_format(json, "{}[{},{}]", is_first ? "" : ",", json_string(name), json_string(value));
            is_first = false;
        }
        json += "]}";
    }
    json += ']';
    return json;
}

static void write_paragraph(Output& out, std::string_view head, std::string_view text)
{
    if (text.empty())
        return;
    out.write("\n" + out.coloured(head, Colour::bold) + "\n");
    for (auto const line : split(trim(text), '\n'))
        out.write("  " + terminal_safe(line) + "\n");
}

static void write_because(Output& out, Finding const& finding, TimeZone zone)
{
    out.write("\n"
        + out.coloured(
            format("Because ({} of {} traces)", finding.because.size(), grouped(finding.because_total)), Colour::bold)
        + "\n");
    for (auto const& because : finding.because) {
        out.write(format("  {}  {}  {}\n", out.coloured(to_string(because.trace), Colour::cyan),
            time_text(because.at, zone), because.schema));
        for (auto const& [name, value] : because.fields)
            out.write(format("    {} = {}\n", terminal_safe(name), terminal_safe(value)));
    }
}

void write_finding(Output& out, Finding const& finding, std::string_view language, TimeZone zone)
{
    out.write(out.coloured(terminal_safe(finding.title.in(language)), Colour::bold) + "\n");
    auto const line = [&](std::string_view name, std::string_view value) {
        if (!value.empty())
            out.write(format("  {:<10}{}\n", name, value));
    };
    line("finding", finding.id);
    line("severity", out.coloured(severity_name(finding.severity), severity_colour(finding.severity)));
    line("rule", terminal_safe(finding.rule));
    line("analyser", finding.analyser);
    std::string attack;
    for (auto const& id : finding.attack)
        append_format(attack, "{}{}", attack.empty() ? "" : ", ", terminal_safe(id));
    line("ATT&CK", attack);
    line("host", terminal_safe(finding.host));
    line("first", time_text(finding.first_at, zone));
    line("last", time_text(finding.last_at, zone));
    line("count", grouped(finding.count));
    line("source", terminal_safe(finding.source));
    write_paragraph(out, language == "ja" ? "説明 (what it means)" : "What it means", finding.explanation.in(language));
    write_paragraph(out, language == "ja" ? "対応 (what to do)" : "What to do", finding.advice.in(language));
    write_because(out, finding, zone);
}

}
