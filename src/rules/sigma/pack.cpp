#include "rules/sigma/pack.hpp"
#include "bytes/sha256.hpp"
#include <cstring>
#include <type_traits>
#include <zstd.h>

namespace konseki::sigma {

namespace {

// Both directions walk the same members: an encoder and a decoder cannot disagree.
class Encoder {
public:
    static constexpr bool reads = false;
    std::string bytes;

    void number(std::uint64_t value)
    {
        while (value >= 0x80) {
            bytes += static_cast<char>(value | 0x80);
            value >>= 7;
        }
        bytes += static_cast<char>(value);
    }
    void text(std::string const& value)
    {
        number(value.size());
        bytes += value;
    }
    bool failed() const { return false; }
};

class Decoder {
public:
    static constexpr bool reads = true;
    explicit Decoder(std::string_view bytes)
        : m_bytes(bytes)
    {
    }

    std::uint64_t number()
    {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            if (m_at == m_bytes.size()) {
                m_failed = true;
                return 0;
            }
            auto const byte = static_cast<unsigned char>(m_bytes[m_at++]);
            value |= std::uint64_t { byte & 0x7fU } << shift;
            if (byte < 0x80)
                return value;
        }
        m_failed = true;
        return 0;
    }
    // Of items of at least one byte each.
    std::uint64_t count()
    {
        auto const value = number();
        if (value <= m_bytes.size() - m_at)
            return value;
        m_failed = true;
        return 0;
    }
    void text(std::string& value)
    {
        auto const size = count();
        value.assign(m_bytes.substr(m_at, size));
        m_at += size;
    }
    bool failed() const { return m_failed; }
    bool at_end() const { return m_at == m_bytes.size(); }

private:
    std::string_view m_bytes;
    std::size_t m_at = 0;
    bool m_failed = false;
};

template <typename Coder, typename T> void code(Coder& coder, T& value);

template <typename Coder, typename First, typename... Rest> void code_all(Coder& coder, First& first, Rest&... rest)
{
    code(coder, first);
    if constexpr (sizeof...(rest) > 0)
        code_all(coder, rest...);
}

template <typename Coder> void members(Coder& coder, Words& value)
{
    code_all(coder, value.en, value.ja);
}
template <typename Coder> void members(Coder& coder, LogSource& value)
{
    code_all(coder, value.category, value.product, value.service);
}
template <typename Coder> void members(Coder& coder, Token& value)
{
    code_all(coder, value.kind, value.text);
}
template <typename Coder> void members(Coder& coder, Value& value)
{
    code_all(coder, value.kind, value.pattern, value.source, value.number, value.integer, value.is_integer,
        value.is_cased, value.starts_open, value.ends_open, value.ignores_case, value.is_multiline, value.dot_is_all,
        value.comparison, value.part);
}
template <typename Coder> void members(Coder& coder, Term& value)
{
    code_all(coder, value.field, value.match_all, value.is_negated, value.values, value.alternatives, value.line,
        value.written);
}
template <typename Coder> void members(Coder& coder, Block& value)
{
    code_all(coder, value.terms);
}
template <typename Coder> void members(Coder& coder, Selection& value)
{
    code_all(coder, value.name, value.any_of);
}
template <typename Coder> void members(Coder& coder, ConditionNode& value)
{
    code_all(coder, value.kind, value.selection, value.children);
}
template <typename Coder> void members(Coder& coder, Condition& value)
{
    code_all(coder, value.nodes, value.text);
}
template <typename Coder> void head_members(Coder& coder, RuleHead& value)
{
    code_all(coder, value.path, value.document, value.line, value.id, value.name, value.title, value.status,
        value.author, value.license, value.description, value.date, value.modified, value.level, value.tags,
        value.references, value.falsepositives, value.attack, value.fields, value.title_words, value.explanation,
        value.advice);
}
template <typename Coder> void members(Coder& coder, Rule& value)
{
    head_members(coder, value);
    code_all(coder, value.logsource, value.selections, value.condition, value.is_silent);
}
template <typename Coder> void members(Coder& coder, Reference& value)
{
    code_all(coder, value.name, value.is_correlation, value.index);
}
template <typename Coder> void members(Coder& coder, Alias& value)
{
    code_all(coder, value.name, value.fields);
}
template <typename Coder, typename A, typename B> void members(Coder& coder, std::pair<A, B>& value)
{
    code_all(coder, value.first, value.second);
}
template <typename Coder> void members(Coder& coder, Correlation& value)
{
    head_members(coder, value);
    code_all(coder, value.type, value.rules, value.group_by, value.timespan_ticks, value.bounds, value.value_fields,
        value.percentile, value.expression, value.aliases, value.generate, value.is_silent, value.is_from_aggregation);
}
template <typename Coder> void members(Coder& coder, Problem& value)
{
    code_all(coder, value.path, value.document, value.id, value.title, value.line, value.reason, value.detail);
}
template <typename Coder> void members(Coder& coder, PackedSet& value)
{
    code_all(coder, value.document_count, value.filter_count, value.rules, value.correlations, value.problems);
}

template <typename T> struct IsVector : std::false_type { };
template <typename T> struct IsVector<std::vector<T>> : std::true_type { };

template <typename Coder, typename T> void code_number(Coder& coder, T& value)
{
    if constexpr (Coder::reads)
        value = static_cast<T>(coder.number());
    else
        coder.number(static_cast<std::uint64_t>(value));
}

template <typename Coder, typename T> void code(Coder& coder, T& value)
{
    if constexpr (std::is_same_v<T, std::string>) {
        coder.text(value);
    } else if constexpr (std::is_same_v<T, double>) {
        std::uint64_t bits = 0;
        std::memcpy(&bits, &value, sizeof(bits));
        code_number(coder, bits);
        std::memcpy(&value, &bits, sizeof(bits));
    } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
        code_number(coder, value);
    } else if constexpr (IsVector<T>::value) {
        if constexpr (Coder::reads) {
            auto const count = coder.count();
            for (std::uint64_t i = 0; i < count && !coder.failed(); ++i)
                code(coder, value.emplace_back());
        } else {
            coder.number(value.size());
            for (auto& item : value)
                code(coder, item);
        }
    } else {
        members(coder, value);
    }
}

