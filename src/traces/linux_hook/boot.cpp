#include "base/path_name.hpp"
#include "base/text.hpp"
#include "traces/linux_hook/grammars.hpp"
#include <algorithm>
#include <array>

namespace konseki::linux_hook {

// [inittab(5)] id:runlevels:action:process
void read_inittab(ByteView file, LinuxRows& rows)
{
    for_each_entry(TextLines(file), rows, [&](std::string_view text, TextPlace const& place) {
        auto const fields = split(text, ':');
        if (fields.size() < 4) {
            rows.report(ErrorCode::bad_value, "linux.inittab.line", place);
            return;
        }
        auto const command = text.substr(fields[0].size() + fields[1].size() + fields[2].size() + 3);
        if (!command.empty())
            add_command(rows, place,
                { .name = fields[0],
                    .schedule = format("{} in runlevels {}", fields[2], fields[1]),
                    .command = command.starts_with('+') ? command.substr(1) : command,
                    .detail = {},
                    .user = "root" });
    });
}

// [init(5) of Upstart] exec COMMAND; script … end script; the same behind pre-start, post-start, pre-stop, post-stop.
void read_upstart(ByteView file, LinuxRows& rows)
{
    auto const text = as_text(file);
    auto const name = file_name_of(rows.file().path);
    TextLines lines { file };
    TextLine line;
    std::string start_on, user;
    TextPlace script;
    std::string script_kind;
    auto const emit = [&](TextPlace const& place, std::string_view kind, std::string_view command) {
        if (!command.empty())
            add_command(rows, place,
                { .name = name,
                    .schedule = format("{} {}", kind, start_on),
                    .command = command,
                    .detail = {},
                    .user = !user.empty()           ? std::string_view(user)
                        : !rows.file().user.empty() ? std::string_view(rows.file().user)
                                                    : "root" });
    };
    while (lines.next(line) && !rows.is_stopped()) {
        auto rest = trim(line.text);
        if (!script_kind.empty()) {
            if (rest != "end script")
                continue;
            emit({ script.offset, line.place.offset - script.offset, script.line }, script_kind,
                trim(text.substr(script.offset, line.place.offset - script.offset)));
            script_kind.clear();
            continue;
        }
        if (rest.starts_with('#'))
            continue;
        auto word = take_word(rest);
        if (word == "start" && trim(rest).starts_with("on "))
            start_on = at_most(trim(rest));
        if (word == "setuid")
            user = at_most(trim(rest));
        std::string kind { "start" };
        if (word == "pre-start" || word == "post-start" || word == "pre-stop" || word == "post-stop") {
            kind = word;
            word = take_word(rest);
        }
        if (word == "exec")
            emit(line.place, kind, trim(rest));
        if (word == "script") {
            script_kind = kind;
            script = { std::min<std::uint64_t>(line.place.offset + line.text.size() + 1, text.size()), 0,
                line.place.line + 1 };
        }
    }
    if (!script_kind.empty()) {
        emit(
            { script.offset, text.size() - script.offset, script.line }, script_kind, trim(text.substr(script.offset)));
        rows.report(ErrorCode::truncated, "linux.upstart.script", { text.size(), 0, 0 });
    }
}

namespace {

struct XinetdService {
    std::string name, server, arguments, user, port, disabled;
    TextPlace place;
};

void emit_service(XinetdService const& service, LinuxRows& rows)
{
    if (service.server.empty())
        return;
    bool const is_off = service.disabled == "yes";
    auto const command
        = service.arguments.empty() ? service.server : format("{} {}", service.server, service.arguments);
    add_command(rows, service.place,
        { .name = service.name,
            .schedule = service.port.empty() ? "somebody connects" : format("port {}", service.port),
            .command = command,
            .detail = {},
            .user = service.user,
            .is_enabled = !is_off });
}

}

// [xinetd.conf(5)] service NAME { attribute = value }
void read_xinetd(ByteView file, LinuxRows& rows)
{
    XinetdService service;
    for_each_entry(TextLines(file), rows, [&](std::string_view text, TextPlace const& place) {
        if (text == "{")
            return;
        if (text.starts_with("service ") || text.starts_with("service\t")) {
            service = {};
            service.name = trim(text.substr(8));
            if (service.name.ends_with('{'))
                service.name = trim(std::string_view(service.name).substr(0, service.name.size() - 1));
            service.place = place;
        } else if (text == "}") {
            emit_service(service, rows);
            service = {};
        } else if (auto const equals = text.find('='); equals != std::string_view::npos) {
            auto name = trim(text.substr(0, equals));
            if (name.ends_with('+') || name.ends_with('-'))
                name = trim(name.substr(0, name.size() - 1));
            std::string value { trim(text.substr(equals + 1)) };
            if (name == "server") {
                service.server = value;
                service.place = place;
            } else if (name == "server_args") {
                service.arguments = value;
            } else if (name == "user") {
                service.user = value;
            } else if (name == "port") {
                service.port = value;
            } else if (name == "disable") {
                service.disabled = value;
            }
        }
    });
    if (!service.server.empty())
        emit_service(service, rows); // the closing brace is lost
}

// [inetd.conf(5)] service type protocol wait user server arguments
void read_inetd(ByteView file, LinuxRows& rows)
{
    for_each_entry(TextLines(file), rows, [&](std::string_view rest, TextPlace const& place) {
        std::array<std::string_view, 6> fields {};
        for (auto& field : fields)
            field = take_word(rest);
        if (fields[5].empty()) {
            rows.report(ErrorCode::bad_value, "linux.inetd.line", place);
            return;
        }
        // The first argument is the name the program sees.
        auto const command = trim(rest).empty() || fields[5] == "internal" ? std::string(fields[5])
                                                                           : format("{} {}", fields[5], trim(rest));
        if (fields[5] != "internal")
            add_command(rows, place,
                { .name = fields[0],
                    .schedule = format("{}/{}", fields[0], fields[2]),
                    .command = command,
                    .detail = {},
                    .user = fields[4] });
    });
}

// [interfaces(5)] pre-up, up, post-up, down, pre-down, post-down COMMAND below an iface
void read_interfaces(ByteView file, LinuxRows& rows)
{
    constexpr std::array<std::string_view, 6> hooks { "pre-up", "up", "post-up", "down", "pre-down", "post-down" };
    std::string interface;
    for_each_entry(
        JoinedLines(file, " ", CommentInside::kept), rows, [&](std::string_view rest, TextPlace const& place) {
            auto const word = take_word(rest);
            if (word == "iface" || word == "mapping") {
                interface = at_most(trim(rest));
                return;
            }
            bool const is_script = word == "script"; // of a mapping
            if (std::ranges::find(hooks, word) != hooks.end() || is_script)
                add_command(rows, place,
                    { .name = interface, .schedule = word, .command = trim(rest), .detail = {}, .user = "root" });
        });
}

}
