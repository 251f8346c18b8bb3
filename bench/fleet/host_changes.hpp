// Registry values that packages write and services of Windows that they change, kept until all packages are on the
// host: what is written last stands there, and lists grow. Not the rows: installing.hpp and state_of_windows.hpp write
// those.
#pragma once
#include "base/text.hpp"
#include "base/timestamp.hpp"
#include "traces/windows_autostart/schemas.hpp"
#include "traces/windows_autostart/usual_content.hpp"
#include <map>
#include <optional>
#include <set>
#include <string>

namespace konseki::fleet {

struct ChangedValue {
    std::string location, attack, hive, user, key_path, name, command;
    Timestamp written_at;
    std::string implant; // that wrote it; empty: none
    bool is_addition = false; // one more in a list, not another content
};

struct ChangedService {
    std::string image_path, library; // empty: as it was
    Timestamp written_at;
    std::string implant;
};

class HostChanges {
public:
    void set(ChangedValue value);
    std::optional<ChangedValue> take(std::string_view hive, std::string_view key_path, std::string_view name);
    Timestamp time_of_key(std::string_view hive, std::string_view key_path, Timestamp otherwise) const; // last write
    std::map<std::string, ChangedValue> const& values() const { return m_values; } // what nobody took

    void set_service(std::string_view name, ChangedService change);
    ChangedService const* service(std::string_view name) const;
    void add_service(std::string_view name) { m_added.insert(ascii_lower(name)); }
    bool has_added(std::string_view name) const { return m_added.contains(ascii_lower(name)); }

    // What the parser of autostarts would say besides: when it starts, and whether Windows has such content there.
    void complete(windows_autostart::EntryRow& row);

private:
    std::map<std::string, ChangedValue> m_values;
    std::map<std::string, Timestamp> m_keys;
    std::map<std::string, ChangedService> m_services;
    std::set<std::string> m_added; // services that packages brought
    windows_autostart::Usual m_usual;
};

std::string joined(std::string_view list, std::string_view more); // "scecli; more", as lists of strings are written

}
