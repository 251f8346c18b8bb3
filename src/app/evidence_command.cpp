// konseki evidence: every piece with hash, state and custody.
#include "app/command_table.hpp"
#include "app/context.hpp"
#include "base/text.hpp"
#include <map>

namespace konseki::app {

static std::string evidence_name(EvidenceNumber number)
{
    return number == 0 ? std::string {} : format("e{}", number);
}

static void write_evidence(RowWriter& writer, Evidence const& evidence, store::EvidenceHost const& of)
{
    auto const number = evidence_name(evidence.number);
    auto const parent = evidence_name(evidence.parent);
    auto const duplicate_of = evidence_name(evidence.duplicate_of);
    auto const size = format("{}", evidence.size_bytes);
    auto const digest = evidence.sha256 == Sha256 {} ? std::string {} : to_string(evidence.sha256);
    auto const version = format("{}", evidence.parser_version);
    auto const text = [](std::string const& value) { return value.empty() ? Cell::absent() : Cell::of(value); };
    std::array const cells { Cell::of(number), Cell::of(evidence_state_name(evidence.state)), Cell::number(size),
        text(digest), text(evidence.parser), evidence.parser.empty() ? Cell::absent() : Cell::number(version),
        text(parent), text(duplicate_of), Cell::time(evidence.modified_at), Cell::time(evidence.received_at),
        Cell::boolean(evidence.is_in_vault), text(of.host.empty() ? evidence.host : of.host), text(of.how),
        text(evidence.machine_path), text(evidence.companions), text(evidence.path), text(evidence.original_path) };
    writer.row(cells);
}

static Result<ExitCode> list_evidence(Context& context)
{
    auto const source = TRY(open_case(context, store::Access::read_only));
    auto const wanted = context.arguments().value("state");
    auto const all = TRY(source->evidence());
    auto const hosts = TRY(source->hosts());
    std::map<EvidenceNumber, store::EvidenceHost> host_of;
    for (auto const& of : hosts.evidence)
        host_of.emplace(of.evidence, of);
    TRY(context.open_output());
    auto const writer = context.make_writer();
    static std::vector<std::string> const columns { "evidence", "state", "size_bytes", "sha256", "parser",
        "parser_version", "parent", "duplicate_of", "modified_at", "received_at", "is_in_vault", "host", "host_how",
        "machine_path", "companions", "path", "original_path" };
    writer->begin(columns);
    for (auto const& evidence : all)
        if (wanted.empty() || wanted == evidence_state_name(evidence.state))
            write_evidence(*writer, evidence, host_of[evidence.number]);
    writer->finish();
    return ExitCode::done;
}

ExitCode run_evidence(Context& context)
{
    return answer_with(context, [&] { return list_evidence(context); });
}

}
