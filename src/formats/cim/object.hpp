// The encoding of class definitions and instances inside records ([MS-WMIO] 2.2). Not where records lie.
// Inside formats/cim only.
#pragma once
#include "base/result.hpp"
#include "formats/cim/cim.hpp"
#include <optional>

namespace konseki::cim {

struct Property {
    ByteView name; // encoded; empty for a predefined name
    std::uint32_t predefined = 0;
    Type type = Type::string;
    bool is_array = false;
    std::uint16_t position = 0; // of its state bits, among all properties inherited or own
    std::uint32_t value_offset = 0; // in the value table
};

// Views the record. Properties are the class's own; the value table has room for the inherited ones too.
struct ClassRecord {
    std::string name, superclass;
    Timestamp stamp;
    std::vector<Property> properties;
    ByteView table; // two state bits per property, then values
    ByteView heap;
    bool is_complete = true; // false: sizes do not add up, or the heap is cut short
};

struct InstanceRecord {
    std::string class_hash; // upper-case hex, 32 or 64 digits
    Timestamp stamp, class_stamp;
    ByteView body; // from the encoding's size on
    std::uint64_t offset = 0; // of the body, for diagnostics
};

// All properties of a class, inherited ones too, by position; and where defaults stand.
struct Slot {
    Property property;
    ClassRecord const* definition = nullptr; // the nearest class that declares it
    std::size_t positions = 0; // of that class: its state bits come before its values
};
struct ClassLayout {
    ClassRecord const* definition = nullptr; // the class itself
    std::vector<std::optional<Slot>> slots;
    std::vector<std::string> derivation;
    bool is_complete = true; // false: an ancestor is missing, so some slots are empty
};

inline constexpr std::uint32_t class_depth_max = 64; // superclasses of superclasses; real ones stay below 10

// refuse: an error as soon as something does not add up; for bytes that are only perhaps a class.
enum class OnDamage : std::uint8_t { keep_partial, refuse };
Result<ClassRecord> read_class(ByteView record, std::uint64_t offset, OnDamage on_damage = OnDamage::keep_partial);
// Only the head; cheap. Fails unless the hash is hex and the times are times.
Result<InstanceRecord> read_instance_head(ByteView record, std::uint64_t offset);
// How many bytes the head and its encoding want, whether they are there or not.
std::uint64_t instance_bytes(InstanceRecord const& record, std::uint64_t head_bytes);

// What is cut off or nonsense leaves values out and clears is_complete; an error only where nothing can be read.
Result<Instance> decode_instance(InstanceRecord const& record, ClassLayout const& layout);
// `positions`: how many properties the class has with the inherited ones.
std::vector<NamedValue> decode_defaults(ClassRecord const& definition, std::size_t positions);

std::string property_name(Property const& property);
bool is_plausible_time(std::uint64_t filetime); // 1995 to 2100
bool is_identifier(std::string_view name);

}
