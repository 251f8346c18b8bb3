#include "analysers/process_tree/analyser.hpp"
#include "analysers/process_tree/schemas.hpp"
#include "analysers/process_tree/tree.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>
#include <unordered_map>

namespace konseki::process_tree {

namespace {

constexpr std::size_t ancestors_shown = 16;

// Names of programs as numbers, so that a million starts stay small.
class Names {
public:
    std::uint32_t number(std::string_view name)
    {
        if (name.empty())
            return 0;
        auto const [place, is_new] = m_numbers.try_emplace(std::string(name), m_names.size());
        if (is_new)
            m_names.emplace_back(name);
        return static_cast<std::uint32_t>(place->second);
    }
    std::string const& name(std::uint32_t number) const { return m_names[number]; }

private:
    std::unordered_map<std::string, std::size_t> m_numbers;
    std::vector<std::string> m_names { {} };
};

std::string ancestry_of(std::vector<Process> const& processes, std::size_t at, Names const& names)
{
    std::vector<std::string_view> chain;
    auto const& start = processes[at];
    for (auto step = at; step != SIZE_MAX && chain.size() < ancestors_shown; step = processes[step].parent)
        chain.push_back(file_name_of(names.name(processes[step].image)));
    if (start.parent == SIZE_MAX && start.parent_image != 0)
        chain.push_back(file_name_of(names.name(start.parent_image)));
    std::string text;
    for (auto step = chain.rbegin(); step != chain.rend(); ++step)
        append_format(text, "{}{}", text.empty() ? "" : " > ", *step);
    return text;
}

void write(std::string const& host, std::vector<Process> const& processes, Names const& names, DerivedRows& derived)
{
    for (std::size_t at = 0; at < processes.size(); ++at) {
        auto const& process = processes[at];
        auto const ancestry = ancestry_of(processes, at, names);
        std::string parent;
        auto parent_image = process.parent_image;
        if (process.parent != SIZE_MAX) {
            parent = to_string(processes[process.parent].trace);
            if (parent_image == 0)
                parent_image = processes[process.parent].image;
        }
        ProcessRow row;
        row.host = Symbol(std::string_view(host));
        row.started_at = process.started_at;
        row.ended_at = process.ended_at;
        row.process_id = process.process_id;
        row.image = Symbol(std::string_view(names.name(process.image)));
        if (parent_image != 0)
            row.parent_image = Symbol(std::string_view(names.name(parent_image)));
        if (!parent.empty())
            row.parent = parent;
        row.depth = process.depth;
        row.children = process.children;
        row.ancestry = ancestry;
        if (process.linked_by != Link::none)
            row.linked_by = process.linked_by == Link::guid ? "guid" : "process_id";
        derived.add(process_schema, process.trace, row);
    }
}

// Ends by guid, otherwise by process id in the order of time: the latest start before the end.
Result<void> read_ends(AnalyserInputs const& inputs, std::string const& computer, std::vector<Process>& processes)
{
    std::unordered_map<std::string, std::size_t> by_guid;
    std::unordered_multimap<std::uint64_t, std::size_t> by_id;
    for (std::size_t at = 0; at < processes.size(); ++at) {
        if (!processes[at].guid.empty())
            by_guid[processes[at].guid] = at;
        by_id.emplace(processes[at].process_id, at);
    }
    std::array const parameters { store::Parameter { computer } };
    auto rows = TRY(
        inputs.store.query("SELECT written_at, process_id, process_guid FROM windows_process_end WHERE computer = ? "
                           "ORDER BY written_at, evidence, \"offset\"",
            parameters, inputs.stop));
    while (rows.next()) {
        auto const ended_at = rows.time(0);
        if (auto const known = by_guid.find(std::string(rows.text(2))); known != by_guid.end()) {
            processes[known->second].ended_at = ended_at;
            continue;
        }
        auto const [begin, end] = by_id.equal_range(rows.unsigned_integer(1));
        Process* latest = nullptr;
        for (auto place = begin; place != end; ++place) {
            auto& process = processes[place->second];
            if (!(ended_at < process.started_at) && (latest == nullptr || latest->started_at < process.started_at))
                latest = &process;
        }
        if (latest != nullptr && !latest->ended_at.is_set())
            latest->ended_at = ended_at;
    }
    return rows.status();
}

Result<std::vector<Process>> read_starts(AnalyserInputs const& inputs, std::string const& computer, Names& names)
{
    std::vector<Process> processes;
    std::array const parameters { store::Parameter { computer } };
    auto rows = TRY(inputs.store.query(
        "SELECT evidence, \"offset\", written_at, process_id, coalesce(parent_process_id, 0), process_guid, "
        "parent_process_guid, image, parent_image FROM windows_process_start WHERE computer = ? "
        "ORDER BY written_at, evidence, \"offset\"",
        parameters, inputs.stop));
    while (rows.next()) {
        Process process;
        process.trace = rows.trace(0);
        process.started_at = rows.time(2);
        process.process_id = rows.unsigned_integer(3);
        process.parent_process_id = rows.unsigned_integer(4);
        process.guid = rows.text(5);
        process.parent_guid = rows.text(6);
        process.image = names.number(rows.text(7));
        process.parent_image = names.number(rows.text(8));
        processes.push_back(std::move(process));
    }
    TRY(rows.status());
    return processes;
}

Result<void> run(AnalyserInputs const& inputs, FindingSink&)
{
    if (inputs.derived == nullptr)
        return {};
    std::vector<std::string> computers;
    auto rows = TRY(inputs.store.query(
        "SELECT DISTINCT computer FROM windows_process_start WHERE computer IS NOT NULL ORDER BY computer", {},
        inputs.stop));
    while (rows.next())
        computers.emplace_back(rows.text(0));
    TRY(rows.status());
    for (auto const& computer : computers) { // one machine at a time: its starts are all that memory holds
        Names names;
        auto processes = TRY(read_starts(inputs, computer, names));
        merge_twins(processes);
        TRY(read_ends(inputs, computer, processes));
        link(processes);
        write(computer, processes, names, *inputs.derived);
    }
    return {};
}

constexpr std::array<std::string_view, 2> needs { "windows.process_start", "windows.process_end" };
constexpr std::array<Schema const*, 1> emitted { &process_schema.erased };

}

Analyser const analyser {
    .name = "process_tree",
    .title = "Who started whom",
    .version = 1,
    .needs = needs,
    .emits = emitted,
    .run = run,
};

}
