// konseki search: many words or patterns in all fields of all events, read again from the evidence.
#include "app/command_table.hpp"
#include "app/event_filter.hpp"
#include "app/selection.hpp"
#include "base/text.hpp"
#include "os/file.hpp"
#include <algorithm>
#include <map>

namespace konseki::app {

static constexpr std::uint64_t words_file_bytes_max = 16ULL << 20;

static std::string quoted_pattern(std::string_view word)
{
    std::string pattern;
    for (auto const c : word) {
        bool const is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'
            || static_cast<unsigned char>(c) >= 0x80;
        if (!is_plain)
            pattern += '\\';
        pattern += c;
    }
    return pattern;
}

static Result<std::vector<std::string>> read_words(Arguments const& arguments)
{
    std::vector<std::string> words { arguments.operands().begin(), arguments.operands().end() };
    for (auto const& path : arguments.values("words-from")) {
        auto const text = TRY(os::read_whole(path, words_file_bytes_max));
        for (auto const line : split(text, '\n'))
            if (!trim(line).empty())
                words.emplace_back(trim(line));
    }
    std::vector<std::string> distinct;
    for (auto& word : words)
        if (!word.empty() && std::find(distinct.begin(), distinct.end(), word) == distinct.end())
            distinct.push_back(std::move(word));
    if (distinct.empty())
        return Error { ErrorCode::wrong_use, "command line", 0, 0, 0,
            "konseki search needs words, or --words-from FILE; konseki search --help shows examples" };
    return distinct;
}

// What the search calls a word, and the word as it was asked for.
struct AskedWords {
    search::Query query;
    std::map<std::string, std::string, std::less<>> asked; // pattern -> word, where they differ
    std::size_t count = 0;
};

static Result<AskedWords> make_query(Arguments const& arguments, std::vector<std::string> const& words)
{
    AskedWords asked;
    asked.count = words.size();
    bool const is_cased = arguments.has("case-sensitive");
    if (arguments.has("regex"))
        TRY(search::Search::compile({ {}, words })); // complains of a word as it was written
    for (auto const& word : words) {
        if (!arguments.has("regex") && !is_cased) {
            asked.query.words.push_back(word);
            continue;
        }
        auto const pattern = arguments.has("regex") ? (is_cased ? word : "(?i)" + word) : quoted_pattern(word);
        asked.query.patterns.push_back(pattern);
        asked.asked.emplace(pattern, word);
    }
    return asked;
}

namespace {

struct HitRow {
    Timestamp written_at;
    std::string computer, channel, word, field, text;
    std::uint64_t event_id = 0, record_id = 0;
};

// Collects the hits of one event, which arrive together, before it decides whether they count.
class HitWriter {
public:
    HitWriter(RowWriter* rows, AskedWords const& asked, bool needs_all, std::uint64_t limit)
        : m_rows(rows)
        , m_asked(asked)
        , m_needs_all(needs_all)
        , m_limit(limit)
    {
    }

    void take(TraceBatch const& batch)
    {
        for (std::size_t row = 0; row < batch.row_count() && !is_full(); ++row) {
            TraceId const trace { batch.evidence(), batch.origin(row).offset };
            if (trace != m_trace)
                finish_event();
            m_trace = trace;
            m_is_recovered = batch.origin(row).is_recovered;
            m_hits.push_back(read_hit(batch, row));
        }
    }

    void finish_event()
    {
        std::vector<std::string_view> words;
        for (auto const& hit : m_hits)
            if (std::find(words.begin(), words.end(), hit.word) == words.end())
                words.push_back(hit.word);
        if (!m_hits.empty() && (!m_needs_all || words.size() == m_asked.count)) {
            ++m_events;
            for (auto const word : words)
                ++m_counts[std::string(word)];
            for (auto const& hit : m_hits)
                if (m_rows != nullptr && !is_full())
                    write(hit);
        }
        m_hits.clear();
    }

    bool is_full() const { return m_limit > 0 && m_written >= m_limit; }
    std::uint64_t event_count() const { return m_events; }
    std::map<std::string, std::uint64_t> const& counts() const { return m_counts; }

private:
    HitRow read_hit(TraceBatch const& batch, std::size_t row) const
    {
        auto const symbol = [&](std::size_t column) {
            return batch.is_absent(column, row) ? std::string {}
                                                : std::string(batch.symbol(column, batch.symbol_index(column, row)));
        };
        HitRow hit;
        hit.written_at
            = batch.is_absent(0, row) ? Timestamp {} : Timestamp { static_cast<std::int64_t>(batch.number(0, row)) };
        hit.computer = symbol(1);
        hit.channel = symbol(2);
        hit.event_id = batch.number(3, row);
        hit.record_id = batch.number(4, row);
        hit.word = symbol(5);
        if (auto const found = m_asked.asked.find(hit.word); found != m_asked.asked.end())
            hit.word = found->second;
        hit.field = symbol(6);
        hit.text = batch.text(7, row);
        return hit;
    }

