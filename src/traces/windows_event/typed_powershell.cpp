// PowerShell: script blocks, pipelines, engine life.
#include "base/text.hpp"
#include "traces/windows_event/typed_reading.hpp"
#include "traces/windows_event/typed_schemas.hpp"
#include <algorithm>
#include <array>
#include <utility>

namespace konseki::windows_event {

using namespace std::string_view_literals;

namespace {

constexpr Source operational { "Microsoft-Windows-PowerShell/Operational", "Microsoft-Windows-PowerShell" };
constexpr Source core_operational { "PowerShellCore/Operational", "PowerShellCore" };
constexpr Source classic { "Windows PowerShell", "PowerShell" };

// One pipeline may write thousands of records with kilobytes each (RC4 loops of Empire): the whole text stays in the
// evidence. So does its host's command line, of which the start of the engine (400) keeps all.
constexpr std::size_t pipeline_text_max = 1'000;
constexpr std::size_t pipeline_host_max = 256;

std::string_view cut(std::string_view text, std::size_t size_max)
{
    if (text.size() <= size_max)
        return text;
    auto size = size_max;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) // not inside a character
        --size;
    return text.substr(0, size);
}

// The first value of each key counts, an empty one as well.
void set_once(Symbol& target, std::string_view value, bool& is_set)
{
    if (std::exchange(is_set, true) || value.empty())
        return;
    target = value;
}

// "Host Application = powershell.exe …" (4103) and "HostApplication=powershell.exe …" (classic), one a line. English
// Windows only: other languages translate the first form.
void read_context(std::string_view context, PowershellScript& row)
{
    struct Place {
        std::string_view spaced_key, plain_key;
        Symbol* target;
        bool is_set = false;
    };
    Symbol runspace_id;
    std::array<Place, 5> places { {
        { "Host Application", "HostApplication", &row.host_application },
        { "Engine Version", "EngineVersion", &row.engine_version },
        { "User", "UserId", &row.user },
        { "Runspace ID", "RunspaceId", &runspace_id },
        { "Script Name", "ScriptName", &row.path },
    } };
    std::size_t position = 0;
    while (position < context.size()) {
        auto const end = std::min(context.find('\n', position), context.size());
        auto const line = trim(context.substr(position, end - position));
        position = end + 1;
        auto const equals = line.find('=');
        if (equals == std::string_view::npos)
            continue;
        auto const key = trim(line.substr(0, equals));
        for (auto& place : places) {
            if (key == place.spaced_key || key == place.plain_key)
                set_once(*place.target, trim(line.substr(equals + 1)), place.is_set);
        }
    }
    row.runspace_id = runspace_id.text;
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
    row.host_application = cut(row.host_application.text, pipeline_host_max);
    row.text = cut(reading.text("Payload"), pipeline_text_max);
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
    if (row.event_id == 800) {
        row.host_application = cut(row.host_application.text, pipeline_host_max);
        row.text = cut(last.data() != nullptr && last != context ? last : first, pipeline_text_max);
    }
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
