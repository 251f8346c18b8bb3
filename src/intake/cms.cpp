#include "intake/cms.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "intake/container_key.hpp"
#include "os/file.hpp"
#include <algorithm>
#include <array>
#include <memory>
#include <openssl/err.h>
#include <openssl/evp.h>

namespace konseki::intake {

namespace {

constexpr std::size_t recipients_max = 64;
constexpr std::size_t depth_max = 32;
constexpr std::size_t block_bytes = 256U << 10;

// [RFC 5652, RFC 8017, NIST] object identifiers as they are encoded
constexpr std::string_view enveloped_data { "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03", 9 };
constexpr std::string_view oaep { "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x07", 9 };
constexpr std::string_view sha256_id { "\x60\x86\x48\x01\x65\x03\x04\x02\x01", 9 };
constexpr std::string_view aes_prefix { "\x60\x86\x48\x01\x65\x03\x04\x01", 8 };
constexpr std::string_view triple_des { "\x2a\x86\x48\x86\xf7\x0d\x03\x07", 8 };

// [X.690 8.1.2] tags
constexpr std::uint8_t end_mark = 0x00, integer = 0x02, octets = 0x04, object_id = 0x06, sequence = 0x30, set = 0x31;
constexpr std::uint8_t content_in_one = 0x80, content_in_pieces = 0xa0;

struct Element {
    std::uint8_t tag = 0;
    std::optional<std::uint64_t> size; // absent: up to an end mark
    std::uint64_t content = 0; // offset of its content
};

// [X.690 8.1] tag and length; the tags of this format are one byte.
std::optional<Element> element_at(ByteView bytes, std::uint64_t offset)
{
    if (offset + 2 > bytes.size())
        return std::nullopt;
    auto const at = [&](std::uint64_t place) { return std::to_integer<std::uint8_t>(bytes[place]); };
    Element element { at(offset), std::nullopt, offset + 2 };
    auto const first = at(offset + 1);
    if ((element.tag & 0x1fU) == 0x1f)
        return std::nullopt; // a tag of several bytes
    if (first < 0x80) {
        element.size = first;
    } else if (first > 0x80) {
        auto const count = first & 0x7fU;
        if (count > 8 || offset + 2 + count > bytes.size())
            return std::nullopt;
        std::uint64_t size = 0;
        for (std::uint64_t index = 0; index < count; ++index)
            size = size << 8U | at(offset + 2 + index);
        element.size = size;
        element.content += count;
    }
    return element;
}

// Walks the head of the envelope; the first step that does not fit fails all others.
class HeadReader {
public:
    explicit HeadReader(ByteView bytes)
        : m_bytes(bytes)
    {
    }

    std::uint64_t offset() const { return m_offset; }
    bool failed() const { return m_failed; }
    std::uint8_t tag() const
    {
        return !m_failed && m_offset < m_bytes.size() ? std::to_integer<std::uint8_t>(m_bytes[m_offset]) : end_mark;
    }

    Element enter(std::uint8_t tag)
    {
        auto const element = element_at(m_bytes, m_offset);
        if (m_failed || !element || element->tag != tag) {
            m_failed = true;
            return {};
        }
        m_offset = element->content;
        return *element;
    }

    ByteView content(std::uint8_t tag)
    {
        auto const element = enter(tag);
        if (m_failed || !element.size || *element.size > m_bytes.size() - m_offset) {
            m_failed = true;
            return {};
        }
        auto const view = m_bytes.subspan(m_offset, *element.size);
        m_offset += *element.size;
        return view;
    }

