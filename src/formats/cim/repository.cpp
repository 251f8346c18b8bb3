#include "base/text.hpp"
#include "bytes/byte_reader.hpp"
#include "formats/cim/carve.hpp"
#include "formats/cim/catalogue.hpp"
#include "formats/cim/records.hpp"
#include <algorithm>
#include <map>

namespace konseki::cim {

namespace {

struct InstanceEntry {
    InstanceRecord record;
    std::string_view namespace_hash;
    std::uint64_t offset = 0, size_bytes = 0;
    Found found = Found::live;
};

HashKind hash_kind_of(Index const& index, RecordSet const& set)
{
    for (auto const& keys : { std::cref(index.keys), std::cref(index.remnants) }) {
        if (!keys.get().empty())
            return keys.get().front().namespace_hash.size() == 32 ? HashKind::md5 : HashKind::sha256;
    }
    for (auto const& record : set.records) {
        if (auto const head = read_instance_head(record.bytes, record.offset); head.ok())
            return head.value().class_hash.size() == 32 ? HashKind::md5 : HashKind::sha256;
    }
    return HashKind::sha256;
}

class Reader final : CarveVisitor {
public:
    Reader(Files const& files, Limits const& limits, DiagnosticSink& diagnostics, Visitor& visitor)
        : m_files(files)
        , m_limits(limits)
        , m_diagnostics(diagnostics)
        , m_visitor(visitor)
        , m_mapping(choose_mapping(files, diagnostics))
        , m_index(read_index(files.index, m_mapping ? &m_mapping->index : nullptr, diagnostics))
        , m_set(find_records(files.objects, m_mapping ? &m_mapping->objects : nullptr, m_index, diagnostics))
        , m_hash_kind(hash_kind_of(m_index, m_set))
        , m_classes(m_hash_kind)
    {
    }

    void read()
    {
        report_what_is_missing();
        for (auto const& record : m_set.records)
            record.found == Found::live ? add_live(record) : add_recovered(record);
        for (auto const& gap : m_set.gaps) {
            if (auto const bytes = slice(m_files.objects, gap.offset, gap.size_bytes, "cim.gap"); bytes.ok())
                carve(bytes.value(), gap.offset, *this);
        }
        m_classes.order();
        std::ranges::sort(m_instances, {}, &InstanceEntry::offset);
        name_namespaces();
        emit_namespaces();
        emit_classes();
        emit_instances();
    }

private:
    void report_what_is_missing()
    {
        if (!m_mapping)
            m_diagnostics.report({ { ErrorCode::not_found, "cim.mapping", 0, 0, 0, {} } });
        if (!m_index.is_usable)
            m_diagnostics.report({ { ErrorCode::not_found, "cim.index", 0, 0, 0, {} } });
        else if (m_set.keys_without_record > 0)
            m_diagnostics.report({ { ErrorCode::not_found, "cim.index.record", 0, m_index.keys.size(),
                m_index.keys.size() - m_set.keys_without_record, {} } });
    }

    void add_live(Record const& record)
    {
        if (record.key->kind == KeyKind::registration)
            return;
        Error error;
        if (record.key->kind == KeyKind::class_definition) {
            auto definition = read_class(record.bytes, record.offset);
            if (definition.ok()) {
                add_class(record, std::move(definition).value());
                return;
            }
            error = definition.error();
        } else {
            auto const head = read_instance_head(record.bytes, record.offset);
            if (head.ok()) {
                add_instance(record, head.value());
                return;
            }
            error = head.error();
        }
        m_diagnostics.report({ error, record.size_bytes });
    }

    // What a table of contents names but the index does not is told by its bytes; what they do not tell is searched.
    void add_recovered(Record const& record)
    {
        if (auto const head = read_instance_head(record.bytes, record.offset); head.ok()) {
            add_instance(record, head.value());
            return;
        }
        if (auto definition = read_class(record.bytes, record.offset, OnDamage::refuse); definition.ok()) {
            add_class(record, std::move(definition).value());
            return;
        }
        auto const in_page = page_bytes - record.offset % page_bytes;
        m_set.gaps.push_back(
            { record.offset, std::min({ in_page, record.size_bytes, m_files.objects.size() - record.offset }) });
    }

    void add_class(Record const& record, ClassRecord definition)
    {
        auto hash = record.found == Found::live ? std::string(record.key->class_hash)
                                                : name_hash(definition.name, m_hash_kind);
        m_classes.add({ std::move(definition), std::move(hash),
            record.key == nullptr ? std::string_view {} : record.key->namespace_hash, record.offset, record.size_bytes,
            record.found });
    }

