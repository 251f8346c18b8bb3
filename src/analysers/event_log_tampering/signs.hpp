// What each sign of formats/evtx means to an analyst: how grave, in which words, and when it means little.
// Not the finding of signs (formats/evtx) and not queries (analyser.cpp).
#pragma once
#include "record/finding.hpp"
#include <span>
#include <string_view>

namespace konseki::event_log_tampering {

enum class OnlyFor : std::uint8_t {
    any,
    own_numbering, // record ids say nothing in logs that hold events of several machines (forwarded events)
};

struct SignMeaning {
    std::string_view kind; // as windows.event_log.sign names it
    Severity severity; // in a log that was closed properly
    Severity severity_dirty; // in a log that was copied while open, or not closed: most header and checksum signs are
                             // then expected
    OnlyFor only_for;
    std::string_view title, title_ja, explanation, explanation_ja;
};

std::span<SignMeaning const> sign_meanings(); // in the order findings are written
SignMeaning const* find_meaning(std::string_view kind);

}
