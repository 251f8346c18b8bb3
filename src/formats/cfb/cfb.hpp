// Compound files (OLE2): the directory and the content of streams. Jump lists, old Office documents, MSI.
// Not what streams mean, and not the tree of storages: entries come as the flat directory.
// Source: [MS-CFB].
#pragma once
#include "base/byte_view.hpp"
#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "record/artefact_parser.hpp"
#include "record/diagnostic.hpp"
#include <cstdint>
#include <string>
#include <vector>

namespace konseki::cfb {

Sniff sniff(ByteView head);

enum class EntryType : std::uint8_t { unused = 0, storage = 1, stream = 2, root = 5 };

struct Entry {
    std::string name;
    EntryType type = EntryType::unused;
    Timestamp created_at, modified_at; // of storages; streams have none
    std::uint32_t first_sector = 0;
    std::uint64_t size_bytes = 0;
};

struct Stream {
    std::vector<std::byte> bytes;
    std::vector<std::uint64_t> sector_offsets; // in the file
    std::uint32_t sector_bytes = 512;
    std::uint64_t offset_of(std::uint64_t position) const; // where in the file a byte of the stream lies
};

class File {
public:
    static Result<File> open(ByteView bytes, DiagnosticSink& diagnostics);
    std::vector<Entry> const& entries() const { return m_entries; }
    Entry const* find(std::string_view name) const;
    // As much of it as the chain gives; what is missing is reported.
    Stream read(Entry const& entry, DiagnosticSink& diagnostics) const;

private:
    Stream follow(std::uint32_t sector, std::uint64_t size_bytes, DiagnosticSink& diagnostics) const;
    Stream follow_small(std::uint32_t sector, std::uint64_t size_bytes, DiagnosticSink& diagnostics) const;
    void read_table(ByteView header, DiagnosticSink& diagnostics);
    void read_directory(std::uint32_t first_sector, DiagnosticSink& diagnostics);

    ByteView m_bytes;
    std::uint32_t m_sector_bytes = 512, m_small_sector_bytes = 64, m_small_limit = 4'096;
    std::vector<std::uint32_t> m_table, m_small_table;
    std::vector<Entry> m_entries;
    Stream m_small_content;
};

}
