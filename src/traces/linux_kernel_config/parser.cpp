#include "traces/linux_kernel_config/parser.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "traces/linux_script.hpp"
#include <algorithm>
#include <array>

namespace konseki::linux_kernel_config {

namespace {

// Kernel parameters that name what is run. [kernel-parameters, systemd(1), dracut.cmdline(7)]
constexpr std::array<std::string_view, 9> running_parameters { "init=", "rdinit=", "systemd.run=",
    "systemd.debug-shell", "systemd.debug_shell", "rd.break", "systemd.unit=", "break=", "call_usermodehelper=" };
// Sysctls that name a program. [core(5), proc(5)]
constexpr std::array<std::string_view, 5> running_sysctls { "kernel.modprobe", "kernel.hotplug", "kernel.poweroff_cmd",
    "kernel.core_pattern", "kernel.usermodehelper" };

Sniff sniff(ByteView head, std::string_view name)
{
    using G = LinuxGrammar;
    return sniff_linux(head, name,
        { G::module_names, G::modprobe, G::binfmt, G::binfmt_debian, G::sysctl, G::grub_defaults, G::grub_menu,
            G::boot_entry, G::kernel_command_line, G::initramfs_settings });
}

class Reader {
public:
    Reader(EvidenceView const& evidence, ParseContext& context)
        : m_rows(evidence, context)
        , m_bytes(evidence.bytes)
        , m_file(file_name_of(m_rows.file().path))
    {
    }

    void run()
    {
        if (m_rows.grammar() == LinuxGrammar::binfmt_debian)
            return read_debian_binfmt();
        JoinedLines lines { m_bytes, " ", CommentInside::kept };
        JoinedLine line;
        while (lines.next(line) && !m_rows.is_stopped()) {
            auto const text = trim(line.text);
            if (!text.empty() && text.front() != '#' && text.front() != ';')
                read_line(text, line.place);
        }
        if (m_rows.grammar() == LinuxGrammar::grub_defaults || m_rows.grammar() == LinuxGrammar::initramfs_settings)
            emit_telling_lines();
    }

private:
    void read_line(std::string_view text, TextPlace const& place)
    {
        switch (m_rows.grammar()) {
        case LinuxGrammar::module_names: return read_module(text, place);
        case LinuxGrammar::modprobe: return read_modprobe(text, place);
        case LinuxGrammar::binfmt: return read_binfmt(text, place);
        case LinuxGrammar::sysctl: return read_sysctl(text, place);
        case LinuxGrammar::grub_menu: return read_menu(text, place);
        case LinuxGrammar::boot_entry: return read_boot_entry(text, place);
        case LinuxGrammar::kernel_command_line:
            setting(place, {}, "cmdline", text);
            return emit_parameters(text, place);
        default: return read_assignment(text, place);
        }
    }

    void setting(TextPlace const& place, std::string_view section, std::string_view name, std::string_view value)
    {
        m_rows.setting(place, { .section = section, .name = name, .value = value, .user = {} });
    }

    void start(TextPlace const& place, std::string_view name, std::string_view schedule, std::string_view command,
        std::string_view detail)
    {
        m_rows.autostart(
            place, { .name = name, .schedule = schedule, .command = command, .detail = detail, .user = "root" });
    }

    void read_module(std::string_view text, TextPlace const& place)
    {
        auto rest = text;
        auto const module = take_word(rest);
        start(place, module, "boot", module, trim(rest));
    }

    void read_modprobe(std::string_view text, TextPlace const& place)
    {
        auto rest = text;
        auto const word = take_word(rest);
        auto const module = take_word(rest);
        auto const value = trim(rest);
        if (module.empty())
            return m_rows.report(ErrorCode::bad_value, "linux.modprobe.line", place);
        if (word == "install" || word == "remove")
            return start(place, module, word, value, shell_detail(look_at_shell(value).shapes));
        setting(place, "modprobe", format("{} {}", word, module), value);
        if (word != "softdep")
            return;
        auto modules = value;
        std::string_view when;
        for (auto part = take_word(modules); !part.empty(); part = take_word(modules)) {
            if (part == "pre:" || part == "post:")
                when = part.substr(0, part.size() - 1);
            else
                start(place, module, format("softdep {}", when), part, {});
        }
    }

    // :name:type:offset:magic:mask:interpreter:flags, the first character being the separator.
    void read_binfmt(std::string_view text, TextPlace const& place)
    {
        auto const fields = split(text.substr(1), text.front());
        if (fields.size() < 6)
            return m_rows.report(ErrorCode::bad_value, "linux.binfmt.line", place);
        auto const what = format("type={} magic={}", fields[1], fields[3]);
        auto const flags = fields.size() > 6 && !fields[6].empty() ? format(" flags={}", fields[6]) : std::string();
        start(place, fields[0], "a file of the format is run", fields[5], what + flags);
    }