    void add_instance(Record const& record, InstanceRecord const& head)
    {
        m_instances.push_back({ head, record.key == nullptr ? std::string_view {} : record.key->namespace_hash,
            record.offset, record.size_bytes, record.found });
    }

    Found found_between_records() const { return m_index.is_usable ? Found::slack : Found::unindexed; }

    bool on_carved_class(ClassRecord const& definition, std::uint64_t offset, std::uint64_t size_bytes) override
    {
        m_classes.add(
            { definition, name_hash(definition.name, m_hash_kind), {}, offset, size_bytes, found_between_records() });
        return true;
    }

    bool on_carved_instance(InstanceRecord const& instance, std::uint64_t offset, std::uint64_t size_bytes) override
    {
        m_instances.push_back({ instance, {}, offset, size_bytes, found_between_records() });
        return true;
    }

    std::optional<Instance> decode(InstanceEntry const& entry)
    {
        auto const* definition
            = m_classes.find(entry.record.class_hash, entry.namespace_hash, entry.record.class_stamp);
        if (definition == nullptr)
            return std::nullopt;
        auto instance = decode_instance(entry.record, m_classes.layout(*definition));
        return instance.ok() ? std::optional { std::move(instance).value() } : std::nullopt;
    }

    // Keys hold the hash of a namespace's path. Paths are told by the instances of __NAMESPACE, from the root down.
    void name_namespaces()
    {
        auto const class_hash = name_hash("__NAMESPACE", m_hash_kind);
        std::map<std::string_view, std::vector<InstanceEntry const*>> children;
        for (auto const& entry : m_instances) {
            if (entry.record.class_hash == class_hash && !entry.namespace_hash.empty())
                children[entry.namespace_hash].push_back(&entry);
        }
        std::vector<std::string> pending { name_hash("ROOT", m_hash_kind) };
        m_paths.emplace(pending.back(), "ROOT");
        m_paths.emplace(m_classes.system_namespace(), "__SystemClass");
        while (!pending.empty()) {
            auto const parent = std::move(pending.back());
            pending.pop_back();
            auto const found = children.find(parent);
            for (std::size_t i = 0; found != children.end() && i < found->second.size(); ++i) {
                auto const instance = decode(*found->second[i]);
                auto const* const name = instance ? instance->find("Name") : nullptr;
                auto path = m_paths[parent] + '\\' + (name == nullptr ? std::string {} : name->text);
                auto hash = name_hash(path, m_hash_kind);
                if (name != nullptr && path.size() <= m_limits.path_bytes_max
                    && m_paths.emplace(hash, std::move(path)).second)
                    pending.push_back(std::move(hash));
            }
        }
    }

    std::string_view path_of(std::string_view namespace_hash) const
    {
        auto const found = m_paths.find(namespace_hash);
        return found == m_paths.end() ? std::string_view {} : std::string_view(found->second);
    }

    template <typename Entry> Place place_of(Entry const& entry) const
    {
        return { entry.offset, entry.size_bytes, entry.found, path_of(entry.namespace_hash), entry.namespace_hash };
    }

    struct Population {
        std::uint64_t classes = 0, instances = 0;
        std::uint64_t offset = 0, size_bytes = 0; // of the first record that is not itself a namespace
        void add(std::uint64_t record_offset, std::uint64_t record_size)
        {
            if (size_bytes == 0 || record_offset < offset) {
                offset = record_offset;
                size_bytes = record_size;
            }
        }
    };

    std::map<std::string_view, Population> count_population(std::string_view namespace_class) const
    {
        std::map<std::string_view, Population> all;
        for (auto const& entry : m_classes.entries()) {
            if (entry.found == Found::live) {
                ++all[entry.namespace_hash].classes;
                all[entry.namespace_hash].add(entry.offset, entry.size_bytes);
            }
        }
        for (auto const& entry : m_instances) {
            if (entry.found != Found::live)
                continue;
            ++all[entry.namespace_hash].instances;
            if (entry.record.class_hash != namespace_class)
                all[entry.namespace_hash].add(entry.offset, entry.size_bytes);
        }
        return all;
    }

