#include "os/sandbox.hpp"
#include "os/memory.hpp"
#include <array>
#include <cerrno>
#include <cstdlib>
#include <span>
#include <string_view>
#include <fcntl.h>
#include <linux/close_range.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define KONSEKI_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define KONSEKI_SANITIZER 1
#endif
#endif

namespace konseki::os {

namespace {

#ifdef KONSEKI_SANITIZER
constexpr bool has_sanitizer = true;
#else
constexpr bool has_sanitizer = false;
#endif

constexpr int channel_descriptor = 3;

// What parsing, hashing, unpacking and one channel need. All of it works on memory or on descriptors that were handed
// in.
constexpr std::array allowed {
    SCMP_SYS(read),
    SCMP_SYS(pread64),
    SCMP_SYS(lseek),
    SCMP_SYS(close),
    SCMP_SYS(fstat),
    SCMP_SYS(write), // the only writable descriptors are the channel and /dev/null (or stderr, when it was kept)
    SCMP_SYS(sendmsg),
    SCMP_SYS(recvmsg),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(futex),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(getrandom),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sysinfo), // glibc's qsort asks how much memory there is
    SCMP_SYS(restart_syscall),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
};

// What the sanitizers' run-time does besides: it reads /proc/self, tries through a pipe whether memory can be read
// (vptr checks), and forks nothing.
constexpr std::array allowed_for_sanitizers {
    SCMP_SYS(pipe),
    SCMP_SYS(pipe2),
    SCMP_SYS(mmap),
    SCMP_SYS(mprotect),
    SCMP_SYS(readlink),
    SCMP_SYS(prctl),
    SCMP_SYS(getrlimit),
    SCMP_SYS(prlimit64),
    SCMP_SYS(newfstatat),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(getrusage),
    SCMP_SYS(getdents64),
};

// Nobody calls these by accident: whoever does has been taken over.
constexpr std::array deadly {
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(fork),
    SCMP_SYS(vfork),
    SCMP_SYS(clone),
    SCMP_SYS(clone3),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(socket),
    SCMP_SYS(connect),
    SCMP_SYS(bind),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(bpf),
};

class Filter {
public:
    // Anything not named gets EPERM, so that a libc that tries something new does not end the run.
    Filter()
        : m_context(::seccomp_init(SCMP_ACT_ERRNO(EPERM)))
        , m_problem(m_context == nullptr ? ENOMEM : 0)
    {
    }
    ~Filter() { ::seccomp_release(m_context); }
    Filter(Filter const&) = delete;
    Filter& operator=(Filter const&) = delete;

    void rule(std::uint32_t action, int call, std::span<scmp_arg_cmp const> conditions = {})
    {
        if (m_problem == 0)
            m_problem = -::seccomp_rule_add_array(
                m_context, action, call, static_cast<unsigned>(conditions.size()), conditions.data());
    }
    void rules(std::uint32_t action, std::span<int const> calls)
    {
        for (auto const call : calls)
            rule(action, call);
    }
    Result<void> load()
    {
        if (m_problem == 0)
            m_problem = -::seccomp_load(m_context);
        if (m_problem != 0)
            return error_from_errno(m_problem, "sandbox.filter", {});
        return {};
    }

private:
    scmp_filter_ctx m_context;
    int m_problem;
};

scmp_arg_cmp equals(unsigned argument, std::uint64_t value)
{
    return { argument, SCMP_CMP_EQ, value, 0 };
}
scmp_arg_cmp lacks(unsigned argument, std::uint64_t bits)
{
    return { argument, SCMP_CMP_MASKED_EQ, bits, 0 };
}

Result<void> load_filter()
{
    Filter filter;
    filter.rules(SCMP_ACT_ALLOW, allowed);
    // abort() needs it, for itself only: a worker must not be able to signal others.
    std::array const own { equals(0, static_cast<std::uint64_t>(::getpid())) };
    filter.rule(SCMP_ACT_ALLOW, SCMP_SYS(tgkill), own);
    if (has_sanitizer) {
        filter.rules(SCMP_ACT_ALLOW, allowed_for_sanitizers);
        std::array const reading { scmp_arg_cmp { 2, SCMP_CMP_MASKED_EQ, O_ACCMODE, O_RDONLY } };
        filter.rule(SCMP_ACT_ALLOW, SCMP_SYS(openat), reading);
    } else {
        // Private memory only (shared memory would escape RLIMIT_DATA), and never executable.
        std::array const private_memory { lacks(2, PROT_EXEC), lacks(3, MAP_SHARED) };
        filter.rule(SCMP_ACT_ALLOW, SCMP_SYS(mmap), private_memory);
        std::array const not_executable { lacks(2, PROT_EXEC) };
        filter.rule(SCMP_ACT_ALLOW, SCMP_SYS(mprotect), not_executable);
        filter.rules(SCMP_ACT_KILL_PROCESS, deadly);
    }
    return filter.load();
}

Result<void> limit(__rlimit_resource_t resource, std::uint64_t value, std::string_view what)
{
    rlimit const both { value, value };
    if (::setrlimit(resource, &both) != 0)
        return error_from_errno(errno, what, {});
    return {};
}

Result<void> set_limits(WorkerOptions const& options)
{
    TRY(limit(RLIMIT_CORE, 0, "sandbox.core"));
    TRY(limit(RLIMIT_FSIZE, 0, "sandbox.file_size"));
    TRY(limit(RLIMIT_NOFILE, 32, "sandbox.descriptors"));
    if (has_sanitizer)
        return {}; // their shadow memory is private and writable, terabytes of it
    // RLIMIT_DATA counts what can be written; RLIMIT_AS would also count the evidence that is mapped for reading.
    return limit(RLIMIT_DATA, memory_of(0).writable_bytes + options.memory_bytes_max, "sandbox.memory");
}

Result<Descriptor> keep_only(Descriptor channel, int null_device, WorkerOptions const& options)
{
    ::dup2(null_device, STDIN_FILENO);
    ::dup2(null_device, STDOUT_FILENO);
    if (!options.keep_error_output && !has_sanitizer)
        ::dup2(null_device, STDERR_FILENO);
    if (channel.number() != channel_descriptor && ::dup2(channel.number(), channel_descriptor) < 0)
        return error_from_errno(errno, "sandbox.channel", {});
    (void)channel.release(); // closed below, unless it is the one
    if (::close_range(channel_descriptor + 1, ~0U, 0) != 0)
        return error_from_errno(errno, "sandbox.close", {});
    return Descriptor { channel_descriptor };
}

}

Sandbox sandbox_strength()
{
    if (has_sanitizer)
        return Sandbox::relaxed_for_sanitizer;
    auto const* const preload = std::getenv("LD_PRELOAD"); // NOLINT(concurrency-mt-unsafe)
    if (preload != nullptr && std::string_view(preload).find("vgpreload") != std::string_view::npos)
        return Sandbox::none_under_valgrind; // its own calls would be filtered: it could not even open debug
                                             // information
    return Sandbox::full;
}

Result<Descriptor> enter_sandbox(Descriptor channel, int null_device, WorkerOptions const& options)
{
    auto kept = TRY(keep_only(std::move(channel), null_device, options));
    auto const strength = sandbox_strength();
    if (strength == Sandbox::none_under_valgrind)
        return kept;
    TRY(set_limits(options));
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return error_from_errno(errno, "sandbox.privileges", {});
    TRY(load_filter());
    return kept;
}

}
