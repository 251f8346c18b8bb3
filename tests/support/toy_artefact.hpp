// A toy artefact for tests of intake: "TOY\n", then one line per record. Some lines make a worker misbehave.
// Not in the catalogue of the program.
#pragma once
#include "record/artefact_parser.hpp"
#include <csignal>
#include <stdexcept>
#include <fcntl.h>
#include <unistd.h>

namespace konseki::test {

struct ToyRow {
    std::string_view text;
    Symbol kind;
    std::uint64_t length = 0;
};

inline constexpr auto toy_schema
    = schema("toy.line", "One line of a toy file", field("text", &ToyRow::text, "The line"),
        field("kind", &ToyRow::kind, "Its first word"), field("length", &ToyRow::length, "Bytes of the line"));
inline constexpr Schema const* toy_schema_list[] = { &toy_schema.erased };

// Below a folder "placed" the same bytes are another artefact, whose rows say where they lay.
inline bool is_placed(std::string_view name)
{
    return name.find("placed/") != std::string_view::npos;
}

inline Sniff toy_sniff(ByteView head, std::string_view name)
{
    return as_text(head).starts_with("TOY\n") && !is_placed(name) ? Sniff::sure : Sniff::no;
}

inline Sniff placed_sniff(ByteView head, std::string_view name)
{
    return as_text(head).starts_with("TOY\n") && is_placed(name) ? Sniff::sure : Sniff::no;
}

inline void placed_parse(EvidenceView const& evidence, ParseContext& context)
{
    if (context.pass == Pass::first)
        context.traces.emit(
            toy_schema, { 0, 4, false }, ToyRow { evidence.name, Symbol { "placed" }, evidence.name.size() });
}

// What the words of a line do: teach KEY VALUE, learn KEY, crash, hang, throw, exhaust, open PATH, lose N.
inline void toy_line(std::string_view line, TraceOrigin const& origin, ParseContext& context)
{
    auto const space = line.find(' ');
    auto const kind = line.substr(0, space);
    auto const rest = space == std::string_view::npos ? std::string_view {} : line.substr(space + 1);
    if (kind == "learn") {
        auto const found = context.dictionary.find(rest);
        if (!found) {
            context.wants_second_pass = context.pass == Pass::first;
        } else if (context.pass == Pass::second) {
            context.traces.emit(toy_schema, { origin.offset, origin.size_bytes, true },
                ToyRow { *found, Symbol { "learned" }, found->size() });
        }
        return;
    }
    if (context.pass == Pass::second)
        return;
    if (kind == "teach")
        context.dictionary.add(rest.substr(0, rest.find(' ')), rest.substr(rest.find(' ') + 1));
    if (kind == "crash")
        ::raise(SIGSEGV);
    if (kind == "hang")
        while (true)
            ::usleep(1000);
    if (kind == "throw")
        throw std::runtime_error("toy");
    if (kind == "exhaust") // 32 GiB: more than a worker may have
        context.traces.emit(toy_schema, origin, ToyRow { std::string(32ULL << 30, 'x'), Symbol { "exhaust" }, 0 });
    if (kind == "open" && ::open(std::string(rest).c_str(), O_RDONLY) >= 0) {
        context.traces.emit(toy_schema, origin, ToyRow { "opened!", Symbol { "escape" }, 0 });
        return;
    }
    if (kind == "lose")
        context.diagnostics.report({ { ErrorCode::bad_value, "toy.line", origin.offset, 1, 0, {} }, rest.size() });
    context.traces.emit(toy_schema, origin, ToyRow { line, kind, line.size() });
    Event event;
    event.provider = "toy";
    event.channel = kind;
    context.events.on_event(event, origin);
}

// "modified" asks when the file was, "beside" what lay beside the file: one row for each companion.
inline void toy_beside(EvidenceView const& evidence, ParseContext& context)
{
    for (auto const& companion : evidence.companions)
        context.traces.emit(toy_schema, { 4, 6, false },
            ToyRow { std::string(companion.name) + "=" + std::string(as_text(companion.bytes)), Symbol { "beside" },
                companion.bytes.size() });
}

inline std::vector<std::string> toy_companion_names(std::string_view name)
{
    auto const file = std::string(name.substr(name.find_last_of("/\\") + 1));
    return { file + ".LOG1", file + ".LOG2" };
}

inline void toy_parse(EvidenceView const& evidence, ParseContext& context)
{
    auto const text = as_text(evidence.bytes);
    auto position = evidence.range.offset == 0 ? std::size_t { 4 } : static_cast<std::size_t>(evidence.range.offset);
    auto const end = static_cast<std::size_t>(evidence.range.offset + evidence.range.size);
    if (text.starts_with("TOY\nbeside\n") && context.pass == Pass::first)
        toy_beside(evidence, context);
    if (text.starts_with("TOY\nmodified\n") && context.pass == Pass::first)
        context.traces.emit(
            toy_schema, { 0, 4, false }, ToyRow { to_string(evidence.modified_at), Symbol { "modified" }, 0 });
    while (position < end) {
        auto const next = std::min(text.find('\n', position), end);
        toy_line(text.substr(position, next - position), { position, next - position, false }, context);
        position = next + 1;
    }
}

inline std::vector<ByteRange> toy_split(ByteView bytes, std::uint64_t piece_bytes)
{
    auto const text = as_text(bytes);
    std::vector<ByteRange> pieces;
    std::size_t begin = 0;
    while (begin < text.size()) {
        auto const newline = text.find('\n', std::min(text.size(), begin + static_cast<std::size_t>(piece_bytes)));
        auto const end = newline == std::string_view::npos ? text.size() : newline + 1;
        pieces.push_back({ begin, end - begin });
        begin = end;
    }
    return pieces;
}

inline std::optional<std::string> toy_render(
    EvidenceView const& evidence, TraceOrigin const& origin, Dictionary const&, std::string_view form)
{
    auto const text = as_text(evidence.bytes);
    auto const end = std::min(text.find('\n', origin.offset), text.size());
    return std::string(form) + ":" + std::string(text.substr(origin.offset, end - origin.offset));
}

inline constexpr ArtefactParser toy_parser { .name = "toy",
    .title = "Toy lines",
    .version = 1,
    .emits = toy_schema_list,
    .sniff = toy_sniff,
    .parse = toy_parse,
    .split = toy_split,
    .companion_names = toy_companion_names,
    .render = toy_render };
inline constexpr ArtefactParser placed_parser { .name = "placed",
    .title = "Toy lines where it matters where they lie",
    .version = 1,
    .reads_path = true,
    .emits = toy_schema_list,
    .sniff = placed_sniff,
    .parse = placed_parse };
inline constexpr ArtefactParser const* toy_parsers[] = { &toy_parser, &placed_parser };

}
