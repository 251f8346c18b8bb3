// The baselines that a case is compared with: files that lie in its folder, so that the same case gives the same
// ranking next year. Not their format: analysers/stacking/baseline.hpp.
#pragma once
#include "analysers/stacking/baseline.hpp"
#include <filesystem>
#include <optional>

namespace konseki::app {

// Checks the file and copies it into the case; a file that is there already is left alone.
Result<void> keep_baseline(std::filesystem::path const& case_folder, std::filesystem::path const& file);
Result<std::size_t> drop_baselines(std::filesystem::path const& case_folder); // how many there were
// All of them, added up; nothing where there is none.
Result<std::optional<stacking::Baseline>> load_baselines(std::filesystem::path const& case_folder);
std::string baselines_state(std::filesystem::path const& case_folder); // changes when they do
Result<stacking::Baseline> load_baseline(std::filesystem::path const& file);

}
