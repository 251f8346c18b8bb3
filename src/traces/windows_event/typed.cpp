#include "traces/windows_event/typed.hpp"
#include "base/text.hpp"
#include "traces/windows_event/typed_reading.hpp"
#include "traces/windows_event/typed_schemas.hpp"
#include <algorithm>
#include <array>

namespace konseki::windows_event {

namespace {

constexpr std::array<Schema const*, 19> schemas {
    &logon_schema.erased,
    &process_start_schema.erased,
    &process_end_schema.erased,
    &service_change_schema.erased,
    &task_change_schema.erased,
    &network_connection_schema.erased,
    &share_access_schema.erased,
    &powershell_script_schema.erased,
    &remote_session_schema.erased,
    &account_change_schema.erased,
    &log_cleared_schema.erased,
    &registry_change_schema.erased,
    &file_event_schema.erased,
    &image_load_schema.erased,
    &process_access_schema.erased,
    &dns_query_schema.erased,
    &wmi_event_schema.erased,
    &pipe_schema.erased,
    &defender_schema.erased,
};

constexpr std::size_t event_ids_max = 8192; // the highest id of a route is 7045

bool is_same(std::string_view said, std::string_view wanted)
{
    return said == wanted || equals_ignoring_case(said, wanted); // WEC writes "security"
}

bool matches(Event const& event, Source const& source)
{
    if (event.channel.empty() && event.provider.empty())
        return false;
    return (event.channel.empty() || is_same(event.channel, source.channel))
        && (event.provider.empty() || is_same(event.provider, source.provider));
}

}

std::span<Schema const* const> typed_schemas()
{
    return schemas;
}

struct TypedRows::State {
    explicit State(TraceSink& trace_sink)
        : sink(trace_sink)
    {
        for (auto const part : { logon_routes(), process_routes(), service_and_task_routes(), account_routes(),
                 network_routes(), session_routes(), sysmon_routes(), powershell_routes(), wmi_and_defender_routes() })
            routes.insert(routes.end(), part.begin(), part.end());
        std::stable_sort(
            routes.begin(), routes.end(), [](Route const& a, Route const& b) { return a.event_id < b.event_id; });
        VERIFY(routes.size() < UINT16_MAX);
        for (std::size_t i = routes.size(); i-- > 0;) {
            VERIFY(routes[i].event_id < event_ids_max);
            first_route[routes[i].event_id] = static_cast<std::uint16_t>(i + 1);
        }
        plans.resize(routes.size());
    }

    Plan& plan(std::size_t route, std::uint32_t shape_id)
    {
        auto& by_shape = plans[route];
        for (auto& entry : by_shape) { // few shapes use one route: the versions of one event
            if (entry.shape_id == shape_id)
                return entry.plan;
        }
        // JSON without a fixed order of members has a shape per event: start over rather than search a long list
        if (by_shape.size() >= shapes_per_route_max)
            by_shape.clear();
        by_shape.push_back({ shape_id, {} });
        return by_shape.back().plan;
    }

    struct ShapePlan {
        std::uint32_t shape_id;
        Plan plan;
    };
    static constexpr std::size_t shapes_per_route_max = 32;

    TraceSink& sink;
    Arena arena;
    std::vector<Route> routes;
    std::array<std::uint16_t, event_ids_max> first_route {}; // index + 1 into routes; 0: none
    std::vector<std::vector<ShapePlan>> plans;
};

TypedRows::TypedRows(TraceSink& sink)
    : m_state(std::make_unique<State>(sink))
{
}

TypedRows::~TypedRows() = default;

void TypedRows::on_event(Event const& event, TraceOrigin const& origin)
{
    auto& state = *m_state;
    if (event.event_id >= event_ids_max || state.first_route[event.event_id] == 0 || event.shape == nullptr)
        return;
    for (auto i = std::size_t { state.first_route[event.event_id] } - 1;
         i < state.routes.size() && state.routes[i].event_id == event.event_id; ++i) {
        if (!matches(event, *state.routes[i].source))
            continue;
        state.arena.reset();
        Reading reading { event, origin, state.plan(i, event.shape->id), state.arena, state.sink };
        state.routes[i].read(reading);
        return;
    }
}

}
