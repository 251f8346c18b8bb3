// What the audit policy leaves out of the Security log and an investigation needs.
#include "analysers/posture/host.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>

namespace konseki::posture {

namespace {

struct Wanted {
    std::string_view subcategory, en, ja; // what is missing without it
};
constexpr std::array<Wanted, 13> wanted { {
    { "Logon", "who logged on (4624, 4648)", "ログオン (4624, 4648)" },
    { "Special Logon", "logons with special rights (4672)", "特権を伴うログオン (4672)" },
    { "Account Lockout", "logons to locked accounts (4625)", "ロックされたアカウントへのログオン (4625)" },
    { "Audit Policy Change", "changes of the audit policy (4719)", "監査ポリシーの変更 (4719)" },
    { "Authentication Policy Change", "changes of trusts and logon rights (4706, 4717)",
        "信頼関係とログオン権利の変更 (4706, 4717)" },
    { "User Account Management", "changes of accounts (4720, 4724, 4738)", "アカウントの変更 (4720, 4724, 4738)" },
    { "Security Group Management", "changes of groups (4728, 4732)", "グループの変更 (4728, 4732)" },
    { "Security State Change", "starts of the system and changes of its time (4608, 4616)",
        "起動と時刻の変更 (4608, 4616)" },
    { "System Integrity", "broken code signatures (5038, 6281)", "コード署名の不整合 (5038, 6281)" },
    { "Process Creation", "which programs ran (4688)", "実行されたプログラム (4688)" },
    { "Security System Extension", "new services (4697)", "サービスの追加 (4697)" },
    { "Other Object Access Events", "new and changed tasks (4698, 4702)", "タスクの作成・変更 (4698, 4702)" },
    { "Credential Validation", "NTLM logons (4776)", "NTLM 認証 (4776)" },
} };
// Before Vista nothing was on by itself.
constexpr std::array<std::string_view, 5> wanted_categories { "Logon/Logoff", "Account Logon", "Account Management",
    "Policy Change", "Detailed Tracking" };

struct Audit {
    TraceId trace {};
    std::string_view category, subcategory, layout;
    Timestamp at {};
    bool has_success = false, has_failure = false, is_on_by_default = false;
};

// Medium: off though Windows itself has it on.
void add(HostSettings& host, Audit const& audit, Words sentence, Severity severity)
{
    Because because { audit.trace, "windows.audit_policy", audit.at,
        { { "category", std::string(audit.category) }, { "success", audit.has_success ? "true" : "false" },
            { "failure", audit.has_failure ? "true" : "false" } } };
    if (!audit.subcategory.empty())
        because.fields.emplace_back("subcategory", std::string(audit.subcategory));
    host.weak[Group::logging].push_back(
        { std::move(because), std::move(sentence), severity, severity == Severity::medium ? "T1562.002" : "" });
}

void judge(HostSettings& host, Audit const& audit)
{
    if (audit.layout != "subcategories") {
        if (!audit.has_success
            && std::find(wanted_categories.begin(), wanted_categories.end(), audit.category) != wanted_categories.end())
            add(host, audit,
                { format("Not audited: {}", audit.category), format("監査されていない: {}", audit.category) },
                Severity::low);
        return;
    }
    auto const* const one = std::find_if(
        wanted.begin(), wanted.end(), [&](Wanted const& each) { return each.subcategory == audit.subcategory; });
    if (one == wanted.end())
        return;
    if (!audit.has_success)
        add(host, audit,
            { format("Not audited: {}: {}", audit.subcategory, one->en),
                format("監査されていない: {}: {}", audit.subcategory, one->ja) },
            audit.is_on_by_default ? Severity::medium : Severity::low);
    else if (one->subcategory == "Logon" && !audit.has_failure)
        add(host, audit, { "Failed logons are not audited (4625)", "ログオンの失敗が監査されていない (4625)" },
            Severity::low);
}

}

Result<void> gather_audit_policy(Hosts& hosts)
{
    if (!hosts.has_table("windows.audit_policy"))
        return {};
    auto rows = TRY(hosts.rows("windows_audit_policy",
        "coalesce(category, ''), coalesce(subcategory, ''), layout, key_written_at, audits_success, audits_failure, "
        "is_on_by_default"));
    while (rows.next()) {
        Audit const audit { rows.trace(0), rows.text(2), rows.text(3), rows.text(4), rows.time(5), rows.boolean(6),
            rows.boolean(7), rows.boolean(8) };
        judge(hosts.of(audit.trace.evidence), audit);
    }
    return rows.status();
}

}
