// A case with rows about one Linux host, for the tests of this folder. Not part of the room: only *_test.cpp include
// it.
#pragma once
#include "analysers/host_state/analyser.hpp"
#include "analysers/host_state/linux/linux_host.hpp"
#include "analysers/ranking/rates.hpp"
#include "base/text.hpp"
#include "support/analyser_case.hpp"
#include "traces/linux_columns.hpp"
#include <gmock/gmock.h>

namespace konseki::host_state::on_linux {

class LinuxCase {
public:
    explicit LinuxCase(std::int64_t installed_at_minute = 1)
        : m_case(schemas())
    {
        m_evidence = m_case.add_evidence("state", "web1");
        LinuxHostRow row;
        row.name = "web1";
        row.collected_at = test::minutes(100'000);
        row.is_root = true;
        put(linux_host_schema, row);
        LinuxPackageRow package;
        package.name = "base-files";
        package.installed_at = test::minutes(installed_at_minute);
        put(linux_package_schema, package);
    }

    template <typename Row, typename... Members> TraceId put(TypedSchema<Row, Members...> const& schema, Row const& row)
    {
        m_case.put(m_evidence, schema, { ++m_offset, 10, false }, row);
        return { m_evidence, m_offset };
    }
    TraceId file(
        std::string_view path, std::string_view state, std::string_view content = "elf", std::uint32_t mode = 0755)
    {
        LinuxFileRow row;
        row.path = path;
        row.type = "regular";
        row.package_state = state;
        if (state != "unowned")
            row.package = "some-package";
        if (!content.empty())
            row.content = content;
        row.user = "root";
        row.mode = mode;
        row.modified_at = row.changed_at = test::minutes(2);
        return put(linux_file_schema, row);
    }
    TraceId link(std::string_view path, std::string_view target)
    {
        LinuxFileRow row;
        row.path = path;
        row.type = "link";
        row.target = target;
        return put(linux_file_schema, row);
    }
    TraceId start(std::string_view location, std::string_view kind, std::string_view path, std::string_view command,
        std::string_view user = {}, std::string_view schedule = {}, std::string_view detail = {},
        std::string_view name = {})
    {
        LinuxAutostartRow row;
        row.location = location;
        row.kind = kind;
        row.path = path;
        row.command = command;
        if (!user.empty())
            row.user = user;
        row.schedule = schedule;
        row.detail = detail;
        row.name = name;
        return put(linux_autostart_schema, row);
    }
    TraceId unit(std::string_view path, std::string_view name, std::string_view commands, bool is_drop_in = false,
        std::string_view triggers = {})
    {
        LinuxUnitRow row;
        row.path = path;
        row.name = name;
        row.commands = commands;
        row.triggers = triggers;
        row.kind = name.substr(name.rfind('.') + 1);
        row.scope = path.find("/user") == std::string_view::npos ? "system" : "user";
        row.is_drop_in = is_drop_in;
        return put(linux_unit_schema, row);
    }

    // Gathers, judges and scores; call once.
    std::vector<Item> const& items()
    {
        m_case.run(lifted);
        return kept();
    }
    // The only item whose title contains the text; a test fails when there is none or more.
    static Item const& the(std::vector<Item> const& items, std::string_view title)
    {
        static Item const none {};
        Item const* found = nullptr;
        for (auto const& item : items)
            if (item.title.find(title) != std::string::npos) {
                EXPECT_EQ(found, nullptr) << "two items: " << title;
                found = &item;
            }
        EXPECT_NE(found, nullptr) << title;
        return found == nullptr ? none : *found;
    }

private:
    static std::vector<Item>& kept()
    {
        static std::vector<Item> items;
        return items;
    }
    static Result<void> run(AnalyserInputs const& inputs, FindingSink&)
    {
        kept().clear();
        Hosts hosts(inputs);
        TRY(hosts.load());
        TRY(gather_linux(hosts));
        for (auto& [key, host] : hosts.all())
            kept().insert(kept().end(), host.items.begin(), host.items.end());
        weigh(kept());
        return {};
    }
    static std::vector<Feature const*> features_in(Item const& item)
    {
        std::vector<Feature const*> features;
        for (auto const& term : item.terms)
            features.push_back(term.feature);
        return features;
    }
    static void weigh(std::vector<Item>& items)
    {
        ranking::FeatureRates rates;
        for (auto const& item : items)
            rates.count({ 0, item.kind, false }, features_in(item), 1, 1);
        for (auto& item : items) {
            auto terms = ranking::weighed_terms(rates, { 0, item.kind, false }, features_in(item), 1);
            item.score = ranking::cap_families(terms);
            for (std::size_t at = 0; at < terms.size(); ++at)
                item.terms[at].weight = terms[at].weight;
        }
    }
    static constexpr Analyser lifted { .name = "linux", .title = "linux", .version = 1, .needs = {}, .run = run };

    static std::vector<Schema const*> schemas()
    {
        auto const common = test::analyser_schemas();
        std::vector<Schema const*> all(common.begin(), common.end());
        for (auto const* schema :
            { &linux_host_schema.erased, &linux_process_schema.erased, &linux_socket_schema.erased,
                &linux_module_schema.erased, &linux_bpf_schema.erased, &linux_file_schema.erased,
                &linux_package_schema.erased, &linux_account_schema.erased, &linux_autostart_schema.erased,
                &linux_unit_schema.erased, &linux_key_schema.erased, &linux_setting_schema.erased })
            all.push_back(schema);
        all.insert(all.end(), analyser.emits.begin(), analyser.emits.end());
        return all;
    }

    test::AnalyserCase m_case;
    EvidenceNumber m_evidence = 0;
    std::uint64_t m_offset = 0;
};

// "linux.unowned linux.hidden_name": features of an item, for matchers.
inline std::string features_of(Item const& item)
{
    std::string text;
    for (auto const& term : item.terms)
        append_format(text, "{} ", term.feature->id);
    return text;
}

constexpr double finding_score = 5.5; // analyser.cpp's medium

}
