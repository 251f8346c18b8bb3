// Programs that load a library from their own folder where neither belongs: the file table, prefetch's lists, the
// change journal and Sysmon's image loads say which files lie together [fsa 5a: side-loading].
#include "analysers/host_state/host.hpp"
#include "analysers/host_state/names.hpp"
#include "analysers/host_state/paths.hpp"
#include "base/text.hpp"
#include "rules/side_loading/side_loading.hpp"
#include <algorithm>

namespace konseki::host_state {

namespace {

struct Files {
    std::map<std::string, TraceId> programs {}, libraries {}, others {}; // by name
    bool is_whole = false; // the file table lists them: what is not here is not there
};
using Folders = std::map<std::pair<Host*, std::string>, Files>;

// Folders in which nobody but an installer of Windows writes are left out: their pairs are the honest ones.
bool is_of_interest(std::string_view path)
{
    return path.find('\\') != std::string_view::npos && !is_in_system_folder(path)
        && path.find("\\windowsapps\\") == std::string_view::npos && path.find("\\winsxs\\") == std::string_view::npos
        && path.find("\\assembly\\") == std::string_view::npos
        && path.find("\\$recycle.bin\\") == std::string_view::npos;
}

void note(Folders& folders, Host& host, std::string const& path, TraceId trace, bool is_of_file_table = false)
{
    if (!is_of_interest(path))
        return;
    auto const extension = extension_of(path);
    auto& files = folders[{ &host, std::string(folder_of(path)) }];
    files.is_whole |= is_of_file_table;
    auto& list = extension == "exe" ? files.programs : extension == "dll" ? files.libraries : files.others;
    list.try_emplace(std::string(file_name_of(path)), trace);
}

Result<void> note_paths(Hosts& hosts, Folders& folders, std::string_view schema, std::string const& sql)
{
    if (!hosts.has_table(schema))
        return {};
    auto rows = TRY(hosts.query(sql));
    while (rows.next()) {
        auto const trace = rows.trace(0);
        note(folders, hosts.of_evidence(trace.evidence), normalised_path(rows.text(2)), trace,
            schema == "windows.mft.file");
    }
    return rows.status();
}

Result<Folders> read_folders(Hosts& hosts)
{
    Folders folders;
    TRY(note_paths(hosts, folders, "windows.mft.file",
        "SELECT evidence, \"offset\", path FROM windows_mft_file WHERE is_in_use AND extension IN ('exe', 'dll', "
        "'dat', "
        "'bin', 'tmp', 'db', 'log', 'ini') AND NOT starts_with(lower(path), '\\windows\\') ORDER BY evidence, "
        "\"offset\""));
    TRY(note_paths(hosts, folders, "windows.prefetch.file",
        "SELECT evidence, min(\"offset\"), path FROM windows_prefetch_file WHERE regexp_matches(lower(path), "
        "'\\.(exe|dll)$') GROUP BY evidence, path ORDER BY evidence, min(\"offset\"), path"));
    TRY(note_paths(hosts, folders, "windows.amcache.file",
        "SELECT evidence, \"offset\", path FROM windows_amcache_file WHERE path IS NOT NULL ORDER BY evidence, "
        "\"offset\""));
    if (hosts.has_table("windows.image_load")) {
        auto rows = TRY(hosts.query("SELECT min(evidence), min(\"offset\"), computer, image, loaded FROM "
                                    "windows_image_load WHERE image IS NOT NULL AND event_id = 7 "
                                    "GROUP BY computer, image, loaded ORDER BY computer, image, loaded"));
        while (rows.next()) {
            auto const trace = rows.trace(0);
            auto& host = hosts.named(rows.text(2));
            auto const program = normalised_path(rows.text(3));
            auto const library = normalised_path(rows.text(4));
            if (folder_of(program) != folder_of(library))
                continue;
            note(folders, host, program, trace);
            note(folders, host, library, trace);
        }
        TRY(rows.status());
    }
    return folders;
}

// A file beside the pair that is neither program nor library may be what the library decrypts.
std::string beside(Files const& files)
{
    for (auto const& [name, trace] : files.others)
        if (extension_of(name) != "ini" && extension_of(name) != "log")
            return name;
    return {};
}

void tell(Host& host, std::string const& folder, Files const& files, std::string const& program,
    std::string const& library, std::string_view feature)
{
    auto const path = format("{}\\{}", folder, program);
    auto& known = host.program(path, files.programs.at(program));
    known.sources.emplace("files");
    add_term(known, feature, format("{} beside {}", library, program), files.libraries.at(library));
    if (auto const third = beside(files); !third.empty() && files.programs.size() + files.libraries.size() <= 6)
        add_term(known, "content.triad", format("{}, {} and {}", program, library, third), files.others.at(third));
}

// Program, library and at most two more files: what a loader needs, and hardly a whole program.
bool is_lone_pair(Files const& files)
{
    return files.is_whole && files.programs.size() == 1 && files.libraries.size() <= 2 && files.others.size() <= 2;
}

constexpr std::size_t company = 4; // with more programs and libraries beside it, a pair belongs to a whole program

// Programs and libraries of that folder and below it.
std::size_t size_of_tree(Folders const& folders, Folders::const_iterator top)
{
    auto const& [host, folder] = top->first;
    auto const below = folder + "\\";
    auto size = top->second.programs.size() + top->second.libraries.size();
    for (auto at = folders.lower_bound({ host, below });
         at != folders.end() && at->first.first == host && at->first.second.starts_with(below); ++at)
        size += at->second.programs.size() + at->second.libraries.size();
    return size;
}

std::string_view feature_of_known_pair(Folders const& folders, Folders::const_iterator place)
{
    if (is_in_program_folder(place->first.second + "\\"))
        return "content.installed_pair";
    return size_of_tree(folders, place) > company ? "content.known_pair_among_others" : "content.known_pair";
}

bool has_maker(Host const& host, std::string const& path)
{
    auto const program = host.programs.find(path);
    return program != host.programs.end() && !program->second.maker.empty();
}

// The maker's name of a program that lies here under another one: it still loads what it always loads.
std::string maker_s_name(Host const& host, std::string const& path)
{
    auto const program = host.programs.find(path);
    if (program == host.programs.end() || program->second.original_name == file_name_of(path))
        return {};
    return program->second.original_name;
}

void look_into(Folders const& folders, Folders::const_iterator place, side_loading::Catalogue const* catalogue)
{
    auto& host = *place->first.first;
    auto const& folder = place->first.second;
    auto const& files = place->second;
    for (auto const& [program, trace] : files.programs) {
        bool const is_foreign = !is_home_of_system_program(format("{}\\{}", folder, program));
        auto const renamed_from
            = catalogue == nullptr ? std::string() : maker_s_name(host, format("{}\\{}", folder, program));
        for (auto const& [library, library_trace] : files.libraries) {
            auto const* const known = catalogue == nullptr ? nullptr : catalogue->find(library);
            bool const is_away = known != nullptr && !side_loading::is_home(*known, folder);
            if (is_away && side_loading::loads(*known, program))
                tell(host, folder, files, program, library, feature_of_known_pair(folders, place));
            else if (is_away && !renamed_from.empty() && side_loading::loads(*known, renamed_from))
                tell(host, folder, files, program, library, "content.known_pair"); // no installer renames it
            else if (is_foreign)
                tell(host, folder, files, program, library, "content.system_pair");
            else if (is_lone_pair(files) && !writable_place(folder + "\\").empty()
                && has_maker(host, format("{}\\{}", folder, program)))
                tell(host, folder, files, program, library, "content.lone_pair");
        }
    }
}

// A library in Windows' folders that programs of Windows look for and nobody ships: who puts it there is loaded.
Result<void> gather_phantoms(Hosts& hosts)
{
    auto const* const catalogue = hosts.inputs().side_loading;
    if (catalogue == nullptr || !hosts.has_table("windows.mft.file"))
        return {};
    std::string names;
    for (auto const name : catalogue->phantoms())
        if (name.find_first_of("'\\") == std::string_view::npos)
            append_format(names, "{}'{}'", names.empty() ? "" : ", ", name);
    if (names.empty())
        return {};
    auto rows = TRY(hosts.query(format("SELECT evidence, \"offset\", path FROM windows_mft_file WHERE is_in_use AND "
                                       "extension = 'dll' AND list_last(string_split(lower(path), '\\')) IN ({}) AND "
                                       "starts_with(lower(path), '\\windows\\') ORDER BY "
                                       "evidence, \"offset\"",
        names)));
    while (rows.next()) {
        auto const trace = rows.trace(0);
        auto& known = hosts.of_evidence(trace.evidence).program(rows.text(2), trace);
        known.sources.emplace("files");
        auto const* const library = catalogue->find(file_name_of(normalised_path(rows.text(2))));
        auto const program
            = library == nullptr || library->programs.empty() ? std::string() : library->programs.front();
        add_term(known, "content.phantom_library", program, trace);
    }
    return rows.status();
}

}

Result<void> gather_side_loads(Hosts& hosts)
{
    TRY(gather_phantoms(hosts));
    auto const folders = TRY(read_folders(hosts));
    for (auto place = folders.begin(); place != folders.end(); ++place)
        if (!place->second.programs.empty() && !place->second.libraries.empty())
            look_into(folders, place, hosts.inputs().side_loading);
    return {};
}

}
