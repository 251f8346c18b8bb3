// Writes a small WMI repository (OBJECTS.DATA, INDEX.BTR, a mapping file) from classes and instances that are told.
// Not a model of WMI: no qualifiers, no methods, and only strings, numbers, booleans and octets as values.
#pragma once
#include "bytes/utf16.hpp"
#include "formats/cim/cim.hpp"
#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace konseki::test {

using CimValue = std::variant<std::string, std::uint64_t, std::vector<std::uint8_t>>;

struct CimProperty {
    std::string name;
    cim::Type type = cim::Type::string; // std::vector values are arrays of uint8
    std::optional<CimValue> standard {}; // stored with the class
    bool is_array = false;
};

struct CimRecord { // as it lies in OBJECTS.DATA
    std::string bytes;
    std::vector<std::string> keys {}; // without the place; none: deleted
};

enum class CimLayout : std::uint8_t { vista, xp };

class CimWriter {
public:
    explicit CimWriter(CimLayout layout = CimLayout::vista)
        : m_layout(layout)
        , m_hash(layout == CimLayout::xp ? cim::HashKind::md5 : cim::HashKind::sha256)
    {
    }

    static constexpr std::uint64_t class_time = 132'201'838'485'723'790; // 2019-12-07T09:17:28.572379Z
    static constexpr std::uint64_t instance_time = 132'914'037'192'584'920; // 2022-03-10T16:35:19.258492Z

    std::string hash(std::string_view name) const { return cim::name_hash(name, m_hash); }

