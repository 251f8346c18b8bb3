// The databases of installed packages: dpkg's status files and rpm's SQLite database, into rows.
// Not the logs of package managers (logs.hpp), and not the formats (formats/dpkg_status, formats/rpm).
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::linux_package {

void parse_dpkg_status(EvidenceView const& evidence, ParseContext& context);
void parse_rpm_database(EvidenceView const& evidence, ParseContext& context);

}
