// Logons and what stands behind them. [Microsoft, Advanced security auditing: 4624 … 4776]
#include "base/text.hpp"
#include "traces/windows_event/typed_reading.hpp"
#include "traces/windows_event/typed_schemas.hpp"
#include <algorithm>

namespace konseki::windows_event {

using namespace std::string_view_literals;

namespace {

struct Reason {
    std::uint64_t code;
    std::string_view text;
};

// [MS-ERREF 2.3.1] as far as logons give them
constexpr std::array nt_reasons {
    Reason { 0xc000005e, "no logon server available" },
    Reason { 0xc0000064, "user does not exist" },
    Reason { 0xc000006a, "wrong password" },
    Reason { 0xc000006d, "bad user name or password" },
    Reason { 0xc000006e, "account restriction" },
    Reason { 0xc000006f, "outside allowed hours" },
    Reason { 0xc0000070, "workstation not allowed" },
    Reason { 0xc0000071, "password expired" },
    Reason { 0xc0000072, "account disabled" },
    Reason { 0xc0000073, "no such SID" },
    Reason { 0xc000009a, "insufficient resources" },
    Reason { 0xc00000dc, "wrong server state" },
    Reason { 0xc0000133, "clocks too far apart" },
    Reason { 0xc000015b, "logon type not granted" },
    Reason { 0xc000018c, "trust relationship failed" },
    Reason { 0xc0000192, "Netlogon not started" },
    Reason { 0xc0000193, "account expired" },
    Reason { 0xc0000224, "password must change" },
    Reason { 0xc0000225, "bug or broken trust" },
    Reason { 0xc0000234, "account locked out" },
    Reason { 0xc00002ee, "error during logon" },
    Reason { 0xc0000371, "no local account password" },
    Reason { 0xc0000413, "authentication policy forbids it" },
};

// [RFC 4120 7.5.9]
constexpr std::array kerberos_reasons {
    Reason { 0x1, "client entry expired" },
    Reason { 0x6, "user does not exist" },
    Reason { 0x7, "service does not exist" },
    Reason { 0x8, "name not unique" },
    Reason { 0x9, "no key" },
    Reason { 0xb, "ticket not valid yet" },
    Reason { 0xc, "policy forbids it" },
    Reason { 0xd, "option not supported" },
    Reason { 0xe, "encryption type not supported" },
    Reason { 0xf, "checksum type not supported" },
    Reason { 0x10, "preauthentication type not supported" },
    Reason { 0x12, "account disabled, expired or locked out" },
    Reason { 0x17, "password expired" },
    Reason { 0x18, "wrong password" },
    Reason { 0x19, "preauthentication required" },
    Reason { 0x1b, "user to user only" },
    Reason { 0x1f, "integrity check failed" },
    Reason { 0x20, "ticket expired" },
    Reason { 0x22, "replay" },
    Reason { 0x25, "clocks too far apart" },
    Reason { 0x29, "message modified" },
    Reason { 0x3c, "generic error" },
    Reason { 0x44, "wrong realm" },
};

template <std::size_t N>
std::string_view reason_of(std::array<Reason, N> const& reasons, std::optional<std::uint64_t> code)
{
    if (!code)
        return {};
    auto const found = std::find_if(
        reasons.begin(), reasons.end(), [&](Reason const& reason) { return reason.code == (*code & UINT32_MAX); });
    return found == reasons.end() ? std::string_view {} : found->text;
}

void read_target(Reading& reading, Logon& row)
{
    row.user = reading.text("TargetUserName");
    row.user_domain = reading.text("TargetDomainName");
}

void read_subject(Reading& reading, Logon& row)
{
    row.subject_user = reading.text("SubjectUserName");
    row.subject_domain = reading.text("SubjectDomainName");
    row.subject_logon_id = reading.number("SubjectLogonId");
}

void read_network(Reading& reading, Logon& row)
{
    row.source_address = reading.address("IpAddress");
    row.source_port = reading.small_number("IpPort");
    if (row.source_port == 0U)
        row.source_port.reset();
}

void read_logon(Reading& reading) // 4624, 4625
{
    auto row = reading.begin<Logon>();
    row.is_success = row.event_id == 4624;
    row.kind = *row.is_success ? "logon"sv : "logon_failed"sv;
    row.logon_type = reading.small_number("LogonType");
    read_target(reading, row);
    row.user_sid = reading.text("TargetUserSid");
    row.logon_id = reading.number("TargetLogonId");
    read_subject(reading, row);
    read_network(reading, row);
    row.workstation = reading.text("WorkstationName");
    row.image = reading.text("ProcessName");
    row.process_id = reading.number("ProcessId");
    row.authentication_package = reading.text("AuthenticationPackageName");
    row.logon_process = trim(reading.text("LogonProcessName")); // "NtLmSsp " with a trailing space
    if (!*row.is_success) {
        auto const detail = reading.number("SubStatus");
        bool const has_detail = detail.value_or(0) != 0;
        row.status = reading.status(has_detail ? "SubStatus" : "Status");
        row.failure_reason = reason_of(nt_reasons, has_detail ? detail : reading.number("Status"));
    }
    reading.emit(logon_schema, row);
}

void read_logoff(Reading& reading) // 4634, 4647
{
    auto row = reading.begin<Logon>();
    row.kind = "logoff"sv;
    row.logon_type = reading.small_number("LogonType");
    read_target(reading, row);
    row.user_sid = reading.text("TargetUserSid");
    row.logon_id = reading.number("TargetLogonId");
    reading.emit(logon_schema, row);
}

void read_explicit_credentials(Reading& reading) // 4648
{
    auto row = reading.begin<Logon>();
    row.kind = "explicit_credentials"sv;
    read_target(reading, row);
    read_subject(reading, row);
    read_network(reading, row);
    row.service = reading.text("TargetServerName");
    row.image = reading.text("ProcessName");
    row.process_id = reading.number("ProcessId");
    reading.emit(logon_schema, row);
}

void read_special_privileges(Reading& reading) // 4672, 4964
{
    auto row = reading.begin<Logon>();
    row.kind = "special_privileges"sv;
    row.user = reading.text_or("SubjectUserName", "TargetUserName");
    row.user_domain = reading.text_or("SubjectDomainName", "TargetDomainName");
    row.user_sid = reading.text_or("SubjectUserSid", "TargetUserSid");
    row.logon_id = reading.number("SubjectLogonId");
    reading.emit(logon_schema, row);
}

std::string_view kerberos_kind(std::uint32_t event_id)
{
    switch (event_id) {
    case 4768:
    case 4772: return "kerberos_tgt";
    case 4769: return "kerberos_service";
    case 4770: return "kerberos_renewal";
    default: return "kerberos_preauthentication_failed";
    }
}

void read_kerberos(Reading& reading) // 4768 4769 4770 4771 4772
{
    auto row = reading.begin<Logon>();
    row.kind = kerberos_kind(row.event_id);
    auto const code = reading.number(row.event_id == 4772 ? "FailureCode" : "Status");
    bool const always_fails = row.event_id == 4771 || row.event_id == 4772;
    row.is_success = !always_fails && code.value_or(0) == 0;
    read_target(reading, row);
    row.user_sid = reading.text("TargetSid");
    read_network(reading, row);
    row.service = reading.text("ServiceName");
    row.ticket_encryption = reading.status("TicketEncryptionType");
    row.authentication_package = "Kerberos"sv;
    if (!*row.is_success) {
        row.status = reading.status(row.event_id == 4772 ? "FailureCode" : "Status");
        row.failure_reason = reason_of(kerberos_reasons, code);
    }
    reading.emit(logon_schema, row);
}

void read_ntlm_check(Reading& reading) // 4776
{
    auto row = reading.begin<Logon>();
    row.kind = "ntlm_check"sv;
    row.user = reading.text("TargetUserName");
    row.workstation = reading.text("Workstation");
    row.authentication_package = reading.text("PackageName");
    auto const code = reading.number("Status");
    row.is_success = code.value_or(0) == 0;
    row.status = reading.status("Status");
    row.failure_reason = reason_of(nt_reasons, code);
    reading.emit(logon_schema, row);
}

constexpr auto routes = std::to_array<Route>({
    { 4624, &security_log, read_logon },
    { 4625, &security_log, read_logon },
    { 4634, &security_log, read_logoff },
    { 4647, &security_log, read_logoff },
    { 4648, &security_log, read_explicit_credentials },
    { 4672, &security_log, read_special_privileges },
    { 4964, &security_log, read_special_privileges },
    { 4768, &security_log, read_kerberos },
    { 4769, &security_log, read_kerberos },
    { 4770, &security_log, read_kerberos },
    { 4771, &security_log, read_kerberos },
    { 4772, &security_log, read_kerberos },
    { 4776, &security_log, read_ntlm_check },
});

}

std::span<Route const> logon_routes()
{
    return routes;
}

}
