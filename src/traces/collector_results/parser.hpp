// What Velociraptor wrote beside the files it took: lists of uploads, sparse ranges, results of its artifacts.
// Not the uploaded files, and not results that are Windows events.
#pragma once
#include "record/artefact_parser.hpp"
#include "record/schema.hpp"

namespace konseki::collector_results {

struct ResultRow {
    Symbol kind;
    std::string_view artifact;
    std::uint64_t rows = 0;
    std::string_view columns;
    bool is_read = false;
};
inline constexpr auto result_schema
    = schema("collector.result", "A file of results or control data that a collector wrote",
        field("kind", &ResultRow::kind, "result, uploads, ranges, control"),
        field("artifact", &ResultRow::artifact, "Artifact and source, as the collector names them"),
        field("rows", &ResultRow::rows, "Objects in it"),
        field("columns", &ResultRow::columns, "Fields of the first object"),
        field("is_read", &ResultRow::is_read, "Its rows are in a table of their own"));

struct UploadRow {
    std::string_view path, stored_as;
    std::optional<std::uint64_t> file_size_bytes, uploaded_bytes;
    Symbol type;
    Timestamp uploaded_at;
};
inline constexpr auto upload_schema = schema("collector.upload", "A file that a collector says it uploaded",
    field("path", &UploadRow::path, "Path on the machine, as the collector writes it"),
    field("stored_as", &UploadRow::stored_as, "Path in the collection, not escaped"),
    field("file_size_bytes", &UploadRow::file_size_bytes, "Size on the machine"),
    field("uploaded_bytes", &UploadRow::uploaded_bytes, "How much of it was uploaded"),
    field("type", &UploadRow::type, "idx: the index of a sparse file"),
    field("uploaded_at", &UploadRow::uploaded_at, "When, UTC"));

struct RangeRow {
    std::uint64_t original_offset = 0, length = 0, stored_length = 0;
    bool is_hole = false;
};
inline constexpr auto range_schema
    = schema("collector.range", "A range of a sparse file that a collector stored without its holes",
        field("original_offset", &RangeRow::original_offset, "Where the range lies in the file on the machine"),
        field("length", &RangeRow::length, "Its length there, in bytes"),
        field("stored_length", &RangeRow::stored_length, "How many bytes of it are in the collection"),
        field("is_hole", &RangeRow::is_hole, "No bytes stand there, on the machine neither"));

struct ProcessRow {
    std::optional<std::uint64_t> process_id, parent_id;
    std::string_view name, path, command_line;
    Symbol user;
    Timestamp started_at;
    std::optional<bool> is_elevated;
    std::string_view md5, sha1, sha256;
    Symbol signature, signer;
};
inline constexpr auto process_schema = schema("collector.process", "A process that ran when the collector looked",
    field("process_id", &ProcessRow::process_id, "Process id"),
    field("parent_id", &ProcessRow::parent_id, "Process id of the parent"), field("name", &ProcessRow::name, "Name"),
    field("path", &ProcessRow::path, "Program"), field("command_line", &ProcessRow::command_line, "Command line"),
    field("user", &ProcessRow::user, "Account"), field("started_at", &ProcessRow::started_at, "When it started, UTC"),
    field("is_elevated", &ProcessRow::is_elevated, "Runs with administrator rights"),
    field("md5", &ProcessRow::md5, "MD5 of the program"), field("sha1", &ProcessRow::sha1, "SHA-1 of the program"),
    field("sha256", &ProcessRow::sha256, "SHA-256 of the program"),
    field("signature", &ProcessRow::signature, "What the machine said of the program's signature"),
    field("signer", &ProcessRow::signer, "Who signed the program"));

struct ConnectionRow {
    std::optional<std::uint64_t> process_id;
    std::string_view process_name, process_path;
    Symbol protocol, family, state;
    std::string_view local_address, remote_address;
    std::optional<std::uint64_t> local_port, remote_port;
    Timestamp opened_at;
};
inline constexpr auto connection_schema
    = schema("collector.connection", "A network connection or listener when the collector looked",
        field("process_id", &ConnectionRow::process_id, "Process that owns it"),
        field("process_name", &ConnectionRow::process_name, "Its name"),
        field("process_path", &ConnectionRow::process_path, "Its program"),
        field("protocol", &ConnectionRow::protocol, "TCP, UDP"), field("family", &ConnectionRow::family, "IPv4, IPv6"),
        field("state", &ConnectionRow::state, "LISTEN, ESTAB …"),
        field("local_address", &ConnectionRow::local_address, "Address on the machine"),
        field("remote_address", &ConnectionRow::remote_address, "Address of the other side"),
        field("local_port", &ConnectionRow::local_port, "Port on the machine"),
        field("remote_port", &ConnectionRow::remote_port, "Port of the other side"),
        field("opened_at", &ConnectionRow::opened_at, "When it was opened, UTC"));

struct ClientRow {
    std::string_view host_name, full_name, os, platform, version, addresses;
};
inline constexpr auto client_schema = schema("collector.client",
    "The machine as the collector that ran on it describes it", field("host_name", &ClientRow::host_name, "Host name"),
    field("full_name", &ClientRow::full_name, "Host name with domain"), field("os", &ClientRow::os, "Operating system"),
    field("platform", &ClientRow::platform, "Product"), field("version", &ClientRow::version, "Version of it"),
    field("addresses", &ClientRow::addresses, "MAC addresses"));

extern ArtefactParser const parser;

}
