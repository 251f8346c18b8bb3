// konseki hosts: what each machine's evidence covers, class by class.
#include "analysers/host_coverage/host_coverage.hpp"
#include "app/command_table.hpp"
#include "app/context.hpp"
#include "app/host_choice.hpp"
#include "app/terminal_text.hpp"
#include "base/text.hpp"

namespace konseki::app {

namespace {

using host_coverage::ClassCoverage;
using host_coverage::ClassState;
using host_coverage::HostCoverage;

Cell text_or_absent(std::string const& text)
{
    return text.empty() ? Cell::absent() : Cell::of(text);
}

std::string name_of(HostCoverage const& host)
{
    return host.is_known() ? host.host.name : std::string("(unknown)");
}

void write_class(RowWriter& writer, HostCoverage const& host, ClassCoverage const& one, std::string_view language)
{
    auto const name = name_of(host);
    std::string const title { one.title.in(language) };
    std::array const numbers { format("{}", one.pieces), format("{}", one.rows), format("{}", one.recovered),
        format("{}", one.damaged), format("{}", one.truncated), format("{}", one.failed), format("{}", one.duplicates),
        format("{}", one.bytes), format("{}", one.bytes_lost) };
    std::array const cells { Cell::of(name), Cell::of(one.name), Cell::of(class_state_name(one.state())),
        Cell::number(numbers[0]), Cell::number(numbers[1]), Cell::number(numbers[2]), Cell::time(one.first_at),
        Cell::time(one.last_at), Cell::number(numbers[3]), Cell::number(numbers[4]), Cell::number(numbers[5]),
        Cell::number(numbers[6]), Cell::number(numbers[7]), Cell::number(numbers[8]), Cell::of(title) };
    writer.row(cells);
}

std::string absent_classes(HostCoverage const& host)
{
    std::string absent;
    for (auto const& one : host.classes) {
        if (one.state() == ClassState::absent && one.is_expected)
            append_format(absent, "{}{}", absent.empty() ? "" : ", ", one.name);
    }
    return absent;
}

void write_host(RowWriter& writer, HostCoverage const& host)
{
    auto const name = name_of(host);
    std::uint64_t damaged = 0, truncated = 0, classes = 0;
    for (auto const& one : host.classes) {
        damaged += one.damaged;
        truncated += one.truncated;
        classes += one.pieces > 0 ? 1U : 0U;
    }
    auto const absent = absent_classes(host);
    std::array const numbers { format("{}", host.pieces), format("{}", host.rows), format("{}", classes),
        format("{}", damaged), format("{}", truncated), format("{}", host.not_recognised), format("{}", host.failed),
        format("{}", host.bytes_lost) };
    std::array const cells { Cell::of(name), text_or_absent(host.host.os), Cell::number(numbers[0]),
        Cell::number(numbers[1]), Cell::time(host.first_at), Cell::time(host.last_at), Cell::number(numbers[2]),
        Cell::number(numbers[3]), Cell::number(numbers[4]), Cell::number(numbers[5]), Cell::number(numbers[6]),
        Cell::number(numbers[7]), text_or_absent(host.host.known_from), text_or_absent(host.host.other_names),
        text_or_absent(host.host.domain), text_or_absent(host.host.os_build), text_or_absent(host.host.time_zone),
        text_or_absent(absent) };
    writer.row(cells);
}

void write_open_questions(Context& context, HostCoverage const& host)
{
    auto& out = context.answer();
    auto const language = context.language();
    if (host.cannot_be_cleared.empty())
        return;
    out.write(format("\n{} {}\n", terminal_safe(name_of(host)),
        language == "ja" ? "について、証拠から潔白を示せないこと:" : "cannot be cleared of:"));
    for (auto const& words : host.cannot_be_cleared)
        out.write(format("  - {}\n", terminal_safe(words.in(language))));
}

std::vector<std::string> const host_columns { "host", "os", "pieces", "rows", "first_at", "last_at", "classes",
    "damaged", "truncated", "not_recognised", "failed", "bytes_lost", "known_from", "other_names", "domain", "os_build",
    "time_zone", "absent" };
std::vector<std::string> const class_columns { "host", "class", "state", "pieces", "rows", "recovered", "first_at",
    "last_at", "damaged", "truncated", "failed", "duplicates", "bytes", "bytes_lost", "title" };

std::vector<std::string> known_names(std::vector<HostCoverage> const& all)
{
    std::vector<std::string> names;
    names.reserve(all.size());
    for (auto const& host : all)
        names.push_back(name_of(host));
    return names;
}

Result<ExitCode> list_hosts(Context& context)
{
    auto const& arguments = context.arguments();
    auto const source = TRY(open_case(context, store::Access::read_only));
    auto const all = TRY(host_coverage::host_coverage(*source));
    auto const wanted = arguments.value("host");
    HostCoverage const* only = nullptr;
    if (!wanted.empty()) {
        only = host_coverage::find_host(all, wanted);
        if (only == nullptr)
            return no_such_host(wanted, known_names(all));
    }
    auto const is_by_class = arguments.has("classes") || only != nullptr;
    TRY(context.open_output());
    auto const writer = context.make_writer();
    writer->begin(is_by_class ? class_columns : host_columns);
    for (auto const& host : all) {
        if (only != nullptr && &host != only)
            continue;
        if (!is_by_class)
            write_host(*writer, host);
        for (auto const& one : host.classes) {
            if (is_by_class)
                write_class(*writer, host, one, context.language());
        }
    }
    writer->finish();
    if (is_by_class && arguments.value("format", "table") == "table") {
        for (auto const& host : all) {
            if (only == nullptr || &host == only)
                write_open_questions(context, host);
        }
    }
    if (all.empty())
        context.remark("no evidence");
    return ExitCode::done;
}

}

ExitCode run_hosts(Context& context)
{
    return answer_with(context, [&] { return list_hosts(context); });
}

}
