// The value that holds the audit policy. Source: S. Kazamiya, structure of PolAdtEv; Microsoft KB 246120.
// Not the judgement what should be audited: analysers/posture.
#pragma once
#include "base/byte_view.hpp"
#include "base/result.hpp"
#include <string>
#include <vector>

namespace konseki::windows_audit_policy {

struct Entry {
    std::string_view category; // empty: behind the known ones
    std::string subcategory; // empty: the whole category
    std::uint32_t flags = 0; // 1 success, 2 failure
    std::uint32_t offset = 0; // of its number in the value
    std::uint32_t size_bytes = 2;
    bool is_on_by_default = false; // Windows itself logs what succeeds
};

struct Policy {
    bool has_subcategories = false; // Vista and later
    bool is_on = true; // before Vista auditing has a switch
    std::vector<Entry> entries;
};

Result<Policy> read_policy(ByteView value);

}
