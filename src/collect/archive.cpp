#include "collect/archive.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "bytes/sha256.hpp"
#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>
#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace konseki::collect {

namespace {

constexpr std::size_t block_bytes = 256U << 10;
constexpr std::size_t pending_bytes_max = 1U << 20;

struct FreeArchive {
    void operator()(archive* opened) const { archive_write_free(opened); }
};

struct FreeEntry {
    void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

}

// ---- Spool ----

Result<void> Spool::append(std::string_view text)
{
    m_pending += text;
    m_size_bytes += text.size();
    if (m_pending.size() < pending_bytes_max)
        return {};
    return finish();
}

Result<void> Spool::finish()
{
    if (!m_file.is_open() && m_pending.size() < pending_bytes_max)
        return {};
    if (!m_file.is_open()) {
        m_file = os::Descriptor { ::open(m_folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600) };
        if (!m_file.is_open()) // a file system without files without names: the memory of one
            m_file = os::Descriptor { ::memfd_create("konseki-spool", MFD_CLOEXEC) };
        if (!m_file.is_open())
            return os::error_from_errno(errno, "collect.spool", m_folder.string());
    }
    std::string_view left = m_pending;
    while (!left.empty()) {
        auto const written = ::write(m_file.number(), left.data(), left.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return os::error_from_errno(errno, "collect.spool", m_folder.string());
        left.remove_prefix(static_cast<std::size_t>(written));
    }
    m_pending.clear();
    return {};
}

Result<std::string> Spool::block_at(std::uint64_t offset) const
{
    if (!m_file.is_open())
        return offset < m_pending.size() ? m_pending.substr(offset) : std::string();
    std::string block(block_bytes, '\0');
    block.resize(TRY(os::read_at(m_file.number(), offset, std::as_writable_bytes(std::span(block)))));
    return block;
}

// ---- Archive ----

struct Archive::State {
    os::NewFile file;
    std::filesystem::path folder;
    Spool manifest;
    std::uint64_t bytes_written = 0, bytes_taken = 0, members = 0;
    Error failed; // of the file, behind libarchive's back
    std::unique_ptr<archive, FreeArchive> writer; // last: freeing it may still write

    State(os::NewFile opened, std::filesystem::path in)
        : file(std::move(opened))
        , folder(std::move(in))
        , manifest(folder)
    {
    }

    Error error(std::string_view what) const
    {
        if (failed.code != ErrorCode::none)
            return failed;
        auto const* text = archive_error_string(writer.get());
        return { ErrorCode::io, what, 0, static_cast<std::uint64_t>(archive_errno(writer.get())), 0,
            text == nullptr ? "" : text };
    }
};

static la_ssize_t write_block(archive* opened, void* context, void const* bytes, std::size_t size)
{
    auto& state = *static_cast<Archive::State*>(context);
    auto written = state.file.append({ static_cast<std::byte const*>(bytes), size });
    if (!written.ok()) {
        state.failed = std::move(written).error();
        archive_set_error(opened, EIO, "the collection could not be written");
        return -1;
    }
    state.bytes_written += size;
    return static_cast<la_ssize_t>(size);
}

Archive::Archive(std::unique_ptr<State> state)
    : m_state(std::move(state))
{
}
Archive::Archive(Archive&&) noexcept = default;
Archive::~Archive() = default;

Result<Archive> Archive::create_in(std::filesystem::path const& folder)
{
    TRY(os::make_folders(folder));
    auto state = std::make_unique<State>(TRY(os::NewFile::create_in(folder)), folder);
    state->writer.reset(archive_write_new());
    auto* const writer = state->writer.get();
    VERIFY(writer != nullptr);
    // Names are bytes: in the C locale a name that is no ASCII goes out as it is, with [pax] hdrcharset=BINARY.
    if (archive_write_set_format_pax_restricted(writer) != ARCHIVE_OK
        || archive_write_add_filter_zstd(writer) < ARCHIVE_WARN
        || archive_write_set_options(writer, "zstd:compression-level=3") < ARCHIVE_WARN
        || archive_write_set_bytes_in_last_block(writer, 1) != ARCHIVE_OK
        || archive_write_open(writer, state.get(), nullptr, write_block, nullptr) != ARCHIVE_OK)
        return state->error("collect.archive");
    return Archive(std::move(state));
}

Result<void> Archive::begin_member(Member const& member, std::uint64_t size_bytes)
{
    std::unique_ptr<archive_entry, FreeEntry> const entry { archive_entry_new() };
    archive_entry_set_pathname(entry.get(), member.path.c_str());
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0600);
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(size_bytes));
    if (member.modified_at.is_set())
        archive_entry_set_mtime(entry.get(), member.modified_at.unix_seconds(),
            static_cast<long>(((member.modified_at.ticks % ticks_per_second) + ticks_per_second) % ticks_per_second)
                * 100);
    if (archive_write_header(m_state->writer.get(), entry.get()) < ARCHIVE_WARN)
        return m_state->error("collect.archive.header");
    return {};
}

