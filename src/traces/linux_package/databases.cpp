#include "traces/linux_package/databases.hpp"
#include "base/text.hpp"
#include "traces/linux_package/row.hpp"

namespace konseki::linux_package {

void parse_dpkg_status(EvidenceView const& evidence, ParseContext& context)
{
    dpkg_status::read(
        as_text(evidence.bytes), dpkg_status::listing_of(evidence.name),
        [&](dpkg_status::Paragraph const& paragraph) {
            auto const size_bytes = paragraph.end - paragraph.begin;
            if (paragraph.package.empty())
                context.diagnostics.report(
                    { { ErrorCode::bad_value, "dpkg.status.package", paragraph.begin, 0, 0, {} }, size_bytes });
            else
                context.traces.emit(linux_package_schema, { paragraph.begin, size_bytes, false }, row_of(paragraph));
        },
        context.stop);
}

void parse_rpm_database(EvidenceView const& evidence, ParseContext& context)
{
    auto const database = sqlite::Database::open(evidence.bytes);
    if (!database.ok()) {
        context.diagnostics.report({ database.error(), evidence.bytes.size() });
        return;
    }
    rpm::read_database(
        database.value(), context.diagnostics, [&](rpm::Header const& header, TraceOrigin const& origin) {
            context.traces.emit(linux_package_schema, origin, row_of(header.package()));
        });
    for (auto const& companion : evidence.companions) {
        if (!companion.bytes.empty()) // what rpm had not written back
            context.diagnostics.report(
                { { ErrorCode::unsupported, "rpm.write_ahead_log", 0, 0, companion.bytes.size(), {} },
                    companion.bytes.size() });
    }
}

}
