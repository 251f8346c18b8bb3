// Portable executables: headers, sections, imports, exports, version information, rich header, embedded signature.
// Not a disassembler, and not a verdict about trust: it says who signed and whether the file is what was signed.
// Source: [PE] Microsoft PE and COFF specification; [Authenticode] Windows Authenticode Portable Executable Signature
// Format, 2008; the import hash after Mandiant's description of 2014; the rich header after libyal's notes.
#pragma once
#include "base/byte_view.hpp"
#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "formats/pkcs7/pkcs7.hpp"
#include "record/artefact_parser.hpp"
#include "record/diagnostic.hpp"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace konseki::pe {

Sniff sniff(ByteView head); // sure only where the head reaches the PE signature

struct Section {
    std::string name;
    std::uint32_t address = 0, size_in_memory = 0, file_offset = 0, file_bytes = 0, characteristics = 0;
    double entropy = 0; // bits per byte of what is in the file, 0 to 8
};

struct Function {
    std::string name; // "" where it is imported by ordinal
    std::uint16_t ordinal = 0;
};

struct Import {
    std::string library; // as written
    std::vector<Function> functions;
    bool is_delayed = false;
    Timestamp stamped_at {}; // in its descriptor, by the linker or when it was bound; mostly absent
};

struct Export {
    std::string name; // "" for ordinal only
    std::uint32_t ordinal = 0;
    std::string forwarded_to; // "NTDLL.RtlAllocateHeap"
};

// The embedded PKCS #7 signature.
struct Signature : pkcs7::Signature {
    std::string digest_algorithm; // of the file's digest: "sha256"
    bool is_digest_good = false; // the file is the one that was signed
};

struct Image {
    std::uint16_t machine = 0; // 0x14c x86, 0x8664 x64, 0xaa64 arm64
    std::uint16_t characteristics = 0, subsystem = 0, library_flags = 0;
    bool is_64_bit = false, is_library = false, is_dotnet = false;
    Timestamp linked_at; // what the linker wrote; reproducible builds put a hash there
    std::uint32_t entry_point = 0, checksum = 0, computed_checksum = 0;
    std::vector<Section> sections;
    std::vector<Import> imports;
    std::vector<Export> exports;
    std::string export_name; // the library's own name in its export directory
    std::string import_hash; // MD5 in hexadecimal; empty: no imports
    std::string rich_hash; // MD5 of the decoded rich header; empty: none
    std::string debug_path; // of the symbols (PDB)
    std::vector<std::pair<std::string, std::string>> version; // "CompanyName" … in the order of the first language
    std::optional<Signature> signature;
    std::string authenticode_sha1, authenticode_sha256; // what signatures and catalogues name it by; hexadecimal
    std::uint64_t overlay_offset = 0, overlay_bytes = 0; // behind sections and signature
    std::uint64_t size_bytes = 0;

    std::string_view version_text(std::string_view name) const; // "OriginalFilename"; empty: not there
};

// Everything behind the headers is optional: what is damaged is reported and left out.
Result<Image> read(ByteView bytes, DiagnosticSink& diagnostics);

// Of bytes as they lie in a file: bits per byte.
double entropy_of(ByteView bytes);

}
