// The one place that owns libyara's objects. Not a surface: rule_set.cpp and scanner.cpp include it, nobody else.
// Not thread-safe to make or end; compiled rules themselves are read-only and shared through the fork.
#pragma once
#include "base/result.hpp"
#include "rules/yara/rule_set.hpp"
#include <yara.h>

namespace konseki::yara {

// yr_initialize counts its callers.
class Library {
public:
    Library() { VERIFY(::yr_initialize() == ERROR_SUCCESS); }
    ~Library() { ::yr_finalize(); }
    Library(Library const&) = delete;
    Library& operator=(Library const&) = delete;
};

struct RuleSet::Compiled {
    Library library;
    YR_RULES* rules = nullptr; // null: no rule at all
    Compiled() = default;
    Compiled(Compiled const&) = delete;
    Compiled& operator=(Compiled const&) = delete;
    ~Compiled()
    {
        if (rules != nullptr)
            ::yr_rules_destroy(rules);
    }
};

}
