// A case in a folder that vanishes, rows to put into it, and a sink that keeps findings: what tests of analysers share.
// Not part of the room: only *_test.cpp include it.
#pragma once
#include "analysers/catalogue.hpp"
#include "rules/sigma/match_row.hpp"
#include "traces/windows_event/schemas.hpp"
#include "traces/windows_event/typed_schemas.hpp"
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <initializer_list>
#include <map>
#include <gtest/gtest.h>

namespace konseki::test {

inline std::span<Schema const* const> analyser_schemas()
{
    static constexpr Schema const* all[] { &windows_event::event_schema.erased, &windows_event::file_schema.erased,
        &windows_event::chunk_schema.erased, &windows_event::sign_schema.erased,
        &windows_event::log_cleared_schema.erased, &sigma::match_schema.erased };
    return all;
}

class KeptFindings final : public FindingSink {
public:
    void add(Finding const& finding, std::span<TraceId const> all_traces) override
    {
        findings.push_back(finding);
        traces.emplace_back(all_traces.begin(), all_traces.end());
    }
    // The only finding whose rule begins like this.
    Finding const* find(std::string_view rule) const
    {
        Finding const* found = nullptr;
        for (auto const& finding : findings)
            if (finding.rule.starts_with(rule)) {
                EXPECT_EQ(found, nullptr) << rule << " was found twice";
                found = &finding;
            }
        return found;
    }
    std::vector<Finding> findings;
    std::vector<std::vector<TraceId>> traces;
};

// Derived rows straight into the case.
class KeptRows final : public DerivedRows {
public:
    explicit KeptRows(store::Case& target)
        : m_target(target)
    {
    }
    void flush() override
    {
        for (auto const& [key, batch] : m_batches)
            EXPECT_TRUE(m_target.append(batch).ok());
        m_batches.clear();
    }

protected:
    TraceBatch& room_in(Schema const& schema, EvidenceNumber evidence) override
    {
        auto const key = std::pair { schema.name, evidence };
        auto place = m_batches.find(key);
        if (place != m_batches.end() && place->second.is_full()) {
            EXPECT_TRUE(m_target.append(place->second).ok());
            m_batches.erase(place);
            place = m_batches.end();
        }
        return place != m_batches.end() ? place->second
                                        : m_batches.emplace(key, TraceBatch(schema, evidence)).first->second;
    }

private:
    store::Case& m_target;
    std::map<std::pair<std::string_view, EvidenceNumber>, TraceBatch> m_batches;
};

class AnalyserCase {
public:
    explicit AnalyserCase(std::span<Schema const* const> schemas = analyser_schemas())
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "konseki-analyser-XXXXXX").string();
        VERIFY(mkdtemp(pattern.data()) != nullptr);
        m_folder = pattern;
        auto opened = store::Case::open(m_folder / "case", store::Access::read_write, schemas);
        EXPECT_TRUE(opened.ok()) << (opened.ok() ? "" : to_string(opened.error()));
        m_case = std::move(opened).value();
    }
    ~AnalyserCase()
    {
        m_case.reset();
        std::error_code ignored;
        std::filesystem::remove_all(m_folder, ignored);
    }
    AnalyserCase(AnalyserCase const&) = delete;
    AnalyserCase& operator=(AnalyserCase const&) = delete;

    EvidenceNumber add_evidence(std::string const& path, std::string const& host = {}, EvidenceNumber duplicate_of = 0)
    {
        Evidence evidence;
        evidence.original_path = path;
        evidence.path = path;
        evidence.host = host;
        evidence.sha256.bytes[0] = static_cast<std::byte>(++m_evidence_count);
        evidence.state = duplicate_of == 0 ? EvidenceState::examined : EvidenceState::duplicate;
        evidence.duplicate_of = duplicate_of;
        return m_case->add(evidence).value();
    }
    template <typename Row, typename... Members>
    void put(
        EvidenceNumber evidence, TypedSchema<Row, Members...> const& schema, TraceOrigin const& origin, Row const& row)
    {
        TraceBatch batch(schema.erased, evidence);
        batch.append(schema, origin, row);
        auto const appended = m_case->append(batch);
        EXPECT_TRUE(appended.ok());
    }
    void event(EvidenceNumber evidence, std::uint64_t offset, std::string_view channel, std::uint32_t event_id,
        std::uint64_t record_id, Timestamp at, std::string_view provider = "Microsoft-Windows-Security-Auditing",
        bool is_recovered = false, std::string_view computer = "PC1")
    {
        windows_event::EventRow row;
        row.written_at = at;
        row.event_id = event_id;
        row.record_id = record_id;
        row.channel = channel;
        row.provider = provider;
        row.computer = computer;
        row.how = is_recovered ? "slack" : "live";
        put(evidence, windows_event::event_schema, { offset, 100, is_recovered }, row);
    }
    // Commits and runs.
    KeptFindings run(Analyser const& analyser, sigma::RuleSet const& rules = {},
        side_loading::Catalogue const* side_loading = nullptr, stacking::Baseline const* baseline = nullptr)
    {
        EXPECT_TRUE(m_case->commit().ok());
        KeptFindings kept;
        KeptRows rows(*m_case);
        bool const has_rows = std::all_of(analyser.emits.begin(), analyser.emits.end(),
            [&](Schema const* schema) { return m_case->has_schema(schema->name); });
        for (std::size_t at = 0; has_rows && at < analyser.emits.size(); ++at)
            EXPECT_TRUE(m_case->remove_traces(analyser.emits[at]->name).ok());
        AnalyserInputs const inputs { *m_case, rules, default_limits, {}, has_rows ? &rows : nullptr, side_loading,
            baseline };
        auto const result = analyser.run(inputs, kept);
        rows.flush();
        EXPECT_TRUE(m_case->commit().ok());
        EXPECT_TRUE(result.ok()) << (result.ok() ? "" : to_string(result.error()));
        for (auto const& finding : kept.findings) {
            EXPECT_EQ(finding.analyser, analyser.name);
            EXPECT_FALSE(finding.title.en.empty());
            EXPECT_FALSE(finding.explanation.en.empty());
            EXPECT_FALSE(finding.advice.en.empty());
            EXPECT_FALSE(finding.advice.ja.empty());
        }
        return kept;
    }
    // One after the other; what the last of them found.
    KeptFindings run(std::initializer_list<Analyser const*> chain,
        side_loading::Catalogue const* side_loading = nullptr, stacking::Baseline const* baseline = nullptr)
    {
        KeptFindings kept;
        for (auto const* analyser : chain)
            kept = run(*analyser, {}, side_loading, baseline);
        return kept;
    }
    store::Case& store() { return *m_case; }

private:
    std::filesystem::path m_folder;
    std::unique_ptr<store::Case> m_case;
    unsigned m_evidence_count = 0;
};

constexpr Timestamp minutes(std::int64_t count)
{
    return Timestamp::from_unix_seconds(1'700'000'000 + count * 60);
}

}