    // Past the element, whatever it holds; end marks close those of unknown length.
    void skip()
    {
        std::size_t open = 0;
        do {
            auto const element = element_at(m_bytes, m_offset);
            if (!element || open > depth_max || (element->size && *element->size > m_bytes.size() - element->content)) {
                m_failed = true;
                return;
            }
            m_offset = element->content + element->size.value_or(0);
            if (!element->size)
                ++open;
            else if (element->tag == end_mark && open > 0)
                --open;
        } while (open > 0);
    }

private:
    ByteView m_bytes;
    std::uint64_t m_offset = 0;
    bool m_failed = false;
};

void read_recipient(HeadReader& reader, Envelope& envelope)
{
    if (reader.tag() != sequence) {
        ++envelope.other_recipients;
        return reader.skip();
    }
    auto const whole = reader.enter(sequence);
    reader.content(integer);
    reader.skip(); // whose key it is
    auto const algorithm = reader.content(sequence);
    auto const key = reader.content(octets);
    if (!whole.size && reader.tag() == end_mark)
        reader.skip();
    if (reader.failed() || envelope.recipients.size() >= recipients_max)
        return;
    auto const text = as_text(algorithm);
    envelope.recipients.push_back({ key, text.find(oaep) == 2, text.find(sha256_id) != std::string_view::npos });
}

EVP_CIPHER const* cipher_of(ByteView object)
{
    auto const text = as_text(object);
    if (text == triple_des)
        return EVP_des_ede3_cbc();
    if (text.size() != aes_prefix.size() + 1 || !text.starts_with(aes_prefix))
        return nullptr;
    switch (text.back()) { // [NIST] aes 2: 128 bits CBC, 22: 192, 42: 256
    case 2: return EVP_aes_128_cbc();
    case 22: return EVP_aes_192_cbc();
    case 42: return EVP_aes_256_cbc();
    default: return nullptr;
    }
}

struct FreeCipher {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

Cipher opened_cipher(Envelope const& envelope, EVP_CIPHER const* kind, std::span<std::string const> keys)
{
    auto const wanted = static_cast<std::size_t>(EVP_CIPHER_get_key_length(kind));
    for (auto const& recipient : envelope.recipients)
        for (auto const& pem : keys) {
            auto const padding = !recipient.is_oaep ? RsaPadding::pkcs1
                : recipient.is_sha256               ? RsaPadding::oaep_sha256
                                                    : RsaPadding::oaep_sha1;
            auto const key = rsa_decrypted(recipient.encrypted_key, pem, padding);
            if (!key || key->size() != wanted)
                continue;
            Cipher cipher { EVP_CIPHER_CTX_new() };
            // NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast): a C library's bytes
            auto const* const secret = reinterpret_cast<unsigned char const*>(key->data());
            auto const* const iv = reinterpret_cast<unsigned char const*>(envelope.iv.data());
            // NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)
            if (cipher && EVP_DecryptInit_ex(cipher.get(), kind, nullptr, secret, iv) == 1)
                return cipher;
        }
    ERR_clear_error();
    return nullptr;
}

std::string name_without_envelope(std::string_view name)
{
    auto const file = file_name_of(name);
    for (std::string_view const suffix : { ".p7b", ".p7m", ".cms" })
        if (file.size() > suffix.size() && equals_ignoring_case(file.substr(file.size() - suffix.size()), suffix))
            return std::string(file.substr(0, file.size() - suffix.size()));
    return std::string(file) + ".content";
}

// The content of the envelope, piece by piece, through the cipher to the sink.
class Opener {
public:
    Opener(ArchiveInput const& input, DiagnosticSink& diagnostics, MemberSink& members)
        : m_input(input)
        , m_diagnostics(diagnostics)
        , m_members(members)
        , m_block(block_bytes)
        , m_plain(block_bytes + EVP_MAX_BLOCK_LENGTH)
    {
    }

    Result<void> run(Envelope const& envelope, Cipher const& cipher, std::string const& name)
    {
        m_cipher = cipher.get();
        m_name = name;
        TRY(m_members.begin({ name, {} }));
        std::uint64_t position = envelope.content_offset;
        auto const end = envelope.content_bytes ? position + std::min(*envelope.content_bytes, m_input.size_bytes)
                                                : m_input.size_bytes;
        if (!envelope.is_in_pieces) {
            TRY(copy(position, end - position));
        } else {
            while (m_is_good && position < end) {
                auto const piece = TRY(piece_at(position));
                if (!piece)
                    break;
                TRY(copy(piece->content, *piece->size));
                position = piece->content + *piece->size;
            }
        }
        if (m_is_good)
            TRY(finish());
        return m_members.end(m_is_kept);
    }

private:
    // Nothing: the end mark, or damage, which is reported.
    Result<std::optional<Element>> piece_at(std::uint64_t position)
    {
        std::array<std::byte, 10> head {};
        auto const left = std::min<std::uint64_t>(head.size(), m_input.size_bytes - position);
        auto const got = TRY(os::read_at(m_input.descriptor, position, std::span(head).first(left)));
        auto element = element_at(ByteView(head).first(got), 0);
        if (element && element->tag == end_mark)
            return std::optional<Element> {};
        if (!element || element->tag != octets || !element->size) {
            m_is_good = false;
            report({ ErrorCode::bad_value, "cms.content", position, 0, 0, m_name }, m_input.size_bytes - position);
            return std::optional<Element> {};
        }
        element->content += position;
        return element;
    }

    Result<void> copy(std::uint64_t position, std::uint64_t size)
    {
        while (m_is_good && size > 0) {
            auto const wanted = std::min<std::uint64_t>(size, block_bytes);
            auto const got = TRY(os::read_at(m_input.descriptor, position, std::span(m_block).first(wanted)));
            if (got == 0) {
                m_is_good = false;
                report({ ErrorCode::truncated, "cms.content", position, size, 0, m_name }, size);
                break;
            }
            TRY(decrypt(got));
            position += got;
            size -= got;
        }
        return {};
    }

    // NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast): a C library's bytes
    Result<void> decrypt(std::size_t size)
    {
        int plain = 0;
        if (EVP_DecryptUpdate(m_cipher, reinterpret_cast<unsigned char*>(m_plain.data()), &plain,
                reinterpret_cast<unsigned char const*>(m_block.data()), static_cast<int>(size))
            != 1)
            m_is_good = false;
        return keep(plain);
    }

