#include "intake/unpack.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "intake/cms.hpp"
#include "intake/container_key.hpp"
#include "os/file.hpp"
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>

namespace konseki::intake {

namespace {

constexpr std::size_t block_bytes = 256U << 10;
constexpr std::size_t metadata_bytes_max = 1U << 20;
constexpr std::string_view container_metadata = "metadata.json"; // of Velociraptor, before or behind data.zip
constexpr std::string_view container_data = "data.zip";
constexpr int container_members_max = 16; // it has two
constexpr int broken_headers_max = 1000; // libarchive that stumbles from header to header is stopped

bool begins_with(ByteView bytes, std::string_view magic)
{
    return as_text(bytes).substr(0, magic.size()) == magic;
}

// [POSIX ustar] the checksum at 148 is the sum of the header with blanks in its place; v7 archives have no magic, but
// this.
bool is_tar_header(ByteView head)
{
    if (head.size() < 512)
        return false;
    auto const stored = as_text(head).substr(148, 8);
    std::uint64_t declared = 0;
    std::size_t digits = 0;
    for (auto const c : stored) {
        if (c >= '0' && c <= '7') {
            declared = declared * 8 + static_cast<std::uint64_t>(c - '0');
            ++digits;
        } else if (c != ' ' && c != '\0') {
            return false;
        }
    }
    std::uint64_t sum = 0;
    for (std::size_t index = 0; index < 512; ++index)
        sum += index >= 148 && index < 156 ? ' ' : std::to_integer<std::uint64_t>(head[index]);
    return digits > 0 && sum == declared;
}

bool is_single_compressed(ByteView head)
{
    return begins_with(head, "\x1f\x8b\x08")
        || begins_with(head,
            "\xfd"
            "7zXZ")
        || begins_with(head, "\x28\xb5\x2f\xfd")
        || (begins_with(head, "BZh") && head.size() > 10 && as_text(head).substr(4, 6) == "\x31\x41\x59\x26\x53\x59");
}

struct CloseArchive {
    void operator()(archive* opened) const { archive_read_free(opened); }
};

// libarchive reads through this: positioned reads only, so that nothing depends on the descriptor's own position.
struct Source {
    ArchiveInput input;
    std::uint64_t position = 0;
    std::array<std::byte, block_bytes> block {};
};

la_ssize_t read_block(archive* opened, void* context, void const** bytes)
{
    auto& source = *static_cast<Source*>(context);
    auto const left = source.input.size_bytes - std::min(source.position, source.input.size_bytes);
    auto const got = os::read_at(source.input.descriptor, source.position,
        std::span(source.block).first(std::min<std::uint64_t>(left, block_bytes)));
    if (!got.ok()) {
        archive_set_error(opened, EIO, "read error");
        return ARCHIVE_FATAL;
    }
    source.position += got.value();
    *bytes = source.block.data();
    return static_cast<la_ssize_t>(got.value());
}

la_int64_t skip_bytes(archive*, void* context, la_int64_t request)
{
    auto& source = *static_cast<Source*>(context);
    auto const left = source.input.size_bytes - std::min(source.position, source.input.size_bytes);
    auto const step = std::min(left, static_cast<std::uint64_t>(std::max<la_int64_t>(request, 0)));
    source.position += step;
    return static_cast<la_int64_t>(step);
}

la_int64_t seek_to(archive*, void* context, la_int64_t offset, int whence)
{
    auto& source = *static_cast<Source*>(context);
    auto const size = static_cast<la_int64_t>(source.input.size_bytes);
    auto const base = whence == SEEK_END ? size : (whence == SEEK_CUR ? static_cast<la_int64_t>(source.position) : 0);
    auto const target = std::clamp<la_int64_t>(base + offset, 0, size);
    source.position = static_cast<std::uint64_t>(target);
    return target;
}

// Names that are no UTF-8 (zip files of older Windows) keep every byte: the odd ones become \xHH.
std::string as_valid_utf8(std::string_view raw)
{
    std::string text;
    std::size_t position = 0;
    while (position < raw.size()) {
        auto const begin = position;
        if (utf8::next(raw, position) == utf8::invalid)
            append_format(text, "\\x{:02x}", static_cast<unsigned char>(raw[begin]));
        else
            text += raw.substr(begin, position - begin);
    }
    return text;
}

std::string path_of(archive_entry* entry)
{
    if (auto const* const utf8 = archive_entry_pathname_utf8(entry); utf8 != nullptr && *utf8 != '\0')
        return as_valid_utf8(utf8);
    if (auto const* const raw = archive_entry_pathname(entry); raw != nullptr)
        return as_valid_utf8(raw);
    return {};
}

std::string name_without_suffix(std::string_view name)
{
    name = name.substr(name.find_last_of('/') + 1);
    for (auto const* const suffix : { ".gz", ".xz", ".zst", ".bz2" }) {
        auto const length = std::string_view(suffix).size();
        if (name.size() > length && equals_ignoring_case(name.substr(name.size() - length), suffix))
            return std::string(name.substr(0, name.size() - length));
    }
    return std::string(name) + ".content";
}

using Opened = std::unique_ptr<archive, CloseArchive>;

int open_source(archive* opened, Source& source)
{
    archive_read_set_read_callback(opened, read_block);
    archive_read_set_skip_callback(opened, skip_bytes);
    archive_read_set_seek_callback(opened, seek_to);
    archive_read_set_callback_data(opened, &source);
    return archive_read_open1(opened);
}

// [APPNOTE 4.3.7] the name in the first local header.
std::string_view first_zip_member(ByteView head)
{
    constexpr std::size_t header_bytes = 30;
    if (!begins_with(head, "PK\x03\x04") || head.size() < header_bytes)
        return {};
    auto const size = std::to_integer<std::size_t>(head[26]) | std::to_integer<std::size_t>(head[27]) << 8U;
    return as_text(head).substr(header_bytes, size);
}

// A container for a Velociraptor server says in a member of its own how the password of the other one is wrapped. It is
// read first, wherever it lies: passwords cannot be added once reading has begun.
std::string metadata_of_container(ArchiveInput const& input)
{
    auto source = std::make_unique<Source>();
    source->input = input;
    Opened const opened { archive_read_new() };
    VERIFY(opened != nullptr);
    archive_read_support_format_zip(opened.get());
    if (open_source(opened.get(), *source) != ARCHIVE_OK)
        return {};
    archive_entry* entry = nullptr;
    for (int number = 0; number < container_members_max && archive_read_next_header(opened.get(), &entry) == ARCHIVE_OK;
         ++number) {
        if (path_of(entry) != container_metadata)
            continue;
        std::string metadata(metadata_bytes_max, '\0');
        auto const got = archive_read_data(opened.get(), metadata.data(), metadata.size());
        metadata.resize(static_cast<std::size_t>(std::max<la_ssize_t>(got, 0)));
        return metadata;
    }
    return {};
}

class Unpacker {
public:
    Unpacker(ArchiveInput const& input, Limits const& limits, DiagnosticSink& diagnostics, MemberSink& members)
        : m_limits(limits)
        , m_diagnostics(diagnostics)
        , m_members(members)
        , m_source(std::make_unique<Source>())
        , m_archive(archive_read_new())
    {
        m_source->input = input;
    }

