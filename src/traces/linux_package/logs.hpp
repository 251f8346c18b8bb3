// The logs of package managers: dpkg.log, apt's history, dnf's and pacman's logs.
// Not the databases of what is installed: databases.hpp.
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::linux_package {

void parse_dpkg_log(EvidenceView const& evidence, ParseContext& context);
void parse_apt_history(EvidenceView const& evidence, ParseContext& context);
void parse_dnf_log(EvidenceView const& evidence, ParseContext& context);
void parse_pacman_log(EvidenceView const& evidence, ParseContext& context);

}