Result<void> Archive::write(ByteView bytes)
{
    while (!bytes.empty()) {
        auto const written = archive_write_data(m_state->writer.get(), bytes.data(), bytes.size());
        if (written <= 0)
            return m_state->error("collect.archive.data");
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return {};
}

Result<void> Archive::note_member(Member const& member, std::uint64_t size_bytes, Sha256 const& sha256)
{
    m_state->bytes_taken += size_bytes;
    ++m_state->members;
    std::string line = "{\"path\":" + json_string(utf8::repaired(member.path));
    append_format(line, ",\"size\":{},\"sha256\":\"{}\"", size_bytes, to_string(sha256));
    if (member.modified_at.is_set())
        append_format(line, ",\"mtime\":\"{}\"", to_string(member.modified_at));
    if (!member.source.empty())
        append_format(line, ",\"source\":{}", json_string(utf8::repaired(member.source)));
    return m_state->manifest.append(line + "}\n");
}

Result<void> Archive::add(Member const& member, std::string_view content)
{
    TRY(begin_member(member, content.size()));
    TRY(write(as_bytes(content)));
    return note_member(member, content.size(), sha256(as_bytes(content)));
}

Result<void> Archive::add(Member const& member, Spool& content)
{
    TRY(content.finish());
    TRY(begin_member(member, content.size_bytes()));
    Sha256Hasher hasher;
    for (std::uint64_t offset = 0; offset < content.size_bytes();) {
        auto const block = TRY(content.block_at(offset));
        if (block.empty())
            return Error { ErrorCode::truncated, "collect.spool", offset, content.size_bytes(), offset, {} };
        hasher.add(as_bytes(block));
        TRY(write(as_bytes(block)));
        offset += block.size();
    }
    return note_member(member, content.size_bytes(), hasher.finish());
}

Result<AddedFile> Archive::add(
    Member const& member, os::Descriptor const& file, std::uint64_t begin, std::uint64_t size_bytes)
{
    TRY(begin_member(member, size_bytes));
    Sha256Hasher hasher;
    AddedFile added;
    added.size_bytes = size_bytes;
    std::vector<std::byte> block(block_bytes);
    for (std::uint64_t done = 0; done < size_bytes;) {
        auto const target = std::span(block).first(std::min<std::uint64_t>(block.size(), size_bytes - done));
        auto const got = os::read_at(file.number(), begin + done, target);
        auto const read = got.ok() ? got.value() : 0;
        if (read < target.size()) { // the header promised more: the rest reads as zeros, and that is said
            added.has_shrunk = true;
            std::fill(target.begin() + static_cast<std::ptrdiff_t>(read), target.end(), std::byte {});
        }
        hasher.add(target);
        TRY(write(target));
        done += target.size();
    }
    added.sha256 = hasher.finish();
    TRY(note_member(member, size_bytes, added.sha256));
    return added;
}

Spool Archive::new_spool() const
{
    return Spool(m_state->folder);
}

std::uint64_t Archive::bytes_written() const
{
    return m_state->bytes_written;
}

std::uint64_t Archive::bytes_taken() const
{
    return m_state->bytes_taken;
}

std::uint64_t Archive::member_count() const
{
    return m_state->members;
}

Result<void> Archive::finish(std::filesystem::path const& target, Timestamp finished_at)
{
    Member const manifest { "manifest.jsonl", {}, finished_at };
    // The manifest's own line cannot hold its digest; it says when the collection was complete instead.
    TRY(m_state->manifest.append(format("{{\"path\":\"manifest.jsonl\",\"members\":{},\"finished_at\":\"{}\"}}\n",
        m_state->members, to_string(finished_at))));
    TRY(add(manifest, m_state->manifest));
    if (archive_write_close(m_state->writer.get()) != ARCHIVE_OK)
        return m_state->error("collect.archive.close");
    TRY(m_state->file.synchronise());
    return m_state->file.keep_as(target);
}

}
