#include "traces/linux_pam/parser.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "traces/linux_script.hpp"
#include <algorithm>

namespace konseki::linux_pam {

namespace {

Sniff sniff(ByteView head, std::string_view name)
{
    return sniff_linux(head, name, { LinuxGrammar::pam_service, LinuxGrammar::pam_single_file });
}

bool is_backup(std::string_view file)
{
    return file.starts_with('.') || file.ends_with('~') || file.find(".dpkg-") != std::string_view::npos
        || file.ends_with(".rpmsave") || file.ends_with(".rpmnew") || file.ends_with(".rpmorig")
        || file.ends_with(".bak");
}

// A word, or everything in brackets; "\]" does not close them.
std::string_view take_bracketed(std::string_view& rest)
{
    rest = trim(rest);
    if (!rest.starts_with('['))
        return take_word(rest);
    std::size_t end = 1;
    while (end < rest.size() && rest[end] != ']')
        end += rest[end] == '\\' ? 2U : 1U;
    end = std::min(end + 1, rest.size());
    auto const taken = rest.substr(0, end);
    rest.remove_prefix(end);
    return taken;
}

// pam_exec.so [debug] [expose_authtok] [seteuid] [quiet] [stdout] [type=…] [log=…] COMMAND …
std::string_view program_of(std::string_view module, std::string_view arguments)
{
    auto const file = file_name_of(module);
    if (file != "pam_exec.so" && file != "pam_script.so")
        return {};
    auto rest = trim(arguments);
    while (!rest.empty() && !rest.starts_with('/')) {
        auto const before = rest;
        auto const option = take_bracketed(rest);
        if (file == "pam_script.so" && option.starts_with("dir="))
            return option.substr(4);
        if (before.starts_with('[') && option.starts_with("[/"))
            return option.substr(1, option.size() - 2);
        rest = trim(rest);
    }
    return rest;
}

class Reader {
public:
    Reader(EvidenceView const& evidence, ParseContext& context)
        : m_rows(evidence, context)
        , m_bytes(evidence.bytes)
        , m_service(file_name_of(m_rows.file().path))
    {
    }

    void run()
    {
        bool const is_single = m_rows.grammar() == LinuxGrammar::pam_single_file;
        JoinedLines lines { m_bytes, " ", CommentInside::kept };
        JoinedLine line;
        while (lines.next(line) && !m_rows.is_stopped()) {
            auto text = std::string_view(line.text);
            text = trim(text.substr(0, std::min(text.find('#'), text.size())));
            if (text.empty())
                continue;
            auto service = m_service;
            if (is_single && !text.starts_with('@'))
                service = take_word(text);
            read_rule(line.place, service, trim(text));
        }
    }

private:
    void read_rule(TextPlace const& place, std::string_view service, std::string_view text)
    {
        auto rest = text;
        auto const type = take_word(rest);
        m_rows.setting(place, { .section = service, .name = type, .value = trim(rest), .user = {} });
        if (type.starts_with('@'))
            return;
        auto const control = take_bracketed(rest);
        auto const module = take_bracketed(rest);
        auto const arguments = trim(rest);
        if (control == "include" || control == "substack")
            return;
        auto const known = ascii_lower(type.starts_with('-') ? type.substr(1) : type);
        bool const is_known = known == "auth" || known == "account" || known == "password" || known == "session";
        if (!is_known || module.empty())
            return m_rows.report(ErrorCode::bad_value, "linux.pam.line", place);
        emit(place, service, type, control, module, arguments);
    }

    void emit(TextPlace const& place, std::string_view service, std::string_view type, std::string_view control,
        std::string_view module, std::string_view arguments)
    {
        auto const is_enabled = is_backup(m_service) ? std::optional(false) : std::nullopt;
        auto const schedule = format("{} {}", type.starts_with('-') ? type.substr(1) : type, control);
        auto detail = std::string(type.starts_with('-') ? "optional" : "");
        if (!arguments.empty())
            detail += (detail.empty() ? "" : " ") + std::string(arguments);
        m_rows.autostart(place,
            { .name = service,
                .schedule = schedule,
                .command = module,
                .detail = detail,
                .user = {},
                .is_enabled = is_enabled });
        auto const program = program_of(module, arguments);
        if (program.empty())
            return;
        detail = shell_detail(look_at_shell(program).shapes);
        detail += (detail.empty() ? "" : "; ") + std::string(module);
        if (arguments.find("expose_authtok") != std::string_view::npos)
            detail += " expose_authtok"; // the password comes on its standard input
        m_rows.autostart(place,
            { .name = service,
                .schedule = schedule,
                .command = program,
                .detail = detail,
                .user = {},
                .is_enabled = is_enabled });
    }

    LinuxRows m_rows;
    ByteView m_bytes;
    std::string_view m_service;
};

void parse(EvidenceView const& evidence, ParseContext& context)
{
    Reader(evidence, context).run();
}

constexpr std::array<Schema const*, 2> schemas { &linux_autostart_schema.erased, &linux_setting_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "linux_pam",
    .title = "PAM services",
    .version = 1,
    .reads_path = true,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
