// The YAML that people write in configuration, line by line: enough for compose files and cloud-init.
// Not a YAML parser: anchors, tags and flow collections stay text.
#pragma once
#include "traces/linux_text.hpp"

namespace konseki {

struct YamlEntry {
    std::string path; // "services.web.volumes[]": keys joined with dots, "[]" for items of a list
    std::string value; // quotes and comments taken off; lines of a block joined with line feeds; empty: opens a level
    TextPlace place;
};

// In file order. Deeper than 32 levels is reported and read as if it were 32.
std::vector<YamlEntry> read_yaml(ByteView file, LinuxRows& rows);

}
