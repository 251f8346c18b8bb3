// Writes one JSON document: members and elements in the order they are given; commas are its business.
// Not a parser, and not a tree: nothing is held.
#pragma once
#include "base/text.hpp"
#include "record/finding.hpp"
#include <optional>
#include <string>
#include <string_view>

namespace konseki::report {

struct FleetContents;
struct HostState;

// Bytes that are no text become visible codes, as on the page: strict readers must be able to read the file.
std::string readable(std::string_view text);

class Json {
public:
    explicit Json(std::string& target)
        : m_target(target)
    {
    }
    // Adds members that are written already, the first with its comma.
    void raw(std::string_view members) { m_target += members; }
    Json& key(std::string_view name)
    {
        comma();
        append_json_string(m_target, name);
        m_target += ':';
        m_needs_comma = false;
        return *this;
    }
    void text(std::string_view value)
    {
        comma();
        append_json_string(m_target, readable(value));
    }
    void number(std::uint64_t value)
    {
        comma();
        append_format(m_target, "{}", value);
    }
    void real(double value)
    {
        comma();
        append_format(m_target, "{:.3f}", value);
    }
    void boolean(std::optional<bool> value)
    {
        comma();
        m_target += !value ? "null" : *value ? "true" : "false";
    }
    void time(Timestamp value)
    {
        if (value.is_set())
            text(to_string(value));
        else
            null();
    }
    void null()
    {
        comma();
        m_target += "null";
    }
    void words(Words const& value)
    {
        begin('{');
        key("en").text(value.en);
        key("ja").text(value.ja);
        end('}');
    }
    void begin(char bracket)
    {
        comma();
        m_target += bracket;
        m_needs_comma = false;
    }
    void end(char bracket)
    {
        m_target += bracket;
        m_needs_comma = true;
    }
    template <typename Items, typename F> void list(std::string_view name, Items const& items, F const& each)
    {
        key(name).begin('[');
        for (auto const& item : items)
            each(item);
        end(']');
    }

private:
    void comma()
    {
        if (m_needs_comma)
            m_target += ",";
        m_needs_comma = true;
    }
    std::string& m_target;
    bool m_needs_comma = false;
};

void append_host_state(Json& json, HostState const& host); // the members of the object

void append_fleet(Json& json, FleetContents const& fleet); // as member "fleet"

}
