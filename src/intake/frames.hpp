// What parent and worker say to each other over an os::Channel, as bytes. Decoding distrusts every byte: the worker
// reads evidence. Not the transport: os/channel.hpp.
#pragma once
#include "base/identity.hpp"
#include "base/result.hpp"
#include "record/artefact_parser.hpp"
#include <string>
#include <string_view>
#include <vector>

namespace konseki::intake {

enum class FrameKind : std::uint16_t {
    // to the worker
    configure, // Configuration; once, after it was started
    dictionary, // entries of the case, before jobs that may look them up
    companion, // CompanionText and its descriptor; before the job that needs it
    job, // JobText and the descriptor of the evidence
    // to the parent
    batch, // TraceBatch::encode
    diagnostics,
    entries, // what the evidence teaches: like dictionary
    identified, // Identified
    member_begins, // Member
    member_bytes,
    member_ends, // one byte: 1 when it is to be kept
    text, // a stretch of one rendered trace
    text_ends,
    alive, // still busy; counts as progress, carries nothing
    done, // Done; the job is over
};

enum class JobKind : std::uint8_t { identify, divide, unpack, parse, render };

struct Configuration {
    std::string_view watcher; // empty: none
    std::string_view watcher_configuration;
    bool keep_parser_rows = true; // false in scans: only the watcher's rows are sent
    std::vector<std::string_view> passwords {}, keys {}; // of archives; keys in PEM
};

// Views the frame it was decoded from.
struct JobText {
    JobKind kind = JobKind::identify;
    EvidenceNumber evidence = 0;
    std::uint64_t size_bytes = 0; // of the whole file
    std::string_view name; // original path
    Timestamp modified_at; // parse, render; 0: not known
    std::string_view parser; // parse, render
    ByteRange range; // parse
    bool is_first_piece = true, is_last_piece = true;
    Pass pass = Pass::first;
    std::uint64_t piece_bytes = 0; // identify
    std::uint64_t inflated_bytes_max = 0; // unpack: what is left for this archive
    std::string_view form; // render
    std::vector<std::uint64_t> offsets; // render
};

struct CompanionText {
    std::string name; // file name
    std::uint64_t size_bytes = 0;
};

enum class Recognised : std::uint8_t { nothing, artefact, archive };

struct Identified {
    Sha256 sha256;
    Recognised as = Recognised::nothing;
    std::string parser;
    std::vector<ByteRange> pieces; // empty: one
};

struct Member {
    std::string path; // as the archive names it, valid UTF-8
    Timestamp modified_at;
};

struct Done {
    bool wants_second_pass = false;
};

std::string encode(Configuration const& configuration);
std::string encode(JobText const& job);
std::string encode(CompanionText const& companion);
std::string encode(Identified const& identified);
std::string encode(Member const& member);
std::string encode(Done const& done);
void append_entry(std::string& target, std::string_view key, std::string_view bytes);
void append_diagnostic(std::string& target, Diagnostic const& diagnostic);

Result<Configuration> decode_configuration(ByteView bytes);
Result<JobText> decode_job(ByteView bytes);
Result<CompanionText> decode_companion(ByteView bytes);
Result<Identified> decode_identified(ByteView bytes, std::uint64_t size_bytes);
Result<Member> decode_member(ByteView bytes, std::uint64_t path_bytes_max);
Result<Done> decode_done(ByteView bytes);
// Views of the frame.
Result<std::vector<std::pair<std::string_view, std::string_view>>> decode_entries(ByteView bytes);
// `what` of each error views the frame: intern it before the frame goes.
Result<std::vector<Diagnostic>> decode_diagnostics(ByteView bytes);

}
