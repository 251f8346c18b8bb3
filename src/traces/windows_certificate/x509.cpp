#include "traces/windows_certificate/x509.hpp"
#include "base/text.hpp"
#include "bytes/der.hpp"
#include <array>
#include <bit>

namespace konseki::windows_certificate {

namespace {

struct Known {
    std::string_view number, name;
};
constexpr std::array<Known, 37> objects { {
    { "2.5.4.3", "CN" },
    { "2.5.4.4", "SN" },
    { "2.5.4.5", "SERIALNUMBER" },
    { "2.5.4.6", "C" },
    { "2.5.4.7", "L" },
    { "2.5.4.8", "S" },
    { "2.5.4.9", "STREET" },
    { "2.5.4.10", "O" },
    { "2.5.4.11", "OU" },
    { "2.5.4.12", "T" },
    { "2.5.4.17", "PostalCode" },
    { "1.2.840.113549.1.9.1", "E" },
    { "0.9.2342.19200300.100.1.25", "DC" },
    { "0.9.2342.19200300.100.1.1", "UID" },
    { "1.2.840.113549.1.1.1", "RSA" },
    { "1.2.840.113549.1.1.2", "md2RSA" },
    { "1.2.840.113549.1.1.4", "md5RSA" },
    { "1.2.840.113549.1.1.5", "sha1RSA" },
    { "1.2.840.113549.1.1.10", "RSASSA-PSS" },
    { "1.2.840.113549.1.1.11", "sha256RSA" },
    { "1.2.840.113549.1.1.12", "sha384RSA" },
    { "1.2.840.113549.1.1.13", "sha512RSA" },
    { "1.3.14.3.2.29", "sha1RSA" },
    { "1.2.840.10040.4.1", "DSA" },
    { "1.2.840.10045.2.1", "EC" },
    { "1.2.840.10045.4.3.2", "sha256ECDSA" },
    { "1.2.840.10045.4.3.3", "sha384ECDSA" },
    { "1.2.840.10045.4.3.4", "sha512ECDSA" },
    { "1.3.6.1.5.5.7.3.1", "server authentication" },
    { "1.3.6.1.5.5.7.3.2", "client authentication" },
    { "1.3.6.1.5.5.7.3.3", "code signing" },
    { "1.3.6.1.5.5.7.3.4", "secure mail" },
    { "1.3.6.1.5.5.7.3.8", "time stamping" },
    { "1.3.6.1.5.5.7.3.9", "OCSP signing" },
    { "1.3.6.1.4.1.311.20.2.2", "smart card logon" },
    { "1.3.6.1.4.1.311.10.3.4", "file encryption" },
    { "2.5.29.37.0", "any" },
} };

std::string object_name(ByteView content)
{
    auto number = der::object_text(content);
    for (auto const& known : objects) {
        if (known.number == number)
            return std::string(known.name);
    }
    return number;
}

// "CN=…, O=…" in the order of the certificate.
std::string name_text(ByteView name)
{
    std::string text;
    der::Reader sets { name };
    while (!sets.is_done()) {
        der::Reader attributes { sets.expect(der::set, "x509.name.set") };
        while (!attributes.is_done()) {
            der::Reader attribute { attributes.expect(der::sequence, "x509.name.attribute") };
            auto const type = object_name(attribute.expect(der::object, "x509.name.type").content);
            auto const value = attribute.next("x509.name.value");
            if (attribute.status().ok())
                append_format(text, "{}{}={}", text.empty() ? "" : ", ", type, der::text_of(value));
        }
    }
    return text;
}

void read_extension(ByteView content, Certificate& certificate)
{
    der::Reader extension { content };
    auto const id = der::object_text(extension.expect(der::object, "x509.extension.id").content);
    if (extension.peek() == der::boolean)
        extension.next("x509.extension.critical");
    der::Reader value { extension.expect(der::octets, "x509.extension.value") };
    if (id == "2.5.29.19") { // basic constraints
        der::Reader constraints { value.expect(der::sequence, "x509.basic_constraints") };
        auto const flag
            = constraints.peek() == der::boolean ? constraints.next("x509.basic_constraints.ca").content : ByteView {};
        certificate.is_authority = !flag.empty() && flag[0] != std::byte {};
    } else if (id == "2.5.29.37") { // extended key usage
        der::Reader usages { value.expect(der::sequence, "x509.usages") };
        while (!usages.is_done()) {
            auto const usage = usages.expect(der::object, "x509.usage").content;
            if (!usage.empty())
                certificate.usages += (certificate.usages.empty() ? "" : "; ") + object_name(usage);
        }
    }
}

void read_key(ByteView content, Certificate& certificate)
{
    der::Reader key { content };
    der::Reader algorithm { key.expect(der::sequence, "x509.key.algorithm") };
    certificate.key_algorithm = object_name(algorithm.expect(der::object, "x509.key.algorithm").content);
    auto const bits = key.expect(der::bits, "x509.key.bits").content;
    if (certificate.key_algorithm != "RSA" || bits.empty())
        return;
    der::Reader numbers { bits.subspan(1) }; // behind the count of unused bits
    der::Reader parts { numbers.expect(der::sequence, "x509.rsa") };
    auto modulus = parts.expect(der::integer, "x509.rsa.modulus").content;
    while (!modulus.empty() && modulus[0] == std::byte {})
        modulus = modulus.subspan(1);
    if (!modulus.empty())
        certificate.key_bits = static_cast<std::uint32_t>(modulus.size() * 8)
            - static_cast<std::uint32_t>(std::countl_zero(std::to_integer<std::uint8_t>(modulus[0])));
}

}

Result<Certificate> read_certificate(ByteView der)
{
    Certificate certificate;
    der::Reader file { der };
    der::Reader outer { file.expect(der::sequence, "x509.certificate") };
    TRY(file.status());
    der::Reader fields { outer.expect(der::sequence, "x509.to_be_signed") };
    TRY(outer.status());
    if (fields.peek() == der::context_0)
        fields.next("x509.version");
    certificate.serial = der::hex_of(fields.expect(der::integer, "x509.serial").content);
    der::Reader algorithm { fields.expect(der::sequence, "x509.signature_algorithm") };
    certificate.signature_algorithm = object_name(algorithm.expect(der::object, "x509.signature_algorithm").content);
    auto const issuer = fields.expect(der::sequence, "x509.issuer").content;
    der::Reader validity { fields.expect(der::sequence, "x509.validity") };
    certificate.valid_from = der::time_of(validity.next("x509.valid_from"));
    certificate.valid_until = der::time_of(validity.next("x509.valid_until"));
    auto const subject = fields.expect(der::sequence, "x509.subject").content;
    auto const key = fields.expect(der::sequence, "x509.key").content;
    TRY(fields.status());
    certificate.issuer = name_text(issuer);
    certificate.subject = name_text(subject);
    certificate.is_self_issued = as_text(issuer) == as_text(subject);
    read_key(key, certificate);
    while (!fields.is_done()) {
        auto const element = fields.next("x509.rest");
        if (element.tag != der::context_3)
            continue;
        der::Reader wrapper { element };
        der::Reader extensions { wrapper.expect(der::sequence, "x509.extensions") };
        while (!extensions.is_done())
            read_extension(extensions.expect(der::sequence, "x509.extension").content, certificate);
    }
    return certificate;
}

}
