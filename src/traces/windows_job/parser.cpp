#include "traces/windows_job/parser.hpp"
#include "base/text.hpp"
#include "formats/job/job.hpp"
#include <array>

namespace konseki::windows_job {

namespace {

std::string_view text_or_absent(std::string const& text)
{
    return text.empty() ? std::string_view {} : std::string_view(text);
}

void emit_definition(
    job::Job const& job, EvidenceView const& evidence, std::string const& trigger_list, TraceSink& traces)
{
    auto const id = to_string(job.id);
    auto const product = format("{}.{}", job.product_version >> 8, job.product_version & 0xff);
    DefinitionRow row;
    row.path = evidence.name;
    row.id = id;
    row.command = text_or_absent(job.application);
    row.arguments = text_or_absent(job.parameters);
    row.working_directory = text_or_absent(job.working_directory);
    row.author = text_or_absent(job.author);
    row.comment = text_or_absent(job.comment);
    row.last_run_local = job.last_run_at;
    row.exit_code = job.exit_code;
    row.status = job::status_name(job.status);
    row.is_enabled = (job.flags & job::flag_disabled) == 0;
    row.is_hidden = (job.flags & job::flag_hidden) != 0;
    row.has_signature = job.has_signature;
    row.flags = job.flags;
    row.product_version = std::string_view(product);
    row.triggers = static_cast<std::uint32_t>(job.triggers.size());
    row.trigger_list = text_or_absent(trigger_list);
    traces.emit(definition_schema, { 0, evidence.bytes.size(), false }, row);
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    constexpr std::uint32_t trigger_disabled = 4;
    auto const read = job::read(evidence.bytes, context.diagnostics);
    if (!read.ok()) {
        context.diagnostics.report({ read.error(), evidence.bytes.size() });
        return;
    }
    std::string trigger_list;
    for (auto const& trigger : read.value().triggers) {
        auto const detail = job::schedule_text(trigger);
        append_format(trigger_list, "{}{}", trigger_list.empty() ? "" : "; ", detail);
        context.traces.emit(trigger_schema, { trigger.offset, trigger.size_bytes, false },
            TriggerRow { evidence.name, job::kind_name(trigger.kind), (trigger.flags & trigger_disabled) == 0,
                trigger.starts_at, trigger.ends_at, trigger.interval_minutes, trigger.duration_minutes, detail });
    }
    emit_definition(read.value(), evidence, trigger_list, context.traces);
}

Sniff sniff(ByteView head, std::string_view)
{
    return job::sniff(head);
}

constexpr std::array<Schema const*, 2> schemas { &definition_schema.erased, &trigger_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "windows_job",
    .title = "Task Scheduler 1.0 jobs",
    .version = 1,
    .reads_path = true,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
