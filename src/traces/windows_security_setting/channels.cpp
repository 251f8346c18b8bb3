#include "bytes/byte_reader.hpp"
#include "traces/registry_values.hpp"
#include "traces/windows_security_setting/parts.hpp"
#include <array>

namespace konseki::windows_security_setting {

namespace {

// "Microsoft-Windows-Sysmon/Operational" lies in "…\winevt\Logs\Microsoft-Windows-Sysmon%4Operational.evtx".
bool is_usual_file(std::string_view file, std::string_view channel)
{
    std::string expected;
    for (char const c : channel)
        expected += c == '/' ? std::string("%4") : std::string(1, c);
    expected = ascii_lower("\\system32\\winevt\\logs\\" + expected + ".evt");
    auto const lower = ascii_lower(file);
    auto const folder
        = lower.substr(0, lower.rfind('\\') + 1); // names before Vista, and of old programs, are shortened
    return lower.ends_with(expected + "x") || lower.ends_with(expected)
        || (folder.ends_with("\\system32\\config\\") && lower.ends_with(".evt"));
}

void parse_channels(HiveView const& view, std::string const& path, ChannelRow row, ParseContext& context)
{
    constexpr std::uint64_t kib = 1024;
    for (auto const& found : keys_at(view.hive, path, context.diagnostics)) {
        RegistryValues const values { view.hive, found.key, context.diagnostics };
        auto file = values.text("File");
        auto access = values.text("ChannelAccess");
        if (access.empty())
            access = values.text("CustomSD");
        auto const publisher = values.text("OwningPublisher");
        bool const is_policy = row.source.text == "policy";
        auto one = row;
        one.name = found.key.name;
        one.is_enabled = as_flag(values.number("Enabled"));
        one.max_bytes = values.number("MaxSize");
        if (is_policy && one.max_bytes)
            one.max_bytes = *one.max_bytes * kib; // the policy counts in KiB
        one.file = unless_empty(file);
        if (!file.empty())
            one.is_file_usual = is_usual_file(file, found.key.name);
        one.retention = as_u32(values.number("Retention"));
        one.is_archived = as_flag(values.number(row.source.text == "channels" ? "AutoBackup" : "AutoBackupLogFiles"));
        one.access = unless_empty(access);
        one.publisher = unless_empty(publisher);
        one.key_written_at = found.key.written_at;
        if (!values.all().empty())
            context.traces.emit(channel_schema, origin_of(found.key), one);
    }
}

}

void parse_event_channels(HiveView const& view, ParseContext& context)
{
    ChannelRow row;
    for (auto const& set : view.control_sets) {
        row.source = "services";
        row.control_set = std::string_view(set);
        parse_channels(view, set + "\\Services\\EventLog\\*", row, context);
    }
    if (view.kind != HiveKind::software)
        return;
    row.control_set = {};
    row.source = "channels";
    parse_channels(view, "Microsoft\\Windows\\CurrentVersion\\WINEVT\\Channels\\*", row, context);
    row.source = "policy";
    parse_channels(view, "Policies\\Microsoft\\Windows\\EventLog\\*", row, context);
}

// FILETIME, difference of the local time, minutes, flags.
void parse_trusted_documents(HiveView const& view, ParseContext& context)
{
    constexpr std::uint32_t all_content = 0x7fff'ffff;
    constexpr std::string_view path = "Software\\Microsoft\\Office\\*\\*\\Security\\Trusted Documents\\TrustRecords";
    for (auto const& found : keys_at(view.hive, path, context.diagnostics)) {
        auto const parts = split(found.path, '\\');
        for (auto const& value : view.hive.values(found.key, context.diagnostics)) {
            ByteReader reader { value.content, value.offset };
            TrustedDocumentRow row;
            row.user = view.user;
            row.version = parts[3];
            row.program = parts[4];
            row.document = value.name;
            row.trusted_at = Timestamp::from_filetime(reader.u64("office.trusted_at"));
            reader.skip(12, "office.trust.zone");
            auto const flags = reader.u32("office.trust.flags");
            if (!reader.failed()) {
                row.flags = flags;
                row.runs_macros = flags == all_content;
            } else {
                context.diagnostics.report({ reader.status().error(), value.content.size() });
            }
            row.key_written_at = found.key.written_at;
            context.traces.emit(trusted_document_schema, origin_of(value), row);
        }
    }
}

}