    Result<void> run(ByteView head)
    {
        VERIFY(m_archive != nullptr);
        m_is_compressed_file = is_single_compressed(head);
        if (auto const first = first_zip_member(head); first == container_metadata || first == container_data)
            learn_password();
        set_up();
        if (open_source(m_archive.get(), *m_source) != ARCHIVE_OK) {
            report(code_of_failure(), "archive.open", {}, m_source->input.size_bytes);
            return {};
        }
        int broken_headers = 0;
        while (!m_is_over) {
            archive_entry* entry = nullptr;
            auto const status = archive_read_next_header(m_archive.get(), &entry);
            if (status == ARCHIVE_EOF)
                break;
            if (status < ARCHIVE_WARN) {
                report(code_of_failure(), "archive.member_header", {}, rest_of_input());
                if (status == ARCHIVE_FATAL || ++broken_headers >= broken_headers_max)
                    break;
                continue;
            }
            TRY(take(entry));
        }
        if (archive_read_has_encrypted_entries(m_archive.get()) > 0 && m_members_seen == 0)
            report(ErrorCode::encrypted, "archive.directory", what_opens("its list of members"),
                m_source->input.size_bytes);
        return {};
    }

private:
    void set_up()
    {
        auto* const opened = m_archive.get();
        archive_read_support_filter_gzip(opened);
        archive_read_support_filter_bzip2(opened);
        archive_read_support_filter_xz(opened);
        archive_read_support_filter_zstd(opened);
        archive_read_support_format_tar(opened);
        archive_read_support_format_gnutar(opened);
        archive_read_support_format_zip(opened);
        archive_read_support_format_7zip(opened);
        if (m_is_compressed_file)
            archive_read_support_format_raw(opened); // takes anything: only where a compressed stream was seen
        auto const add_password = [&](std::string const& password) {
            if (!password.empty() && archive_read_add_passphrase(opened, password.c_str()) == ARCHIVE_OK)
                ++m_passwords;
        };
        std::for_each(m_source->input.passwords.begin(), m_source->input.passwords.end(), add_password);
        add_password(m_container_password);
    }