bool is_sound(Condition const& condition, std::size_t selection_count)
{
    for (std::size_t i = 0; i < condition.nodes.size(); ++i) {
        auto const& node = condition.nodes[i];
        if (node.kind > ConditionNode::Kind::always
            || (node.kind == ConditionNode::Kind::selection && node.selection >= selection_count))
            return false;
        if (node.kind == ConditionNode::Kind::negation && node.children.size() != 1)
            return false;
        for (auto const child : node.children) {
            if (child >= i)
                return false;
        }
    }
    return !condition.nodes.empty();
}

bool is_sound(Term const& term)
{
    std::uint64_t alternatives = 0;
    for (auto const count : term.alternatives)
        alternatives += count;
    if (!term.alternatives.empty() && alternatives != term.values.size())
        return false;
    for (auto const& value : term.values) {
        if (value.kind > ValueKind::field || value.comparison > Comparison::greater_or_equal
            || value.part > TimePart::year)
            return false;
        for (auto const& token : value.pattern) {
            if (token.kind > Token::Kind::one) // placeholders never get this far
                return false;
        }
    }
    return true;
}

bool is_sound(Rule const& rule)
{
    for (auto const& selection : rule.selections) {
        for (auto const& block : selection.any_of) {
            for (auto const& term : block.terms) {
                if (!is_sound(term))
                    return false;
            }
        }
    }
    return rule.level <= Severity::critical && is_sound(rule.condition, rule.selections.size());
}

