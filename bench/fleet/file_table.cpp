#include "file_table.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "bytes/sha256.hpp"
#include "traces/windows_mft/parser.hpp"
#include "traces/windows_usn/parser.hpp"
#include <algorithm>
#include <array>

namespace konseki::fleet {

namespace {

constexpr std::int64_t second = ticks_per_second, day = 86'400 * second;

// Inventories write lower case, prefetch files upper case: one file, and the table has its real name.
std::string as_the_table_has_it(std::string const& path)
{
    static constexpr std::array<std::string_view, 4> folders { "C:\\Windows\\System32\\", "C:\\Windows\\SysWOW64\\",
        "C:\\Windows\\", "C:\\Program Files\\" };
    auto const lower = ascii_lower(path);
    if (path != lower && path != upper(path))
        return path;
    for (auto const folder : folders)
        if (lower.starts_with(ascii_lower(folder)))
            return format("{}{}", folder, std::string_view(lower).substr(folder.size()));
    return lower.starts_with("c:") ? "C" + lower.substr(1) : lower;
}

}

std::string extension_of(std::string_view path)
{
    auto const name = file_name_of(path);
    auto const dot = name.rfind('.');
    return dot == std::string_view::npos ? std::string() : ascii_lower(name.substr(dot + 1));
}

std::string upper(std::string_view text)
{
    std::string result(text);
    for (auto& c : result)
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
    return result;
}

std::string hash_of(std::string_view path, std::string_view version)
{
    auto const digest = to_string(sha256(as_bytes(format("{}|{}", ascii_lower(file_name_of(path)), version))));
    return digest.substr(0, 40);
}

std::uint64_t size_of(std::string_view path, std::string_view version)
{
    return 40'000 + parse_uint("0x" + hash_of(path, version).substr(0, 5)).value_or(0) * 4;
}

std::string without_drive(std::string_view path)
{
    return path.size() > 2 && path[1] == ':' ? std::string(path.substr(2)) : std::string(path);
}

FileTable::FileTable(HostPlan const& plan)
    : m_plan(plan)
    , m_random(plan.random.stream("file table"))
{
}

// Of real programs 42 % look created before their name was, 25 % without parts of a second besides [fsa 0]: copies keep
// times. What is set back on purpose looks the same, but more so.
void FileTable::add(std::string const& path, Timestamp at, std::string const& implant, bool is_set_back)
{
    auto const key = ascii_lower(path);
    auto& file = m_files[key];
    file = { path, { at.ticks + 1 + static_cast<std::int64_t>(m_random.below(second - 1)) }, {}, implant, false };
    file.written_at = file.named_at;
    bool const is_copy = m_random.chance(0.42);
    if (is_set_back || is_copy) {
        file.written_at.ticks -= static_cast<std::int64_t>(m_random.between(20, 1'200)) * day
            + static_cast<std::int64_t>(m_random.below(day));
        if (is_set_back || m_random.chance(0.6))
            file.written_at.ticks -= file.written_at.ticks % second;
    }
    if (m_plan.collected_at.ticks - at.ticks < 30 * day)
        m_journal.push_back(key);
}

// Windows comes within half an hour, and every month some of it anew.
void FileTable::know(std::string const& path)
{
    auto const [place, is_new] = m_files.try_emplace(ascii_lower(path));
    if (!is_new)
        return;
    constexpr std::int64_t month = 28 * day, half_an_hour = 1'800 * second;
    auto const months = (m_plan.collected_at.ticks - m_plan.installed_at.ticks) / month;
    auto& file = place->second;
    file.path = as_the_table_has_it(path);
    file.named_at = m_plan.installed_at;
    if (m_random.chance(0.4))
        file.named_at.ticks += month * static_cast<std::int64_t>(m_random.below(static_cast<std::size_t>(months) + 1));
    file.named_at.ticks += static_cast<std::int64_t>(m_random.below(half_an_hour));
    file.written_at = file.named_at;
    if (m_random.chance(0.42))
        file.written_at.ticks -= static_cast<std::int64_t>(m_random.below(600 * day));
}

void FileTable::forget(std::string const& path)
{
    m_files[ascii_lower(path)].is_gone = true;
}

Timestamp FileTable::written_at(std::string const& path) const
{
    auto const place = m_files.find(ascii_lower(path));
    return place == m_files.end() ? m_plan.installed_at : place->second.written_at;
}

// Records are taken in the order in which files come.
void FileTable::write(FleetCase& target) const
{
    if (!m_plan.collected.file_table)
        return;
    std::vector<KnownFile const*> files;
    for (auto const& [key, file] : m_files)
        if (file.path.size() > 2 && (file.path[0] == 'C' || file.path[0] == 'c') && file.path[1] == ':')
            files.push_back(&file);
    std::stable_sort(files.begin(), files.end(),
        [](KnownFile const* left, KnownFile const* right) { return left->named_at < right->named_at; });
    auto const table = target.evidence_at("C:\\$MFT", "windows_mft");
    auto random = m_plan.random.stream("records");
    std::uint64_t record = 40'000;
    std::map<KnownFile const*, std::pair<std::uint64_t, std::uint16_t>> records;
    for (auto const* file : files) {
        auto const local = without_drive(file->path);
        auto const extension = extension_of(file->path);
        windows_mft::FileRow row;
        row.path = local;
        row.extension = Symbol(std::string_view(extension));
        row.file_record = record += random.between(1, 40);
        row.file_sequence = static_cast<std::uint16_t>(random.between(1, 9));
        row.is_in_use = !file->is_gone;
        row.created_at = file->written_at;
        row.modified_at = file->written_at;
        row.name_created_at = file->named_at;
        row.record_changed_at = file->named_at;
        row.name_modified_at = file->named_at;
        row.content_bytes = size_of(file->path, "");
        row.name_space = Symbol("win32");
        row.hard_links = 1;
        records[file] = { row.file_record, row.file_sequence };
        target.set_implant(file->implant);
        target.add(table, windows_mft::file_schema, row);
    }
    target.set_implant({});
    if (!m_plan.collected.journal)
        return;
    auto const journal = target.evidence_at("C:\\$Extend\\$J", "windows_usn");
    for (auto const& key : m_journal) {
        auto const& file = m_files.at(key);
        windows_usn::RecordRow row;
        row.written_at = file.named_at;
        row.name = file_name_of(file.path);
        row.reason = Symbol("FILE_CREATE|CLOSE");
        row.file_record = records[&file].first;
        row.file_sequence = records[&file].second;
        target.set_implant(file.implant);
        target.add(journal, windows_usn::record_schema, row);
    }
    target.set_implant({});
}

}
