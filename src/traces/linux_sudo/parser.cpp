#include "traces/linux_sudo/parser.hpp"
#include "traces/linux_sudo/polkit.hpp"
#include "traces/linux_sudo/sudoers.hpp"
#include <array>

namespace konseki::linux_sudo {

namespace {

Sniff sniff(ByteView head, std::string_view name)
{
    using G = LinuxGrammar;
    return sniff_linux(head, name, { G::sudoers, G::doas, G::polkit_rules, G::polkit_authority, G::polkit_action });
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    LinuxRows rows { evidence, context };
    switch (rows.grammar()) {
    case LinuxGrammar::doas: return read_doas(evidence.bytes, rows);
    case LinuxGrammar::polkit_rules: return read_polkit_rules(evidence.bytes, rows);
    case LinuxGrammar::polkit_authority: return read_polkit_authority(evidence.bytes, rows);
    case LinuxGrammar::polkit_action: return read_polkit_action(evidence.bytes, rows);
    default: return read_sudoers(evidence.bytes, rows);
    }
}

constexpr std::array<Schema const*, 2> schemas { &linux_autostart_schema.erased, &linux_setting_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "linux_sudo",
    .title = "sudo, doas and polkit",
    .version = 1,
    .reads_path = true,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
