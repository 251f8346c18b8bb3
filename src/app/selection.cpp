#include "app/selection.hpp"
#include "app/progress.hpp"
#include "base/text.hpp"
#include "rules/sigma/matcher.hpp"
#include "traces/catalogue.hpp"
#include <algorithm>
#include <tuple>

namespace konseki::app {

static constexpr std::uint64_t rows_bytes_max = 512ULL << 20; // of selected rows held for sorting

namespace {

// Takes the search's hits of one event and only counts which texts were found.
class TextsFound final : public TraceSink {
public:
    std::size_t count()
    {
        m_found.clear();
        for (std::size_t row = 0; row < m_batch.row_count(); ++row) {
            auto const word = m_batch.symbol(word_column, m_batch.symbol_index(word_column, row));
            if (std::find(m_found.begin(), m_found.end(), word) == m_found.end())
                m_found.emplace_back(word);
        }
        return m_found.size();
    }
    void clear() { m_batch = TraceBatch { search::hit_schema.erased, 0 }; }
    bool is_empty() const { return m_batch.row_count() == 0; }

private:
    static constexpr std::size_t word_column = 5;
    static_assert(search::hit_schema.erased.column_array[word_column].name == "word");
    TraceBatch& room_in(Schema const&) override
    {
        if (m_batch.is_full())
            clear(); // thousands of hits in one event: the earlier ones were of the same texts or the event is absurd
        return m_batch;
    }
    TraceBatch m_batch { search::hit_schema.erased, 0 };
    std::vector<std::string> m_found;
};

class SelectionWatcher final : public EventWatcher {
public:
    SelectionWatcher(Selection const& selection, TraceSink& sink)
        : m_selection(selection)
        , m_sink(sink)
    {
        if (selection.terms)
            m_matcher.emplace(*selection.terms);
        if (selection.texts)
            m_text_watcher = selection.texts->watcher(m_texts);
    }

    void on_event(Event const& event, TraceOrigin const& origin) override
    {
        if (!m_selection.filter.admits(event, origin))
            return;
        if (m_matcher && m_matcher->match(event).empty())
            return;
        if (m_text_watcher && !has_texts(event, origin))
            return;
        m_values.clear();
        append_values(event);
        m_sink.emit(selected_schema, origin,
            { event.written_at, event.event_id, event.record_id, Symbol(event.channel), Symbol(event.provider),
                Symbol(event.computer), Symbol(event.user_sid), event.level, event.task, event.opcode, event.keywords,
                event.version, event.execution_process_id, event.execution_thread_id, m_values });
    }

private:
    bool has_texts(Event const& event, TraceOrigin const& origin)
    {
        m_text_watcher->on_event(event, origin);
        if (m_texts.is_empty())
            return false;
        bool const has_all = m_texts.count() >= m_selection.text_count;
        m_texts.clear();
        return has_all;
    }

    void append_values(Event const& event)
    {
        for (auto const& name : m_selection.fields) {
            auto const* value = find_ignoring_case(event, name);
            if (value == nullptr) {
                m_values += '-';
                continue;
            }
            auto const text = value_text(*value);
            append_format(m_values, "{}:{}", text.size(), text);
        }
    }

    static EventValue const* find_ignoring_case(Event const& event, std::string_view name)
    {
        if (event.shape == nullptr)
            return nullptr;
        for (std::size_t index = 0; index < event.values.size(); ++index)
            if (equals_ignoring_case(event.shape->names[index], name))
                return &event.values[index];
        return nullptr;
    }

