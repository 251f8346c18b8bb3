#include "traces/windows_wmi/parser.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "formats/cim/cim.hpp"
#include <array>

namespace konseki::windows_wmi {

namespace {

constexpr std::size_t large_value_bytes = 1'024;

// `Class.Name="value"`, perhaps behind `\\computer\namespace:`; quotes and backslashes in the value are escaped.
struct ObjectPath {
    std::string_view class_name;
    std::string name;
};

ObjectPath split_object_path(std::string_view path)
{
    ObjectPath parts;
    auto const quote = path.find('"');
    auto head = path.substr(0, quote);
    if (auto const colon = head.rfind(':'); colon != std::string_view::npos)
        head.remove_prefix(colon + 1);
    parts.class_name = head.substr(0, head.find('.'));
    if (quote == std::string_view::npos)
        return parts;
    for (std::size_t i = quote + 1; i < path.size() && path[i] != '"'; ++i) {
        if (path[i] == '\\' && i + 1 < path.size())
            ++i;
        parts.name += path[i];
    }
    return parts;
}

// DMTF datetime "yyyymmddHHMMSS.mmmmmmsUUU", UUU in minutes from UTC.
Timestamp dmtf_time(std::string_view text)
{
    constexpr std::size_t dmtf_characters = 25;
    if (text.size() != dmtf_characters || text[14] != '.')
        return {};
    auto const minutes = parse_uint(text.substr(22)).value_or(0);
    return Timestamp::parse(format("{}-{}-{}T{}:{}:{}.{}{}{:02}:{:02}", text.substr(0, 4), text.substr(4, 2),
                                text.substr(6, 2), text.substr(8, 2), text.substr(10, 2), text.substr(12, 2),
                                text.substr(15, 6), text.substr(21, 1), minutes / 60, minutes % 60))
        .value_or(Timestamp {});
}

bool starts_with_two_underscores(std::string_view name)
{
    return name.starts_with("__");
}

bool is_consumer(cim::Instance const& instance)
{
    // Where the ancestors are gone the name has to do.
    return instance.is_a("__EventConsumer") || ascii_lower(instance.class_name).ends_with("eventconsumer");
}

bool is_security_product(cim::Instance const& instance)
{
    return instance.is_a("AntiVirusProduct") || instance.is_a("AntiSpywareProduct") || instance.is_a("FirewallProduct");
}

class RowWriter final : public cim::Visitor {
public:
    explicit RowWriter(TraceSink& traces)
        : m_traces(traces)
    {
    }

    void on_namespace(cim::Namespace const& found, cim::Place const& place) override
    {
        m_traces.emit(namespace_schema, origin_of(place),
            { found.stamp, text_or_absent(found.path), text_or_absent(found.hash), found.is_listed, found.classes,
                found.instances, cim::found_name(place.found) });
    }

    void on_class(cim::ClassDefinition const& definition, cim::Place const& place) override
    {
        if (starts_with_two_underscores(definition.name))
            return;
        cim::NamedValue const* largest = nullptr;
        std::uint32_t large = 0;
        for (auto const& candidate : definition.defaults) {
            if (size_of(candidate.value) <= large_value_bytes)
                continue;
            ++large;
            if (largest == nullptr || size_of(candidate.value) > size_of(largest->value))
                largest = &candidate;
        }
        if (largest == nullptr)
            return;
        m_traces.emit(class_schema, origin_of(place),
            { definition.stamp, text_or_absent(place.namespace_path), definition.name,
                text_or_absent(definition.superclass), largest->name, cim::type_name(largest->value.type),
                size_of(largest->value), largest->value.text, large, cim::found_name(place.found) });
    }

    void on_instance(cim::Instance const& instance, cim::Place const& place) override
    {
        if (instance.is_a("__EventFilter"))
            emit_filter(instance, place);
        else if (instance.is_a("__FilterToConsumerBinding"))
            emit_binding(instance, place);
        else if (is_consumer(instance))
            emit_consumer(instance, place);
        else if (instance.is_a("__Win32Provider"))
            emit_provider(instance, place);
        else if (instance.is_a("CCM_RecentlyUsedApps"))
            emit_recent_application(instance, place);
        else if (is_security_product(instance))
            emit_security_product(instance, place);
    }

private:
    static TraceOrigin origin_of(cim::Place const& place)
    {
        return { place.offset, place.size_bytes, place.found != cim::Found::live };
    }

    static std::string_view text_or_absent(std::string_view text) { return text.empty() ? std::string_view {} : text; }

    static std::uint64_t size_of(cim::Value const& value)
    {
        return value.octets.empty() ? value.text.size() : value.octets.size();
    }

    static std::string_view text_of(cim::Instance const& instance, std::string_view name)
    {
        auto const* const value = instance.find(name);
        return value == nullptr ? std::string_view {} : std::string_view(value->text);
    }

    static std::optional<std::uint64_t> number_of(cim::Instance const& instance, std::string_view name)
    {
        auto const* const value = instance.find(name);
        return value == nullptr ? std::nullopt : parse_uint(value->text);
    }

    std::string_view creator_of(cim::Instance const& instance)
    {
        auto const* const value = instance.find("CreatorSID");
        m_creator.clear();
        if (value != nullptr && !value->octets.empty())
            append_value_text(m_creator, { ValueType::sid, value->octets });
        return text_or_absent(m_creator);
    }

    void emit_filter(cim::Instance const& instance, cim::Place const& place)
    {
        m_traces.emit(filter_schema, origin_of(place),
            { instance.stamp, text_or_absent(place.namespace_path), text_of(instance, "Name"),
                text_of(instance, "Query"), text_of(instance, "QueryLanguage"), text_of(instance, "EventNamespace"),
                creator_of(instance), cim::found_name(place.found) });
    }

