#include "analysers/persistence/catalogue.hpp"
#include "base/text.hpp"
#include "report/linux_section.hpp"
#include "report/page.hpp"
#include <algorithm>

namespace konseki::report {

namespace {

constexpr std::size_t reasons_shown = 3; // of an item, before it is unfolded

std::string command_for(HostState const& host)
{
    return "konseki host " + shell_word(host.coverage.is_known() ? host.name() : "(unknown)");
}

void append_host_name(Markup& page, HostState const& host)
{
    if (host.coverage.is_known())
        page.escape(host.name());
    else
        page.words(words::unknown_host);
}

void append_time_fact(Markup& page, Say const& name, Timestamp first, Timestamp last)
{
    if (!first.is_set() && !last.is_set())
        return;
    page.element("dt", {}, name);
    page.raw("<dd>");
    page.time(first.is_set() ? first : last);
    if (first.is_set() && last.is_set() && first != last) {
        page.raw(" – ");
        page.time(last);
    }
    page.raw("</dd>");
}

Say const* state_words(host_coverage::ClassState state)
{
    switch (state) {
    case host_coverage::ClassState::damaged: return &words::class_damaged;
    case host_coverage::ClassState::truncated: return &words::class_truncated;
    case host_coverage::ClassState::unreadable: return &words::class_unreadable;
    case host_coverage::ClassState::present:
    case host_coverage::ClassState::absent: break;
    }
    return nullptr;
}

void append_classes(Markup& page, host_coverage::HostCoverage const& coverage)
{
    page.element("dt", {}, words::handed_over);
    page.raw("<dd>");
    page.words(words::handed_over_text, { grouped(coverage.pieces), grouped(coverage.rows) });
    page.raw("<br/>");
    bool has_absent = false;
    for (auto const& one : coverage.classes) {
        if (one.state() == host_coverage::ClassState::absent) {
            has_absent = has_absent || one.is_expected;
            continue;
        }
        page.raw("<span class=\"chip\">");
        page.both(one.title);
        page.escape(format(" {}", grouped(one.pieces)));
        if (auto const* const state = state_words(one.state()); state != nullptr) {
            page.raw(" · ");
            page.words(*state);
        }
        page.raw("</span>");
    }
    page.raw("</dd>");
    if (!has_absent)
        return;
    page.element("dt", {}, words::not_there);
    page.raw("<dd>");
    for (auto const& one : coverage.classes) {
        if (one.state() != host_coverage::ClassState::absent || !one.is_expected)
            continue;
        page.raw("<span class=\"chip\">");
        page.both(one.title);
        page.raw("</span>");
    }
    page.raw("</dd>");
}

void append_identity(Markup& page, HostState const& host)
{
    auto const& coverage = host.coverage;
    page.raw("<dl class=\"facts\">");
    page.fact(words::other_names, coverage.host.other_names);
    page.fact(words::domain, coverage.host.domain);
    if (!coverage.host.os.empty()) {
        page.element("dt", {}, words::system);
        page.raw("<dd>");
        page.escape(format("{} {}", coverage.host.os, coverage.host.os_build));
        if (coverage.host.installed_at.is_set()) {
            page.raw(" · ");
            page.words(words::installed, { to_string(coverage.host.installed_at).substr(0, 10) });
        }
        page.raw("</dd>");
    }
    page.fact(words::time_zone, coverage.host.time_zone);
    append_time_fact(page, words::recorded, coverage.first_at, coverage.last_at);
    append_time_fact(page, words::last_shutdown, coverage.host.last_shutdown_at, {});
    if (host.linux_state)
        append_linux_facts(page, *host.linux_state);
    if (coverage.pieces != 0)
        append_classes(page, coverage);
    page.raw("</dl>\n");
    if (coverage.cannot_be_cleared.empty() || coverage.pieces == 0)
        return;
    page.raw("<details><summary>");
    page.words(words::not_cleared);
    page.raw("</summary><ul>");
    for (auto const& open : coverage.cannot_be_cleared) {
        page.raw("<li>");
        page.both(open);
        page.raw("</li>");
    }
    page.raw("</ul></details>\n");
}

void append_term_rows(Markup& page, HostItem const& item)
{
    page.table(nullptr, { &words::weight, &words::reason, &words::reason_trace }, { 0 });
    for (auto const& term : item.terms) {
        page.raw("<tr><td class=\"n\">");
        page.escape(format("{:+.1f}", term.weight));
        page.raw("</td><td>");
        page.both(term.text);
        page.raw("</td><td>");
        page.command("konseki show " + to_string(term.trace));
        page.raw("</td></tr>\n");
    }
    page.end_table();
}

void append_item_details(Markup& page, HostState const& host, HostItem const& item)
{
    page.raw("<details><summary>");
    page.words(words::all_terms, { grouped(item.terms_total), grouped(item.traces_total) });
    page.raw("</summary>");
    append_term_rows(page, item);
    page.raw("<dl class=\"facts\">");
    page.fact(words::place, item.target);
    append_time_fact(page, words::time, item.first_at, item.last_at);
    page.element("dt", {}, words::traces);
    page.raw("<dd>");
    for (auto const trace : item.traces) {
        page.command("konseki show " + to_string(trace));
        page.raw(" ");
    }
    page.raw("</dd></dl>");
    auto const left_out = std::max(item.terms_total - item.terms.size(),
        item.traces_total - std::min<std::uint64_t>(item.traces_total, item.traces.size()));
    page.more(left_out, format("{} --item {}", command_for(host), item.rank));
    page.raw("</details>");
}

void append_item(Markup& page, HostState const& host, std::size_t number, HostItem const& item)
{
    page.raw(format("<tr id=\"host-{}-{}\">", number, item.rank));
    page.number_cell(item.rank);
    page.raw("<td class=\"n\">");
    page.escape(format("{:.1f}", item.score));
    page.raw("</td><td><b>");
    page.escape(item.title);
    page.raw("</b> <span class=\"chip\">");
    page.escape(item.kind);
    page.raw("</span>");
    for (auto const& id : item.attack)
        page.technique(id);
    if (auto const* const location = persistence::find(item.location); location != nullptr) {
        page.raw("<br/><span class=\"small soft\">");
        page.escape(location->id);
        page.raw(" ");
        page.both({ std::string(location->title), std::string(location->title_ja) });
        page.raw("</span>");
    }
    if (!item.command.empty()) {
        page.raw("<br/>");
        page.code(item.command);
    }
    for (std::size_t index = 0; index < std::min(reasons_shown, item.terms.size()); ++index) {
        auto const& term = item.terms[index];
        if (term.weight <= 0)
            break;
        page.raw("<br/><span class=\"small\">");
        page.escape(format("{:+.1f} ", term.weight));
        page.both(term.text);
        page.raw("</span>");
    }
    append_item_details(page, host, item);
    page.raw("</td></tr>\n");
}

void append_account_marks(Markup& page, HostAccount const& account)
{
    auto const mark = [&](bool is_so, Say const& say) {
        if (!is_so)
            return;
        page.raw(" <span class=\"chip\">");
        page.words(say);
        page.raw("</span>");
    };
    mark(account.is_disabled.value_or(false), words::disabled);
    mark(!account.has_name_entry.value_or(true), words::hidden);
    mark(account.is_rid_foreign.value_or(false), words::rid_foreign);
    mark(account.is_recovered, words::deleted);
}

void append_accounts(Markup& page, HostState const& host)
{
    if (host.accounts.empty())
        return;
    page.raw("<details><summary>");
    page.words(words::accounts, { grouped(host.accounts_total) });
    page.raw("</summary>");
    page.table(nullptr,
        { &words::number, &words::account_name, &words::logon_count, &words::last_logon, &words::password_set,
            &words::account_made, &words::traces },
        { 0, 2 });
    for (auto const& account : host.accounts) {
        page.raw("<tr>");
        page.number_cell(account.rid);
        page.raw("<td>");
        page.escape(account.name);
        if (!account.full_name.empty() || !account.comment.empty()) {
            page.raw(" <span class=\"small soft\">");
            page.escape(format("{} {}", account.full_name, account.comment));
            page.raw("</span>");
        }
        append_account_marks(page, account);
        page.raw("</td>");
        page.number_cell(account.logon_count);
        page.time_cell(account.last_logon_at);
        page.time_cell(account.password_set_at);
        page.time_cell(account.name_written_at);
        page.raw("<td>");
        page.command("konseki show " + to_string(account.trace));
        page.raw("</td></tr>\n");
    }
    page.end_table();
    page.more(host.accounts_total - host.accounts.size(), command_for(host));
    page.raw("</details>\n");
}

void append_autostarts(Markup& page, HostState const& host)
{
    if (host.autostarts.empty())
        return;
    page.raw("<details><summary>");
    page.words(words::autostarts, { grouped(host.autostarts_total) });
    page.raw("</summary>");
    page.table(nullptr, { &words::place, &words::starts, &words::written, &words::traces });
    for (auto const& entry : host.autostarts) {
        page.raw("<tr><td>");
        page.escape(entry.location);
        if (auto const* const location = persistence::find(entry.location); location != nullptr) {
            page.raw(" ");
            page.both({ std::string(location->title), std::string(location->title_ja) });
        }
        page.raw("<br/><span class=\"small soft\">");
        page.escape(
            format("{}{}{} {} {}", entry.hive, entry.user.empty() ? "" : " ", entry.user, entry.key_path, entry.name));
        page.raw("</span></td><td>");
        page.code(entry.command);
        if (entry.is_usual)
            page.element("span", "chip", words::usual);
        if (!entry.is_enabled.value_or(true))
            page.element("span", "chip", words::disabled);
        if (entry.is_recovered)
            page.element("span", "chip", words::deleted);
        page.raw("</td>");
        page.time_cell(entry.key_written_at);
        page.raw("<td>");
        page.command("konseki show " + to_string(entry.trace));
        page.raw("</td></tr>\n");
    }
    page.end_table();
    page.more(host.autostarts_total - host.autostarts.size(),
        "konseki query \"SELECT host, w.* FROM windows_autostart w JOIN evidence ON number = w.evidence\"");
    page.raw("</details>\n");
}

void append_host(Markup& page, HostState const& host, std::size_t number)
{
    page.raw(format("<h3 id=\"host-{}\">", number));
    append_host_name(page, host);
    page.raw(" ");
    for (auto severity = severity_count; severity-- > 1;) {
        if (host.findings[severity] == 0)
            continue;
        page.badge(static_cast<Severity>(severity));
        page.escape(format(" {} ", grouped(host.findings[severity])));
    }
    page.raw("</h3>\n");
    append_identity(page, host);
    if (!host.items.empty()) {
        page.raw("<p class=\"small soft\">");
        page.words(words::items_count, { grouped(host.items.size()), grouped(host.items_total) });
        page.raw(" (");
        for (std::size_t index = 0; index < host.kinds.size(); ++index)
            page.escape(
                format("{}{} {}", index == 0 ? "" : ", ", host.kinds[index].first, grouped(host.kinds[index].second)));
        page.raw(")</p>");
        page.table(nullptr, { &words::rank, &words::score, &words::item }, { 0, 1 });
        for (auto const& item : host.items)
            append_item(page, host, number, item);
        page.end_table();
        page.more(host.items_total - host.items.size(), format("{} --top {}", command_for(host), host.items_total));
    }
    append_accounts(page, host);
    append_autostarts(page, host);
    if (host.linux_state)
        append_linux_lists(page, *host.linux_state);
}

void append_overview(Markup& page, Contents const& contents)
{
    page.table(nullptr,
        { &words::host, &words::score, &words::top_item, &words::severities[4], &words::severities[3],
            &words::severities[2], &words::last },
        { 1, 3, 4, 5 });
    std::size_t number = 0;
    for (auto const& host : contents.states) {
        page.raw(format("<tr><td><a href=\"#host-{}\">", ++number));
        append_host_name(page, host);
        page.raw("</a></td><td class=\"n\">");
        page.escape(host.items.empty() ? std::string("–") : format("{:.1f}", host.items.front().score));
        page.raw("</td><td>");
        if (!host.items.empty()) {
            page.raw(format("<a href=\"#host-{}-{}\">", number, host.items.front().rank));
            page.escape(host.items.front().title);
            page.raw("</a>");
        }
        page.raw("</td>");
        for (std::size_t severity = severity_count - 1; severity > 1; --severity)
            page.number_cell(host.findings[severity]);
        page.time_cell(host.coverage.last_at);
        page.raw("</tr>\n");
    }
    page.end_table();
}

}

void append_host_states(Markup& page, Contents const& contents)
{
    page.heading("state", words::held);
    if (contents.states.empty()) {
        page.element("p", {}, words::no_state);
        return;
    }
    page.element("p", "soft", words::state_text);
    append_overview(page, contents);
    if (contents.states_total > contents.states.size()) {
        page.raw("<p class=\"small\">");
        page.words(words::hosts_less, { grouped(contents.states_total - contents.states.size()) });
        page.raw(" ");
        page.command("konseki hosts");
        page.raw(" ");
        page.command("konseki host NAME");
        page.raw("</p>\n");
    }
    std::size_t number = 0;
    for (auto const& host : contents.states)
        append_host(page, host, ++number);
}

}
