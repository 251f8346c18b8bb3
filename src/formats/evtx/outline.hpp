// The elements and attributes of a program, looked over once before its text is compiled: what is constant, what hangs
// on a value, what may be gone. Not a DOM: it holds indexes of ops.
#pragma once
#include "formats/evtx/program.hpp"

namespace konseki::evtx {

struct OutlineElement {
    std::uint32_t open = 0, start_end = 0, close = 0; // ops
    std::uint32_t parent = 0; // element, or Outline::none
    std::uint32_t child_count = 0, nested_count = 0, content_count = 0, optional_count = 0;
    bool is_short = false;
    bool has_lasting_child = false; // one that is there whatever the values are
    bool is_leaf() const { return child_count == 0 && nested_count == 0; }
    bool may_be_dropped() const { return is_leaf() && optional_count > 0; }
    bool may_be_empty() const { return !is_leaf() && nested_count == 0 && !has_lasting_child; }
};

// A run of ops that make up one attribute's or one element's text.
struct OutlineText {
    enum class Kind : std::uint8_t {
        blank, // nothing, or only empty values
        constant,
        slot, // one value of the record and nothing else
        mixed, // values among constant text that shows in any case
        odd, // several values and nothing else
    };
    Kind kind = Kind::blank;
    std::uint32_t first = 0, last = 0; // ops; `last` is behind them
    std::uint32_t slot_op = 0;
};

struct OutlineAttribute {
    std::uint32_t op = 0;
    OutlineText text;
};

class Outline {
public:
    static constexpr std::uint32_t none = 0xffffffff;
    // False: the program has a form that only the long way can write.
    bool build(Program const& program);
    OutlineElement const& element_at(std::uint32_t open_op) const { return m_elements[m_element_of[open_op]]; }
    std::uint32_t index_at(std::uint32_t open_op) const { return m_element_of[open_op]; }
    std::vector<OutlineElement> const& elements() const { return m_elements; }
    // Attributes that are there (constant blank ones never are).
    std::vector<OutlineAttribute> attributes(OutlineElement const& element) const;
    OutlineText content(OutlineElement const& element) const
    {
        return text(element.is_short ? element.close : element.start_end + 1, element.close);
    }
    std::uint32_t root_count() const { return m_root_count; }
    bool has_lasting_root() const { return m_root_count == 1 && !m_elements.front().may_be_dropped(); }

private:
    bool take(std::uint32_t index, Op const& op);
    bool close(std::uint32_t index, bool is_short);
    OutlineText text(std::uint32_t first, std::uint32_t last) const;

    Program const* m_program = nullptr;
    std::vector<OutlineElement> m_elements; // in document order
    std::vector<std::uint32_t> m_element_of, m_open;
    std::uint32_t m_root_count = 0;
    bool m_in_start_tag = false, m_in_attribute = false;
};

}
