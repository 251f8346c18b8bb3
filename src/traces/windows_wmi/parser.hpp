// The WMI repository as rows: permanent event subscriptions, namespaces, providers, class payloads, programs that SCCM
// metered. Not events about WMI: traces/windows_event writes those as windows.wmi_event.
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::windows_wmi {

extern ArtefactParser const parser;

inline constexpr std::string_view state_meaning
    = "live; or recovered: unreferenced (no index key), unmapped (old page), slack (between records), unindexed (no "
      "index)";

// See formats/cim: a stamp is the start of a session and a count, not the time of storing.
inline constexpr std::string_view session_meaning
    = "Start of the WMI session that stored it, plus 100 ns per change before: it was stored then or later";

struct FilterRow {
    Timestamp session_started_at;
    Symbol namespace_path;
    std::string_view name, query;
    Symbol query_language, event_namespace, creator_sid, state;
};
inline constexpr auto filter_schema
    = schema("windows.wmi_filter", "A permanent WMI event filter: the condition that wakes its consumers",
        field("session_started_at", &FilterRow::session_started_at, session_meaning),
        field("namespace", &FilterRow::namespace_path, "Namespace it lies in; absent where nothing tells"),
        field("name", &FilterRow::name, "Name, which bindings refer to"),
        field("query", &FilterRow::query, "WQL condition"), field("query_language", &FilterRow::query_language, "WQL"),
        field("event_namespace", &FilterRow::event_namespace, "Namespace whose events are watched"),
        field("creator_sid", &FilterRow::creator_sid, "Account that made it"),
        field("state", &FilterRow::state, state_meaning));

struct ConsumerRow {
    Timestamp session_started_at;
    Symbol namespace_path, consumer_class;
    std::string_view name, command_line, executable_path, working_directory;
    Symbol script_engine;
    std::string_view script_text, script_file, file, details;
    Symbol machine, creator_sid, state;
};
inline constexpr auto consumer_schema
    = schema("windows.wmi_consumer", "A permanent WMI event consumer: what is done when its filter matches",
        field("session_started_at", &ConsumerRow::session_started_at, session_meaning),
        field("namespace", &ConsumerRow::namespace_path, "Namespace it lies in; absent where nothing tells"),
        field("class", &ConsumerRow::consumer_class, "CommandLineEventConsumer, ActiveScriptEventConsumer …"),
        field("name", &ConsumerRow::name, "Name, which bindings refer to"),
        field("command_line", &ConsumerRow::command_line, "CommandLineTemplate: what is started"),
        field("executable_path", &ConsumerRow::executable_path, "Program, where it is said apart"),
        field("working_directory", &ConsumerRow::working_directory, "Folder it starts in"),
        field("script_engine", &ConsumerRow::script_engine, "VBScript, JScript"),
        field("script_text", &ConsumerRow::script_text, "The script, where the consumer holds it"),
        field("script_file", &ConsumerRow::script_file, "The script's file, where it lies outside"),
        field("file", &ConsumerRow::file, "File that a LogFileEventConsumer appends to"),
        field("details", &ConsumerRow::details, "Every other stored value, name=value, '; ' between"),
        field("machine", &ConsumerRow::machine, "Other computer that events are sent to"),
        field("creator_sid", &ConsumerRow::creator_sid, "Account that made it"),
        field("state", &ConsumerRow::state, state_meaning));

struct BindingRow {
    Timestamp session_started_at;
    Symbol namespace_path;
    std::string_view filter, consumer, filter_name, consumer_name;
    Symbol consumer_class, creator_sid, state;
};
inline constexpr auto binding_schema
    = schema("windows.wmi_binding", "A filter bound to a consumer: only both and this make a subscription that acts",
        field("session_started_at", &BindingRow::session_started_at, session_meaning),
        field("namespace", &BindingRow::namespace_path, "Namespace it lies in; absent where nothing tells"),
        field("filter", &BindingRow::filter, "Object path of the filter, as stored"),
        field("consumer", &BindingRow::consumer, "Object path of the consumer, as stored"),
        field("filter_name", &BindingRow::filter_name, "Name in the filter's path"),
        field("consumer_name", &BindingRow::consumer_name, "Name in the consumer's path"),
        field("consumer_class", &BindingRow::consumer_class, "Class in the consumer's path"),
        field("creator_sid", &BindingRow::creator_sid, "Account that made it"),
        field("state", &BindingRow::state, state_meaning));

struct ClassRow {
    Timestamp session_started_at;
    Symbol namespace_path;
    std::string_view name;
    Symbol superclass;
    std::string_view property;
    Symbol property_type;
    std::uint64_t value_size_bytes = 0;
    std::string_view value;
    std::uint32_t large_properties = 0;
    Symbol state;
};
inline constexpr auto class_schema = schema("windows.wmi_class",
    "A class that stores more than 1 KiB in one of its properties: a place to hide scripts and programs",
    field("session_started_at", &ClassRow::session_started_at, session_meaning),
    field("namespace", &ClassRow::namespace_path, "Namespace it lies in; absent where nothing tells"),
    field("class", &ClassRow::name, "Name of the class"),
    field("superclass", &ClassRow::superclass, "Class it is derived from"),
    field("property", &ClassRow::property, "Property with the largest value"),
    field("property_type", &ClassRow::property_type, "string, uint8 …"),
    field("value_size_bytes", &ClassRow::value_size_bytes, "Size of that value"),
    field("value", &ClassRow::value, "That value; octets in hexadecimal"),
    field("large_properties", &ClassRow::large_properties, "How many properties of the class are that large"),
    field("state", &ClassRow::state, state_meaning));

struct NamespaceRow {
    Timestamp session_started_at;
    std::string_view path, hash;
    bool is_listed = true;
    std::uint64_t classes = 0, instances = 0;
    Symbol state;
};
inline constexpr auto namespace_schema = schema("windows.wmi_namespace", "A WMI namespace",
    field("session_started_at", &NamespaceRow::session_started_at, session_meaning),
    field("path", &NamespaceRow::path, "Path from ROOT; the bare name where its parent is not known"),
    field("hash", &NamespaceRow::hash, "Hash of the upper-case path, the namespace's name in the index"),
    field("is_listed", &NamespaceRow::is_listed,
        "False: objects live in it, but no instance of __NAMESPACE names it (hidden, or left over)"),
    field("classes", &NamespaceRow::classes, "Live classes in it"),
    field("instances", &NamespaceRow::instances, "Live instances in it"),
    field("state", &NamespaceRow::state, state_meaning));

struct ProviderRow {
    Timestamp session_started_at;
    Symbol namespace_path;
    std::string_view name, class_id;
    Symbol hosting_model, state;
};
inline constexpr auto provider_schema
    = schema("windows.wmi_provider", "A registered WMI provider: a COM class that WMI loads",
        field("session_started_at", &ProviderRow::session_started_at, session_meaning),
        field("namespace", &ProviderRow::namespace_path, "Namespace it serves; absent where nothing tells"),
        field("name", &ProviderRow::name, "Name"),
        field("class_id", &ProviderRow::class_id, "CLSID: its InprocServer32 names the DLL"),
        field("hosting_model", &ProviderRow::hosting_model, "Process and account it runs in"),
        field("state", &ProviderRow::state, state_meaning));

struct SecurityProductRow {
    Timestamp session_started_at;
    Symbol product_class;
    std::string_view name, product_path, reporting_path;
    std::optional<std::uint64_t> product_state;
    Symbol state;
};
inline constexpr auto security_product_schema = schema("windows.wmi_security_product",
    "A virus scanner or firewall that registered with the Security Center, earlier ones too",
    field("session_started_at", &SecurityProductRow::session_started_at, session_meaning),
    field("class", &SecurityProductRow::product_class, "AntiVirusProduct, AntiSpywareProduct, FirewallProduct"),
    field("name", &SecurityProductRow::name, "Name of the product"),
    field("product_path", &SecurityProductRow::product_path, "Its program"),
    field("reporting_path", &SecurityProductRow::reporting_path, "Its program that reports"),
    field("product_state", &SecurityProductRow::product_state, "Bits: on or off, definitions fresh or old"),
    field("state", &SecurityProductRow::state, state_meaning));

struct RecentApplicationRow {
    Timestamp last_used_at, session_started_at;
    std::string_view file_name, folder;
    Symbol user;
    std::optional<std::uint64_t> launch_count, file_size_bytes;
    std::string_view original_name, description, company, product, file_version;
    Symbol state;
};
inline constexpr auto recent_application_schema = schema("windows.wmi_recent_application",
    "A program that the software metering of SCCM saw a user run (CCM_RecentlyUsedApps)",
    field("last_used_at", &RecentApplicationRow::last_used_at, "Last use"),
    field("session_started_at", &RecentApplicationRow::session_started_at, session_meaning),
    field("file_name", &RecentApplicationRow::file_name, "Name of the program as Explorer shows it"),
    field("folder", &RecentApplicationRow::folder, "Folder it lies in"),
    field("user", &RecentApplicationRow::user, "Last user"),
    field("launch_count", &RecentApplicationRow::launch_count, "How often it was started"),
    field("file_size_bytes", &RecentApplicationRow::file_size_bytes, "Size of the program"),
    field("original_name", &RecentApplicationRow::original_name, "OriginalFilename of its version information"),
    field("description", &RecentApplicationRow::description, "FileDescription of its version information"),
    field("company", &RecentApplicationRow::company, "CompanyName of its version information"),
    field("product", &RecentApplicationRow::product, "ProductName of its version information"),
    field("file_version", &RecentApplicationRow::file_version, "FileVersion of its version information"),
    field("state", &RecentApplicationRow::state, state_meaning));

}
