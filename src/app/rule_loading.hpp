// Rules from the command line, read and compiled: Sigma (the built-in ones, too) and pairs of side-loading.
// Not compilation: rules/sigma/rule_set.hpp does that and knows no files.
#pragma once
#include "app/arguments.hpp"
#include "rules/side_loading/side_loading.hpp"
#include "rules/sigma/rule_set.hpp"
#include <filesystem>

namespace konseki::app {

struct LoadedRules {
    sigma::RuleSet set;
    side_loading::Catalogue side_loading; // from files of HijackLibs' form among them, told by their content
    std::vector<std::pair<std::string, Error>>
        unreadable; // files that could not be read: a rule in them is not lost silently
    std::size_t file_count = 0;
    bool has_starter_rules = false;
};

enum class Starter { included, left_out };

// paths: folders (every .yml and .yaml below, in the order of names), files, or one pack.
Result<LoadedRules> load_rules(
    std::span<std::string const> paths, std::span<std::string const> pipelines, Starter starter);
// As --rules, --pipeline and --no-starter-rules say; `more_paths` are operands of the rules commands.
Result<LoadedRules> load_rules(Arguments const& arguments, std::span<std::string const> more_paths = {});

// "3,072 rules and 12 correlations loaded; 14 cannot run, 5 look at logs that are not read yet"
std::string rules_summary(LoadedRules const& rules);
std::size_t error_count(sigma::RuleSet const& set); // problems that are errors

}
