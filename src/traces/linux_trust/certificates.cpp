#include "traces/linux_trust/certificates.hpp"
#include "base/base64.hpp"
#include "base/identity.hpp"
#include "bytes/sha256.hpp"
#include <algorithm>
#include <optional>

namespace konseki::linux_trust {

namespace {

constexpr std::string_view begin_mark = "-----BEGIN ";
constexpr std::string_view end_mark = "-----END ";

// The digits of a PEM block stand in lines.
std::optional<std::vector<std::byte>> decoded(std::string_view lines)
{
    std::string digits { lines };
    std::erase_if(digits, [](char c) { return c == '\n' || c == '\r' || c == ' ' || c == '\t' || c == '='; });
    return from_base64(digits);
}

// commonName is 2.5.4.3: 06 03 55 04 03, then a string of at most 127 bytes, as all names in use are.
std::vector<std::string> common_names(ByteView der)
{
    constexpr std::string_view mark { "\x06\x03\x55\x04\x03", 5 };
    auto const text = as_text(der);
    std::vector<std::string> names;
    for (auto at = text.find(mark); at != std::string_view::npos && names.size() < 8; at = text.find(mark, at + 5)) {
        auto const rest = text.substr(at + 5);
        if (rest.size() < 2)
            break;
        auto const size = static_cast<unsigned char>(rest[1]);
        if (size < 128 && rest.size() >= 2U + size)
            names.emplace_back(rest.substr(2, size));
    }
    return names;
}

Certificate certificate_of(ByteView der, std::uint64_t offset, std::uint64_t size)
{
    return { offset, size, to_string(sha256(der)), common_names(der) };
}

}

std::vector<Certificate> read_certificates(ByteView file)
{
    std::vector<Certificate> certificates;
    auto const text = as_text(file);
    if (file.size() >= 4 && file[0] == std::byte { 0x30 } && file[1] == std::byte { 0x82 }) {
        certificates.push_back(certificate_of(file, 0, file.size()));
        return certificates;
    }
    for (auto begin = text.find(begin_mark); begin != std::string_view::npos;
         begin = text.find(begin_mark, begin + 1)) {
        auto const line = text.find('\n', begin);
        if (line == std::string_view::npos)
            break;
        auto const label = text.substr(begin, line - begin);
        auto const end = std::min(text.find(end_mark, line), text.size());
        if (label.find("CERTIFICATE") == std::string_view::npos)
            continue;
        auto const der = decoded(text.substr(line, end - line));
        auto const size = std::min(text.find('\n', end), text.size()) - begin;
        if (der && end < text.size())
            certificates.push_back(certificate_of(*der, begin, size));
        else
            certificates.push_back({ begin, size, {}, {} });
        if (end == text.size()) // no end mark follows: what begins behind has none either
            break;
    }
    return certificates;
}

}
