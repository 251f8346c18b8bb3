#include "formats/regf/cells.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "bytes/utf16.hpp"

namespace konseki::regf {

void StoredName::append_decoded(std::string& target) const
{
    if (!is_latin1) {
        append_utf16le(target, bytes);
        return;
    }
    target.reserve(target.size() + 2 * bytes.size());
    for (auto const byte : bytes)
        utf8::append(target, std::to_integer<char32_t>(byte));
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
