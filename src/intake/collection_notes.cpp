#include "intake/collection_notes.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <map>

namespace konseki::intake {

namespace {

struct Upload {
    EvidenceNumber list = 0; // the uploads.json
    std::string path; // as evidence.machine_path has it
    std::uint64_t file_size = 0, uploaded = 0;
    bool is_index = false;
};

struct ManifestLine {
    EvidenceNumber list = 0; // the manifest.jsonl
    std::string stored_as, sha256;
    std::uint64_t size_bytes = 0;
};

struct Holes {
    std::uint64_t stored = 0, holes = 0, count = 0;
};

// In one archive, or below one folder.
using Place = std::pair<EvidenceNumber, std::string>;

std::string folder_of(Evidence const& evidence)
{
    auto const end = evidence.original_path.rfind('/');
    return evidence.parent != 0 || end == std::string::npos ? std::string {} : evidence.original_path.substr(0, end);
}

class Notes {
public:
    explicit Notes(std::vector<Evidence> const& evidence)
        : m_evidence(evidence)
    {
        for (auto const& one : evidence) {
            m_by_name.emplace(Place { one.parent, one.original_path }, &one);
            if (!one.machine_path.empty())
                m_by_path[{ one.parent, fold_utf8(one.machine_path) }].push_back(&one);
        }
    }

    void add_holes(EvidenceNumber index, Holes const& holes) { m_holes[index] = holes; }

    void check(Upload const& upload)
    {
        if (upload.list == 0 || upload.list > m_evidence.size())
            return;
        auto const& list = m_evidence[upload.list - 1];
        auto const folder = folder_of(list);
        Evidence const* file = nullptr;
        for (auto const* one : found(list.parent, upload.path)) {
            auto const is_here = folder.empty() || one->original_path.starts_with(folder + "/");
            if (is_here && (file == nullptr || one->size_bytes == upload.uploaded))
                file = one;
        }
        if (file == nullptr) {
            if (!upload.is_index)
                note(upload.list, ErrorCode::not_found, "collection.missing", upload.uploaded, 0,
                    upload.path + ": uploaded according to uploads.json, but not in the collection", upload.uploaded);
            return;
        }
        if (file->size_bytes < upload.uploaded)
            note(file->number, ErrorCode::truncated, "collection.truncated", upload.uploaded, file->size_bytes,
                format("{} of {} uploaded bytes are here", grouped(file->size_bytes), grouped(upload.uploaded)),
                upload.uploaded - file->size_bytes);
        if (upload.uploaded < upload.file_size && !upload.is_index)
            note_short(upload, *file, list.parent);
    }

    // A line of the manifest of `konseki collect` against the member that it is about.
    void check(ManifestLine const& line)
    {
        if (line.list == 0 || line.list > m_evidence.size())
            return;
        auto const& list = m_evidence[line.list - 1];
        auto const end = list.original_path.rfind('/');
        auto const folder = end == std::string::npos ? std::string {} : list.original_path.substr(0, end + 1);
        auto const place = m_by_name.find({ list.parent, folder + line.stored_as });
        if (place == m_by_name.end()) {
            note(line.list, ErrorCode::not_found, "collection.missing", line.size_bytes, 0,
                line.stored_as + ": in the manifest, but not in the collection", line.size_bytes);
            return;
        }
        auto const& file = *place->second;
        if (to_string(file.sha256) != line.sha256)
            note(file.number, ErrorCode::bad_checksum, "collection.changed", line.size_bytes, file.size_bytes,
                line.stored_as + ": other bytes than the manifest says: changed since it was collected", 0);
    }

    store::HostNotes take()
    {
        std::ranges::stable_sort(m_notes, {}, [](auto const& one) { return one.first; });
        return std::move(m_notes);
    }

private:
    std::vector<Evidence const*> found(EvidenceNumber parent, std::string const& path) const
    {
        auto const place = m_by_path.find({ parent, fold_utf8(path) });
        return place == m_by_path.end() ? std::vector<Evidence const*> {} : place->second;
    }

    // Fewer bytes than the machine had: holes of a sparse file lose nothing, anything else does.
    void note_short(Upload const& upload, Evidence const& file, EvidenceNumber parent)
    {
        auto const missing = upload.file_size - upload.uploaded;
        for (auto const* index : found(parent, upload.path + ".idx")) {
            auto const holes = m_holes.find(index->number);
            if (holes == m_holes.end() || holes->second.holes < missing)
                continue;
            note(file.number, ErrorCode::unsupported, "collection.sparse", upload.file_size, upload.uploaded,
                format("sparse: {} bytes on the machine, {} here, {} in {} holes that never held or no longer hold "
                       "anything (e{})",
                    grouped(upload.file_size), grouped(upload.uploaded), grouped(holes->second.holes),
                    grouped(holes->second.count), index->number),
                0);
            return;
        }
        note(file.number, ErrorCode::truncated, "collection.truncated", upload.file_size, upload.uploaded,
            format("truncated by the collector: {} of {} bytes", grouped(upload.uploaded), grouped(upload.file_size)),
            missing);
    }

