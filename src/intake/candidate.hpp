// A file on its way to a number: looked at, hashed, recognised, unpacked, in any order of arrival; registered in walk
// order. Not evidence yet: intake/examine.cpp makes it that.
#pragma once
#include "bytes/sha256.hpp"
#include "intake/crew.hpp"
#include "intake/examine.hpp"
#include "intake/ordered_parse.hpp"
#include "os/file.hpp"
#include "record/evidence.hpp"
#include "store/case.hpp"
#include <filesystem>

namespace konseki::intake {

// A member that was written into the vault.
struct UnpackedMember {
    std::string path;
    Timestamp modified_at;
    Sha256 sha256;
    std::uint64_t size_bytes = 0;
    std::string vault_path;
};

// How much the archives inside one file of the examiner may still inflate to.
struct InflateBudget {
    std::uint64_t left_bytes = 0;
};

struct Candidate {
    std::string path; // where it can be read
    std::string original_path;
    std::string host, machine_path; // as its collection says
    os::FileFacts facts;
    Timestamp modified_at;
    EvidenceNumber parent = 0;
    EvidenceNumber known = 0; // its number from an earlier run
    std::uint32_t depth = 0; // archives around it
    bool is_in_vault = false;
    bool is_later_segment = false; // of an image whose first file is there: read with that one
    std::shared_ptr<InflateBudget> budget;
    std::optional<Error> failure; // it cannot be read

    enum class Stage : std::uint8_t { waiting, identifying, identified, unpacking, unpacked };
    Stage stage = Stage::waiting;
    Identified identified;
    std::vector<UnpackedMember> members;
    std::vector<Diagnostic> diagnostics;
};

// Hash and recognition of one candidate.
class IdentifyReceiver final : public JobReceiver {
public:
    IdentifyReceiver(Candidate& candidate, InternedWords& words)
        : m_candidate(candidate)
        , m_words(words)
    {
    }
    Result<void> on_frame(FrameKind kind, ByteView body) override;
    void on_end(std::optional<Error> const& death) override;

private:
    Candidate& m_candidate;
    InternedWords& m_words;
    bool m_is_identified = false;
};

// Where members go. Bytes that the vault has already are not written twice.
struct VaultPlaces {
    store::Case const& target;
    std::filesystem::path folder() const { return target.folder() / "vault"; } // for files in the making
    std::string path_of(Sha256 const& digest) const { return target.vault_path(digest).string(); }
};

class UnpackReceiver final : public JobReceiver {
public:
    UnpackReceiver(Candidate& candidate, InternedWords& words, VaultPlaces const& vault, Limits const& limits)
        : m_candidate(candidate)
        , m_words(words)
        , m_vault(vault)
        , m_limits(limits)
    {
    }
    Result<void> on_frame(FrameKind kind, ByteView body) override;
    void on_end(std::optional<Error> const& death) override;
    // The disk's failure, not the archive's: ends the run.
    std::optional<Error> const& failure() const { return m_failure; }
    std::string_view archive() const { return m_candidate.original_path; }
    Unpacked so_far() const { return { m_candidate.members.size(), m_bytes_so_far }; }

private:
    Result<void> begin_member(ByteView body);
    Result<void> add_bytes(ByteView body);
    Result<void> end_member(bool is_kept);
    Result<void> on_disk_result(Result<void> result);

    Candidate& m_candidate;
    InternedWords& m_words;
    VaultPlaces const& m_vault;
    Limits m_limits;
    std::optional<os::NewFile> m_file;
    Member m_member;
    Sha256Hasher m_hasher;
    std::uint64_t m_size_bytes = 0, m_bytes_so_far = 0; // of the member, of all
    std::optional<Error> m_failure;
};

}