bool is_sound(PackedSet const& set)
{
    for (auto const& rule : set.rules) {
        if (!is_sound(rule))
            return false;
    }
    for (auto const& correlation : set.correlations) {
        if (correlation.type > CorrelationType::value_median || correlation.level > Severity::critical)
            return false;
        for (auto const& reference : correlation.rules) {
            if (reference.index >= (reference.is_correlation ? set.correlations.size() : set.rules.size()))
                return false;
        }
        for (auto const& [comparison, number] : correlation.bounds) {
            if (comparison > Comparison::greater_or_equal)
                return false;
        }
    }
    for (auto const& problem : set.problems) {
        if (problem.reason > Reason::duplicate)
            return false;
    }
    return true;
}

constexpr std::string_view magic = "KONSEKI-RULES-1\n";
constexpr std::size_t header_bytes = 16 + 8 + 32;
constexpr std::uint64_t unpacked_bytes_max = 512ULL << 20;

Error bad_pack(std::string_view what, ErrorCode code)
{
    return { code, what, 0, 0, 0, {} };
}

// Not secrecy: scanners that open zstd must not find a rule's strings either.
void mask(std::string& bytes, std::size_t from)
{
    std::uint64_t state = 0x2545f4914f6cdd1dULL;
    for (auto i = from; i < bytes.size(); ++i) {
        if ((i - from) % 8 == 0) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
        }
        bytes[i] = static_cast<char>(
            static_cast<unsigned char>(bytes[i]) ^ static_cast<unsigned char>(state >> ((i - from) % 8 * 8)));
    }
}

}

std::string encode(PackedSet const& set)
{
    Encoder encoder;
    auto copy = set; // members() takes references that a decoder may write
    members(encoder, copy);
    return std::move(encoder.bytes);
}

Result<PackedSet> decode(ByteView bytes)
{
    Decoder decoder(as_text(bytes));
    PackedSet set;
    members(decoder, set);
    if (decoder.failed() || !decoder.at_end())
        return bad_pack("sigma.pack.content", ErrorCode::truncated);
    if (!is_sound(set))
        return bad_pack("sigma.pack.content", ErrorCode::bad_value);
    return set;
}

std::string compress_pack(std::string_view encoded)
{
    std::string pack(magic);
    std::uint64_t const size = encoded.size();
    pack.append(sizeof(size), '\0');
    std::memcpy(pack.data() + magic.size(), &size, sizeof(size));
    auto const digest = sha256(as_bytes(encoded));
    pack += as_text(digest.bytes);
    auto const bound = ZSTD_compressBound(encoded.size());
    pack.resize(header_bytes + bound);
    auto const written = ZSTD_compress(pack.data() + header_bytes, bound, encoded.data(), encoded.size(), 12);
    VERIFY(ZSTD_isError(written) == 0);
    pack.resize(header_bytes + written);
    mask(pack, header_bytes);
    return pack;
}

bool has_pack_magic(ByteView head)
{
    return as_text(head).starts_with(magic);
}

Result<std::string> open_pack(ByteView pack)
{
    if (!has_pack_magic(pack) || pack.size() < header_bytes)
        return bad_pack("sigma.pack.magic", ErrorCode::bad_magic);
    std::uint64_t size = 0;
    std::memcpy(&size, pack.data() + magic.size(), sizeof(size));
    if (size > unpacked_bytes_max)
        return bad_pack("sigma.pack.size", ErrorCode::limit);
    std::string body(as_text(pack).substr(header_bytes));
    mask(body, 0);
    std::string encoded(size, '\0');
    auto const read = ZSTD_decompress(encoded.data(), encoded.size(), body.data(), body.size());
    if (ZSTD_isError(read) != 0 || read != size)
        return bad_pack("sigma.pack.body", ErrorCode::bad_value);
    auto const digest = sha256(as_bytes(encoded));
    if (as_text(digest.bytes) != as_text(pack).substr(magic.size() + 8, 32))
        return bad_pack("sigma.pack.digest", ErrorCode::bad_checksum);
    return encoded;
}

}
