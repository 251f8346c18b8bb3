#include "traces/windows_certificate/x509.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "bytes/byte_reader.hpp"
#include <array>
#include <bit>

namespace konseki::windows_certificate {

namespace {

// [X.690, 8.1.2] identifier octets of what certificates are made of
constexpr std::uint8_t tag_boolean = 0x01, tag_integer = 0x02, tag_bits = 0x03, tag_bytes = 0x04, tag_object = 0x06,
                       tag_utc_time = 0x17, tag_general_time = 0x18, tag_wide_text = 0x1e, tag_sequence = 0x30,
                       tag_set = 0x31, tag_version = 0xa0, tag_extensions = 0xa3;

struct Element {
    std::uint8_t tag = 0;
    ByteView content;
};

// One element after the other. Lengths are definite, as DER demands, and of at most four bytes.
class Der {
public:
    explicit Der(ByteView bytes)
        : m_reader(bytes)
    {
    }
    bool is_done() const { return m_reader.failed() || m_reader.remaining() == 0; }
    Result<void> status() const { return m_reader.status(); }
    std::uint8_t peek() const
    {
        return m_reader.remaining() == 0 || m_reader.failed() ? std::uint8_t {}
                                                              : std::to_integer<std::uint8_t>(m_reader.rest()[0]);
    }
    Element next(std::string_view what)
    {
        Element element;
        element.tag = m_reader.u8(what);
        std::uint64_t size = m_reader.u8(what);
        if (size == 0x80 || size > 0x84) {
            m_reader.fail({ ErrorCode::bad_value, what, m_reader.offset(), 0x84, size, {} });
            return element;
        }
        if (size > 0x80) {
            auto const count = size & 0x7fU;
            size = 0;
            for (std::uint64_t i = 0; i < count; ++i)
                size = size << 8 | m_reader.u8(what);
        }
        element.content = m_reader.take(size, what);
        return element;
    }
    ByteView expect(std::uint8_t tag, std::string_view what)
    {
        auto const offset = m_reader.offset();
        auto const element = next(what);
        if (!m_reader.failed() && element.tag != tag)
            m_reader.fail({ ErrorCode::bad_magic, what, offset, tag, element.tag, {} });
        return m_reader.failed() ? ByteView {} : element.content;
    }

private:
    ByteReader m_reader;
};

std::string object_text(ByteView content)
{
    std::string text;
    std::uint64_t number = 0;
    for (auto const byte : content) {
        auto const value = std::to_integer<std::uint64_t>(byte);
        number = number << 7 | (value & 0x7fU);
        if ((value & 0x80U) != 0)
            continue;
        if (text.empty()) {
            auto const first = std::min<std::uint64_t>(number / 40, 2);
            append_format(text, "{}.{}", first, number - first * 40);
        } else {
            append_format(text, ".{}", number);
        }
        number = 0;
    }
    return text;
}

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
    auto number = object_text(content);
    for (auto const& known : objects) {
        if (known.number == number)
            return std::string(known.name);
    }
    return number;
}

std::string text_of(Element const& element)
{
    std::string text;
    if (element.tag == tag_wide_text) { // UTF-16, big-endian
        for (std::size_t i = 0; i + 1 < element.content.size(); i += 2)
            utf8::append(text,
                std::to_integer<char32_t>(element.content[i]) << 8 | std::to_integer<char32_t>(element.content[i + 1]));
        return text;
    }
    return utf8::repaired(as_text(element.content));
}

// "CN=…, O=…" in the order of the certificate.
std::string name_text(ByteView name)
{
    std::string text;
    Der sets { name };
    while (!sets.is_done()) {
        Der attributes { sets.expect(tag_set, "x509.name.set") };
        while (!attributes.is_done()) {
            Der attribute { attributes.expect(tag_sequence, "x509.name.attribute") };
            auto const type = object_name(attribute.expect(tag_object, "x509.name.type"));
            auto const value = attribute.next("x509.name.value");
            if (attribute.status().ok())
                append_format(text, "{}{}={}", text.empty() ? "" : ", ", type, text_of(value));
        }
    }
    return text;
}

// "YYMMDDhhmmssZ" (50 and later: 19xx) or "YYYYMMDDhhmmssZ" [RFC 5280, 4.1.2.5]
Timestamp time_of(Element const& element)
{
    std::string digits { as_text(element.content) };
    if (element.tag == tag_utc_time && digits.size() >= 2)
        digits.insert(0, digits[0] >= '5' ? "19" : "20");
    bool const is_time = element.tag == tag_utc_time || element.tag == tag_general_time;
    if (!is_time || digits.size() != 15 || digits.back() != 'Z')
        return {};
    auto const part = [&](std::size_t at) { return std::string_view(digits).substr(at, 2); };
    auto const text = format("{}{}-{}-{}T{}:{}:{}Z", part(0), part(2), part(4), part(6), part(8), part(10), part(12));
    return Timestamp::parse(text).value_or(Timestamp {});
}

void read_extension(ByteView content, Certificate& certificate)
{
    Der extension { content };
    auto const id = object_text(extension.expect(tag_object, "x509.extension.id"));
    if (extension.peek() == tag_boolean)
        extension.next("x509.extension.critical");
    Der value { extension.expect(tag_bytes, "x509.extension.value") };
    if (id == "2.5.29.19") { // basic constraints
        Der constraints { value.expect(tag_sequence, "x509.basic_constraints") };
        auto const flag
            = constraints.peek() == tag_boolean ? constraints.next("x509.basic_constraints.ca").content : ByteView {};
        certificate.is_authority = !flag.empty() && flag[0] != std::byte {};
    } else if (id == "2.5.29.37") { // extended key usage
        Der usages { value.expect(tag_sequence, "x509.usages") };
        while (!usages.is_done()) {
            auto const usage = usages.expect(tag_object, "x509.usage");
            if (!usage.empty())
                certificate.usages += (certificate.usages.empty() ? "" : "; ") + object_name(usage);
        }
    }
}

void read_key(ByteView content, Certificate& certificate)
{
    Der key { content };
    Der algorithm { key.expect(tag_sequence, "x509.key.algorithm") };
    certificate.key_algorithm = object_name(algorithm.expect(tag_object, "x509.key.algorithm"));
    auto const bits = key.expect(tag_bits, "x509.key.bits");
    if (certificate.key_algorithm != "RSA" || bits.empty())
        return;
    Der numbers { bits.subspan(1) }; // behind the count of unused bits
    Der parts { numbers.expect(tag_sequence, "x509.rsa") };
    auto modulus = parts.expect(tag_integer, "x509.rsa.modulus");
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
    Der file { der };
    Der outer { file.expect(tag_sequence, "x509.certificate") };
    TRY(file.status());
    Der fields { outer.expect(tag_sequence, "x509.to_be_signed") };
    TRY(outer.status());
    if (fields.peek() == tag_version)
        fields.next("x509.version");
    for (auto const byte : fields.expect(tag_integer, "x509.serial"))
        append_format(certificate.serial, "{:02x}", std::to_integer<unsigned>(byte));
    Der algorithm { fields.expect(tag_sequence, "x509.signature_algorithm") };
    certificate.signature_algorithm = object_name(algorithm.expect(tag_object, "x509.signature_algorithm"));
    auto const issuer = fields.expect(tag_sequence, "x509.issuer");
    Der validity { fields.expect(tag_sequence, "x509.validity") };
    certificate.valid_from = time_of(validity.next("x509.valid_from"));
    certificate.valid_until = time_of(validity.next("x509.valid_until"));
    auto const subject = fields.expect(tag_sequence, "x509.subject");
    auto const key = fields.expect(tag_sequence, "x509.key");
    TRY(fields.status());
    certificate.issuer = name_text(issuer);
    certificate.subject = name_text(subject);
    certificate.is_self_issued = as_text(issuer) == as_text(subject);
    read_key(key, certificate);
    while (!fields.is_done()) {
        auto const element = fields.next("x509.rest");
        if (element.tag != tag_extensions)
            continue;
        Der wrapper { element.content };
        Der extensions { wrapper.expect(tag_sequence, "x509.extensions") };
        while (!extensions.is_done())
            read_extension(extensions.expect(tag_sequence, "x509.extension"), certificate);
    }
    return certificate;
}

}
