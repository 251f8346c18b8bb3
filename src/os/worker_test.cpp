#include "os/memory.hpp"
#include "os/worker.hpp"
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <vector>
#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace konseki::os {
namespace {

enum Command : std::uint16_t {
    echo,
    open_file,
    write_file,
    make_socket,
    run_program,
    fork_process,
    crash,
    sleep_long,
    eat_memory,
    read_evidence,
    map_evidence,
    throw_exception,
    shared_memory,
    execute_memory,
    signal_parent,
    list_descriptors
};

std::uint64_t open_descriptors()
{
    std::uint64_t open = 0;
    for (int number = 0; number < 64; ++number) {
        if (::lseek(number, 0, SEEK_CUR) >= 0 || errno != EBADF)
            ++open;
    }
    return open;
}

std::string errno_of(long result)
{
    return result >= 0 ? "done" : (errno == EPERM ? "EPERM" : std::to_string(errno));
}

// Does what a parser that evidence has taken over would try.
std::string attempt(Frame const& frame)
{
    switch (static_cast<Command>(frame.kind)) {
    case echo: return std::string(as_text(frame.body));
    case open_file: return errno_of(::open("/etc/passwd", O_RDONLY));
    case write_file: return errno_of(::open("/tmp/konseki-escaped", O_WRONLY | O_CREAT, 0600));
    case make_socket: return errno_of(::socket(AF_INET, SOCK_STREAM, 0));
    case run_program: return errno_of(::execl("/bin/true", "true", nullptr));
    case fork_process: return errno_of(::fork());
    case crash: ::raise(SIGSEGV); return "alive";
    case sleep_long: std::this_thread::sleep_for(std::chrono::seconds(60)); return "awake";
    case eat_memory: {
        auto* const eaten = ::mmap(nullptr, 3ULL << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        return eaten == MAP_FAILED ? "refused" : "eaten";
    }
    case read_evidence: {
        std::string text(16, '\0');
        auto const got = read_at(frame.descriptor.number(), 0, std::as_writable_bytes(std::span(text)));
        text.resize(got.ok() ? got.value() : 0);
        return text + "/" + errno_of(::write(frame.descriptor.number(), "x", 1));
    }
    case map_evidence: {
        auto const map = FileMap::map(frame.descriptor.number(), 1 << 20);
        std::size_t sum = 0;
        for (auto const byte : map.value().bytes())
            sum += std::to_integer<std::size_t>(byte);
        return std::to_string(sum);
    }
    case throw_exception: throw 1;
    case shared_memory:
        return ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) == MAP_FAILED
            ? "refused"
            : "mapped";
    case execute_memory:
        return ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED
            ? "refused"
            : "mapped";
    case signal_parent: return errno_of(::kill(::getppid(), SIGKILL));
    case list_descriptors: return std::to_string(open_descriptors());
    }
    return "?";
}

class TryingBody final : public WorkerBody {
public:
    void run(Channel& channel) override
    {
        while (true) {
            auto const frame = channel.receive();
            if (!frame.ok() || !frame.value().has_value())
                return;
            if (!channel.send(frame.value()->kind, as_bytes(attempt(*frame.value()))).ok())
                return;
        }
    }
};

class WorkerTest : public ::testing::Test {
protected:
    void SetUp() override
    {
        WorkerOptions options;
        options.memory_bytes_max = 1ULL << 30;
        auto started = WorkerServer::start(body, options);
        ASSERT_TRUE(started.ok());
        server = std::move(started).value();
        replace_worker();
    }
    void replace_worker()
    {
        auto spawned = server->spawn();
        ASSERT_TRUE(spawned.ok()) << to_string(spawned.error());
        worker.emplace(std::move(spawned).value());
    }
    // The answer, or how the worker ended.
    std::string tell(Command command, std::string_view text = {}, int descriptor = -1)
    {
        EXPECT_TRUE(worker->channel.send(command, as_bytes(text), descriptor).ok());
        auto const answer = worker->channel.receive();
        if (answer.ok() && answer.value().has_value())
            return std::string(as_text(answer.value()->body));
        auto const ended = server->end(worker->process_id);
        if (!ended.ok())
            return to_string(ended.error());
        return (ended.value().by_signal ? "signal " : "exit ") + std::to_string(ended.value().code);
    }
    static bool is_full() { return sandbox_strength() == Sandbox::full; }
    static std::string kill_code() { return "signal " + std::to_string(SIGSYS); }

