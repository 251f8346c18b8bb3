#include "traces/windows_registry/parser.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "traces/windows_profile.hpp"
#include <algorithm>
#include <array>

namespace konseki {

std::string_view hive_kind_name(HiveKind kind)
{
    switch (kind) {
    case HiveKind::unknown: return "unknown";
    case HiveKind::system: return "system";
    case HiveKind::software: return "software";
    case HiveKind::sam: return "sam";
    case HiveKind::security: return "security";
    case HiveKind::user: return "user";
    case HiveKind::user_classes: return "user_classes";
    case HiveKind::amcache: return "amcache";
    case HiveKind::boot: return "boot";
    case HiveKind::components: return "components";
    }
    return "unknown";
}

}

namespace konseki::windows_registry {

namespace {

// A hive is told by the keys below its root: enough of them must be there, as damaged hives lose some.
struct Mark {
    HiveKind kind;
    std::array<std::string_view, 4> keys; // any two of them (one where only one is given)
};
constexpr std::array<Mark, 9> marks { {
    { HiveKind::system, { "Select", "ControlSet001", "MountedDevices", "Setup" } },
    { HiveKind::sam, { "SAM", "", "", "" } },
    { HiveKind::security, { "Policy", "RXACT", "Cache", "" } },
    { HiveKind::amcache, { "Root", "", "", "" } },
    { HiveKind::boot, { "Objects", "Description", "", "" } },
    { HiveKind::components, { "DerivedData", "CanonicalData", "Installers", "ServicingStackVersions" } },
    { HiveKind::user_classes, { "Local Settings", "VirtualStore", "", "" } },
    { HiveKind::software, { "Microsoft", "Classes", "Policies", "RegisteredApplications" } },
    { HiveKind::user, { "Software", "Environment", "Control Panel", "Keyboard Layout" } },
} };

std::size_t present(regf::Hive const& hive, Mark const& mark, std::size_t& wanted)
{
    std::size_t found = 0;
    wanted = 0;
    for (auto const key : mark.keys) {
        if (key.empty())
            continue;
        ++wanted;
        found += hive.find(key) ? 1U : 0U;
    }
    return found;
}

std::vector<std::string> control_sets_of(regf::Hive const& hive)
{
    std::vector<std::string> sets;
    auto const current = format("ControlSet{:03}", hive.current_control_set());
    if (hive.find(current))
        sets.push_back(current);
    for (int number = 1; number <= 9; ++number) {
        auto name = format("ControlSet{:03}", number);
        if (name != current && hive.find(name))
            sets.push_back(std::move(name));
    }
    return sets;
}

// Counts what lives on the way, and reports damage once: the artefacts below look at parts of the same cells.
void emit_remnants(regf::Hive const& hive, ParseContext& context, HiveRow& row)
{
    auto const found = hive.scan(context.diagnostics);
    row.keys = found.live_keys;
    row.values = found.live_values;
    for (auto const& key : found.keys) {
        bool const is_orphan = key.state == regf::CellState::orphan;
        ++(is_orphan ? row.orphan_keys : row.deleted_keys);
        auto const path = hive.path_of(key);
        context.traces.emit(remnant_schema, origin_of(key),
            RemnantRow {
                is_orphan ? Symbol("orphan") : Symbol("deleted"), "key", path, key.name, {}, {}, key.written_at });
    }
    for (auto const& value : found.values) {
        bool const is_orphan = value.state == regf::CellState::orphan;
        row.deleted_values += is_orphan ? 0U : 1U;
        auto const text = regf::value_text(value);
        context.traces.emit(remnant_schema, origin_of(value),
            RemnantRow { is_orphan ? Symbol("orphan") : Symbol("deleted"), "value", {}, value.name,
                regf::value_type_name(value.type), text, {} });
    }
}

Sniff sniff(ByteView head, std::string_view)
{
    return regf::sniff(head);
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    std::vector<ByteView> logs;
    for (auto const& companion : evidence.companions)
        logs.push_back(companion.bytes);
    auto const replay = regf::replay_logs(evidence.bytes, logs, context.diagnostics);
    auto const hive = regf::Hive::open(replay.image.empty() ? evidence.bytes : ByteView(replay.image));
    if (!hive.ok()) {
        context.diagnostics.report({ hive.error(), evidence.bytes.size() });
        return;
    }
    auto const stored = regf::read_base_block(evidence.bytes); // as received: replay closes the sequence numbers
    auto const& base = stored.ok() ? stored.value() : hive.value().base_block();
    HiveView view { hive.value(), kind_of(hive.value()), evidence.name, windows_profile_user_of(evidence.name), {} };
    if (view.kind == HiveKind::system)
        view.control_sets = control_sets_of(hive.value());
    HiveRow row { hive_kind_name(view.kind), evidence.name, view.user, base.file_name, base.written_at,
        base.primary_sequence, base.secondary_sequence, replay.was_dirty, replay.logs_used, replay.entries_applied,
        replay.pages_applied, replay.base_block_recovered };
    emit_remnants(hive.value(), context, row);
    context.traces.emit(hive_schema, { 0, regf::base_block_bytes, false }, row);
    for (auto const* const artefact : registry_artefacts()) {
        if ((artefact->kinds & static_cast<std::uint32_t>(view.kind)) != 0 && !context.stop.stop_requested())
            artefact->parse(view, context);
    }
}

std::vector<std::string> companion_names(std::string_view name)
{
    std::string const file { file_name_of(name) };
    return { file + ".LOG", file + ".LOG1", file + ".LOG2" };
}

constexpr std::array<Schema const*, 2> own_schemas { &hive_schema.erased, &remnant_schema.erased };

}

HiveKind kind_of(regf::Hive const& hive)
{
    for (auto const& mark : marks) {
        std::size_t wanted = 0;
        auto const found = present(hive, mark, wanted);
        if (found >= std::min<std::size_t>(wanted, 2))
            return mark.kind;
    }
    return HiveKind::unknown;
}

constinit ArtefactParser const parser {
    .name = "windows_registry",
    .title = "Windows registry hive",
    .version = 1,
    .reads_path = true,
    .emits = own_schemas,
    .sniff = sniff,
    .parse = parse,
    .companion_names = companion_names,
};

}
