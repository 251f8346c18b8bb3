#include "traces/windows_prefetch/parser.hpp"
#include "base/text.hpp"
#include "formats/scca/scca.hpp"

namespace konseki::windows_prefetch {

namespace {

constexpr std::size_t executable_chars_max = 29;

Sniff sniff(ByteView head, std::string_view name)
{
    auto const answer = scca::sniff(head);
    // Compressed files show no more than "MAM": SuperFetch databases do so as well, the file's name decides.
    if (answer == Sniff::maybe)
        return name.size() > 3 && equals_ignoring_case(name.substr(name.size() - 3), ".pf") ? Sniff::sure
                                                                                            : Sniff::maybe;
    return answer;
}

std::string volume_list_of(scca::Prefetch const& prefetch)
{
    std::string text;
    for (auto const& volume : prefetch.volumes) {
        if (!text.empty())
            text += "; ";
        append_format(text, "{} {:08X}", volume.device_path, volume.serial);
    }
    return text;
}

void emit(scca::Prefetch const& prefetch, std::uint64_t file_bytes, TraceSink& traces)
{
    std::string_view const executable = prefetch.executable;
    std::vector<std::string> loaded;
    loaded.reserve(prefetch.files.size());
    for (auto const& file : prefetch.files)
        loaded.push_back(file.path);
    auto const path = path_of_executable(prefetch.executable, loaded);
    auto const volume_list = volume_list_of(prefetch);
    auto const hash = format("{:08X}", prefetch.path_hash);

    ProgramRow program;
    program.executable = executable;
    program.path = path;
    program.path_hash = hash;
    program.run_count = prefetch.run_count;
    program.last_run_at = prefetch.run_times.empty() ? Timestamp {} : prefetch.run_times.front();
    program.format_version = prefetch.version;
    program.was_compressed = prefetch.was_compressed;
    program.files = static_cast<std::uint32_t>(prefetch.files.size());
    program.volumes = static_cast<std::uint32_t>(prefetch.volumes.size());
    program.volume_list = volume_list;
    program.volume_created_at = prefetch.volumes.empty() ? Timestamp {} : prefetch.volumes.front().created_at;
    program.name_is_cut = prefetch.executable.size() >= executable_chars_max;
    traces.emit(program_schema, { 0, file_bytes, false }, program);

    std::uint32_t number = 0;
    for (auto const run_at : prefetch.run_times) {
        TraceOrigin const origin { prefetch.run_times_offset + std::uint64_t { number } * 8, 8, false };
        traces.emit(run_schema, origin, RunRow { run_at, executable, path, ++number });
    }
    for (auto const& file : prefetch.files) {
        FileRow row { executable, std::string_view(file.path), {}, {} };
        if (file.mft_reference != 0) {
            row.file_record = file.mft_reference & 0xffff'ffff'ffffULL;
            row.file_sequence = static_cast<std::uint16_t>(file.mft_reference >> 48);
        }
        traces.emit(file_schema, { file.offset, prefetch.version == 17 ? 20U : 32U, false }, row);
    }
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    auto const prefetch = scca::read(evidence.bytes, context.diagnostics);
    if (!prefetch.ok()) {
        context.diagnostics.report({ prefetch.error(), evidence.bytes.size() });
        return;
    }
    emit(prefetch.value(), evidence.bytes.size(), context.traces);
}

constexpr std::array<Schema const*, 3> schemas { &program_schema.erased, &run_schema.erased, &file_schema.erased };

}

std::string_view path_of_executable(std::string_view executable, std::span<std::string const> loaded)
{
    for (std::string_view const path : loaded) {
        auto const slash = path.rfind('\\');
        auto const file = slash == std::string_view::npos ? path : path.substr(slash + 1);
        bool const fits = executable.size() >= executable_chars_max ? file.starts_with(executable) : file == executable;
        if (fits && !executable.empty())
            return path;
    }
    return {};
}

constinit ArtefactParser const parser {
    .name = "windows_prefetch",
    .title = "Windows prefetch file",
    .version = 1,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
