#include "traces/windows_bam/registry.hpp"
#include "base/text.hpp"
#include "bytes/byte_reader.hpp"
#include <array>

namespace konseki::windows_bam {

namespace {

constexpr std::array<std::string_view, 2> moderators { "bam", "dam" };
constexpr std::array<std::string_view, 2> places { "UserSettings", "State\\UserSettings" }; // 1709; 1809 and later

bool is_control(std::string_view name)
{
    return equals_ignoring_case(name, "Version") || equals_ignoring_case(name, "SequenceNumber");
}

void parse_user(HiveView const& view, regf::Key const& user, EntryRow row, ParseContext& context)
{
    row.user_sid = std::string_view(user.name);
    row.key_written_at = user.written_at;
    for (auto const& value : view.hive.values(user, context.diagnostics)) {
        if (is_control(value.name))
            continue;
        ByteReader reader { value.content, value.offset };
        row.path = value.name;
        row.last_run_at = Timestamp::from_filetime(reader.u64("bam.last_run_at"));
        if (auto const status = reader.status(); !status.ok())
            context.diagnostics.report({ status.error(), value.content.size() });
        context.traces.emit(entry_schema, origin_of(value), row);
    }
}

void parse(HiveView const& view, ParseContext& context)
{
    for (auto const& set : view.control_sets) {
        for (auto const moderator : moderators) {
            for (auto const place : places) {
                auto const users = view.hive.find(format("{}\\Services\\{}\\{}", set, moderator, place));
                if (!users)
                    continue;
                EntryRow row;
                row.moderator = moderator;
                row.control_set = std::string_view(set);
                for (auto const& user : view.hive.subkeys(*users, context.diagnostics))
                    parse_user(view, user, row, context);
            }
        }
    }
}

constexpr std::array<Schema const*, 1> emitted { &entry_schema.erased };

}

constinit RegistryArtefact const registry_artefact {
    .name = "windows_bam",
    .title = "Background and desktop activity moderators (BAM, DAM)",
    .emits = emitted,
    .kinds = static_cast<std::uint32_t>(HiveKind::system),
    .parse = parse,
};

}
