#include "support/evtx_writer.hpp"
#include "base/text.hpp"
#include "bytes/crc32.hpp"
#include "bytes/utf16.hpp"
#include <cstring>
#include <stdexcept>

namespace konseki::test {

namespace {
// [libevtx, "Windows XML Event Log (EVTX)"]: sizes and places of the fixed parts.
constexpr std::size_t file_header_bytes = 4096, chunk_bytes = 65'536, chunk_header_bytes = 512;
constexpr std::size_t string_buckets = 64, template_buckets = 32, strings_offset = 128, templates_offset = 384;
constexpr std::string_view events_namespace = "http://schemas.microsoft.com/win/2004/08/events/event";

enum Token : std::uint8_t {
    end_of_stream = 0x00,
    open_element = 0x01,
    close_start = 0x02,
    close_empty = 0x03,
    end_element = 0x04,
    text_token = 0x05,
    attribute = 0x06,
    template_instance = 0x0c,
    substitution = 0x0d,
    optional_substitution = 0x0e,
    fragment_header = 0x0f,
    more = 0x40,
};

constexpr std::uint16_t no_dependency = 0xffff;

template <typename T> void put(std::string& target, T number)
{
    char bytes[sizeof(T)];
    std::memcpy(bytes, &number, sizeof(T)); // little-endian hosts only
    target.append(bytes, sizeof(T));
}

template <typename T> void patch(std::string& target, std::size_t offset, T number)
{
    std::memcpy(target.data() + offset, &number, sizeof(T));
}

std::uint16_t name_hash(std::string_view utf16)
{
    std::uint32_t hash = 0;
    for (std::size_t i = 0; i + 1 < utf16.size(); i += 2)
        hash = hash * 65'599 + static_cast<std::uint8_t>(utf16[i])
            + (static_cast<std::uint32_t>(static_cast<std::uint8_t>(utf16[i + 1])) << 8);
    return static_cast<std::uint16_t>(hash);
}

std::uint64_t mixed(std::string_view text, std::uint64_t seed)
{
    std::uint64_t hash = 0xcbf29ce484222325ULL ^ seed; // FNV-1a, then one xorshift-multiply round
    for (char const c : text)
        hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3ULL;
    hash ^= hash >> 32;
    hash *= 0xd6e8feb86659fd93ULL;
    return hash ^ (hash >> 32);
}

bool is_list(WrittenValue const& value)
{
    return (value.type & value_type::array) != 0;
}

// Where a template takes its values from: indexes of the instance.
struct SystemPlaces {
    static constexpr std::uint16_t level = 0, opcode = 1, task = 2, event_id = 3, qualifiers = 4, keywords = 5,
                                   time = 6, activity = 7, process = 8, thread = 9, record = 10, version = 11,
                                   user = 12, /* 13 is spare */ provider = 14, guid = 15, channel = 16, body = 17,
                                   fields = 18;
};
}

// One chunk under construction. A record that does not fit is rolled back as if it had never been tried.
class EvtxWriter::Chunk {
public:
    explicit Chunk(std::uint64_t first_number)
        : m_first_number(first_number)
        , m_bytes(chunk_header_bytes, '\0')
    {
        m_bytes.reserve(chunk_bytes + 4096);
        m_buckets.fill(0);
        m_template_heads.fill(0);
    }

    std::uint32_t count() const { return m_count; }
    std::size_t used() const { return m_bytes.size(); }
    std::string const& bytes() const { return m_bytes; }
    std::vector<WrittenPlace> const& places() const { return m_places; }

    bool add(WrittenEvent const& event, std::uint64_t record_id);
    std::string sealed(bool with_checksums, std::string_view stale) const;

private:
    struct Names {
        std::string key;
        std::size_t bucket;
        std::uint32_t head_before;
        bool is_template;
    };

    void rollback(std::size_t size, std::size_t journal);
    void name(std::string_view utf8);
    void literal(std::string_view utf8);
    void plain_attribute(std::string_view attribute_name, std::string_view text, bool last);
    void plain_element(WrittenElement const& element, bool with_dependency);
    void substituted(std::uint16_t index, std::uint8_t type, bool optional);
    std::size_t open(std::string_view element_name, std::uint16_t dependency, bool has_attributes);
    void close(std::size_t size_at);
    std::size_t begin_attributes();
    void end_attributes(std::size_t size_at);
    void substituted_attribute(std::string_view attribute_name, std::uint16_t index, std::uint8_t type, bool last);
    void substituted_element(std::string_view element_name, std::uint16_t index, std::uint8_t type);
    void literal_element(std::string_view element_name, std::string_view text);

