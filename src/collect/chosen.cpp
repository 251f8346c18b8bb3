#include "collect/chosen.hpp"
#include "base/path_name.hpp"
#include "collect/expand.hpp"
#include <algorithm>
#include <array>
#include <set>

namespace konseki::collect {

bool is_secret_name(std::string_view path)
{
    static constexpr std::array<std::string_view, 22> endings { ".keytab", ".p12", ".pfx", ".jks", ".keystore", ".kdbx",
        "/.netrc", "/.git-credentials", "/.pgpass", "/.my.cnf", "/.npmrc", "/.pypirc", "/chap-secrets", "/pap-secrets",
        "/ipsec.secrets", "/sasl_passwd", "/debian.cnf", "/rndc.key", "/gshadow-", "/shadow-", "/opasswd",
        ".nmconnection" };
    static constexpr std::array<std::string_view, 3> folders { "/etc/ssl/private/", "/etc/wireguard/",
        "/etc/NetworkManager/system-connections/" };
    return std::any_of(endings.begin(), endings.end(), [&](std::string_view end) { return path.ends_with(end); })
        || std::any_of(
            folders.begin(), folders.end(), [&](std::string_view folder) { return path.starts_with(folder); });
}

bool holds_private_key(std::string_view content)
{
    return content.find("PRIVATE KEY-----") != std::string_view::npos
        || content.find("PRIVATE KEY BLOCK-----") != std::string_view::npos
        || content.find("client-key-data:") != std::string_view::npos || content.starts_with("PuTTY-User-Key-File")
        || content.starts_with("SSH PRIVATE KEY FILE FORMAT");
}

namespace {

class Taking {
public:
    Taking(Session& session, PackageIndex const& index)
        : m_session(session)
        , m_index(index)
    {
    }

    Result<void> take(Found const& found)
    {
        if (!m_taken.insert(found.path).second)
            return {};
        TRY(m_session.report("configuration", m_taken.size(), 0, found.path));
        if (is_secret_name(found.path)) {
            m_session.notes.add("left_out", found.path, "a file of keys or passwords: its content is not taken");
            return {};
        }
        auto const bytes_max = m_session.options.limits.chosen_file_bytes_max;
        auto const is_state = found.path.starts_with("/proc/") || found.path.starts_with("/sys/");
        auto const content = is_state ? m_session.source.read_state(found.path, bytes_max)
                                      : m_session.source.read(found.path, bytes_max + 1);
        if (!content.ok()) {
            m_session.notes.add(found.path, content.error());
            return {};
        }
        return add(found, content.value(), bytes_max);
    }

private:
    Result<void> add(Found const& found, std::string const& content, std::uint64_t bytes_max)
    {
        // Of a program or a packed file that a package brought, or that is large, the digest among the files is enough.
        bool const is_owned = m_index.find(found.path) != nullptr;
        if ((content.starts_with("\177ELF") && (content.size() > bytes_max || is_owned))
            || (is_owned && (content.starts_with("PK\x03\x04") || content.starts_with("\x1f\x8b"))))
            return {};
        if (content.size() > bytes_max) {
            m_session.notes.add("too_large", found.path,
                format("{} bytes; files of this kind are taken up to {}", found.status.size_bytes, bytes_max));
            return {};
        }
        if (holds_private_key(content)) {
            m_session.notes.add("left_out", found.path, "holds a private key: its content is not taken");
            return {};
        }
        if (m_bytes + content.size() > m_session.options.limits.chosen_bytes_max) {
            m_session.notes.add("too_large", found.path, "the limit for all configuration files was reached before");
            return {};
        }
        m_bytes += content.size();
        ++m_session.summary.files_taken;
        return m_session.archive.add(Member { "[root]" + found.path, found.path, found.status.modified_at }, content);
    }

