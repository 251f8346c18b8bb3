// One body for the fuzzers of the folders that read Linux files: a path that the first byte chooses, then the content.
// Not for release code.
#pragma once
#include "record/artefact_parser.hpp"
#include "support/collecting_context.hpp"

namespace konseki::test {

inline int fuzz_linux(ArtefactParser const& parser, std::initializer_list<std::string_view> paths,
    unsigned char const* bytes, std::size_t size)
{
    if (size == 0)
        return 0;
    auto const content = std::as_bytes(std::span { bytes, size });
    auto const path = *(paths.begin() + bytes[0] % paths.size());
    (void)parser.sniff(content, path);
    CollectingContext collected;
    parser.parse({ content, { 0, content.size() }, path }, collected.context);
    return 0;
}

}
