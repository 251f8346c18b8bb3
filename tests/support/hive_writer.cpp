#include "support/hive_writer.hpp"
#include "base/text.hpp"
#include "base/timestamp.hpp"
#include "bytes/utf16.hpp"
#include "support/samples.hpp"
#include <algorithm>
#include <cstdint>
#include <deque>
#include <stdexcept>
#include <string>
#include <unordered_map>

namespace konseki::test {

namespace {

constexpr std::uint32_t none = 0xffff'ffff;

struct WrittenValue {
    std::string name;
    std::uint32_t type = 0;
    std::string data;
};

struct WrittenKey {
    std::string name;
    Timestamp written_at;
    WrittenKey* parent = nullptr;
    std::vector<WrittenKey*> children;
    std::vector<WrittenValue> values;
    std::uint32_t offset = 0;
};

void put(std::string& target, std::uint64_t number, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; ++i)
        target.push_back(static_cast<char>((number >> (8 * i)) & 0xffU));
}

void overwrite(std::string& target, std::size_t at, std::uint32_t number)
{
    for (unsigned i = 0; i < 4; ++i)
        target[at + i] = static_cast<char>((number >> (8 * i)) & 0xffU);
}

bool is_ascii(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

class Writer {
public:
    explicit Writer(std::string_view text)
        : m_root(&m_keys.emplace_back())
    {
        m_root->name = "ROOT";
        auto* current = m_root;
        for (auto const line : split(text, '\n')) {
            auto const trimmed = trim(line);
            if (trimmed.empty() || trimmed.front() == '#')
                continue;
            if (trimmed.front() == '[') {
                auto const end = trimmed.rfind(']');
                current = key(trimmed.substr(1, end - 1));
                current->written_at = Timestamp::parse(trim(trimmed.substr(end + 1))).value_or(Timestamp {});
            } else {
                current->values.push_back(value(trimmed));
            }
        }
    }

    std::vector<std::byte> write()
    {
        m_bins.assign(32, '\0');
        for (auto& key : m_keys)
            write_key(key);
        for (auto const& key : m_keys)
            write_lists(key);
        while (m_bins.size() % 4096 != 0)
            m_bins.push_back('\0');
        std::string head { "hbin" };
        put(head, 0, 4);
        put(head, m_bins.size(), 4);
        m_bins.replace(0, head.size(), head);
        auto const file = base_block() + m_bins;
        auto const bytes = as_bytes(file);
        return { bytes.begin(), bytes.end() };
    }

private:
    // By path: hives of benches have hundreds of thousands of keys.
    WrittenKey* key(std::string_view path)
    {
        auto* current = m_root;
        std::string so_far;
        for (auto const part : split(path, '\\')) {
            append_format(so_far, "\\{}", part);
            auto& found = m_by_path[so_far];
            if (found == nullptr) {
                auto& made = m_keys.emplace_back();
                made.name = part;
                made.parent = current;
                current->children.push_back(&made);
                found = &made;
            }
            current = found;
        }
        return current;
    }

    static WrittenValue value(std::string_view line)
    {
        auto const equals = line.find(" = ");
        auto const colon = line.find(':', equals);
        if (equals == std::string_view::npos || colon == std::string_view::npos)
            throw std::runtime_error("hive text: " + std::string(line));
        WrittenValue written;
        auto const name = line.substr(0, equals);
        written.name = name == "@" ? std::string {} : std::string(name);
        auto const type = line.substr(equals + 3, colon - equals - 3);
        auto const data = line.substr(colon + 1);
        if (type == "sz" || type == "expand") {
            written.type = type == "sz" ? 1 : 2;
            written.data = utf16le_from_utf8(data) + std::string(2, '\0');
        } else if (type == "multi") {
            written.type = 7;
            for (auto const item : split(data, '|'))
                written.data += utf16le_from_utf8(item) + std::string(2, '\0');
            written.data += std::string(2, '\0');
        } else if (type == "dword" || type == "qword") {
            written.type = type == "dword" ? 4 : 11;
            put(written.data, parse_uint(data).value(), type == "dword" ? 4 : 8);
        } else if (type == "hex") {
            written.type = 3;
            auto const bytes = bytes_from_hex(data);
            written.data = as_text(bytes);
        } else if (type.starts_with("type")) { // SAM keeps a number where the type belongs
            written.type = static_cast<std::uint32_t>(parse_uint(type.substr(4)).value());
            written.data = data;
        } else {
            throw std::runtime_error("hive text: " + std::string(line));
        }
        return written;
    }

    std::uint32_t cell(std::string const& content)
    {
        auto const offset = static_cast<std::uint32_t>(m_bins.size());
        auto const size = (content.size() + 4 + 7) / 8 * 8;
        put(m_bins, static_cast<std::uint32_t>(-static_cast<std::int64_t>(size)), 4);
        m_bins += content;
        m_bins.resize(offset + size);
        return offset;
    }

    void write_key(WrittenKey& key)
    {
        bool const ascii = is_ascii(key.name);
        auto const name = ascii ? key.name : utf16le_from_utf8(key.name);
        std::string content { "nk" };
        put(content, (ascii ? 0x20U : 0U) | (key.parent == nullptr ? 0x0cU : 0U), 2);
        put(content, static_cast<std::uint64_t>(key.written_at.ticks), 8);
        put(content, 0, 4);
        put(content, key.parent == nullptr ? none : key.parent->offset, 4);
        put(content, key.children.size(), 4);
        put(content, 0, 4);
        put(content, none, 4); // subkey list: write_lists
        put(content, none, 4);
        put(content, key.values.size(), 4);
        put(content, none, 4); // value list: write_lists
        put(content, none, 4);
        put(content, none, 4);
        content.append(20, '\0');
        put(content, name.size(), 2);
        put(content, 0, 2);
        key.offset = cell(content + name);
    }

    void write_lists(WrittenKey const& key)
    {
        if (!key.children.empty()) {
            std::string list { "li" };
            put(list, key.children.size(), 2);
            for (auto const* child : key.children)
                put(list, child->offset, 4);
            auto const offset = cell(list);
            overwrite(m_bins, key.offset + 4 + 28, offset);
        }
        if (!key.values.empty()) {
            std::string list;
            for (auto const& value : key.values)
                put(list, write_value(value), 4);
            auto const offset = cell(list);
            overwrite(m_bins, key.offset + 4 + 40, offset);
        }
    }

    std::uint32_t write_value(WrittenValue const& value)
    {
        bool const ascii = is_ascii(value.name);
        auto const name = ascii ? value.name : utf16le_from_utf8(value.name);
        bool const is_resident = value.data.size() <= 4;
        std::string content { "vk" };
        put(content, name.size(), 2);
        put(content, value.data.size() | (is_resident ? 0x8000'0000U : 0U), 4);
        if (is_resident)
            content += value.data + std::string(4 - value.data.size(), '\0');
        else
            put(content, cell(value.data), 4);
        put(content, value.type, 4);
        put(content, ascii ? 1 : 0, 2);
        put(content, 0, 2);
        return cell(content + name);
    }

    std::string base_block() const
    {
        std::string block { "regf" };
        put(block, 1, 4);
        put(block, 1, 4);
        put(block, 0, 8);
        for (std::uint32_t const number : { 1U, 5U, 0U, 1U, m_root->offset })
            put(block, number, 4);
        put(block, m_bins.size(), 4);
        put(block, 1, 4);
        block.resize(508);
        std::uint32_t sum = 0;
        for (std::size_t i = 0; i < 508; i += 4) {
            std::uint32_t word = 0;
            for (std::size_t j = 0; j < 4; ++j)
                word |= static_cast<std::uint32_t>(static_cast<unsigned char>(block[i + j])) << (8 * j);
            sum ^= word;
        }
        put(block, sum, 4);
        block.resize(4096);
        return block;
    }

    std::deque<WrittenKey> m_keys; // addresses stay
    std::unordered_map<std::string, WrittenKey*> m_by_path;
    WrittenKey* m_root;
    std::string m_bins;
};

}

std::vector<std::byte> hive_from_text(std::string_view text)
{
    return Writer(text).write();
}

}
