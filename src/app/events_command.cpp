// konseki events: from the index where it knows the answer, from the evidence where fields or text decide.
#include "app/command_table.hpp"
#include "app/event_filter.hpp"
#include "app/event_line.hpp"
#include "app/rendered.hpp"
#include "app/selection.hpp"
#include "app/terminal_text.hpp"
#include "base/text.hpp"
#include "traces/catalogue.hpp"
#include <map>
#include <set>

namespace konseki::app {

namespace {

static constexpr std::size_t render_batch = 512; // events asked of the workers at once
static constexpr std::uint64_t terminal_limit = 1000;
static constexpr std::string_view message_column = "message"; // our words for the event, rendered from its origin

struct EventsPlan {
    std::string output_format;
    std::vector<std::string> columns; // of the rows; empty: whole events
    std::vector<std::string> fields; // those of the columns that only the event itself knows
    bool follows_origin = false;
    bool reverse = false;
    bool needs_scan = false;
    std::uint64_t limit = 0; // 0: all
    bool is_whole() const { return columns.empty(); }
    bool has_column(std::string_view name) const
    {
        return std::find(columns.begin(), columns.end(), name) != columns.end();
    }
    bool needs_rendering() const { return is_whole() || has_column(message_column); }
};

// Writes lines as rows or, rendered again in batches, as whole events.
class EventsWriter {
public:
    EventsWriter(Context& context, EventsPlan const& plan, store::Case const& source, EvidenceAccess* access)
        : m_context(context)
        , m_plan(plan)
        , m_source(source)
        , m_access(access)
    {
    }

    Result<void> begin()
    {
        if (m_plan.follows_origin || m_plan.has_column("file"))
            for (auto const& evidence : TRY(m_source.evidence()))
                m_files.emplace(evidence.number, evidence.original_path);
        if (m_plan.is_whole()) {
            m_whole = make_whole_writer(m_plan.output_format, m_context.answer());
            m_whole->begin();
        } else {
            m_rows = m_context.make_writer();
            m_rows->begin(m_plan.columns);
        }
        return {};
    }

    Result<void> write(EventLine line)
    {
        ++m_count;
        if (!m_plan.needs_rendering()) {
            write_row(line, {});
            return {};
        }
        m_waiting.push_back(std::move(line));
        return m_waiting.size() >= render_batch ? flush() : Result<void> {};
    }

    Result<void> finish()
    {
        TRY(flush());
        if (m_plan.is_whole())
            m_whole->finish();
        else
            m_rows->finish();
        return {};
    }

    bool is_full() const
    {
        return (m_plan.limit > 0 && m_count >= m_plan.limit) || m_context.answer().reader_is_gone();
    }
    std::uint64_t count() const { return m_count; }
    // Evidence of which some event gave no text.
    std::set<EvidenceNumber> const& without_text() const { return m_without_text; }

private:
    std::string_view file_of(EventLine const& line) const
    {
        auto const found = m_files.find(line.trace.evidence);
        return found == m_files.end() ? std::string_view {} : std::string_view(found->second);
    }

    void write_row(EventLine const& line, std::string_view message)
    {
        bool const is_for_people = m_plan.output_format == "table";
        std::vector<Cell> cells;
        std::vector<std::string> scratch(m_plan.columns.size());
        std::size_t value = 0;
        for (std::size_t index = 0; index < m_plan.columns.size(); ++index) {
            auto const& column = m_plan.columns[index];
            if (is_index_column(column)) {
                cells.push_back(index_cell(line, column, file_of(line), is_for_people, scratch[index]));
                continue;
            }
            if (column == message_column) {
                cells.push_back(Cell::of(message));
                continue;
            }
            bool const is_there = value < line.values.size() && line.values[value].has_value();
            cells.push_back(is_there ? Cell::of(*line.values[value]) : Cell::absent());
            ++value;
        }
        m_rows->row(cells);
    }

