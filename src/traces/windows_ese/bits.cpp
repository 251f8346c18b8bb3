#include "traces/windows_ese/bits.hpp"
#include "base/identity.hpp"
#include "bytes/byte_reader.hpp"
#include "bytes/utf16.hpp"
#include "traces/windows_ese/reading.hpp"
#include <algorithm>

namespace konseki::windows_ese {

namespace {

constexpr std::size_t mark_bytes = 16; // a GUID leads and ends each part of a blob; it differs between versions

// In front and behind the list of a job's files.
constexpr std::array<unsigned char, mark_bytes> files_mark { 0x36, 0xda, 0x56, 0x77, 0x6f, 0x51, 0x5a, 0x43, 0xac, 0xac,
    0x44, 0xa2, 0x48, 0xff, 0xf3, 0x4d };

std::string read_text(ByteReader& reader, std::string_view what)
{
    auto const characters = reader.count(reader.u32(what), 2, what);
    return utf8_from_utf16le(until_zero_utf16(reader.take(std::uint64_t { characters } * 2, what)));
}

std::string guid_text(ByteView bytes)
{
    std::string text { "{" };
    append_guid(text, bytes);
    text += '}';
    return text;
}

// [bits.h] BG_JOB_TYPE, BG_JOB_PRIORITY, BG_JOB_STATE
std::string_view type_name(std::uint32_t type)
{
    static constexpr std::array<std::string_view, 3> names { "download", "upload", "upload_reply" };
    return type < names.size() ? names[type] : "other";
}
std::string_view priority_name(std::uint32_t priority)
{
    static constexpr std::array<std::string_view, 4> names { "foreground", "high", "normal", "low" };
    return priority < names.size() ? names[priority] : "other";
}
std::string_view state_name(std::uint32_t state)
{
    static constexpr std::array<std::string_view, 9> names { "queued", "connecting", "transferring", "suspended",
        "error", "transient_error", "transferred", "acknowledged", "cancelled" };
    return state < names.size() ? names[state] : "other";
}

Timestamp plausible(std::uint64_t filetime)
{
    constexpr std::uint64_t year_2000 = 125'911'584'000'000'000ULL, year_2100 = 157'469'184'000'000'000ULL;
    return filetime >= year_2000 && filetime < year_2100 ? Timestamp::from_filetime(filetime) : Timestamp {};
}

// What lies between the owner and the list of files is the owner's token, of a size that nothing says: the list's mark
// is searched. Behind the list: errors, then delays in seconds and the job's times.
void read_files_and_times(ByteView blob, std::uint64_t from, BitsJob& job)
{
    auto const rest = blob.subspan(std::min<std::uint64_t>(from, blob.size()));
    auto const mark = std::as_bytes(std::span { files_mark });
    auto const found = std::ranges::search(rest, mark);
    if (found.empty())
        return;
    ByteReader reader { rest.subspan(static_cast<std::size_t>(found.end() - rest.begin())) };
    auto const count = reader.count(reader.u32("bits.job.files"), mark_bytes, "bits.job.files");
    if (reader.failed())
        return;
    job.has_files = true;
    for (std::uint32_t i = 0; i < count; ++i)
        job.files.push_back(guid_text(reader.take(mark_bytes, "bits.job.file")));
    reader.skip(mark_bytes, "bits.job.files");
    auto const errors = reader.u32("bits.job.errors");
    reader.skip(4, "bits.job.transient_errors");
    reader.skip(8, "bits.job.delays");
    auto const created = reader.u64("bits.job.created_at");
    auto const modified = reader.u64("bits.job.modified_at");
    if (reader.failed() || errors != 0) // errors lead their own structures, of which no sample was at hand
        return;
    job.created_at = plausible(created);
    job.modified_at = plausible(modified);
}

}

Result<BitsJob> read_bits_job(ByteView blob, std::uint64_t offset)
{
    ByteReader reader { blob, offset };
    BitsJob job;
    reader.skip(mark_bytes, "bits.job.mark");
    job.type = reader.u32("bits.job.type");
    job.priority = reader.u32("bits.job.priority");
    job.state = reader.u32("bits.job.state");
    reader.skip(4 + mark_bytes, "bits.job.id");
    job.name = read_text(reader, "bits.job.name");
    job.description = read_text(reader, "bits.job.description");
    job.command = read_text(reader, "bits.job.command");
    job.parameters = read_text(reader, "bits.job.parameters");
    job.owner_sid = read_text(reader, "bits.job.owner");
    TRY(reader.status());
    read_files_and_times(blob, reader.position(), job);
    return job;
}

// Three texts, two sizes (all bits set: not known), a byte, drive and volume; the last two are not in all versions.
Result<BitsFile> read_bits_file(ByteView blob, std::uint64_t offset)
{
    ByteReader reader { blob, offset };
    BitsFile file;
    reader.skip(mark_bytes, "bits.file.mark");
    file.local_path = read_text(reader, "bits.file.local_path");
    file.url = read_text(reader, "bits.file.url");
    file.temporary_path = read_text(reader, "bits.file.temporary_path");
    auto const transferred = reader.u64("bits.file.transferred");
    auto const total = reader.u64("bits.file.size");
    TRY(reader.status());
    if (total != ~0ULL)
        file.bytes_total = total;
    if (transferred != ~0ULL)
        file.bytes_transferred = transferred;
    reader.skip(1, "bits.file.drive");
    file.drive = read_text(reader, "bits.file.drive");
    file.volume = read_text(reader, "bits.file.volume");
    return file;
}

namespace {

struct Blobs {
    ese::Column const *id, *blob;
    explicit Blobs(ese::Table const& table)
        : id(table.find("Id"))
        , blob(table.find("Blob"))
    {
    }
};

// Which job lists a file is known before the files are read: names, by the first half of the file's id.
std::uint64_t key_of(std::string_view guid)
{
    std::uint64_t hash = 0xcbf29ce484222325ULL; // FNV-1a
    for (auto const c : guid)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return hash;
}

void read_job_files(Reading& reading)
{
    auto const* const table = reading.database.find("Jobs");
    if (table == nullptr)
        return;
    Blobs const columns { *table };
    reading.each(*table, [&](ese::Row const& row) {
        auto const id = row.guid(columns.id);
        auto const blob = row.bytes(columns.blob);
        auto const job = blob ? read_bits_job(*blob, row.offset()) : Result<BitsJob>(Error {});
        if (!id || !job.ok())
            return;
        for (auto const& file : job.value().files)
            reading.name(key_of(file), 0, *id, row.offset());
    });
}

std::string_view text_or_absent(std::string const& text)
{
    return text.empty() ? std::string_view {} : std::string_view(text);
}

ese::RowCounts read_jobs(Reading& reading, ese::Table const& table)
{
    Blobs const columns { table };
    return reading.each(table, [&](ese::Row const& source) {
        auto const id = source.guid(columns.id);
        auto const blob = source.bytes(columns.blob);
        auto const offset = source.value_offset(columns.blob);
        BitsJobRow row;
        row.job_id = view_of(id);
        auto const job = blob ? read_bits_job(*blob, offset)
                              : Result<BitsJob>({ ErrorCode::not_found, "bits.job", source.offset(), 0, 0, {} });
        if (!job.ok()) {
            reading.diagnostics.report({ job.error(), blob ? blob->size() : 0 });
            reading.context.traces.emit(bits_job_schema, origin_of(source), row);
            return;
        }
        auto const& known = job.value();
        row.name = text_or_absent(known.name);
        row.description = text_or_absent(known.description);
        row.command = text_or_absent(known.command);
        row.parameters = text_or_absent(known.parameters);
        row.owner_sid = text_or_absent(known.owner_sid);
        row.type = type_name(known.type);
        row.priority = priority_name(known.priority);
        row.state = state_name(known.state);
        row.created_at = known.created_at;
        row.modified_at = known.modified_at;
        if (known.has_files)
            row.files = known.files.size();
        reading.context.traces.emit(bits_job_schema, origin_of(source), row);
    });
}

ese::RowCounts read_files(Reading& reading, ese::Table const& table)
{
    Blobs const columns { table };
    return reading.each(table, [&](ese::Row const& source) {
        auto const id = source.guid(columns.id);
        auto const blob = source.bytes(columns.blob);
        BitsFileRow row;
        row.file_id = view_of(id);
        auto const* const job = id ? reading.named(key_of(*id)) : nullptr;
        if (job != nullptr)
            row.job_id = std::string_view(job->text);
        auto const read = read_bits_file(blob.value_or(ByteView {}), source.value_offset(columns.blob));
        if (!read.ok())
            reading.diagnostics.report({ read.error(), blob ? blob->size() : 0 });
        auto const file = read.ok() ? read.value() : BitsFile {};
        row.local_path = text_or_absent(file.local_path);
        row.url = text_or_absent(file.url);
        row.temporary_path = text_or_absent(file.temporary_path);
        row.drive = text_or_absent(file.drive);
        row.volume = text_or_absent(file.volume);
        row.bytes_total = file.bytes_total;
        row.bytes_transferred = file.bytes_transferred;
        reading.context.traces.emit(bits_file_schema, origin_of(source), row);
    });
}

constexpr std::array<TableReader, 2> readers { { { "Jobs", read_jobs }, { "Files", read_files } } };

bool is_bits(ese::Database const& database)
{
    auto const* const jobs = database.find("Jobs");
    auto const* const files = database.find("Files");
    return jobs != nullptr && jobs->find("Blob") != nullptr && files != nullptr && files->find("Blob") != nullptr;
}

}

KindReader bits_reader()
{
    return { Kind::bits, is_bits, read_job_files, readers };
}

}
