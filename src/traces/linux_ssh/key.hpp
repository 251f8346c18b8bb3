// One line of authorized_keys or of a .pub file, taken apart.
// Not a check of signatures or certificates.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace konseki::linux_ssh {

struct Key {
    std::string_view options, type, base64, comment; // views of the line
    std::string command; // of the option command="…", its escapes undone
    std::string fingerprint; // "SHA256:…"; empty: the base64 is broken
    bool is_type_true = true; // the key's own bytes begin with the type that is written
};

// Nothing for lines that hold no key.
std::optional<Key> read_key(std::string_view line);

}
