#include "formats/event_json/framing.hpp"
#include <algorithm>
#include <array>
#include <cstring>

namespace konseki::event_json {

namespace {

constexpr std::uint64_t probe_bytes = 1ULL << 20;
constexpr int probe_lines = 16;
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::size_t skip_spaces(std::string_view text, std::size_t position)
{
    while (position < text.size() && is_space(text[position]))
        ++position;
    return position;
}

// Elastic {"hits":{"hits":[…]}}, Splunk {"results":[…]}, and others that wrap the list of events in an answer.
std::optional<std::uint64_t> wrapped_array(std::string_view head)
{
    for (std::string_view const key : { "\"hits\"", "\"results\"", "\"Events\"", "\"events\"", "\"records\"",
             "\"Records\"", "\"value\"", "\"rows\"" }) {
        for (auto found = head.find(key); found != std::string_view::npos; found = head.find(key, found + 1)) {
            auto position = skip_spaces(head, found + key.size());
            if (position >= head.size() || head[position] != ':')
                continue;
            position = skip_spaces(head, position + 1);
            if (position >= head.size() || head[position] != '[')
                continue;
            auto const inside = skip_spaces(head, position + 1);
            if (inside < head.size() && head[inside] == '{')
                return position;
        }
    }
    return std::nullopt;
}

bool has_balanced_line(std::string_view text)
{
    std::size_t position = 0;
    for (int line = 0; line < probe_lines && position < text.size(); ++line) {
        auto const end = std::min(text.find('\n', position), text.size());
        auto const object = object_of_line(text.substr(position, end - position));
        // a whole array on one line is left to the other framing: its "objects" must be found one by one
        if (!object.empty() && object.front() == '{' && object_end(object, object.size()) == object.size())
            return true;
        position = end + 1;
    }
    return false;
}

}

std::string_view object_of_line(std::string_view line)
{
    auto const trim_front = [&] {
        while (!line.empty() && is_space(line.front()))
            line.remove_prefix(1);
    };
    auto const trim_back = [&] {
        while (!line.empty() && is_space(line.back()))
            line.remove_suffix(1);
    };
    trim_front();
    trim_back();
    if (!line.empty() && (line.front() == '[' || line.front() == ',')) {
        line.remove_prefix(1);
        trim_front();
    }
    while (!line.empty() && (line.back() == ',' || line.back() == ']')) {
        line.remove_suffix(1);
        trim_back();
    }
    return line;
}

std::optional<std::uint64_t> object_end(std::string_view text, std::uint64_t size_max)
{
    auto const end = std::min<std::uint64_t>(text.size(), size_max);
    std::uint64_t depth = 0;
    bool is_in_string = false;
    for (std::uint64_t i = 0; i < end; ++i) {
        auto const c = text[i];
        if (is_in_string) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                is_in_string = false;
        } else if (c == '"') {
            is_in_string = true;
        } else if (c == '{') {
            ++depth;
        } else if (c == '}' && --depth == 0) {
            return i + 1;
        }
    }
    return std::nullopt;
}

Layout layout_of(std::string_view text)
{
    Layout layout;
    if (text.substr(0, 3) == byte_order_mark)
        layout.first_offset = 3;
    auto const rest = text.substr(layout.first_offset);
    auto const head = rest.substr(0, probe_bytes);
    bool const names_event_first = [&] {
        auto const wrapped = wrapped_array(head.substr(0, 4096));
        auto const lead = head.substr(0, wrapped.value_or(0));
        return lead.find("\"EventID\"") != std::string_view::npos
            || lead.find("\"event_id\"") != std::string_view::npos;
    }();
    if (auto const wrapped = wrapped_array(head.substr(0, 4096)); wrapped && !names_event_first) {
        layout.framing = Framing::objects;
        layout.first_offset += *wrapped;
        return layout;
    }
    layout.framing = has_balanced_line(rest) ? Framing::lines : Framing::objects;
    return layout;
}

}