    Session& m_session;
    PackageIndex const& m_index;
    std::set<std::string, std::less<>> m_taken;
    std::uint64_t m_bytes = 0;
};

std::vector<std::string> homes_of(Session const& session, std::vector<passwd::Account> const& accounts)
{
    std::set<std::string, std::less<>> homes;
    auto const add = [&](std::string const& path) {
        // Accounts of services live in /, /bin, /usr/sbin, /dev …: what lies there is no home.
        static constexpr std::array<std::string_view, 9> none { "/", "/bin", "/dev", "/proc", "/sbin", "/sys",
            "/usr/sbin", "/usr/bin", "/nonexistent" };
        auto const resolved = session.source.resolved(path);
        if (resolved.ok() && std::find(none.begin(), none.end(), resolved.value()) == none.end())
            homes.insert(resolved.value());
    };
    for (auto const& account : accounts)
        if (account.home.starts_with('/'))
            add(account.home);
    add("/root");
    if (auto const names = session.source.names_in("/home"); names.ok())
        for (auto const& name : names.value())
            add("/home/" + name);
    return { homes.begin(), homes.end() };
}

}

Result<void> collect_chosen(Session& session, std::vector<passwd::Account> const& accounts, PackageIndex const& index)
{
    auto const homes = homes_of(session, accounts);
    Taking taking(session, index);
    for (auto const& choice : chosen_files()) {
        if ((choice.folder.starts_with("/proc") || choice.folder.starts_with("/sys")) && !session.source.is_live())
            continue;
        for (auto const& found : TRY(expand(session, choice, homes)))
            TRY(taking.take(found));
    }
    return {};
}

// ---- logs ----

static Result<void> take_log(Session& session, Found const& found, std::uint64_t& bytes_left)
{
    auto const& limits = session.options.limits;
    bool const is_journal = found.path.find(".journal") != std::string::npos;
    bool const is_packed = found.path.ends_with(".gz") || found.path.ends_with(".xz") || found.path.ends_with(".bz2")
        || found.path.ends_with(".zst");
    auto const size_bytes = found.status.size_bytes;
    auto const bytes_max = is_journal ? limits.journal_bytes_max : limits.log_bytes_max;
    auto const name = file_name_of(found.path);
    bool const is_by_user = name.starts_with("lastlog"); // by uid from the start, with holes: the end says nothing
    auto taken = std::min(size_bytes, bytes_max);
    // Records of 384 bytes stay whole; a text begins within a line.
    auto begin = is_by_user ? 0 : (size_bytes - taken + 383) / 384 * 384;
    taken = std::min(taken, size_bytes - begin);
    if (taken > bytes_left || ((is_journal || is_packed) && begin > 0)) {
        session.notes.add("too_large", found.path, format("{} bytes: beyond the limit for logs", size_bytes));
        return {};
    }
    if (taken < size_bytes)
        session.notes.add(
            "too_large", found.path, format("{} bytes: {} bytes from offset {} were taken", size_bytes, taken, begin));
    auto const file = session.source.open_file(found.path, FinalLink::follow);
    if (!file.ok()) {
        session.notes.add(found.path, file.error());
        return {};
    }
    bytes_left -= taken;
    Member const member { "[root]" + found.path, found.path, found.status.modified_at };
    auto const added = TRY(session.archive.add(member, file.value(), begin, taken));
    if (added.has_shrunk)
        session.notes.add("changed_while_read", found.path, "became shorter: zeros stand for what was not there");
    ++session.summary.files_taken;
    return {};
}

Result<void> collect_logs(Session& session)
{
    std::map<std::string, Found, std::less<>> logs;
    for (auto const& choice : chosen_logs())
        for (auto& found : TRY(expand(session, choice, {})))
            logs.emplace(found.path, std::move(found));
    std::vector<Found const*> newest_first;
    std::uint64_t total = 0;
    for (auto const& [path, found] : logs) {
        newest_first.push_back(&found);
        total += found.status.size_bytes;
    }
    std::stable_sort(newest_first.begin(), newest_first.end(),
        [](Found const* a, Found const* b) { return a->status.modified_at > b->status.modified_at; });
    auto left = session.options.limits.logs_bytes_max;
    std::uint64_t done = 0;
    for (auto const* found : newest_first) {
        TRY(session.report("logs", done, std::max<std::uint64_t>(total, 1), found->path));
        TRY(take_log(session, *found, left));
        done += found->status.size_bytes;
    }
    return {};
}

}
