// Finds class definitions and instances in bytes that no table of contents describes. Inside formats/cim only.
// Not a judge of what was found: the caller knows the classes.
#pragma once
#include "formats/cim/object.hpp"

namespace konseki::cim {

class CarveVisitor {
public:
    virtual ~CarveVisitor() = default;
    // Both: true when the record is taken; the search goes on behind it. Views the gap.
    virtual bool on_carved_class(ClassRecord const& definition, std::uint64_t offset, std::uint64_t size_bytes) = 0;
    virtual bool on_carved_instance(InstanceRecord const& instance, std::uint64_t offset, std::uint64_t size_bytes) = 0;
};

void carve(ByteView gap, std::uint64_t gap_offset, CarveVisitor& visitor);

}
