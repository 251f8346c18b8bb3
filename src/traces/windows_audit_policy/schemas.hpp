// Rows of the audit policy. Not the code that fills them.
#pragma once
#include "record/schema.hpp"

namespace konseki::windows_audit_policy {

struct SubcategoryRow {
    Symbol category, subcategory;
    bool audits_success = false, audits_failure = false, is_on_by_default = false;
    Symbol layout;
    Timestamp key_written_at;
};
inline constexpr auto subcategory_schema = schema("windows.audit_policy",
    "What the Security log was told to hold (PolAdtEv of SECURITY)",
    field("category", &SubcategoryRow::category, "System, Logon/Logoff, Object Access …"),
    field("subcategory", &SubcategoryRow::subcategory,
        "Process Creation …; its number where no name is known; absent before Vista, which audits whole categories"),
    field("audits_success", &SubcategoryRow::audits_success, "What succeeds is logged"),
    field("audits_failure", &SubcategoryRow::audits_failure, "What fails is logged"),
    field("is_on_by_default", &SubcategoryRow::is_on_by_default,
        "Windows itself logs what succeeds (clients and servers, since Vista): off is somebody's doing"),
    field("layout", &SubcategoryRow::layout, "subcategories (since Vista), categories (before), off (before: all off)"),
    field("key_written_at", &SubcategoryRow::key_written_at, "Last change of the policy, UTC"));

}