    void emit_binding(cim::Instance const& instance, cim::Place const& place)
    {
        auto const filter = text_of(instance, "Filter");
        auto const consumer = text_of(instance, "Consumer");
        auto const filter_path = split_object_path(filter);
        auto const consumer_path = split_object_path(consumer);
        m_traces.emit(binding_schema, origin_of(place),
            { instance.stamp, text_or_absent(place.namespace_path), filter, consumer, text_or_absent(filter_path.name),
                text_or_absent(consumer_path.name), text_or_absent(consumer_path.class_name), creator_of(instance),
                cim::found_name(place.found) });
    }

    void emit_consumer(cim::Instance const& instance, cim::Place const& place)
    {
        ConsumerRow row;
        row.session_started_at = instance.stamp;
        row.namespace_path = text_or_absent(place.namespace_path);
        row.consumer_class = std::string_view(instance.class_name);
        row.name = text_of(instance, "Name");
        row.command_line = text_of(instance, "CommandLineTemplate");
        row.executable_path = text_of(instance, "ExecutablePath");
        row.working_directory = text_of(instance, "WorkingDirectory");
        row.script_engine = text_of(instance, "ScriptingEngine");
        row.script_text = text_of(instance, "ScriptText");
        row.script_file = text_of(instance, "ScriptFilename");
        row.file = text_of(instance, "Filename");
        row.machine = text_of(instance, "MachineName");
        row.creator_sid = creator_of(instance);
        auto const details = details_of(instance);
        row.details = text_or_absent(details);
        row.state = cim::found_name(place.found);
        m_traces.emit(consumer_schema, origin_of(place), row);
    }

    // What a consumer of a class that we do not know stores is kept as well.
    static std::string details_of(cim::Instance const& instance)
    {
        constexpr std::array<std::string_view, 10> with_columns { "Name", "CommandLineTemplate", "ExecutablePath",
            "WorkingDirectory", "ScriptingEngine", "ScriptText", "ScriptFilename", "Filename", "MachineName",
            "CreatorSID" };
        std::string details;
        for (auto const& [name, value] : instance.values) {
            bool has_column = false;
            for (auto const column : with_columns)
                has_column = has_column || equals_ignoring_case(column, name);
            if (value.is_null || value.is_default || has_column)
                continue;
            append_format(details, "{}{}={}", details.empty() ? "" : "; ", name, value.text);
        }
        return details;
    }

    void emit_provider(cim::Instance const& instance, cim::Place const& place)
    {
        m_traces.emit(provider_schema, origin_of(place),
            { instance.stamp, text_or_absent(place.namespace_path), text_of(instance, "Name"),
                text_of(instance, "CLSID"), text_of(instance, "HostingModel"), cim::found_name(place.found) });
    }

    void emit_security_product(cim::Instance const& instance, cim::Place const& place)
    {
        m_traces.emit(security_product_schema, origin_of(place),
            { instance.stamp, std::string_view(instance.class_name), text_of(instance, "displayName"),
                text_of(instance, "pathToSignedProductExe"), text_of(instance, "pathToSignedReportingExe"),
                number_of(instance, "productState"), cim::found_name(place.found) });
    }

    void emit_recent_application(cim::Instance const& instance, cim::Place const& place)
    {
        RecentApplicationRow row;
        row.last_used_at = dmtf_time(text_of(instance, "LastUsedTime"));
        row.session_started_at = instance.stamp;
        row.file_name = text_of(instance, "ExplorerFileName");
        row.folder = text_of(instance, "FolderPath");
        row.user = text_of(instance, "LastUserName");
        row.launch_count = number_of(instance, "LaunchCount");
        row.file_size_bytes = number_of(instance, "FileSize");
        row.original_name = text_of(instance, "OriginalFileName");
        row.description = text_of(instance, "FileDescription");
        row.company = text_of(instance, "CompanyName");
        row.product = text_of(instance, "ProductName");
        row.file_version = text_of(instance, "FileVersion");
        row.state = cim::found_name(place.found);
        m_traces.emit(recent_application_schema, origin_of(place), row);
    }

    TraceSink& m_traces;
    std::string m_creator; // of the row being written
};

// The name is what tells: the file has no magic, and a damaged first page must not hide the rest.
Sniff sniff(ByteView head, std::string_view name)
{
    return equals_ignoring_case(file_name_of(name), "OBJECTS.DATA") ? Sniff::sure : cim::sniff(head);
}

std::vector<std::string> companion_names(std::string_view)
{
    return { "INDEX.BTR", "MAPPING1.MAP", "MAPPING2.MAP", "MAPPING3.MAP", "OBJECTS.MAP", "INDEX.MAP" };
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    cim::Files files { evidence.bytes };
    for (auto const& companion : evidence.companions) {
        auto const name = ascii_lower(file_name_of(companion.name));
        if (name == "index.btr")
            files.index = companion.bytes;
        else if (name == "objects.map")
            files.objects_map = companion.bytes;
        else if (name == "index.map")
            files.index_map = companion.bytes;
        else
            files.mappings.push_back(companion.bytes);
    }
    RowWriter writer { context.traces };
    cim::read(files, context.limits, context.diagnostics, writer);
}

constexpr std::array<Schema const*, 8> schemas { &filter_schema.erased, &consumer_schema.erased, &binding_schema.erased,
    &class_schema.erased, &namespace_schema.erased, &provider_schema.erased, &security_product_schema.erased,
    &recent_application_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "windows_wmi",
    .title = "WMI repository",
    .version = 1,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
    .companion_names = companion_names,
};

}
