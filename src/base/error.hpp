// What went wrong, as a value: which field, where, how much was needed, how much there was.
// Not a message: base/error.cpp renders one on demand, and nothing is rendered on the error path of a parser.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace konseki {

enum class ErrorCode : std::uint8_t {
    none,
    truncated, // fewer bytes than the field needs
    bad_magic, // a signature that must be there is not
    bad_value, // reads well, means nonsense
    bad_checksum, // stored and computed checksum differ
    bad_count, // a count whose items cannot fit
    bad_offset, // points outside, or where it must not
    loop, // a chain that comes back to itself
    limit, // one of base/limits.hpp was reached
    unsupported, // understood, but not something this version reads
    encrypted, // a password or key is needed or was wrong
    not_found, // with a detail: of the world (a path, a name); without: in the evidence
    io, // the world: need holds errno, detail the path
    no_space, // the disk is full
    cancelled, // Ctrl-C or a stop request
    worker_died, // the process that read the evidence ended; need holds the signal or exit code
    timeout,
    wrong_use, // the caller's words (command line, rule, query) are off; detail says how
    internal,
};

std::string_view error_code_name(ErrorCode code); // "truncated"; stable, for JSON output
ErrorCode error_code_from_name(std::string_view name); // none for an unknown name

struct Error {
    ErrorCode code = ErrorCode::none;
    std::string_view what; // name of the field or step, always a string literal: "evtx.chunk.free_space_offset"
    std::uint64_t offset = 0; // where in the evidence
    std::uint64_t need = 0;
    std::uint64_t have = 0;
    std::string detail; // for errors of the world and of use (a path, a term); stays empty in parsers
};

// One line for people: "evtx.record.size: truncated at offset 0x1200: needs 24 bytes, has 7".
std::string to_string(Error const& error);

}
