#include "os/worker.hpp"
#include "os/sandbox.hpp"
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <vector>
#include <dirent.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace konseki::os {

namespace {

enum class Request : std::uint32_t { spawn, end };

// Parent and server share one binary: plain structs over a packet socket.
struct Order {
    Request request = Request::spawn;
    int process_id = 0;
};
struct Answer {
    int problem = 0; // errno
    int value = 0; // process id or wait status
};

constexpr std::uint16_t ready_kind = 0xffff; // the worker's first frame: the sandbox stands
constexpr int exit_sandbox_failed = 70;
constexpr int exit_exception = 71;

std::size_t thread_count()
{
    std::size_t count = 0;
    auto* const tasks = ::opendir("/proc/self/task");
    if (tasks == nullptr)
        return 1;
    while (auto const* const entry = ::readdir(tasks)) { // NOLINT(concurrency-mt-unsafe)
        if (entry->d_name[0] != '.')
            ++count;
    }
    ::closedir(tasks);
    return count;
}

bool thread_sanitizer_runs()
{
#if defined(__SANITIZE_THREAD__)
    return true; // its background thread is always there
#else
    return false;
#endif
}

Result<void> send_order(int control, Order const& order, int descriptor)
{
    Order copy = order;
    iovec part { &copy, sizeof copy };
    msghdr message {};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    alignas(cmsghdr) char space[CMSG_SPACE(sizeof(int))] {};
    if (descriptor >= 0) {
        message.msg_control = space;
        message.msg_controllen = sizeof space;
        auto* const item = CMSG_FIRSTHDR(&message);
        item->cmsg_level = SOL_SOCKET;
        item->cmsg_type = SCM_RIGHTS;
        item->cmsg_len = CMSG_LEN(sizeof(int));
        std::memcpy(CMSG_DATA(item), &descriptor, sizeof descriptor);
    }
    while (::sendmsg(control, &message, MSG_NOSIGNAL) < 0) {
        if (errno != EINTR)
            return error_from_errno(errno, "worker_server.send", {});
    }
    return {};
}

// False at the end of the stream.
bool receive_order(int control, Order& order, Descriptor& descriptor)
{
    iovec part { &order, sizeof order };
    alignas(cmsghdr) char space[CMSG_SPACE(sizeof(int))] {};
    while (true) {
        msghdr message {};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = space;
        message.msg_controllen = sizeof space;
        auto const got = ::recvmsg(control, &message, MSG_CMSG_CLOEXEC);
        if (got < 0 && errno == EINTR)
            continue;
        if (got != static_cast<ssize_t>(sizeof order))
            return false;
        if (auto* const item = CMSG_FIRSTHDR(&message); item != nullptr && item->cmsg_type == SCM_RIGHTS) {
            int number = -1;
            std::memcpy(&number, CMSG_DATA(item), sizeof number);
            descriptor = Descriptor { number };
        }
        return true;
    }
}

class Server {
public:
    Server(Descriptor control, WorkerBody& body, WorkerOptions const& options)
        : m_control(std::move(control))
        , m_body(body)
        , m_options(options)
        , m_null(::open("/dev/null", O_RDWR | O_CLOEXEC))
    {
    }

    [[noreturn]] void serve()
    {
        while (true) {
            Order order;
            Descriptor channel;
            if (!receive_order(m_control.number(), order, channel))
                break;
            auto const answer = order.request == Request::spawn ? spawn(std::move(channel)) : end(order.process_id);
            if (::send(m_control.number(), &answer, sizeof answer, MSG_NOSIGNAL) != static_cast<ssize_t>(sizeof answer))
                break;
        }
        for (auto const worker : m_workers)
            ::kill(worker, SIGKILL);
        ::_exit(0);
    }

private:
    Answer spawn(Descriptor channel)
    {
        auto const server = ::getpid();
        auto const worker = ::fork();
        if (worker < 0)
            return { errno, 0 };
        if (worker == 0)
            be_worker(std::move(channel), server);
        m_workers.push_back(worker);
        return { 0, worker };
    }

    [[noreturn]] void be_worker(Descriptor channel, int server)
    {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        if (::getppid() != server)
            ::_exit(0); // the server died between fork and prctl
        ::prctl(PR_SET_NAME, "konseki-worker", 0, 0, 0);
        auto kept = enter_sandbox(std::move(channel), m_null.number(), m_options);
        if (!kept.ok())
            ::_exit(exit_sandbox_failed);
        Channel to_parent { std::move(kept).value(), m_options.frame_bytes_max };
        if (!to_parent.send(ready_kind, {}).ok())
            ::_exit(0);
        try {
            m_body.run(to_parent);
        } catch (...) {
            ::_exit(exit_exception); // the parent sees a dead worker and goes on
        }
        ::_exit(0); // no destructors, no exit handlers: they belong to the process that was forked
    }

