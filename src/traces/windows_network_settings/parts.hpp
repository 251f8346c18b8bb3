// The two halves of this folder and the small readers they share. Not for other folders.
#pragma once
#include "traces/registry_artefact.hpp"

namespace konseki::windows_network_settings {

void parse_profiles(HiveView const& view, ParseContext& context); // SOFTWARE
void parse_interfaces(HiveView const& view, ParseContext& context); // SYSTEM
void parse_port_proxies(HiveView const& view, ParseContext& context); // SYSTEM
void parse_proxies(HiveView const& view, ParseContext& context); // SOFTWARE and NTUSER.DAT

std::string mac_text(ByteView bytes); // "00:50:56:e0:3f:3e"; "" unless it has six bytes
LocalTime system_time(ByteView bytes); // SYSTEMTIME; not set when it is nonsense
// "C6F6D656" -> "home": SSIDs as key names, each byte with its hex digits swapped; "" when it is not that.
std::string network_hint(std::string_view key_name);

}