    void write(HitRow const& hit)
    {
        auto const id = format("{}", hit.event_id);
        auto const record = format("{}", hit.record_id);
        auto const trace = to_string(m_trace);
        std::array const cells { Cell::time(hit.written_at), Cell::of(hit.computer), Cell::of(hit.channel),
            Cell::number(id), Cell::number(record), Cell::of(trace), Cell::boolean(m_is_recovered), Cell::of(hit.word),
            Cell::of(hit.field), Cell::of(hit.text) };
        m_rows->row(cells);
        ++m_written;
    }

    RowWriter* m_rows;
    AskedWords const& m_asked;
    bool m_needs_all;
    std::uint64_t m_limit;
    std::uint64_t m_written = 0, m_events = 0;
    TraceId m_trace;
    bool m_is_recovered = false;
    std::vector<HitRow> m_hits;
    std::map<std::string, std::uint64_t> m_counts; // word -> events that hold it
};

}

static std::vector<EvidenceNumber> numbers_of(
    std::vector<NumberRange> const& ranges, std::vector<Evidence> const& evidence)
{
    std::vector<EvidenceNumber> numbers;
    if (ranges.empty())
        return numbers;
    for (auto const& piece : evidence)
        if (is_in(ranges, piece.number))
            numbers.push_back(piece.number);
    return numbers;
}

static void write_counts(RowWriter& writer, HitWriter const& hits, std::vector<std::string> const& words)
{
    std::vector<std::string> const columns { "events", "word" };
    writer.begin(columns);
    for (auto const& word : words) {
        auto const found = hits.counts().find(word);
        auto const count = format("{}", found == hits.counts().end() ? 0 : found->second);
        std::array const cells { Cell::number(count), Cell::of(word) };
        writer.row(cells);
    }
    writer.finish();
}

static Result<ExitCode> search(Context& context)
{
    auto const& arguments = context.arguments();
    auto const words = TRY(read_words(arguments));
    auto const asked = TRY(make_query(arguments, words));
    auto const limit = TRY(arguments.number("limit", 0));
    auto const ranges = TRY(read_ranges("evidence", arguments.values("evidence"), 'e'));
    TRY(choose_case(arguments));
    Selection selection; // only to share the compiled search with the workers
    selection.texts.emplace(TRY(search::Search::compile(asked.query)));
    auto access = TRY(EvidenceAccess::start({ search_watcher(*selection.texts) }));
    auto const source = TRY(open_case(context, store::Access::read_only));
    auto numbers = numbers_of(ranges, TRY(source->evidence()));
    if (!ranges.empty() && numbers.empty())
        return Error { ErrorCode::wrong_use, "command line", 0, 0, 0,
            "--evidence names no evidence of this case; konseki evidence lists it" };
    TRY(context.open_output());
    auto const writer = context.make_writer();
    bool const is_counted = arguments.has("count");
    if (!is_counted)
        writer->begin(std::vector<std::string> { "written_at", "computer", "channel", "event_id", "record_id", "trace",
            "recovered", "word", "field", "text" });
    HitWriter hits { is_counted ? nullptr : writer.get(), asked, arguments.has("all"), limit };
    std::stop_source stop;
    std::stop_callback const forward { access->stop(), [&] { stop.request_stop(); } };
    static constexpr std::array<Schema const*, 1> schemas { &search::hit_schema.erased };
    auto const on_batch = [&](TraceBatch const& batch) {
        hits.take(batch);
        if (hits.is_full() || context.answer().reader_is_gone())
            stop.request_stop();
    };
    auto const unread = TRY(
        scan_evidence(context, *access, *source, "search", schemas, std::move(numbers), on_batch, stop.get_token()));
    hits.finish_event();
    if (is_counted)
        write_counts(*writer, hits, words);
    else
        writer->finish();
    context.answer().flush();
    if (context.errors().is_terminal())
        context.remark(format("{} events hold what was searched", grouped(hits.event_count())));
    if (unread > 0)
        context.remark(format("{} diagnostics cost evidence: it could not be read again", unread));
    bool const was_stopped = access->stop().stop_requested();
    if (was_stopped)
        context.remark("stopped: not all of the evidence was read");
    return unread > 0 || was_stopped ? ExitCode::evidence_lost : ExitCode::done;
}

ExitCode run_search(Context& context)
{
    return answer_with(context, [&] { return search(context); });
}

}
