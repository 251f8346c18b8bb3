#include "rules/yara/rule_set.hpp"
#include "base/text.hpp"
#include "bytes/sha256.hpp"
#include "rules/yara/compiled.hpp"
#include <algorithm>
#include <limits>

namespace konseki::yara {

namespace {

constexpr std::uint32_t default_score = 75; // [thor-manual, YARA rules, score] what THOR takes where none is given
constexpr std::uint32_t high_score = 81, medium_score = 60; // [thor-manual, score] where its alerts, warnings begin
constexpr std::size_t problems_per_file_max = 20; // a file of another kind has an error on every line

// One compiler of libyara; after one error it is good for nothing but its destruction.
class Compiler {
public:
    Compiler()
    {
        VERIFY(::yr_compiler_create(&m_compiler) == ERROR_SUCCESS);
        ::yr_compiler_set_include_callback(m_compiler, nullptr, nullptr, nullptr);
        for (auto const name : external_names)
            VERIFY(::yr_compiler_define_string_variable(m_compiler, std::string(name).c_str(), "") == ERROR_SUCCESS);
        // [thor-manual, YARA rules, additional attributes] numbers among them; evidence does not say them either.
        for (auto const* const name : { "filemode", "osversion" })
            VERIFY(::yr_compiler_define_integer_variable(m_compiler, name, 0) == ERROR_SUCCESS);
        VERIFY(::yr_compiler_define_float_variable(m_compiler, "age", std::numeric_limits<double>::quiet_NaN())
            == ERROR_SUCCESS);
    }
    ~Compiler() { ::yr_compiler_destroy(m_compiler); }
    Compiler(Compiler const&) = delete;
    Compiler& operator=(Compiler const&) = delete;

    // problems may be null. False: the file does not compile.
    bool add(RuleFile const& file, std::string const& text, std::vector<Problem>* problems)
    {
        Heard heard { file.path, problems, 0, 0 };
        ::yr_compiler_set_callback(m_compiler, &Compiler::on_message, &heard);
        auto const errors = ::yr_compiler_add_string(m_compiler, text.c_str(), file.path.c_str());
        if (problems != nullptr && heard.left_out > 0)
            problems->push_back(
                { file.path, 0, format("and {} more errors and warnings", heard.left_out), errors > 0 });
        return errors == 0;
    }

    YR_RULES* finish()
    {
        YR_RULES* rules = nullptr;
        return ::yr_compiler_get_rules(m_compiler, &rules) == ERROR_SUCCESS ? rules : nullptr;
    }

private:
    struct Heard {
        std::string const& path;
        std::vector<Problem>* problems;
        std::size_t told, left_out;
    };

    static void on_message(int level, char const*, int line, YR_RULE const* rule, char const* message, void* user_data)
    {
        auto& heard = *static_cast<Heard*>(user_data);
        if (heard.problems == nullptr)
            return;
        if (heard.told++ >= problems_per_file_max) {
            ++heard.left_out;
            return;
        }
        Problem problem { heard.path, static_cast<std::uint32_t>(std::max(line, 0)), message,
            level == YARA_ERROR_LEVEL_ERROR };
        if (rule != nullptr && rule->identifier != nullptr)
            problem.words = format("rule {}: {}", rule->identifier, problem.words);
        heard.problems->push_back(std::move(problem));
    }

