#include "traces/linux_login/parser.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "formats/utmp/utmp.hpp"
#include <array>

namespace konseki::linux_login {

namespace {

// "wtmp", "wtmp.1", "wtmp-20260901", "btmp.1.old", "utmp_x86_64"; empty for other names.
std::string_view kind_of_name(std::string_view path)
{
    auto const name = file_name_of(path);
    for (std::string_view const kind : { "utmp", "wtmp", "btmp", "lastlog" }) {
        if (name.starts_with(kind)
            && (name.size() == kind.size() || name.find_first_of(".-_", kind.size()) == kind.size()))
            return kind;
    }
    return {};
}

bool is_binary(ByteView head)
{
    return head.empty() || as_text(head).find('\0') != std::string_view::npos;
}

Sniff sniff(ByteView head, std::string_view name)
{
    auto const kind = kind_of_name(name);
    if (kind.empty())
        return head.size() >= 384 && utmp::looks_like_records(head) ? Sniff::maybe : Sniff::no;
    if (name.ends_with(".gz") || name.ends_with(".xz") || name.ends_with(".zst") || name.ends_with(".bz2"))
        return Sniff::no; // a name of its own once it is unpacked
    return is_binary(head) ? Sniff::sure : Sniff::no;
}

class LoginRows {
public:
    LoginRows(EvidenceView const& evidence, ParseContext& context)
        : m_evidence(evidence)
        , m_context(context)
        , m_kind(kind_of_name(evidence.name))
    {
        if (m_kind.empty())
            m_kind = "wtmp";
    }

    void run()
    {
        if (m_kind == "lastlog") {
            utmp::read_lastlog(
                m_evidence.bytes, m_context.diagnostics, [&](utmp::LastLogin const& login) { put(login); },
                m_context.stop);
            return;
        }
        auto const facts = utmp::read(
            m_evidence.bytes, m_context.diagnostics, [&](utmp::Record const& record) { put(record); }, m_context.stop);
        LinuxLoginFileRow row;
        row.file_kind = m_kind;
        row.record_bytes = facts.layout.record_bytes;
        row.is_big_endian = facts.layout.is_big_endian;
        row.records = facts.records;
        row.zeroed_records = facts.zeroed;
        row.implausible_records = facts.implausible;
        row.tail_bytes = facts.tail_bytes;
        row.file_bytes = m_evidence.bytes.size();
        row.first_at = m_first;
        row.last_at = m_last;
        row.path = m_evidence.name;
        m_context.traces.emit(linux_login_file_schema, { 0, m_evidence.bytes.size(), false }, row);
    }

private:
    static std::string_view text(std::string& storage, std::string_view raw)
    {
        if (raw.empty())
            return {};
        storage = utf8::repaired(raw);
        return storage;
    }

    void put(utmp::Record const& record)
    {
        LinuxLoginRow row;
        row.file_kind = m_kind;
        row.is_zeroed = record.is_zeroed;
        row.records = record.count;
        row.kind = m_kind == "btmp" && (record.type == 6 || record.type == 7) ? std::string_view("failed")
                                                                              : utmp::type_name(record.type);
        std::string user, terminal, host, id;
        if (record.is_zeroed) {
            row.kind = "zeroed";
        } else {
            row.at = record.at;
            row.user = text(user, record.user);
            row.terminal = text(terminal, record.terminal);
            row.source_host = text(host, record.host);
            row.inittab_id = text(id, record.inittab_id);
            if (!record.address.empty())
                row.source_address = std::string_view(record.address);
            row.pid = record.pid;
            if (record.session != 0)
                row.session = record.session;
            row.is_plausible = record.is_plausible;
        }
        if (record.at.is_set() && record.is_plausible) {
            m_first = m_first.is_set() ? std::min(m_first, record.at) : record.at;
            m_last = std::max(m_last, record.at);
        }
        m_context.traces.emit(linux_login_schema, { record.offset, record.size_bytes, !record.is_complete }, row);
    }

    void put(utmp::LastLogin const& login)
    {
        LinuxLoginRow row;
        row.file_kind = m_kind;
        row.kind = "last";
        row.at = login.at;
        row.uid = login.uid;
        std::string terminal, host;
        row.terminal = text(terminal, login.terminal);
        row.source_host = text(host, login.host);
        m_context.traces.emit(linux_login_schema, { login.offset, login.size_bytes, false }, row);
    }

    EvidenceView const& m_evidence;
    ParseContext& m_context;
    std::string_view m_kind;
    Timestamp m_first, m_last;
};

void parse(EvidenceView const& evidence, ParseContext& context)
{
    LoginRows(evidence, context).run();
}

constexpr std::array<Schema const*, 2> schemas { &linux_login_schema.erased, &linux_login_file_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "linux_login",
    .title = "Linux login records (utmp, wtmp, btmp, lastlog)",
    .version = 2,
    .reads_path = true,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
