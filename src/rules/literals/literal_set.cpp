#include "rules/literals/literal_set.hpp"
#include "base/result.hpp"
#include <algorithm>

namespace konseki::literals {

namespace {

// The trie before it is laid out. States are numbered in order of a depth-first walk over the sorted literals, so the
// children of a state come in the order of their bytes.
struct Trie {
    struct State {
        std::uint32_t first_child = 0, last_child = 0, next_sibling = 0;
        std::uint32_t place = 0; // in the double array
        std::uint32_t fallback = 0; // a trie state
        std::uint32_t output = 0;
        std::uint16_t symbol = 0;
    };
    std::vector<State> states { State {} };

    std::uint32_t add_child(std::uint32_t parent, std::uint16_t symbol)
    {
        auto const child = static_cast<std::uint32_t>(states.size());
        states.push_back({});
        states[child].symbol = symbol;
        auto& from = states[parent];
        if (from.first_child == 0)
            from.first_child = child;
        else
            states[from.last_child].next_sibling = child;
        from.last_child = child;
        return child;
    }
};

// Free cells in a doubly linked ring, so that a place for a node's children is found without walking over full
// stretches.
struct FreeCells {
    std::vector<std::uint32_t> next_free, previous_free;
    std::vector<bool> is_free;
    std::uint32_t first = 0; // 0: none (cell 0 is the root, never free)

    void grow(std::size_t size)
    {
        auto const old_size = is_free.size();
        next_free.resize(size, 0);
        previous_free.resize(size, 0);
        is_free.resize(size, true);
        for (auto i = std::max<std::size_t>(old_size, 1); i < size; ++i)
            append(static_cast<std::uint32_t>(i));
        if (old_size == 0)
            is_free[0] = false;
    }
    void append(std::uint32_t cell)
    {
        if (first == 0) {
            first = cell;
            next_free[cell] = previous_free[cell] = cell;
            return;
        }
        auto const last = previous_free[first];
        next_free[last] = cell;
        previous_free[cell] = last;
        next_free[cell] = first;
        previous_free[first] = cell;
    }
    void take(std::uint32_t cell)
    {
        is_free[cell] = false;
        if (next_free[cell] == cell) {
            first = 0;
            return;
        }
        next_free[previous_free[cell]] = next_free[cell];
        previous_free[next_free[cell]] = previous_free[cell];
        if (first == cell)
            first = next_free[cell];
    }
};

}

struct LiteralSet::Builder {
    LiteralSet& set;
    std::span<std::string_view const> literals;
    std::vector<std::uint32_t> order; // of literals, sorted by symbols
    Trie trie;
    FreeCells free_cells;
    std::vector<std::uint32_t> breadth_first;
    std::uint16_t class_count = 1;

    void number_classes()
    {
        std::array<std::uint64_t, 256> used {};
        for (auto const literal : literals) {
            for (char const c : literal)
                ++used[static_cast<unsigned char>(c)];
        }
        for (std::size_t byte = 0; byte < 256; ++byte) {
            if (used[byte] != 0)
                set.m_classes[byte] = class_count++;
        }
    }

