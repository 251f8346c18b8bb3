// konseki processes: who started whom, as a tree: starts that Windows logged, and what ran on Linux when it was
// collected.
#include "app/command_table.hpp"
#include "app/context.hpp"
#include "app/event_filter.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <map>

namespace konseki::app {

namespace {

struct Shown {
    std::string host, trace, parent, image, command_line, user, ancestry, linked_by;
    Timestamp started_at, ended_at;
    std::uint64_t process_id = 0, depth = 0;
    std::vector<std::size_t> children;
};

struct Choice {
    std::string host;
    std::optional<Timestamp> from, until;
    std::string name; // part of the image or command line
};

Result<std::vector<Shown>> read_processes(store::Case const& source, std::string const& host)
{
    std::vector<store::Parameter> parameters;
    std::string condition = "TRUE";
    if (!host.empty()) {
        // Names that the machine had before are its names, too.
        condition = "host_key(coalesce(n.host, p.host)) = coalesce((SELECT host_key(host) FROM host_name WHERE key = "
                    "host_key(?)), host_key(?))";
        parameters.emplace_back(host);
        parameters.emplace_back(host);
    }
    auto rows = TRY(source.query(
        format("SELECT coalesce(n.host, p.host), trace_id(p.evidence, p.\"offset\"), p.parent, p.image, "
               "coalesce(s.command_line, c.command_line), coalesce(s.\"user\", c.\"user\"), "
               "p.ancestry, p.linked_by, p.started_at, p.ended_at, p.process_id, p.depth FROM host_process p "
               "LEFT JOIN windows_process_start s ON s.evidence = p.evidence AND s.\"offset\" = p.\"offset\" "
               "LEFT JOIN collector_process c ON c.evidence = p.evidence AND c.\"offset\" = p.\"offset\" "
               "LEFT JOIN host_name n ON n.key = host_key(p.host) WHERE {} ORDER BY 1, p.started_at, p.evidence, "
               "p.\"offset\"",
            condition),
        parameters));
    std::vector<Shown> processes;
    while (rows.next()) {
        Shown one;
        std::size_t column = 0;
        for (auto* text : { &one.host, &one.trace, &one.parent, &one.image, &one.command_line, &one.user, &one.ancestry,
                 &one.linked_by })
            *text = rows.text(column++);
        one.started_at = rows.time(8);
        one.ended_at = rows.time(9);
        one.process_id = rows.unsigned_integer(10);
        one.depth = rows.unsigned_integer(11);
        processes.push_back(std::move(one));
    }
    TRY(rows.status());
    return processes;
}

constexpr std::size_t ancestors_shown = 16, chain_max = 4'096;

// Parent, depth and ancestry of processes of one Linux machine at one time, from the numbers of their parents.
void link_linux(std::vector<Shown>& processes, std::vector<std::string> const& machines,
    std::vector<std::uint64_t> const& parent_ids)
{
    std::map<std::pair<std::string, std::uint64_t>, std::size_t> place_of;
    for (std::size_t at = 0; at < processes.size(); ++at)
        place_of.emplace(std::pair { machines[at], processes[at].process_id }, at);
    auto const parent_of = [&](std::size_t at) {
        auto const found = place_of.find({ machines[at], parent_ids[at] });
        return found == place_of.end() || found->second == at ? SIZE_MAX : found->second;
    };
    for (std::size_t at = 0; at < processes.size(); ++at) {
        auto& process = processes[at];
        process.ancestry = file_name_of(process.image);
        auto const parent = parent_of(at);
        std::size_t steps = 0, step = parent;
        while (step != SIZE_MAX && step != at && ++steps < chain_max)
            step = parent_of(step);
        if (parent == SIZE_MAX || step != SIZE_MAX)
            continue; // none, or numbers that lead back to itself: forged, and a tree would lose them
        process.parent = processes[parent].trace;
        process.linked_by = "process_id";
        for (step = parent; step != SIZE_MAX && process.depth < ancestors_shown;
             step = parent_of(step), ++process.depth)
            process.ancestry.insert(0, format("{} > ", file_name_of(processes[step].image)));
    }
}

// What ran on Linux machines when they were collected; several outputs of one collection speak of one process.
Result<std::vector<Shown>> read_linux_processes(store::Case const& source, std::string const& host)
{
    std::vector<Shown> processes;
    if (!source.has_schema("linux.process"))
        return processes;
    std::vector<store::Parameter> parameters;
    std::string condition = "TRUE";
    if (!host.empty()) {
        condition = "host_key(e.host) = host_key(?)";
        parameters.emplace_back(host);
    }
    auto rows = TRY(source.query(
        format("SELECT e.host, coalesce(e.parent, 0), p.pid, max(p.parent_pid), min(p.started_at), "
               "coalesce(max(nullif(p.executable, '')), max(p.name), max(p.command_line)), max(p.command_line), "
               "max(p.\"user\"), trace_id(min(p.evidence), arg_min(p.\"offset\", p.evidence)) FROM linux_process p "
               "JOIN host_evidence e ON e.evidence = p.evidence WHERE {} GROUP BY e.host, coalesce(e.parent, 0), p.pid "
               "ORDER BY 1, 2, 5, 3",
            condition),
        parameters));
    std::vector<std::string> machines;
    std::vector<std::uint64_t> parent_ids;
    while (rows.next()) {
        Shown one;
        one.host = rows.text(0);
        machines.push_back(format("{} {}", rows.text(1), one.host));
        one.process_id = rows.unsigned_integer(2);
        parent_ids.push_back(rows.is_null(3) ? UINT64_MAX : rows.unsigned_integer(3));
        one.started_at = rows.is_null(4) ? Timestamp {} : rows.time(4);
        one.image = rows.text(5);
        one.command_line = rows.text(6);
        one.user = rows.text(7);
        one.trace = rows.text(8);
        processes.push_back(std::move(one));
    }
    TRY(rows.status());
    link_linux(processes, machines, parent_ids);
    return processes;
}

bool is_wanted(Shown const& process, Choice const& choice)
{
    if (choice.from && process.started_at < *choice.from)
        return false;
    if (choice.until && !(process.started_at < *choice.until))
        return false;
    auto const name = ascii_lower(choice.name);
    return name.empty() || ascii_lower(process.image).find(name) != std::string::npos
        || ascii_lower(process.command_line).find(name) != std::string::npos;
}

// What is wanted, with its ancestors, so that the tree hangs together.
std::vector<bool> chosen(
    std::vector<Shown> const& processes, std::vector<std::size_t> const& parents, Choice const& choice)
{
    std::vector<bool> is_shown(processes.size());
    for (std::size_t at = 0; at < processes.size(); ++at)
        if (is_wanted(processes[at], choice))
            for (auto step = at; step != SIZE_MAX && !is_shown[step]; step = parents[step])
                is_shown[step] = true;
    return is_shown;
}

void write_process(RowWriter& writer, Shown const& process, std::size_t indent, bool is_table)
{
    auto const name
        = is_table ? format("{}{}", std::string(indent * 2, ' '), file_name_of(process.image)) : process.image;
    auto const id = format("{}", process.process_id);
    auto const depth = format("{}", process.depth);
    auto const text = [](std::string const& value) { return value.empty() ? Cell::absent() : Cell::of(value); };
    if (is_table) {
        std::array const cells { Cell::time(process.started_at), text(process.host), Cell::number(id), Cell::of(name),
            text(process.user), Cell::of(process.trace), text(process.command_line) };
        return writer.row(cells);
    }
    std::array const cells { Cell::time(process.started_at), Cell::time(process.ended_at), text(process.host),
        Cell::number(id), Cell::of(name), text(process.user), Cell::of(process.trace), text(process.parent),
        text(process.linked_by), Cell::number(depth), text(process.ancestry), text(process.command_line) };
    writer.row(cells);
}

void write_tree(RowWriter& writer, std::vector<Shown>& processes, Choice const& choice, bool is_table)
{
    std::map<std::string, std::size_t> place_of;
    for (std::size_t at = 0; at < processes.size(); ++at)
        place_of.emplace(processes[at].trace, at);
    std::vector<std::size_t> parents(processes.size(), SIZE_MAX);
    for (std::size_t at = 0; at < processes.size(); ++at)
        if (auto const parent = place_of.find(processes[at].parent); parent != place_of.end() && parent->second != at) {
            parents[at] = parent->second;
            processes[parent->second].children.push_back(at);
        }
    auto const is_shown = chosen(processes, parents, choice);
    // Depth first without recursion: roots in the order of time, children likewise.
    std::vector<std::pair<std::size_t, std::size_t>> waiting; // place, indent
    for (auto root = processes.size(); root-- > 0;)
        if (parents[root] == SIZE_MAX)
            waiting.emplace_back(root, 0);
    while (!waiting.empty()) {
        auto const [at, indent] = waiting.back();
        waiting.pop_back();
        if (!is_shown[at])
            continue;
        write_process(writer, processes[at], indent, is_table);
        auto const& children = processes[at].children;
        for (auto child = children.rbegin(); child != children.rend(); ++child)
            waiting.emplace_back(*child, indent + 1);
    }
}

Result<ExitCode> list_processes(Context& context)
{
    auto const& arguments = context.arguments();
    Choice choice;
    choice.host = arguments.value("host");
    choice.name = arguments.value("name");
    if (arguments.has("from"))
        choice.from = TRY(read_time("from", arguments.value("from"), EdgeOfDay::start));
    if (arguments.has("to"))
        choice.until = TRY(read_time("to", arguments.value("to"), EdgeOfDay::end));
    auto const source = TRY(open_case(context, store::Access::read_only));
    auto processes = TRY(read_processes(*source, choice.host));
    for (auto& process : TRY(read_linux_processes(*source, choice.host)))
        processes.push_back(std::move(process));
    TRY(context.open_output());
    auto const writer = context.make_writer();
    bool const is_table = arguments.value("format").empty() || arguments.value("format") == "table";
    static std::vector<std::string> const table_columns { "started_at", "host", "process_id", "process", "user",
        "trace", "command_line" };
    static std::vector<std::string> const all_columns { "started_at", "ended_at", "host", "process_id", "image", "user",
        "trace", "parent", "linked_by", "depth", "ancestry", "command_line" };
    writer->begin(is_table ? table_columns : all_columns);
    write_tree(*writer, processes, choice, is_table);
    writer->finish();
    if (processes.empty())
        context.remark("no process is in the case (Sysmon 1, Security 4688, state of Linux), or the host has another "
                       "name: konseki "
                       "hosts");
    return ExitCode::done;
}

}

ExitCode run_processes(Context& context)
{
    return answer_with(context, [&] { return list_processes(context); });
}

}