    // Only numbers that were forked here and not reaped yet: no other process can be hit.
    Answer end(int worker)
    {
        auto const known = std::find(m_workers.begin(), m_workers.end(), worker);
        if (known == m_workers.end())
            return { ESRCH, 0 };
        m_workers.erase(known);
        ::kill(worker, SIGKILL); // has no effect on one that has ended already
        int status = 0;
        while (::waitpid(worker, &status, 0) < 0 && errno == EINTR) { }
        return { 0, status };
    }

    Descriptor m_control;
    WorkerBody& m_body;
    WorkerOptions m_options;
    Descriptor m_null;
    std::vector<int> m_workers;
};

[[noreturn]] void be_server(Descriptor control, int parent, WorkerBody& body, WorkerOptions const& options)
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (::getppid() != parent)
        ::_exit(0);
    ::prctl(PR_SET_NAME, "konseki-server", 0, 0, 0);
    // Ctrl-C reaches the whole foreground group: the parent decides, the others finish what they are told to.
    std::signal(SIGINT, SIG_IGN); // NOLINT
    std::signal(SIGTERM, SIG_IGN); // NOLINT
    std::signal(SIGHUP, SIG_IGN); // NOLINT
    body.prepare();
    Server server { std::move(control), body, options };
    server.serve();
}

}

Result<std::unique_ptr<WorkerServer>> WorkerServer::start(WorkerBody& body, WorkerOptions const& options)
{
    VERIFY(thread_count() == 1 || thread_sanitizer_runs());
    int ends[2] = { -1, -1 };
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return error_from_errno(errno, "worker_server.channel", {});
    Descriptor ours { ends[0] };
    Descriptor theirs { ends[1] };
    auto const parent = ::getpid();
    auto const server_id = ::fork();
    if (server_id < 0)
        return error_from_errno(errno, "worker_server.fork", {});
    if (server_id == 0) {
        ours.close(); // else the end of the parent would not be seen
        be_server(std::move(theirs), parent, body, options);
    }
    std::unique_ptr<WorkerServer> server { new WorkerServer }; // NOLINT: the constructor is private
    server->m_process_id = server_id;
    server->m_control = std::move(ours);
    server->m_options = options;
    return server;
}

WorkerServer::~WorkerServer()
{
    m_control.close();
    int status = 0;
    while (::waitpid(m_process_id, &status, 0) < 0 && errno == EINTR) { }
}

namespace {
Result<Answer> ask(int control, Order const& order, int descriptor)
{
    TRY(send_order(control, order, descriptor));
    Answer answer;
    ssize_t got = -1;
    while ((got = ::recv(control, &answer, sizeof answer, 0)) < 0 && errno == EINTR) { }
    if (got != static_cast<ssize_t>(sizeof answer))
        return Error { ErrorCode::worker_died, "worker_server", 0, 0, 0, "the process that starts workers is gone" };
    if (answer.problem != 0)
        return error_from_errno(answer.problem, "worker_server.fork", {});
    return answer;
}
}

Result<Worker> WorkerServer::spawn()
{
    auto ends = TRY(Channel::pair(m_options.frame_bytes_max));
    auto const answer = TRY(ask(m_control.number(), { Request::spawn, 0 }, ends.worker.number()));
    ends.worker.close();
    Worker worker { answer.value, std::move(ends.parent) };
    auto const ready = worker.channel.receive();
    if (ready.ok() && ready.value().has_value() && ready.value()->kind == ready_kind)
        return worker;
    auto const ended = TRY(end(worker.process_id));
    return Error { ErrorCode::worker_died, "worker.sandbox", 0, static_cast<std::uint64_t>(ended.code), 0,
        "the system does not allow the worker's sandbox" };
}

Result<WorkerEnd> WorkerServer::end(int process_id)
{
    auto const answer = TRY(ask(m_control.number(), { Request::end, process_id }, -1));
    if (WIFSIGNALED(answer.value))
        return WorkerEnd { true, WTERMSIG(answer.value) };
    return WorkerEnd { false, WEXITSTATUS(answer.value) };
}

}
