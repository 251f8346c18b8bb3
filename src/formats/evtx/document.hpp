// One record resolved for writing: the flat list of its elements, attributes and texts, with all values put in.
// Not kept: views the chunk, the programs and the decoder of the record in hand.
#pragma once
#include "formats/evtx/decoder.hpp"

namespace konseki::evtx {

struct Item {
    enum class Kind : std::uint8_t {
        open,
        attribute,
        text,
        value,
        entity,
        char_reference,
        cdata,
        pi_target,
        pi_text,
        close
    };
    Kind kind = Kind::open;
    std::uint8_t type = 0; // value: raw type
    bool has_children = false; // open
    bool is_short = false; // open: <name/> as stored
    bool is_dropped = false; // open: its optional value is null
    std::uint16_t number = 0; // char_reference
    std::uint32_t end = 0; // open: index of its close; attribute: behind its parts
    std::string_view text {}; // name, literal, or the bytes of a value
    ByteView bytes() const { return as_bytes(text); }
};

class Document {
public:
    explicit Document(Decoder& decoder, Limits const& limits)
        : m_decoder(decoder)
        , m_limits(limits)
    {
    }
    // Resolves parts that the decoder opened. An error tells what is missing; the rest is there.
    Error build(std::vector<Part> const& parts, Trust trust);
    std::vector<Item> const& items() const { return m_items; }

private:
    struct Frame {
        Part part;
        std::size_t op = 0;
        std::size_t open_elements = 0;
    };
    void take(Op const& op, Part const& part);
    void take_slot(Op const& op, Slot const& slot);
    void repeat_for_items(std::uint32_t open, std::uint32_t content);
    void close();
    void end_attribute();
    Error enter(Slot const& slot, Trust trust);

    Decoder& m_decoder;
    Limits const& m_limits;
    std::vector<Item> m_items;
    std::vector<std::uint32_t> m_open; // items of open elements
    std::vector<Frame> m_frames;
    std::vector<Part> m_nested;
    std::vector<Item> m_repeated;
    std::uint32_t m_last_attribute_end = 0;
    std::uint32_t m_attribute = 0; // item of the attribute in hand, or none
    static constexpr std::uint32_t none = 0xffffffff;
};

}
