#include "traces/toy_greeting/parser.hpp"
#include "bytes/byte_reader.hpp"

namespace konseki::toy_greeting {

namespace {

struct Greeting {
    std::string_view name;
};

constexpr auto greeting_schema
    = schema("toy.greeting", "Somebody is greeted", field("name", &Greeting::name, "Who is greeted"));
constexpr std::array<Schema const*, 1> schemas { &greeting_schema.erased };

Sniff sniff(ByteView head, std::string_view)
{
    return as_text(head).starts_with("HELLO") ? Sniff::sure : Sniff::no;
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    ByteReader reader { evidence.bytes };
    reader.skip(5, "toy.magic");
    auto const name = as_text(reader.take(reader.u8("toy.name_size"), "toy.name"));
    if (auto const status = reader.status(); !status.ok()) {
        context.diagnostics.report({ status.error(), evidence.bytes.size() });
        return;
    }
    context.traces.emit(greeting_schema, { 0, evidence.bytes.size(), false }, Greeting { name });
}

}

constinit ArtefactParser const parser {
    .name = "toy_greeting",
    .title = "Toy greeting",
    .version = 1,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
