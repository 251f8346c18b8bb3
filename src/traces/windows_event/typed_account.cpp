// Accounts, groups, and the logs and policies that would show their misuse.
#include "traces/windows_event/typed_reading.hpp"
#include "traces/windows_event/typed_schemas.hpp"
#include <algorithm>
#include <utility>

namespace konseki::windows_event {

using namespace std::string_view_literals;

namespace {

struct Kind {
    std::uint16_t event_id;
    std::string_view name;
};

// [Microsoft, Audit User Account / Security Group / Distribution Group / Computer Account Management]
constexpr auto kinds = std::to_array<Kind>({
    { 4720, "user_created" },
    { 4722, "user_enabled" },
    { 4723, "password_changed" },
    { 4724, "password_reset" },
    { 4725, "user_disabled" },
    { 4726, "user_deleted" },
    { 4727, "group_created" },
    { 4728, "member_added" },
    { 4729, "member_removed" },
    { 4730, "group_deleted" },
    { 4731, "group_created" },
    { 4732, "member_added" },
    { 4733, "member_removed" },
    { 4734, "group_deleted" },
    { 4735, "group_changed" },
    { 4737, "group_changed" },
    { 4738, "user_changed" },
    { 4740, "user_locked_out" },
    { 4741, "computer_created" },
    { 4742, "computer_changed" },
    { 4743, "computer_deleted" },
    { 4744, "group_created" },
    { 4745, "group_changed" },
    { 4746, "member_added" },
    { 4747, "member_removed" },
    { 4748, "group_deleted" },
    { 4749, "group_created" },
    { 4750, "group_changed" },
    { 4751, "member_added" },
    { 4752, "member_removed" },
    { 4753, "group_deleted" },
    { 4754, "group_created" },
    { 4755, "group_changed" },
    { 4756, "member_added" },
    { 4757, "member_removed" },
    { 4758, "group_deleted" },
    { 4759, "group_created" },
    { 4760, "group_changed" },
    { 4761, "member_added" },
    { 4762, "member_removed" },
    { 4763, "group_deleted" },
    { 4764, "group_type_changed" },
    { 4765, "sid_history_added" },
    { 4766, "sid_history_failed" },
    { 4767, "user_unlocked" },
    { 4780, "acl_set_on_administrators" },
    { 4781, "user_renamed" },
    { 4794, "dsrm_password_set" },
    { 4798, "groups_listed" },
    { 4799, "members_listed" },
});

std::string_view kind_of(std::uint32_t event_id)
{
    auto const found
        = std::find_if(kinds.begin(), kinds.end(), [&](Kind const& kind) { return kind.event_id == event_id; });
    return found == kinds.end() ? std::string_view {} : found->name;
}

std::string_view details_of(Reading& reading, std::uint32_t event_id)
{
    switch (event_id) {
    case 4781: {
        std::string text { reading.text("OldTargetUserName") };
        text += " -> ";
        text += reading.text("NewTargetUserName");
        return reading.keep(text);
    }
    case 4738:
    case 4742: return reading.text("UserAccountControl");
    case 4764: return reading.text("GroupTypeChange");
    case 4798:
    case 4799: return reading.text("CallerProcessName");
    default: return {};
    }
}

void read_account(Reading& reading)
{
    auto row = reading.begin<AccountChange>();
    row.kind = kind_of(row.event_id);
    row.target = reading.text_or("TargetUserName", "NewTargetUserName");
    row.target_domain = reading.text("TargetDomainName");
    row.target_sid = reading.text("TargetSid");
    row.member = reading.text("MemberName");
    row.member_sid = reading.text("MemberSid");
    row.subject_user = reading.text("SubjectUserName");
    row.subject_domain = reading.text("SubjectDomainName");
    row.subject_sid = reading.text("SubjectUserSid");
    row.subject_logon_id = reading.number("SubjectLogonId");
    row.details = details_of(reading, row.event_id);
    if (row.event_id == 4740) // [4740] TargetDomainName holds the name of the computer that asked, not a domain
        row.details = std::exchange(row.target_domain, Symbol {}).text;
    reading.emit(account_change_schema, row);
}

void read_who(Reading& reading, LogCleared& row)
{
    row.user = reading.text("SubjectUserName");
    row.user_domain = reading.text("SubjectDomainName");
    row.user_sid = reading.text("SubjectUserSid");
    row.logon_id = reading.number("SubjectLogonId");
}

void read_log_cleared(Reading& reading) // Security 1102, System 104
{
    auto row = reading.begin<LogCleared>();
    row.kind = "cleared"sv;
    read_who(reading, row);
    if (row.user_sid.text.data() == nullptr)
        row.user_sid = reading.event().user_sid;
    row.log = row.event_id == 1102 ? std::string_view("Security") : reading.text("Channel");
    row.backup_path = reading.text("BackupPath");
    reading.emit(log_cleared_schema, row);
}

void read_service_life(Reading& reading) // Security 1100, System 6005 6006
{
    auto row = reading.begin<LogCleared>();
    row.kind = row.event_id == 6005 ? "service_started"sv : "service_stopped"sv;
    reading.emit(log_cleared_schema, row);
}

void read_audit_policy(Reading& reading) // Security 4719
{
    auto row = reading.begin<LogCleared>();
    row.kind = "audit_policy_changed"sv;
    read_who(reading, row);
    row.log = reading.text("SubcategoryGuid");
    row.backup_path = reading.text("AuditPolicyChanges");
    reading.emit(log_cleared_schema, row);
}

constexpr Source event_log_service { "System", "EventLog" };

constexpr auto log_routes = std::to_array<Route>({
    { 104, &system_eventlog, read_log_cleared },
    { 1100, &security_eventlog, read_service_life },
    { 1102, &security_eventlog, read_log_cleared },
    { 4719, &security_log, read_audit_policy },
    { 6005, &event_log_service, read_service_life },
    { 6006, &event_log_service, read_service_life },
});

constexpr auto make_routes()
{
    std::array<Route, kinds.size() + log_routes.size()> routes {};
    std::size_t used = 0;
    for (auto const& kind : kinds)
        routes[used++] = { kind.event_id, &security_log, read_account };
    for (auto const& route : log_routes)
        routes[used++] = route;
    return routes;
}

constexpr auto routes = make_routes();

}

std::span<Route const> account_routes()
{
    return routes;
}

}
