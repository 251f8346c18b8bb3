// Random but valid events over every value type and form that the writer knows, for property tests and peers.
// Not realistic: see support/windows_events.hpp for events that look like Windows.
#pragma once
#include "support/evtx_writer.hpp"
#include "support/random.hpp"

namespace konseki::test {

WrittenEvent random_event(Random& random);
std::vector<WrittenEvent> random_events(std::uint64_t seed, std::size_t count);

}
