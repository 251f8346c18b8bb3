#include "base/path_name.hpp"
#include "base/text.hpp"
#include "traces/linux_hook/grammars.hpp"
#include "traces/linux_ini.hpp"
#include <algorithm>
#include <array>

namespace konseki::linux_hook {

namespace {

bool names_a_command(std::string_view name)
{
    constexpr std::array<std::string_view, 9> parts { "-invoke", "invoke-", "pre-install-pkgs", "proxy-auto-detect",
        "proxyautodetect", "dir::bin::", "dpkg::run-directory", "apt::periodic::script", "listchanges::" };
    auto const lower = ascii_lower(name);
    return std::ranges::any_of(parts, [&](auto part) { return lower.find(part) != std::string::npos; });
}

// [apt.conf(5)] Names with "::", blocks in braces, values in quotes, ";" behind each; // and /* */ and lines with #.
constexpr std::size_t depth_max = 16; // apt's own files need 4

class AptReader {
public:
    AptReader(ByteView file, LinuxRows& rows)
        : m_text(as_text(file))
        , m_rows(rows)
    {
    }

    void run()
    {
        while (m_at < m_text.size() && !m_rows.is_stopped())
            step();
        if (!m_scopes.empty())
            m_rows.report(ErrorCode::truncated, "linux.apt.block", { m_at, 0, m_line });
    }

private:
    void step()
    {
        char const c = m_text[m_at];
        auto const two = m_text.substr(m_at, 2);
        if (two == "//" || c == '#')
            skip_to("\n", 0);
        else if (two == "/*")
            skip_to("*/", 2);
        else if (c == '"')
            value();
        else if (c == '{')
            open();
        else if (c == '}')
            close();
        else if (c == ';')
            end_entry();
        else if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
            advance(1);
        else
            name();
    }

    void advance(std::size_t count)
    {
        auto const passed = m_text.substr(m_at, count);
        m_line += static_cast<std::uint32_t>(std::ranges::count(passed, '\n'));
        m_at += passed.size();
    }

    void skip_to(std::string_view end, std::size_t behind)
    {
        advance(std::min(m_text.find(end, m_at), m_text.size() - std::min(behind, m_text.size())) + behind - m_at);
    }

    void open()
    {
        if (m_scopes.size() < depth_max)
            m_scopes.push_back(full_name());
        else if (m_too_deep++ == 0)
            m_rows.report(ErrorCode::limit, "linux.apt.depth", { m_at, 0, m_line });
        m_name.clear();
        advance(1);
    }

    void close()
    {
        if (m_too_deep > 0)
            --m_too_deep;
        else if (!m_scopes.empty())
            m_scopes.pop_back();
        m_name.clear();
        advance(1);
    }

    void end_entry()
    {
        m_name.clear();
        advance(1);
    }

    void name()
    {
        auto const end = std::min(m_text.find_first_of(" \t\r\n;{}\"", m_at), m_text.size());
        auto const word = m_text.substr(m_at, end - m_at);
        if (m_name.empty())
            m_name = at_most(word);
        else
            emit(word); // a value without quotes
        advance(std::max<std::size_t>(word.size(), 1));
    }

    void value()
    {
        auto const end = std::min(m_text.find('"', m_at + 1), m_text.size());
        emit(m_text.substr(m_at + 1, end - m_at - 1));
        advance(end + 1 - m_at);
    }

    std::string full_name() const
    {
        if (m_scopes.empty())
            return m_name;
        return m_name.empty() ? m_scopes.back() : format("{}::{}", m_scopes.back(), m_name);
    }

    void emit(std::string_view text)
    {
        auto const name = full_name();
        TextPlace const place { m_at, text.size(), m_line };
        m_rows.setting(place, { .section = "apt", .name = name, .value = text, .user = {} });
        if (names_a_command(name))
            add_command(m_rows, place,
                { .name = name, .schedule = "packages change", .command = text, .detail = {}, .user = "root" });
    }

    std::string_view m_text;
    LinuxRows& m_rows;
    std::size_t m_at = 0;
    std::uint32_t m_line = 1;
    std::uint64_t m_too_deep = 0;
    std::string m_name;
    std::vector<std::string> m_scopes; // full names
};

// [dpkg(1)] "post-invoke=COMMAND", "status-logger COMMAND"
void read_dpkg(ByteView file, LinuxRows& rows)
{
    for_each_entry(TextLines(file), rows, [&](std::string_view text, TextPlace const& place) {
        auto const end = std::min(text.find_first_of("= \t"), text.size());
        auto const name = text.substr(0, end);
        auto const value = without_quotes(trim(text.substr(std::min(end + 1, text.size()))));
        rows.setting(place, { .section = "dpkg", .name = name, .value = value, .user = {} });
        if (name == "pre-invoke" || name == "post-invoke" || name == "status-logger")
            add_command(rows, place,
                { .name = name, .schedule = "packages change", .command = value, .detail = {}, .user = "root" });
    });
}

}

void read_apt(ByteView file, LinuxRows& rows)
{
    AptReader(file, rows).run();
}

void read_package_manager(ByteView file, LinuxRows& rows)
{
    if (rows.file().path.starts_with("/etc/dpkg/"))
        return read_dpkg(file, rows);
    auto const entries = read_ini(file, IniGrammar::plain, rows);
    auto const when = at_most(last_value(entries, "Action", "When"));
    auto const description = at_most(last_value(entries, "Action", "Description"));
    for (auto const& entry : entries) {
        rows.setting(entry.place, { .section = entry.section, .name = entry.name, .value = entry.value, .user = {} });
        if (entry.section == "Action" && entry.name == "Exec") // [alpm-hooks(5)]
            add_command(rows, entry.place,
                { .name = file_name_of(rows.file().path),
                    .schedule = when,
                    .command = entry.value,
                    .detail = description,
                    .user = "root" });
    }
}

}
