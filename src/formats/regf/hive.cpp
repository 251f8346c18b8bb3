#include "base/text.hpp"
#include "bytes/byte_reader.hpp"
#include "bytes/utf16.hpp"
#include "formats/regf/cells.hpp"
#include "formats/regf/regf.hpp"
#include <algorithm>
#include <unordered_set>

namespace konseki::regf {

namespace {

constexpr std::uint32_t big_data_segment_bytes = 16'344; // [regf, big data] of each segment but the last
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
    if (auto const content = cell_content(m_bins, cell_offset))
        return *content;
    auto const file_offset = base_block_bytes + std::uint64_t { cell_offset };
    if (cell_offset == no_offset || cell_offset % 8 != 0)
        return Error { ErrorCode::bad_offset, what, file_offset, 0, 0, {} };
    ByteReader reader { TRY(slice(m_bins, cell_offset, 4, what, base_block_bytes)), file_offset };
    auto const stored = std::int64_t { static_cast<std::int32_t>(reader.u32("regf.cell.size")) };
    auto const size = static_cast<std::uint64_t>(stored < 0 ? -stored : stored);
    return Error { ErrorCode::bad_value, "regf.cell.size", file_offset, 8, size, {} };
}

namespace {

// Why the content is no KeyCell.
Error key_error(std::uint32_t cell_offset, ByteView content)
{
    ByteReader reader { content, base_block_bytes + cell_offset + 4 };
    if (as_text(reader.take(2, "regf.key.magic")) != "nk")
        return { ErrorCode::bad_magic, "regf.key.magic", base_block_bytes + cell_offset, 0, 0, {} };
    reader.skip(2, "regf.key.flags");
    reader.skip(8, "regf.key.written_at");
    reader.skip(4, "regf.key.access");
    reader.skip(4, "regf.key.parent");
    reader.skip(4, "regf.key.subkey_count");
    reader.skip(4, "regf.key.volatile_subkey_count");
    reader.skip(4, "regf.key.subkey_list");
    reader.skip(4, "regf.key.volatile_subkey_list");
    reader.skip(4, "regf.key.value_count");
    reader.skip(4, "regf.key.value_list");
    reader.skip(4, "regf.key.security");
    reader.skip(4, "regf.key.class_name");
    reader.seek(72, "regf.key.name_size");
    auto const name_size = reader.u16("regf.key.name_size");
    reader.skip(2, "regf.key.class_name_size");
    reader.skip(name_size, "regf.key.name");
    auto const status = reader.status();
    VERIFY(!status.ok());
    return status.error();
}

// Why the content is no ValueCell.
Error value_error(std::uint32_t cell_offset, ByteView content)
{
    ByteReader reader { content, base_block_bytes + cell_offset + 4 };
    if (as_text(reader.take(2, "regf.value.magic")) != "vk")
        return { ErrorCode::bad_magic, "regf.value.magic", base_block_bytes + cell_offset, 0, 0, {} };
    auto const name_size = reader.u16("regf.value.name_size");
    reader.skip(4, "regf.value.data_size");
    reader.skip(4, "regf.value.data_offset");
    reader.skip(4, "regf.value.type");
    reader.skip(2, "regf.value.flags");
    reader.skip(2, "regf.value.spare");
    reader.skip(name_size, "regf.value.name");
    auto const status = reader.status();
    VERIFY(!status.ok());
    return status.error();
}

}

void assign(Key& key, KeyCell const& cell, std::string_view name)
{
    key.name = name;
    key.offset = base_block_bytes + cell.cell_offset();
    key.size_bytes = cell.size_bytes();
    key.flags = cell.flags();
    key.written_at = cell.written_at();
    key.parent = cell.parent();
    key.subkey_count = cell.subkey_count();
    key.subkey_list = cell.subkey_list();
    key.value_count = cell.value_count();
    key.value_list = cell.value_list();
    key.security = cell.security();
    key.class_name = cell.class_name();
    key.class_name_bytes = cell.class_name_bytes();
    key.state = CellState::live;
}

Result<Key> Hive::read_key(std::uint32_t cell_offset, ByteView content) const
{
    auto const cell = KeyCell::read(cell_offset, content);
    if (!cell)
        return key_error(cell_offset, content);
    Key key;
    regf::assign(key, *cell, cell->name().text());
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

// `leaves` takes what an index root points to; where it is null, the list must be a leaf.
void Hive::append_subkey_list(std::uint32_t list, std::vector<std::uint32_t>& offsets,
    std::vector<std::uint32_t>* leaves, DiagnosticSink& diagnostics) const
{
    auto const content = cell_content(m_bins, list);
    if (!content) {
        diagnostics.report({ cell(list, "regf.subkey_list").error(), 0 });
        return;
    }
    auto const magic = as_text(content->first(std::min<std::size_t>(content->size(), 2)));
    bool const is_root = magic == "ri" && leaves != nullptr;
    std::uint32_t const item_bytes = magic == "lf" || magic == "lh" ? 8 : 4;
    if (!is_root && magic != "li" && item_bytes != 8) {
        diagnostics.report(
            { { ErrorCode::bad_magic, "regf.subkey_list.magic", base_block_bytes + list, 0, 0, {} }, 0 });
        return;
    }
    if (content->size() < 4)
        return; // cut before its count
    std::size_t count = field<std::uint16_t, 2>(content->first<4>());
    auto const items = content->last(content->size() - 4);
    if (count > items.size() / item_bytes) {
        diagnostics.report({ { ErrorCode::bad_count, "regf.subkey_list.count", base_block_bytes + list, count,
                                 items.size() / item_bytes, {} },
            0 });
        count = items.size() / item_bytes;
    }
    auto& target = is_root ? *leaves : offsets;
    auto const old_size = target.size();
    target.resize(old_size + count);
    for (std::size_t i = 0; i < count; ++i)
        target[old_size + i] = item_at(items, i * item_bytes);
}

void Hive::append_subkey_offsets(std::uint32_t subkey_count, std::uint32_t subkey_list,
    std::vector<std::uint32_t>& offsets, DiagnosticSink& diagnostics) const
{
    if (subkey_count == 0 || subkey_list == no_offset)
        return;
    std::vector<std::uint32_t> leaves;
    append_subkey_list(subkey_list, offsets, &leaves, diagnostics);
    for (auto const leaf : leaves)
        append_subkey_list(leaf, offsets, nullptr, diagnostics);
}

namespace {
bool has_duplicates(std::vector<std::uint32_t> const& offsets)
{
    auto sorted = offsets;
    std::ranges::sort(sorted);
    return std::ranges::adjacent_find(sorted) != sorted.end();
}
}

void Hive::append_child_cells(
    std::vector<std::uint32_t> const& offsets, std::vector<KeyCell>& cells, DiagnosticSink& diagnostics) const
{
    auto const is_crafted = offsets.size() > 1 && has_duplicates(offsets);
    std::unordered_set<std::uint32_t> seen; // only where something is there twice
    for (auto const offset : offsets) {
        if (is_crafted && !seen.insert(offset).second) {
            diagnostics.report(
                { { ErrorCode::loop, "regf.subkey_list.item", base_block_bytes + offset, 0, 0, {} }, 0 });
            continue;
        }
        if (auto const child = key_cell(offset))
            cells.push_back(*child);
        else
            diagnostics.report({ key_at(offset).error(), 0 });
    }
}

std::vector<Key> Hive::subkeys(Key const& key, DiagnosticSink& diagnostics) const
{
    std::vector<std::uint32_t> offsets;
    append_subkey_offsets(key.subkey_count, key.subkey_list, offsets, diagnostics);
    std::vector<KeyCell> cells;
    cells.reserve(offsets.size());
    append_child_cells(offsets, cells, diagnostics);
    std::vector<Key> keys(cells.size());
    for (std::size_t i = 0; i < cells.size(); ++i)
        regf::assign(keys[i], cells[i], cells[i].name().text());
    return keys;
}

void Hive::assign(Value& value, ValueCell const& cell) const
{
    value.offset = base_block_bytes + cell.cell_offset();
    value.size_bytes = cell.size_bytes();
    value.type = cell.type();
    value.data_size = cell.data_size();
    value.content = {};
    value.assembled.clear();
    value.state = CellState::live;
    cell.name().assign_to(value.name);
    if (cell.is_resident())
        value.content = cell.resident_data();
    else if (value.data_size != 0)
        read_content(value, cell.data_offset());
}

Result<Value> Hive::read_value(std::uint32_t cell_offset, ByteView content) const
{
    auto const cell = ValueCell::read(cell_offset, content);
    if (!cell)
        return value_error(cell_offset, content);
    Value value;
    assign(value, *cell);
    return value;
}

void Hive::report_no_value(std::uint32_t cell_offset, DiagnosticSink& diagnostics) const
{
    auto const content = cell(cell_offset, "regf.value");
    diagnostics.report({ content.ok() ? value_error(cell_offset, content.value()) : content.error(), 0 });
}

// What cannot be read stays empty: the name and type of a value whose data is damaged are still a trace.
void Hive::read_content(Value& value, std::uint32_t content_offset) const
{
    auto const content = cell_content(m_bins, content_offset);
    if (!content)
        return;
    bool const may_be_big = value.data_size > big_data_segment_bytes && m_base_block.version_minor >= 4;
    if (may_be_big && content->size() >= 8 && as_text(content->first(2)) == "db"
        && append_big_data(value, *content).ok()) {
        value.content = value.assembled;
        return;
    }
    value.content = content->first(std::min<std::size_t>(value.data_size, content->size()));
    value.content_offset = base_block_bytes + content_offset + sizeof(std::uint32_t); // behind the cell's size
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

// The items of a key's list of values, 4 bytes each.
ByteView Hive::value_items(ValueList list, DiagnosticSink& diagnostics) const
{
    if (list.count == 0 || list.offset == no_offset)
        return {};
    auto const content = cell_content(m_bins, list.offset);
    if (!content) {
        diagnostics.report({ cell(list.offset, "regf.value_list").error(), 0 });
        return {};
    }
    auto const available = content->size() / 4;
    if (list.count > available)
        diagnostics.report(
            { { ErrorCode::bad_count, "regf.key.value_count", list.key_offset, list.count, available, {} }, 0 });
    return content->first(std::min<std::size_t>(list.count, available) * 4);
}

std::vector<Value> Hive::values(Key const& key, DiagnosticSink& diagnostics) const
{
    auto const items = value_items({ key.offset, key.value_count, key.value_list }, diagnostics);
    std::vector<Value> values;
    values.reserve(items.size() / 4);
    for (std::size_t at = 0; at < items.size(); at += 4) {
        if (auto const cell = value_cell(item_at(items, at)))
            assign(values.emplace_back(), *cell);
        else
            report_no_value(item_at(items, at), diagnostics);
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
    std::vector<std::uint32_t> offsets;
    append_subkey_offsets(key.subkey_count, key.subkey_list, offsets, silence);
    for (auto const offset : offsets) {
        auto const cell = key_cell(offset);
        if (!cell || !cell->name().equals(name))
            continue;
        std::optional<Key> child { std::in_place };
        regf::assign(*child, *cell, cell->name().text());
        return child;
    }
    return std::nullopt;
}

std::optional<Value> Hive::value(Key const& key, std::string_view name) const
{
    Silence silence;
    auto const items = value_items({ key.offset, key.value_count, key.value_list }, silence);
    for (std::size_t at = 0; at < items.size(); at += 4) {
        auto const cell = value_cell(item_at(items, at));
        if (!cell || !cell->name().equals(name))
            continue;
        std::optional<Value> value { std::in_place };
        assign(*value, *cell);
        return value;
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
