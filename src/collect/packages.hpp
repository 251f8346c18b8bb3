// What the package manager says is on the host: packages, the files they own, the digests they keep.
// Not verification: files.cpp compares. The grammars are formats/dpkg_status and formats/rpm (rpm.hpp).
#pragma once
#include "collect/digest.hpp"
#include "collect/session.hpp"

namespace konseki::collect {

enum class DigestKind : std::uint8_t { none, md5, sha256 };

struct OwnedFile {
    std::string_view path; // in the index's own memory
    std::uint32_t package = 0; // index
    DigestKind kind = DigestKind::none;
    bool is_configuration = false;
    bool is_diverted = false; // lies here because a diversion moved it
    bool may_be_absent = false; // rpm: ghost and missingok; dpkg: configuration that may be removed
    std::array<std::byte, 32> digest {}; // its first 16 bytes for MD5
};

class PackageIndex {
public:
    std::uint32_t add_package(std::string name);
    // Paths as the package writes them; `source` gives them the one name that a walk meets them under.
    void add_file(Source const& source, std::string_view path, OwnedFile file);
    void divert(Source const& source, std::string_view from, std::string_view to, std::optional<std::uint32_t> by);
    void seal(); // sorts; before the first find

    bool is_empty() const { return m_files.empty(); }
    OwnedFile const* find(std::string_view path) const;
    std::vector<OwnedFile> const& files() const { return m_files; } // by path
    std::string const& package_name(std::uint32_t package) const { return m_names.at(package); }
    bool is_locally_diverted(std::string_view path) const { return m_local.find(path) != m_local.end(); }

private:
    struct Diversion {
        std::string from, to;
        std::optional<std::uint32_t> by;
    };
    std::string_view kept(std::string_view text);

    std::vector<OwnedFile> m_files;
    std::vector<std::string> m_names;
    std::vector<Diversion> m_diversions;
    std::map<std::string, std::string, std::less<>> m_local; // diverted by hand or by its own package: from -> to
    std::vector<std::unique_ptr<std::string>> m_memory; // blocks that paths lie in
};

Result<PackageIndex> collect_packages(Session& session); // and writes state/packages.jsonl

Result<void> collect_dpkg(Session& session, PackageIndex& index, StateFile& state);

}
