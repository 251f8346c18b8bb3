// Program files of a collection as rows: what they say of themselves, how they are built, who signed them.
// Not a judgement: analysers/host_state joins them with what starts and what ran.
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::windows_pe {

extern ArtefactParser const parser;

struct FileRow {
    std::string_view path;
    Symbol machine;
    bool is_library = false, is_driver = false, is_dotnet = false;
    Timestamp linked_at;
    Symbol company, product;
    std::string_view description, original_name, internal_name;
    Symbol file_version;
    Symbol signature;
    Symbol signer, issuer;
    Timestamp valid_from, valid_until, countersigned_at;
    Symbol import_hash, rich_hash;
    std::string_view imports, export_name, exports, sections, debug_path;
    double entropy = 0;
    std::uint64_t overlay_bytes = 0;
    std::optional<bool> is_checksum_good;
    std::string_view authenticode_sha1, authenticode_sha256;
    Timestamp imports_at;
};
inline constexpr auto file_schema = schema("windows.pe.file", "A program file (portable executable) of the evidence",
    field("path", &FileRow::path, "The file, as the evidence has it"),
    field("machine", &FileRow::machine, "x86, x64, arm64, or the number"),
    field("is_library", &FileRow::is_library, "Built as a library (DLL)"),
    field("is_driver", &FileRow::is_driver, "Built for the kernel (native subsystem)"),
    field("is_dotnet", &FileRow::is_dotnet, "Holds .NET code"),
    field("linked_at", &FileRow::linked_at,
        "Time stamp of its header as the linker wrote it; reproducible builds put a hash there"),
    field("company", &FileRow::company, "CompanyName of its version information; not a signature"),
    field("product", &FileRow::product, "ProductName of its version information"),
    field("description", &FileRow::description, "FileDescription of its version information"),
    field("original_name", &FileRow::original_name, "OriginalFilename: differs when a tool was renamed"),
    field("internal_name", &FileRow::internal_name, "InternalName of its version information"),
    field("file_version", &FileRow::file_version, "FileVersion of its version information"),
    field("signature", &FileRow::signature,
        "none: nothing embedded (Windows' own files are signed by catalogue: see host_file_signature); good: file and "
        "chain fit; changed: the file is not the one that was signed; bad: the block or its chain does not hold; "
        "self_signed; unreadable"),
    field("signer", &FileRow::signer, "Common name of the signer's certificate"),
    field("issuer", &FileRow::issuer, "Who issued that certificate"),
    field("valid_from", &FileRow::valid_from, "Validity of that certificate: begin"),
    field("valid_until", &FileRow::valid_until, "Validity of that certificate: end"),
    field("countersigned_at", &FileRow::countersigned_at, "When a time stamping authority saw the signature"),
    field("import_hash", &FileRow::import_hash, "MD5 over the imported functions, as tools call imphash"),
    field("rich_hash", &FileRow::rich_hash, "MD5 over the decoded rich header"),
    field("imports", &FileRow::imports, "Imported libraries, '; ' between"),
    field("export_name", &FileRow::export_name, "Name of the library in its export directory"),
    field("exports", &FileRow::exports, "First 50 exported functions, '; ' between, then how many more"),
    field("sections", &FileRow::sections, "Sections with their entropy in bits per byte, '; ' between"),
    field("debug_path", &FileRow::debug_path, "Path of the symbols on the machine that built it"),
    field("entropy", &FileRow::entropy, "Highest entropy of a section; above 7.2 is packed or encrypted"),
    field("overlay_bytes", &FileRow::overlay_bytes, "Bytes behind sections and signature"),
    field(
        "is_checksum_good", &FileRow::is_checksum_good, "Whether the header's checksum fits; absent where it is zero"),
    field("authenticode_sha1", &FileRow::authenticode_sha1, "SHA-1 by which signatures and catalogues name the file"),
    field("authenticode_sha256", &FileRow::authenticode_sha256, "The same as SHA-256"),
    field("imports_at", &FileRow::imports_at,
        "Newest time stamp in its tables of imports, by the linker or when they were bound; mostly absent"));

}
