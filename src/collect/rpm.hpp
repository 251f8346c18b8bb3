// The database of rpm (rpmdb.sqlite): packages, their files and digests. Its header blobs are read here.
// Not the older Berkeley DB and NDB databases: of those only a note is left.
#pragma once
#include "collect/packages.hpp"

namespace konseki::collect {

struct RpmFile {
    std::string path, digest; // lower-case hex; empty: no regular file
    std::uint32_t flags = 0;
};

struct RpmPackage {
    std::string name, version, architecture, vendor; // version: "epoch:version-release", the epoch where there is one
    Timestamp installed_at;
    std::uint32_t digest_algorithm = 1; // 1 MD5, 8 SHA-256 [RFC 4880 9.4]
    std::vector<RpmFile> files;
};

// A header as the database keeps it: index of tags, then their store. Nothing where it is damaged.
std::optional<RpmPackage> parse_rpm_header(ByteView blob);

Result<void> collect_rpm(Session& session, PackageIndex& index, StateFile& state);

}
