#include "base/text.hpp"
#include "base/utf8.hpp"
#include "bytes/byte_reader.hpp"
#include "bytes/utf16.hpp"
#include "formats/regf/regf.hpp"
#include <algorithm>
#include <compare>
#include <unordered_set>

namespace konseki::regf {

namespace {

constexpr std::uint32_t big_data_segment_bytes = 16'344; // [regf, big data] of each segment but the last
constexpr std::uint32_t resident_flag = 0x8000'0000;
constexpr std::uint16_t flag_compressed_name = 0x0020;
constexpr std::uint16_t value_flag_compressed_name = 0x0001;

// COMP_NAME says "ASCII"; what is stored is the low byte of each character, that is Latin-1.
std::string name_text(ByteView bytes, bool is_latin1)
{
    if (!is_latin1)
        return utf8_from_utf16le(bytes);
    auto const is_ascii = std::ranges::all_of(bytes, [](std::byte byte) { return byte < std::byte { 0x80 }; });
    if (is_ascii)
        return std::string(as_text(bytes));
    std::string text;
    text.reserve(bytes.size());
    for (auto const byte : bytes)
        utf8::append(text, std::to_integer<char32_t>(byte));
    return text;
}

bool same_name(std::string_view a, std::string_view b)
{
    return a.size() == b.size() ? equals_ignoring_case(a, b) || fold_utf8(a) == fold_utf8(b)
                                : fold_utf8(a) == fold_utf8(b);
}

}

Hive::Hive(ByteView file, BaseBlock base_block)
    : m_bins(file.size() > base_block_bytes ? file.last(file.size() - base_block_bytes) : ByteView {})
    , m_base_block(std::move(base_block))
{
}

Result<Hive> Hive::open(ByteView file)
{
    return Hive { file, TRY(read_base_block(file)) };
}

Result<ByteView> Hive::cell(std::uint32_t cell_offset, std::string_view what) const
{
    auto const file_offset = base_block_bytes + std::uint64_t { cell_offset };
    if (cell_offset == no_offset || cell_offset % 8 != 0)
        return Error { ErrorCode::bad_offset, what, file_offset, 0, 0, {} };
    ByteReader reader { TRY(slice(m_bins, cell_offset, 4, what, base_block_bytes)), file_offset };
    auto const stored = std::int64_t { static_cast<std::int32_t>(reader.u32("regf.cell.size")) };
    auto const size = static_cast<std::uint64_t>(stored < 0 ? -stored : stored); // negative: allocated
    if (size < 8)
        return Error { ErrorCode::bad_value, "regf.cell.size", file_offset, 8, size, {} };
    // A cell that runs over the end of a cut file still shows what is there.
    std::uint64_t const available = m_bins.size() - cell_offset;
    return slice(m_bins, cell_offset + 4ULL, std::min(size, available) - 4, what, base_block_bytes);
}

Result<Key> Hive::read_key(std::uint32_t cell_offset, ByteView content) const
{
    ByteReader reader { content, base_block_bytes + cell_offset + 4 };
    if (as_text(reader.take(2, "regf.key.magic")) != "nk")
        return Error { ErrorCode::bad_magic, "regf.key.magic", base_block_bytes + cell_offset, 0, 0, {} };
    Key key;
    key.offset = base_block_bytes + cell_offset;
    key.size_bytes = content.size() + 4;
    key.flags = reader.u16("regf.key.flags");
    key.written_at = Timestamp::from_filetime(reader.u64("regf.key.written_at"));
    reader.skip(4, "regf.key.access");
    key.parent = reader.u32("regf.key.parent");
    key.subkey_count = reader.u32("regf.key.subkey_count");
    reader.skip(4, "regf.key.volatile_subkey_count");
    key.subkey_list = reader.u32("regf.key.subkey_list");
    reader.skip(4, "regf.key.volatile_subkey_list");
    key.value_count = reader.u32("regf.key.value_count");
    key.value_list = reader.u32("regf.key.value_list");
    key.security = reader.u32("regf.key.security");
    key.class_name = reader.u32("regf.key.class_name");
    reader.seek(72, "regf.key.name_size");
    auto const name_size = reader.u16("regf.key.name_size");
    key.class_name_bytes = reader.u16("regf.key.class_name_size");
    key.name = name_text(reader.take(name_size, "regf.key.name"), (key.flags & flag_compressed_name) != 0);
    TRY(reader.status());
    return key;
}

Result<Key> Hive::key_at(std::uint32_t cell_offset) const
{
    return read_key(cell_offset, TRY(cell(cell_offset, "regf.key")));
}

Result<Key> Hive::root() const
{
    auto key = key_at(m_base_block.root_offset);
    if (key.ok())
        return key;
    auto const usual = key_at(0x20); // the root stands right behind the first bin's header in every hive seen
    return usual.ok() ? usual : key;
}

// Lists of lists have two levels (an index root points to leaves); a crafted third level is refused.
std::vector<std::uint32_t> Hive::subkey_offsets(Key const& key, DiagnosticSink& diagnostics) const
{
    std::vector<std::uint32_t> offsets;
    if (key.subkey_count == 0 || key.subkey_list == no_offset)
        return offsets;
    struct List {
        std::uint32_t offset;
        bool may_be_root;
    };
    std::vector<List> pending { { key.subkey_list, true } };
    while (!pending.empty()) {
        auto const list = pending.back();
        pending.pop_back();
        auto const content = cell(list.offset, "regf.subkey_list");
        if (!content.ok()) {
            diagnostics.report({ content.error(), 0 });
            continue;
        }
        ByteReader reader { content.value(), base_block_bytes + list.offset + 4 };
        auto const magic = as_text(reader.take(2, "regf.subkey_list.magic"));
        std::uint32_t count = reader.u16("regf.subkey_list.count");
        bool const is_root = magic == "ri" && list.may_be_root;
        std::uint32_t const item_bytes = magic == "lf" || magic == "lh" ? 8 : 4;
        if (!is_root && magic != "li" && item_bytes != 8) {
            diagnostics.report(
                { { ErrorCode::bad_magic, "regf.subkey_list.magic", base_block_bytes + list.offset, 0, 0, {} }, 0 });
            continue;
        }
        if (count > reader.remaining() / item_bytes) {
            diagnostics.report({ { ErrorCode::bad_count, "regf.subkey_list.count", base_block_bytes + list.offset,
                                     count, reader.remaining() / item_bytes, {} },
                0 });
            count = static_cast<std::uint32_t>(reader.remaining() / item_bytes);
        }
        std::vector<List> leaves;
        for (std::uint32_t i = 0; i < count; ++i) {
            auto const offset = reader.u32("regf.subkey_list.item");
            if (item_bytes == 8)
                reader.skip(4, "regf.subkey_list.hint");
            if (is_root)
                leaves.push_back({ offset, false });
            else
                offsets.push_back(offset);
        }
        pending.insert(pending.end(), leaves.rbegin(), leaves.rend());
    }
    return offsets;
}

namespace {

// Windows keeps the children of a key in the order of their capital letters; it finds none that is out of order.
// Letters beyond ASCII are left alone: their order is that of the machine's own table.
std::optional<std::strong_ordering> order_of(std::string_view before, std::string_view after)
{
    auto const upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; };
    for (std::size_t i = 0; i < std::min(before.size(), after.size()); ++i) {
        if ((static_cast<unsigned char>(before[i]) | static_cast<unsigned char>(after[i])) >= 0x80)
            return std::nullopt;
        if (auto const order = upper(before[i]) <=> upper(after[i]); order != std::strong_ordering::equal)
            return order;
    }
    return before.size() <=> after.size();
}

}

