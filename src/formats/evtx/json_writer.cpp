#include "base/text.hpp"
#include "base/utf8.hpp"
#include "formats/evtx/layout.hpp"
#include "formats/evtx/value_format.hpp"
#include "formats/evtx/writers.hpp"
#include <cmath>

namespace konseki::evtx {

namespace {

// An open object and the keys it has so far.
struct Object {
    std::size_t item = 0;
    std::size_t first_key = 0;
    bool has_member = false;
    bool has_unnamed_data = false;
};

struct Key {
    std::string_view name;
    std::uint32_t repeated = 0;
};

class JsonWriter {
public:
    JsonWriter(std::vector<Item> const& items, std::string& target)
        : m_items(items)
        , m_target(target)
    {
    }
    void write();

private:
    void key(std::string_view name);
    void element(std::size_t& index);
    std::size_t attributes(std::size_t index);
    void scalar(std::size_t first, std::size_t last);
    void typed(std::uint8_t type, ByteView bytes);
    void unnamed_data(std::size_t& index);
    void append_part(Item const& item);
    bool text_items(std::size_t first, std::size_t last);
    std::size_t behind_attributes(std::size_t index) const;
    Item const* attribute_named(std::size_t index, std::string_view name) const;
    std::string_view attribute_text(Item const& attribute);

