// Compiled YARA rules over the bytes of one file: which rules match, and which strings of theirs where.
// Not a reader of files: bytes are handed in; nothing is opened, and what libyara gives up on is said.
#pragma once
#include "base/byte_view.hpp"
#include "base/error.hpp"
#include "rules/yara/rule_set.hpp"
#include <stop_token>

namespace konseki::yara {

// What rules may ask about a file beside its bytes. Names come from evidence and are no more than that.
struct Externals {
    std::string filename, filepath, extension; // "evil.exe", "C:\Users\x" (without the name), ".exe"
    std::string filetype; // by the first bytes: "EXE", "ZIP" …; empty: none of those that rules ask for
    // name: the path as the machine or the archive wrote it, with \ or /.
    static Externals of(std::string_view name, ByteView bytes);
};

struct StringPlace {
    std::uint64_t offset = 0; // in the bytes handed in
    std::uint64_t size_bytes = 0;
};

struct MatchedString {
    std::string id; // "$a"; "$" of anonymous ones
    std::uint64_t total = 0;
    std::vector<StringPlace> first; // the first ones in the order of offsets
};

struct Match {
    RuleHead const& rule;
    std::vector<MatchedString> const&
        strings; // those that were found, in the order of the rule; private ones are not told
};

class MatchReceiver {
public:
    virtual ~MatchReceiver() = default;
    virtual void on_match(Match const& match) = 0; // in the order of the rules
};

struct ScanLimits {
    std::uint32_t seconds_max = 300; // libyara looks at the clock now and then: a little later it stops
    std::size_t places_max = 8; // told of each string; the total is always told
};

struct ScanOutcome {
    std::optional<Error> failure; // nothing is known about rules that were not received
    std::vector<std::string> crowded; // "rule $id": so many places that libyara stopped looking for this string
    std::uint64_t matched_rules = 0;
};

// Views the rule set, which must outlive it. Reused for many files, by one thread.
class Scanner {
public:
    explicit Scanner(RuleSet const& rules);
    ~Scanner();
    Scanner(Scanner const&) = delete;
    Scanner& operator=(Scanner const&) = delete;

    ScanOutcome scan(ByteView bytes, Externals const& externals, MatchReceiver& receiver, ScanLimits const& limits = {},
        std::stop_token const& stop = {});

private:
    struct State;
    std::unique_ptr<State> m_state;
};

// Bytes for people on one line: UTF-8 as it is, UTF-16 of ASCII without its zeros, everything else as \xhh.
std::string excerpt(ByteView bytes, std::size_t bytes_max = 120);

}
