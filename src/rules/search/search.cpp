#include "rules/search/search.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "rules/literals/literal_set.hpp"
#include "rules/search/raw_forms.hpp"
#include "rules/search/raw_scanner.hpp"
#include <algorithm>
#include <re2/re2.h>
#include <re2/set.h>

namespace konseki::search {

namespace {

constexpr std::size_t words_max = 100'000;
constexpr std::size_t word_bytes_max = 4'096;
constexpr std::size_t snippet_bytes_max = 200;

re2::StringPiece piece(std::string_view text)
{
    return { text.data(), text.size() };
}

// Where the folded text's byte lies in the original: folding may change the size of a character.
std::size_t place_in_original(std::string_view original, std::size_t folded_size, std::size_t folded_place)
{
    if (original.size() == folded_size) // all sizes alike, in practice: nothing moved
        return folded_place;
    std::size_t place = 0;
    std::size_t folded_seen = 0;
    while (place < original.size() && folded_seen < folded_place) {
        auto const begin = place;
        (void)utf8::next(original, place);
        folded_seen += fold_utf8(original.substr(begin, place - begin)).size();
    }
    return place;
}

std::string_view snippet(std::string_view text, std::size_t place)
{
    if (text.size() <= snippet_bytes_max)
        return text;
    auto begin = place > snippet_bytes_max / 4 ? place - snippet_bytes_max / 4 : 0;
    begin = std::min(begin, text.size() - snippet_bytes_max);
    auto const is_inside_character
        = [&](std::size_t at) { return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80; };
    while (begin > 0 && is_inside_character(begin))
        --begin;
    auto end = begin + snippet_bytes_max;
    while (end > begin && is_inside_character(end))
        --end;
    return text.substr(begin, end - begin);
}

class Filter final : public RawFilter {
public:
    bool may_contain(ByteView bytes) const override { return !is_useful || scanner.contains(bytes); }
    RawScanner scanner;
    bool is_useful = false;
};

}

struct Search::State {
    Query query;
    literals::LiteralSet words; // folded
    std::vector<std::unique_ptr<RE2>> patterns;
    std::unique_ptr<RE2::Set> pattern_set;
    Filter filter;
};

namespace {

Error wrong_use(std::string_view what, std::string detail)
{
    return { ErrorCode::wrong_use, what, 0, 0, 0, std::move(detail) };
}

class Watcher final : public EventWatcher {
public:
    Watcher(Query const& query, literals::LiteralSet const& words, std::vector<std::unique_ptr<RE2>> const& patterns,
        RE2::Set const* pattern_set, TraceSink& sink)
        : m_query(query)
        , m_words(words)
        , m_patterns(patterns)
        , m_pattern_set(pattern_set)
        , m_sink(sink)
        , m_seen(query.words.size(), 0)
    {
    }

    void on_event(Event const& event, TraceOrigin const& origin) override
    {
        m_event = &event;
        m_origin = origin;
        look_in("Provider", event.provider);
        look_in("Channel", event.channel);
        look_in("Computer", event.computer);
        look_in("ProviderGuid", event.provider_guid);
        look_in("UserID", event.user_sid);
        look_in("ActivityID", event.activity_id);
        look_in("EventID", number_text(event.event_id));
        look_in("EventRecordID", number_text(event.record_id));
        for (std::size_t i = 0; i < event.values.size() && event.shape != nullptr; ++i)
            look_in(event.shape->names[i], value_view(event.values[i]));
        look_in("Message", event.message);
    }

private:
    std::string_view number_text(std::uint64_t number)
    {
        m_text.clear();
        append_format(m_text, "{}", number);
        return m_text;
    }

    std::string_view value_view(EventValue const& value)
    {
        if (value.type == ValueType::utf8)
            return as_text(value.bytes);
        m_text.clear();
        append_value_text(m_text, value);
        return m_text;
    }

    void look_in(std::string_view field, std::string_view text)
    {
        if (text.empty())
            return;
        if (m_words.literal_count() != 0)
            look_for_words(field, text);
        if (m_pattern_set != nullptr)
            look_for_patterns(field, text);
    }

    void look_for_words(std::string_view field, std::string_view text)
    {
        m_folded = fold_utf8(text);
        ++m_generation;
        m_words.find(m_folded, [&](std::uint32_t word, std::size_t end) {
            if (m_seen[word] != m_generation) { // one row a word and field
                m_seen[word] = m_generation;
                auto const& wanted = m_query.words[word];
                auto const size = std::min(end, fold_utf8(wanted).size());
                emit(field, text, wanted, place_in_original(text, m_folded.size(), end - size));
            }
            return true;
        });
    }

