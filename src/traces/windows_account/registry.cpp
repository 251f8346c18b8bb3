#include "traces/windows_account/registry.hpp"
#include "base/text.hpp"
#include "bytes/byte_reader.hpp"
#include "bytes/utf16.hpp"
#include <algorithm>
#include <array>

namespace konseki::windows_account {

namespace {

constexpr std::string_view users_path = "SAM\\Domains\\Account\\Users";
constexpr std::uint64_t v_header_bytes = 0xcc; // offsets of V count from behind its table
constexpr std::int64_t never = 0x7fff'ffff'ffff'ffff;
constexpr std::uint32_t flag_disabled = 1;

struct NameEntry {
    std::string name;
    std::uint32_t rid = 0; // the type of the default value
    Timestamp written_at;
};

std::vector<NameEntry> read_names(HiveView const& view, regf::Key const& users, ParseContext& context)
{
    std::vector<NameEntry> names;
    auto const parent = view.hive.subkey(users, "Names");
    if (!parent)
        return names;
    for (auto const& key : view.hive.subkeys(*parent, context.diagnostics)) {
        auto const value = view.hive.value(key, "");
        names.push_back({ key.name, value ? value->type : 0, key.written_at });
    }
    return names;
}

Timestamp real_time(std::uint64_t filetime)
{
    auto const time = Timestamp::from_filetime(filetime);
    return time.ticks == never || time.ticks < 0 ? Timestamp {} : time;
}

void read_f(regf::Value const& value, AccountRow& row, ParseContext& context)
{
    ByteReader reader { value.content, value.offset };
    reader.skip(8, "sam.f.version");
    row.last_logon_at = real_time(reader.u64("sam.f.last_logon_at"));
    reader.skip(8, "sam.f.unused");
    row.password_set_at = real_time(reader.u64("sam.f.password_set_at"));
    row.expires_at = real_time(reader.u64("sam.f.expires_at"));
    row.last_bad_password_at = real_time(reader.u64("sam.f.last_bad_password_at"));
    auto const rid = reader.u32("sam.f.rid");
    reader.skip(4, "sam.f.group");
    auto const flags = reader.u16("sam.f.flags");
    reader.skip(6, "sam.f.country");
    auto const bad_passwords = reader.u16("sam.f.bad_password_count");
    auto const logons = reader.u16("sam.f.logon_count");
    if (auto const status = reader.status(); !status.ok()) {
        context.diagnostics.report({ status.error(), value.content.size() });
        return;
    }
    row.stored_rid = rid;
    row.is_rid_foreign = rid != row.rid;
    row.flags = flags;
    row.is_disabled = (flags & flag_disabled) != 0;
    row.bad_password_count = bad_passwords;
    row.logon_count = logons;
}

// The n-th text of V: offset and size are in its table, 12 bytes each.
std::string v_text(regf::Value const& value, std::uint64_t index, ParseContext& context)
{
    ByteReader reader { value.content, value.offset };
    reader.seek(index * 12, "sam.v.table");
    auto const offset = reader.u32("sam.v.offset");
    auto const size = reader.u32("sam.v.size");
    if (!reader.failed()) {
        auto const text = slice(value.content, v_header_bytes + offset, size, "sam.v.text");
        if (text.ok())
            return utf8_from_utf16le(text.value());
        reader.fail(text.error());
    }
    context.diagnostics.report({ reader.status().error(), 0 });
    return {};
}

void emit_account(HiveView const& view, regf::Key const& key, std::uint32_t rid, std::vector<NameEntry> const& names,
    ParseContext& context)
{
    AccountRow row;
    row.rid = rid;
    row.key_written_at = key.written_at;
    if (auto const f = view.hive.value(key, "F"))
        read_f(*f, row, context);
    std::string name, full_name, comment;
    if (auto const v = view.hive.value(key, "V")) {
        name = v_text(*v, 1, context);
        full_name = v_text(*v, 2, context);
        comment = v_text(*v, 3, context);
    }
    auto const entry
        = std::find_if(names.begin(), names.end(), [&](NameEntry const& candidate) { return candidate.rid == rid; });
    row.has_name_entry = entry != names.end();
    if (entry != names.end()) {
        row.name_written_at = entry->written_at;
        if (name.empty())
            name = entry->name;
    }
    row.name = name;
    row.full_name = full_name;
    row.comment = comment;
    context.traces.emit(account_schema, origin_of(key), row);
}

void parse(HiveView const& view, ParseContext& context)
{
    auto const users = view.hive.find(users_path);
    if (!users)
        return;
    auto const names = read_names(view, *users, context);
    for (auto const& key : view.hive.subkeys(*users, context.diagnostics)) {
        auto const rid = parse_uint("0x" + key.name);
        if (rid && *rid <= 0xffff'ffffU)
            emit_account(view, key, static_cast<std::uint32_t>(*rid), names, context);
    }
}

constexpr std::array<Schema const*, 1> emitted { &account_schema.erased };

}

constinit RegistryArtefact const registry_artefact {
    .name = "windows_account",
    .title = "Local accounts (SAM)",
    .emits = emitted,
    .kinds = static_cast<std::uint32_t>(HiveKind::sam),
    .parse = parse,
};

}
