// Finds all of many literals in a text at once: an Aho-Corasick automaton laid out as a double array over byte classes.
// Not case folding and not anchors by itself: texts and literals are compared byte by byte; the caller looks at the
// place of a hit.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace konseki::literals {

// Immutable once built; may be shared by threads and forked processes. Owns copies of nothing but the automaton.
class LiteralSet {
public:
    static constexpr std::size_t states_max = 1U << 23;

    LiteralSet() = default;
    // Literal i is reported as i. Equal literals are reported one by one; empty ones are never reported.
    // Literals behind the first states_max bytes in all are left out: is_complete() says so.
    explicit LiteralSet(std::span<std::string_view const> literals);
    explicit LiteralSet(std::span<std::string const> literals);

    // found(literal, end): the literal lies before text[end]. In order of end, longer literals first. Returning false
    // stops.
    template <typename Found> void find(std::string_view text, Found&& found) const
    {
        if (m_cells.empty())
            return;
        std::uint32_t state = root;
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (state == root) { // most of a text begins no literal
                while (i + 1 < text.size() && !may_begin(text[i], text[i + 1]))
                    ++i;
            }
            state = next(state, static_cast<unsigned char>(text[i]));
            for (auto out = m_cells[state].output; out != 0; out = m_output_parents[out]) {
                for (auto at = m_output_begins[out]; at < m_output_begins[out + 1]; ++at) {
                    if (!found(m_literals[at], i + 1))
                        return;
                }
            }
        }
    }

    // Only literals that the text starts with: found(literal, size of the literal).
    template <typename Found> void find_prefixes(std::string_view text, Found&& found) const
    {
        walk(
            text.size(), [&](std::size_t i) { return text[i]; }, found);
    }
    // For a set of reversed literals: those that the text ends with, read backwards.
    template <typename Found> void find_suffixes(std::string_view text, Found&& found) const
    {
        walk(
            text.size(), [&](std::size_t i) { return text[text.size() - 1 - i]; }, found);
    }

    std::size_t literal_count() const { return m_literals.size(); }
    std::size_t state_count() const { return m_state_count; }
    std::size_t memory_bytes() const;
    bool is_complete() const { return m_is_complete; }

private:
    struct Cell {
        std::uint32_t base = 0; // children lie at base + class
        std::uint32_t check = 0; // parent's place + 1; 0: free
        std::uint32_t fallback = 0; // the longest proper suffix that is a state
        std::uint32_t output = 0; // index of the outputs of this state or of its nearest suffix that has any; 0: none
    };
    static constexpr std::uint32_t root = 0;

    std::uint32_t next(std::uint32_t state, unsigned char byte) const
    {
        auto const symbol = m_classes[byte];
        if (symbol == 0) // a byte that no literal holds
            return root;
        while (true) {
            auto const child = m_cells[state].base + symbol;
            if (m_cells[child].check == state + 1)
                return child;
            if (state == root)
                return root;
            state = m_cells[state].fallback;
        }
    }

    template <typename ByteAt, typename Found> void walk(std::size_t size, ByteAt byte_at, Found& found) const
    {
        if (m_cells.empty())
            return;
        std::uint32_t state = root;
        for (std::size_t i = 0; i < size; ++i) {
            auto const symbol = m_classes[static_cast<unsigned char>(byte_at(i))];
            auto const child = m_cells[state].base + symbol;
            if (symbol == 0 || m_cells[child].check != state + 1)
                return;
            state = child;
            auto const out = m_cells[state].output;
            if (out == 0 || m_output_sizes[out] != i + 1) // of a shorter suffix
                continue;
            for (auto at = m_output_begins[out]; at < m_output_begins[out + 1]; ++at)
                found(m_literals[at], i + 1);
        }
    }

    bool may_begin(char first, char second) const
    {
        auto const pair = (std::size_t { static_cast<unsigned char>(first) } << 8) | static_cast<unsigned char>(second);
        return (m_pairs[pair / 64] >> (pair % 64) & 1) != 0;
    }

    struct Builder;
    void build(std::span<std::string_view const> literals);

    std::array<std::uint16_t, 256> m_classes {}; // from 1; 0: in no literal
    std::vector<Cell> m_cells;
    std::vector<std::uint32_t> m_output_begins; // [0] unused; into m_literals
    std::vector<std::uint32_t> m_output_parents; // the next shorter suffix with outputs
    std::vector<std::uint32_t> m_output_sizes; // bytes of an output's literals
    std::vector<std::uint32_t> m_literals;
    std::vector<std::uint64_t> m_pairs; // bitmap over two bytes: a literal may begin so
    std::size_t m_state_count = 0;
    bool m_is_complete = true;
};

}