    std::vector<Item> const& m_items;
    std::string& m_target;
    std::vector<Object> m_objects;
    std::vector<Key> m_keys;
    std::string m_text;
    std::string m_name;
};

void append_json(std::string& target, std::string_view text)
{
    target += '"';
    append_json_text(target, text);
    target += '"';
}

bool is_number(std::uint8_t type)
{
    return type >= 0x03 && type <= 0x0a;
}

void JsonWriter::key(std::string_view name)
{
    auto& object = m_objects.back();
    if (object.has_member)
        m_target += ',';
    object.has_member = true;
    for (auto i = object.first_key; i < m_keys.size(); ++i) {
        if (m_keys[i].name == name) {
            append_json(m_target, format("{}_{}", name, ++m_keys[i].repeated));
            m_target += ':';
            return;
        }
    }
    m_keys.push_back({ name, 0 });
    append_json(m_target, name);
    m_target += ':';
}

void JsonWriter::typed(std::uint8_t type, ByteView bytes)
{
    if (type == raw_type::null) {
        m_target += "\"\"";
        return;
    }
    if (is_number(type) || type == raw_type::boolean) {
        append_shown(m_target, type, bytes);
        return;
    }
    m_text.clear();
    append_shown(m_text, type, bytes);
    append_json(m_target, m_text);
}

void JsonWriter::append_part(Item const& item)
{
    switch (item.kind) {
    case Item::Kind::text:
    case Item::Kind::cdata: m_text += item.text; return;
    case Item::Kind::value: append_shown(m_text, item.type, item.bytes()); return;
    case Item::Kind::char_reference: utf8::append(m_text, item.number); return;
    case Item::Kind::entity:
        m_text += item.text == "amp" ? "&"
            : item.text == "lt"      ? "<"
            : item.text == "gt"      ? ">"
            : item.text == "quot"    ? "\""
            : item.text == "apos"    ? "'"
                                     : item.text;
        return;
    default: return;
    }
}

// The value of the text items in [first, last).
void JsonWriter::scalar(std::size_t first, std::size_t last)
{
    if (last == first + 1 && m_items[first].kind == Item::Kind::value) {
        auto const& item = m_items[first];
        if (!is_array(item.type)) {
            typed(item.type, item.bytes());
            return;
        }
        std::size_t count = 0;
        for_each_item(item.type, item.bytes(), [&](std::uint8_t, ByteView) { ++count; });
        if (count != 1)
            m_target += '[';
        bool is_first = true;
        for_each_item(item.type, item.bytes(), [&](std::uint8_t type, ByteView bytes) {
            if (!is_first)
                m_target += ',';
            is_first = false;
            typed(type, bytes);
        });
        if (count != 1)
            m_target += ']';
        return;
    }
    m_text.clear();
    for (auto i = first; i < last; ++i)
        append_part(m_items[i]);
    append_json(m_target, m_text);
}

std::size_t JsonWriter::behind_attributes(std::size_t index) const
{
    while (m_items[index].kind == Item::Kind::attribute)
        index = m_items[index].end;
    return index;
}

Item const* JsonWriter::attribute_named(std::size_t index, std::string_view name) const
{
    for (; m_items[index].kind == Item::Kind::attribute; index = m_items[index].end) {
        if (m_items[index].text == name)
            return &m_items[index];
    }
    return nullptr;
}

std::size_t JsonWriter::attributes(std::size_t index)
{
    m_target += "\"#attributes\":{";
    bool is_first = true;
    while (m_items[index].kind == Item::Kind::attribute) {
        auto const& item = m_items[index];
        if (!is_first)
            m_target += ',';
        is_first = false;
        append_json(m_target, item.text);
        m_target += ':';
        scalar(index + 1, item.end);
        index = item.end;
    }
    m_target += '}';
    return index;
}

bool JsonWriter::text_items(std::size_t first, std::size_t last)
{
    for (auto i = first; i < last; ++i) {
        if (m_items[i].kind != Item::Kind::value || !is_blank(m_items[i].type, m_items[i].bytes()))
            return true;
    }
    return false;
}

// All <Data> without a name of one parent become one member: {"#text": …} with a list when there are several.
void JsonWriter::unnamed_data(std::size_t& index)
{
    auto& object = m_objects.back();
    if (object.has_unnamed_data) {
        index = m_items[index].end;
        return;
    }
    object.has_unnamed_data = true;
    key("Data");
    std::size_t count = 0;
    auto const parent_end = m_items[object.item].end;
    auto const is_unnamed
        = [&](std::size_t i) { return m_items[i].text == "Data" && attribute_named(i + 1, "Name") == nullptr; };
    for (auto i = index; i < parent_end; ++i) {
        if (m_items[i].kind != Item::Kind::open)
            continue;
        count += is_unnamed(i) ? 1U : 0U;
        i = m_items[i].end;
    }
    m_target += "{\"#text\":";
    if (count > 1)
        m_target += '[';
    bool is_first = true;
    for (auto i = index; i < parent_end; ++i) {
        if (m_items[i].kind != Item::Kind::open)
            continue;
        if (is_unnamed(i)) {
            if (!is_first)
                m_target += ',';
            is_first = false;
            scalar(behind_attributes(i + 1), m_items[i].end);
        }
        i = m_items[i].end;
    }
    if (count > 1)
        m_target += ']';
    m_target += '}';
    index = m_items[index].end;
}

// At an open item; moves to its close, or leaves an object open.
void JsonWriter::element(std::size_t& index)
{
    auto const& item = m_items[index];
    auto const content = behind_attributes(index + 1);
    bool const has_attributes = content != index + 1;
    if (item.text == "Data" && !item.has_children) {
        auto const* const name = attribute_named(index + 1, "Name");
        if (name == nullptr) {
            unnamed_data(index);
            return;
        }
        auto const first = static_cast<std::size_t>(name - m_items.data()) + 1;
        if (name->end == first + 1 && m_items[first].kind == Item::Kind::text) {
            key(m_items[first].text);
            scalar(content, item.end);
            index = item.end;
            return;
        }
    }
    key(item.text);
    if (!item.has_children) {
        bool const has_text = text_items(content, item.end);
        if (has_attributes) {
            m_target += '{';
            attributes(index + 1);
            if (has_text) {
                m_target += ",\"#text\":";
                scalar(content, item.end);
            }
            m_target += '}';
        } else if (has_text) {
            scalar(content, item.end);
        } else {
            m_target += "null";
        }
        index = item.end;
        return;
    }
    m_target += '{';
    m_objects.push_back({ index, m_keys.size(), false, false });
    if (has_attributes) {
        attributes(index + 1);
        m_objects.back().has_member = true;
    }
    index = content - 1;
}

void JsonWriter::write()
{
    m_target += '{';
    m_objects.push_back({ 0, 0, false, false });
    for (std::size_t i = 0; i < m_items.size(); ++i) {
        auto const& item = m_items[i];
        if (item.kind == Item::Kind::open) {
            element(i);
        } else if (item.kind == Item::Kind::close && m_objects.size() > 1) {
            m_target += '}';
            m_keys.resize(m_objects.back().first_key);
            m_objects.pop_back();
        }
    }
    for (; !m_objects.empty(); m_objects.pop_back())
        m_target += '}';
}

}

void write_json(std::vector<Item> const& items, std::string& target)
{
    JsonWriter(items, target).write();
}

}
