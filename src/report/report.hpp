// The case report: one self-contained HTML file without script, Japanese and English in one, and the same content as
// JSON. Not an analysis: every number is read from the store.
#pragma once
#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "store/case.hpp"
#include <filesystem>
#include <string>
#include <string_view>

namespace konseki::report {

struct ReportOptions {
    std::string language = "en"; // shown first: "ja" or "en"; the reader switches between both
    Timestamp generated_at; // the same case and moment give the same bytes
    std::string title; // empty: the name of the case's folder
    std::string marking = "TLP:AMBER+STRICT";
};

// Written whole or not at all. An existing file is replaced.
Result<void> write(store::Case const& source, ReportOptions const& options, std::filesystem::path const& target);
Result<void> write_json(store::Case const& source, ReportOptions const& options, std::filesystem::path const& target);

}
