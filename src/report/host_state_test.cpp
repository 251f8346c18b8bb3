#include "analysers/ranking/schemas.hpp"
#include "base/text.hpp"
#include "report/page.hpp"
#include "report/techniques.hpp"
#include <cstdlib>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

namespace konseki::report {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

struct AccountFacts {
    std::uint64_t rid = 0;
    std::string_view name, full_name, comment;
    bool is_disabled = false, has_name_entry = true, is_rid_foreign = false;
    std::uint64_t logon_count = 0;
    Timestamp last_logon_at, password_set_at, name_written_at;
};
constexpr auto account_schema = schema("windows.account", "Accounts", field("rid", &AccountFacts::rid, ""),
    field("name", &AccountFacts::name, ""), field("full_name", &AccountFacts::full_name, ""),
    field("comment", &AccountFacts::comment, ""), field("is_disabled", &AccountFacts::is_disabled, ""),
    field("has_name_entry", &AccountFacts::has_name_entry, ""),
    field("is_rid_foreign", &AccountFacts::is_rid_foreign, ""), field("logon_count", &AccountFacts::logon_count, ""),
    field("last_logon_at", &AccountFacts::last_logon_at, ""),
    field("password_set_at", &AccountFacts::password_set_at, ""),
    field("name_written_at", &AccountFacts::name_written_at, ""));

struct AutostartFacts {
    Symbol location, attack, hive, user;
    std::string_view key_path, name, command;
    std::optional<bool> is_enabled;
    bool is_usual = false;
    Timestamp key_written_at;
};
constexpr auto autostart_schema = schema("windows.autostart", "Autostarts",
    field("location", &AutostartFacts::location, ""), field("attack", &AutostartFacts::attack, ""),
    field("hive", &AutostartFacts::hive, ""), field("user", &AutostartFacts::user, ""),
    field("key_path", &AutostartFacts::key_path, ""), field("name", &AutostartFacts::name, ""),
    field("command", &AutostartFacts::command, ""), field("is_enabled", &AutostartFacts::is_enabled, ""),
    field("is_usual", &AutostartFacts::is_usual, ""), field("key_written_at", &AutostartFacts::key_written_at, ""));

std::span<Schema const* const> schemas()
{
    static constexpr Schema const* all[] { &account_schema.erased, &autostart_schema.erased,
        &ranking::item_schema.erased, &ranking::term_schema.erased, &ranking::item_trace_schema.erased };
    return all;
}

constexpr std::string_view hostile = "<script>alert(1)</script>\"'>&\xe2\x80\xae\x07\xff";

// PC1, that was OLD before, with items under both names; PC2 with one; and as many more as asked for.
class HostStateTest : public testing::Test {
protected:
    HostStateTest()
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "konseki-hosts-XXXXXX").string();
        VERIFY(mkdtemp(pattern.data()) != nullptr);
        m_folder = pattern;
        m_case = store::Case::open(m_folder / "case", store::Access::read_write, schemas()).value();
        store::Hosts hosts;
        for (EvidenceNumber number = 1; number <= 2; ++number) {
            Evidence evidence;
            evidence.sha256.bytes[0] = std::byte(number);
            evidence.original_path = format("PC{}/SAM", number);
            evidence.state = EvidenceState::examined;
            evidence.parser = "windows_registry";
            m_case->add(evidence).value();
            store::Host host;
            host.name = format("PC{}", number);
            host.known_from = "registry";
            hosts.hosts.push_back(host);
            hosts.evidence.push_back({ number, host.name, "registry" });
        }
        hosts.hosts[0].other_names = "OLD";
        hosts.hosts[0].os = "Windows 10 Pro";
        hosts.hosts[0].time_zone = "Tokyo Standard Time";
        m_case->replace_hosts(hosts, {}).value();
        item("PC1", 1, 12.5, "Service evil", 1);
        item("PC1", 2, -3, "Service good", 1);
        item("OLD", 1, 6.25, hostile, 1);
        item("PC2", 1, 14, "Program x.exe", 2);
        TraceBatch accounts(account_schema.erased, 1);
        accounts.append(account_schema, { 0x900, 8, false },
            { 1'001, "ghost$", "", hostile, false, false, true, 7, *Timestamp::parse("2024-01-01T00:00:00Z"), {}, {} });
        m_case->append(accounts).value();
        TraceBatch autostarts(autostart_schema.erased, 1);
        autostarts.append(autostart_schema, { 0xa00, 8, false },
            { "W01", "T1547.001", "software", {}, "Run", "usual", "a.exe", {}, true, {} });
        autostarts.append(autostart_schema, { 0xb00, 8, false },
            { "W01", "T1547.001", "user", "hanako", "Run", "odd", "b.exe", false, false, {} });
        m_case->append(autostarts).value();
        m_case->commit().value();
    }
    ~HostStateTest() override
    {
        m_case.reset();
        std::error_code ignored;
        std::filesystem::remove_all(m_folder, ignored);
    }

    void item(std::string_view host, std::uint64_t rank, double score, std::string_view title, EvidenceNumber evidence)
    {
        TraceBatch items(ranking::item_schema.erased, evidence);
        ranking::ItemRow row;
        row.host = Symbol(host);
        row.rank = rank;
        row.score = score;
        row.kind = "service";
        row.title = row.command = title;
        row.location = "W74";
        row.attack = "T1053.005 T9999";
        row.traces = 3;
        items.append(ranking::item_schema, { 0x100 * rank, 0, false }, row);
        m_case->append(items).value();
        TraceBatch terms(ranking::term_schema.erased, evidence);
        for (std::uint64_t index = 0; index < 3; ++index)
            terms.append(ranking::term_schema, { 0x100 * rank + index, 0, false },
                { Symbol(host), rank, "path", "path.odd", static_cast<double>(index), title, "理由", title });
        m_case->append(terms).value();
        TraceBatch traces(ranking::item_trace_schema.erased, evidence);
        for (std::uint64_t index = 3; index-- > 0;)
            traces.append(ranking::item_trace_schema, { 0x100 * rank + index, 0, false }, { Symbol(host), rank });
        m_case->append(traces).value();
    }

    std::string page() const
    {
        ReportOptions options;
        options.generated_at = *Timestamp::parse("2024-04-02T09:00:00Z");
        auto contents = gather(*m_case, options);
        if (!contents.ok())
            throw std::runtime_error(to_string(contents.error()));
        return html_page(contents.value());
    }

    std::filesystem::path m_folder;
    std::unique_ptr<store::Case> m_case;
};

}

