// What to do about a finding of a rule that brings no advice: a table by ATT&CK technique and tactic, in two languages.
// Not an analyser. Rules with words of their own (konseki: advice) never come here.
#pragma once
#include "record/finding.hpp"
#include <span>
#include <string>

namespace konseki::advice {

// attack: "T1003.001"; tags: "attack.credential-access". The most special entry wins; never empty.
Words for_techniques(std::span<std::string const> attack, std::span<std::string const> tags);

}