void report_oddities(Key const& parent, std::vector<Key> const& children, DiagnosticSink& diagnostics)
{
    auto const report = [&](ErrorCode code, std::string_view what, Key const& child) {
        diagnostics.report({ { code, what, child.offset, 0, 0, {} }, 0 });
    };
    for (std::size_t i = 0; i < children.size(); ++i) {
        if (base_block_bytes + children[i].parent != parent.offset)
            report(ErrorCode::bad_offset, "regf.key.parent", children[i]);
        auto const order = i == 0 ? std::nullopt : order_of(children[i - 1].name, children[i].name);
        if (order == std::strong_ordering::equal)
            report(ErrorCode::bad_value, "regf.subkey_list.same_name", children[i]);
        else if (order == std::strong_ordering::greater)
            report(ErrorCode::bad_value, "regf.subkey_list.order", children[i]);
    }
}

std::vector<Key> Hive::subkeys(Key const& key, DiagnosticSink& diagnostics) const
{
    std::vector<Key> keys;
    auto const offsets = subkey_offsets(key, diagnostics);
    keys.reserve(offsets.size());
    auto sorted = offsets; // a set only where something is there twice
    std::ranges::sort(sorted);
    auto const is_crafted = std::ranges::adjacent_find(sorted) != sorted.end();
    std::unordered_set<std::uint32_t> seen;
    for (auto const offset : offsets) {
        if (is_crafted && !seen.insert(offset).second) {
            diagnostics.report(
                { { ErrorCode::loop, "regf.subkey_list.item", base_block_bytes + offset, 0, 0, {} }, 0 });
            continue;
        }
        auto child = key_at(offset);
        if (!child.ok()) {
            diagnostics.report({ child.error(), 0 });
            continue;
        }
        keys.push_back(std::move(child).value());
    }
    return keys;
}

