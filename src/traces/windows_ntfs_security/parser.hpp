// $Secure:$SDS as rows: security descriptors of a volume by the number that files name them with.
// Not the layout: formats/ntfs_security. Not which files use them: join windows.mft.file.security_id.
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::windows_ntfs_security {

extern ArtefactParser const parser;

struct SecurityRow {
    std::uint32_t id = 0;
    std::string_view owner, group, sddl;
    std::string_view hash;
    bool is_hash_right = false, is_from_mirror = false, is_whole = true;
};
inline constexpr auto security_schema = schema("windows.ntfs.security",
    "A security descriptor of an NTFS volume ($Secure:$SDS); joins windows.mft.file.security_id",
    field("id", &SecurityRow::id, "Number that files name it with (security_id)"),
    field("owner", &SecurityRow::owner, "SID of the owner"),
    field("group", &SecurityRow::group, "SID of the primary group"),
    field("sddl", &SecurityRow::sddl, "Owner, group, DACL and SACL as SDDL text"),
    field("hash", &SecurityRow::hash, "Hash of the descriptor as stored, in hex"),
    field("is_hash_right", &SecurityRow::is_hash_right, "The hash fits the descriptor"),
    field("is_from_mirror", &SecurityRow::is_from_mirror, "The entry was damaged and its mirror was read"),
    field("is_whole", &SecurityRow::is_whole, "false: a part of the descriptor could not be read and is missing"));

}