TEST_F(HostStateTest, ItemsOfEarlierNamesAreRankedAmongThoseOfTheMachine)
{
    auto const hosts = gather_host_states(*m_case, {}, "PC1").value();
    ASSERT_EQ(hosts.size(), 1U);
    auto const& host = hosts[0];
    EXPECT_EQ(host.items_total, 3U);
    ASSERT_EQ(host.items.size(), 3U);
    EXPECT_EQ(host.items[0].title, "Service evil");
    EXPECT_EQ(host.items[1].score, 6.25);
    EXPECT_EQ(host.items[1].rank, 2U);
    EXPECT_EQ(host.items[2].title, "Service good");
    ASSERT_EQ(host.items[0].terms.size(), 3U);
    EXPECT_EQ(host.items[0].terms[0].weight, 2) << "the heaviest first";
    EXPECT_THAT(host.items[0].traces, ElementsAre(TraceId { 1, 0x100 }, TraceId { 1, 0x101 }, TraceId { 1, 0x102 }));
    EXPECT_EQ(host.coverage.host.time_zone, "Tokyo Standard Time");
    ASSERT_EQ(host.accounts.size(), 1U);
    EXPECT_FALSE(*host.accounts[0].has_name_entry);
    ASSERT_EQ(host.autostarts.size(), 2U);
    EXPECT_EQ(host.autostarts[0].name, "odd") << "what Windows puts there comes last";
    EXPECT_FALSE(*host.autostarts[0].is_enabled);
    EXPECT_FALSE(host.autostarts[1].is_enabled.has_value());
}

TEST_F(HostStateTest, LimitsCountWhatTheyLeaveOut)
{
    auto const hosts = gather_host_states(*m_case, { 1, 2, 1, 1, 1 }).value();
    ASSERT_EQ(hosts.size(), 2U);
    EXPECT_EQ(hosts[1].name(), "PC2");
    EXPECT_EQ(hosts[0].items.size(), 1U);
    EXPECT_EQ(hosts[0].items_total, 3U);
    EXPECT_EQ(hosts[0].items[0].terms.size(), 2U);
    EXPECT_EQ(hosts[0].items[0].terms_total, 3U);
    EXPECT_EQ(hosts[0].items[0].traces.size(), 1U);
    EXPECT_EQ(hosts[0].autostarts_total, 2U);
    auto const second = gather_host_states(*m_case, {}, "PC1", 2).value();
    ASSERT_EQ(second[0].items.size(), 1U);
    EXPECT_EQ(second[0].items[0].score, 6.25);
}

TEST_F(HostStateTest, ANameIsFoundInAnyCaseWithDomainAndByWhatItWas)
{
    EXPECT_THAT(host_names(*m_case).value(), ElementsAre("PC1", "PC2"));
    for (auto const* name : { "PC1", "pc1", "pc1.corp.example", "old", "OLD.corp" })
        EXPECT_EQ(find_host_name(*m_case, name).value(), "PC1") << name;
    EXPECT_FALSE(find_host_name(*m_case, "PC").value().has_value());
    EXPECT_FALSE(find_host_name(*m_case, "").value().has_value());
}

