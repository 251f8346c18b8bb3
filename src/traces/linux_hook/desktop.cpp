#include "base/path_name.hpp"
#include "base/text.hpp"
#include "traces/linux_hook/grammars.hpp"
#include "traces/linux_ini.hpp"

namespace konseki::linux_hook {

// [Desktop Entry Specification; Desktop Application Autostart Specification]
void read_desktop_entry(ByteView file, LinuxRows& rows)
{
    auto const entries = read_ini(file, IniGrammar::plain, rows);
    auto const main = std::string_view("Desktop Entry");
    auto const title = last_value(entries, main, "Name");
    bool const is_off = last_value(entries, main, "Hidden") == "true"
        || last_value(entries, main, "X-GNOME-Autostart-enabled") == "false";
    std::string detail;
    for (auto const key : { "Name", "OnlyShowIn", "NotShowIn", "NoDisplay", "X-GNOME-Autostart-Phase", "Terminal" }) {
        if (auto const value = last_value(entries, main, key); !value.empty())
            append_format(detail, "{}{}={}", detail.empty() ? "" : " ", key, at_most(value));
    }
    bool const is_autostart = rows.file().place->kind == "xdg";
    for (auto const& entry : entries) {
        if (entry.name != "Exec" || entry.value.empty() || (is_autostart && entry.section != main))
            continue;
        add_command(rows, entry.place,
            { .name = file_name_of(rows.file().path),
                .schedule = is_autostart ? "graphical session" : "opened by its user",
                .command = entry.value,
                .detail = detail.empty() ? title : std::string_view(detail),
                .user = rows.file().user,
                .is_enabled = is_off ? std::optional(false) : std::nullopt });
    }
}

// [D-Bus specification, Message Bus Starting Services]
void read_dbus_service(ByteView file, LinuxRows& rows)
{
    auto const entries = read_ini(file, IniGrammar::plain, rows);
    auto const section = std::string_view("D-BUS Service");
    auto const name = at_most(last_value(entries, section, "Name"));
    auto const unit = at_most(last_value(entries, section, "SystemdService"));
    auto const user = at_most(last_value(entries, section, "User"));
    for (auto const& entry : entries) {
        if (entry.name != "Exec")
            continue;
        auto const detail = unit.empty() ? std::string() : format("SystemdService={}", unit);
        add_command(rows, entry.place,
            { .name = name,
                .schedule = "somebody calls the name",
                .command = entry.value,
                .detail = detail,
                .user = user.empty() ? std::string_view(rows.file().user) : user });
    }
}

}
