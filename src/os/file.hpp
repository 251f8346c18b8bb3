// Files of this machine: owned descriptors, facts, positioned reads, read-only maps, files that appear whole or not at
// all. Not evidence: this room does not know what the bytes are.
#pragma once
#include "base/byte_view.hpp"
#include "base/result.hpp"
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

namespace konseki::os {

// Owns a file descriptor.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int number)
        : m_number(number)
    {
    }
    ~Descriptor() { close(); }
    Descriptor(Descriptor&& other) noexcept
        : m_number(other.release())
    {
    }
    Descriptor& operator=(Descriptor&& other) noexcept;
    Descriptor(Descriptor const&) = delete;
    Descriptor& operator=(Descriptor const&) = delete;

    bool is_open() const { return m_number >= 0; }
    int number() const { return m_number; }
    int release();
    void close();

private:
    int m_number = -1;
};

// Enough to notice that a file is no longer the one that was looked at.
struct FileFacts {
    std::uint64_t size_bytes = 0;
    std::int64_t modified_ns = 0; // since 1970
    std::uint64_t device = 0, inode = 0;
    friend bool operator==(FileFacts const&, FileFacts const&) = default;
};

Error error_from_errno(int number, std::string_view what, std::string detail); // ENOSPC and EDQUOT become no_space

// Regular files only: a device, FIFO or socket is refused without blocking on it. A link as the last component is
// followed: whoever names a path means what it leads to; the walk does not hand out links.
Result<Descriptor> open_for_reading(std::filesystem::path const& path);
Result<FileFacts> facts_of(Descriptor const& file);
Result<FileFacts> facts_of(std::filesystem::path const& path);

// As many bytes as there are from offset on, at most target.size(): short only at the end of the file.
Result<std::size_t> read_at(int descriptor, std::uint64_t offset, std::span<std::byte> target);
Result<std::string> read_whole(std::filesystem::path const& path, std::uint64_t size_bytes_max);

// Maps size_bytes from the start, read-only and private. A file that shrinks while it is mapped kills the reader with
// SIGBUS: map evidence only in a worker, where death is a diagnostic.
class FileMap {
public:
    static Result<FileMap> map(int descriptor, std::uint64_t size_bytes);
    FileMap() = default;
    ~FileMap();
    FileMap(FileMap&& other) noexcept;
    FileMap& operator=(FileMap&& other) noexcept;
    FileMap(FileMap const&) = delete;
    FileMap& operator=(FileMap const&) = delete;
    ByteView bytes() const { return m_bytes; }

private:
    ByteView m_bytes;
};

// A file in the making: invisible under its name until keep_as(); removed when it goes out of scope before.
class NewFile {
public:
    static Result<NewFile> create_in(std::filesystem::path const& folder); // "incoming-<random>"
    ~NewFile();
    NewFile(NewFile&&) noexcept = default;
    NewFile& operator=(NewFile&& other) noexcept;
    NewFile(NewFile const&) = delete;
    NewFile& operator=(NewFile const&) = delete;

    Result<void> append(ByteView bytes);
    Result<void> synchronise(); // to the disk, against power loss
    Result<void> keep_as(std::filesystem::path const& path); // replaces what is there; makes the folder when missing

private:
    NewFile() = default;
    Descriptor m_file;
    std::filesystem::path m_path;
};

Result<void> write_file_atomically(std::filesystem::path const& path, ByteView bytes); // synchronised, then renamed
Result<void> make_folders(std::filesystem::path const& path);
Result<void> synchronise_file_system_of(std::filesystem::path const& folder); // one call for many new files
void remove_stale_new_files(std::filesystem::path const& folder); // what a killed process left of NewFile

}
