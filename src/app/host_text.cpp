#include "app/host_text.hpp"
#include "analysers/persistence/catalogue.hpp"
#include "app/linux_text.hpp"
#include "app/terminal_text.hpp"
#include "base/text.hpp"
#include "report/techniques.hpp"

namespace konseki::app {

namespace {

constexpr std::size_t reasons_shown = 3;

// Lines of a screen: evidence text is made safe here, and cut where the terminal ends.
class Screen {
public:
    explicit Screen(Context& context)
        : m_context(context)
        , m_is_ja(context.language() == "ja")
    {
    }

    std::string_view say(std::string_view en, std::string_view ja) const { return m_is_ja ? ja : en; }
    std::string_view words(Words const& words) const { return words.in(m_context.language()); }
    std::string text(Words const& words) const { return terminal_safe(words.in(m_context.language())); }
    std::string time(Timestamp at) const { return time_text(at, m_context.zone()); }
    std::string bold(std::string_view text) { return out().coloured(text, Colour::bold); }
    std::string coloured(std::string_view text, Colour colour) { return out().coloured(text, colour); }

    // What would run over the end of the line: a script as a command, say.
    std::string cut(std::string_view text, std::size_t column) const
    {
        constexpr std::size_t width_elsewhere = 200;
        auto const width = m_context.answer().is_terminal() ? m_context.answer().width() : width_elsewhere;
        return cut_to_width(terminal_safe(trim(text)), width > column + 40 ? width - column : 40);
    }

