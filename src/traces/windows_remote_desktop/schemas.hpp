// Rows of remote desktop: client and server. Not the code that fills them.
#pragma once
#include "record/schema.hpp"

namespace konseki::windows_remote_desktop {

struct ClientRow {
    Symbol user, list;
    std::string_view server;
    std::optional<std::uint32_t> position;
    std::string_view username_hint, certificate_hash, key_path;
    Timestamp key_written_at;
};

inline constexpr auto client_schema = schema("windows.remote_desktop.client",
    "Machines a user connected to with the remote desktop client (Terminal Server Client)",
    field("user", &ClientRow::user, "Account whose hive it is, from the path of the hive"),
    field("list", &ClientRow::list, "Default: names typed, newest first; Servers: connected to; LocalDevices"),
    field("server", &ClientRow::server, "Name or address, with the port where one was typed"),
    field("position", &ClientRow::position, "Place in the list, 0 is the newest (Default)"),
    field("username_hint", &ClientRow::username_hint, "Account that was used last on that machine (Servers)"),
    field("certificate_hash", &ClientRow::certificate_hash,
        "Certificate of that machine the user told the client to trust, in hex (Servers)"),
    field("key_path", &ClientRow::key_path, "Key below the root of the hive"),
    field("key_written_at", &ClientRow::key_written_at,
        "Last write of the key, UTC: Servers: last connection with another account, mostly the first one; Default: "
        "when position 0 was typed"));

struct ServerRow {
    Symbol place, control_set;
    std::string_view name;
    std::optional<bool> denies_connections, single_session_per_user, needs_network_logon, prompts_for_password;
    std::optional<bool> is_enabled, logon_disabled;
    std::optional<std::uint32_t> port, shadow, security_layer, encryption_level;
    std::optional<bool> allows_remote_help, allows_remote_calls, restricted_admin_disabled;
    std::string_view initial_program, certificate_hash, key_path;
    Timestamp key_written_at;
};

inline constexpr auto server_schema = schema("windows.remote_desktop.server",
    "How the machine lets others in by remote desktop: settings, one row per key that holds any",
    field("place", &ServerRow::place,
        "settings (Control\\Terminal Server), listener (WinStations), policy (overrides both), lsa (Control\\Lsa)"),
    field("control_set", &ServerRow::control_set, "Control set that holds it (SYSTEM)"),
    field("name", &ServerRow::name, "Name of the key: RDP-Tcp is the usual listener"),
    field("denies_connections", &ServerRow::denies_connections,
        "fDenyTSConnections: true is the default and refuses remote desktop"),
    field("single_session_per_user", &ServerRow::single_session_per_user,
        "fSingleSessionPerUser: false lets one account work twice at a time"),
    field("needs_network_logon", &ServerRow::needs_network_logon,
        "UserAuthentication: true asks for credentials before the session (NLA)"),
    field("prompts_for_password", &ServerRow::prompts_for_password, "fPromptForPassword"),
    field("is_enabled", &ServerRow::is_enabled, "fEnableWinStation: the listener is on"),
    field("logon_disabled", &ServerRow::logon_disabled, "fLogonDisabled"),
    field("port", &ServerRow::port, "PortNumber; 3389 is the default"),
    field("shadow", &ServerRow::shadow,
        "Shadow: 0 off, 1 full control if the user agrees (default), 2 full control without asking, 3 and 4 watching "
        "with and without asking"),
    field("security_layer", &ServerRow::security_layer, "SecurityLayer: 0 RDP's own, 1 negotiated, 2 TLS"),
    field("encryption_level", &ServerRow::encryption_level, "MinEncryptionLevel: 1 low, 2 client's, 3 high, 4 FIPS"),
    field("allows_remote_help", &ServerRow::allows_remote_help, "fAllowToGetHelp: remote assistance may be asked for"),
    field("allows_remote_calls", &ServerRow::allows_remote_calls, "AllowRemoteRPC"),
    field("restricted_admin_disabled", &ServerRow::restricted_admin_disabled,
        "DisableRestrictedAdmin of Lsa: false lets a password hash be enough to log on"),
    field("initial_program", &ServerRow::initial_program, "InitialProgram: started instead of the desktop"),
    field("certificate_hash", &ServerRow::certificate_hash, "SSLCertificateSHA1Hash: certificate that was chosen"),
    field("key_path", &ServerRow::key_path, "Key below the root of the hive"),
    field("key_written_at", &ServerRow::key_written_at, "Last write of the key, UTC"));

}
