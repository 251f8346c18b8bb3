#include "analysers/file_signature/analyser.hpp"
#include "analysers/file_signature/schemas.hpp"
#include "analysers/host_state/paths.hpp"
#include "base/text.hpp"
#include <array>
#include <map>

namespace konseki::file_signature {

namespace {

// Of each program that no embedded signature holds, the best entry of a catalogue: of its own host, with a good
// signature, the first. Without catalogues the second part is left out.
constexpr std::string_view files_sql = "SELECT f.evidence, f.\"offset\", e.host, f.path, f.signature, f.signer, "
                                       "f.countersigned_at, {} FROM windows_pe_file f JOIN evidence e ON e.number = "
                                       "f.evidence {} ORDER BY f.evidence, f.\"offset\"";
constexpr std::string_view no_entry = "NULL, NULL, NULL, NULL, NULL, NULL::TIMESTAMP, NULL";
constexpr std::string_view entry = "m.evidence, m.\"offset\", m.catalogue, m.signature, m.signer, m.countersigned_at, "
                                   "m.host";
constexpr std::string_view entry_join
    = "LEFT JOIN (SELECT * FROM (SELECT h.file_evidence, h.file_offset, c.evidence, c.\"offset\", c.catalogue, "
      "c.signature, c.signer, c.countersigned_at, ce.host, row_number() OVER (PARTITION BY h.file_evidence, "
      "h.file_offset ORDER BY ce.host IS NOT DISTINCT FROM h.host DESC, c.signature = 'good' DESC, c.evidence, "
      "c.\"offset\") AS place FROM (SELECT p.evidence AS file_evidence, p.\"offset\" AS file_offset, pe.host, "
      "unnest([p.authenticode_sha1, p.authenticode_sha256]) AS hash FROM windows_pe_file p JOIN evidence pe ON "
      "pe.number = p.evidence WHERE p.signature <> 'good') h JOIN windows_catalogue_member c ON c.hash = h.hash JOIN "
      "evidence ce ON ce.number = c.evidence WHERE c.signature IN ('good', 'self_signed')) WHERE place = 1) m ON "
      "m.file_evidence = f.evidence AND m.file_offset = f.\"offset\"";

Result<store::Rows> ask_files(AnalyserInputs const& inputs)
{
    bool const has_catalogues = inputs.store.has_rows("windows.catalogue.member");
    return inputs.store.query(
        format(fmt::runtime(files_sql), has_catalogues ? entry : no_entry, has_catalogues ? entry_join : ""), {},
        inputs.stop);
}

// How far the catalogues of a host name its own programs of Windows' folders.
struct Reach {
    bool has_catalogues = false; // of CatRoot
    std::uint64_t named = 0, not_named = 0;
    bool is_whole() const { return has_catalogues && named >= not_named; }
};

bool is_of_windows(std::string_view path)
{
    return host_state::is_in_system_folder(host_state::normalised_path(path));
}

Result<std::map<std::string, Reach>> reach_of_hosts(AnalyserInputs const& inputs)
{
    std::map<std::string, Reach> hosts;
    if (!inputs.store.has_rows("windows.catalogue.member"))
        return hosts;
    auto catalogues = TRY(inputs.store.query("SELECT DISTINCT coalesce(e.host, '') FROM windows_catalogue c JOIN "
                                             "evidence e ON e.number = c.evidence WHERE contains(lower(c.path), "
                                             "'catroot') ORDER BY 1",
        {}, inputs.stop));
    while (catalogues.next())
        hosts[std::string(catalogues.text(0))].has_catalogues = true;
    TRY(catalogues.status());
    auto files = TRY(ask_files(inputs));
    while (files.next())
        if (files.text(4) == "none" && is_of_windows(files.text(3))) {
            auto& reach = hosts[std::string(files.text(2))];
            ++(files.is_null(7) ? reach.not_named : reach.named);
        }
    TRY(files.status());
    return hosts;
}

Result<void> run(AnalyserInputs const& inputs, FindingSink&)
{
    if (inputs.derived == nullptr || !inputs.store.has_rows("windows.pe.file"))
        return {};
    auto const reach = TRY(reach_of_hosts(inputs));
    auto files = TRY(ask_files(inputs));
    while (files.next()) {
        bool const is_named = !files.is_null(7);
        std::string const catalogue_trace = is_named ? to_string(files.trace(7)) : std::string();
        SignatureRow row;
        row.host = files.is_null(2) ? Symbol() : Symbol(files.text(2));
        row.path = files.text(3);
        row.state = Symbol(files.text(4));
        row.signer = files.is_null(5) ? Symbol() : Symbol(files.text(5));
        row.countersigned_at = files.is_null(6) ? Timestamp {} : files.time(6);
        if (is_named) {
            row.state = files.text(10) == "good" ? "catalogue" : "catalogue_self_signed";
            row.signer = files.text(11);
            row.countersigned_at = files.is_null(12) ? Timestamp {} : files.time(12);
            row.catalogue = files.text(9);
            row.catalogue_trace = catalogue_trace;
            row.catalogue_host = files.is_null(13) ? Symbol() : Symbol(files.text(13));
        } else if (files.text(4) == "none") {
            auto const host = reach.find(std::string(files.text(2)));
            if (host != reach.end() && host->second.is_whole())
                row.state = "unsigned";
        }
        inputs.derived->add(signature_schema, files.trace(0), row);
    }
    return files.status();
}

constexpr std::array<std::string_view, 2> needs { "windows.pe.file", "windows.catalogue.member" };
constexpr std::array<Schema const*, 1> emitted { &signature_schema.erased };

}

Analyser const analyser {
    .name = "file_signature",
    .title = "Who signed the programs",
    .version = 1,
    .needs = needs,
    .emits = emitted,
    .run = run,
};

}
