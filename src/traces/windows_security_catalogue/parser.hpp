// Signature catalogues of a collection as rows: who vouches for which hashes.
// Not the join with the files of those hashes: analysers/file_signature.
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::windows_security_catalogue {

extern ArtefactParser const parser;

struct CatalogueRow {
    std::string_view path;
    std::uint32_t version = 0;
    std::uint64_t members = 0;
    Symbol signature, signer, issuer;
    std::string_view chain;
    Timestamp valid_from, valid_until, countersigned_at, listed_at;
    std::string_view hardware_ids, attributes, list_id;
};
inline constexpr auto catalogue_schema = schema("windows.catalogue",
    "A signature catalogue: a signed list of hashes by which Windows knows its own files and drivers",
    field("path", &CatalogueRow::path, "The catalogue, as the evidence has it"),
    field("version", &CatalogueRow::version, "1: members named by text; 2: by their hashes' bytes"),
    field("members", &CatalogueRow::members, "Members that could be read"),
    field("signature", &CatalogueRow::signature,
        "good: list and chain fit; bad: the list is not what was signed, or its chain does not hold; self_signed; "
        "none: "
        "nobody signed; unreadable"),
    field("signer", &CatalogueRow::signer, "Common name of the signer's certificate"),
    field("issuer", &CatalogueRow::issuer, "Who issued that certificate"),
    field("chain", &CatalogueRow::chain, "Names from the signer to the last enclosed certificate, '; ' between"),
    field("valid_from", &CatalogueRow::valid_from, "Validity of the signer's certificate: begin"),
    field("valid_until", &CatalogueRow::valid_until, "Validity of the signer's certificate: end"),
    field("countersigned_at", &CatalogueRow::countersigned_at, "When a time stamping authority saw the signature"),
    field("listed_at", &CatalogueRow::listed_at, "When the list was made, as it says itself"),
    field("hardware_ids", &CatalogueRow::hardware_ids, "Devices that its driver package is for, '; ' between"),
    field("attributes", &CatalogueRow::attributes, "Its other attributes as name=value, '; ' between"),
    field("list_id", &CatalogueRow::list_id, "Identifier of the list"));

struct MemberRow {
    std::string_view hash;
    Symbol algorithm, subject;
    std::string_view file;
    Symbol os;
    bool has_page_hashes = false;
    std::string_view tag;
    Symbol signature, signer;
    Timestamp countersigned_at;
    Symbol catalogue;
};
inline constexpr auto member_schema = schema("windows.catalogue.member",
    "A file that a signature catalogue vouches for",
    field("hash", &MemberRow::hash,
        "Authenticode hash of a program, hash of all bytes of another file; absent: neither data nor tag hold one"),
    field("algorithm", &MemberRow::algorithm, "sha1, sha256 …"),
    field("subject", &MemberRow::subject, "program, flat, cabinet, installer, script or catalogue; absent: not said"),
    field("file", &MemberRow::file, "Name of the file, where the catalogue tells it"),
    field("os", &MemberRow::os, "Versions of Windows it is for (OSAttr): 2:10.0"),
    field("has_page_hashes", &MemberRow::has_page_hashes, "Hashes of the program's pages are listed, too"),
    field("tag", &MemberRow::tag, "Its name in the list, where that is not the hash"),
    field("signature", &MemberRow::signature, "State of the catalogue's signature, as windows.catalogue has it"),
    field("signer", &MemberRow::signer, "Who signed the catalogue"),
    field("countersigned_at", &MemberRow::countersigned_at, "When a time stamping authority saw that signature"),
    field("catalogue", &MemberRow::catalogue, "The catalogue, as the evidence has it"));

}
