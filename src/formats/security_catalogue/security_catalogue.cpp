#include "formats/security_catalogue/security_catalogue.hpp"
#include "base/text.hpp"
#include "bytes/utf16.hpp"
#include <algorithm>
#include <array>

namespace konseki::security_catalogue {

namespace {

constexpr std::string_view signed_data { "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", 9 };
constexpr std::string_view microsoft { "\x2b\x06\x01\x04\x01\x82\x37", 7 }; // 1.3.6.1.4.1.311, what follows is below it
// [wintrust.h, mscat.h]
constexpr std::string_view trust_list { "\x0a\x01", 2 };
constexpr std::string_view catalogue_list { "\x0c\x01\x01", 3 };
constexpr std::string_view member_list { "\x0c\x01\x02", 3 }, member_list_2 { "\x0c\x01\x03", 3 };
constexpr std::string_view name_value { "\x0c\x02\x01", 3 }, member_info { "\x0c\x02\x02", 3 };
constexpr std::string_view indirect_data { "\x02\x01\x04", 3 }, program_data { "\x02\x01\x0f", 3 };
constexpr std::string_view page_hashes { "\x2b\x06\x01\x04\x01\x82\x37\x02\x03", 9 };

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> subjects { {
    { "{C689AAB8-8E78-11D0-8C47-00C04FC295EE}", "program" },
    { "{C689AABA-8E78-11D0-8C47-00C04FC295EE}", "cabinet" },
    { "{DE351A42-8E59-11D0-8C47-00C04FC295EE}", "flat" },
    { "{DE351A43-8E59-11D0-8C47-00C04FC295EE}", "catalogue" },
    { "{000C10F1-0000-0000-C000-000000000046}", "installer" },
    { "{603BCC1F-4B59-4E08-B724-D2C6297EF351}", "script" },
} };

bool is_microsofts(der::Element const& object, std::string_view number)
{
    auto const text = as_text(object.content);
    return text.size() == microsoft.size() + number.size() && text.starts_with(microsoft) && text.ends_with(number);
}

std::string_view algorithm_of(std::size_t hash_bytes)
{
    switch (hash_bytes) {
    case 20: return "sha1";
    case 32: return "sha256";
    case 48: return "sha384";
    case 64: return "sha512";
    default: return {};
    }
}

bool is_hash_text(std::string_view text)
{
    auto const is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    return !algorithm_of(text.size() / 2).empty() && text.size() % 2 == 0
        && std::all_of(text.begin(), text.end(), is_digit);
}

// CAT_NAMEVALUE: SEQUENCE { name BMPString, flags INTEGER, value OCTET STRING of UTF-16 }
Result<void> read_name_value(der::Element const& element, Attributes& attributes)
{
    der::Reader parts { element };
    auto const name = parts.expect(der::wide_text, "catalogue.attribute.name");
    parts.expect(der::integer, "catalogue.attribute.flags");
    auto const value = parts.expect(der::octets, "catalogue.attribute.value");
    TRY(parts.status());
    attributes.emplace_back(der::text_of(name), utf8_from_utf16le(until_zero_utf16(value.content)));
    return {};
}

// SpcIndirectDataContent: SEQUENCE { SEQUENCE { kind, value }, SEQUENCE { SEQUENCE { algorithm }, digest } }
Result<void> read_indirect_data(der::Element const& element, Member& member)
{
    der::Reader content { element };
    auto const data = content.expect(der::sequence, "catalogue.indirect_data.data");
    auto const digest_info = content.expect(der::sequence, "catalogue.indirect_data.digest_info");
    TRY(content.status());
    der::Reader info { digest_info };
    info.expect(der::sequence, "catalogue.indirect_data.algorithm");
    auto const digest = info.expect(der::octets, "catalogue.indirect_data.digest");
    TRY(info.status());
    member.hash = der::hex_of(digest.content);
    member.algorithm = algorithm_of(digest.content.size());
    der::Reader kind { data };
    if (member.subject.empty() && is_microsofts(kind.expect(der::object, "catalogue.indirect_data.kind"), program_data))
        member.subject = "program";
    // They lie in a serialized object within the data; whether they are there is all that is asked.
    member.has_page_hashes = as_text(data.content).find(page_hashes) != std::string_view::npos;
    return {};
}

// CAT_MEMBERINFO: SEQUENCE { kind of file as the BMPString of a GUID, version INTEGER }
Result<void> read_member_info(der::Element const& element, Member& member)
{
    der::Reader parts { element };
    auto const guid = der::text_of(parts.expect(der::wide_text, "catalogue.member_info.subject"));
    TRY(parts.status());
    for (auto const& [id, subject] : subjects)
        if (equals_ignoring_case(id, guid))
            member.subject = subject;
    return {};
}

Result<void> read_attribute(der::Element const& attribute, Member& member)
{
    der::Reader parts { attribute };
    auto const kind = parts.expect(der::object, "catalogue.member.attribute");
    auto const set = parts.expect(der::set, "catalogue.member.values");
    TRY(parts.status());
    der::Reader values { set };
    while (!values.is_done()) {
        auto const value = values.next("catalogue.member.value");
        TRY(values.status());
        if (is_microsofts(kind, indirect_data))
            TRY(read_indirect_data(value, member));
        else if (is_microsofts(kind, name_value))
            TRY(read_name_value(value, member.attributes));
        else if (is_microsofts(kind, member_info))
            TRY(read_member_info(value, member));
    }
    return {};
}

// What its entry holds, as far as it can be read.
Result<void> read_member(der::Element const& entry, std::uint16_t version, Member& member)
{
    der::Reader parts { entry };
    auto const tag = parts.expect(der::octets, "catalogue.member.tag").content;
    TRY(parts.status());
    // Version 1 writes the hash, or any other name, as text with a zero behind it.
    bool const is_text = version != 2 && tag.size() % 2 == 0 && algorithm_of(tag.size()).empty();
    member.tag = is_text ? utf8_from_utf16le(until_zero_utf16(tag)) : der::hex_of(tag);
    if (auto const named = ascii_lower(member.tag); is_hash_text(named)) {
        member.hash = named;
        member.algorithm = algorithm_of(named.size() / 2);
    }
    if (parts.is_done())
        return {};
    auto const set = parts.expect(der::set, "catalogue.member.attributes");
    TRY(parts.status());
    der::Reader attributes { set };
    Result<void> result;
    while (!attributes.is_done()) {
        auto const attribute = attributes.expect(der::sequence, "catalogue.member.attribute");
        TRY(attributes.status());
        if (auto read = read_attribute(attribute, member); !read.ok())
            result = std::move(read); // those behind it may be whole
    }
    TRY(attributes.status());
    return result;
}

// [0] { SEQUENCE OF SEQUENCE { kind, is_critical, OCTET STRING of CAT_NAMEVALUE } }
Result<void> read_extensions(der::Element const& element, Catalogue& catalogue)
{
    der::Reader wrapper { element };
    der::Reader extensions { wrapper.expect(der::sequence, "catalogue.extensions") };
    while (!extensions.is_done()) {
        der::Reader parts { extensions.expect(der::sequence, "catalogue.extension") };
        auto const kind = parts.expect(der::object, "catalogue.extension.kind");
        if (parts.peek() == der::boolean)
            parts.next("catalogue.extension.is_critical");
        der::Reader value { parts.expect(der::octets, "catalogue.extension.value") };
        auto const content = value.expect(der::sequence, "catalogue.extension.value");
        TRY(value.status());
        if (is_microsofts(kind, name_value))
            TRY(read_name_value(content, catalogue.attributes));
    }
    return extensions.status();
}

// ContentInfo and SignedData down to the list; what is cut off behind them does not matter here.
Result<der::Element> find_list(ByteView bytes)
{
    constexpr auto take_rest = der::WhenCut::take_rest;
    der::Reader file { bytes };
    der::Reader outer { file.expect(der::sequence, "catalogue.block", take_rest) };
    auto const kind = outer.expect(der::object, "catalogue.block.kind");
    if (as_text(kind.content) != signed_data)
        return Error { ErrorCode::bad_magic, "catalogue.block.kind", kind.offset, 0, 0, {} };
    der::Reader wrapper { outer.expect(der::context_0, "catalogue.signed", take_rest) };
    der::Reader block { wrapper.expect(der::sequence, "catalogue.signed", take_rest) };
    block.expect(der::integer, "catalogue.signed.version");
    block.expect(der::set, "catalogue.signed.algorithms");
    der::Reader content { block.expect(der::sequence, "catalogue.content", take_rest) };
    auto const content_kind = content.expect(der::object, "catalogue.content.kind");
    if (!is_microsofts(content_kind, trust_list))
        return Error { ErrorCode::bad_magic, "catalogue.content.kind", content_kind.offset, 0, 0, {} };
    der::Reader list_wrapper { content.expect(der::context_0, "catalogue.list", take_rest) };
    auto const list = list_wrapper.expect(der::sequence, "catalogue.list", take_rest);
    TRY(list_wrapper.status());
    return list;
}

bool is_catalogue_usage(der::Element const& usages)
{
    der::Reader usage { usages };
    return is_microsofts(usage.expect(der::object, "catalogue.list.usage"), catalogue_list);
}

}

std::string_view Member::attribute(std::string_view name) const
{
    for (auto const& [key, value] : attributes)
        if (equals_ignoring_case(key, name))
            return value;
    return {};
}

Sniff sniff(ByteView head)
{
    auto const list = find_list(head);
    if (!list.ok())
        return Sniff::no;
    der::Reader parts { list.value() };
    if (parts.peek() == der::integer)
        parts.next("catalogue.list.version");
    return is_catalogue_usage(parts.expect(der::sequence, "catalogue.list.usage")) ? Sniff::sure : Sniff::no;
}

Result<Catalogue> read(ByteView bytes, DiagnosticSink& diagnostics)
{
    auto const list = TRY(find_list(bytes));
    Catalogue catalogue;
    der::Reader parts { list };
    if (parts.peek() == der::integer)
        parts.next("catalogue.list.version");
    auto const usages = parts.expect(der::sequence, "catalogue.list.usage");
    TRY(parts.status());
    if (!is_catalogue_usage(usages))
        return Error { ErrorCode::unsupported, "catalogue.list.usage", usages.offset, 0, 0, {} };
    if (parts.peek() == der::octets)
        catalogue.list_id = der::hex_of(parts.next("catalogue.list.id").content);
    if (parts.peek() == der::integer)
        parts.next("catalogue.list.number");
    catalogue.listed_at = der::time_of(parts.next("catalogue.list.made"));
    if (parts.peek() == der::utc_time || parts.peek() == der::general_time)
        parts.next("catalogue.list.next_one");
    der::Reader algorithm { parts.expect(der::sequence, "catalogue.list.algorithm") };
    auto const kind = algorithm.expect(der::object, "catalogue.list.algorithm");
    TRY(parts.status());
    catalogue.version = is_microsofts(kind, member_list) ? 1 : is_microsofts(kind, member_list_2) ? 2 : 0;
    if (parts.peek() == der::sequence) {
        catalogue.members = parts.next("catalogue.members", der::WhenCut::take_rest);
        if (parts.missing_bytes() > 0)
            diagnostics.report(
                { { ErrorCode::truncated, "catalogue.members", catalogue.members.offset,
                      catalogue.members.size_bytes + parts.missing_bytes(), catalogue.members.size_bytes, {} },
                    parts.missing_bytes() });
    }
    if (parts.peek() == der::context_0)
        if (auto const read = read_extensions(parts.next("catalogue.extensions"), catalogue); !read.ok())
            diagnostics.report({ read.error(), 0 });
    if (auto block = pkcs7::read(bytes)) {
        catalogue.is_block_read = true;
        catalogue.signature = std::move(block->signature);
    }
    return catalogue;
}

void read_members(Catalogue const& catalogue, MemberSink& sink, DiagnosticSink& diagnostics)
{
    der::Reader list { catalogue.members };
    while (!list.is_done()) {
        auto const left = list.remaining();
        auto const entry = list.expect(der::sequence, "catalogue.member");
        if (auto const status = list.status(); !status.ok()) {
            diagnostics.report({ status.error(), left });
            return; // where the next one begins is not known any more
        }
        Member member;
        member.offset = entry.offset;
        member.size_bytes = entry.size_bytes;
        auto const read = read_member(entry, catalogue.version, member);
        if (!read.ok())
            diagnostics.report({ read.error(), member.tag.empty() ? entry.size_bytes : 0 });
        if (read.ok() || !member.tag.empty())
            sink.take(member);
    }
}

}
