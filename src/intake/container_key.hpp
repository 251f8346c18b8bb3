// The password of a Velociraptor container encrypted for its server (X509): from metadata.json and a private key; and
// RSA for other envelopes (cms.hpp). Not a key store: keys are handed in, live for a job and are written nowhere.
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

// How a secret was padded before RSA.
enum class RsaPadding : std::uint8_t { pkcs1, oaep_sha1, oaep_sha256, oaep_sha512 };
// Nothing when the key (PEM) is not the one, or asks for a passphrase.
std::optional<std::string> rsa_decrypted(ByteView secret, std::string const& pem, RsaPadding padding);

// Nothing when no key (PEM) opens it.
std::optional<std::string> container_password(std::string_view metadata_json, std::span<std::string const> keys);

}
