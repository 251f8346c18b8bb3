#include "traces/linux_ssh/key.hpp"
#include "base/base64.hpp"
#include "base/text.hpp"
#include "bytes/byte_reader.hpp"
#include "bytes/sha256.hpp"
#include "traces/linux_text.hpp"
#include <algorithm>
#include <array>

namespace konseki::linux_ssh {

namespace {

bool is_type(std::string_view word)
{
    constexpr std::array<std::string_view, 5> beginnings { "ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-", "rsa-sha2-" };
    return std::ranges::any_of(beginnings, [&](auto beginning) { return word.starts_with(beginning); })
        && word.find_first_of("\",=") == std::string_view::npos;
}

// The options in front: up to the first blank outside quotes.
std::string_view take_options(std::string_view& rest)
{
    bool is_quoted = false;
    std::size_t end = 0;
    for (; end < rest.size(); ++end) {
        if (rest[end] == '\\' && rest.substr(end + 1, 1) == "\"")
            ++end;
        else if (rest[end] == '"')
            is_quoted = !is_quoted;
        else if (!is_quoted && (rest[end] == ' ' || rest[end] == '\t'))
            break;
    }
    auto const options = rest.substr(0, std::min(end, rest.size()));
    rest = trim(rest.substr(options.size()));
    return options;
}

std::string command_of(std::string_view options)
{
    auto const lower = ascii_lower(options);
    auto at = lower.find("command=\"");
    while (at != std::string::npos && at != 0 && lower[at - 1] != ',') // not inside another option's value
        at = lower.find("command=\"", at + 1);
    std::string command;
    if (at == std::string::npos)
        return command;
    for (auto i = at + 9; i < options.size() && options[i] != '"'; ++i) {
        if (options[i] == '\\' && options.substr(i + 1, 1) == "\"")
            ++i;
        command += options[i];
    }
    return command;
}

bool is_number(std::string_view word)
{
    return !word.empty() && word.find_first_not_of("0123456789") == std::string_view::npos;
}

void read_blob(Key& key)
{
    auto const blob = from_base64(key.base64);
    if (!blob || blob->size() < 8)
        return;
    auto const digest = to_base64(sha256(*blob).bytes);
    key.fingerprint = "SHA256:" + digest.substr(0, digest.find('='));
    ByteReader reader { *blob };
    auto const size = reader.u32_be("ssh.key.type_size");
    auto const type = as_text(reader.take(size, "ssh.key.type"));
    key.is_type_true = reader.status().ok() && type == key.type;
}

}

std::optional<Key> read_key(std::string_view line)
{
    auto rest = trim(line);
    if (rest.empty() || rest.front() == '#')
        return std::nullopt;
    Key key;
    auto first = rest;
    auto const word = take_word(first);
    if (!is_type(word) && !is_number(word)) {
        key.options = take_options(rest);
        key.command = command_of(key.options);
    }
    key.type = take_word(rest);
    if (is_number(key.type)) { // protocol 1: bits, exponent, modulus, comment
        auto const exponent = take_word(rest);
        auto const modulus = take_word(rest);
        if (!is_number(exponent) || !is_number(modulus))
            return std::nullopt;
        key.type = "rsa1";
        key.base64 = modulus;
        key.comment = trim(rest);
        return key;
    }
    if (!is_type(key.type))
        return std::nullopt;
    key.base64 = take_word(rest);
    key.comment = trim(rest);
    read_blob(key);
    return key;
}

}
