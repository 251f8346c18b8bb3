// PowerShell: script blocks, pipelines, engine life.
#include "base/text.hpp"
#include "traces/windows_event/typed_reading.hpp"
#include "traces/windows_event/typed_schemas.hpp"
#include <algorithm>

namespace konseki::windows_event {

using namespace std::string_view_literals;

namespace {

constexpr Source operational { "Microsoft-Windows-PowerShell/Operational", "Microsoft-Windows-PowerShell" };
constexpr Source core_operational { "PowerShellCore/Operational", "PowerShellCore" };
constexpr Source classic { "Windows PowerShell", "PowerShell" };

// One pipeline may write thousands of records with kilobytes each (RC4 loops of Empire): the whole text stays in the
// evidence.
constexpr std::size_t pipeline_text_max = 1'000;

std::string_view cut(std::string_view text)
{
    if (text.size() <= pipeline_text_max)
        return text;
    auto size = pipeline_text_max;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) // not inside a character
        --size;
    return text.substr(0, size);
}

// "Host Application = powershell.exe …" (4103) and "HostApplication=powershell.exe …" (classic), one a line. English
// Windows only: other languages translate the first form.
std::string_view context_value(std::string_view context, std::string_view spaced_key, std::string_view plain_key)
{
    std::size_t position = 0;
    while (position < context.size()) {
        auto const end = std::min(context.find('\n', position), context.size());
        auto const line = trim(context.substr(position, end - position));
        position = end + 1;
        auto const equals = line.find('=');
        if (equals == std::string_view::npos)
            continue;
        auto const key = trim(line.substr(0, equals));
        if (key == spaced_key || key == plain_key) {
            auto const found = trim(line.substr(equals + 1));
            return found.empty() ? std::string_view {} : found;
        }
    }
    return {};
}

void read_context(std::string_view context, PowershellScript& row)
{
    row.host_application = context_value(context, "Host Application", "HostApplication");
    row.engine_version = context_value(context, "Engine Version", "EngineVersion");
    row.user = context_value(context, "User", "UserId");
    row.runspace_id = context_value(context, "Runspace ID", "RunspaceId");
    row.path = context_value(context, "Script Name", "ScriptName");
}

PowershellScript begin(Reading& reading)
{
    auto row = reading.begin<PowershellScript>();
    row.user_sid = reading.event().user_sid;
    if (reading.event().execution_process_id != 0)
        row.process_id = reading.event().execution_process_id;
    return row;
}

void read_script_block(Reading& reading) // 4104
{
    auto row = begin(reading);
    row.kind = "script_block"sv;
    row.part = reading.small_number("MessageNumber");
    row.part_total = reading.small_number("MessageTotal");
    row.text = reading.text("ScriptBlockText");
    row.script_block_id = reading.guid("ScriptBlockId");
    row.path = reading.text("Path");
    reading.emit(powershell_script_schema, row);
}

void read_pipeline(Reading& reading) // 4103
{
    auto row = begin(reading);
    row.kind = "pipeline"sv;
    read_context(reading.text("ContextInfo"), row);
    row.text = cut(reading.text("Payload"));
    reading.emit(powershell_script_schema, row);
}

std::string_view classic_kind(std::uint32_t event_id)
{
    switch (event_id) {
    case 400: return "engine_started";
    case 403: return "engine_stopped";
    case 600: return "provider_started";
    default: return "pipeline";
    }
}

// Unnamed values: (400, 403) new state, old state, context; (600) provider, state, context; (800) command, context,
// bindings.
void read_classic(Reading& reading)
{
    auto row = begin(reading);
    row.kind = classic_kind(row.event_id);
    std::string_view context;
    std::string_view first;
    std::string_view last;
    for (auto const& value : reading.event().values) {
        auto const text = reading.text_of(value);
        if (first.data() == nullptr)
            first = text;
        last = text;
        if (context.empty() && text.find("HostApplication=") != std::string_view::npos)
            context = text;
    }
    read_context(context.empty() ? reading.event().message : context, row); // nxlog keeps the message only
    if (row.event_id == 800)
        row.text = cut(last.data() != nullptr && last != context ? last : first);
    reading.emit(powershell_script_schema, row);
}

constexpr auto routes = std::to_array<Route>({
    { 4103, &operational, read_pipeline },
    { 4104, &operational, read_script_block },
    { 4103, &core_operational, read_pipeline },
    { 4104, &core_operational, read_script_block },
    { 400, &classic, read_classic },
    { 403, &classic, read_classic },
    { 600, &classic, read_classic },
    { 800, &classic, read_classic },
});

}

std::span<Route const> powershell_routes()
{
    return routes;
}

}
