#include "intake/frames.hpp"
#include "bytes/byte_reader.hpp"
#include <cstring>

namespace konseki::intake {

namespace {

constexpr std::size_t entry_key_bytes_max = 1024;
constexpr std::size_t entry_bytes_max = 1 << 20;

template <typename T> void put(std::string& target, T value)
{
    char raw[sizeof(T)];
    std::memcpy(raw, &value, sizeof(T));
    target.append(raw, sizeof(T));
}

void put_text(std::string& target, std::string_view text)
{
    put(target, static_cast<std::uint32_t>(text.size()));
    target += text;
}

std::string_view take_text(ByteReader& reader, std::string_view what)
{
    return as_text(reader.take(reader.u32(what), what));
}

bool take_flag(ByteReader& reader, std::string_view what)
{
    return reader.u8(what) != 0;
}

// A value of an enum whose last member is known.
template <typename Enum> Enum take_enum(ByteReader& reader, Enum last, std::string_view what)
{
    auto const value = reader.u8(what);
    if (value > static_cast<std::uint8_t>(last)) {
        reader.fail({ ErrorCode::bad_value, what, reader.offset(), 0, value, {} });
        return {};
    }
    return static_cast<Enum>(value);
}

}

std::string encode(Configuration const& configuration)
{
    std::string target;
    put_text(target, configuration.watcher);
    put_text(target, configuration.watcher_configuration);
    put(target, static_cast<std::uint8_t>(configuration.keep_parser_rows));
    for (auto const* const secrets : { &configuration.passwords, &configuration.keys }) {
        put(target, static_cast<std::uint32_t>(secrets->size()));
        for (auto const secret : *secrets)
            put_text(target, secret);
    }
    return target;
}

Result<Configuration> decode_configuration(ByteView bytes)
{
    ByteReader reader { bytes };
    Configuration configuration;
    configuration.watcher = take_text(reader, "configure.watcher");
    configuration.watcher_configuration = take_text(reader, "configure.configuration");
    configuration.keep_parser_rows = take_flag(reader, "configure.keep_parser_rows");
    for (auto* const secrets : { &configuration.passwords, &configuration.keys }) {
        auto const count = reader.count(reader.u32("configure.secrets"), sizeof(std::uint32_t), "configure.secrets");
        for (std::uint32_t index = 0; index < count && !reader.failed(); ++index)
            secrets->push_back(take_text(reader, "configure.secret"));
    }
    TRY(reader.status());
    return configuration;
}

std::string encode(JobText const& job)
{
    std::string target;
    put(target, static_cast<std::uint8_t>(job.kind));
    put(target, job.evidence);
    put(target, job.size_bytes);
    put_text(target, job.name);
    put(target, job.modified_at.ticks);
    put_text(target, job.parser);
    put(target, job.range.offset);
    put(target, job.range.size);
    put(target, static_cast<std::uint8_t>(job.is_first_piece));
    put(target, static_cast<std::uint8_t>(job.is_last_piece));
    put(target, static_cast<std::uint8_t>(job.pass));
    put(target, job.piece_bytes);
    put(target, job.inflated_bytes_max);
    put_text(target, job.form);
    put(target, static_cast<std::uint32_t>(job.offsets.size()));
    for (auto const offset : job.offsets)
        put(target, offset);
    return target;
}

Result<JobText> decode_job(ByteView bytes)
{
    ByteReader reader { bytes };
    JobText job;
    job.kind = take_enum(reader, JobKind::render, "job.kind");
    job.evidence = reader.u32("job.evidence");
    job.size_bytes = reader.u64("job.size_bytes");
    job.name = take_text(reader, "job.name");
    job.modified_at.ticks = static_cast<std::int64_t>(reader.u64("job.modified_at"));
    job.parser = take_text(reader, "job.parser");
    job.range.offset = reader.u64("job.range_offset");
    job.range.size = reader.u64("job.range_size");
    job.is_first_piece = take_flag(reader, "job.is_first_piece");
    job.is_last_piece = take_flag(reader, "job.is_last_piece");
    job.pass = take_enum(reader, Pass::second, "job.pass");
    job.piece_bytes = reader.u64("job.piece_bytes");
    job.inflated_bytes_max = reader.u64("job.inflated_bytes_max");
    job.form = take_text(reader, "job.form");
    auto const count = reader.count(reader.u32("job.offsets"), sizeof(std::uint64_t), "job.offsets");
    for (std::uint32_t index = 0; index < count; ++index)
        job.offsets.push_back(reader.u64("job.offset"));
    TRY(reader.status());
    return job;
}

std::string encode(CompanionText const& companion)
{
    std::string target;
    put_text(target, companion.name);
    put(target, companion.size_bytes);
    return target;
}

Result<CompanionText> decode_companion(ByteView bytes)
{
    ByteReader reader { bytes };
    CompanionText companion;
    companion.name = take_text(reader, "companion.name");
    companion.size_bytes = reader.u64("companion.size_bytes");
    TRY(reader.status());
    return companion;
}

std::string encode(Identified const& identified)
{
    std::string target;
    target += as_text(identified.sha256.bytes);
    put(target, static_cast<std::uint8_t>(identified.as));
    put_text(target, identified.parser);
    put(target, static_cast<std::uint32_t>(identified.pieces.size()));
    for (auto const& piece : identified.pieces) {
        put(target, piece.offset);
        put(target, piece.size);
    }
    return target;
}

Result<Identified> decode_identified(ByteView bytes, std::uint64_t size_bytes)
{
    ByteReader reader { bytes };
    Identified identified;
    auto const digest = reader.take(identified.sha256.bytes.size(), "identified.sha256");
    std::copy(digest.begin(), digest.end(), identified.sha256.bytes.begin());
    identified.as = take_enum(reader, Recognised::archive, "identified.as");
    identified.parser = take_text(reader, "identified.parser");
    auto const count = reader.count(reader.u32("identified.pieces"), 16, "identified.pieces");
    std::uint64_t position = 0;
    for (std::uint32_t index = 0; index < count; ++index) {
        ByteRange const piece { reader.u64("identified.piece_offset"), reader.u64("identified.piece_size") };
        // In order, not overlapping, inside the file: what a piece's rows claim is checked against nothing else.
        if (piece.offset < position || piece.offset > size_bytes || piece.size > size_bytes - piece.offset)
            reader.fail({ ErrorCode::bad_offset, "identified.piece", reader.offset(), piece.offset, size_bytes, {} });
        position = piece.offset + piece.size;
        identified.pieces.push_back(piece);
    }
    TRY(reader.status());
    return identified;
}

std::string encode(Member const& member)
{
    std::string target;
    put_text(target, member.path);
    put(target, member.modified_at.ticks);
    return target;
}

Result<Member> decode_member(ByteView bytes, std::uint64_t path_bytes_max)
{
    ByteReader reader { bytes };
    Member member;
    member.path = take_text(reader, "member.path");
    member.modified_at.ticks = static_cast<std::int64_t>(reader.u64("member.modified_at"));
    if (member.path.size() > path_bytes_max)
        reader.fail({ ErrorCode::limit, "member.path", 0, member.path.size(), path_bytes_max, {} });
    TRY(reader.status());
    return member;
}

std::string encode(Done const& done)
{
    std::string target;
    put(target, static_cast<std::uint8_t>(done.wants_second_pass));
    return target;
}

Result<Done> decode_done(ByteView bytes)
{
    ByteReader reader { bytes };
    Done const done { take_flag(reader, "done.wants_second_pass") };
    TRY(reader.status());
    return done;
}

void append_entry(std::string& target, std::string_view key, std::string_view bytes)
{
    put_text(target, key);
    put_text(target, bytes);
}

Result<std::vector<std::pair<std::string_view, std::string_view>>> decode_entries(ByteView bytes)
{
    ByteReader reader { bytes };
    std::vector<std::pair<std::string_view, std::string_view>> entries;
    while (!reader.failed() && reader.remaining() > 0) {
        auto const key = take_text(reader, "entry.key");
        auto const value = take_text(reader, "entry.bytes");
        if (key.size() > entry_key_bytes_max || value.size() > entry_bytes_max)
            reader.fail({ ErrorCode::limit, "entry.size", reader.offset(), value.size(), entry_bytes_max, {} });
        if (!reader.failed())
            entries.emplace_back(key, value);
    }
    TRY(reader.status());
    return entries;
}

void append_diagnostic(std::string& target, Diagnostic const& diagnostic)
{
    auto const& error = diagnostic.error;
    put(target, static_cast<std::uint8_t>(error.code));
    put_text(target, error.what);
    put(target, error.offset);
    put(target, error.need);
    put(target, error.have);
    put_text(target, std::string_view(error.detail).substr(0, 4096));
    put(target, diagnostic.bytes_lost);
}

Result<std::vector<Diagnostic>> decode_diagnostics(ByteView bytes)
{
    ByteReader reader { bytes };
    std::vector<Diagnostic> diagnostics;
    while (!reader.failed() && reader.remaining() > 0) {
        Diagnostic diagnostic;
        diagnostic.error.code = take_enum(reader, ErrorCode::internal, "diagnostic.code");
        diagnostic.error.what = take_text(reader, "diagnostic.what");
        diagnostic.error.offset = reader.u64("diagnostic.offset");
        diagnostic.error.need = reader.u64("diagnostic.need");
        diagnostic.error.have = reader.u64("diagnostic.have");
        diagnostic.error.detail = take_text(reader, "diagnostic.detail");
        diagnostic.bytes_lost = reader.u64("diagnostic.bytes_lost");
        if (!reader.failed())
            diagnostics.push_back(std::move(diagnostic));
    }
    TRY(reader.status());
    return diagnostics;
}

}
