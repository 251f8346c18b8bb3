// The packages that rpm keeps: the header of each, as its database (rpmdb.sqlite) holds it.
// Not Berkeley DB and NDB databases, not .rpm files (lead and signature), and no verification.
// Source: rpm docs/manual/format_header.md, tags.md; rpm lib/rpmfiles.h (flags).
#pragma once
#include "base/byte_view.hpp"
#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "formats/sqlite/sqlite.hpp"
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace konseki::rpm {

inline constexpr std::uint32_t flag_configuration = 1, flag_missing_ok = 8, flag_ghost = 64;

// Texts are UTF-8: what is none was repaired.
struct Package {
    std::string name, architecture;
    std::string version; // "epoch:version-release"; an epoch of 0 is left out: it means the same as none
    std::string maintainer; // the vendor; the packager where there is no vendor
    Timestamp installed_at; // when this version was installed, UTC
    std::uint32_t digest_algorithm = 1; // 1 MD5, 8 SHA-256 [RFC 4880 9.4]
};

// Views the header's bytes.
struct File {
    std::string path; // any bytes
    std::string_view digest; // hexadecimal; empty: no regular file
    std::uint32_t flags = 0;
};

class Header {
public:
    // Views the bytes. A header that breaks off is read as far as it goes; fails where it does not name its package.
    static Result<Header> open(ByteView bytes);

    Package const& package() const { return m_package; }
    bool is_complete() const { return m_bytes_missing == 0; }
    std::uint64_t bytes_missing() const { return m_bytes_missing; }
    // Files of which folder and name are there.
    void for_each_file(std::function<void(File const&)> const& visit) const;

private:
    struct Entry {
        std::uint32_t type = 0, offset = 0, count = 0;
    };
    std::vector<std::string_view> texts(std::uint32_t tag) const;
    std::vector<std::uint32_t> numbers(std::uint32_t tag) const;
    std::string text(std::uint32_t tag) const;
    std::uint32_t number(std::uint32_t tag, std::uint32_t otherwise) const;

    std::map<std::uint32_t, Entry> m_entries;
    ByteView m_store;
    std::uint64_t m_bytes_missing = 0;
    Package m_package;
};

// Every header of the table Packages. What is no header, what breaks off and a table that is not there are reported.
void read_database(sqlite::Database const& database, DiagnosticSink& diagnostics,
    std::function<void(Header const&, TraceOrigin const&)> const& visit);

}
