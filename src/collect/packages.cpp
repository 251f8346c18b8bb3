#include "collect/packages.hpp"
#include "collect/rpm.hpp"
#include <algorithm>

namespace konseki::collect {

static constexpr std::size_t memory_block_bytes = 1U << 20;

std::uint32_t PackageIndex::add_package(std::string name)
{
    m_names.push_back(std::move(name));
    return static_cast<std::uint32_t>(m_names.size() - 1);
}

std::string_view PackageIndex::kept(std::string_view text)
{
    if (m_memory.empty() || m_memory.back()->capacity() - m_memory.back()->size() < text.size()) {
        m_memory.push_back(std::make_unique<std::string>());
        m_memory.back()->reserve(std::max(memory_block_bytes, text.size()));
    }
    auto& block = *m_memory.back(); // never grows beyond what was reserved: views into it stay
    auto const begin = block.size();
    block += text;
    return std::string_view(block).substr(begin);
}

void PackageIndex::add_file(Source const& source, std::string_view path, OwnedFile file)
{
    while (path.size() > 1 && path.ends_with('/'))
        path.remove_suffix(1);
    if (!path.starts_with('/') || path == "/" || path == "/.")
        return;
    file.path = kept(source.canonical(path));
    m_files.push_back(file);
}

void PackageIndex::divert(
    Source const& source, std::string_view from, std::string_view to, std::optional<std::uint32_t> by)
{
    m_diversions.push_back({ source.canonical(from), source.canonical(to), by });
}

void PackageIndex::seal()
{
    // Of a diverted path the diverting package's own file lies at it; all others' lie at the other place.
    std::sort(m_diversions.begin(), m_diversions.end(),
        [](Diversion const& a, Diversion const& b) { return std::tie(a.from, a.to) < std::tie(b.from, b.to); });
    for (auto& file : m_files) {
        auto const diversion = std::lower_bound(m_diversions.begin(), m_diversions.end(), file.path,
            [](Diversion const& entry, std::string_view path) { return entry.from < path; });
        if (diversion == m_diversions.end() || diversion->from != file.path || diversion->by == file.package)
            continue;
        file.path = kept(diversion->to);
        file.is_diverted = true;
    }
    for (auto const& diversion : m_diversions)
        m_local.emplace(diversion.from, diversion.to);
    // A file with a digest stands before the same path without, so that the first found is the one to compare with.
    std::sort(m_files.begin(), m_files.end(), [](OwnedFile const& a, OwnedFile const& b) {
        return std::tuple(a.path, b.kind, a.package) < std::tuple(b.path, a.kind, b.package);
    });
}

OwnedFile const* PackageIndex::find(std::string_view path) const
{
    auto const found = std::lower_bound(m_files.begin(), m_files.end(), path,
        [](OwnedFile const& file, std::string_view wanted) { return file.path < wanted; });
    return found == m_files.end() || found->path != path ? nullptr : &*found;
}

Result<PackageIndex> collect_packages(Session& session)
{
    PackageIndex index;
    StateFile state(session, linux_package_schema.erased);
    TRY(collect_dpkg(session, index, state));
    TRY(collect_rpm(session, index, state));
    index.seal();
    session.summary.packages = state.count();
    TRY(state.finish("packages"));
    if (index.is_empty())
        session.notes.add("missing_tool", "/var/lib/dpkg/status",
            "no package database that can be read: files cannot be compared with packages");
    return index;
}

}
