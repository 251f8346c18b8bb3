// The classes of evidence that coverage speaks of, as data: who reads them, and what is open without them.
// Not the counting: host_coverage.cpp.
#pragma once
#include <span>
#include <string_view>

namespace konseki::host_coverage {

struct EvidenceClass {
    std::string_view name;
    std::string_view title, title_ja;
    std::string_view parser;
    std::string_view hive_kind {}; // of windows_registry: one kind
    // What cannot be said without it; empty: its absence says nothing.
    std::string_view open {}, open_ja {};
};

std::span<EvidenceClass const> evidence_classes();

// The time column that tells when something happened, where it is not the schema's first; "-": none does.
std::string_view time_column_of(std::string_view schema);

}