    Result<void> flush()
    {
        if (m_waiting.empty())
            return {};
        std::vector<TraceId> traces;
        for (auto const& line : m_waiting)
            traces.push_back(line.trace);
        auto const form = !m_plan.is_whole() ? message_column
            : m_plan.output_format == "xml"  ? std::string_view("xml")
                                             : std::string_view("json");
        auto const texts = TRY(intake::render(m_source, m_access->server(), artefact_parsers(), traces, form));
        for (std::size_t index = 0; index < m_waiting.size() && index < texts.size(); ++index) {
            auto const& line = m_waiting[index];
            if (texts[index].empty())
                m_without_text.insert(line.trace.evidence);
            if (!m_plan.is_whole()) {
                write_row(line, texts[index]);
                continue;
            }
            m_whole->event({ line.trace, line.is_recovered, m_plan.follows_origin, file_of(line), chunk_of(line),
                line.size_bytes, texts[index] });
        }
        m_waiting.clear();
        return {};
    }

    Context& m_context;
    EventsPlan const& m_plan;
    store::Case const& m_source;
    EvidenceAccess* m_access;
    std::unique_ptr<RowWriter> m_rows;
    std::unique_ptr<WholeWriter> m_whole;
    std::map<EvidenceNumber, std::string> m_files;
    std::vector<EventLine> m_waiting;
    std::set<EvidenceNumber> m_without_text;
    std::uint64_t m_count = 0;
};

}

static Result<EventsPlan> make_plan(Context& context)
{
    auto const& arguments = context.arguments();
    EventsPlan plan;
    plan.output_format = arguments.value("format", "table");
    plan.follows_origin = arguments.has("follow-origin");
    plan.reverse = arguments.has("reverse");
    bool const is_shown = context.out().is_terminal() && !arguments.has("output");
    plan.limit = TRY(arguments.number("limit", is_shown ? terminal_limit : 0));
    for (auto const& value : arguments.values("fields"))
        for (auto const name : split(value, ','))
            if (!trim(name).empty())
                plan.columns.emplace_back(trim(name));
    bool const is_tabular = plan.output_format == "table" || plan.output_format == "csv";
    if (arguments.has("full") && (is_tabular || !plan.columns.empty()))
        return Error { ErrorCode::wrong_use, "command line", 0, 0, 0,
            "--full needs --format json, jsonl or xml, and no --fields" };
    if (plan.columns.empty() && is_tabular) {
        plan.columns = { "written_at", "computer", "channel", "event_id", "record_id", "level", "trace", "recovered" };
        if (plan.output_format == "table")
            plan.columns.emplace_back(message_column);
        else
            plan.columns.insert(plan.columns.end(),
                { "provider", "user_sid", "task", "opcode", "keywords", "version", "process_id", "thread_id", "how" });
    }
    if (plan.follows_origin && !plan.columns.empty())
        for (auto const* name : { "file", "chunk", "offset", "size_bytes" })
            if (std::find(plan.columns.begin(), plan.columns.end(), name) == plan.columns.end())
                plan.columns.emplace_back(name);
    for (auto const& column : plan.columns)
        if (!is_index_column(column) && column != message_column)
            plan.fields.push_back(column);
    plan.needs_scan = !plan.fields.empty() || arguments.has("where") || arguments.has("text");
    return plan;
}

static Result<Selection> make_selection(Context& context, EventsPlan const& plan, EventFilter const& filter)
{
    Selection selection;
    selection.filter = filter;
    selection.fields = plan.fields;
    auto const terms = context.arguments().values("where");
    if (!terms.empty())
        selection.terms.emplace(TRY(sigma::RuleSet::from_terms(terms)));
    auto const texts = context.arguments().values("text");
    if (!texts.empty()) {
        search::Query query;
        for (auto const& text : texts)
            if (std::find(query.words.begin(), query.words.end(), text) == query.words.end())
                query.words.push_back(text);
        selection.text_count = query.words.size();
        selection.texts.emplace(TRY(search::Search::compile(query)));
    }
    return selection;
}

static Result<void> write_from_index(EventsWriter& writer, EventsPlan const& plan, EventFilter const& filter,
    store::Case const& source, std::stop_token const& stop)
{
    auto query = TRY(filter.query());
    query.columns = index_columns();
    query.order = { { "written_at", plan.reverse } };
    if (plan.limit > 0)
        query.limit = plan.limit;
    auto rows = TRY(source.select(query, stop));
    while (!writer.is_full() && rows.next())
        TRY(writer.write(event_line_of(rows)));
    return rows.status();
}

static Result<std::uint64_t> write_from_scan(Context& context, EvidenceAccess& access, EventsWriter& writer,
    EventsPlan const& plan, Selection const& selection, store::Case const& source)
{
    auto selected = TRY(select_events(context, access, source, selection));
    if (plan.reverse)
        std::reverse(selected.rows.begin(), selected.rows.end());
    for (auto& line : selected.rows) {
        if (writer.is_full())
            break;
        TRY(writer.write(std::move(line)));
    }
    if (selected.is_cut)
        context.remark("too many events for one answer: those shown are not all; narrow the selection (--from, --to, "
                       "--id, --host)");
    return selected.unread;
}

// Evidence that moved or changed costs the text of its events, not their rows: said once, with what helps.
static Result<bool> remark_unreadable(Context& context, EventsWriter const& writer, store::Case const& source)
{
    constexpr std::size_t named_max = 5;
    if (writer.without_text().empty())
        return false;
    std::string names;
    std::size_t count = 0;
    for (auto const& evidence : TRY(source.evidence())) {
        if (!writer.without_text().contains(evidence.number) || intake::read_evidence(evidence, { 0, 0 }).ok())
            continue;
        if (++count <= named_max)
            append_format(names, "\n  e{} {}", evidence.number, evidence.path);
    }
    if (count == 0)
        return false;
    if (count > named_max)
        append_format(names, "\n  and {} more", count - named_max);
    context.remark(format("The words of events are missing where the evidence is not what and where it was when it was "
                          "examined:{}\n  next: put the files back there unchanged (konseki evidence lists paths and "
                          "SHA-256), or examine what you have into a new case, with --copy to keep it in the case",
        names));
    return true;
}

static Result<ExitCode> events(Context& context)
{
    auto const plan = TRY(make_plan(context));
    auto const filter = TRY(read_event_filter(context.arguments()));
    auto const selection = TRY(make_selection(context, plan, filter));
    std::unique_ptr<EvidenceAccess> access;
    TRY(choose_case(context.arguments()));
    if (plan.needs_scan || plan.needs_rendering())
        access = TRY(EvidenceAccess::start({ selection_watcher(selection) }));
    auto const source = TRY(open_case(context, store::Access::read_only));
    TRY(context.open_output());
    EventsWriter writer { context, plan, *source, access.get() };
    TRY(writer.begin());
    std::uint64_t unread = 0;
    if (plan.needs_scan)
        unread = TRY(write_from_scan(context, *access, writer, plan, selection, *source));
    else
        TRY(write_from_index(writer, plan, filter, *source, access ? access->stop() : std::stop_token {}));
    TRY(writer.finish());
    context.answer().flush();
    bool const lacks_text = TRY(remark_unreadable(context, writer, *source));
    if (context.out().is_terminal() && plan.limit > 0 && writer.count() == plan.limit)
        context.remark(format("the first {} events are shown; --limit 0 shows all", plan.limit));
    if (writer.count() == 0 && plan.output_format == "table")
        context.remark("no such events");
    if (unread > 0)
        context.remark(format("{} diagnostics cost evidence: it could not be read again", unread));
    bool const was_stopped = access && access->stop().stop_requested();
    if (was_stopped)
        context.remark("stopped: not all of the evidence was read");
    return unread > 0 || was_stopped || (lacks_text && plan.is_whole()) ? ExitCode::evidence_lost : ExitCode::done;
}

ExitCode run_events(Context& context)
{
    return answer_with(context, [&] { return events(context); });
}

}
