// A self-relative security descriptor as SDDL text. Not an access check.
// Sources: [MS-DTYP] 2.4.2 (SID), 2.4.4 (ACE), 2.4.5 (ACL), 2.4.6 (descriptor), 2.5.1 (SDDL).
#pragma once
#include "base/byte_view.hpp"
#include "base/result.hpp"
#include <string>

namespace konseki::ntfs_security {

struct Descriptor {
    std::string owner, group; // SIDs in full; empty: none
    std::string sddl; // "O:BAG:SYD:P(A;;FA;;;SY)"
    bool is_whole = true; // false: a part was damaged and is missing in the text
};

Result<Descriptor> read_descriptor(ByteView bytes, std::uint64_t offset);
std::string short_sid(std::string_view sid); // "S-1-5-18" -> "SY"; as it is where there is no short form

}
