// The state files of konseki's own collections: rows that the collector wrote, read back.
// Not the files it took along ([root]/…): those have parsers of their own.
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::linux_state {

extern ArtefactParser const parser;

}