    // What the person in front can do about something encrypted.
    std::string what_opens(std::string_view path) const
    {
        auto const format_bits = archive_format(m_archive.get()) & ARCHIVE_FORMAT_BASE_MASK;
        if (format_bits == ARCHIVE_FORMAT_7ZIP)
            return format("{}: is encrypted; encrypted 7z is not read yet: unpack it with 7z x -p and examine the "
                          "folder",
                path);
        if (m_is_x509)
            return m_source->input.keys.empty()
                ? format("{}: is encrypted for a Velociraptor server (X509); give the server's private key "
                         "(Frontend.private_key of server.config.yaml) with --key FILE.pem",
                    path)
                : format("{}: is encrypted for a Velociraptor server (X509), and none of the keys given with --key "
                         "opens it",
                    path);
        if (m_passwords == 0)
            return format("{}: is encrypted; give its password with --password", path);
        auto const count = m_source->input.passwords.size();
        return count == 1
            ? format("{}: is encrypted, and the password given with --password does not open it", path)
            : format("{}: is encrypted, and none of the {} passwords given with --password opens it", path, count);
    }

    void learn_password()
    {
        auto const metadata = metadata_of_container(m_source->input);
        m_is_x509 = is_x509_container(metadata);
        if (!m_is_x509)
            return;
        m_container_password = container_password(metadata, m_source->input.keys).value_or(std::string());
    }

    std::uint64_t rest_of_input() const
    {
        return m_source->input.size_bytes - std::min(m_source->position, m_source->input.size_bytes);
    }

    ErrorCode code_of_failure() const
    {
        auto const number = archive_errno(m_archive.get());
        if (number == ENOMEM)
            return ErrorCode::limit;
        if (number == EIO)
            return ErrorCode::io;
        auto const* const text = archive_error_string(m_archive.get());
        std::string_view const words = text == nullptr ? std::string_view {} : text;
        if (words.find("ncrypted") != std::string_view::npos || words.find("assphrase") != std::string_view::npos)
            return ErrorCode::encrypted;
        if (words.find("runcated") != std::string_view::npos)
            return ErrorCode::truncated;
        if (words.find("nsupported") != std::string_view::npos || words.find("nrecognized") != std::string_view::npos)
            return ErrorCode::unsupported;
        return ErrorCode::bad_value;
    }

    void report(ErrorCode code, std::string_view what, std::string detail, std::uint64_t bytes_lost,
        std::uint64_t need = 0, std::uint64_t have = 0)
    {
        m_diagnostics.report({ { code, what, m_source->position, need, have, std::move(detail) }, bytes_lost });
    }

    std::uint64_t declared_size(archive_entry* entry) const
    {
        return archive_entry_size_is_set(entry) != 0
            ? static_cast<std::uint64_t>(std::max<la_int64_t>(0, archive_entry_size(entry)))
            : 1;
    }

