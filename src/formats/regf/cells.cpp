#include "formats/regf/cells.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "bytes/utf16.hpp"

namespace konseki::regf {

namespace {

bool is_ascii(std::string_view text)
{
    constexpr std::uint64_t high_bits = 0x8080'8080'8080'8080;
    std::uint64_t seen = 0;
    for (; text.size() >= 8; text.remove_prefix(8))
        seen |= field<std::uint64_t, 0>(as_bytes(text).first<8>());
    for (auto const c : text)
        seen |= static_cast<unsigned char>(c);
    return (seen & high_bits) == 0;
}

}

void StoredName::append_to(std::string& target) const
{
    if (!is_latin1) {
        append_utf16le(target, bytes);
        return;
    }
    auto const latin1 = as_text(bytes);
    if (is_ascii(latin1)) {
        target += latin1;
        return;
    }
    target.reserve(target.size() + 2 * latin1.size());
    for (auto const c : latin1)
        utf8::append(target, static_cast<unsigned char>(c));
}

std::string StoredName::text() const
{
    std::string text;
    append_to(text);
    return text;
}

bool StoredName::equals(std::string_view text) const
{
    if (is_latin1 && is_ascii(as_text(bytes)) && is_ascii(text))
        return equals_ignoring_case(as_text(bytes), text);
    auto const own = this->text();
    return equals_ignoring_case(own, text) || fold_utf8(own) == fold_utf8(text);
}

}
