// The collection in the making: a tar in zstd that is there whole under its name, or not at all.
// Not a policy: what goes in, and in which order, is decided by the collector.
#pragma once
#include "base/identity.hpp"
#include "base/timestamp.hpp"
#include "os/file.hpp"
#include <memory>
#include <optional>
#include <string>

namespace konseki::collect {

struct Member {
    std::string path; // in the archive: "[root]/etc/passwd"
    std::string source; // on the host; empty: made by the collector
    Timestamp modified_at;
};

struct AddedFile {
    Sha256 sha256;
    std::uint64_t size_bytes = 0;
    bool has_shrunk = false; // fewer bytes were there than its size said: zeros stand for the rest
};

// Bytes that wait for a tar header, which needs their number: memory first, then a file without a name.
class Spool {
public:
    explicit Spool(std::filesystem::path folder)
        : m_folder(std::move(folder))
    {
    }
    Result<void> append(std::string_view text);
    Result<void> finish();
    std::uint64_t size_bytes() const { return m_size_bytes; }
    Result<std::string> block_at(std::uint64_t offset) const; // empty behind the end

private:
    std::filesystem::path m_folder;
    std::string m_pending;
    os::Descriptor m_file; // absent: everything is in m_pending
    std::uint64_t m_size_bytes = 0;
};

class Archive {
public:
    static Result<Archive> create_in(std::filesystem::path const& folder);
    ~Archive(); // nothing stays when finish() was not called
    Archive(Archive&&) noexcept;
    Archive& operator=(Archive&&) = delete;
    Archive(Archive const&) = delete;
    Archive& operator=(Archive const&) = delete;

    Result<void> add(Member const& member, std::string_view content);
    Result<void> add(Member const& member, Spool& content);
    // From the descriptor's offset `begin`, size_bytes of it as it stood when asked.
    Result<AddedFile> add(
        Member const& member, os::Descriptor const& file, std::uint64_t begin, std::uint64_t size_bytes);

    Spool new_spool() const;
    std::uint64_t bytes_written() const; // compressed
    std::uint64_t bytes_taken() const; // before compression
    std::uint64_t member_count() const;

    // Adds the manifest, and gives the file its name.
    Result<void> finish(std::filesystem::path const& target, Timestamp finished_at);

    struct State;

private:
    explicit Archive(std::unique_ptr<State> state);
    Result<void> begin_member(Member const& member, std::uint64_t size_bytes);
    Result<void> write(ByteView bytes);
    Result<void> note_member(Member const& member, std::uint64_t size_bytes, Sha256 const& sha256);
    std::unique_ptr<State> m_state;
};

}