    Result<void> finish()
    {
        int plain = 0;
        if (EVP_DecryptFinal_ex(m_cipher, reinterpret_cast<unsigned char*>(m_plain.data()), &plain) != 1) {
            ERR_clear_error();
            report({ ErrorCode::bad_checksum, "cms.padding", m_input.size_bytes, 0, 0,
                       format("{}: the end is cut off or damaged", m_name) },
                1);
            return {};
        }
        return keep(plain);
    }
    // NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)

    Result<void> keep(int size)
    {
        m_written += static_cast<std::uint64_t>(size);
        if (m_written > m_input.inflated_bytes_max) {
            m_is_good = m_is_kept = false;
            report({ ErrorCode::limit, "archive.inflated_bytes", 0, m_written, m_input.inflated_bytes_max, m_name },
                m_input.size_bytes);
            return {};
        }
        return size > 0 ? m_members.bytes(ByteView(m_plain).first(static_cast<std::size_t>(size))) : Result<void> {};
    }

    void report(Error error, std::uint64_t lost) { m_diagnostics.report({ std::move(error), lost }); }

    ArchiveInput const& m_input;
    DiagnosticSink& m_diagnostics;
    MemberSink& m_members;
    EVP_CIPHER_CTX* m_cipher = nullptr;
    std::string m_name;
    std::vector<std::byte> m_block, m_plain;
    std::uint64_t m_written = 0;
    bool m_is_good = true, m_is_kept = true;
};

}

bool is_envelope(ByteView head)
{
    auto const outer = element_at(head, 0);
    if (!outer || outer->tag != sequence)
        return false;
    auto const id = element_at(head, outer->content);
    return id && id->tag == object_id && id->size == enveloped_data.size()
        && head.size() >= id->content + enveloped_data.size()
        && as_text(head).substr(id->content, enveloped_data.size()) == enveloped_data;
}

Result<Envelope> read_envelope(ByteView head)
{
    Envelope envelope;
    HeadReader reader { head };
    reader.enter(sequence);
    reader.content(object_id);
    reader.enter(content_in_pieces); // [0] explicit
    reader.enter(sequence);
    reader.content(integer);
    if (reader.tag() == content_in_pieces)
        reader.skip(); // certificates of the sender
    auto const all = reader.enter(set);
    auto const end = reader.offset() + all.size.value_or(0);
    while (!reader.failed() && (all.size ? reader.offset() < end : reader.tag() != end_mark))
        read_recipient(reader, envelope);
    if (!all.size)
        reader.skip();
    reader.enter(sequence);
    reader.content(object_id);
    HeadReader algorithm { reader.content(sequence) };
    envelope.cipher = algorithm.content(object_id);
    envelope.iv = algorithm.content(octets);
    envelope.is_in_pieces = reader.tag() == content_in_pieces;
    auto const content = reader.enter(envelope.is_in_pieces ? content_in_pieces : content_in_one);
    if (reader.failed() || algorithm.failed() || (!envelope.is_in_pieces && !content.size))
        return Error { ErrorCode::bad_value, "cms.envelope", reader.offset(), 0, 0, {} };
    envelope.content_offset = reader.offset();
    envelope.content_bytes = content.size;
    return envelope;
}

Result<void> unpack_envelope(ArchiveInput const& input, Limits const&, DiagnosticSink& diagnostics, MemberSink& members)
{
    std::vector<std::byte> head(std::min<std::uint64_t>(input.size_bytes, envelope_head_bytes_max));
    auto const got = os::read_at(input.descriptor, 0, head);
    auto const envelope = read_envelope(ByteView(head).first(got.ok() ? got.value() : 0));
    if (!envelope.ok()) {
        diagnostics.report({ envelope.error(), input.size_bytes });
        return {};
    }
    auto const name = name_without_envelope(input.name);
    auto const* const kind = cipher_of(envelope.value().cipher);
    if (kind == nullptr || envelope.value().iv.size() != static_cast<std::size_t>(EVP_CIPHER_get_iv_length(kind))) {
        diagnostics.report({ { ErrorCode::unsupported, "cms.cipher", 0, 0, 0,
                                 format("{}: encrypted (CMS) with a cipher that is not read", name) },
            input.size_bytes });
        return {};
    }
    auto const cipher = opened_cipher(envelope.value(), kind, input.keys);
    if (!cipher) {
        auto const count = envelope.value().recipients.size() + envelope.value().other_recipients;
        auto const words = input.keys.empty()
            ? format("{}: is encrypted (CMS) for {} recipients; give the private key of one with --key FILE.pem", name,
                count)
            : format("{}: is encrypted (CMS) for {} recipients, and no key given with --key opens it", name, count);
        diagnostics.report({ { ErrorCode::encrypted, "archive.member", 0, 0, 0, words }, input.size_bytes });
        return {};
    }
    return Opener { input, diagnostics, members }.run(envelope.value(), cipher, name);
}

}
