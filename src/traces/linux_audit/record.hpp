// One line of the audit log, taken apart: time, number, type, fields with their text decoded.
// Not the event that several lines make together: parser.cpp.
#pragma once
#include "base/timestamp.hpp"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace konseki::linux_audit {

struct Field {
    std::string name; // "exe"; inner fields of msg='…' stand beside the others; "argv" is never one
    std::string value; // without quotes, hexadecimal text decoded
};

struct Record {
    Timestamp at;
    std::uint64_t serial = 0;
    std::string_view type, node; // view the line
    std::vector<Field> fields;

    std::string_view find(std::string_view name) const; // data() == nullptr: none
};

inline constexpr std::size_t fields_max = 128; // of one record; the rest is left out

std::optional<Record> parse_record(std::string_view line);
// "192.0.2.7" and port of a hexadecimal sockaddr; nothing for other families.
std::optional<std::pair<std::string, std::uint32_t>> address_of(std::string_view saddr);

}
