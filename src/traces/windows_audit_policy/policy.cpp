#include "traces/windows_audit_policy/policy.hpp"
#include "base/text.hpp"
#include "bytes/byte_reader.hpp"
#include <algorithm>
#include <array>
#include <span>

namespace konseki::windows_audit_policy {

namespace {

constexpr std::array<std::string_view, 5> system { "Security State Change", "Security System Extension",
    "System Integrity", "IPsec Driver", "Other System Events" };
constexpr std::array<std::string_view, 11> logon { "Logon", "Logoff", "Account Lockout", "IPsec Main Mode",
    "Special Logon", "IPsec Quick Mode", "IPsec Extended Mode", "Other Logon/Logoff Events", "Network Policy Server",
    "User/Device Claims", "Group Membership" };
constexpr std::array<std::string_view, 14> objects { "File System", "Registry", "Kernel Object", "SAM",
    "Other Object Access Events", "Certification Services", "Application Generated", "Handle Manipulation",
    "File Share", "Filtering Platform Packet Drop", "Filtering Platform Connection", "Detailed File Share",
    "Removable Storage", "Central Policy Staging" };
constexpr std::array<std::string_view, 3> privileges { "Sensitive Privilege Use", "Non Sensitive Privilege Use",
    "Other Privilege Use Events" };
constexpr std::array<std::string_view, 6> tracking { "Process Creation", "Process Termination", "DPAPI Activity",
    "RPC Events", "Plug and Play Events", "Token Right Adjusted Events" };
constexpr std::array<std::string_view, 6> policies { "Audit Policy Change", "Authentication Policy Change",
    "Authorization Policy Change", "MPSSVC Rule-Level Policy Change", "Filtering Platform Policy Change",
    "Other Policy Change Events" };
constexpr std::array<std::string_view, 6> accounts { "User Account Management", "Computer Account Management",
    "Security Group Management", "Distribution Group Management", "Application Group Management",
    "Other Account Management Events" };
constexpr std::array<std::string_view, 4> directory { "Directory Service Access", "Directory Service Changes",
    "Directory Service Replication", "Detailed Directory Service Replication" };
constexpr std::array<std::string_view, 4> account_logon { "Credential Validation", "Kerberos Service Ticket Operations",
    "Other Account Logon Events", "Kerberos Authentication Service" };

// [Microsoft, audit policy recommendations] success is logged by default, on clients and servers alike.
constexpr std::array<std::string_view, 12> on_by_default { "Security State Change", "System Integrity",
    "Other System Events", "Logon", "Logoff", "Account Lockout", "Special Logon", "Network Policy Server",
    "Audit Policy Change", "Authentication Policy Change", "User Account Management", "Security Group Management" };

struct Category {
    std::string_view name;
    std::span<std::string_view const> subcategories;
};
constexpr std::array<Category, 9> categories { { { "System", system }, { "Logon/Logoff", logon },
    { "Object Access", objects }, { "Privilege Use", privileges }, { "Detailed Tracking", tracking },
    { "Policy Change", policies }, { "Account Management", accounts }, { "DS Access", directory },
    { "Account Logon", account_logon } } };

constexpr std::uint32_t header_bytes = 12;
constexpr std::uint32_t old_begin = 4; // of the numbers before Vista
constexpr std::size_t old_bytes_min = 12; // one of them

std::string_view category_name(std::size_t number)
{
    return number < categories.size() ? categories[number].name : std::string_view {};
}

std::string subcategory_name(std::size_t category, std::size_t number)
{
    if (category < categories.size() && number < categories[category].subcategories.size())
        return std::string(categories[category].subcategories[number]);
    return format("#{}", number + 1);
}

// A switch, a number per category, and how many there are.
Result<Policy> read_old(ByteView value)
{
    Policy policy;
    ByteReader reader { value };
    policy.is_on = reader.u8("audit_policy.is_on") != 0;
    reader.skip(old_begin - 1, "audit_policy.header");
    auto const count = static_cast<std::uint32_t>(value.size() / 4 - 2);
    for (std::uint32_t number = 0; number < count; ++number) {
        auto const flags = reader.u32("audit_policy.category");
        policy.entries.push_back({ category_name(number), {}, flags, old_begin + number * 4, 4, false });
    }
    TRY(reader.status());
    return policy;
}

bool is_old(ByteView value)
{
    if (value.size() < old_bytes_min || value.size() % 4 != 0)
        return false;
    ByteReader reader { value };
    reader.seek(value.size() - 4, "audit_policy.categories");
    return reader.u32("audit_policy.categories") == value.size() / 4 - 2;
}

}

Result<Policy> read_policy(ByteView value)
{
    if (is_old(value))
        return read_old(value);
    ByteReader header { value };
    header.skip(4, "audit_policy.header");
    auto const category_count = header.u16("audit_policy.categories");
    header.skip(2, "audit_policy.header");
    auto const footer_offset = header.u16("audit_policy.footer");
    TRY(header.status());
    ByteReader footer { value };
    footer.seek(footer_offset, "audit_policy.footer");
    auto const count = footer.count(category_count, 2, "audit_policy.categories");
    ByteReader numbers { value };
    numbers.seek(header_bytes, "audit_policy.subcategory");
    Policy policy;
    policy.has_subcategories = true;
    for (std::uint32_t category = 0; category < count; ++category) {
        auto const members = footer.u16("audit_policy.subcategories");
        for (std::uint32_t number = 0; number < members; ++number) {
            auto const offset = static_cast<std::uint32_t>(numbers.position());
            if (offset + 2 > footer_offset)
                return Error { ErrorCode::bad_count, "audit_policy.subcategories", offset, 2, footer_offset, {} };
            auto const flags = numbers.u16("audit_policy.subcategory");
            auto name = subcategory_name(category, number);
            bool const is_on = std::find(on_by_default.begin(), on_by_default.end(), name) != on_by_default.end();
            policy.entries.push_back({ category_name(category), std::move(name), flags, offset, 2, is_on });
        }
    }
    TRY(footer.status());
    TRY(numbers.status());
    return policy;
}

}