    template <typename Body> void instance(std::string const& key, Body const& define);
    void outer_definition(WrittenEvent const& event);
    void provider_element(WrittenEvent const& event);
    void body_definition(WrittenEvent const& event, std::uint16_t first_index);
    void field_definition(WrittenField const& field, std::uint16_t index, bool in_user_data);
    void values(std::span<WrittenValue const> list, WrittenEvent const* nested_body);
    void templated(WrittenEvent const& event, std::uint64_t record_id);
    void body_instance(WrittenEvent const& event);
    void plain(WrittenEvent const& event, std::uint64_t record_id);

    std::uint64_t m_first_number;
    std::string m_bytes;
    std::uint32_t m_count = 0;
    std::size_t m_last_record = 0;
    std::vector<WrittenPlace> m_places;
    std::array<std::uint32_t, string_buckets> m_buckets {};
    std::array<std::uint32_t, template_buckets> m_template_heads {};
    std::unordered_map<std::string, std::uint32_t> m_names, m_templates;
    std::vector<Names> m_journal;
};

void EvtxWriter::Chunk::rollback(std::size_t size, std::size_t journal)
{
    m_bytes.resize(size);
    while (m_journal.size() > journal) {
        auto const& entry = m_journal.back();
        if (entry.is_template) {
            m_template_heads[entry.bucket] = entry.head_before;
            m_templates.erase(entry.key);
        } else {
            m_buckets[entry.bucket] = entry.head_before;
            m_names.erase(entry.key);
        }
        m_journal.pop_back();
    }
}

// A reference into the chunk's strings; the string itself stands behind its first reference.
void EvtxWriter::Chunk::name(std::string_view utf8)
{
    std::string key(utf8);
    auto const found = m_names.find(key);
    if (found != m_names.end()) {
        put(m_bytes, found->second);
        return;
    }
    auto const offset = static_cast<std::uint32_t>(m_bytes.size() + 4);
    auto const utf16 = utf16le_from_utf8(utf8);
    auto const hash = name_hash(utf16);
    auto const bucket = static_cast<std::size_t>(hash) % string_buckets;
    put(m_bytes, offset);
    put(m_bytes, m_buckets[bucket]);
    put(m_bytes, hash);
    put(m_bytes, static_cast<std::uint16_t>(utf16.size() / 2));
    m_bytes += utf16;
    m_bytes.append(2, '\0');
    m_journal.push_back({ key, bucket, m_buckets[bucket], false });
    m_buckets[bucket] = offset;
    m_names.emplace(std::move(key), offset);
}

void EvtxWriter::Chunk::literal(std::string_view utf8)
{
    auto const utf16 = utf16le_from_utf8(utf8);
    put(m_bytes, static_cast<std::uint8_t>(text_token));
    put(m_bytes, value_type::utf16);
    put(m_bytes, static_cast<std::uint16_t>(utf16.size() / 2));
    m_bytes += utf16;
}

void EvtxWriter::Chunk::plain_attribute(std::string_view attribute_name, std::string_view text, bool last)
{
    put(m_bytes, static_cast<std::uint8_t>(last ? attribute : attribute | more));
    name(attribute_name);
    literal(text);
}

void EvtxWriter::Chunk::substituted(std::uint16_t index, std::uint8_t type, bool optional)
{
    put(m_bytes, static_cast<std::uint8_t>(optional ? optional_substitution : substitution));
    put(m_bytes, index);
    put(m_bytes, type);
}

std::size_t EvtxWriter::Chunk::open(std::string_view element_name, std::uint16_t dependency, bool has_attributes)
{
    put(m_bytes, static_cast<std::uint8_t>(has_attributes ? open_element | more : open_element));
    put(m_bytes, dependency);
    auto const size_at = m_bytes.size();
    put(m_bytes, std::uint32_t { 0 });
    name(element_name);
    return size_at;
}

void EvtxWriter::Chunk::close(std::size_t size_at)
{
    patch(m_bytes, size_at, static_cast<std::uint32_t>(m_bytes.size() - size_at - 4));
}

std::size_t EvtxWriter::Chunk::begin_attributes()
{
    auto const size_at = m_bytes.size();
    put(m_bytes, std::uint32_t { 0 });
    return size_at;
}

void EvtxWriter::Chunk::end_attributes(std::size_t size_at)
{
    close(size_at);
}

void EvtxWriter::Chunk::substituted_attribute(
    std::string_view attribute_name, std::uint16_t index, std::uint8_t type, bool last)
{
    put(m_bytes, static_cast<std::uint8_t>(last ? attribute : attribute | more));
    name(attribute_name);
    substituted(index, type, true);
}

void EvtxWriter::Chunk::substituted_element(std::string_view element_name, std::uint16_t index, std::uint8_t type)
{
    auto const element = open(element_name, index, false);
    put(m_bytes, static_cast<std::uint8_t>(close_start));
    substituted(index, type, true);
    put(m_bytes, static_cast<std::uint8_t>(end_element));
    close(element);
}

void EvtxWriter::Chunk::literal_element(std::string_view element_name, std::string_view text)
{
    auto const element = open(element_name, no_dependency, false);
    put(m_bytes, static_cast<std::uint8_t>(close_start));
    literal(text);
    put(m_bytes, static_cast<std::uint8_t>(end_element));
    close(element);
}

// Elements outside templates carry no dependency id (WEC logs, nested values of CAPI2). An explicit stack, as
// everywhere.
void EvtxWriter::Chunk::plain_element(WrittenElement const& root, bool with_dependency)
{
    struct Step {
        WrittenElement const* element;
        std::size_t size_at;
        std::size_t next_child;
    };
    std::vector<Step> stack { { &root, 0, 0 } };
    while (!stack.empty()) {
        auto& step = stack.back();
        auto const& element = *step.element;
        if (step.size_at == 0) {
            put(m_bytes, static_cast<std::uint8_t>(element.attributes.empty() ? open_element : open_element | more));
            if (with_dependency)
                put(m_bytes, no_dependency);
            step.size_at = m_bytes.size();
            put(m_bytes, std::uint32_t { 0 });
            name(element.name);
            if (!element.attributes.empty()) {
                auto const attributes = begin_attributes();
                for (std::size_t i = 0; i < element.attributes.size(); ++i)
                    plain_attribute(
                        element.attributes[i].first, element.attributes[i].second, i + 1 == element.attributes.size());
                end_attributes(attributes);
            }
            if (element.text.empty() && element.children.empty()) {
                put(m_bytes, static_cast<std::uint8_t>(close_empty));
                close(step.size_at);
                stack.pop_back();
                continue;
            }
            put(m_bytes, static_cast<std::uint8_t>(close_start));
            if (!element.text.empty())
                literal(element.text);
        }
        if (step.next_child < element.children.size()) {
            auto const* const child = &element.children[step.next_child++];
            stack.push_back({ child, 0, 0 });
            continue;
        }
        put(m_bytes, static_cast<std::uint8_t>(end_element));
        close(step.size_at);
        stack.pop_back();
    }
}

// A template instance without its values: the definition stands in the record that uses it first in this chunk.
template <typename Body> void EvtxWriter::Chunk::instance(std::string const& key, Body const& define)
{
    auto const first = mixed(key, 1), second = mixed(key, 2);
    auto const id = static_cast<std::uint32_t>(first);
    put(m_bytes, static_cast<std::uint8_t>(template_instance));
    put(m_bytes, std::uint8_t { 1 });
    put(m_bytes, id);
    auto const found = m_templates.find(key);
    if (found != m_templates.end()) {
        put(m_bytes, found->second);
        return;
    }
    auto const offset = static_cast<std::uint32_t>(m_bytes.size() + 4);
    auto const bucket = static_cast<std::size_t>(id) % template_buckets;
    put(m_bytes, offset);
    put(m_bytes, m_template_heads[bucket]);
    m_journal.push_back({ key, bucket, m_template_heads[bucket], true });
    m_template_heads[bucket] = offset;
    m_templates.emplace(key, offset);
    put(m_bytes, first); // the GUID: its first four bytes are the template's id
    put(m_bytes, second);
    auto const size_at = m_bytes.size();
    put(m_bytes, std::uint32_t { 0 });
    m_bytes.append({ fragment_header, 1, 1, 0 });
    define();
    put(m_bytes, static_cast<std::uint8_t>(end_of_stream));
    close(size_at);
}

void EvtxWriter::Chunk::provider_element(WrittenEvent const& event)
{
    auto const provider = open("Provider", no_dependency, true);
    auto const attributes = begin_attributes();
    bool const has_guid = !event.provider_guid.empty(), has_source = !event.event_source_name.empty();
    if (event.form == EventForm::substituted) {
        substituted_attribute("Name", SystemPlaces::provider, value_type::utf16, false);
        substituted_attribute("Guid", SystemPlaces::guid, value_type::guid, true);
    } else {
        plain_attribute("Name", event.provider, !has_guid && !has_source);
        if (has_guid)
            plain_attribute("Guid", "{" + ascii_lower(event.provider_guid) + "}", !has_source);
        if (has_source)
            plain_attribute("EventSourceName", event.event_source_name, true);
    }
    end_attributes(attributes);
    put(m_bytes, static_cast<std::uint8_t>(close_empty));
    close(provider);
}

void EvtxWriter::Chunk::outer_definition(WrittenEvent const& event)
{
    using Places = SystemPlaces;
    auto const root = open("Event", no_dependency, true);
    auto const root_attributes = begin_attributes();
    plain_attribute("xmlns", events_namespace, true);
    end_attributes(root_attributes);
    put(m_bytes, static_cast<std::uint8_t>(close_start));
    auto const system = open("System", no_dependency, false);
    put(m_bytes, static_cast<std::uint8_t>(close_start));
    provider_element(event);

    auto const attributed =
        [this](std::string_view element_name,
            std::span<std::pair<std::string_view, std::pair<std::uint16_t, std::uint8_t>> const> list) {
            auto const element = open(element_name, no_dependency, true);
            auto const attributes = begin_attributes();
            for (std::size_t i = 0; i < list.size(); ++i)
                substituted_attribute(list[i].first, list[i].second.first, list[i].second.second, i + 1 == list.size());
            end_attributes(attributes);
            put(m_bytes, static_cast<std::uint8_t>(close_empty));
            close(element);
        };
    using Attribute = std::pair<std::string_view, std::pair<std::uint16_t, std::uint8_t>>;

    if (event.qualifiers) {
        auto const element = open("EventID", Places::event_id, true);
        auto const attributes = begin_attributes();
        substituted_attribute("Qualifiers", Places::qualifiers, value_type::u16, true);
        end_attributes(attributes);
        put(m_bytes, static_cast<std::uint8_t>(close_start));
        substituted(Places::event_id, value_type::u16, true);
        put(m_bytes, static_cast<std::uint8_t>(end_element));
        close(element);
    } else {
        substituted_element("EventID", Places::event_id, value_type::u16);
    }
    substituted_element("Version", Places::version, value_type::u8);
    substituted_element("Level", Places::level, value_type::u8);
    substituted_element("Task", Places::task, value_type::u16);
    substituted_element("Opcode", Places::opcode, value_type::u8);
    substituted_element("Keywords", Places::keywords, value_type::hex64);
    attributed("TimeCreated", std::array { Attribute { "SystemTime", { Places::time, value_type::filetime } } });
    substituted_element("EventRecordID", Places::record, value_type::u64);
    attributed("Correlation", std::array { Attribute { "ActivityID", { Places::activity, value_type::guid } } });
    attributed("Execution",
        std::array { Attribute { "ProcessID", { Places::process, value_type::u32 } },
            Attribute { "ThreadID", { Places::thread, value_type::u32 } } });
    if (event.form == EventForm::substituted)
        substituted_element("Channel", Places::channel, value_type::utf16);
    else
        literal_element("Channel", event.channel);
    literal_element("Computer", event.computer);
    attributed("Security", std::array { Attribute { "UserID", { Places::user, value_type::sid } } });
    put(m_bytes, static_cast<std::uint8_t>(end_element));
    close(system);

    if (event.form == EventForm::single)
        body_definition(event, Places::fields);
    else if (event.has_body)
        substituted(Places::body, value_type::binxml, true);
    put(m_bytes, static_cast<std::uint8_t>(end_element));
    close(root);
}

void EvtxWriter::Chunk::field_definition(WrittenField const& field, std::uint16_t index, bool in_user_data)
{
    auto const type = field.value.type == value_type::null ? value_type::utf16 : field.value.type;
    auto const dependency = field.optional || is_list(field.value) ? index : no_dependency;
    bool const named = !in_user_data && field.place != FieldPlace::unnamed;
    auto const element_name
        = in_user_data ? std::string_view(field.name) : (field.place == FieldPlace::complex ? "ComplexData" : "Data");
    auto const element = open(element_name, dependency, named);
    if (named) {
        auto const attributes = begin_attributes();
        plain_attribute("Name", field.name, true);
        end_attributes(attributes);
    }
    put(m_bytes, static_cast<std::uint8_t>(close_start));
    substituted(index, type, field.optional);
    put(m_bytes, static_cast<std::uint8_t>(end_element));
    close(element);
}

void EvtxWriter::Chunk::body_definition(WrittenEvent const& event, std::uint16_t first_index)
{
    if (!event.has_body)
        return;
    bool const in_user_data = !event.user_data.empty();
    auto const body = open(in_user_data ? "UserData" : "EventData", no_dependency, false);
    put(m_bytes, static_cast<std::uint8_t>(event.fields.empty() && !in_user_data ? close_empty : close_start));
    std::size_t inner = 0;
    if (in_user_data) {
        bool const has_namespace = !event.user_data_namespace.empty();
        inner = open(event.user_data, no_dependency, has_namespace);
        if (has_namespace) {
            auto const attributes = begin_attributes();
            plain_attribute("xmlns", event.user_data_namespace, true);
            end_attributes(attributes);
        }
        put(m_bytes, static_cast<std::uint8_t>(close_start));
    }
    auto index = first_index;
    for (auto const& field : event.fields)
        field_definition(field, index++, in_user_data);
    if (in_user_data) {
        put(m_bytes, static_cast<std::uint8_t>(end_element));
        close(inner);
    }
    if (!event.fields.empty() || in_user_data)
        put(m_bytes, static_cast<std::uint8_t>(end_element));
    close(body);
}

// Value descriptors, then the values; nested_body: the last value is the event's body as a template instance of its
// own.
void EvtxWriter::Chunk::values(std::span<WrittenValue const> list, WrittenEvent const* nested_body)
{
    put(m_bytes, static_cast<std::uint32_t>(list.size()));
    auto const descriptors = m_bytes.size();
    for (auto const& value : list) {
        put(m_bytes, static_cast<std::uint16_t>(value.bytes.size()));
        put(m_bytes, static_cast<std::uint16_t>(value.type));
    }
    for (std::size_t i = 0; i < list.size(); ++i) {
        auto const begin = m_bytes.size();
        if (list[i].element) {
            m_bytes.append({ fragment_header, 1, 1, 0 });
            plain_element(*list[i].element, false);
            put(m_bytes, static_cast<std::uint8_t>(end_of_stream));
        } else if (list[i].type == value_type::binxml && nested_body != nullptr) {
            body_instance(*nested_body);
        } else {
            m_bytes += list[i].bytes;
        }
        auto const size = m_bytes.size() - begin;
        if (size > 0xffff)
            throw std::length_error("a value of more than 65,535 bytes does not fit a descriptor");
        patch(m_bytes, descriptors + i * 4, static_cast<std::uint16_t>(size));
    }
}

void EvtxWriter::Chunk::body_instance(WrittenEvent const& event)
{
    std::string key = event.provider + '\n' + event.user_data + '\n' + event.user_data_namespace + '\n';
    std::vector<WrittenValue> list;
    list.reserve(event.fields.size());
    for (auto const& field : event.fields) {
        key += field.name;
        key += static_cast<char>(field.value.type == value_type::null ? value_type::utf16 : field.value.type);
        key += static_cast<char>(static_cast<int>(field.place) * 2 + (field.optional ? 1 : 0) + 'A');
        list.push_back(field.value);
    }
    m_bytes.append({ fragment_header, 1, 1, 0 });
    instance(key, [&] { body_definition(event, 0); });
    values(list, nullptr);
    put(m_bytes, static_cast<std::uint8_t>(end_of_stream));
}

void EvtxWriter::Chunk::templated(WrittenEvent const& event, std::uint64_t record_id)
{
    std::vector<WrittenValue> list(SystemPlaces::fields);
    list[SystemPlaces::level] = value::u8(event.level);
    list[SystemPlaces::opcode] = value::u8(event.opcode);
    list[SystemPlaces::task] = value::u16(event.task);
    list[SystemPlaces::event_id] = value::u16(static_cast<std::uint16_t>(event.event_id));
    if (event.qualifiers)
        list[SystemPlaces::qualifiers] = value::u16(*event.qualifiers);
    list[SystemPlaces::keywords] = value::hex64(event.keywords);
    list[SystemPlaces::time] = value::filetime(event.written_at);
    if (!event.activity_id.empty())
        list[SystemPlaces::activity] = value::guid(event.activity_id);
    list[SystemPlaces::process] = value::u32(event.process_id);
    list[SystemPlaces::thread] = value::u32(event.thread_id);
    list[SystemPlaces::record] = value::u64(record_id);
    list[SystemPlaces::version] = value::u8(event.version);
    if (!event.user_sid.empty())
        list[SystemPlaces::user] = value::sid(event.user_sid);

    std::string key = format("{}\n{}\n", static_cast<int>(event.form), event.qualifiers.has_value());
    if (event.form == EventForm::substituted) {
        list[SystemPlaces::provider] = value::text(event.provider, false);
        if (!event.provider_guid.empty())
            list[SystemPlaces::guid] = value::guid(event.provider_guid);
        list[SystemPlaces::channel] = value::text(event.channel, false);
    } else {
        key += event.provider + '\n' + event.provider_guid + '\n' + event.event_source_name + '\n' + event.channel
            + '\n';
    }
    key += event.computer;
    if (!event.has_body)
        key += "\nno body";
    if (event.form == EventForm::single) {
        key += '\n' + event.user_data + '\n' + event.user_data_namespace;
        for (auto const& field : event.fields) {
            key += '\n' + field.name;
            key += static_cast<char>(field.value.type == value_type::null ? value_type::utf16 : field.value.type);
            key += static_cast<char>(static_cast<int>(field.place) * 2 + (field.optional ? 1 : 0) + 'A');
            list.push_back(field.value);
        }
    } else if (event.has_body) {
        list[SystemPlaces::body].type = value_type::binxml;
    }
    instance(key, [&] { outer_definition(event); });
    values(list, &event);
}

void EvtxWriter::Chunk::plain(WrittenEvent const& event, std::uint64_t record_id)
{
    WrittenElement provider { "Provider", { { "Name", event.provider } }, {}, {} };
    if (!event.provider_guid.empty())
        provider.attributes.emplace_back("Guid", "{" + ascii_lower(event.provider_guid) + "}");
    if (!event.event_source_name.empty())
        provider.attributes.emplace_back("EventSourceName", event.event_source_name);
    WrittenElement event_id { "EventID", {}, format("{}", event.event_id), {} };
    if (event.qualifiers)
        event_id.attributes.emplace_back("Qualifiers", format("{}", *event.qualifiers));
    auto const simple = [](std::string_view element_name, std::string text) {
        return WrittenElement { std::string(element_name), {}, std::move(text), {} };
    };
    WrittenElement system { "System", {}, {},
        { provider, event_id, simple("Version", format("{}", event.version)),
            simple("Level", format("{}", event.level)), simple("Task", format("{}", event.task)),
            simple("Opcode", format("{}", event.opcode)), simple("Keywords", format("{:#x}", event.keywords)),
            { "TimeCreated", { { "SystemTime", to_string(event.written_at) } }, {}, {} },
            simple("EventRecordID", format("{}", record_id)) } };
    if (!event.activity_id.empty())
        system.children.push_back({ "Correlation", { { "ActivityID", "{" + event.activity_id + "}" } }, {}, {} });
    system.children.push_back({ "Execution",
        { { "ProcessID", format("{}", event.process_id) }, { "ThreadID", format("{}", event.thread_id) } }, {}, {} });
    system.children.push_back(simple("Channel", event.channel));
    system.children.push_back(simple("Computer", event.computer));
    WrittenElement security { "Security", {}, {}, {} };
    if (!event.user_sid.empty())
        security.attributes.emplace_back("UserID", event.user_sid);
    system.children.push_back(security);

    WrittenElement fields { event.user_data.empty() ? "EventData" : event.user_data, {}, {}, {} };
    if (!event.user_data_namespace.empty() && !event.user_data.empty())
        fields.attributes.emplace_back("xmlns", event.user_data_namespace);
    for (auto const& field : event.fields) {
        if (field.optional && field.value.type == value_type::null)
            continue;
        WrittenElement element { event.user_data.empty() ? "Data" : field.name, {}, field.value.text, {} };
        if (field.place == FieldPlace::complex && event.user_data.empty())
            element.name = "ComplexData";
        if (field.place != FieldPlace::unnamed && event.user_data.empty())
            element.attributes.emplace_back("Name", field.name);
        if (field.value.element) {
            element.text.clear();
            element.children.push_back(*field.value.element);
        }
        if (is_list(field.value) && !field.value.items.empty()) {
            for (auto const& item : field.value.items) {
                element.text = item;
                fields.children.push_back(element);
            }
            continue;
        }
        fields.children.push_back(std::move(element));
    }
    WrittenElement root { "Event", { { "xmlns", std::string(events_namespace) } }, {}, { std::move(system) } };
    if (event.has_body) {
        if (event.user_data.empty())
            root.children.push_back(std::move(fields));
        else
            root.children.push_back({ "UserData", {}, {}, { std::move(fields) } });
    }
    if (!event.message.empty())
        root.children.push_back({ "RenderingInfo", { { "Culture", "en-US" } }, {},
            { simple("Message", event.message), simple("Level", "Information") } });
    plain_element(root, false);
}

bool EvtxWriter::Chunk::add(WrittenEvent const& event, std::uint64_t record_id)
{
    auto const begin = m_bytes.size();
    auto const journal = m_journal.size();
    m_bytes.append("**\0\0", 4);
    put(m_bytes, std::uint32_t { 0 });
    put(m_bytes, record_id);
    put(m_bytes, event.written_at.ticks);
    m_bytes.append({ fragment_header, 1, 1, 0 });
    if (event.form == EventForm::plain)
        plain(event, record_id);
    else
        templated(event, record_id);
    put(m_bytes, static_cast<std::uint8_t>(end_of_stream));
    for (std::uint8_t i = 1; i < event.fragments; ++i) {
        m_bytes.append({ fragment_header, 1, 1, 0 });
        plain_element({ "Extra", {}, format("fragment {}", i), {} }, false);
        put(m_bytes, static_cast<std::uint8_t>(end_of_stream));
    }
    while ((m_bytes.size() + 4) % 8 != 0)
        m_bytes.push_back('\0');
    auto const size = static_cast<std::uint32_t>(m_bytes.size() + 4 - begin);
    put(m_bytes, size);
    patch(m_bytes, begin + 4, size);
    if (m_bytes.size() > chunk_bytes) {
        rollback(begin, journal);
        return false;
    }
    m_last_record = begin;
    m_places.push_back({ record_id, begin, size, 0 });
    ++m_count;
    return true;
}

std::string EvtxWriter::Chunk::sealed(bool with_checksums, std::string_view stale) const
{
    auto chunk = m_bytes;
    auto const free_space = static_cast<std::uint32_t>(chunk.size());
    if (stale.size() > chunk.size())
        chunk += stale.substr(chunk.size());
    chunk.resize(chunk_bytes, '\0');
    std::memcpy(chunk.data(), "ElfChnk", 8);
    patch(chunk, 8, m_first_number);
    patch(chunk, 16, m_first_number + m_count - 1);
    patch(chunk, 24, m_places.empty() ? std::uint64_t { 0 } : m_places.front().record_id);
    patch(chunk, 32, m_places.empty() ? std::uint64_t { 0 } : m_places.back().record_id);
    patch(chunk, 40, std::uint32_t { 128 });
    patch(chunk, 44, static_cast<std::uint32_t>(m_last_record));
    patch(chunk, 48, free_space);
    patch(chunk, 120, std::uint32_t { 1 });
    std::memcpy(chunk.data() + strings_offset, m_buckets.data(), sizeof(m_buckets));
    std::memcpy(chunk.data() + templates_offset, m_template_heads.data(), sizeof(m_template_heads));
    if (with_checksums) {
        auto const view = std::string_view(chunk);
        patch(chunk, 52, crc32(as_bytes(view.substr(chunk_header_bytes, free_space - chunk_header_bytes))));
        patch(chunk, 124, crc32(as_bytes(view.substr(128, 384)), crc32(as_bytes(view.substr(0, 120)))));
    }
    return chunk;
}

EvtxWriter::EvtxWriter(EvtxOptions options, ChunkSink sink)
    : m_options(std::move(options))
    , m_sink(std::move(sink))
    , m_next_record_id(m_options.first_record_id)
{
}

EvtxWriter::~EvtxWriter() = default;

void EvtxWriter::begin_chunk()
{
    m_chunk = std::make_unique<Chunk>(m_next_record_number);
}

WrittenPlace EvtxWriter::add(WrittenEvent const& event)
{
    if (m_chunk && m_options.records_per_chunk_max != 0 && m_chunk->count() >= m_options.records_per_chunk_max)
        close_chunk();
    if (!m_chunk)
        begin_chunk();
    auto const record_id = event.record_id != 0 ? event.record_id : m_next_record_id;
    if (!m_chunk->add(event, record_id)) {
        if (m_chunk->count() == 0)
            throw std::length_error("an event does not fit a chunk");
        close_chunk();
        begin_chunk();
        if (!m_chunk->add(event, record_id))
            throw std::length_error("an event does not fit a chunk");
    }
    m_next_record_id = record_id + 1;
    ++m_next_record_number;
    ++m_record_count;
    auto place = m_chunk->places().back();
    place.chunk = m_chunk_count;
    place.offset += file_header_bytes + static_cast<std::uint64_t>(m_chunk_count) * chunk_bytes;
    return place;
}

void EvtxWriter::close_chunk()
{
    if (!m_chunk)
        return;
    Chunk old(1);
    m_stale_left.clear();
    std::uint64_t id = 1;
    for (auto const& event : m_options.stale) {
        if (!old.add(event, event.record_id != 0 ? event.record_id : id++))
            break;
    }
    for (auto place : old.places()) {
        if (place.offset < m_chunk->used())
            continue;
        place.chunk = m_chunk_count;
        place.offset += file_header_bytes + static_cast<std::uint64_t>(m_chunk_count) * chunk_bytes;
        m_stale_left.push_back(place);
    }
    m_used_bytes += m_chunk->used();
    m_sink(m_chunk->sealed(
        !m_options.without_checksums, old.count() != 0 ? std::string_view(old.bytes()) : std::string_view {}));
    ++m_chunk_count;
    m_chunk.reset();
}

std::string EvtxWriter::finish()
{
    close_chunk();
    std::string header("ElfFile", 8);
    header.resize(file_header_bytes, '\0');
    auto const count = m_options.claimed_chunk_count.value_or(m_chunk_count);
    patch(header, 8, std::uint64_t { 0 });
    patch(header, 16, static_cast<std::uint64_t>(count == 0 ? 0 : count - 1));
    patch(header, 24, m_options.claimed_next_record_id.value_or(m_next_record_id));
    patch(header, 32, std::uint32_t { 128 });
    patch(header, 36, m_options.minor_version);
    patch(header, 38, std::uint16_t { 3 });
    patch(header, 40, static_cast<std::uint16_t>(file_header_bytes));
    patch(header, 42, count); // 32 bits in new Windows (libyal/libevtx#34); the upper half was "unknown" before
    patch(header, 120,
        (m_options.is_dirty ? 1U : 0U) | (m_options.is_full ? 2U : 0U) | (m_options.without_checksums ? 4U : 0U));
    if (!m_options.without_checksums)
        patch(header, 124, crc32(as_bytes(std::string_view(header).substr(0, 120))));
    return header;
}

WrittenFile write_evtx(std::span<WrittenEvent const> events, EvtxOptions const& options)
{
    WrittenFile file;
    std::string chunks;
    EvtxWriter* open_writer = nullptr;
    EvtxWriter writer(options, [&chunks, &file, &open_writer](std::string_view chunk) {
        chunks += chunk;
        file.stale.insert(file.stale.end(), open_writer->stale_left().begin(), open_writer->stale_left().end());
    });
    open_writer = &writer;
    for (auto const& event : events)
        file.records.push_back(writer.add(event));
    file.bytes = writer.finish() + chunks;
    return file;
}

std::vector<std::pair<std::string, std::string>> expected_fields(WrittenEvent const& event)
{
    std::vector<std::pair<std::string, std::string>> expected;
    if (!event.has_body)
        return expected;
    for (auto const& field : event.fields) {
        if (field.optional && field.value.type == value_type::null)
            continue;
        std::string name;
        for (char const c : field.place == FieldPlace::unnamed && event.user_data.empty() ? "Data" : field.name) {
            if (c != ' ')
                name.push_back(c);
        }
        // A list of strings is one value for rules; every item of another array is a value, and in the plain form of
        // any.
        bool const apart = is_list(field.value)
            && (event.form == EventForm::plain || field.value.type != (value_type::array | value_type::utf16));
        if (!apart || field.value.items.empty()) {
            expected.emplace_back(name, field.value.text);
            continue;
        }
        for (auto const& item : field.value.items)
            expected.emplace_back(name, item);
    }
    // An empty element is a leaf; a template with fields that are all absent still is none.
    bool const is_leaf = event.fields.empty() || event.form == EventForm::plain;
    if (expected.empty() && !event.user_data.empty() && is_leaf)
        expected.emplace_back(event.user_data, std::string {});
    return expected;
}

}
