#include "traces/linux_package/databases.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "bytes/byte_reader.hpp"
#include "formats/sqlite/sqlite.hpp"
#include "formats/text_lines/text_lines.hpp"
#include "traces/linux_columns.hpp"
#include <algorithm>
#include <map>

namespace konseki::linux_package {

namespace {

std::string_view optional(std::string const& text)
{
    return text.empty() ? std::string_view {} : std::string_view(text);
}

// ---- dpkg [deb-control(5), dpkg-query(1)]: paragraphs of "Name: value", values go on in lines that begin with a blank

struct Paragraph {
    std::string package, status, version, architecture, maintainer;
    std::uint64_t begin = 0, end = 0;

    std::string* field(std::string_view name)
    {
        for (auto const& [known, target] :
            { std::pair { "Package", &package }, std::pair { "Status", &status }, std::pair { "Version", &version },
                std::pair { "Architecture", &architecture }, std::pair { "Maintainer", &maintainer } }) {
            if (equals_ignoring_case(name, known))
                return target;
        }
        return nullptr;
    }
};

void emit(Paragraph const& paragraph, ParseContext& context)
{
    if (paragraph.begin == paragraph.end)
        return;
    if (paragraph.package.empty()) {
        context.diagnostics.report({ { ErrorCode::bad_value, "dpkg.status.package", paragraph.begin, 0, 0, {} },
            paragraph.end - paragraph.begin });
        return;
    }
    auto const state = paragraph.status.substr(paragraph.status.rfind(' ') + 1); // want, flag, state; npos + 1 is 0
    LinuxPackageRow row;
    row.manager = "dpkg";
    row.name = std::string_view(paragraph.package);
    row.package_version = optional(paragraph.version);
    row.architecture = optional(paragraph.architecture);
    row.status = state.empty() ? Symbol("installed") : Symbol(state); // status.d of images without dpkg has none
    row.maintainer = optional(paragraph.maintainer);
    context.traces.emit(linux_package_schema, { paragraph.begin, paragraph.end - paragraph.begin, false }, row);
}

}

void parse_dpkg_status(EvidenceView const& evidence, ParseContext& context)
{
    Paragraph paragraph;
    text_lines::for_each(evidence, context, [&](text_lines::Line const& line) {
        if (trim(line.text).empty()) {
            emit(paragraph, context);
            paragraph = {};
            return;
        }
        if (paragraph.begin == paragraph.end)
            paragraph.begin = line.offset;
        paragraph.end = line.offset + line.text.size();
        auto const colon = line.text.find(':');
        if (line.text[0] == ' ' || line.text[0] == '\t' || colon == std::string_view::npos)
            return;
        if (auto* const field = paragraph.field(line.text.substr(0, colon)); field != nullptr)
            *field = utf8::repaired(trim(line.text.substr(colon + 1)));
    });
    emit(paragraph, context);
}

// ---- rpm [rpm-software-management/rpm: docs/manual/format_header.md, tags.md]

namespace {

constexpr std::uint32_t tag_name = 1000, tag_version = 1001, tag_release = 1002, tag_epoch = 1003,
                        tag_install_time = 1008, tag_vendor = 1011, tag_packager = 1015, tag_architecture = 1022;
constexpr std::uint32_t type_int32 = 4, type_string = 6, type_i18n_string = 9, entry_bytes = 16;

struct RpmHeader {
    ByteView store;
    std::map<std::uint32_t, std::pair<std::uint32_t, std::uint32_t>> places; // tag -> type, offset

    std::string text(std::uint32_t tag) const
    {
        auto const place = places.find(tag);
        if (place == places.end() || place->second.second >= store.size()
            || (place->second.first != type_string && place->second.first != type_i18n_string))
            return {};
        auto const rest = as_text(store).substr(place->second.second);
        auto const end = rest.find('\0');
        return end == std::string_view::npos ? std::string {} : utf8::repaired(rest.substr(0, end));
    }
    std::optional<std::uint32_t> number(std::uint32_t tag) const
    {
        auto const place = places.find(tag);
        if (place == places.end() || place->second.first != type_int32)
            return std::nullopt;
        ByteReader reader { store };
        reader.seek(place->second.second, "rpm.value");
        auto const value = reader.u32_be("rpm.value");
        return reader.failed() ? std::nullopt : std::optional(value);
    }
};

Result<RpmHeader> read_rpm_header(ByteView bytes)
{
    ByteReader reader { bytes };
    auto const entries = reader.u32_be("rpm.index_entries");
    auto const data_bytes = reader.u32_be("rpm.data_bytes");
    TRY(reader.status());
    auto const count = reader.count(entries, entry_bytes, "rpm.index_entries");
    RpmHeader header;
    for (std::uint32_t i = 0; i < count; ++i) {
        auto const tag = reader.u32_be("rpm.tag");
        auto const type = reader.u32_be("rpm.type");
        auto const offset = reader.u32_be("rpm.offset");
        reader.skip(4, "rpm.count");
        header.places.emplace(tag, std::pair { type, offset });
    }
    TRY(reader.status());
    // A header that breaks off still names its package, whose tags come first.
    header.store = reader.take(std::min<std::uint64_t>(data_bytes, reader.remaining()), "rpm.data");
    return header;
}

}

void emit_rpm_header(ByteView bytes, TraceOrigin const& origin, ParseContext& context)
{
    auto const header = read_rpm_header(bytes);
    auto const name = header.ok() ? header.value().text(tag_name) : std::string {};
    if (name.empty()) {
        context.diagnostics.report({ { ErrorCode::bad_value, "rpm.header", origin.offset, 0, 0, {} }, bytes.size() });
        return;
    }
    auto const& known = header.value();
    auto version = known.text(tag_version);
    if (auto const epoch = known.number(tag_epoch); epoch && *epoch != 0)
        version = format("{}:{}", *epoch, version);
    if (auto const release = known.text(tag_release); !release.empty())
        append_format(version, "-{}", release);
    auto const architecture = known.text(tag_architecture), vendor = known.text(tag_vendor),
               packager = known.text(tag_packager);
    LinuxPackageRow row;
    row.manager = "rpm";
    row.name = std::string_view(name);
    row.package_version = optional(version);
    row.architecture = optional(architecture);
    row.status = "installed";
    row.maintainer = optional(vendor.empty() ? packager : vendor);
    if (auto const at = known.number(tag_install_time))
        row.installed_at = Timestamp::from_unix_seconds(*at);
    context.traces.emit(linux_package_schema, origin, row);
}

void parse_rpm_database(EvidenceView const& evidence, ParseContext& context)
{
    auto const database = sqlite::Database::open(evidence.bytes);
    if (!database.ok()) {
        context.diagnostics.report({ database.error(), evidence.bytes.size() });
        return;
    }
    bool has_packages = false;
    for (auto const& table : database.value().tables(context.diagnostics)) {
        if (table.name != "Packages")
            continue;
        has_packages = true;
        database.value().read(table, context.diagnostics, [&](sqlite::Row const& row) {
            for (auto const& value : row.values) {
                if (value.kind == sqlite::ValueKind::blob)
                    emit_rpm_header(value.bytes, row.origin, context);
            }
        });
    }
    for (auto const& companion : evidence.companions) {
        if (!companion.bytes.empty()) // what rpm had not written back
            context.diagnostics.report(
                { { ErrorCode::unsupported, "rpm.write_ahead_log", 0, 0, companion.bytes.size(), {} },
                    companion.bytes.size() });
    }
    if (!has_packages)
        context.diagnostics.report({ { ErrorCode::not_found, "rpm.packages", 0, 0, 0, {} }, 0 });
}

}