    void line(std::string_view text) { out().write(format("{}\n", text)); }
    void head(std::string_view text) { out().write("\n" + bold(text) + "\n"); }
    // "  name      value", values that hold nothing are left out.
    void fact(std::string_view name, std::string_view value)
    {
        if (value.empty())
            return;
        auto const used = display_width(name);
        line(format("  {}{}{}", name, std::string(used < 11 ? 11 - used : 1, ' '), value));
    }

private:
    Output& out() { return m_context.answer(); }
    Context& m_context;
    bool m_is_ja;
};

Colour score_colour(double score)
{
    return score >= 8 ? Colour::red : score >= 5.5 ? Colour::yellow : Colour::plain;
}

std::string span(Screen const& screen, Timestamp first, Timestamp last)
{
    if (!first.is_set() || !last.is_set() || first == last)
        return screen.time(first.is_set() ? first : last);
    return format("{} – {}", screen.time(first), screen.time(last));
}

std::string system_of(Screen const& screen, store::Host const& host)
{
    auto text = terminal_safe(host.os);
    if (!host.os_build.empty())
        append_format(text, "{}{}", text.empty() ? "" : " ", terminal_safe(host.os_build));
    if (host.installed_at.is_set())
        append_format(text, "{}{} {}", text.empty() ? "" : ", ", screen.say("installed", "インストール"),
            screen.time(host.installed_at));
    return text;
}

void write_coverage(Screen& screen, host_coverage::HostCoverage const& coverage)
{
    std::string present, absent;
    for (auto const& one : coverage.classes) {
        auto const state = one.state();
        if (state == host_coverage::ClassState::absent) {
            if (one.is_expected)
                append_format(absent, "{}{}", absent.empty() ? "" : ", ", screen.text(one.title));
            continue;
        }
        append_format(present, "{}{} {}", present.empty() ? "" : ", ", screen.text(one.title), grouped(one.pieces));
        if (state != host_coverage::ClassState::present)
            append_format(present, " ({})", host_coverage::class_state_name(state));
    }
    if (coverage.pieces != 0)
        screen.fact(screen.say("evidence", "証拠"),
            format("{} {}, {} {}: {}", grouped(coverage.pieces), screen.say("pieces", "件"), grouped(coverage.rows),
                screen.say("rows", "行"), present));
    if (!absent.empty() && coverage.pieces != 0)
        screen.fact(screen.say("not there", "ないもの"), absent);
}

void write_identity(Screen& screen, report::HostState const& host)
{
    auto const& coverage = host.coverage;
    auto title = terminal_safe(coverage.is_known() ? host.name() : std::string_view("(unknown)"));
    screen.line(screen.bold(title));
    screen.fact(screen.say("also named", "別名"), terminal_safe(coverage.host.other_names));
    screen.fact(screen.say("known from", "判明元"), terminal_safe(coverage.host.known_from));
    screen.fact(screen.say("domain", "ドメイン"), terminal_safe(coverage.host.domain));
    screen.fact(screen.say("system", "システム"), system_of(screen, coverage.host));
    screen.fact(screen.say("time zone", "時間帯"), terminal_safe(coverage.host.time_zone));
    screen.fact(screen.say("recorded", "記録期間"), span(screen, coverage.first_at, coverage.last_at));
    screen.fact(screen.say("shut down", "最終停止"), screen.time(coverage.host.last_shutdown_at));
    write_coverage(screen, coverage);
}

void write_counts(Screen& screen, report::HostState const& host)
{
    std::string kinds;
    for (auto const& [kind, count] : host.kinds)
        append_format(kinds, "{}{} {}", kinds.empty() ? "" : ", ", terminal_safe(kind), grouped(count));
    if (!kinds.empty())
        screen.fact(screen.say("weighed", "評価対象"), kinds);
    std::string findings;
    for (auto severity = report::severity_count; severity-- > 0;)
        if (host.findings[severity] != 0)
            append_format(findings, "{}{}", findings.empty() ? "" : ", ",
                screen.coloured(
                    format("{} {}", grouped(host.findings[severity]), severity_name(static_cast<Severity>(severity))),
                    severity_colour(static_cast<Severity>(severity))));
    screen.fact(
        screen.say("findings", "検出事項"), findings.empty() ? std::string(screen.say("none", "なし")) : findings);
}

void write_term(Screen& screen, report::ItemTerm const& term, std::size_t indent, std::string const& text)
{
    screen.line(format("{}{:>+5.1f}  {}  {}", std::string(indent, ' '), term.weight, text,
        screen.coloured(to_string(term.trace), Colour::cyan)));
}

void write_item_brief(Screen& screen, report::HostItem const& item)
{
    screen.line(format("{:>5}  {}  {:<9} {}", item.rank,
        screen.coloured(format("{:>5.1f}", item.score), score_colour(item.score)), terminal_safe(item.kind),
        screen.bold(terminal_safe(item.title))));
    if (!item.command.empty())
        screen.line(format("{}{}", std::string(24, ' '), screen.cut(item.command, 24)));
    for (std::size_t index = 0; index < std::min(reasons_shown, item.terms.size()) && item.terms[index].weight > 0;
         ++index)
        write_term(screen, item.terms[index], 19, screen.cut(screen.words(item.terms[index].text), 42));
}

// What Windows does not put there first; items show those that are weighed heaviest, this is what starts at all.
void write_autostarts(Screen& screen, report::HostState const& host)
{
    if (host.autostarts.empty())
        return;
    screen.head(format(
        "{} ({})", screen.say("Autostarts of the registry", "レジストリの自動起動"), grouped(host.autostarts_total)));
    for (auto const& entry : host.autostarts) {
        std::string marks;
        if (!entry.is_enabled.value_or(true))
            append_format(marks, "  [{}]", screen.say("off", "無効"));
        if (entry.is_recovered)
            append_format(marks, "  [{}]", screen.say("deleted", "削除済み"));
        if (entry.is_usual)
            append_format(marks, "  [{}]", screen.say("Windows' own", "Windows 既定"));
        auto const trace = to_string(entry.trace);
        auto const user = entry.user.empty() ? std::string() : format("{}: ", terminal_safe(entry.user));
        auto const text = entry.command.empty() ? entry.name : format("{} = {}", entry.name, entry.command);
        screen.line(format("  {:<4} {}{}{}  {}", entry.location, user,
            screen.cut(text, user.size() + marks.size() + trace.size() + 11), marks,
            screen.coloured(trace, Colour::cyan)));
    }
    if (host.autostarts_total > host.autostarts.size())
        screen.line(format("       {} {}", grouped(host.autostarts_total - host.autostarts.size()),
            screen.say("more: --format json", "件は --format json で")));
}

std::string account_marks(Screen const& screen, report::HostAccount const& account)
{
    std::string marks;
    auto const mark = [&](bool is_so, std::string_view word) {
        if (is_so)
            append_format(marks, "  [{}]", word);
    };
    mark(account.is_disabled.value_or(false), screen.say("disabled", "無効"));
    mark(!account.has_name_entry.value_or(true), screen.say("hidden: no entry by name", "隠し: 名前の項目なし"));
    mark(account.is_rid_foreign.value_or(false), screen.say("bears another account's id", "他アカウントの ID"));
    mark(account.is_recovered, screen.say("deleted", "削除済み"));
    return marks;
}

void write_accounts(Screen& screen, report::HostState const& host)
{
    if (host.accounts.empty())
        return;
    screen.head(format("{} ({})", screen.say("Accounts", "アカウント"), grouped(host.accounts_total)));
    for (auto const& account : host.accounts) {
        auto text = format("  {:>5}  {}", account.rid, terminal_safe(account.name));
        append_format(text, "  {} {}", screen.say("logons", "ログオン"), grouped(account.logon_count));
        if (account.last_logon_at.is_set())
            append_format(text, ", {} {}", screen.say("last", "最終"), screen.time(account.last_logon_at));
        if (account.name_written_at.is_set())
            append_format(text, ", {} {}", screen.say("made about", "作成"), screen.time(account.name_written_at));
        screen.line(format(
            "{}{}  {}", text, account_marks(screen, account), screen.coloured(to_string(account.trace), Colour::cyan)));
    }
    if (host.accounts_total > host.accounts.size())
        screen.line(format("         {} {}", grouped(host.accounts_total - host.accounts.size()),
            screen.say("more: --format json", "件は --format json で")));
}

}

void write_host_identity(Context& context, report::HostState const& host)
{
    Screen screen { context };
    write_identity(screen, host);
}

void write_host(Context& context, report::HostState const& host)
{
    Screen screen { context };
    write_identity(screen, host);
    if (host.linux_state)
        write_linux_facts(context, *host.linux_state);
    write_counts(screen, host);
    if (!host.items.empty()) {
        screen.head(
            format("{} ({} {} {})", screen.say("What speaks most for an implant", "攻撃者の設置物である可能性の高い順"),
                grouped(host.items.size()), screen.say("of", "/"), grouped(host.items_total)));
        screen.line(screen.say(" rank  score  kind      what, and why (weights in nats; no verdict)",
            " 順位  スコア 種類      項目と根拠（重みの単位は nat。判定ではない）"));
        for (auto const& item : host.items)
            write_item_brief(screen, item);
    } else {
        screen.head(screen.say("No item was weighed on this host", "この端末には評価した項目がない"));
    }
    write_autostarts(screen, host);
    write_accounts(screen, host);
    if (host.linux_state)
        write_linux_lists(context, *host.linux_state);
}

void write_host_item(Context& context, report::HostState const& host, report::HostItem const& item)
{
    Screen screen { context };
    screen.line(screen.bold(terminal_safe(item.title)));
    screen.fact(screen.say("host", "端末"), terminal_safe(host.name()));
    screen.fact(
        screen.say("rank", "順位"), format("{} {} {}", item.rank, screen.say("of", "/"), grouped(host.items_total)));
    screen.fact(screen.say("score", "スコア"), screen.coloured(format("{:.1f}", item.score), score_colour(item.score)));
    screen.fact(screen.say("kind", "種類"), terminal_safe(item.kind));
    screen.fact(screen.say("starts", "起動内容"), terminal_safe(item.command));
    screen.fact(screen.say("file", "ファイル"), terminal_safe(item.target));
    auto const* const location = persistence::find(item.location);
    if (location != nullptr)
        screen.fact(screen.say("place", "場所"),
            format(
                "{} {}", location->id, screen.text({ std::string(location->title), std::string(location->title_ja) })));
    for (auto const& id : item.attack)
        screen.fact("ATT&CK", format("{} {}", terminal_safe(id), report::technique_name(id)));
    screen.fact(screen.say("times", "日時"), span(screen, item.first_at, item.last_at));
    screen.fact(screen.say("key", "キー"), terminal_safe(item.key));
    screen.head(screen.say("Why: the terms of its score", "根拠：スコアの内訳"));
    for (auto const& term : item.terms)
        write_term(screen, term, 2, screen.text(term.text));
    if (location != nullptr) {
        screen.head(screen.say("About this place", "この場所について"));
        for (auto const& words : { Words { std::string(location->starts), std::string(location->starts_ja) },
                 Words { std::string(location->suspicious), std::string(location->suspicious_ja) },
                 Words { std::string(location->advice), std::string(location->advice_ja) } })
            if (!words.en.empty())
                screen.line("  " + screen.text(words));
    }
    screen.head(format("{} ({})", screen.say("Traces", "痕跡"), grouped(item.traces_total)));
    for (auto const trace : item.traces)
        screen.line(format("  konseki show {}", to_string(trace)));
}

}
