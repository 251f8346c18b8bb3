// XML and JSON text of resolved records, in the layout of evtx_dump (omerbenamram/evtx 0.15): what Windows shows, and
// what SIEMs expect. Not Event text: record/event.hpp has its own canonical forms.
#pragma once
#include "formats/evtx/document.hpp"
#include "formats/evtx/evtx.hpp"
#include "formats/evtx/recipe.hpp"
#include <string>

namespace konseki::evtx {

void write_xml(std::vector<Item> const& items, std::string& target);
void write_json(std::vector<Item> const& items, std::string& target);

// Writes record after record; keeps compiled templates. Exports and benches use it directly.
class RecordWriter {
public:
    RecordWriter(Limits const& limits, Dictionary const* dictionary);
    void begin_chunk(ByteView chunk) { m_decoder.begin_chunk(chunk); }
    // BinXml in [begin, end) of the chunk.
    Error write(std::uint64_t begin, std::uint64_t end, Form form, std::string& target);
    // The same without compiled text. What `write` falls back to, and is tested against.
    Error write_slowly(std::uint64_t begin, std::uint64_t end, Form form, std::string& target);
    std::uint64_t slow_count() const { return m_slow_count; }

private:
    Decoder m_decoder;
    Document m_document;
    RecipeRunner m_xml, m_json;
    std::vector<Part> m_parts;
    std::uint64_t m_slow_count = 0;
};

}
