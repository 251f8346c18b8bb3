#include "traces/linux_journal/parser.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "formats/journal/journal.hpp"
#include "traces/linux_log_event.hpp"
#include <array>

namespace konseki::linux_journal {

namespace {

constexpr std::array<std::string_view, 3> states { "offline", "online", "archived" };

std::string dialect_of(journal::FileFacts const& facts)
{
    std::string text = facts.is_compact() ? "compact" : "regular";
    if (facts.is_keyed())
        text += " keyed";
    if ((facts.incompatible_flags & 1U) != 0)
        text += " xz";
    if ((facts.incompatible_flags & 2U) != 0)
        text += " lz4";
    if ((facts.incompatible_flags & 8U) != 0)
        text += " zstd";
    return text;
}

template <typename Number> std::optional<Number> number(std::string_view text)
{
    auto const value = parse_uint(text);
    return value && *value <= std::numeric_limits<Number>::max() ? std::optional { static_cast<Number>(*value) }
                                                                 : std::nullopt;
}

class JournalRows final : public journal::Visitor {
public:
    JournalRows(EvidenceView const& evidence, ParseContext& context)
        : m_evidence(evidence)
        , m_context(context)
        , m_messages(context)
    {
        constexpr std::size_t seqnum_id_at = 72; // of the header: entries come before on_file
        for (std::size_t i = seqnum_id_at; i < seqnum_id_at + 16 && i < evidence.bytes.size(); ++i)
            append_format(m_sequence_id, "{:02x}", static_cast<unsigned>(evidence.bytes[i]));
    }

    void on_entry(journal::Entry const& entry) override
    {
        m_context.arena.reset();
        LinuxJournalEntryRow row;
        row.at = entry.at;
        row.sequence_number = entry.sequence_number;
        row.monotonic_us = entry.monotonic_us;
        row.sequence_id = std::string_view(m_sequence_id);
        row.boot_id = entry.boot_id;
        row.is_complete = entry.is_complete;
        std::string_view comm;
        for (auto const& field : entry.fields)
            take(field, row, comm);
        if (row.identifier.text.data() == nullptr && comm.data() != nullptr)
            row.identifier = comm;
        TraceOrigin const origin { entry.offset, entry.size_bytes, entry.is_recovered };
        m_context.traces.emit(linux_journal_entry_schema, origin, row);
        m_messages.take({ row.at, {}, "journal", row.host.text, row.identifier.text, row.message, row.pid }, origin);
    }

    void on_sign(journal::Sign const& sign) override
    {
        LinuxJournalSignRow row;
        row.kind = journal::sign_name(sign.kind);
        row.at = sign.at;
        if (sign.sequence_number != 0)
            row.sequence_number = sign.sequence_number;
        if (sign.expected != 0)
            row.expected = sign.expected;
        if (sign.found != 0)
            row.found = sign.found;
        auto const detail = utf8::repaired(sign.detail);
        if (!detail.empty())
            row.detail = detail;
        // Several signs may be about one place.
        m_context.traces.emit(linux_journal_sign_schema, { sign.offset, sign.size_bytes, false }, row);
    }

    void on_file(journal::FileFacts const& facts) override
    {
        LinuxJournalFileRow row;
        auto const dialect = dialect_of(facts);
        row.path = m_evidence.name;
        row.state = facts.state < states.size() ? states[facts.state] : "unknown";
        row.sequence_id = std::string_view(facts.seqnum_id);
        row.machine_id = std::string_view(facts.machine_id);
        row.file_id = std::string_view(facts.file_id);
        row.dialect = std::string_view(dialect);
        row.entries = facts.entries;
        row.entries_read = facts.entries_reached;
        row.entries_recovered = facts.entries_recovered;
        row.head_sequence_number = facts.head_seqnum;
        row.tail_sequence_number = facts.tail_seqnum;
        row.objects = facts.objects_found;
        row.bad_hashes = facts.bad_hashes;
        row.lost_bytes = facts.lost_bytes;
        row.tags = facts.tags_found;
        row.file_bytes = facts.size_bytes;
        row.first_at = facts.head_at;
        row.last_at = facts.tail_at;
        row.is_sealed = facts.is_sealed();
        m_context.traces.emit(
            linux_journal_file_schema, { 0, std::min(facts.header_bytes, facts.size_bytes), false }, row);
    }

private:
    // Valid until the next entry.
    std::string_view text(std::string_view value)
    {
        value = linux_bounded(value);
        return utf8::is_valid(value) ? value : m_context.arena.copy(utf8::repaired(value));
    }

    void take(journal::Field const& field, LinuxJournalEntryRow& row, std::string_view& comm)
    {
        auto const name = field.name;
        auto const value = field.value;
        if (name == "MESSAGE")
            row.message = text(value);
        else if (name == "_CMDLINE")
            row.command_line = text(value);
        else if (name == "_EXE")
            row.executable = text(value);
        else if (name == "_COMM")
            comm = text(value);
        else if (name == "SYSLOG_IDENTIFIER")
            row.identifier = text(value);
        else if (name == "_HOSTNAME")
            row.host = text(value);
        else if (name == "_TRANSPORT")
            row.transport = text(value);
        else if (name == "MESSAGE_ID")
            row.message_id = text(value);
        else if (name == "_SYSTEMD_UNIT" || (name == "_SYSTEMD_USER_UNIT" && row.unit.text.data() == nullptr))
            row.unit = text(value);
        else if (name == "UNIT" || name == "USER_UNIT" || name == "COREDUMP_UNIT")
            row.about_unit = text(value);
        else if (name == "PRIORITY")
            row.priority = number<std::uint8_t>(value);
        else if (name == "SYSLOG_FACILITY")
            row.facility = number<std::uint8_t>(value);
        else if (name == "_PID" || (name == "SYSLOG_PID" && !row.pid))
            row.pid = number<std::uint32_t>(trim(value));
        else if (name == "_UID")
            row.uid = number<std::uint32_t>(value);
        else if (name == "_AUDIT_LOGINUID")
            row.login_uid = number<std::uint32_t>(value);
        else if (name == "_AUDIT_SESSION")
            row.session = number<std::uint32_t>(value);
        else if (name == "_SOURCE_REALTIME_TIMESTAMP")
            if (auto const us = number<std::uint64_t>(value); us && *us != 0 && *us < 1ULL << 59)
                row.sent_at = Timestamp::from_unix_microseconds(static_cast<std::int64_t>(*us));
    }

    EvidenceView const& m_evidence;
    ParseContext& m_context;
    LinuxMessages m_messages;
    std::string m_sequence_id;
};

Sniff sniff(ByteView head, std::string_view)
{
    return journal::sniff(head);
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    JournalRows rows(evidence, context);
    journal::ReadContext read_context { context.diagnostics, context.limits, context.stop };
    journal::read(evidence.bytes, read_context, rows);
}

std::optional<std::string> render(
    EvidenceView const& evidence, TraceOrigin const& origin, Dictionary const&, std::string_view form)
{
    auto json = form == "json" ? journal::render(evidence.bytes, origin.offset)
                               : Result<std::string>(Error { ErrorCode::unsupported, "form", 0, 0, 0, {} });
    return json.ok() ? std::optional { std::move(json).value() } : std::nullopt;
}

constexpr std::array<Schema const*, 4> schemas { &linux_journal_entry_schema.erased, &linux_journal_file_schema.erased,
    &linux_journal_sign_schema.erased, &linux_authentication_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "linux_journal",
    .title = "Journal of systemd",
    .version = 1,
    .reads_path = false, // its entries say who wrote them: a copy elsewhere adds none
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
    .render = render,
};

}