    Selection const& m_selection;
    TraceSink& m_sink;
    std::optional<sigma::Matcher> m_matcher;
    TextsFound m_texts;
    std::unique_ptr<EventWatcher> m_text_watcher;
    std::string m_values;
};

// Search keeps its filter; intake owns what it is given.
class SharedFilter final : public RawFilter {
public:
    explicit SharedFilter(RawFilter const& filter)
        : m_filter(filter)
    {
    }
    bool may_contain(ByteView piece) const override { return m_filter.may_contain(piece); }

private:
    RawFilter const& m_filter;
};

}

intake::WatcherFactory selection_watcher(Selection const& selection)
{
    return { "selection", [&selection](std::string_view, TraceSink& traces) {
                intake::Watch watch { std::make_unique<SelectionWatcher>(selection, traces), nullptr };
                if (selection.texts && selection.texts->raw_filter_is_useful())
                    watch.raw_filter = std::make_unique<SharedFilter>(selection.texts->raw_filter());
                return watch;
            } };
}

intake::WatcherFactory search_watcher(search::Search const& search)
{
    return { "search", [&search](std::string_view, TraceSink& traces) {
                intake::Watch watch { search.watcher(traces), nullptr };
                if (search.raw_filter_is_useful())
                    watch.raw_filter = std::make_unique<SharedFilter>(search.raw_filter());
                return watch;
            } };
}

// The worker may have been taken over by evidence: nothing is trusted but its length.
static std::vector<std::optional<std::string>> read_values(std::string_view text)
{
    std::vector<std::optional<std::string>> values;
    while (!text.empty()) {
        if (text[0] == '-') {
            values.emplace_back();
            text.remove_prefix(1);
            continue;
        }
        auto const colon = text.find(':');
        auto const size = parse_uint(text.substr(0, colon));
        if (colon == std::string_view::npos || !size || *size > text.size() - colon - 1)
            break;
        values.emplace_back(text.substr(colon + 1, *size));
        text.remove_prefix(colon + 1 + *size);
    }
    return values;
}

Result<std::uint64_t> scan_evidence(Context& context, EvidenceAccess& access, store::Case const& source,
    std::string_view watcher, std::span<Schema const* const> schemas, std::vector<EvidenceNumber> evidence,
    intake::BatchReceiver const& on_batch, std::stop_token const& stop)
{
    intake::ScanOptions options;
    options.evidence = std::move(evidence);
    options.parsers = artefact_parsers();
    options.schemas = schemas;
    if (context.arguments().has("workers"))
        options.workers = TRY(worker_count(context.arguments()));
    options.watcher = watcher;
    std::uint64_t unread = 0;
    ProgressLine progress { context };
    auto const on_diagnostic = [&](EvidenceNumber number, Diagnostic const& diagnostic) {
        if (diagnostic.bytes_lost == 0)
            return;
        ++unread;
        progress.clear();
        if (unread <= 10)
            context.remark(format("e{}: {}", number, to_string(diagnostic.error)));
    };
    auto const done = intake::scan(source, access.server(), options, on_batch, on_diagnostic, progress, stop);
    if (!done.ok() && !(done.error().code == ErrorCode::cancelled && stop.stop_requested()))
        return done.error();
    return unread;
}

// Evidence that holds events which the filter admits, as far as the index can say.
static Result<std::vector<EvidenceNumber>> evidence_of(store::Case const& source, EventFilter const& filter)
{
    auto const [condition, parameters] = filter.sql();
    auto rows = TRY(source.query(
        format("SELECT DISTINCT evidence FROM windows_event WHERE {} ORDER BY evidence", condition), parameters));
    std::vector<EvidenceNumber> numbers;
    while (rows.next())
        numbers.push_back(static_cast<EvidenceNumber>(rows.unsigned_integer(0)));
    TRY(rows.status());
    return numbers;
}

static EventLine line_of(TraceBatch const& batch, std::size_t row)
{
    auto const symbol = [&](std::size_t column) {
        return batch.is_absent(column, row) ? std::string {}
                                            : std::string(batch.symbol(column, batch.symbol_index(column, row)));
    };
    auto const& origin = batch.origin(row);
    EventLine line;
    line.trace = { batch.evidence(), origin.offset };
    line.size_bytes = origin.size_bytes;
    line.is_recovered = origin.is_recovered;
    line.written_at
        = batch.is_absent(0, row) ? Timestamp {} : Timestamp { static_cast<std::int64_t>(batch.number(0, row)) };
    line.event_id = static_cast<std::uint32_t>(batch.number(1, row));
    line.record_id = batch.number(2, row);
    line.channel = symbol(3);
    line.provider = symbol(4);
    line.computer = symbol(5);
    line.user_sid = symbol(6);
    line.level = static_cast<std::uint8_t>(batch.number(7, row));
    line.task = static_cast<std::uint16_t>(batch.number(8, row));
    line.opcode = static_cast<std::uint8_t>(batch.number(9, row));
    line.keywords = batch.number(10, row);
    line.version = static_cast<std::uint8_t>(batch.number(11, row));
    line.process_id = static_cast<std::uint32_t>(batch.number(12, row));
    line.thread_id = static_cast<std::uint32_t>(batch.number(13, row));
    line.values = read_values(batch.text(14, row));
    return line;
}

Result<SelectedRows> select_events(
    Context& context, EvidenceAccess& access, store::Case const& source, Selection const& selection)
{
    SelectedRows selected;
    auto numbers = TRY(evidence_of(source, selection.filter));
    if (numbers.empty())
        return selected;
    static constexpr std::array<Schema const*, 1> schemas { &selected_schema.erased };
    std::uint64_t bytes = 0;
    std::stop_source stop;
    std::stop_callback const forward { access.stop(), [&] { stop.request_stop(); } };
    auto const on_batch = [&](TraceBatch const& batch) {
        for (std::size_t row = 0; row < batch.row_count() && !selected.is_cut; ++row) {
            selected.rows.push_back(line_of(batch, row));
            auto const& last = selected.rows.back();
            bytes += last.held_bytes();
            selected.is_cut = bytes > rows_bytes_max;
        }
        if (selected.is_cut)
            stop.request_stop();
    };
    selected.unread = TRY(
        scan_evidence(context, access, source, "selection", schemas, std::move(numbers), on_batch, stop.get_token()));
    std::sort(selected.rows.begin(), selected.rows.end(), [](EventLine const& a, EventLine const& b) {
        return std::tie(a.written_at, a.trace) < std::tie(b.written_at, b.trace);
    });
    return selected;
}

}
