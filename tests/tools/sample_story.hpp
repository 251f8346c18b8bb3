// The made-up incident of the sample case: an ordinary week of four machines, and what an intruder did in it.
// Every name, host and address is our own invention (example.jp, RFC 5737, RFC 1918); nothing is taken from a real
// case.
#pragma once
#include "support/windows_events.hpp"

namespace konseki::test {

// Something that an examination should bring to light.
struct Planted {
    std::string host, channel;
    std::uint32_t event_id = 0;
    std::string needle; // text in one of the event's fields
    std::string what;
};

struct SampleStory {
    explicit SampleStory(std::uint64_t seed);

    WindowsMachine web, files, desk, directory;
    std::vector<Planted> planted;
    // Events of FS01's security log from before it was cleared: they survive in slack space only.
    std::vector<WrittenEvent> cleared;
};

}