Result<Value> Hive::read_value(std::uint32_t cell_offset, ByteView content) const
{
    ByteReader reader { content, base_block_bytes + cell_offset + 4 };
    if (as_text(reader.take(2, "regf.value.magic")) != "vk")
        return Error { ErrorCode::bad_magic, "regf.value.magic", base_block_bytes + cell_offset, 0, 0, {} };
    Value value;
    value.offset = base_block_bytes + cell_offset;
    value.size_bytes = content.size() + 4;
    auto const name_size = reader.u16("regf.value.name_size");
    value.data_size = reader.u32("regf.value.data_size");
    auto const content_position = reader.position();
    auto const content_offset = reader.u32("regf.value.data_offset");
    value.type = reader.u32("regf.value.type");
    auto const flags = reader.u16("regf.value.flags");
    reader.skip(2, "regf.value.spare");
    value.name = name_text(reader.take(name_size, "regf.value.name"), (flags & value_flag_compressed_name) != 0);
    TRY(reader.status());
    if ((value.data_size & resident_flag) != 0) {
        value.data_size &= ~resident_flag;
        value.content
            = TRY(slice(content, content_position, std::min<std::uint32_t>(value.data_size, 4), "regf.value.data"));
    } else if (value.data_size != 0) {
        read_content(value, content_offset);
    }
    return value;
}

// What cannot be read stays empty: the name and type of a value whose data is damaged are still a trace.
void Hive::read_content(Value& value, std::uint32_t content_offset) const
{
    auto const content = cell(content_offset, "regf.value.data");
    if (!content.ok())
        return;
    bool const may_be_big = value.data_size > big_data_segment_bytes && m_base_block.version_minor >= 4;
    if (may_be_big && content.value().size() >= 8 && as_text(content.value().first(2)) == "db"
        && append_big_data(value, content.value()).ok()) {
        value.content = value.assembled;
        return;
    }
    value.content = content.value().first(std::min<std::size_t>(value.data_size, content.value().size()));
}

Result<void> Hive::append_big_data(Value& value, ByteView content) const
{
    ByteReader reader { content };
    reader.skip(2, "regf.big_data.magic");
    auto const segment_count = reader.u16("regf.big_data.segment_count");
    auto const list = TRY(cell(reader.u32("regf.big_data.segment_list"), "regf.big_data.segment_list"));
    ByteReader segments { list };
    auto const count = segments.count(segment_count, 4, "regf.big_data.segments");
    for (std::uint32_t i = 0; i < count && value.assembled.size() < value.data_size; ++i) {
        auto const segment = cell(segments.u32("regf.big_data.segment"), "regf.big_data.segment");
        if (!segment.ok())
            break;
        auto const wanted = std::min<std::uint64_t>(value.data_size - value.assembled.size(), big_data_segment_bytes);
        auto const part = segment.value().first(std::min<std::size_t>(wanted, segment.value().size()));
        value.assembled.insert(value.assembled.end(), part.begin(), part.end());
    }
    return segments.status();
}

