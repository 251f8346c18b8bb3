// write_random SEED COUNT FILE.evtx [FILE.jsonl]: random valid events, and beside them the truth, one JSON object per
// record. Not realistic events: it is for comparing readers (tests/peers/compare_evtx.py).
#include "base/text.hpp"
#include "support/evtx_random.hpp"
#include <cstdio>
#include <fstream>

using namespace konseki;
using namespace konseki::test;

namespace {
std::string truth_line(WrittenEvent const& event, WrittenPlace const& place)
{
    std::string line = format("{{\"record_id\":{},\"offset\":{},\"event_id\":{},\"provider\":{},\"channel\":{},"
                              "\"computer\":{},\"written_at\":\"{}\",\"fields\":[",
        place.record_id, place.offset, event.event_id, json_string(event.provider), json_string(event.channel),
        json_string(event.computer), to_string(event.written_at));
    bool first = true;
    for (auto const& [name, text] : expected_fields(event)) {
        append_format(line, "{}[{},{}]", first ? "" : ",", json_string(name), json_string(text));
        first = false;
    }
    return line + "]}\n";
}
}

int main(int argument_count, char** arguments)
{
    if (argument_count < 4) {
        std::fputs("write_random SEED COUNT FILE.evtx [FILE.jsonl]\n", stderr);
        return 2;
    }
    auto const seed = parse_uint(arguments[1]), count = parse_uint(arguments[2]);
    if (!seed || !count)
        return 2;
    auto const events = random_events(*seed, static_cast<std::size_t>(*count));
    auto const file = write_evtx(events);
    std::ofstream(arguments[3], std::ios::binary) << file.bytes;
    if (argument_count > 4) {
        std::ofstream truth(arguments[4], std::ios::binary);
        for (std::size_t i = 0; i < events.size(); ++i)
            truth << truth_line(events[i], file.records[i]);
    }
    return 0;
}
