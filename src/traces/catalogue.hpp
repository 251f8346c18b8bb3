// Every artefact parser the program contains: the array is generated from the folders of src/traces/.
#pragma once
#include "record/artefact_parser.hpp"
#include <span>

namespace konseki {

std::span<ArtefactParser const* const> artefact_parsers();

}
