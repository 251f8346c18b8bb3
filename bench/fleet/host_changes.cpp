#include "host_changes.hpp"
#include <algorithm>
#include <vector>

namespace konseki::fleet {

namespace {

std::string key_of(std::string_view hive, std::string_view user, std::string_view key_path)
{
    return ascii_lower(format("{}|{}|{}", hive, user, key_path));
}

bool is_path_of(std::string_view pattern, std::string_view path)
{
    auto const wanted = split(pattern, '\\');
    auto const parts = split(path, '\\');
    return std::equal(wanted.begin(), wanted.end(), parts.begin(), parts.end(),
        [](std::string_view want, std::string_view part) { return want == "*" || equals_ignoring_case(want, part); });
}

bool is_value_of(windows_autostart::Location const& location, windows_autostart::EntryRow const& row)
{
    auto const names = split(location.values, '|');
    auto const key_name = row.key_path.substr(row.key_path.rfind('\\') + 1);
    return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
        return name == "*" || equals_ignoring_case(name == "@" ? key_name : name, row.name);
    });
}

// Locations are written without the control set, the user's "Software" and the node of 32-bit programs.
bool is_at(windows_autostart::Location const& location, windows_autostart::EntryRow const& row)
{
    if (location.id != row.location.text || !is_value_of(location, row))
        return false;
    constexpr std::string_view node = "Wow6432Node\\", classes = "Classes\\";
    auto path = row.key_path;
    if (row.is_wow64)
        path.remove_prefix(node.size());
    return is_path_of(location.path, path) || is_path_of(location.path, path.substr(path.find('\\') + 1))
        || is_path_of(location.path, format("{}{}", classes, path));
}

}

void HostChanges::set(ChangedValue value)
{
    auto const key = key_of(value.hive, value.user, value.key_path);
    auto& time = m_keys[key];
    time = std::max(time, value.written_at);
    auto const [place, is_new] = m_values.try_emplace(key + "|" + ascii_lower(value.name), value);
    if (is_new)
        return;
    auto const before = place->second;
    place->second = std::move(value);
    if (!place->second.is_addition)
        return;
    place->second.command = joined(before.command, place->second.command);
    place->second.is_addition = before.is_addition;
    if (place->second.implant.empty())
        place->second.implant = before.implant;
}

std::optional<ChangedValue> HostChanges::take(std::string_view hive, std::string_view key_path, std::string_view name)
{
    auto const place = m_values.find(key_of(hive, {}, key_path) + "|" + ascii_lower(name));
    if (place == m_values.end())
        return std::nullopt;
    auto value = std::move(place->second);
    m_values.erase(place);
    return value;
}

Timestamp HostChanges::time_of_key(std::string_view hive, std::string_view key_path, Timestamp otherwise) const
{
    auto const place = m_keys.find(key_of(hive, {}, key_path));
    return place == m_keys.end() ? otherwise : place->second;
}

void HostChanges::set_service(std::string_view name, ChangedService change)
{
    auto& known = m_services[ascii_lower(name)];
    if (!change.image_path.empty())
        known.image_path = std::move(change.image_path);
    if (!change.library.empty())
        known.library = std::move(change.library);
    known.written_at = change.written_at;
    known.implant = std::move(change.implant);
}

ChangedService const* HostChanges::service(std::string_view name) const
{
    auto const place = m_services.find(ascii_lower(name));
    return place == m_services.end() ? nullptr : &place->second;
}

void HostChanges::complete(windows_autostart::EntryRow& row)
{
    for (auto const& location : windows_autostart::locations()) {
        if (!is_at(location, row))
            continue;
        row.starts = Symbol(location.starts);
        row.is_usual = m_usual.is_usual(location, { row.command });
        return;
    }
}

std::string joined(std::string_view list, std::string_view more)
{
    return list.empty() ? std::string(more) : format("{}; {}", list, more);
}

}