TEST_F(HostStateTest, ThePageShowsEachHostHeaviestFirstAndEscapesEvidence)
{
    auto const text = page();
    EXPECT_LT(text.find("Program x.exe"), text.find("Service evil")) << "PC2 holds the heavier item";
    EXPECT_THAT(text, HasSubstr("<a href=\"#host-2-1\">"));
    EXPECT_THAT(text, HasSubstr("<tr id=\"host-2-1\">"));
    EXPECT_THAT(text, HasSubstr("T1053.005 Scheduled Task/Job: Scheduled Task"));
    EXPECT_THAT(text, HasSubstr("hidden: no entry by name"));
    EXPECT_THAT(text, HasSubstr("konseki show e1@0x100"));
    EXPECT_THAT(text, HasSubstr("Tokyo Standard Time"));
    EXPECT_THAT(text, Not(HasSubstr("<script")));
    EXPECT_THAT(text, Not(HasSubstr("\xe2\x80\xae")));
    EXPECT_THAT(text, Not(HasSubstr("<span class=\"ja\" lang=\"ja\"></span>")));
    if (std::system("command -v xmllint >/dev/null 2>&1") != 0)
        return;
    auto const file = m_folder / "page.html";
    std::ofstream(file, std::ios::binary) << text;
    EXPECT_EQ(std::system(("xmllint --noout --nonet '" + file.string() + "'").c_str()), 0);
}

TEST_F(HostStateTest, AThousandHostsStayOnePage)
{
    TraceBatch items(ranking::item_schema.erased, 1);
    TraceBatch terms(ranking::term_schema.erased, 1);
    auto const flush = [&](TraceBatch& batch, Schema const& schema) {
        m_case->append(batch).value();
        batch = TraceBatch(schema, 1);
    };
    for (std::uint64_t number = 0; number < 1'000; ++number) {
        auto const name = format("WS-{}", number);
        for (std::uint64_t rank = 1; rank <= 10; ++rank) {
            ranking::ItemRow row;
            row.host = Symbol(std::string_view(name));
            row.rank = rank;
            row.score = 10.0 - static_cast<double>(rank);
            row.title = row.command = "C:\\ProgramData\\a long path of some sixty characters\\program.exe";
            items.append(ranking::item_schema, { number * 100 + rank, 0, false }, row);
            for (std::uint64_t index = 0; index < 6; ++index)
                terms.append(ranking::term_schema, { number * 100 + rank, 0, false },
                    { row.host, rank, "path", "path.odd", 1.5, "Its file lies in a place made for other things.",
                        "ファイルが本来別の用途の場所にあります。", row.title });
            if (terms.row_count() + 6 > TraceBatch::rows_max)
                flush(terms, ranking::term_schema.erased);
            if (items.is_full())
                flush(items, ranking::item_schema.erased);
        }
    }
    flush(items, ranking::item_schema.erased);
    flush(terms, ranking::term_schema.erased);
    m_case->commit().value();
    auto const text = page();
    EXPECT_THAT(text, HasSubstr("Other hosts, with lighter items: 802"));
    EXPECT_THAT(text, HasSubstr("konseki host NAME"));
    EXPECT_LT(text.size(), 6U << 20);
    RecordProperty("page_bytes", static_cast<int>(text.size()));
}

TEST_F(HostStateTest, JsonHoldsTheSame)
{
    auto const hosts = gather_host_states(*m_case, {}, "PC1").value();
    simdjson::dom::parser parser;
    simdjson::dom::element document;
    ASSERT_EQ(parser.parse(host_json(hosts[0], ",\"timeline\":[]")).get(document), simdjson::SUCCESS);
    EXPECT_EQ(document["name"].get_string().value(), "PC1");
    EXPECT_EQ(document["items"].at(0)["terms"].at(0)["text"]["ja"].get_string().value(), "理由");
    EXPECT_EQ(document["items"].at(0)["traces"].at(0).get_string().value(), "e1@0x100");
    EXPECT_EQ(document["accounts"].at(0)["is_rid_foreign"].get_bool().value(), true);
    EXPECT_EQ(document["timeline"].get_array().value().size(), 0U);
}

TEST(Techniques, HaveTheNameOfTheirParentBeforeTheirOwn)
{
    EXPECT_EQ(technique_name("T1070.001"), "Indicator Removal: Clear Windows Event Logs");
    EXPECT_EQ(technique_name("T1110"), "Brute Force");
    EXPECT_EQ(technique_name("T1110.999"), "Brute Force");
    EXPECT_EQ(technique_name("T9999"), "");
    EXPECT_EQ(technique_name(""), "");
    EXPECT_EQ(technique_name("T1547.001"), "Boot or Logon Autostart Execution: Registry Run Keys / Startup Folder");
}

}
