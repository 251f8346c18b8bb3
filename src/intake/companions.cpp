#include "intake/companions.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "intake/image/segments.hpp"
#include <algorithm>

namespace konseki::intake {

namespace {

namespace fs = std::filesystem;

std::string_view folder_of(std::string_view path)
{
    auto const slash = path.find_last_of("/\\");
    return slash == std::string_view::npos ? std::string_view {} : path.substr(0, slash + 1);
}

// Where a member lay: collections that store files under invented names say it in machine_path.
std::string_view place_of(Evidence const& evidence)
{
    return evidence.machine_path.empty() ? evidence.original_path : evidence.machine_path;
}

CompanionFile companion_of(Evidence const& evidence)
{
    return { std::string(file_name_of(place_of(evidence))), evidence.path, evidence.size_bytes, evidence.modified_ns,
        evidence.sha256 };
}

}

std::string fingerprint_of(std::vector<CompanionFile> const& companions)
{
    std::string text;
    for (auto const& companion : companions) {
        append_format(text, "{}{}:{}:", text.empty() ? "" : " ", companion.name, companion.size_bytes);
        if (companion.sha256 == Sha256 {})
            append_format(text, "{}", companion.modified_ns);
        else
            text += to_string(companion.sha256).substr(0, 16);
    }
    return text;
}

std::vector<CompanionFile> Companions::beside_file(
    std::vector<std::string> const& names, std::string const& path, std::set<std::string> const& walked) const
{
    std::vector<std::string> found;
    std::error_code problem;
    for (fs::directory_iterator entry { fs::path(path).parent_path(), problem }, end; !problem && entry != end;
         entry.increment(problem)) {
        auto const name = entry->path().filename().string();
        if (std::ranges::any_of(names, [&](auto const& wanted) { return equals_ignoring_case(wanted, name); }))
            found.push_back(entry->path().string());
    }
    std::ranges::sort(found);
    std::vector<CompanionFile> companions;
    for (auto const& wanted : names) {
        auto const match = std::ranges::find_if(
            found, [&](auto const& other) { return equals_ignoring_case(file_name_of(other), wanted); });
        if (match == found.end() || (!walked.contains(*match) && m_registry.number_at(*match) == 0))
            continue;
        auto const facts = os::facts_of(fs::path(*match));
        if (facts.ok() && facts.value().size_bytes > 0)
            companions.push_back(
                { std::string(file_name_of(*match)), *match, facts.value().size_bytes, facts.value().modified_ns, {} });
    }
    return companions;
}

void Companions::index_members(EvidenceNumber parent)
{
    if (m_indexed_parent == parent && m_indexed_size == m_registry.size())
        return;
    m_members.clear();
    m_indexed_parent = parent;
    m_indexed_size = m_registry.size();
    for (auto const number : m_registry.children_of(parent)) {
        auto const& member = m_registry.all()[number - 1];
        m_members.emplace(ascii_lower(place_of(member)), number); // the first of two with one name
    }
}

void Companions::index_segments(EvidenceNumber parent)
{
    if (m_segments_parent == parent && m_segments_size == m_registry.size())
        return;
    m_segment_paths.clear();
    m_segments.clear();
    m_segments_parent = parent;
    m_segments_size = m_registry.size();
    for (auto const number : m_registry.children_of(parent)) {
        auto const& path = m_registry.all()[number - 1].original_path;
        if (may_be_segment(path) && m_segments.emplace(path, number).second)
            m_segment_paths.insert(path);
    }
}

std::vector<CompanionFile> Companions::segments_of_member(EvidenceNumber parent, std::string const& path)
{
    if (!may_be_segment(path))
        return {};
    index_segments(parent);
    std::vector<CompanionFile> files;
    for (auto const& segment : segments_of(path, m_segment_paths))
        files.push_back(companion_of(m_registry.all()[m_segments.at(segment) - 1]));
    return files;
}

bool Companions::is_later_segment_of_member(EvidenceNumber parent, std::string const& path)
{
    if (!may_be_segment(path))
        return false;
    index_segments(parent);
    return is_later_segment(path, m_segment_paths);
}

std::vector<CompanionFile> Companions::beside_member(std::vector<std::string> const& names, Evidence const& evidence)
{
    index_members(evidence.parent);
    auto const folder = ascii_lower(folder_of(place_of(evidence)));
    std::vector<CompanionFile> companions;
    for (auto const& wanted : names) {
        auto const match = m_members.find(folder + ascii_lower(wanted));
        if (match == m_members.end())
            continue;
        auto const& member = m_registry.all()[match->second - 1];
        if (member.size_bytes > 0)
            companions.push_back(companion_of(member));
    }
    return companions;
}

std::vector<CompanionFile> Companions::of(Evidence const& evidence, ArtefactParser const& parser,
    std::string const& source, std::set<std::string> const& walked)
{
    if (parser.companion_names == nullptr)
        return {};
    auto names = parser.companion_names(place_of(evidence));
    names.resize(std::min(names.size(), companions_max));
    if (evidence.parent != 0)
        return beside_member(names, evidence);
    if (!source.empty() || !evidence.is_in_vault)
        return beside_file(names, source.empty() ? evidence.path : source, walked);
    std::vector<CompanionFile> companions; // a copy in the vault: its companions are copies too
    auto const folder = std::string(folder_of(evidence.original_path));
    for (auto const& wanted : names) {
        auto const number = m_registry.copy_named(folder, wanted);
        if (number != 0)
            companions.push_back(companion_of(m_registry.all()[number - 1]));
    }
    return companions;
}

std::vector<CompanionFile> Companions::of(Evidence const& evidence, ArtefactParser const& parser)
{
    return of(evidence, parser, {}, {});
}

Result<os::Descriptor> open_companion(CompanionFile const& companion)
{
    auto file = TRY(os::open_for_reading(companion.path));
    auto const facts = TRY(os::facts_of(file));
    if (facts.size_bytes != companion.size_bytes || facts.modified_ns != companion.modified_ns)
        return Error { ErrorCode::bad_value, "companion.changed", 0, companion.size_bytes, facts.size_bytes,
            companion.path };
    return file;
}

}
