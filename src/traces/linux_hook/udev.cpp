#include "base/path_name.hpp"
#include "base/text.hpp"
#include "traces/linux_hook/grammars.hpp"
#include <algorithm>

namespace konseki::linux_hook {

namespace {

struct Pair {
    std::string key, value;
    std::string_view sign; // == != = += -= :=
};

// [udev(7)] KEY{attribute} sign "value", parted by commas; e"…" knows escapes; \" stands for a quote.
std::vector<Pair> pairs_of(std::string_view text)
{
    std::vector<Pair> pairs;
    std::size_t at = 0;
    while (at < text.size()) {
        auto const begin = text.find_first_not_of(" \t,", at);
        if (begin == std::string_view::npos)
            break;
        auto const sign = text.find_first_of("=!+-:", begin);
        if (sign == std::string_view::npos)
            break;
        auto const quote = text.find('"', sign);
        if (quote == std::string_view::npos)
            break;
        auto const signs = trim(text.substr(sign, quote - sign));
        Pair pair { std::string(trim(text.substr(begin, sign - begin))), {},
            signs.substr(0, std::min(signs.find_first_not_of("=!+-:"), signs.size())) };
        at = quote + 1;
        for (; at < text.size() && text[at] != '"'; ++at) {
            if (text[at] == '\\' && text.substr(at + 1, 1) == "\"")
                ++at;
            pair.value += text[at];
        }
        ++at;
        pairs.push_back(std::move(pair));
    }
    return pairs;
}

bool is_running(Pair const& pair)
{
    if (pair.key == "PROGRAM" || pair.key == "IMPORT{program}")
        return true;
    bool const sets = pair.sign == "=" || pair.sign == "+=" || pair.sign == ":=";
    return sets
        && (pair.key == "RUN" || pair.key == "RUN{program}" || pair.key == "RUN{fail_event_on_error}"
            || pair.key == "ENV{SYSTEMD_WANTS}" || pair.key == "ENV{SYSTEMD_USER_WANTS}");
}

// The conditions of the rule: what must be plugged in, and when.
std::string conditions_of(std::vector<Pair> const& pairs)
{
    std::string text;
    for (auto const& pair : pairs) {
        bool const is_condition = pair.sign == "==" || pair.sign == "!=";
        if (is_condition && text.size() < repeated_bytes_max)
            append_format(text, "{}{}{}\"{}\"", text.empty() ? "" : ", ", pair.key, pair.sign, pair.value);
    }
    return text;
}

}

void read_udev(ByteView file, LinuxRows& rows)
{
    auto const name = file_name_of(rows.file().path);
    if (!name.ends_with(".rules"))
        return;
    for_each_entry(
        JoinedLines(file, "", CommentInside::kept), rows, [&](std::string_view text, TextPlace const& place) {
            auto const pairs = pairs_of(text);
            if (pairs.empty() && !text.starts_with("LABEL") && !text.starts_with("GOTO"))
                rows.report(ErrorCode::bad_value, "linux.udev.line", place);
            auto const conditions = conditions_of(pairs);
            for (auto const& pair : pairs) {
                if (!is_running(pair) || pair.value.empty())
                    continue;
                add_command(rows, place,
                    { .name = name,
                        .schedule = at_most(conditions),
                        .command = pair.value,
                        .detail = pair.key,
                        .user = "root" });
            }
        });
}

}
