// The part of a host's section that Linux has: the running system, accounts, what starts.
#include "report/linux_section.hpp"
#include "analysers/persistence/catalogue.hpp"
#include "base/text.hpp"
#include <array>

namespace konseki::report {

namespace {

constexpr Say running_system { "Running system", "稼働中のシステム" };
constexpr Say booted { "Started", "起動" };
constexpr Say collected { "Collected", "収集" };
constexpr Say not_root { "not as root: much could not be seen", "root 権限なし: 見えないものが多い" };
constexpr Say counts { "{0} processes, {1} listening ports, {2} packages",
    "プロセス {0}、待ち受けポート {1}、パッケージ {2}" };
constexpr Say against_packages { "Against the packages", "パッケージとの比較" };
constexpr Say against_text { "{0} files changed, {1} programs of no package",
    "変更されたファイル {0}、どのパッケージにも属さないプログラム {1}" };
constexpr Say accounts_head { "Accounts: {0}; those that may log on first",
    "アカウント：{0} 件。ログオンできるものが先" };
constexpr Say shell { "Shell", "シェル" };
constexpr Say password { "Password", "パスワード" };
constexpr Say groups_head { "Groups", "グループ" };
constexpr Say password_changed { "Password changed", "パスワード変更" };
constexpr Say starts_head { "What starts here: {0}, {1} of them as a package put them there (these last)",
    "起動されるもの：{0} 件。うち {1} 件はパッケージのまま（最後に表示）" };
constexpr Say account { "Account", "アカウント" };
constexpr Say package { "Package", "パッケージ" };
constexpr Say when { "When", "時" };

struct StateName {
    std::string_view state;
    Say words;
};
constexpr std::array<StateName, 10> state_names { {
    { "same", { "unchanged", "変更なし" } },
    { "changed", { "changed", "変更あり" } },
    { "configuration", { "configuration, changed", "設定（変更あり）" } },
    { "unowned", { "of no package", "どれにも属さない" } },
    { "diverted", { "diverted", "退避" } },
    { "missing", { "missing", "なし" } },
    { "unchecked", { "not compared", "未比較" } },
    { "set", { "set", "設定済み" } },
    { "locked", { "locked", "ロック" } },
    { "empty", { "none asked", "なし" } },
} };

void append_state(Markup& page, std::string_view state)
{
    for (auto const& known : state_names)
        if (known.state == state)
            return page.words(known.words);
    page.escape(state);
}

void append_trace_cell(Markup& page, TraceId trace)
{
    page.raw("<td>");
    page.command("konseki show " + to_string(trace));
    page.raw("</td></tr>\n");
}

void append_accounts(Markup& page, LinuxState const& state)
{
    if (state.accounts.empty())
        return;
    page.raw("<details><summary>");
    page.words(accounts_head, { grouped(state.accounts_total) });
    page.raw("</summary>");
    page.table(nullptr,
        { &words::number, &words::account_name, &shell, &password, &groups_head, &password_changed, &words::traces },
        { 0 });
    for (auto const& one : state.accounts) {
        page.raw("<tr>");
        page.number_cell(one.uid);
        page.raw("<td>");
        page.escape(one.name);
        page.raw("</td><td>");
        page.escape(one.shell);
        page.raw("</td><td>");
        append_state(page, one.password_state);
        page.raw("</td><td>");
        page.escape(one.groups);
        page.raw("</td>");
        page.time_cell(one.password_changed_at);
        append_trace_cell(page, one.trace);
    }
    page.end_table();
    page.more(state.accounts_total - state.accounts.size(), "konseki query \"SELECT * FROM linux_account\"");
    page.raw("</details>\n");
}

void append_starts(Markup& page, LinuxState const& state)
{
    if (state.starts.empty())
        return;
    page.raw("<details><summary>");
    page.words(starts_head, { grouped(state.starts_total), grouped(state.starts_of_packages) });
    page.raw("</summary>");
    page.table(nullptr, { &words::place, &words::starts, &when, &account, &package, &words::traces });
    for (auto const& start : state.starts) {
        page.raw("<tr><td>");
        page.escape(start.location);
        if (auto const* const location = persistence::find(start.location); location != nullptr) {
            page.raw(" ");
            page.both({ std::string(location->title), std::string(location->title_ja) });
        }
        page.raw("<br/><span class=\"small soft\">");
        page.escape(start.path);
        page.raw("</span></td><td>");
        page.code(start.command.empty() ? start.name : start.command);
        page.raw("</td><td>");
        page.escape(start.schedule);
        page.raw("</td><td>");
        page.escape(start.user);
        page.raw("</td><td>");
        page.escape(start.package);
        if (!start.package_state.empty()) {
            page.raw(" <span class=\"chip\">");
            append_state(page, start.package_state);
            page.raw("</span>");
        }
        page.raw("</td>");
        append_trace_cell(page, start.trace);
    }
    page.end_table();
    page.more(state.starts_total - state.starts.size(), "konseki query \"SELECT * FROM linux_autostart\"");
    page.raw("</details>\n");
}

}

void append_linux_facts(Markup& page, LinuxState const& state)
{
    auto system = state.kernel;
    for (auto const part : { std::string_view(state.architecture), std::string_view(state.virtualisation) })
        if (!part.empty())
            append_format(system, "{}{}", system.empty() ? "" : " · ", part);
    page.fact(running_system, system);
    if (state.booted_at.is_set()) {
        page.element("dt", {}, booted);
        page.raw("<dd>");
        page.time(state.booted_at);
        page.raw("</dd>");
    }
    if (state.collected_at.is_set()) {
        page.element("dt", {}, collected);
        page.raw("<dd>");
        page.time(state.collected_at);
        page.escape(state.collector.empty() ? std::string() : " · " + state.collector);
        if (!state.is_root.value_or(true)) {
            page.raw(" <span class=\"chip\">");
            page.words(not_root);
            page.raw("</span>");
        }
        page.raw("<br/>");
        page.words(counts, { grouped(state.processes), grouped(state.listening), grouped(state.packages) });
        page.raw("</dd>");
    }
    if (state.files_changed + state.files_unowned != 0) {
        page.element("dt", {}, against_packages);
        page.raw("<dd>");
        page.words(against_text, { grouped(state.files_changed), grouped(state.files_unowned) });
        page.raw("</dd>");
    }
}

void append_linux_lists(Markup& page, LinuxState const& state)
{
    append_accounts(page, state);
    append_starts(page, state);
}

}
