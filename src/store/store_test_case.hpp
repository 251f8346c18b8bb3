// What the tests and benches of the store share: a schema with every type, a folder that vanishes, one finding.
// Not part of the store: only *_test.cpp and *_bench.cpp include it.
#pragma once
#include "base/result.hpp"
#include "record/finding.hpp"
#include "record/schema.hpp"
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <vector>

namespace konseki::store::test {

struct AllTypes {
    std::optional<bool> flag;
    std::uint64_t number = 0;
    std::int64_t difference = 0;
    double ratio = 0;
    Timestamp seen_at;
    LocalTime local;
    std::string_view words;
    Symbol symbol;
};

inline constexpr auto all_types_schema = schema("test.all_types", "Every type a column can have",
    field("flag", &AllTypes::flag, "True or false; isn't it"), field("number", &AllTypes::number, "Counted"),
    field("difference", &AllTypes::difference, "May be negative"), field("ratio", &AllTypes::ratio, "Not whole"),
    field("seen_at", &AllTypes::seen_at, "A moment"),
    field("local", &AllTypes::local, "A reading of a clock on a wall"), field("words", &AllTypes::words, "Free text"),
    field("symbol", &AllTypes::symbol, "Text of few values"));

// The same schema as an older program knew it.
struct OnlyNumber {
    std::uint64_t number = 0;
};
inline constexpr auto older_schema
    = schema("test.all_types", "One column", field("number", &OnlyNumber::number, "Counted"));

inline std::span<Schema const* const> schemas()
{
    static constexpr Schema const* all[] { &all_types_schema.erased };
    return all;
}

inline std::span<Schema const* const> older_schemas()
{
    static constexpr Schema const* all[] { &older_schema.erased };
    return all;
}

class Folder {
public:
    Folder()
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "konseki-store-XXXXXX").string();
        VERIFY(mkdtemp(pattern.data()) != nullptr);
        m_path = pattern;
    }
    ~Folder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(m_path, ignored);
    }
    Folder(Folder const&) = delete;
    Folder& operator=(Folder const&) = delete;
    std::filesystem::path const& path() const { return m_path; }

private:
    std::filesystem::path m_path;
};

inline Finding finding()
{
    Finding finding;
    finding.analyser = "sigma";
    finding.rule = "11111111-2222-3333-4444-555555555555";
    finding.title = { "Event log cleared", "イベントログの消去" };
    finding.severity = Severity::high;
    finding.attack = { "T1070.001", "T1562" };
    finding.host = "HOST1";
    finding.first_at = *Timestamp::parse("2024-05-06T07:08:09.1234567Z");
    finding.last_at = *Timestamp::parse("2024-05-06T07:08:10Z");
    finding.count = 2;
    finding.because = { { { 1, 0x1000 }, "windows.event", finding.first_at,
                            { { "EventID", "1102" }, { "SubjectUserName", "\xed\xa0\x80" } } },
        { { 1, 0x2000 }, "windows.event", finding.last_at, {} } };
    finding.because_total = 2;
    finding.explanation = { "Somebody cleared the log.", "ログが消去された。" };
    finding.advice = { "Ask who did it.", "誰が行ったかを確認する。" };
    finding.source = "starter rules, Apache-2.0";
    assign_id(finding);
    return finding;
}

}
