// What the store's rows say about names of machines: see intake/hosts.hpp.
#include "base/text.hpp"
#include "intake/hosts.hpp"
#include <algorithm>

namespace konseki::intake {

namespace {

EvidenceNumber number_of(store::Rows const& rows)
{
    return static_cast<EvidenceNumber>(rows.unsigned_integer(0));
}

Result<void> read_logs(store::Case const& source, HostInputs& inputs)
{
    auto rows = TRY(source.query(
        "SELECT evidence, computer, count(*) AS events, min(written_at), max(written_at), min(record_id), "
        "max(record_id), CASE WHEN min(channel) = max(channel) THEN min(channel) END FROM windows_event WHERE NOT "
        "recovered AND computer IS NOT NULL AND computer <> '' GROUP BY 1, 2 ORDER BY evidence, events DESC, "
        "computer"));
    while (rows.next())
        inputs.logs[number_of(rows)].push_back({ std::string(rows.text(1)), rows.unsigned_integer(2), rows.time(3),
            rows.time(4), rows.unsigned_integer(5), rows.unsigned_integer(6), std::string(rows.text(7)) });
    return rows.status();
}

Result<void> read_registry(store::Case const& source, HostInputs& inputs)
{
    auto rows = TRY(source.query("SELECT evidence, is_current, computer_name, host_name, domain, time_zone, "
                                 "last_shutdown_at FROM windows_machine_name WHERE NOT recovered ORDER BY evidence, "
                                 "is_current DESC, control_set"));
    while (rows.next()) {
        auto const [place, is_first] = inputs.registry.try_emplace(number_of(rows));
        auto& names = place->second;
        if (!is_first) {
            for (std::size_t const column : { 2U, 3U }) {
                auto const name = rows.text(column);
                if (!name.empty() && name != names.computer_name && name != names.host_name)
                    names.former_names.emplace_back(name);
            }
            continue;
        }
        names = { std::string(rows.text(2)), std::string(rows.text(3)), std::string(rows.text(4)),
            std::string(rows.text(5)), {}, rows.time(6) };
    }
    return rows.status();
}

// What the collector that ran on the machine says of it: as good as the registry, and for the same machine the same.
Result<void> read_clients(store::Case const& source, HostInputs& inputs)
{
    auto rows = TRY(source.query("SELECT evidence, host_name, full_name, platform, version FROM collector_client WHERE "
                                 "host_name IS NOT NULL ORDER BY evidence, \"offset\""));
    while (rows.next()) {
        auto& names = inputs.registry[number_of(rows)];
        names.host_name = rows.text(1);
        std::string_view const full = rows.text(2);
        if (auto const dot = full.find('.'); dot != std::string_view::npos && full.starts_with(names.host_name))
            names.domain = full.substr(dot + 1);
        inputs.clients.insert(number_of(rows));
        inputs.systems.try_emplace(
            number_of(rows), SystemVersion { std::string(rows.text(3)), std::string(rows.text(4)), {}, {} });
    }
    return rows.status();
}

Result<void> read_systems(store::Case const& source, HostInputs& inputs)
{
    auto rows = TRY(source.query("SELECT evidence, product, version, build, installed_at FROM windows_machine_system "
                                 "WHERE NOT recovered ORDER BY evidence, \"offset\""));
    constexpr std::uint64_t first_windows_11_build = 22'000;
    while (rows.next()) {
        std::string product { rows.text(1) };
        auto const build = rows.text(3);
        auto const major = parse_uint(build.substr(0, build.find('.')));
        if (product.starts_with("Windows 10") && major && *major >= first_windows_11_build)
            product.replace(0, 10, "Windows 11"); // the registry was never corrected
        if (!rows.text(2).empty())
            append_format(product, " {}", rows.text(2));
        inputs.systems.try_emplace(
            number_of(rows), SystemVersion { std::move(product), std::string(build), rows.time(4), {} });
    }
    return rows.status();
}

// A name that many machines have names none of them.
bool is_telling(std::string_view name)
{
    auto const label = name.substr(0, name.find('.'));
    return !name.empty() && label != "localhost" && name != "(none)";
}

// A container's own /etc/hostname below the host's root names the container.
bool is_of_the_host(Evidence const& evidence)
{
    return evidence.machine_path.empty() || evidence.machine_path == "/etc/hostname";
}

Result<void> read_linux(store::Case const& source, HostInputs& inputs)
{
    auto rows = TRY(source.query("SELECT evidence, name, collector, system, system_version, kernel, time_zone, "
                                 "booted_at, collected_at FROM linux_host ORDER BY evidence, \"offset\""));
    while (rows.next()) {
        auto const number = number_of(rows);
        if (number == 0 || number > inputs.evidence.size())
            continue;
        auto const& evidence = inputs.evidence[number - 1];
        auto const is_file = evidence.parser == "linux_host";
        if (is_telling(rows.text(1)) && (!is_file || is_of_the_host(evidence))) {
            inputs.registry[number].host_name = rows.text(1);
            (is_file ? inputs.host_names : inputs.clients).insert(number);
        }
        std::string os { rows.text(3) };
        if (!os.empty() && !rows.text(4).empty())
            append_format(os, " {}", rows.text(4));
        inputs.systems.try_emplace(
            number, SystemVersion { std::move(os), std::string(rows.text(5)), {}, std::string(rows.text(6)) });
        if (!rows.is_null(7) || !rows.is_null(8))
            inputs.spans[number] = { rows.time(rows.is_null(7) ? 8 : 7), rows.time(rows.is_null(8) ? 7 : 8) };
    }
    return rows.status();
}

// What a machine records while it runs; times of files are left out, as they come from elsewhere with the files.
struct SpanSource {
    std::string_view schema, sql;
};
constexpr SpanSource span_sources[] {
    { "windows.event",
        "SELECT evidence, min(written_at), max(written_at) FROM windows_event WHERE NOT recovered GROUP BY 1" },
    { "windows.usn.record",
        "SELECT evidence, min(written_at), max(written_at) FROM windows_usn_record WHERE NOT recovered GROUP BY 1" },
    { "windows.prefetch.run", "SELECT evidence, min(run_at), max(run_at) FROM windows_prefetch_run GROUP BY 1" },
};

Result<void> read_spans(store::Case const& source, HostInputs& inputs)
{
    for (auto const& span : span_sources) {
        if (!source.has_rows(span.schema))
            continue;
        auto rows = TRY(source.query(span.sql));
        while (rows.next()) {
            if (!rows.is_null(1))
                inputs.spans[number_of(rows)] = { rows.time(1), rows.time(2) };
        }
        TRY(rows.status());
    }
    return {};
}

}

Result<HostInputs> read_host_inputs(store::Case const& source)
{
    HostInputs inputs;
    inputs.evidence = TRY(source.evidence());
    if (source.has_rows("windows.event"))
        TRY(read_logs(source, inputs));
    if (source.has_rows("windows.machine.name"))
        TRY(read_registry(source, inputs));
    if (source.has_rows("windows.machine.system"))
        TRY(read_systems(source, inputs));
    if (source.has_rows("collector.client"))
        TRY(read_clients(source, inputs));
    if (source.has_rows("linux.host"))
        TRY(read_linux(source, inputs));
    TRY(read_spans(source, inputs));
    return inputs;
}

}
