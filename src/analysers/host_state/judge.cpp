#include "analysers/host_state/commands.hpp"
#include "analysers/host_state/drivers.hpp"
#include "analysers/host_state/features.hpp"
#include "analysers/host_state/host.hpp"
#include "analysers/host_state/names.hpp"
#include "analysers/host_state/paths.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>
#include <bitset>

namespace konseki::host_state {

namespace {

std::string_view first_folder(std::string_view path) // "\tmp\x.exe" -> "tmp"
{
    if (path.size() < 2 || path[0] != '\\' || path[1] == '\\')
        return {};
    auto const end = path.find('\\', 1);
    return end == std::string_view::npos ? std::string_view() : path.substr(1, end - 1);
}

bool is_standard_root_folder(std::string_view folder)
{
    static constexpr std::array<std::string_view, 20> standard { "windows", "program files", "program files (x86)",
        "programdata", "users", "documents and settings", "$recycle.bin", "recycler", "perflogs", "recovery",
        "system volume information", "$windows.~bt", "$windows.~ws", "windows.old", "inetpub", "intel", "msocache",
        "boot", "$extend", "$winreagent" };
    return std::find(standard.begin(), standard.end(), folder) != standard.end();
}

bool is_odd_place(std::string_view words)
{
    return words == "the recycle bin" || words == "the folder of fonts" || words == "the folder of help texts"
        || words == "the folder of restore points" || words == "the public profile"
        || words == "the folder of performance logs" || words == "a folder of Windows that holds no programs"
        || words == "a folder of Windows that users can write";
}

// "\\corp.example\netlogon\x.cmd"
bool is_domain_share(std::string_view path)
{
    auto const share = path.substr(std::min(path.find('\\', 2), path.size()));
    return share.substr(0, 10) == "\\netlogon\\" || share.substr(0, 8) == "\\sysvol\\";
}

void judge_path(Item& item, std::string_view path, TraceId trace)
{
    if (path.substr(0, 2) == "\\\\")
        return add_term(item, is_domain_share(path) ? "path.domain_share" : "path.network", std::string(path), trace);
    if (path.find('\\') == std::string_view::npos)
        return; // a bare name: found by the search path, nothing is known
    if (path.find(':', 2) != std::string_view::npos && path.size() > 3)
        add_term(item, "path.stream", std::string(path), trace);
    auto const words = writable_place(path);
    if (is_odd_place(words))
        add_term(item, "path.odd_place", std::string(words), trace);
    else if (words == "a temporary folder")
        add_term(item, "path.temporary", std::string(words), trace);
    else if (!words.empty())
        add_term(item, "path.user_writable", std::string(words), trace);
    else if (auto const folder = first_folder(path); !folder.empty() && !is_standard_root_folder(folder))
        add_term(item, "path.own_root_folder", format("C:\\{}", folder), trace);
    else if (!is_home_of_system_program(path))
        return; // "system32\dllhost\svchost.exe": the folder excuses nothing
    else if (is_in_system_folder(path))
        add_term(item, "path.system", {}, trace);
    else if (is_in_program_folder(path))
        add_term(item, "path.program", {}, trace);
}

// Programs of one or two letters that many have: 7-Zip, the debugger, ripgrep (of VS Code), the terminal, Vim, Python's
// launcher.
bool is_well_known_short_name(std::string_view name)
{
    static constexpr std::array<std::string_view, 6> known { "7z.exe", "kd.exe", "rg.exe", "wt.exe", "vi.exe",
        "py.exe" };
    return std::find(known.begin(), known.end(), name) != known.end();
}

void judge_name(Item& item, std::string_view path, TraceId trace)
{
    auto const name = file_name_of(path);
    if (!is_home_of_system_program(path))
        add_term(item, "name.system_elsewhere", std::string(split(home_of_system_program(name), '|').front()), trace);
    if (auto const known = lookalike_of(name); !known.empty())
        add_term(item, "name.lookalike", std::string(known), trace);
    if (auto const tool = tool_of_name(name))
        add_term(item, tool->is_dual_use ? "name.dual_use_tool" : "name.attack_tool", std::string(tool->tool), trace);
    if (is_vulnerable_driver(name))
        add_term(item, "name.vulnerable_driver", std::string(name), trace);
    if (has_double_extension(name))
        add_term(item, "name.double_extension", std::string(name), trace);
    if (turns_direction(name))
        add_term(item, "name.turned_around", {}, trace);
    if (is_in_system_folder(path) || is_in_program_folder(path) || folder_of(path).empty())
        return; // makers of drivers like short and random names
    if (looks_random(name) && !tool_of_name(name))
        add_term(item, "name.random", std::string(name), trace);
    else if (auto const dot = name.rfind('.'); dot != std::string_view::npos && dot <= 2 && extension_of(name) == "exe"
             && !is_well_known_short_name(name))
        add_term(item, "name.one_letter", std::string(name), trace);
}

void judge_identity(Item& item, std::string_view path, Program const& program, TraceId trace)
{
    if (program.is_of_windows)
        add_term(item, "identity.windows", {}, trace);
    else if (!program.maker.empty())
        add_term(item, "identity.maker", program.maker, trace);
    else if (program.has_version_information) {
        add_term(item, "identity.no_version", {}, trace);
        if (is_in_system_folder(path))
            add_term(item, "contradiction.no_maker_in_windows", std::string(file_name_of(path)), trace);
    }
    auto const& original = program.original_name;
    if (original.size() < 5 || original.find('.') == std::string::npos)
        return;
    auto const stem = std::string_view(original).substr(0, original.rfind('.'));
    auto const name = file_name_of(path).substr(0, file_name_of(path).rfind('.'));
    constexpr std::size_t telling = 3; // "p" is in every other name
    if (name.find(stem) != std::string_view::npos
        || (name.size() >= telling && stem.find(name) != std::string_view::npos))
        return;
    if (is_vulnerable_driver(ascii_lower(original))) {
        add_term(item, "name.vulnerable_driver", original, trace);
        add_term(item, "identity.renamed", original, trace);
    } else if (!home_of_system_program(original).empty())
        add_term(item, "identity.system_renamed", original, trace);
    else if (!is_in_program_folder(path) && !is_in_system_folder(path)) // where makers' builds and names differ anyhow
        add_term(item, "identity.renamed", original, trace);
}

std::string runs_of(Program const& program)
{
    auto text = program.last_run_at.is_set() ? format("last {}", to_string(program.last_run_at))
                                             : std::string("once or more");
    std::string sources;
    for (auto const& source : program.sources)
        append_format(sources, "{}{}", sources.empty() ? "" : ", ", source);
    return format("{} ({})", text, sources);
}

void judge_program(Item& item, std::string_view path, Program const& program)
{
    auto const trace = program.traces.front();
    item.signer = !program.signer.empty() ? program.signer : program.maker;
    item.content = program.content;
    judge_identity(item, path, program, trace);
    if (program.runs > 0 || program.last_run_at.is_set())
        add_term(item, "execution.ran", runs_of(program), trace);
    if (program.is_on_volume && !*program.is_on_volume && item.kind != ItemKind::activity)
        add_term(item, "contradiction.file_gone", {}, trace);
    for (auto const& term : program.terms)
        add_term(item, term.feature->id, term.detail, term.trace);
}

// A task of all users names "%LOCALAPPDATA%\x.exe": any user's file of that form is it.
Program const* program_of(Host const& host, std::string const& path)
{
    if (auto const place = host.programs.find(path); place != host.programs.end())
        return &place->second;
    if (path.find("%user%") == std::string::npos)
        return nullptr;
    for (auto const& [other, program] : host.programs)
        if (general_form(other) == path)
            return &program;
    return nullptr;
}

// Doors that take the bare name of a library, with or without its extension, and find it in System32: port monitors,
// print processors, packages and filters of lsass [fsa 2a, W41-W46].
bool loads_library_by_name(Item const& item)
{
    static constexpr std::array<std::string_view, 6> doors { "W41", "W42", "W43", "W44", "W45", "W46" };
    return std::find(doors.begin(), doors.end(), item.location) != doors.end()
        && item.command.find_first_of("\\/ ") == std::string::npos;
}

// The spooler looks for print processors in a folder of their own.
std::string library_in_system_folder(Item const& item, std::string_view name)
{
    auto const is_of = [&](std::string_view part) { return item.key.find(part) != std::string::npos; };
    auto const* const folder = !is_of("\\print processors\\") ? ""
        : is_of("\\windows nt x")                             ? "spool\\prtprocs\\w32x86\\"
                                                              : "spool\\prtprocs\\x64\\";
    return format("\\windows\\system32\\{}{}{}", folder, name, extension_of(name).empty() ? ".dll" : "");
}

// What starts a file came when both were there; what starts a program of Windows came when that was told to.
Timestamp came_with(Item const& item, Program const& program)
{
    bool const is_anybody_s = is_in_system_folder(item.target)
        && (program.is_of_windows || ascii_lower(program.maker).starts_with("microsoft"));
    return is_anybody_s ? item.came_at : std::max(item.came_at, program.came_at);
}

void judge_item(Host& host, Item& item)
{
    if (item.is_list || item.is_judged)
        return;
    auto const trace = item.traces.front();
    auto files = files_of_command(item.command);
    if (item.kind != ItemKind::activity)
        for (auto const& sign : signs_of_command(item.command))
            add_term(item, sign.feature, sign.detail, trace);
    else
        for (auto const& sign : signs_of_command(item.command))
            if (sign.feature == "command.attack_tool" || sign.feature == "command.encoded")
                add_term(item, sign.feature, sign.detail, trace);
    if (files.empty() || item.kind == ItemKind::activity || item.kind == ItemKind::wmi)
        return;
    if (loads_library_by_name(item))
        files = { library_in_system_folder(item, files.back()) };
    item.target = files.back();
    judge_path(item, item.target, trace);
    for (auto const& file : files) {
        judge_name(item, file, trace);
        auto const* const program = program_of(host, file);
        if (program == nullptr)
            continue;
        judge_program(item, file, *program);
        if (file == item.target)
            item.came_at = came_with(item, *program);
    }
}

void make_program_items(Host& host)
{
    for (auto const& [path, program] : host.programs) {
        auto& item = host.item(ItemKind::program, path, program.traces.front());
        item.title = format("Program {}", program.written);
        item.target = path;
        for (auto const trace : program.traces)
            add_trace(item, trace);
        item.came_at = program.came_at;
        note_time(item, program.seen_at);
        note_time(item, program.first_run_at);
        note_time(item, program.last_run_at);
        judge_path(item, path, program.traces.front());
        judge_name(item, path, program.traces.front());
        judge_program(item, path, program);
    }
}

using Families = std::bitset<family_count>;

// Of its reasons that weigh.
Families strong_families(Item const& item)
{
    Families families;
    for (auto const& term : item.terms)
        if (term.feature->family != Family::coupling && term.feature->implant_rate >= 20 * term.feature->harmless_rate)
            families.set(static_cast<std::size_t>(term.feature->family));
    return families;
}

bool is_shared_folder(std::string_view folder)
{
    return folder.empty() || is_in_system_folder(std::string(folder) + "\\") || folder.size() < 3
        || folder.find("\\downloads") != std::string_view::npos || folder.find("\\desktop") != std::string_view::npos
        || folder.find("\\$recycle.bin") != std::string_view::npos || is_in_program_folder(std::string(folder) + "\\");
}

// A task and the program it starts, two files of one odd folder: each makes the other more likely, where it bears a
// reason of another family. Ten unsigned files of one folder say no more than one.
void couple(Host& host)
{
    std::map<std::string, std::vector<std::size_t>> by_file, by_folder;
    std::vector<Families> families(host.items.size());
    for (std::size_t at = 0; at < host.items.size(); ++at) {
        auto const& item = host.items[at];
        families[at] = strong_families(item);
        if (item.is_judged || item.target.empty() || families[at].none())
            continue;
        if (!is_in_system_folder(item.target) && !folder_of(item.target).empty())
            by_file[item.target].push_back(at);
        if (auto const folder = folder_of(item.target); !is_shared_folder(folder))
            by_folder[std::string(folder)].push_back(at);
    }
    auto const tell = [&](auto const& groups, std::string_view feature) {
        for (auto const& [key, members] : groups)
            for (auto const member : members)
                for (auto const other : members)
                    if (other != member && (families[other] & ~families[member]).any()
                        && host.items[other].target.size() >= key.size()
                        && (feature == "coupling.same_file" || host.items[other].target != host.items[member].target))
                        add_term(
                            host.items[member], feature, host.items[other].title, host.items[other].traces.front());
    };
    tell(by_file, "coupling.same_file");
    tell(by_folder, "coupling.same_folder");
}

}

void judge(Hosts& hosts)
{
    for (auto& [key, host] : hosts.all()) {
        for (auto& item : host.items)
            judge_item(host, item);
        make_program_items(host);
        couple(host);
    }
}

}
