#include "formats/rpm/rpm.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "bytes/byte_reader.hpp"
#include <algorithm>

namespace konseki::rpm {

namespace {

// [tags.md]
constexpr std::uint32_t tag_name = 1000, tag_version = 1001, tag_release = 1002, tag_epoch = 1003,
                        tag_install_time = 1008, tag_vendor = 1011, tag_packager = 1015, tag_architecture = 1022,
                        tag_file_digests = 1035, tag_file_flags = 1037, tag_folder_indexes = 1116,
                        tag_base_names = 1117, tag_folder_names = 1118, tag_digest_algorithm = 5011;
// [format_header.md]
constexpr std::uint32_t type_int32 = 4, type_string = 6, type_string_array = 8, type_i18n_string = 9, entry_bytes = 16;

constexpr std::size_t path_bytes_max = 4096; // PATH_MAX: a longer one cannot be opened

}

// Count of entries, bytes of the store; entries; the store. All big-endian. [format_header.md]
Result<Header> Header::open(ByteView bytes)
{
    ByteReader reader { bytes };
    auto const entries = reader.u32_be("rpm.index_entries");
    auto const store_bytes = reader.u32_be("rpm.data_bytes");
    TRY(reader.status());
    auto const count = reader.count(entries, entry_bytes, "rpm.index_entries");
    Header header;
    for (std::uint32_t index = 0; index < count; ++index) {
        auto const tag = reader.u32_be("rpm.tag");
        Entry entry;
        entry.type = reader.u32_be("rpm.type");
        entry.offset = reader.u32_be("rpm.offset");
        entry.count = reader.u32_be("rpm.count");
        header.m_entries.emplace(tag, entry);
    }
    TRY(reader.status());
    auto const there = std::min<std::uint64_t>(store_bytes, reader.remaining());
    header.m_bytes_missing = store_bytes - there;
    header.m_store = reader.take(there, "rpm.data");

    auto& package = header.m_package;
    package.name = header.text(tag_name);
    if (package.name.empty())
        return Error { ErrorCode::bad_value, "rpm.name", 0, 0, 0, {} };
    package.version = header.text(tag_version);
    if (auto const epoch = header.number(tag_epoch, 0); epoch != 0)
        package.version = format("{}:{}", epoch, package.version);
    if (auto const release = header.text(tag_release); !release.empty())
        append_format(package.version, "-{}", release);
    package.architecture = header.text(tag_architecture);
    package.maintainer = header.text(tag_vendor);
    if (package.maintainer.empty())
        package.maintainer = header.text(tag_packager);
    if (auto const at = header.number(tag_install_time, 0); at != 0)
        package.installed_at = Timestamp::from_unix_seconds(at);
    package.digest_algorithm = header.number(tag_digest_algorithm, 1);
    return header;
}

// Texts end with zero; one that does not has lost its end and is none. A count that cannot be true ends with the store.
std::vector<std::string_view> Header::texts(std::uint32_t tag) const
{
    std::vector<std::string_view> found;
    auto const place = m_entries.find(tag);
    if (place == m_entries.end() || place->second.offset >= m_store.size())
        return found;
    auto const& entry = place->second;
    auto const is_list = entry.type == type_string_array || entry.type == type_i18n_string;
    if (!is_list && entry.type != type_string)
        return found;
    auto left = as_text(m_store).substr(entry.offset);
    for (std::uint32_t index = 0; index < (is_list ? entry.count : 1); ++index) {
        auto const end = left.find('\0');
        if (end == std::string_view::npos)
            break;
        found.push_back(left.substr(0, end));
        left.remove_prefix(end + 1);
    }
    return found;
}

// As many as there are.
std::vector<std::uint32_t> Header::numbers(std::uint32_t tag) const
{
    std::vector<std::uint32_t> found;
    auto const place = m_entries.find(tag);
    if (place == m_entries.end() || place->second.type != type_int32 || place->second.offset > m_store.size())
        return found;
    ByteReader reader { m_store.subspan(place->second.offset) };
    for (std::uint32_t index = 0; index < place->second.count && reader.remaining() >= 4; ++index)
        found.push_back(reader.u32_be("rpm.value"));
    return found;
}

std::string Header::text(std::uint32_t tag) const
{
    auto const found = texts(tag);
    return found.empty() ? std::string() : utf8::repaired(found.front());
}

std::uint32_t Header::number(std::uint32_t tag, std::uint32_t otherwise) const
{
    auto const found = numbers(tag);
    return found.empty() ? otherwise : found.front();
}

void Header::for_each_file(std::function<void(File const&)> const& visit) const
{
    auto const folders = texts(tag_folder_names);
    auto const names = texts(tag_base_names);
    auto const folder_of_name = numbers(tag_folder_indexes);
    auto const digests = texts(tag_file_digests);
    auto const flags = numbers(tag_file_flags);
    for (std::size_t index = 0; index < names.size() && index < folder_of_name.size(); ++index) {
        auto const folder = folder_of_name[index];
        if (folder >= folders.size() || folders[folder].size() + names[index].size() > path_bytes_max)
            continue;
        visit({ format("{}{}", folders[folder], names[index]),
            index < digests.size() ? digests[index] : std::string_view {}, index < flags.size() ? flags[index] : 0 });
    }
}

static void read_row(sqlite::Row const& row, DiagnosticSink& diagnostics,
    std::function<void(Header const&, TraceOrigin const&)> const& visit)
{
    bool has_blob = false;
    for (auto const& value : row.values) {
        if (value.kind != sqlite::ValueKind::blob)
            continue;
        has_blob = true;
        auto const header = Header::open(value.bytes);
        if (!header.ok()) {
            diagnostics.report(
                { { ErrorCode::bad_value, "rpm.header", row.origin.offset, 0, 0, {} }, value.bytes.size() });
            continue;
        }
        if (!header.value().is_complete())
            diagnostics.report({ { ErrorCode::truncated, "rpm.header", row.origin.offset,
                                     value.bytes.size() + header.value().bytes_missing(), value.bytes.size(), {} },
                header.value().bytes_missing() });
        visit(header.value(), row.origin);
    }
    if (!has_blob)
        diagnostics.report({ { ErrorCode::bad_value, "rpm.header", row.origin.offset, 0, 0, {} }, 0 });
}

void read_database(sqlite::Database const& database, DiagnosticSink& diagnostics,
    std::function<void(Header const&, TraceOrigin const&)> const& visit)
{
    bool has_packages = false;
    for (auto const& table : database.tables(diagnostics)) {
        if (table.name != "Packages")
            continue;
        has_packages = true;
        database.read(table, diagnostics, [&](sqlite::Row const& row) { read_row(row, diagnostics, visit); });
    }
    if (!has_packages)
        diagnostics.report({ { ErrorCode::not_found, "rpm.packages", 0, 0, 0, {} }, 0 });
}

}
