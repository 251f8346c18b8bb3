#include "traces/windows_certificate/registry.hpp"
#include "bytes/byte_reader.hpp"
#include "bytes/sha1.hpp"
#include "bytes/utf16.hpp"
#include "traces/registry_keys.hpp"
#include "traces/registry_values.hpp"
#include "traces/windows_certificate/x509.hpp"
#include <array>

namespace konseki::windows_certificate {

namespace {

struct Place {
    std::string_view name, path; // the store is the third part from the end
};
constexpr std::array<Place, 4> places { {
    { "local", "Microsoft\\SystemCertificates\\*\\Certificates\\*" },
    { "policy", "Policies\\Microsoft\\SystemCertificates\\*\\Certificates\\*" },
    { "enterprise", "Microsoft\\EnterpriseCertificates\\*\\Certificates\\*" },
    { "service", "Microsoft\\Cryptography\\Services\\*\\SystemCertificates\\*\\Certificates\\*" },
} };

struct Blob {
    ByteView certificate;
    std::string friendly_name;
    bool has_private_key = false;
};

// Properties one after the other: number, 1, size, content [CERT_*_PROP_ID of wincrypt.h].
Blob read_blob(regf::Value const& value, DiagnosticSink& diagnostics)
{
    constexpr std::uint32_t private_key = 2, friendly_name = 11, certificate = 32;
    Blob blob;
    ByteReader reader { value.content, value.offset };
    while (reader.remaining() >= 12) {
        auto const number = reader.u32("certificate.property");
        reader.skip(4, "certificate.property.reserved");
        auto const size = reader.u32("certificate.property.size");
        auto const content = reader.take(size, "certificate.property.content");
        if (reader.failed())
            break;
        if (number == certificate)
            blob.certificate = content;
        else if (number == friendly_name)
            blob.friendly_name = utf8_from_utf16le(until_zero_utf16(content));
        else if (number == private_key)
            blob.has_private_key = true;
    }
    if (auto const status = reader.status(); !status.ok())
        diagnostics.report({ status.error(), reader.remaining() });
    return blob;
}

void emit_certificate(HiveView const& view, FoundKey const& found, std::string_view place, ParseContext& context)
{
    auto const value = view.hive.value(found.key, "Blob");
    auto const blob = value ? read_blob(*value, context.diagnostics) : Blob {};
    auto const thumbprint = blob.certificate.empty() ? std::string {} : to_string(sha1(blob.certificate));
    Certificate certificate;
    if (!blob.certificate.empty()) {
        auto read = read_certificate(blob.certificate);
        if (read.ok())
            certificate = std::move(read).value();
        else
            context.diagnostics.report({ read.error(), blob.certificate.size() });
    }
    auto const parts = split(found.path, '\\');
    CertificateRow row;
    row.hive = view.kind == HiveKind::software ? "software" : "user";
    row.user = view.user;
    row.place = place;
    row.store = parts[parts.size() - 3];
    row.thumbprint = unless_empty(thumbprint);
    row.key_name = found.key.name;
    if (!thumbprint.empty())
        row.is_named_rightly = equals_ignoring_case(thumbprint, found.key.name);
    row.subject = unless_empty(certificate.subject);
    row.issuer = unless_empty(certificate.issuer);
    row.serial = unless_empty(certificate.serial);
    row.valid_from = certificate.valid_from;
    row.valid_until = certificate.valid_until;
    if (!certificate.serial.empty())
        row.is_self_issued = certificate.is_self_issued;
    row.is_authority = certificate.is_authority;
    row.usages = unless_empty(certificate.usages);
    row.signature_algorithm = unless_empty(certificate.signature_algorithm);
    row.key_algorithm = unless_empty(certificate.key_algorithm);
    row.key_bits = certificate.key_bits;
    row.friendly_name = unless_empty(blob.friendly_name);
    row.has_private_key = blob.has_private_key;
    if (!blob.certificate.empty())
        row.certificate_bytes = static_cast<std::uint32_t>(blob.certificate.size());
    row.key_path = found.path;
    row.key_written_at = found.key.written_at;
    context.traces.emit(certificate_schema, value ? origin_of(*value) : origin_of(found.key), row);
}

void parse(HiveView const& view, ParseContext& context)
{
    for (auto const& place : places) {
        auto const path = std::string(software_prefix(view.kind)) + std::string(place.path);
        for (auto const& found : keys_at(view.hive, path, context.diagnostics)) {
            if (context.stop.stop_requested())
                return;
            emit_certificate(view, found, place.name, context);
        }
    }
}

constexpr std::array<Schema const*, 1> emitted { &certificate_schema.erased };

}

constinit RegistryArtefact const registry_artefact {
    .name = "windows_certificate",
    .title = "Certificates that are trusted, distrusted or owned",
    .emits = emitted,
    .kinds = HiveKind::user | HiveKind::software,
    .parse = parse,
};

}
