// What our reader gives for a file, in a form that two readings can be compared by. For robustness tests.
#pragma once
#include "formats/evtx/evtx.hpp"
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace konseki::test {

struct ReadRecord {
    std::uint64_t record_id = 0, size_bytes = 0;
    evtx::Place place = evtx::Place::live;
    bool is_damaged = false;
    Timestamp written_at; // of the record header
    std::uint64_t content = 0; // hash over the system block and all names and values
    // Only with Keep::events:
    std::uint32_t event_id = 0;
    std::uint8_t level = 0;
    std::string provider, channel, computer, user_sid;
    Timestamp event_at;
    std::vector<std::pair<std::string, std::string>> fields;
};

enum class Keep : std::uint8_t { hashes, events };

struct Reading {
    std::map<std::uint64_t, ReadRecord> records; // by offset
    std::map<evtx::SignKind, std::uint64_t> signs;
    std::uint64_t bytes_lost = 0, diagnostics = 0;
    bool has_checksums = false; // the file header does not say that there are none
    std::set<std::uint64_t> bad_chunks; // whose records' checksum does not fit
    std::uint64_t count(evtx::Place place) const;
};

Reading read_evtx(std::string_view file, Keep keep = Keep::hashes);

}
