#include "app/linux_text.hpp"
#include "app/terminal_text.hpp"
#include "base/text.hpp"
#include <algorithm>

namespace konseki::app {

namespace {

class Lines {
public:
    explicit Lines(Context& context)
        : m_context(context)
    {
    }
    std::string_view say(std::string_view en, std::string_view ja) const
    {
        return m_context.language() == "ja" ? ja : en;
    }
    std::string time(Timestamp at) const { return time_text(at, m_context.zone()); }
    void line(std::string_view text) { m_context.answer().write(format("{}\n", text)); }
    void head(std::string_view text) { line("\n" + m_context.answer().coloured(text, Colour::bold)); }
    void fact(std::string_view name, std::string_view value)
    {
        if (value.empty())
            return;
        auto const used = display_width(name);
        line(format("  {}{}{}", name, std::string(used < 11 ? 11 - used : 1, ' '), value));
    }
    std::string trace(TraceId id) { return m_context.answer().coloured(to_string(id), Colour::cyan); }

private:
    Context& m_context;
};

std::string joined(std::initializer_list<std::string_view> parts)
{
    std::string text;
    for (auto const part : parts)
        if (!part.empty())
            append_format(text, "{}{}", text.empty() ? "" : ", ", terminal_safe(part));
    return text;
}

}

void write_linux_facts(Context& context, report::LinuxState const& state)
{
    Lines lines { context };
    lines.fact(lines.say("kernel", "カーネル"), joined({ state.kernel, state.architecture, state.virtualisation }));
    lines.fact(lines.say("started", "起動"), lines.time(state.booted_at));
    if (state.collected_at.is_set())
        lines.fact(lines.say("collected", "収集"),
            joined({ lines.time(state.collected_at), state.collector,
                state.is_root.value_or(true) ? std::string_view() : lines.say("not as root", "root 権限なし") }));
    if (state.processes + state.packages != 0)
        lines.fact(lines.say("holds", "内訳"),
            format("{} {}, {} {}, {} {}", grouped(state.processes), lines.say("processes", "プロセス"),
                grouped(state.listening), lines.say("listening ports", "待ち受けポート"), grouped(state.packages),
                lines.say("packages", "パッケージ")));
    if (state.files_changed + state.files_unowned != 0)
        lines.fact(lines.say("files", "ファイル"),
            format("{} {}, {} {}", grouped(state.files_changed), lines.say("changed", "件変更"),
                grouped(state.files_unowned), lines.say("programs of no package", "件のパッケージ外プログラム")));
}

void write_linux_lists(Context& context, report::LinuxState const& state)
{
    constexpr std::size_t starts_shown = 15;
    Lines lines { context };
    if (!state.accounts.empty()) {
        lines.head(format("{} ({})", lines.say("Accounts", "アカウント"), grouped(state.accounts_total)));
        for (auto const& account : state.accounts)
            lines.line(format("  {:>6}  {}  {}  {}  {}", account.uid, terminal_safe(account.name),
                terminal_safe(account.shell), terminal_safe(account.password_state), lines.trace(account.trace)));
    }
    if (state.starts.empty())
        return;
    lines.head(format("{} ({}, {} {})", lines.say("What starts here", "起動されるもの"), grouped(state.starts_total),
        grouped(state.starts_of_packages), lines.say("as packages put them there", "件はパッケージのまま")));
    for (std::size_t at = 0; at < std::min(starts_shown, state.starts.size()); ++at) {
        auto const& start = state.starts[at];
        if (start.package_state == "same")
            break;
        lines.line(format("  {}  {}  {}  {}", terminal_safe(start.location), terminal_safe(start.path),
            cut_to_width(terminal_safe(start.command.empty() ? start.name : start.command), 80),
            lines.trace(start.trace)));
    }
    lines.line(format("  konseki query \"SELECT * FROM linux_autostart\""));
}

}