std::vector<Value> Hive::values(Key const& key, DiagnosticSink& diagnostics) const
{
    std::vector<Value> values;
    if (key.value_count == 0 || key.value_list == no_offset)
        return values;
    auto const list = cell(key.value_list, "regf.value_list");
    if (!list.ok()) {
        diagnostics.report({ list.error(), 0 });
        return values;
    }
    ByteReader reader { list.value(), base_block_bytes + key.value_list + 4 };
    std::uint64_t count = key.value_count;
    if (count > reader.remaining() / 4) {
        diagnostics.report(
            { { ErrorCode::bad_count, "regf.key.value_count", key.offset, count, reader.remaining() / 4, {} }, 0 });
        count = reader.remaining() / 4;
    }
    values.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) {
        auto const offset = reader.u32("regf.value_list.item");
        auto const content = cell(offset, "regf.value");
        auto value = content.ok() ? read_value(offset, content.value()) : Result<Value>(content.error());
        if (value.ok())
            values.push_back(std::move(value).value());
        else
            diagnostics.report({ value.error(), 0 });
    }
    return values;
}

namespace {
class Silence final : public DiagnosticSink {
public:
    void report(Diagnostic const&) override { }
};
}

std::optional<Key> Hive::subkey(Key const& key, std::string_view name) const
{
    Silence silence; // the same damage is reported where the whole hive is walked
    for (auto const offset : subkey_offsets(key, silence)) {
        auto child = key_at(offset);
        if (child.ok() && same_name(child.value().name, name))
            return std::move(child).value();
    }
    return std::nullopt;
}

std::optional<Value> Hive::value(Key const& key, std::string_view name) const
{
    Silence silence;
    for (auto& value : values(key, silence)) {
        if (same_name(value.name, name))
            return std::move(value);
    }
    return std::nullopt;
}

std::optional<Key> Hive::find(std::string_view path) const
{
    auto found = root();
    if (!found.ok())
        return std::nullopt;
    auto key = std::move(found).value();
    for (auto const part : split(path, '\\')) {
        auto child = part.empty() ? std::optional<Key> { key } : subkey(key, part);
        if (!child)
            return std::nullopt;
        key = std::move(*child);
    }
    return key;
}

std::string Hive::class_name(Key const& key) const
{
    if (key.class_name_bytes == 0)
        return {};
    auto const content = cell(key.class_name, "regf.class_name");
    if (!content.ok())
        return {};
    return utf8_from_utf16le(
        content.value().first(std::min<std::size_t>(key.class_name_bytes, content.value().size())));
}

ByteView Hive::security_descriptor(Key const& key) const
{
    auto const content = cell(key.security, "regf.security");
    if (!content.ok())
        return {};
    ByteReader reader { content.value() };
    bool const is_security = as_text(reader.take(2, "regf.security.magic")) == "sk";
    reader.skip(
        14, "regf.security.links"); // reserved, flink, blink and, below, the reference count lie before the size
    reader.seek(16, "regf.security.size");
    auto const size = reader.u32("regf.security.size");
    auto const descriptor = reader.take(size, "regf.security.descriptor");
    return is_security && !reader.failed() ? descriptor : ByteView {};
}

std::string Hive::path_of(Key const& key) const
{
    std::vector<std::string> names;
    auto current = key;
    std::unordered_set<std::uint64_t> seen;
    bool is_broken = false;
    // Some tools write a root without the flag.
    while (!current.is_root() && current.offset != base_block_bytes + m_base_block.root_offset) {
        names.push_back(current.name);
        if (!seen.insert(current.offset).second || names.size() > key_depth_max) {
            is_broken = true;
            break;
        }
        auto parent = key_at(current.parent);
        if (!parent.ok()) {
            is_broken = true;
            break;
        }
        current = std::move(parent).value();
    }
    std::string path = is_broken ? "?" : "";
    for (auto name = names.rbegin(); name != names.rend(); ++name) {
        if (!path.empty())
            path += '\\';
        path += *name;
    }
    return path;
}

std::uint32_t Hive::current_control_set() const
{
    auto const select = find("Select");
    auto const current = select ? value(*select, "Current") : std::nullopt;
    auto const number = current ? value_number(*current) : std::nullopt;
    return number && *number >= 1 && *number <= 999 ? static_cast<std::uint32_t>(*number) : 1;
}

}