    void emit_namespaces()
    {
        auto const class_hash = name_hash("__NAMESPACE", m_hash_kind);
        auto population = count_population(class_hash);
        population.erase(m_classes.system_namespace());
        for (auto const& entry : m_instances) {
            auto const instance = entry.record.class_hash == class_hash ? decode(entry) : std::nullopt;
            auto const* const name = instance ? instance->find("Name") : nullptr;
            if (name == nullptr)
                continue;
            Namespace found;
            auto const parent = path_of(entry.namespace_hash);
            found.path = parent.empty() ? name->text : std::string(parent) + '\\' + name->text;
            found.hash = parent.empty() ? std::string {} : name_hash(found.path, m_hash_kind);
            found.stamp = instance->stamp;
            if (auto const counted = population.find(found.hash); counted != population.end()) {
                found.classes = counted->second.classes;
                found.instances = counted->second.instances;
                counted->second.size_bytes = entry.found == Found::live ? 0 : counted->second.size_bytes; // named
            }
            m_visitor.on_namespace(found, place_of(entry));
        }
        for (auto const& [hash, counted] : population) {
            if (counted.size_bytes == 0)
                continue;
            auto const path = path_of(hash);
            m_visitor.on_namespace(
                { std::string(path), std::string(hash), path == "ROOT", {}, counted.classes, counted.instances },
                { counted.offset, counted.size_bytes, Found::live, path, hash });
        }
    }

    void emit_classes()
    {
        for (auto const& entry : m_classes.entries()) {
            if (entry.is_built_in)
                continue;
            auto const& layout = m_classes.layout(entry);
            m_visitor.on_class({ entry.record.name, entry.record.superclass, entry.record.stamp,
                                   decode_defaults(entry.record, layout.slots.size()) },
                place_of(entry));
        }
    }

    void emit_instances()
    {
        for (auto const& entry : m_instances) {
            auto const instance = decode(entry);
            if (instance) {
                m_visitor.on_instance(*instance, place_of(entry));
                if (!instance->is_complete && entry.found == Found::live)
                    m_diagnostics.report(
                        { { ErrorCode::bad_value, "cim.instance", entry.offset, entry.size_bytes, 0, {} } });
            } else if (entry.found == Found::live)
                m_diagnostics.report(
                    { { ErrorCode::not_found, "cim.instance.class", entry.offset, 0, 0, {} }, entry.size_bytes });
        }
    }

    Files const& m_files;
    Limits const& m_limits;
    DiagnosticSink& m_diagnostics;
    Visitor& m_visitor;
    std::optional<Mapping> m_mapping;
    Index m_index;
    RecordSet m_set;
    HashKind m_hash_kind;
    ClassCatalogue m_classes;
    std::vector<InstanceEntry> m_instances;
    std::map<std::string, std::string, std::less<>> m_paths; // by hash
};

}

std::string_view type_name(Type type)
{
    switch (type) {
    case Type::sint16: return "sint16";
    case Type::sint32: return "sint32";
    case Type::real32: return "real32";
    case Type::real64: return "real64";
    case Type::string: return "string";
    case Type::boolean: return "boolean";
    case Type::object: return "object";
    case Type::sint8: return "sint8";
    case Type::uint8: return "uint8";
    case Type::uint16: return "uint16";
    case Type::uint32: return "uint32";
    case Type::sint64: return "sint64";
    case Type::uint64: return "uint64";
    case Type::datetime: return "datetime";
    case Type::reference: return "reference";
    case Type::char16: return "char16";
    }
    return "unknown";
}

std::string_view found_name(Found found)
{
    switch (found) {
    case Found::live: return "live";
    case Found::unreferenced: return "unreferenced";
    case Found::unmapped: return "unmapped";
    case Found::slack: return "slack";
    case Found::unindexed: return "unindexed";
    }
    return "live";
}

Value const* Instance::find(std::string_view name) const
{
    for (auto const& named : values) {
        if (!named.value.is_null && equals_ignoring_case(named.name, name))
            return &named.value;
    }
    return nullptr;
}

bool Instance::is_a(std::string_view ancestor) const
{
    return equals_ignoring_case(class_name, ancestor)
        || std::ranges::any_of(derivation, [&](auto const& above) { return equals_ignoring_case(above, ancestor); });
}

Sniff sniff(ByteView head)
{
    auto const record = first_record(head);
    auto const reads_well = !record.empty() && (read_instance_head(record, 0).ok() || read_class(record, 0).ok());
    return reads_well ? Sniff::maybe : Sniff::no;
}

void read(Files const& files, Limits const& limits, DiagnosticSink& diagnostics, Visitor& visitor)
{
    Reader(files, limits, diagnostics, visitor).read();
}

}
