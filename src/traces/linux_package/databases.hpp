// The databases of installed packages: dpkg's status files and rpm's SQLite database.
// Not the logs of package managers: logs.hpp.
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::linux_package {

void parse_dpkg_status(EvidenceView const& evidence, ParseContext& context);
void parse_rpm_database(EvidenceView const& evidence, ParseContext& context);
// A header as rpm keeps it: counts of index entries and data bytes, entries of 16 bytes, data; all big-endian.
void emit_rpm_header(ByteView header, TraceOrigin const& origin, ParseContext& context);

}
