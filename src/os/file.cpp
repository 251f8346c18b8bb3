#include "os/file.hpp"
#include "base/text.hpp"
#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

namespace konseki::os {

namespace {

constexpr std::string_view new_file_prefix = "incoming-";

FileFacts facts_from(struct stat const& status)
{
    return { static_cast<std::uint64_t>(status.st_size), status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec,
        static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino) };
}

}

Error error_from_errno(int number, std::string_view what, std::string detail)
{
    auto code = ErrorCode::io;
    if (number == ENOSPC || number == EDQUOT)
        code = ErrorCode::no_space;
    else if (number == ENOENT)
        code = ErrorCode::not_found;
    return { code, what, 0, static_cast<std::uint64_t>(number), 0, std::move(detail) };
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept
{
    if (this != &other) {
        close();
        m_number = other.release();
    }
    return *this;
}

int Descriptor::release()
{
    return std::exchange(m_number, -1);
}

void Descriptor::close()
{
    if (m_number >= 0)
        ::close(release()); // what a read-only descriptor could report here is of no use to anyone
}

Result<Descriptor> open_for_reading(std::filesystem::path const& path)
{
    // O_NONBLOCK: opening a FIFO without a writer would wait for ever. It has no effect on regular files.
    Descriptor file { ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) };
    if (!file.is_open())
        return error_from_errno(errno, "file.open", path.string());
    struct stat status { };
    if (::fstat(file.number(), &status) != 0)
        return error_from_errno(errno, "file.stat", path.string());
    if (!S_ISREG(status.st_mode))
        return Error { ErrorCode::unsupported, "file.kind", 0, 0, 0, path.string() };
    return file;
}

Result<FileFacts> facts_of(Descriptor const& file)
{
    struct stat status { };
    if (::fstat(file.number(), &status) != 0)
        return error_from_errno(errno, "file.stat", {});
    return facts_from(status);
}

Result<FileFacts> facts_of(std::filesystem::path const& path)
{
    struct stat status { };
    if (::stat(path.c_str(), &status) != 0)
        return error_from_errno(errno, "file.stat", path.string());
    if (!S_ISREG(status.st_mode))
        return Error { ErrorCode::unsupported, "file.kind", 0, 0, 0, path.string() };
    return facts_from(status);
}

Result<std::size_t> read_at(int descriptor, std::uint64_t offset, std::span<std::byte> target)
{
    std::size_t done = 0;
    while (done < target.size()) {
        auto const wanted = target.subspan(done);
        auto const got = ::pread(descriptor, wanted.data(), wanted.size(), static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            auto error = error_from_errno(errno, "file.read", {});
            error.offset = offset + done;
            return error;
        }
        if (got == 0)
            break;
        done += static_cast<std::size_t>(got);
    }
    return done;
}

Result<std::string> read_whole(std::filesystem::path const& path, std::uint64_t size_bytes_max)
{
    auto const file = TRY(open_for_reading(path));
    auto const facts = TRY(facts_of(file));
    if (facts.size_bytes > size_bytes_max)
        return Error { ErrorCode::limit, "file.size", 0, facts.size_bytes, size_bytes_max, path.string() };
    std::string text(facts.size_bytes, '\0');
    auto const got = TRY(read_at(file.number(), 0, std::as_writable_bytes(std::span(text))));
    text.resize(got);
    return text;
}

Result<FileMap> FileMap::map(int descriptor, std::uint64_t size_bytes)
{
    FileMap map;
    if (size_bytes == 0)
        return map;
    auto* const address = ::mmap(nullptr, size_bytes, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (address == MAP_FAILED) // NOLINT: the macro is a C-style cast
        return error_from_errno(errno, "file.map", {});
    map.m_bytes = { static_cast<std::byte const*>(address), size_bytes };
    return map;
}

FileMap::~FileMap()
{
    if (!m_bytes.empty())
        ::munmap(const_cast<std::byte*>(m_bytes.data()), m_bytes.size());
}

FileMap::FileMap(FileMap&& other) noexcept
    : m_bytes(std::exchange(other.m_bytes, {}))
{
}

FileMap& FileMap::operator=(FileMap&& other) noexcept
{
    std::swap(m_bytes, other.m_bytes);
    return *this;
}

Result<NewFile> NewFile::create_in(std::filesystem::path const& folder)
{
    NewFile created;
    for (int attempt = 0; attempt < 16; ++attempt) {
        std::uint64_t random = 0;
        if (::getrandom(&random, sizeof random, 0) != sizeof random)
            return error_from_errno(errno, "file.random", {});
        created.m_path = folder / format("{}{:016x}", new_file_prefix, random);
        created.m_file
            = Descriptor { ::open(created.m_path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600) };
        if (created.m_file.is_open())
            return created;
        if (errno != EEXIST)
            break;
    }
    auto const number = errno;
    auto error = error_from_errno(number, "file.create", created.m_path.string());
    created.m_path.clear();
    return error;
}

NewFile::~NewFile()
{
    if (m_file.is_open())
        ::unlink(m_path.c_str());
}

NewFile& NewFile::operator=(NewFile&& other) noexcept
{
    std::swap(m_file, other.m_file);
    std::swap(m_path, other.m_path);
    return *this;
}

Result<void> NewFile::append(ByteView bytes)
{
    while (!bytes.empty()) {
        auto const written = ::write(m_file.number(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return error_from_errno(errno, "file.write", m_path.string());
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return {};
}

Result<void> NewFile::synchronise()
{
    if (::fdatasync(m_file.number()) != 0)
        return error_from_errno(errno, "file.synchronise", m_path.string());
    return {};
}

Result<void> NewFile::keep_as(std::filesystem::path const& path)
{
    TRY(make_folders(path.parent_path()));
    if (::rename(m_path.c_str(), path.c_str()) != 0)
        return error_from_errno(errno, "file.rename", path.string());
    m_file.close();
    return {};
}

Result<void> write_file_atomically(std::filesystem::path const& path, ByteView bytes)
{
    auto const folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    TRY(make_folders(folder));
    auto file = TRY(NewFile::create_in(folder));
    TRY(file.append(bytes));
    TRY(file.synchronise());
    return file.keep_as(path);
}

Result<void> make_folders(std::filesystem::path const& path)
{
    if (path.empty())
        return {};
    std::error_code problem;
    std::filesystem::create_directories(path, problem);
    if (problem && !std::filesystem::is_directory(path))
        return error_from_errno(problem.value(), "folder.create", path.string());
    return {};
}

Result<void> synchronise_file_system_of(std::filesystem::path const& folder)
{
    Descriptor const opened { ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC) };
    if (!opened.is_open() || ::syncfs(opened.number()) != 0)
        return error_from_errno(errno, "folder.synchronise", folder.string());
    return {};
}

void remove_stale_new_files(std::filesystem::path const& folder)
{
    std::error_code problem;
    for (std::filesystem::directory_iterator entry(folder, problem), end; !problem && entry != end;
         entry.increment(problem)) {
        std::error_code ignored; // a leftover that cannot be removed costs space, nothing else
        if (entry->path().filename().string().starts_with(new_file_prefix))
            std::filesystem::remove(entry->path(), ignored);
    }
}

}