    TryingBody body;
    std::unique_ptr<WorkerServer> server;
    std::optional<Worker> worker;
};

TEST_F(WorkerTest, AnswersFramesOfAnySize)
{
    EXPECT_EQ(tell(echo, "hello"), "hello");
    EXPECT_EQ(tell(echo, ""), "");
    std::string const large(3'000'000, 'x');
    // The worker must drain a frame larger than the socket's buffer while the parent still writes.
    EXPECT_EQ(tell(echo, large), large);
}

TEST_F(WorkerTest, CannotOpenFiles)
{
    if (sandbox_strength() == Sandbox::none_under_valgrind)
        GTEST_SKIP();
    EXPECT_EQ(tell(write_file), "EPERM");
    EXPECT_FALSE(std::filesystem::exists("/tmp/konseki-escaped"));
    EXPECT_EQ(tell(open_file), is_full() ? "EPERM" : "done");
}

TEST_F(WorkerTest, DiesWhenItAsksForTheNetwork)
{
    if (sandbox_strength() == Sandbox::none_under_valgrind)
        GTEST_SKIP();
    EXPECT_EQ(tell(make_socket), is_full() ? kill_code() : "EPERM");
}

TEST_F(WorkerTest, DiesWhenItStartsAProgramOrForks)
{
    if (!is_full())
        GTEST_SKIP();
    EXPECT_EQ(tell(run_program), kill_code());
    replace_worker();
    EXPECT_EQ(tell(fork_process), kill_code());
}

TEST_F(WorkerTest, HasNoSharedOrExecutableMemoryAndCannotSignalOthers)
{
    if (!is_full())
        GTEST_SKIP();
    EXPECT_EQ(tell(shared_memory), "refused");
    EXPECT_EQ(tell(execute_memory), "refused");
    EXPECT_EQ(tell(signal_parent), "EPERM");
}

TEST_F(WorkerTest, HoldsOnlyTheChannelAndTheStandardDescriptors)
{
    Descriptor const secret { ::open("/etc/passwd", O_RDONLY) }; // not close-on-exec: nothing is executed anyway
    replace_worker();
    EXPECT_EQ(tell(list_descriptors), "4");
}

TEST_F(WorkerTest, MemoryIsLimited)
{
    if (!is_full())
        GTEST_SKIP();
    EXPECT_EQ(tell(eat_memory), "refused");
    EXPECT_EQ(tell(echo, "still there"), "still there");
}

TEST_F(WorkerTest, ReadsTheDescriptorItIsGivenButCannotWriteIt)
{
    auto const path = std::filesystem::temp_directory_path() / "konseki-worker-test";
    ASSERT_TRUE(write_file_atomically(path, as_bytes("evidence")).ok());
    auto const file = open_for_reading(path);
    ASSERT_TRUE(file.ok());
    EXPECT_EQ(tell(read_evidence, {}, file.value().number()), "evidence/" + std::to_string(EBADF));
}

TEST_F(WorkerTest, ACrashIsSeenAndAnotherWorkerGoesOn)
{
    if (sandbox_strength() != Sandbox::relaxed_for_sanitizer) {
        EXPECT_EQ(tell(crash), "signal " + std::to_string(SIGSEGV));
    } else {
        EXPECT_NE(tell(crash), "alive");
    }
    replace_worker();
    EXPECT_EQ(tell(echo, "next"), "next");
}

TEST_F(WorkerTest, AFileThatShrinksWhileMappedKillsTheWorkerOnly)
{
    auto const path = std::filesystem::temp_directory_path() / "konseki-worker-shrink";
    ASSERT_TRUE(write_file_atomically(path, as_bytes(std::string(4096, 'x'))).ok());
    auto const file = open_for_reading(path); // the worker is told 1 MiB, the file has one page
    ASSERT_TRUE(file.ok());
    auto const answer = tell(map_evidence, {}, file.value().number());
    if (is_full()) {
        EXPECT_EQ(answer, "signal " + std::to_string(SIGBUS));
    } else {
        EXPECT_TRUE(answer.starts_with("signal") || answer.starts_with("exit")) << answer;
    }
}

TEST_F(WorkerTest, AnExceptionEndsTheWorkerInOrder)
{
    EXPECT_EQ(tell(throw_exception), "exit 71");
}

TEST_F(WorkerTest, OneThatHangsCanBeEnded)
{
    ASSERT_TRUE(worker->channel.send(sleep_long, {}).ok());
    pollfd waiting { worker->channel.descriptor(), POLLIN, 0 };
    EXPECT_EQ(::poll(&waiting, 1, 50), 0);
    auto const ended = server->end(worker->process_id);
    ASSERT_TRUE(ended.ok());
    EXPECT_TRUE(ended.value().by_signal);
    EXPECT_EQ(ended.value().code, SIGKILL);
    EXPECT_FALSE(server->end(worker->process_id).ok()) << "a number that was reaped is refused";
}

TEST_F(WorkerTest, FramesBeyondTheLimitAreRefusedOnBothSides)
{
    std::string const huge(17ULL << 20, 'x');
    EXPECT_EQ(worker->channel.send(echo, as_bytes(huge)).error().code, ErrorCode::limit);
}

TEST_F(WorkerTest, WorkersDieWithTheServer)
{
    auto const id = worker->process_id;
    ::kill(server->process_id(), SIGKILL);
    server.reset();
    auto const answer = worker->channel.receive(); // the end of the stream: nobody holds the other end any more
    EXPECT_TRUE(answer.ok() && !answer.value().has_value());
    for (int waited = 0; waited < 100 && std::filesystem::exists("/proc/" + std::to_string(id) + "/exe"); ++waited)
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_EQ(memory_of(id).resident_bytes, 0U);
}

// A process that starts a server and a worker and is killed: nothing of it may stay.
TEST(WorkerServer, DiesWithItsParent)
{
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    auto const parent = ::fork();
    if (parent == 0) {
        TryingBody body;
        auto started = WorkerServer::start(body, {});
        auto spawned = started.value()->spawn();
        int const ids[2] = { started.value()->process_id(), spawned.value().process_id };
        if (::write(ends[1], ids, sizeof ids) != static_cast<ssize_t>(sizeof ids))
            ::_exit(1);
        ::pause();
    }
    int ids[2] = { 0, 0 };
    ASSERT_EQ(::read(ends[0], ids, sizeof ids), static_cast<ssize_t>(sizeof ids));
    ::kill(parent, SIGKILL);
    ::waitpid(parent, nullptr, 0);
    for (auto const id : ids) {
        for (int waited = 0; waited < 100 && memory_of(id).resident_bytes > 0; ++waited)
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        EXPECT_EQ(memory_of(id).resident_bytes, 0U) << id;
    }
    ::close(ends[0]);
    ::close(ends[1]);
}

}
}