    void note(EvidenceNumber evidence, ErrorCode code, std::string_view what, std::uint64_t need, std::uint64_t have,
        std::string detail, std::uint64_t bytes_lost)
    {
        m_notes.push_back({ evidence, { { code, what, 0, need, have, std::move(detail) }, bytes_lost } });
    }

    std::vector<Evidence> const& m_evidence;
    std::map<Place, std::vector<Evidence const*>> m_by_path;
    std::map<Place, Evidence const*> m_by_name; // as the archive names it
    std::map<EvidenceNumber, Holes> m_holes;
    store::HostNotes m_notes;
};

}

static Result<void> check_uploads(store::Case const& source, Notes& notes)
{
    auto ranges = TRY(source.query("SELECT evidence, sum(stored_length), sum(length) FILTER (WHERE is_hole), count(*) "
                                   "FILTER (WHERE is_hole) FROM collector_range GROUP BY 1 ORDER BY 1"));
    while (ranges.next())
        notes.add_holes(static_cast<EvidenceNumber>(ranges.unsigned_integer(0)),
            { ranges.unsigned_integer(1), ranges.unsigned_integer(2), ranges.unsigned_integer(3) });
    TRY(ranges.status());
    auto rows = TRY(source.query("SELECT evidence, path, file_size_bytes, uploaded_bytes, type = 'idx' FROM "
                                 "collector_upload WHERE path IS NOT NULL AND uploaded_bytes IS NOT NULL ORDER BY "
                                 "evidence, \"offset\""));
    while (rows.next()) {
        Upload upload { static_cast<EvidenceNumber>(rows.unsigned_integer(0)), std::string(rows.text(1)),
            rows.unsigned_integer(2), rows.unsigned_integer(3), rows.boolean(4) };
        if (upload.path.starts_with("\\\\.\\"))
            upload.path = upload.path.substr(4); // as machine paths are written
        notes.check(upload);
    }
    return rows.status();
}

static Result<void> check_manifests(store::Case const& source, Notes& notes)
{
    auto rows = TRY(source.query("SELECT evidence, stored_as, sha256, file_size_bytes FROM collector_copy WHERE tool = "
                                 "'konseki' AND stored_as IS NOT NULL ORDER BY evidence, \"offset\""));
    while (rows.next())
        notes.check(ManifestLine { static_cast<EvidenceNumber>(rows.unsigned_integer(0)), std::string(rows.text(1)),
            std::string(rows.text(2)), rows.unsigned_integer(3) });
    return rows.status();
}

Result<store::HostNotes> collection_notes(store::Case const& source)
{
    auto const evidence = TRY(source.evidence());
    Notes notes { evidence };
    if (source.has_rows("collector.upload"))
        TRY(check_uploads(source, notes));
    if (source.has_rows("collector.copy"))
        TRY(check_manifests(source, notes));
    return notes.take();
}

std::vector<Evidence> named_samples(std::vector<Evidence> const& evidence, std::vector<SampleName> const& samples)
{
    std::map<Place, Evidence const*> by_name;
    for (auto const& one : evidence)
        by_name.emplace(Place { one.parent, fold_utf8(one.original_path) }, &one);
    std::vector<Evidence> named;
    for (auto const& sample : samples) {
        if (sample.list == 0 || sample.list > evidence.size() || sample.path.empty())
            continue;
        auto const& list = evidence[sample.list - 1];
        auto const end = list.original_path.rfind('/');
        auto name = end == std::string::npos ? std::string {} : list.original_path.substr(0, end + 1);
        for (auto const c : sample.stored_as)
            name += c == '\\' ? '/' : c;
        auto const found = by_name.find({ list.parent, fold_utf8(name) });
        if (found == by_name.end() || !found->second->machine_path.empty())
            continue;
        named.push_back(*found->second);
        named.back().machine_path = sample.path;
    }
    return named;
}

Result<void> store_sample_names(store::Case& target)
{
    auto const has_copies
        = std::ranges::any_of(target.schemas(), [](auto const* schema) { return schema->name == "collector.copy"; });
    if (!has_copies)
        return {};
    std::vector<SampleName> samples;
    auto rows
        = TRY(target.query("SELECT evidence, stored_as, path FROM collector_copy WHERE tool = 'orc' AND stored_as "
                           "IS NOT NULL AND path IS NOT NULL ORDER BY evidence, \"offset\""));
    while (rows.next())
        samples.push_back({ static_cast<EvidenceNumber>(rows.unsigned_integer(0)), std::string(rows.text(1)),
            std::string(rows.text(2)) });
    TRY(rows.status());
    if (samples.empty())
        return {};
    for (auto const& evidence : named_samples(TRY(target.evidence()), samples))
        TRY(target.update(evidence));
    return {};
}

}
