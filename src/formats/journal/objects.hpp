// The objects of a journal file, one after the other: what each is, and where the chain of sizes is broken the next
// one. Not what leads from one to another (journal.cpp).
#pragma once
#include "formats/journal/compression.hpp"
#include "formats/journal/hash.hpp"
#include "formats/journal/journal.hpp"
#include <functional>
#include <vector>

namespace konseki::journal {

enum class ObjectType : std::uint8_t {
    unused,
    data,
    field,
    entry,
    data_hash_table,
    field_hash_table,
    entry_array,
    tag
};

struct Object {
    ObjectType type = ObjectType::unused;
    std::uint8_t flags = 0; // of DATA: 1 XZ, 2 LZ4, 4 ZSTD
    std::uint64_t offset = 0, size_bytes = 0;
    bool is_hash_good = true; // DATA and FIELD; true where it was not computed
};

// What of the header is needed to read objects.
struct Dialect {
    bool is_compact = false, is_keyed = false;
    std::array<std::byte, 16> file_id {};

    std::uint64_t data_head_bytes() const { return is_compact ? 72 : 64; }
    std::uint64_t item_bytes() const { return is_compact ? 4 : 16; } // of an ENTRY
    std::uint64_t array_item_bytes() const { return is_compact ? 4 : 8; }
    std::uint64_t hash(ByteView payload) const
    {
        return is_keyed ? siphash24(payload, file_id) : jenkins_hash64(payload);
    }
};

inline constexpr std::uint64_t object_head_bytes = 16, entry_head_bytes = 64, array_head_bytes = 24,
                               field_head_bytes = 40;

std::uint64_t u64_at(ByteView bytes, std::uint64_t offset); // 0 outside
std::uint32_t u32_at(ByteView bytes, std::uint64_t offset);

// Type, size and flags are possible and it lies within the bytes.
std::optional<Object> object_at(ByteView bytes, std::uint64_t offset, Dialect const& dialect);
// The bytes between head and end of a DATA object, unpacked where it is compressed. The view of an unpacked one is the
// decompressor's.
Result<ByteView> payload_of(ByteView bytes, Object const& data, Dialect const& dialect, Decompressor& decompressor);

struct Gap {
    std::uint64_t offset = 0, size_bytes = 0;
    bool is_zeros = false;
};

class ObjectWalk {
public:
    ObjectWalk(ByteView bytes, Dialect const& dialect, Decompressor& decompressor)
        : m_bytes(bytes)
        , m_dialect(dialect)
        , m_decompressor(decompressor)
    {
    }

    // Objects by place, and what lies between them; zeros at the end of the file are none of it. False: stop.
    void run(std::uint64_t from, std::function<bool(Object const&)> const& on_object,
        std::function<void(Gap const&)> const& on_gap);

private:
    bool check_hash(Object const& object);
    bool is_certain(Object const& object); // even where nothing leads to it
    std::uint64_t next_certain(std::uint64_t offset, std::uint64_t end);
    std::uint64_t skip_zeros(std::uint64_t offset) const;

    ByteView m_bytes;
    Dialect const& m_dialect;
    Decompressor& m_decompressor;
};

}