    void add_class(std::string const& name_space, std::string const& name, std::string const& superclass,
        std::vector<CimProperty> own, bool is_deleted = false)
    {
        ClassPlan plan;
        if (!superclass.empty())
            plan.all = m_classes.at(superclass).all;
        auto const inherited = plan.all.size();
        plan.all.insert(plan.all.end(), own.begin(), own.end());
        m_classes[name] = plan;
        std::string heap;
        auto const name_at = put_string(heap, name);
        std::string references;
        for (std::size_t i = inherited; i < plan.all.size(); ++i) {
            auto const property_at = put_string(heap, plan.all[i].name);
            put(references, property_at, 4);
            put(references, heap.size(), 4);
            put(heap, static_cast<std::uint64_t>(plan.all[i].type) | (plan.all[i].is_array ? 0x2000U : 0U), 4);
            put(heap, i, 2);
            put(heap, offset_of(plan, i), 4);
            put(heap, 0, 4); // level
            put(heap, 4, 4); // no qualifiers
        }
        std::map<std::string, CimValue> standards;
        for (std::size_t i = inherited; i < plan.all.size(); ++i) {
            if (plan.all[i].standard)
                standards[plan.all[i].name] = *plan.all[i].standard;
        }
        auto const values = table(plan, standards, inherited, heap, 1);
        std::string encoding;
        put(encoding, 0, 1);
        put(encoding, name_at, 4);
        put(encoding, values.size(), 4);
        put(encoding, 4, 4); // derivation
        put(encoding, 4, 4); // qualifiers
        put(encoding, references.size() / 8, 4);
        encoding += references + values;
        put(encoding, heap.size() | 0x8000'0000U, 4);
        encoding += heap;
        std::string record;
        put(record, superclass.size(), 4);
        record += utf16le_from_utf8(superclass);
        put(record, class_time, 8);
        put(record, encoding.size() + 4, 4);
        record += encoding;
        record.append(12, '\0'); // no methods
        add(std::move(record),
            is_deleted ? std::vector<std::string> {}
                       : std::vector<std::string> { "NS_" + hash(name_space) + "/CD_" + hash(name) });
    }

    std::string instance(std::string const& class_name, std::map<std::string, CimValue> const& values,
        std::uint64_t written_at = instance_time) const
    {
        auto const& plan = m_classes.at(class_name);
        std::string heap;
        auto const name_at = put_string(heap, class_name);
        auto const stored = table(plan, values, 0, heap, 3);
        std::string record = utf16le_from_utf8(hash(class_name));
        put(record, written_at, 8);
        put(record, class_time, 8);
        put(record, 4 + 1 + 4 + stored.size() + 4 + 1 + 4 + heap.size(), 4);
        put(record, 0, 1);
        put(record, name_at, 4);
        record += stored;
        put(record, 4, 4); // qualifiers
        put(record, 1, 1); // no qualifiers of properties
        put(record, heap.size() | 0x8000'0000U, 4);
        return record + heap;
    }

    void add_instance(std::string const& name_space, std::string const& class_name, std::string const& key,
        std::map<std::string, CimValue> const& values, bool is_deleted = false)
    {
        std::vector<std::string> keys;
        if (!is_deleted)
            keys = { "NS_" + hash(name_space) + "/CI_" + hash(class_name) + "/IL_" + hash(key) };
        add(instance(class_name, values), keys);
    }

    void add(std::string bytes, std::vector<std::string> keys) { m_records.push_back({ std::move(bytes), keys }); }

    // The classes that permanent event subscriptions are made of, as Windows 10 has them.
    void add_event_classes()
    {
        using cim::Type;
        std::string const system = "__SystemClass", subscription = "ROOT\\subscription";
        CimProperty const sid { "CreatorSID", Type::uint8, {}, true };
        add_class(system, system, "", {});
        add_class(system, "__NAMESPACE", system, { { "Name" } });
        add_class(system, "__IndicationRelated", system, {});
        add_class(system, "__EventFilter", "__IndicationRelated",
            { { "Name" }, sid, { "QueryLanguage" }, { "Query" }, { "EventNamespace", Type::string, "root\\cimv2" },
                { "EventAccess" } });
        add_class(system, "__EventConsumer", "__IndicationRelated",
            { { "MachineName" }, { "MaximumQueueSize", Type::uint32 }, sid });
        add_class(system, "__FilterToConsumerBinding", "__IndicationRelated",
            { { "Filter", Type::reference }, { "Consumer", Type::reference }, { "DeliverSynchronously", Type::boolean },
                sid });
        add_class(subscription, "CommandLineEventConsumer", "__EventConsumer",
            { { "Name" }, { "ExecutablePath" }, { "CommandLineTemplate" }, { "RunInteractively", Type::boolean },
                { "WorkingDirectory" }, { "KillTimeout", Type::uint32, std::uint64_t { 0 } } });
        add_class(subscription, "ActiveScriptEventConsumer", "__EventConsumer",
            { { "Name" }, { "ScriptingEngine" }, { "ScriptText" }, { "ScriptFilename" } });
    }

    struct Repository {
        std::string objects, index, mapping;
        cim::Files files() const { return { as_bytes(objects), as_bytes(index), { as_bytes(mapping) } }; }
    };

    // Records in order, some to a page; physical pages in reverse order, so that a reader without the map is lost.
    Repository write() const
    {
        std::vector<std::string> pages;
        std::vector<std::string> keys;
        place_records(pages, keys);
        auto const index_pages = write_index(keys);
        Repository repository;
        repository.objects = reversed(pages);
        repository.index = reversed(index_pages);
        repository.mapping = map_section(pages.size(), 1, false);
        auto const index_map = map_section(index_pages.size(), 1, true);
        repository.mapping += index_map;
        return repository;
    }

    static void put(std::string& target, std::uint64_t value, unsigned size)
    {
        for (unsigned i = 0; i < size; ++i)
            target += static_cast<char>((value >> (8 * i)) & 0xff);
    }

private:
    struct ClassPlan {
        std::vector<CimProperty> all; // inherited first
    };
    static constexpr std::size_t keys_per_page = 20;

    static std::size_t size_of(CimProperty const& property)
    {
        if (property.is_array)
            return 4;
        return property.type == cim::Type::boolean ? 2 : property.type == cim::Type::uint64 ? 8 : 4;
    }
    static std::size_t offset_of(ClassPlan const& plan, std::size_t index)
    {
        std::size_t offset = 0;
        for (std::size_t i = 0; i < index; ++i)
            offset += size_of(plan.all[i]);
        return offset;
    }
    static std::size_t put_string(std::string& heap, std::string_view text)
    {
        auto const at = heap.size();
        heap += '\0';
        heap += text;
        heap += '\0';
        return at;
    }

    // Two state bits per property, then the values. `absent`: 1 null; 3 for instances where the class has a default.
    static std::string table(ClassPlan const& plan, std::map<std::string, CimValue> const& values, std::size_t first,
        std::string& heap, unsigned absent)
    {
        std::string states((plan.all.size() * 2 + 7) / 8, '\0');
        std::string stored;
        for (std::size_t i = 0; i < plan.all.size(); ++i) {
            auto const& property = plan.all[i];
            auto const found = i < first ? values.end() : values.find(property.name);
            unsigned state = 0;
            if (found == values.end()) {
                state = absent == 3 && property.standard ? 2U : i < first ? 3U : 1U;
                stored.append(size_of(property), '\xff');
            } else if (auto const* const text = std::get_if<std::string>(&found->second)) {
                put(stored, put_string(heap, *text), 4);
            } else if (auto const* const octets = std::get_if<std::vector<std::uint8_t>>(&found->second)) {
                put(stored, heap.size(), 4);
                put(heap, octets->size(), 4);
                for (auto const octet : *octets)
                    heap += static_cast<char>(octet);
            } else {
                put(stored, std::get<std::uint64_t>(found->second), static_cast<unsigned>(size_of(property)));
            }
            auto& byte = states[i / 4];
            byte = static_cast<char>(static_cast<unsigned char>(byte) | (state << (2 * (i % 4))));
        }
        return states + stored;
    }

    void place_records(std::vector<std::string>& pages, std::vector<std::string>& keys) const
    {
        constexpr std::size_t contents_bytes = 16 * 9; // eight records to a page
        std::string contents, bodies;
        auto const flush = [&] {
            if (contents.empty())
                return;
            contents.resize(contents_bytes, '\0');
            auto page = contents + bodies;
            page.resize((page.size() + cim::page_bytes - 1) / cim::page_bytes * cim::page_bytes, '\0');
            for (std::size_t at = 0; at < page.size(); at += cim::page_bytes)
                pages.push_back(page.substr(at, cim::page_bytes));
            contents.clear();
            bodies.clear();
        };
        std::uint32_t id = 1000;
        for (auto const& record : m_records) {
            if (contents.size() + 16 >= contents_bytes
                || contents_bytes + bodies.size() + record.bytes.size() > cim::page_bytes)
                flush();
            ++id;
            for (auto const& key : record.keys) {
                keys.push_back(key + '.' + std::to_string(pages.size()) + '.' + std::to_string(id) + '.'
                    + std::to_string(record.bytes.size()));
            }
            put(contents, id, 4);
            put(contents, contents_bytes + bodies.size(), 4);
            put(contents, record.bytes.size(), 4);
            put(contents, 0, 4);
            bodies += record.bytes;
            if (record.bytes.size() > cim::page_bytes - contents_bytes)
                flush();
        }
        flush();
    }

    // Page 0 administers (XP) or is unused; page 1 is the root, the others are its children.
    std::vector<std::string> write_index(std::vector<std::string> const& keys) const
    {
        std::vector<std::string> root_keys, pages(2);
        std::vector<std::uint32_t> children;
        for (std::size_t at = 0; at < keys.size();) {
            auto const size = std::min(keys_per_page, keys.size() - at);
            auto const first = keys.begin() + static_cast<std::ptrdiff_t>(at);
            children.push_back(static_cast<std::uint32_t>(pages.size()));
            pages.push_back(index_page({ first, first + static_cast<std::ptrdiff_t>(size) }, {}, children.back()));
            at += size;
            if (at < keys.size())
                root_keys.push_back(keys[at++]);
        }
        children.resize(root_keys.size() + 1, 0);
        pages[0] = index_page({}, {}, 0);
        if (m_layout == CimLayout::xp) {
            pages[0].replace(0, 2, "\xdd\xad");
            pages[0][12] = 1;
        } else {
            pages[0].replace(0, 2, std::string(2, '\0'));
        }
        pages[1] = index_page(root_keys, children, 1);
        return pages;
    }

    static std::string index_page(
        std::vector<std::string> const& keys, std::vector<std::uint32_t> children, std::uint32_t number)
    {
        children.resize(keys.size() + 1, 0);
        std::string page;
        put(page, 0xaccc, 4);
        put(page, number, 4);
        put(page, 0, 8);
        put(page, keys.size(), 4);
        page.append(keys.size() * 4, '\0');
        for (auto const child : children)
            put(page, child, 4);
        std::string definitions, offsets, texts;
        std::size_t parts = 0;
        for (auto const& key : keys) {
            put(page, definitions.size() / 2, 2);
            auto const count = static_cast<std::size_t>(std::count(key.begin(), key.end(), '/')) + 1;
            put(definitions, count, 2);
            std::size_t begin = 0;
            for (std::size_t i = 0; i < count; ++i) {
                auto const end = std::min(key.find('/', begin), key.size());
                put(definitions, parts++, 2);
                put(offsets, texts.size(), 2);
                texts += key.substr(begin, end - begin);
                texts += '\0';
                begin = end + 1;
            }
        }
        put(page, definitions.size() / 2, 2);
        page += definitions;
        put(page, parts, 2);
        page += offsets;
        put(page, texts.size(), 2);
        page += texts;
        page.resize(cim::page_bytes, '\0');
        return page;
    }

    static std::string reversed(std::vector<std::string> const& pages)
    {
        std::string all;
        for (auto page = pages.rbegin(); page != pages.rend(); ++page)
            all += *page;
        return all;
    }

    std::string map_section(std::size_t pages, std::uint32_t version, bool is_index) const
    {
        std::string section;
        put(section, 0xabcd, 4);
        put(section, version, 4);
        if (m_layout == CimLayout::vista)
            put(section, 0, 8);
        put(section, pages, 4);
        put(section, pages, 4);
        for (std::size_t logical = 0; logical < pages; ++logical) {
            put(section, pages - 1 - logical, 4);
            if (m_layout == CimLayout::xp)
                continue;
            put(section, 0, 8);
            put(section, is_index && logical == 0 ? 1 : 0, 4); // the root
            put(section, 0, 8);
        }
        put(section, 1, 4); // one free page
        put(section, 0, 4);
        put(section, 0xdcba, 4);
        return section;
    }

    CimLayout m_layout;
    cim::HashKind m_hash;
    std::map<std::string, ClassPlan> m_classes;
    std::vector<CimRecord> m_records;
};

}