    // True when the member is one that can be kept; says why not otherwise.
    bool is_acceptable(archive_entry* entry, std::string const& path)
    {
        auto const type = archive_entry_filetype(entry);
        if (type == AE_IFDIR)
            return false;
        if (archive_entry_hardlink(entry) != nullptr || type == AE_IFLNK) {
            report(ErrorCode::unsupported, "archive.member.link", path, 0);
            return false;
        }
        if (type != AE_IFREG && type != 0) {
            report(ErrorCode::unsupported, "archive.member.special_file", path, 0);
            return false;
        }
        auto const is_7z
            = (archive_format(m_archive.get()) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_7ZIP; // libarchive 3.6
        if (archive_entry_is_encrypted(entry) != 0 && (m_passwords == 0 || is_7z)) {
            report(ErrorCode::encrypted, "archive.member", what_opens(path), declared_size(entry));
            return false;
        }
        if (path.empty() || path.size() > m_limits.path_bytes_max) {
            report(ErrorCode::limit, "archive.member.path", path.substr(0, 200), declared_size(entry), path.size(),
                m_limits.path_bytes_max);
            return false;
        }
        if (is_path_trick(path)) {
            report(ErrorCode::bad_value, "archive.member.path", path, declared_size(entry));
            return false;
        }
        return true;
    }

    void drop_leading_slashes(std::string& path)
    {
        if (!std::exchange(m_has_absolute_paths, true))
            report(ErrorCode::bad_value, "archive.member.absolute_path", path, 0);
        path.erase(0, path.find_first_not_of('/'));
    }

    Result<void> take(archive_entry* entry)
    {
        auto path = path_of(entry);
        if (m_is_compressed_file && archive_format(m_archive.get()) == ARCHIVE_FORMAT_RAW)
            path = name_without_suffix(m_source->input.name);
        if (++m_members_seen > m_limits.archive_members_max) {
            report(
                ErrorCode::limit, "archive.members", {}, rest_of_input(), m_members_seen, m_limits.archive_members_max);
            m_is_over = true;
            return {};
        }
        if (path.starts_with('/')) // as UAC and GNU tar -P write them; nothing is ever written to that place
            drop_leading_slashes(path);
        if (!is_acceptable(entry, path))
            return {};
        Member member { path, {} };
        if (archive_entry_mtime_is_set(entry) != 0)
            member.modified_at
                = Timestamp { (archive_entry_mtime(entry) + Timestamp::unix_epoch_seconds) * ticks_per_second
                      + archive_entry_mtime_nsec(entry) / 100 };
        TRY(m_members.begin(member));
        return copy(entry, path);
    }

    Result<void> copy(archive_entry* entry, std::string const& path)
    {
        std::uint64_t written = 0;
        while (true) {
            auto const got = archive_read_data(m_archive.get(), m_block.data(), m_block.size());
            if (got == 0)
                return m_members.end(true);
            if (got < 0) {
                auto const declared = declared_size(entry);
                auto const code = code_of_failure();
                report(code, "archive.member.bytes", code == ErrorCode::encrypted ? what_opens(path) : path,
                    std::max<std::uint64_t>(1, declared - std::min(declared, written)), declared, written);
                return m_members.end(written > 0);
            }
            written += static_cast<std::uint64_t>(got);
            m_inflated += static_cast<std::uint64_t>(got);
            if (m_inflated > m_source->input.inflated_bytes_max) {
                // What came out of a bomb so far is no evidence; members before it stay.
                report(ErrorCode::limit, "archive.inflated_bytes",
                    path + ": it inflates too far (a bomb?); this member and all behind it were not unpacked",
                    rest_of_input(), m_inflated, m_source->input.inflated_bytes_max);
                m_is_over = true;
                return m_members.end(false);
            }
            TRY(m_members.bytes(ByteView(m_block).first(static_cast<std::size_t>(got))));
        }
    }

    Limits m_limits;
    DiagnosticSink& m_diagnostics;
    MemberSink& m_members;
    std::unique_ptr<Source> m_source; // outlives m_archive, which reads through it
    Opened m_archive;
    std::vector<std::byte> m_block = std::vector<std::byte>(block_bytes);
    std::uint64_t m_inflated = 0;
    std::uint64_t m_members_seen = 0;
    std::string m_container_password; // unwrapped by a key
    std::size_t m_passwords = 0;
    bool m_is_x509 = false;
    bool m_is_compressed_file = false;
    bool m_has_absolute_paths = false;
    bool m_is_over = false;
};

}

bool is_archive(ByteView head)
{
    return begins_with(head, "PK\x03\x04") || begins_with(head, "PK\x05\x06") || begins_with(head, "PK\x07\x08")
        || begins_with(head, "7z\xbc\xaf\x27\x1c") || is_single_compressed(head) || is_tar_header(head)
        || is_envelope(head);
}

bool is_path_trick(std::string_view path)
{
    if (path.empty() || path.front() == '/' || path.front() == '\\' || path.find('\0') != std::string_view::npos)
        return true;
    std::string_view rest = path;
    while (true) {
        auto const end = rest.find_first_of("/\\");
        if (rest.substr(0, end) == "..")
            return true;
        if (end == std::string_view::npos)
            return false;
        rest = rest.substr(end + 1);
    }
}

Result<void> unpack(ArchiveInput const& input, Limits const& limits, DiagnosticSink& diagnostics, MemberSink& members)
{
    std::array<std::byte, 512> head {};
    auto const got = os::read_at(input.descriptor, 0, head);
    if (got.ok() && is_envelope(ByteView(head).first(got.value())))
        return unpack_envelope(input, limits, diagnostics, members);
    Unpacker unpacker { input, limits, diagnostics, members };
    return unpacker.run(ByteView(head).first(got.ok() ? got.value() : 0));
}

}
