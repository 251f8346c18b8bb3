// Toy artefact: "HELLO" <u8 size> <name>. Read CONTRIBUTING.md, "Add a parser in an hour".
// Not shipped: tests/toy copies it into a tree of its own.
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::toy_greeting {

extern ArtefactParser const parser;

}
