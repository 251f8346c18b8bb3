// The shape of an artefact parser: a value that says what it reads and a pure function that does it.
// Not a registry: CMake lists the folders of traces/ into a generated array (traces/catalogue.hpp).
#pragma once
#include "base/arena.hpp"
#include "base/limits.hpp"
#include "record/diagnostic.hpp"
#include "record/event.hpp"
#include "record/trace_batch.hpp"
#include <optional>
#include <stop_token>

namespace konseki {

enum class Sniff : std::uint8_t { no, maybe, sure };

// A file that belongs to the evidence and lay beside it: a hive's transaction logs, the index of a WMI repository.
struct Companion {
    std::string_view name; // file name as found
    ByteView bytes;
};

// Bytes and what the evidence was called; views the mapped file for the length of one parse call.
struct EvidenceView {
    ByteView bytes; // the whole file
    ByteRange range; // the piece to parse; the whole file unless the parser has `split`
    std::string_view name; // original path, UTF-8: a hint for sniffing, never trusted
    EvidenceNumber number = 0;
    bool is_first_piece = true; // emit what belongs to the file as a whole only in this piece
    bool is_last_piece = true; // the range ends where the file ends
    std::span<Companion const> companions {}; // those that `companion_names` asked for and that were there
    Timestamp modified_at {}; // of the file as received (a copy has the time of the copy); 0: not known
};

// What one piece of evidence can teach another (EVTX templates for records in slack space): key -> bytes, per case.
class Dictionary {
public:
    virtual ~Dictionary() = default;
    virtual std::optional<std::string_view> find(std::string_view key) const = 0; // view valid for this parse call
    virtual void add(std::string_view key, std::string_view bytes)
        = 0; // first one wins; keys are "evtx.template/<GUID>…"
};

// Asked once per self-contained piece (an EVTX chunk) before it is parsed: false means that nothing in these raw bytes
// can interest the watcher, and the piece is skipped. Used by scans that only look for something; absent in
// examinations.
class RawFilter {
public:
    virtual ~RawFilter() = default;
    virtual bool may_contain(ByteView piece) const = 0;
};

// first: everything but rows that need the dictionary of the whole case. second: only those rows; runs after all
// evidence had its first pass, and only for evidence whose first pass called wants_second_pass.
enum class Pass : std::uint8_t { first, second };

struct ParseContext {
    TraceSink& traces;
    DiagnosticSink& diagnostics;
    EventWatcher& events; // hand every log event over, live and recovered
    EventShapes& shapes; // lives as long as the worker
    Dictionary& dictionary;
    Arena& arena; // reset by the caller between pieces; parsers may reset it between records
    Limits const& limits = default_limits;
    RawFilter const* raw_filter = nullptr;
    std::stop_token stop {};
    Pass pass = Pass::first;
    bool wants_second_pass = false; // out
};

struct ArtefactParser {
    std::string_view name; // folder name: "windows_event"
    std::string_view title;
    std::uint16_t version = 1; // raised when the same bytes give other rows
    bool reads_path = false; // rows say where the file lay: the same bytes elsewhere give other rows
    std::span<Schema const* const> emits;
    Sniff (*sniff)(ByteView head, std::string_view name) = nullptr; // first 4 KiB or less. Pure, cheap.
    void (*parse)(EvidenceView const& evidence, ParseContext& context) = nullptr;
    // Byte ranges that can be parsed alone, in order, together the whole file; absent: not divisible.
    std::vector<ByteRange> (*split)(ByteView bytes, std::uint64_t piece_bytes) = nullptr;
    // Names of files in the same folder that parse needs beside the evidence (compared without case); absent: none.
    std::vector<std::string> (*companion_names)(std::string_view name) = nullptr;
    // One trace again, for people: pretty text (XML, JSON) of what lies at an origin. Absent: hex only.
    std::optional<std::string> (*render)(
        EvidenceView const& evidence, TraceOrigin const& origin, Dictionary const& dictionary, std::string_view form)
        = nullptr;
};

}