    YR_COMPILER* m_compiler = nullptr;
};

// Modules whose answers do not come from the evidence alone.
void check_imports(RuleFile const& file, std::vector<Problem>& problems)
{
    std::uint32_t number = 0;
    for (auto const line : split(file.text, '\n')) {
        ++number;
        auto const text = trim(line);
        if (!text.starts_with("import"))
            continue;
        auto const module = trim(text.substr(6));
        if (module.starts_with("\"magic\""))
            problems.push_back({ file.path, number,
                "module magic opens files while it scans, which the sandbox forbids: its answers stay undefined",
                false });
        if (module.starts_with("\"cuckoo\""))
            problems.push_back({ file.path, number,
                "module cuckoo wants a sandbox report, which evidence has not: its answers stay undefined", false });
        if (module.starts_with("\"time\""))
            problems.push_back({ file.path, number,
                "module time asks for today: the same evidence may match on one day and not on another", false });
    }
}

// All of them in one set. One that does not go with the others (the same path twice) is left out, and it is said.
YR_RULES* join(std::vector<std::pair<RuleFile const*, std::string>>& good, std::vector<Problem>& problems)
{
    while (!good.empty()) {
        Compiler together;
        auto const refused = std::find_if(good.begin(), good.end(),
            [&](auto const& file) { return !together.add(*file.first, file.second, nullptr); });
        if (refused == good.end())
            return together.finish();
        problems.push_back({ refused->first->path, 0, "does not compile together with the files before it", true });
        good.erase(refused);
    }
    return nullptr;
}

std::string clean_text(std::string const& text)
{
    return text.starts_with("\xef\xbb\xbf") ? text.substr(3) : text; // the byte order mark would be a syntax error
}

bool is_technique(std::string_view text)
{
    auto const are_digits = [](std::string_view part) {
        return std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
    };
    if (text.size() != 5 && text.size() != 9)
        return false;
    return text[0] == 'T' && are_digits(text.substr(1, 4))
        && (text.size() == 5 || (text[5] == '.' && are_digits(text.substr(6))));
}

void add_techniques(std::string_view text, std::vector<std::string>& found)
{
    auto const is_part = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '_';
    };
    std::size_t begin = 0;
    while (begin < text.size()) {
        auto end = begin;
        while (end < text.size() && is_part(text[end]))
            ++end;
        std::string word(text.substr(begin, end - begin));
        std::replace(word.begin(), word.end(), '_', '.'); // tags cannot hold a point: T1055_012
        if (!word.empty() && (word.front() == 't'))
            word.front() = 'T';
        if (is_technique(word))
            found.push_back(word);
        begin = end + 1;
    }
}

}

std::string_view RuleHead::meta_text(std::string_view key) const
{
    for (auto const& [known, value] : meta)
        if (equals_ignoring_case(known, key))
            return value;
    return {};
}

std::optional<std::uint32_t> RuleHead::score() const
{
    auto const value = parse_uint(meta_text("score"));
    if (!value)
        return std::nullopt;
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(*value, 100));
}

Severity RuleHead::severity() const
{
    auto const points = score().value_or(default_score);
    return points >= high_score ? Severity::high : points >= medium_score ? Severity::medium : Severity::low;
}

std::vector<std::string> RuleHead::attack() const
{
    std::vector<std::string> found;
    for (auto const& tag : tags)
        add_techniques(tag, found);
    for (auto const& [written, value] : meta) {
        auto const key = ascii_lower(written);
        for (auto const* part : { "mitre", "attack", "att_ck", "attck", "technique", "ttp" })
            if (key.find(part) != std::string::npos) {
                add_techniques(value, found);
                break;
            }
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

RuleSet::RuleSet()
    : m_compiled(std::make_unique<Compiled>())
{
}
RuleSet::~RuleSet() = default;
RuleSet::RuleSet(RuleSet&&) noexcept = default;
RuleSet& RuleSet::operator=(RuleSet&&) noexcept = default;

RuleSet RuleSet::compile(std::span<RuleFile const> files)
{
    RuleSet set;
    Sha256Hasher hasher;
    hasher.add(as_bytes(YR_VERSION));
    std::vector<std::pair<RuleFile const*, std::string>> good;
    for (auto const& file : files) {
        auto const sizes = format("\n{} {}\n", file.path.size(), file.text.size());
        for (auto const part : { std::string_view(sizes), std::string_view(file.path), std::string_view(file.text) })
            hasher.add(as_bytes(part));
        auto text = clean_text(file.text);
        if (text.find('\0') != std::string::npos) { // libyara would stop there and say nothing
            set.m_problems.push_back({ file.path, 0, "holds zero bytes: not a text of YARA rules in UTF-8", true });
            continue;
        }
        // Alone first: after one error a compiler takes nothing more.
        Compiler alone;
        if (!alone.add(file, text, &set.m_problems))
            continue;
        check_imports(file, set.m_problems);
        good.emplace_back(&file, std::move(text));
    }
    set.m_compiled->rules = join(good, set.m_problems);
    set.m_file_count = good.size();
    set.m_skipped_count = files.size() - good.size();
    set.m_fingerprint = to_string(hasher.finish());
    if (set.m_compiled->rules != nullptr)
        set.m_rule_count = set.m_compiled->rules->num_rules;
    return set;
}

}
