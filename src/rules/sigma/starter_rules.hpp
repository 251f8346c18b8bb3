// The rules that are built in: rules/starter/**/*.yml, original text of this project, so that the program is useful
// alone. Not a rule language: they are plain Sigma 2.1 with a `konseki:` block for words in two languages.
#pragma once
#include "rules/sigma/rule.hpp"
#include <span>

namespace konseki::sigma {

std::span<RuleFile const> starter_rules(); // sorted by path; paths are relative to rules/starter

}
