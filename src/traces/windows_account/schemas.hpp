// The row of a local account. Not the code that fills it.
#pragma once
#include "record/schema.hpp"

namespace konseki::windows_account {

struct AccountRow {
    std::uint32_t rid = 0;
    std::string_view name, full_name, comment;
    std::optional<std::uint32_t> stored_rid, flags;
    std::optional<bool> is_disabled, has_name_entry, is_rid_foreign;
    std::optional<std::uint32_t> logon_count, bad_password_count;
    Timestamp last_logon_at, password_set_at, expires_at, last_bad_password_at, key_written_at, name_written_at;
};

inline constexpr auto account_schema = schema("windows.account", "Local accounts (SAM)",
    field("rid", &AccountRow::rid, "Relative id as the key's name says; 500 administrator, 501 guest"),
    field("name", &AccountRow::name, "Account name of the V value"),
    field("full_name", &AccountRow::full_name, "Full name"),
    field("comment", &AccountRow::comment, "Description of the account"),
    field("stored_rid", &AccountRow::stored_rid, "Relative id inside the F value, which decides at logon"),
    field("flags", &AccountRow::flags, "Account control bits: 1 disabled, 4 no password needed, 0x200 never expires …"),
    field("is_disabled", &AccountRow::is_disabled, "Bit 1 of the flags"),
    field("has_name_entry", &AccountRow::has_name_entry,
        "Names\\<name> leads to this relative id; false: the account is hidden from lists"),
    field("is_rid_foreign", &AccountRow::is_rid_foreign,
        "The relative id inside differs from the key's: the account logs on with another one's rights"),
    field("logon_count", &AccountRow::logon_count, "Logons counted"),
    field("bad_password_count", &AccountRow::bad_password_count, "Wrong passwords since the last good one"),
    field("last_logon_at", &AccountRow::last_logon_at, "Last logon, UTC"),
    field("password_set_at", &AccountRow::password_set_at, "Last change of the password, UTC"),
    field("expires_at", &AccountRow::expires_at, "When the account expires, UTC; absent for never"),
    field("last_bad_password_at", &AccountRow::last_bad_password_at, "Last wrong password, UTC"),
    field("key_written_at", &AccountRow::key_written_at, "Last write of the account's key, UTC"),
    field("name_written_at", &AccountRow::name_written_at,
        "Last write of the Names key, UTC: mostly the creation of the account"));

}
