#include "bytes/byte_reader.hpp"
#include "bytes/utf16.hpp"
#include "formats/regf/regf.hpp"

namespace konseki::regf {

namespace {

// [regf, base block, note 2] XOR of the first 127 dwords; 0 is stored as 1 and ~0 as ~1.
std::uint32_t xor_checksum(ByteView block)
{
    ByteReader reader { block };
    std::uint32_t sum = 0;
    for (int i = 0; i < 127; ++i)
        sum ^= reader.u32("regf.checksum");
    if (sum == 0)
        return 1;
    return sum == 0xffff'ffff ? 0xffff'fffe : sum;
}

}

Sniff sniff(ByteView head)
{
    ByteReader reader { head };
    auto const magic = as_text(reader.take(4, "regf.magic"));
    reader.seek(28, "regf.file_type");
    auto const file_type = reader.u32("regf.file_type");
    if (reader.failed() || magic != "regf")
        return Sniff::no;
    return file_type == 0 ? Sniff::sure : Sniff::no;
}

Sniff sniff_log(ByteView head)
{
    ByteReader reader { head };
    auto const magic = as_text(reader.take(4, "regf.magic"));
    reader.seek(28, "regf.file_type");
    auto const file_type = reader.u32("regf.file_type");
    if (reader.failed() || magic != "regf")
        return Sniff::no;
    return file_type == 1 || file_type == 2 || file_type == 6 ? Sniff::sure : Sniff::no;
}

Result<BaseBlock> read_base_block(ByteView file)
{
    auto const block = TRY(slice(file, 0, 512, "regf.base_block"));
    ByteReader reader { block };
    if (as_text(reader.take(4, "regf.magic")) != "regf")
        return Error { ErrorCode::bad_magic, "regf.magic", 0, 0, 0, {} };
    BaseBlock base;
    base.primary_sequence = reader.u32("regf.primary_sequence");
    base.secondary_sequence = reader.u32("regf.secondary_sequence");
    base.written_at = Timestamp::from_filetime(reader.u64("regf.written_at"));
    base.version_major = reader.u32("regf.version_major");
    base.version_minor = reader.u32("regf.version_minor");
    base.file_type = reader.u32("regf.file_type");
    reader.skip(4, "regf.file_format");
    base.root_offset = reader.u32("regf.root_offset");
    base.bins_size_bytes = reader.u32("regf.bins_size");
    base.clustering_factor = reader.u32("regf.clustering_factor");
    base.file_name = utf8_from_utf16le(until_zero_utf16(reader.take(64, "regf.file_name")));
    reader.seek(508, "regf.checksum");
    base.checksum = reader.u32("regf.checksum");
    base.computed_checksum = xor_checksum(block);
    TRY(reader.status());
    return base;
}

}