    void sort_literals()
    {
        for (std::uint32_t i = 0; i < literals.size(); ++i) {
            if (!literals[i].empty())
                order.push_back(i);
        }
        // string_view compares as unsigned bytes, and classes are numbered in byte order
        std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
            auto const comparison = literals[a].compare(literals[b]);
            return comparison != 0 ? comparison < 0 : a < b;
        });
    }

    // Outputs: literals that end in a state, as a range of m_literals.
    void add_literals()
    {
        set.m_output_begins = { 0 };
        set.m_output_sizes = { 0 };
        set.m_pairs.assign(65'536 / 64, 0);
        std::vector<std::uint32_t> path { 0 };
        std::string_view previous;
        for (auto const index : order) {
            auto const literal = literals[index];
            if (trie.states.size() + literal.size() > states_max) {
                set.m_is_complete = false;
                break;
            }
            std::size_t shared = 0;
            while (shared < literal.size() && shared < previous.size() && literal[shared] == previous[shared])
                ++shared;
            path.resize(shared + 1);
            for (auto i = shared; i < literal.size(); ++i)
                path.push_back(trie.add_child(path.back(), set.m_classes[static_cast<unsigned char>(literal[i])]));
            auto& state = trie.states[path.back()];
            if (state.output == 0) {
                state.output = static_cast<std::uint32_t>(set.m_output_begins.size());
                set.m_output_begins.push_back(static_cast<std::uint32_t>(set.m_literals.size()));
                set.m_output_sizes.push_back(static_cast<std::uint32_t>(literal.size()));
            }
            set.m_literals.push_back(index);
            add_pairs(literal);
            previous = literal;
        }
        set.m_output_begins.push_back(static_cast<std::uint32_t>(set.m_literals.size()));
        set.m_output_parents.assign(set.m_output_begins.size(), 0);
    }

    void add_pairs(std::string_view literal)
    {
        auto const first = std::size_t { static_cast<unsigned char>(literal[0]) } << 8;
        if (literal.size() == 1) { // whatever follows
            for (std::size_t second = 0; second < 256; second += 64)
                set.m_pairs[(first + second) / 64] = ~0ULL;
            return;
        }
        auto const pair = first | static_cast<unsigned char>(literal[1]);
        set.m_pairs[pair / 64] |= 1ULL << (pair % 64);
    }

    std::uint32_t child_of(std::uint32_t state, std::uint16_t symbol) const
    {
        for (auto child = trie.states[state].first_child; child != 0; child = trie.states[child].next_sibling) {
            if (trie.states[child].symbol == symbol)
                return child;
        }
        return 0;
    }

    // Breadth first: a state's suffix is shorter, so it is linked already.
    void link_suffixes()
    {
        breadth_first.reserve(trie.states.size());
        breadth_first.push_back(0);
        for (std::size_t at = 0; at < breadth_first.size(); ++at) {
            auto const parent = breadth_first[at];
            for (auto child = trie.states[parent].first_child; child != 0; child = trie.states[child].next_sibling) {
                breadth_first.push_back(child);
                link_suffix(parent, child);
            }
        }
    }

    void link_suffix(std::uint32_t parent, std::uint32_t child)
    {
        auto& state = trie.states[child];
        auto suffix = parent;
        while (suffix != 0) {
            suffix = trie.states[suffix].fallback;
            auto const target = child_of(suffix, state.symbol);
            if (target != 0) {
                state.fallback = target;
                break;
            }
        }
        auto const inherited = trie.states[state.fallback].output;
        if (state.output == 0)
            state.output = inherited;
        else
            set.m_output_parents[state.output] = inherited;
    }

    bool fits(std::uint32_t base, std::vector<std::uint16_t> const& symbols) const
    {
        for (auto const symbol : symbols) {
            auto const cell = std::size_t { base } + symbol;
            if (cell < free_cells.is_free.size() && !free_cells.is_free[cell])
                return false;
        }
        return true;
    }

    std::uint32_t base_for(std::vector<std::uint16_t> const& symbols)
    {
        constexpr int attempts_max = 64; // a hole that many nodes did not fit will hardly fit this one: append instead
        auto cell = free_cells.first;
        for (int attempt = 0; cell != 0 && attempt < attempts_max; ++attempt) {
            if (cell >= symbols.front()) {
                auto const base = cell - symbols.front();
                if (fits(base, symbols))
                    return base;
            }
            cell = free_cells.next_free[cell];
            if (cell == free_cells.first)
                break;
        }
        auto const base = static_cast<std::uint32_t>(free_cells.is_free.size());
        return base;
    }

    void lay_out()
    {
        free_cells.grow(trie.states.size() + class_count + 1);
        std::vector<std::uint16_t> symbols;
        set.m_cells.resize(free_cells.is_free.size());
        for (auto const index : breadth_first) {
            symbols.clear();
            for (auto child = trie.states[index].first_child; child != 0; child = trie.states[child].next_sibling)
                symbols.push_back(trie.states[child].symbol);
            if (symbols.empty())
                continue;
            auto const base = base_for(symbols);
            auto const needed = std::size_t { base } + class_count + 1;
            if (needed > free_cells.is_free.size()) {
                free_cells.grow(needed);
                set.m_cells.resize(needed);
            }
            auto const place = trie.states[index].place;
            set.m_cells[place].base = base;
            for (auto child = trie.states[index].first_child; child != 0; child = trie.states[child].next_sibling) {
                auto const cell = base + trie.states[child].symbol;
                free_cells.take(cell);
                trie.states[child].place = cell;
                set.m_cells[cell].check = place + 1;
            }
        }
        // next() reads base + class of any state without a bound check
        std::uint32_t base_max = 0;
        for (auto const& cell : set.m_cells)
            base_max = std::max(base_max, cell.base);
        set.m_cells.resize(std::size_t { base_max } + class_count + 1);
        for (auto const& state : trie.states) {
            set.m_cells[state.place].fallback = trie.states[state.fallback].place;
            set.m_cells[state.place].output = state.output;
        }
    }
};

LiteralSet::LiteralSet(std::span<std::string_view const> literals)
{
    build(literals);
}

LiteralSet::LiteralSet(std::span<std::string const> literals)
{
    std::vector<std::string_view> const views(literals.begin(), literals.end());
    build(views);
}

void LiteralSet::build(std::span<std::string_view const> literals)
{
    Builder builder { *this, literals, {}, {}, {}, {} };
    builder.number_classes();
    builder.sort_literals();
    builder.add_literals();
    if (m_literals.empty())
        return;
    builder.link_suffixes();
    builder.lay_out();
    m_state_count = builder.trie.states.size();
    m_cells.shrink_to_fit();
}

std::size_t LiteralSet::memory_bytes() const
{
    return m_cells.capacity() * sizeof(Cell)
        + (m_output_begins.capacity() + m_output_parents.capacity() + m_output_sizes.capacity() + m_literals.capacity())
        * sizeof(std::uint32_t)
        + m_pairs.capacity() * sizeof(std::uint64_t);
}

}
