// Which files lie beside a piece of evidence and are read together with it: a hive's transaction logs.
// Not a parser's choice of names: ArtefactParser::companion_names; nor their use: EvidenceView::companions.
#pragma once
#include "intake/registry.hpp"
#include "os/file.hpp"
#include "record/artefact_parser.hpp"
#include <set>

namespace konseki::intake {

struct CompanionFile {
    std::string name; // as found
    std::string path;
    std::uint64_t size_bytes = 0;
    std::int64_t modified_ns = 0;
    Sha256 sha256; // of members; zero when it is not hashed yet
};

inline constexpr std::size_t companions_max = 8; // [fsa 3] a hive has at most three

// What identifies a set of companions: kept with the evidence, so that a change of one is noticed.
std::string fingerprint_of(std::vector<CompanionFile> const& companions);

class Companions {
public:
    explicit Companions(Registry const& registry)
        : m_registry(registry)
    {
    }
    // `source`: where the examiner's file lies in this run, `walked` the files of this run. A file that is neither
    // walked nor registered is not evidence and is left alone. In the order in which the parser names them.
    std::vector<CompanionFile> of(Evidence const& evidence, ArtefactParser const& parser, std::string const& source,
        std::set<std::string> const& walked);
    std::vector<CompanionFile> of(Evidence const& evidence, ArtefactParser const& parser);

    // Of an image that is a member of an archive, by its path in it (image/segments.hpp).
    std::vector<CompanionFile> segments_of_member(EvidenceNumber parent, std::string const& path);
    bool is_later_segment_of_member(EvidenceNumber parent, std::string const& path);

private:
    std::vector<CompanionFile> beside_file(
        std::vector<std::string> const& names, std::string const& path, std::set<std::string> const& walked) const;
    std::vector<CompanionFile> beside_member(std::vector<std::string> const& names, Evidence const& evidence);
    void index_members(EvidenceNumber parent);
    void index_segments(EvidenceNumber parent);

    Registry const& m_registry;
    EvidenceNumber m_indexed_parent = 0;
    std::map<std::string, EvidenceNumber> m_members; // of that parent, by folded path
    std::size_t m_indexed_size = 0; // of the registry then
    EvidenceNumber m_segments_parent = 0;
    std::set<std::string> m_segment_paths; // of members of that parent that may be parts of images
    std::map<std::string, EvidenceNumber> m_segments;
    std::size_t m_segments_size = 0;
};

// A descriptor of the file, refused when it is no longer the one that was found.
Result<os::Descriptor> open_companion(CompanionFile const& companion);

}
