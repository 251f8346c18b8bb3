#include "collect/collect.hpp"
#include "collect/chosen.hpp"
#include "collect/files.hpp"
#include "collect/host.hpp"
#include "collect/kernel.hpp"
#include "collect/sockets.hpp"
#include <algorithm>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace konseki::collect {

namespace {

// Of the calling thread only: Linux keeps both by thread, so that a program that goes on is not slowed for good.
class Gentle {
public:
    explicit Gentle(bool wanted)
    {
        if (!wanted)
            return;
        m_nice = ::getpriority(PRIO_PROCESS, thread());
        m_disk = ::syscall(SYS_ioprio_get, who_process, 0);
        ::setpriority(PRIO_PROCESS, thread(), gentle_nice);
        ::syscall(SYS_ioprio_set, who_process, 0, class_best_effort << 13 | lowest_of_class);
    }
    ~Gentle()
    {
        if (m_nice < 20)
            ::setpriority(PRIO_PROCESS, thread(), m_nice); // fails without privilege: then it stays gentle
        if (m_disk >= 0)
            ::syscall(SYS_ioprio_set, who_process, 0, m_disk);
    }
    Gentle(Gentle const&) = delete;
    Gentle& operator=(Gentle const&) = delete;

private:
    static constexpr long who_process = 1, class_best_effort = 2, lowest_of_class = 7; // [ioprio_set(2)]
    // A tenth of what others get. 19 and the idle class were tried: beside six busy programs nothing came in ten
    // minutes.
    static constexpr int gentle_nice = 10;
    static id_t thread() { return static_cast<id_t>(::gettid()); }
    int m_nice = 20; // none was kept
    long m_disk = -1;
};

std::string plain_name(std::string_view host)
{
    std::string name;
    for (auto const c : host.substr(0, 128)) {
        bool const is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'
            || c == '.' || c == '_';
        name += is_plain ? c : '_';
    }
    return name;
}

std::string archive_name(std::string_view host, Timestamp begun_at)
{
    auto name = "konseki-" + plain_name(host);
    auto const time = to_string(begun_at); // 2026-11-23T13:47:19.…
    auto const part = [&](std::size_t begin, std::size_t size) { return time.substr(begin, size); };
    append_format(name, "-linux-{}{}{}T{}{}{}Z.tar.zst", part(0, 4), part(5, 2), part(8, 2), part(11, 2), part(14, 2),
        part(17, 2));
    return name;
}

Result<void> collect_everything(Session& session, HostFacts const& facts)
{
    auto const& options = session.options;
    auto const description = collection_json(facts, options, session.begun_at);
    TRY(session.archive.add(Member { "konseki-collection.json", {}, session.begun_at }, description));
    TRY(write_host(session, facts));
    auto const mounts = TRY(collect_mounts(session)); // first: what must not be entered
    auto const accounts = TRY(collect_accounts(session));
    ProcessFacts running;
    if (session.source.is_live()) { // what is volatile first [RFC 3227]
        running = TRY(collect_processes(session));
        TRY(collect_sockets(session, running));
        TRY(collect_bpf(session, running));
    }
    auto const index = TRY(collect_packages(session));
    if (session.source.is_live())
        TRY(collect_modules(session, index));
    TRY(collect_chosen(session, accounts, index));
    if (options.with_logs)
        TRY(collect_logs(session));
    TRY(collect_files(session, index, mounts));
    if (!facts.is_root)
        session.notes.add("not_root", "/", "collected without root: what others may not read is missing");
    return session.archive.add(Member { "state/notes.jsonl", {}, os::now() }, session.notes.lines());
}

}

std::string name_of_this_host()
{
    auto const source = Source::open("/", SourceKind::live);
    return source.ok() ? plain_name(read_host(source.value()).name) : "host";
}

Result<Summary> collect(Options const& options, ProgressSink& progress, std::stop_token const& stop)
{
    Gentle const gentle(options.is_gentle);
    auto const begun_at = os::now();
    Session session { options, TRY(Source::open(options.root, options.is_dead ? SourceKind::dead : SourceKind::live)),
        TRY(Archive::create_in(options.out)), Notes(options.limits.notes_max), progress, stop };
    session.begun_at = begun_at;
    auto const facts = read_host(session.source);
    TRY(collect_everything(session, facts));
    auto& summary = session.summary;
    summary.archive = options.out / archive_name(facts.name, begun_at);
    TRY(session.archive.finish(summary.archive, os::now()));
    summary.host = facts.name;
    summary.is_root = facts.is_root;
    summary.archive_bytes = session.archive.bytes_written();
    summary.bytes_taken = session.archive.bytes_taken();
    summary.members = session.archive.member_count();
    summary.notes = session.notes.count();
    summary.seconds = os::steady_seconds() - session.begun_seconds;
    return summary;
}

}
