// The password of a Velociraptor container encrypted for its server (X509): from metadata.json and a private key.
// Not a key store: keys are handed in, live for a job and are written nowhere.
// Source: fsa.md section 7; Velociraptor's documentation of encrypted offline collections: RSA-OAEP with SHA-512.
#pragma once
#include "base/byte_view.hpp"
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace konseki::intake {

// The text of "name" in a flat JSON object, base64 and names only: escapes end it. Empty: absent.
std::string_view json_text(std::string_view json, std::string_view name);

bool is_x509_container(std::string_view metadata_json);

// Nothing when no key (PEM) opens it.
std::optional<std::string> container_password(std::string_view metadata_json, std::span<std::string const> keys);

}
