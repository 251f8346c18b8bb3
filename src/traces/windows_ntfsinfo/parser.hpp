// File records that a collector listed on the running machine: times, hashes and signature of each file.
// Not the MFT: that is windows_mft; this says what NTFSInfo of DFIR-ORC saw, signatures included.
#pragma once
#include "record/artefact_parser.hpp"
#include "record/schema.hpp"

namespace konseki::windows_ntfsinfo {

struct RecordRow {
    Symbol computer, volume_id;
    std::string_view path, name;
    std::optional<std::uint64_t> file_size_bytes;
    std::string_view attributes;
    Timestamp created_at, modified_at, accessed_at, record_changed_at;
    Timestamp name_created_at, name_modified_at, name_accessed_at, name_record_changed_at;
    std::optional<std::uint64_t> record, parent_record, usn;
    std::optional<bool> is_in_use;
    std::string_view md5, sha1, sha256, pe_md5, pe_sha1, pe_sha256, ssdeep;
    Symbol signature_status, signer, authority;
    std::string_view signer_thumbprint, signed_hash;
    Symbol owner, owner_sid, company, product, file_version, original_name, platform;
    Timestamp compiled_at;
};

inline constexpr auto record_schema = schema("windows.file_record",
    "A file as the collector listed it on the running machine, with hashes and signature (NTFSInfo)",
    field("computer", &RecordRow::computer, "Machine, as the collector names it"),
    field("volume_id", &RecordRow::volume_id, "Serial number of the volume"),
    field("path", &RecordRow::path, "Full name on the volume, without drive letter"),
    field("name", &RecordRow::name, "File name"),
    field("file_size_bytes", &RecordRow::file_size_bytes, "Size of the content"),
    field("attributes", &RecordRow::attributes, "File attributes as letters"),
    field("created_at", &RecordRow::created_at, "$STANDARD_INFORMATION: file created; programs can set it"),
    field("modified_at", &RecordRow::modified_at, "$STANDARD_INFORMATION: content changed; programs can set it"),
    field("accessed_at", &RecordRow::accessed_at, "$STANDARD_INFORMATION: last access"),
    field("record_changed_at", &RecordRow::record_changed_at, "$STANDARD_INFORMATION: record changed"),
    field("name_created_at", &RecordRow::name_created_at, "$FILE_NAME: file created under this name"),
    field("name_modified_at", &RecordRow::name_modified_at, "$FILE_NAME: content changed, as of that moment"),
    field("name_accessed_at", &RecordRow::name_accessed_at, "$FILE_NAME: last access, as of that moment"),
    field(
        "name_record_changed_at", &RecordRow::name_record_changed_at, "$FILE_NAME: record changed, as of that moment"),
    field("record", &RecordRow::record, "File reference number, sequence number in the upper 16 bits"),
    field("parent_record", &RecordRow::parent_record, "File reference number of the folder"),
    field("usn", &RecordRow::usn, "Last change journal entry of the file"),
    field("is_in_use", &RecordRow::is_in_use, "The record is in use; false: deleted"),
    field("md5", &RecordRow::md5, "MD5 of the content, hexadecimal"),
    field("sha1", &RecordRow::sha1, "SHA-1 of the content, hexadecimal"),
    field("sha256", &RecordRow::sha256, "SHA-256 of the content, hexadecimal"),
    field("pe_md5", &RecordRow::pe_md5, "Authenticode MD5 of a program"),
    field("pe_sha1", &RecordRow::pe_sha1, "Authenticode SHA-1 of a program"),
    field("pe_sha256", &RecordRow::pe_sha256, "Authenticode SHA-256 of a program"),
    field("ssdeep", &RecordRow::ssdeep, "ssdeep of the content"),
    field("signature_status", &RecordRow::signature_status,
        "SignedVerified, SignedNotVerified, NotSigned: as that machine judged it"),
    field("signer", &RecordRow::signer, "Who signed it"),
    field("authority", &RecordRow::authority, "Who vouches for the signer"),
    field("signer_thumbprint", &RecordRow::signer_thumbprint, "SHA-1 of the signer's certificate"),
    field("signed_hash", &RecordRow::signed_hash, "Hash inside the signature"),
    field("owner", &RecordRow::owner, "Owner"), field("owner_sid", &RecordRow::owner_sid, "SID of the owner"),
    field("company", &RecordRow::company, "CompanyName of the version resource"),
    field("product", &RecordRow::product, "ProductName of the version resource"),
    field("file_version", &RecordRow::file_version, "Version of the version resource"),
    field("original_name", &RecordRow::original_name, "OriginalFileName of the version resource"),
    field("platform", &RecordRow::platform, "Processor a program is for"),
    field("compiled_at", &RecordRow::compiled_at, "Time stamp of the program's header, UTC; writers can set it"));

extern ArtefactParser const parser;

}
