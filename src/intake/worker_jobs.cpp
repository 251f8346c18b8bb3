#include "intake/worker_jobs.hpp"
#include "bytes/sha256.hpp"
#include "intake/image/files.hpp"
#include "intake/unpack.hpp"
#include <algorithm>
#include <unistd.h>

namespace konseki::intake {

namespace {

constexpr std::uint64_t read_bytes_max = 1 << 20; // [platform S6] larger files are mapped
constexpr std::size_t head_bytes = 4096;
constexpr std::uint64_t alive_bytes = 256ULL << 20;
constexpr std::uint64_t own_entries_bytes_max = 64ULL << 20;
constexpr std::size_t text_frame_bytes = 4ULL << 20;
constexpr std::size_t diagnostics_frame_bytes = 64U << 10;

// The parent is gone or has given this worker up: nothing is left to do, and nobody to tell.
void send_or_exit(os::Channel& channel, FrameKind kind, ByteView body)
{
    if (!channel.send(static_cast<std::uint16_t>(kind), body).ok())
        ::_exit(0);
}

class NoEvents final : public EventWatcher {
public:
    void on_event(Event const&, TraceOrigin const&) override { }
};

class MemberSender final : public MemberSink {
public:
    explicit MemberSender(os::Channel& channel)
        : m_channel(channel)
    {
    }
    Result<void> begin(Member const& member) override
    {
        return send(FrameKind::member_begins, as_bytes(encode(member)));
    }
    Result<void> bytes(ByteView bytes) override { return send(FrameKind::member_bytes, bytes); }
    Result<void> end(bool is_kept) override
    {
        return send(FrameKind::member_ends, as_bytes(is_kept ? "\1" : std::string_view("\0", 1)));
    }

private:
    Result<void> send(FrameKind kind, ByteView body) { return m_channel.send(static_cast<std::uint16_t>(kind), body); }
    os::Channel& m_channel;
};

}

TraceBatch& BatchSender::room_in(Schema const& schema)
{
    for (auto& batch : m_batches) {
        if (&batch.schema() != &schema)
            continue;
        if (batch.is_full())
            send(batch);
        return batch;
    }
    return m_batches.emplace_back(schema, m_evidence);
}

void BatchSender::send(TraceBatch& batch)
{
    if (!m_is_dropping && batch.row_count() > 0) {
        m_encoded.clear();
        batch.encode(m_encoded);
        auto const sent = m_channel.send(static_cast<std::uint16_t>(FrameKind::batch), as_bytes(m_encoded));
        if (!sent.ok() && sent.error().code == ErrorCode::limit)
            m_diagnostics.report(
                { { ErrorCode::limit, "batch.bytes", batch.origin(0).offset, m_encoded.size(), sent.error().have, {} },
                    batch.origin(0).size_bytes });
        else if (!sent.ok())
            ::_exit(0);
    }
    batch = TraceBatch(batch.schema(), m_evidence);
}

void BatchSender::flush()
{
    for (auto& batch : m_batches)
        send(batch);
    m_batches.clear();
}

void DiagnosticSender::report(Diagnostic const& diagnostic)
{
    if (++m_count > m_count_max) {
        ++m_left_out;
        m_left_out_bytes_lost += diagnostic.bytes_lost;
        return;
    }
    append_diagnostic(m_encoded, diagnostic);
    if (m_encoded.size() >= diagnostics_frame_bytes) {
        send_or_exit(m_channel, FrameKind::diagnostics, as_bytes(m_encoded));
        m_encoded.clear();
    }
}

void DiagnosticSender::flush()
{
    if (m_left_out > 0)
        append_diagnostic(m_encoded,
            { { ErrorCode::limit, "diagnostics_per_evidence", 0, m_count, m_count_max, {} }, m_left_out_bytes_lost });
    if (!m_encoded.empty())
        send_or_exit(m_channel, FrameKind::diagnostics, as_bytes(m_encoded));
    m_encoded.clear();
    m_count = m_left_out = m_left_out_bytes_lost = 0;
}

void JobDictionary::begin(bool sees_case)
{
    m_own.clear();
    m_own_bytes = 0;
    m_sees_case = sees_case;
}

std::optional<std::string_view> JobDictionary::find(std::string_view key) const
{
    if (auto const own = m_own.find(key); own != m_own.end())
        return own->second;
    if (m_sees_case) {
        if (auto const known = m_case.find(key); known != m_case.end())
            return known->second;
    }
    return std::nullopt;
}

void JobDictionary::add(std::string_view key, std::string_view bytes)
{
    if (m_own_bytes + key.size() + bytes.size() > own_entries_bytes_max || m_own.contains(key))
        return;
    m_own_bytes += key.size() + bytes.size();
    m_own.emplace(key, bytes);
}

void JobDictionary::send(os::Channel& channel) const
{
    std::string encoded;
    for (auto const& [key, bytes] : m_own) {
        append_entry(encoded, key, bytes);
        if (encoded.size() >= (1U << 20)) {
            send_or_exit(channel, FrameKind::entries, as_bytes(encoded));
            encoded.clear();
        }
    }
    if (!encoded.empty())
        send_or_exit(channel, FrameKind::entries, as_bytes(encoded));
}

Jobs::Jobs(os::Channel& channel, std::span<ArtefactParser const* const> parsers,
    std::span<WatcherFactory const> watchers, Limits const& limits)
    : m_channel(channel)
    , m_parsers(parsers)
    , m_watchers(watchers)
    , m_limits(limits)
    , m_diagnostics(channel, limits)
    , m_rows(channel, m_diagnostics)
    , m_watch_rows(channel, m_diagnostics)
{
    m_watch.events = std::make_unique<NoEvents>();
}

void Jobs::configure(Configuration const& configuration)
{
    if (!configuration.keep_parser_rows)
        m_rows.drop_rows();
    m_passwords.assign(configuration.passwords.begin(), configuration.passwords.end());
    m_keys.assign(configuration.keys.begin(), configuration.keys.end());
    for (auto const& factory : m_watchers) {
        if (factory.name == configuration.watcher)
            m_watch = factory.make(configuration.watcher_configuration, m_watch_rows);
    }
    if (m_watch.events == nullptr)
        m_watch.events = std::make_unique<NoEvents>();
}

void Jobs::learn(ByteView entries)
{
    auto const decoded = decode_entries(entries);
    if (!decoded.ok())
        return;
    for (auto const& [key, bytes] : decoded.value())
        m_dictionary.learn(key, bytes);
}

// One that cannot be mapped is left out: the parser says what is missing without it.
void Jobs::add_companion(CompanionText companion, os::Descriptor const& file)
{
    auto map = os::FileMap::map(file.number(), companion.size_bytes);
    if (map.ok())
        m_mapped.push_back({ std::move(companion), std::move(map).value() });
}

void Jobs::run(JobText const& job, os::Descriptor const& evidence)
{
    m_rows.begin(job.evidence);
    m_watch_rows.begin(job.evidence);
    m_arena.reset();
    m_companions.clear();
    for (auto const& mapped : m_mapped)
        m_companions.push_back({ mapped.text.name, mapped.map.bytes() });
    switch (job.kind) {
    case JobKind::identify: identify(job, evidence); break;
    case JobKind::divide: divide(job, evidence); break;
    case JobKind::unpack: unpack_members(job, evidence); break;
    case JobKind::parse:
        if (job.parser.empty() && m_watch.bytes != nullptr)
            watch_bytes(job, evidence);
        else
            parse(job, evidence);
        break;
    case JobKind::render: render(job, evidence); break;
    }
    m_map = {};
    m_companions.clear();
    m_mapped.clear();
}

void Jobs::give_up(ErrorCode code)
{
    m_diagnostics.report({ { code, "worker.job", 0, 0, 0, {} }, 1 });
    finish({});
}

void Jobs::finish(Done const& done)
{
    m_rows.flush();
    m_watch_rows.flush();
    m_diagnostics.flush();
    send_or_exit(m_channel, FrameKind::done, as_bytes(encode(done)));
}

ArtefactParser const* Jobs::parser_named(std::string_view name) const
{
    for (auto const* parser : m_parsers) {
        if (parser->name == name)
            return parser;
    }
    return nullptr;
}

// The whole file, valid until the next job.
Result<ByteView> Jobs::bytes_of(JobText const& job, os::Descriptor const& evidence)
{
    if (job.size_bytes > read_bytes_max) {
        m_map = TRY(os::FileMap::map(evidence.number(), job.size_bytes));
        return m_map.bytes();
    }
    m_buffer.resize(job.size_bytes);
    auto const got = TRY(os::read_at(evidence.number(), 0, m_buffer));
    if (got < job.size_bytes)
        return Error { ErrorCode::truncated, "evidence.bytes", got, job.size_bytes, got, {} };
    return ByteView(m_buffer);
}

namespace {

// Reads everything once, block by block: a read error shows here, with its offset, instead of killing a reader of the
// map.
Result<Sha256> hash_of(
    JobText const& job, os::Descriptor const& evidence, std::vector<std::byte>& buffer, os::Channel& channel)
{
    Sha256Hasher hasher;
    buffer.resize(std::clamp<std::uint64_t>(job.size_bytes, head_bytes, read_bytes_max));
    std::uint64_t position = 0;
    while (position < job.size_bytes) {
        auto const wanted = std::min<std::uint64_t>(buffer.size(), job.size_bytes - position);
        auto const got = TRY(os::read_at(evidence.number(), position, std::span(buffer).first(wanted)));
        if (got < wanted)
            return Error { ErrorCode::truncated, "evidence.bytes", position + got, job.size_bytes, position + got, {} };
        hasher.add(ByteView(buffer).first(got));
        if ((position + got) / alive_bytes != position / alive_bytes)
            send_or_exit(channel, FrameKind::alive, {});
        position += got;
    }
    return hasher.finish();
}

}

void Jobs::identify(JobText const& job, os::Descriptor const& evidence)
{
    auto const digest = hash_of(job, evidence, m_buffer, m_channel);
    if (!digest.ok()) {
        m_diagnostics.report({ digest.error(), job.size_bytes - std::min(job.size_bytes, digest.error().offset) });
        finish({});
        return;
    }
    Identified identified;
    identified.sha256 = digest.value();
    std::array<std::byte, head_bytes> head_block {};
    auto const got = os::read_at(
        evidence.number(), 0, std::span(head_block).first(std::min<std::uint64_t>(head_bytes, job.size_bytes)));
    auto const head = ByteView(head_block).first(got.ok() ? got.value() : 0);

    ArtefactParser const* perhaps = nullptr;
    ArtefactParser const* certain = nullptr;
    for (auto const* parser : m_parsers) {
        auto const answer = parser->sniff(head, job.name);
        if (answer == Sniff::sure && certain == nullptr)
            certain = parser;
        if (answer == Sniff::maybe && perhaps == nullptr)
            perhaps = parser;
    }
    auto const is_container = certain == nullptr && (is_archive(head) || !image_kind_of(job, evidence, head).empty());
    auto const* const parser = certain != nullptr || is_container ? certain : perhaps;
    if (parser != nullptr) {
        identified.as = Recognised::artefact;
        identified.parser = parser->name;
        if (parser->split != nullptr && job.size_bytes > job.piece_bytes) {
            if (auto const bytes = bytes_of(job, evidence); bytes.ok())
                identified.pieces = parser->split(bytes.value(), job.piece_bytes);
        }
    } else if (is_container) {
        identified.as = Recognised::archive;
    }
    send_or_exit(m_channel, FrameKind::identified, as_bytes(encode(identified)));
    finish({});
}

// Where a known file may be divided, without hashing it again.
void Jobs::divide(JobText const& job, os::Descriptor const& evidence)
{
    Identified identified;
    identified.as = Recognised::artefact;
    auto const* const parser = parser_named(job.parser);
    if (parser != nullptr && parser->split != nullptr) {
        if (auto const bytes = bytes_of(job, evidence); bytes.ok())
            identified.pieces = parser->split(bytes.value(), job.piece_bytes);
    }
    send_or_exit(m_channel, FrameKind::identified, as_bytes(encode(identified)));
    finish({});
}

// Fixed VHDs have their header at the end.
std::string_view Jobs::image_kind_of(JobText const& job, os::Descriptor const& evidence, ByteView head)
{
    std::array<std::byte, 512> tail {};
    if (job.size_bytes < tail.size())
        return image_kind(head, {}); // the descriptor of a VMDK may be that small
    auto const got = os::read_at(evidence.number(), job.size_bytes - tail.size(), tail);
    auto const kind = image_kind(head, got.ok() && got.value() == tail.size() ? ByteView(tail) : ByteView());
    constexpr std::uint64_t least_volume = 64ULL << 10; // below lie boot sectors that were collected as files
    return kind == "raw" && job.size_bytes < least_volume ? std::string_view() : kind;
}

void Jobs::unpack_image(JobText const& job, std::string_view kind, os::Descriptor const& evidence)
{
    MemberSender members { m_channel };
    auto const bytes = bytes_of(job, evidence);
    if (!bytes.ok()) {
        m_diagnostics.report({ bytes.error(), job.size_bytes });
    } else {
        ImageInput const input { bytes.value(), kind, job.inflated_bytes_max, job.name, m_companions };
        if (!read_image(input, m_limits, m_diagnostics, members).ok())
            ::_exit(0);
    }
    finish({});
}

void Jobs::unpack_members(JobText const& job, os::Descriptor const& evidence)
{
    std::array<std::byte, head_bytes> head {};
    auto const got = os::read_at(evidence.number(), 0, head);
    auto const first = ByteView(head).first(got.ok() ? got.value() : 0);
    if (!is_archive(first))
        if (auto const kind = image_kind_of(job, evidence, first); !kind.empty())
            return unpack_image(job, kind, evidence);
    MemberSender members { m_channel };
    ArchiveInput const input { evidence.number(), job.size_bytes, job.name, job.inflated_bytes_max, m_passwords,
        m_keys };
    if (!unpack(input, m_limits, m_diagnostics, members).ok())
        ::_exit(0);
    finish({});
}

void Jobs::parse(JobText const& job, os::Descriptor const& evidence)
{
    auto const* const parser = parser_named(job.parser);
    auto const bytes = bytes_of(job, evidence);
    if (parser == nullptr || !bytes.ok()) {
        auto const error = bytes.ok() ? Error { ErrorCode::internal, "job.parser", 0, 0, 0, {} } : bytes.error();
        m_diagnostics.report({ error, job.range.size });
        finish({});
        return;
    }
    m_dictionary.begin(job.pass == Pass::second);
    EvidenceView const view { bytes.value(), job.range, job.name, job.evidence, job.is_first_piece, job.is_last_piece,
        m_companions, job.modified_at };
    ParseContext context { m_rows, m_diagnostics, *m_watch.events, m_shapes, m_dictionary, m_arena, m_limits,
        m_watch.raw_filter.get(), {}, job.pass, false };
    parser->parse(view, context);
    m_dictionary.send(m_channel);
    finish({ context.wants_second_pass });
}

void Jobs::watch_bytes(JobText const& job, os::Descriptor const& evidence)
{
    auto const bytes = bytes_of(job, evidence);
    if (bytes.ok())
        m_watch.bytes->on_bytes(
            { bytes.value(), { 0, job.size_bytes }, job.name, job.evidence, true, true, {} }, m_diagnostics);
    else
        m_diagnostics.report({ bytes.error(), job.size_bytes });
    finish({});
}

void Jobs::render(JobText const& job, os::Descriptor const& evidence)
{
    auto const* const parser = parser_named(job.parser);
    auto const bytes = bytes_of(job, evidence);
    m_dictionary.begin(true);
    for (auto const offset : job.offsets) {
        std::optional<std::string> text;
        if (bytes.ok() && parser != nullptr && parser->render != nullptr && offset < job.size_bytes) {
            EvidenceView const view { bytes.value(), { 0, job.size_bytes }, job.name, job.evidence, true, true,
                m_companions, job.modified_at };
            m_arena.reset();
            text = parser->render(view, { offset, 0, false }, m_dictionary, job.form);
        }
        std::string_view rest = text ? std::string_view(*text) : std::string_view {};
        while (!rest.empty()) {
            auto const part = rest.substr(0, text_frame_bytes);
            send_or_exit(m_channel, FrameKind::text, as_bytes(part));
            rest = rest.substr(part.size());
        }
        send_or_exit(m_channel, FrameKind::text_ends, {});
    }
    finish({});
}

}
