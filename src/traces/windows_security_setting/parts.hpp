// The parts of this folder that have rows of their own. Not for other folders.
#pragma once
#include "traces/registry_artefact.hpp"
#include "traces/registry_keys.hpp"
#include "traces/windows_security_setting/schemas.hpp"

namespace konseki::windows_security_setting {

void parse_firewall_rules(HiveView const& view, ParseContext& context); // SYSTEM and SOFTWARE
void parse_event_channels(HiveView const& view, ParseContext& context); // SYSTEM and SOFTWARE
void parse_trusted_documents(HiveView const& view, ParseContext& context); // NTUSER.DAT

// "v2.30|Action=Allow|Active=TRUE|Dir=In|…" into the row; texts that were joined live in `storage`.
struct RuleTexts {
    std::string profiles, local_ports, remote_ports, local_addresses, remote_addresses, users, other;
};
void read_rule(std::string_view rule, FirewallRuleRow& row, RuleTexts& storage);

}