    void look_for_patterns(std::string_view field, std::string_view text)
    {
        std::vector<int> found;
        if (!m_pattern_set->Match(piece(text), &found))
            return;
        std::sort(found.begin(), found.end());
        for (auto const index : found) {
            auto const position = static_cast<std::size_t>(index);
            re2::StringPiece match;
            if (m_patterns[position]->Match(piece(text), 0, text.size(), RE2::UNANCHORED, &match, 1))
                emit(field, text, m_query.patterns[position], static_cast<std::size_t>(match.data() - text.data()));
        }
    }

    void emit(std::string_view field, std::string_view text, std::string_view word, std::size_t place)
    {
        Hit hit;
        hit.written_at = m_event->written_at;
        hit.computer = m_event->computer;
        hit.channel = m_event->channel;
        hit.event_id = m_event->event_id;
        hit.record_id = m_event->record_id;
        hit.word = word;
        hit.field = field;
        hit.text = snippet(text, place);
        m_sink.emit(hit_schema, m_origin, hit);
    }

    Query const& m_query;
    literals::LiteralSet const& m_words;
    std::vector<std::unique_ptr<RE2>> const& m_patterns;
    RE2::Set const* m_pattern_set;
    TraceSink& m_sink;
    Event const* m_event = nullptr;
    TraceOrigin m_origin;
    std::string m_text, m_folded;
    std::vector<std::uint64_t> m_seen; // generation of a word's last hit
    std::uint64_t m_generation = 0;
};

}

Search::Search(std::unique_ptr<State> state)
    : m_state(std::move(state))
{
}
Search::Search(Search&&) noexcept = default;
Search& Search::operator=(Search&&) noexcept = default;
Search::~Search() = default;

Result<Search> Search::compile(Query const& query)
{
    if (query.words.empty() && query.patterns.empty())
        return wrong_use("search.query", "nothing to search for");
    if (query.words.size() + query.patterns.size() > words_max)
        return wrong_use("search.query", format("more than {} words", words_max));
    auto state = std::make_unique<State>();
    state->query = query;
    state->filter.is_useful = query.patterns.empty();
    std::vector<std::string> folded;
    for (auto const& word : query.words) {
        if (word.empty() || word.size() > word_bytes_max || !utf8::is_valid(word))
            return wrong_use("search.word", word.substr(0, 100));
        folded.push_back(fold_utf8(word));
        auto const forms = raw_forms(word);
        if (!forms) {
            state->filter.is_useful = false;
            continue;
        }
        state->filter.scanner.add_text(forms->text);
        for (auto const& bytes : forms->bytes)
            state->filter.scanner.add_bytes(bytes);
    }
    state->words = literals::LiteralSet { std::span<std::string const>(folded) };
    if (!state->words.is_complete())
        return wrong_use("search.query", "the words together are too long");
    state->filter.scanner.finish();
    RE2::Options options;
    options.set_log_errors(false);
    if (!query.patterns.empty())
        state->pattern_set = std::make_unique<RE2::Set>(options, RE2::UNANCHORED);
    for (auto const& pattern : query.patterns) {
        if (RE2 const alone(pattern, options); !alone.ok())
            return wrong_use("search.pattern", format("\"{}\" is no regular expression: {}", pattern, alone.error()));
        std::string error;
        if (state->pattern_set->Add(piece(pattern), &error) < 0)
            return wrong_use("search.pattern", format("{}: {}", pattern, error));
        state->patterns.push_back(std::make_unique<RE2>(piece(pattern), options));
    }
    if (state->pattern_set && !state->pattern_set->Compile())
        return wrong_use("search.pattern", "the patterns together need too much memory");
    return Search { std::move(state) };
}

// One item after another: "w" or "p", size in decimal, ":", bytes.
std::string Search::configuration(Query const& query)
{
    std::string text;
    for (auto const& word : query.words)
        append_format(text, "w{}:{}", word.size(), word);
    for (auto const& pattern : query.patterns)
        append_format(text, "p{}:{}", pattern.size(), pattern);
    return text;
}

Result<Query> Search::query_of(std::string_view configuration)
{
    Query query;
    while (!configuration.empty()) {
        auto const kind = configuration.front();
        auto const colon = configuration.find(':');
        auto const size
            = colon == std::string_view::npos ? std::nullopt : parse_uint(configuration.substr(1, colon - 1));
        if ((kind != 'w' && kind != 'p') || !size || *size > configuration.size() - colon - 1)
            return wrong_use("search.configuration", std::string(configuration.substr(0, 100)));
        auto const item = configuration.substr(colon + 1, *size);
        (kind == 'w' ? query.words : query.patterns).emplace_back(item);
        configuration.remove_prefix(colon + 1 + *size);
    }
    return query;
}

std::unique_ptr<EventWatcher> Search::watcher(TraceSink& sink) const
{
    return std::make_unique<Watcher>(
        m_state->query, m_state->words, m_state->patterns, m_state->pattern_set.get(), sink);
}

RawFilter const& Search::raw_filter() const
{
    return m_state->filter;
}

bool Search::raw_filter_is_useful() const
{
    return m_state->filter.is_useful;
}

}