    // [update-binfmts(8)] /usr/share/binfmts: "interpreter /usr/bin/x"; /var/lib/binfmts: values alone, one per line:
    // package, type, offset, magic, mask, interpreter, detector, credentials, …
    void read_debian_binfmt()
    {
        std::vector<TextLine> lines;
        TextLines reader { m_bytes };
        for (TextLine line; reader.next(line) && lines.size() < 32;)
            lines.push_back(line);
        std::string magic, flags;
        TextLine const* interpreter = nullptr;
        std::string_view program;
        for (auto const& line : lines) {
            auto rest = line.text;
            auto const word = take_word(rest);
            if (word == "magic" || word == "extension")
                magic = trim(rest);
            else if (word == "credentials" || word == "fix_binary" || word == "preserve")
                flags += format(" {}={}", word, trim(rest));
            else if (word == "interpreter" && !trim(rest).empty()) {
                interpreter = &line;
                program = trim(rest);
            }
        }
        if (interpreter == nullptr && lines.size() >= 6) {
            interpreter = &lines[5];
            program = trim(lines[5].text);
            magic = trim(lines[3].text);
            flags = lines.size() > 7 ? format(" credentials={}", trim(lines[7].text)) : std::string();
        }
        if (program.empty())
            return m_rows.report(ErrorCode::bad_value, "linux.binfmts.interpreter", { 0, m_bytes.size(), 1 });
        start(interpreter->place, m_file, "a file of the format is run", program, format("magic={}{}", magic, flags));
    }

    void read_sysctl(std::string_view text, TextPlace const& place)
    {
        auto const equals = text.find('=');
        auto name = std::string(trim(text.substr(0, equals)));
        std::ranges::replace(name, '/', '.');
        if (equals == std::string_view::npos) { // "-net.ipv4.x": leave that one alone
            if (!name.starts_with('-'))
                m_rows.report(ErrorCode::bad_value, "linux.sysctl.line", place);
            return;
        }
        auto const value = trim(text.substr(equals + 1));
        setting(place, "sysctl", name, value);
        auto const plain = std::string_view(name).substr(name.starts_with('-') ? 1 : 0);
        bool const is_running = std::ranges::find(running_sysctls, plain) != running_sysctls.end();
        if (!is_running || value.empty() || (plain == "kernel.core_pattern" && value.front() != '|'))
            return;
        start(place, plain, plain == "kernel.core_pattern" ? "a program crashes" : "the kernel asks",
            value.front() == '|' ? trim(value.substr(1)) : value, shell_detail(look_at_shell(value).shapes));
    }

    void read_assignment(std::string_view text, TextPlace const& place)
    {
        auto const equals = text.find('=');
        auto name = text.substr(0, equals);
        if (name.ends_with('+'))
            name.remove_suffix(1);
        if (equals == std::string_view::npos || trim(name).find(' ') != std::string_view::npos)
            return; // a command of a sourced script: emit_telling_lines() looks at it
        auto const value = without_quotes(trim(text.substr(equals + 1)));
        setting(place, {}, trim(name), value);
        if (name.find("CMDLINE") != std::string_view::npos || name.find("kernel_cmdline") != std::string_view::npos)
            emit_parameters(value, place);
    }

    void read_menu(std::string_view text, TextPlace const& place)
    {
        auto rest = text;
        auto const word = take_word(rest);
        if (word == "menuentry" || word == "submenu") {
            auto const words = quoted_words(rest);
            m_entry = words.empty() ? std::string_view {} : at_most(words.front());
            return;
        }
        constexpr std::array<std::string_view, 13> telling { "linux", "linux16", "linuxefi", "initrd", "initrd16",
            "initrdefi", "chainloader", "configfile", "source", "module", "multiboot", "password", "password_pbkdf2" };
        bool const is_kernel = word.starts_with("linux");
        if (std::ranges::find(telling, word) != telling.end())
            setting(place, m_entry, word, trim(rest));
        else if (word == "set"
            && (trim(rest).starts_with("superusers") || trim(rest).starts_with("check_signatures")
                || trim(rest).starts_with("kernelopts")))
            setting(place, m_entry, "set", trim(rest));
        if (is_kernel || word == "options")
            emit_parameters(rest, place);
    }

    void read_boot_entry(std::string_view text, TextPlace const& place)
    {
        auto rest = text;
        auto const word = take_word(rest);
        if (word == "title")
            m_entry = at_most(trim(rest));
        setting(place, m_entry, word, trim(rest));
        if (word == "options")
            emit_parameters(rest, place);
    }

    void emit_parameters(std::string_view line, TextPlace const& place)
    {
        for (auto const& word : quoted_words(line)) {
            auto const* const found = std::ranges::find_if(
                running_parameters, [&](std::string_view parameter) { return word.starts_with(parameter); });
            if (found == running_parameters.end())
                continue;
            auto const equals = word.find('=');
            start(place, m_entry.empty() ? std::string_view(m_file) : std::string_view(m_entry), "kernel parameter",
                equals == std::string::npos ? std::string_view(word) : std::string_view(word).substr(equals + 1), word);
        }
    }

    void emit_telling_lines()
    {
        for (auto const& command : shell_commands(as_text(m_bytes))) {
            auto const shapes = look_at_shell(command.text).shapes;
            if ((shapes & telling_shapes) != 0 && !m_rows.is_stopped())
                start(command.place, m_file, "the boot files are made anew", command.text, shell_detail(shapes));
        }
    }

    LinuxRows m_rows;
    ByteView m_bytes;
    std::string_view m_file;
    std::string m_entry;
};

void parse(EvidenceView const& evidence, ParseContext& context)
{
    Reader(evidence, context).run();
}

constexpr std::array<Schema const*, 2> schemas { &linux_autostart_schema.erased, &linux_setting_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "linux_kernel_config",
    .title = "Modules, boot loader and kernel settings",
    .version = 1,
    .reads_path = true,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
