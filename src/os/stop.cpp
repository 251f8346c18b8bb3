#include "os/stop.hpp"
#include <atomic>
#include <csignal>
#include <thread>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace konseki::os {

namespace {
// A signal handler can reach nothing but a global; it writes one byte into a pipe, a thread does the rest.
std::atomic<int> wake_descriptor { -1 }; // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)
std::atomic<int> signals_seen { 0 }; // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

void on_signal(int number)
{
    if (signals_seen.fetch_add(1) >= 1)
        ::_exit(128 + number); // asked twice: now. The store survives this as it survives kill -9.
    char const wake = 's';
    [[maybe_unused]] auto const written = ::write(wake_descriptor.load(), &wake, 1);
}
}

struct StopOnSignal::State {
    std::stop_source source;
    Descriptor read_end, write_end;
    struct sigaction before_interrupt {
    }, before_terminate {};
    std::jthread waiter;

    void wait()
    {
        char byte = 0;
        while (::read(read_end.number(), &byte, 1) < 0 && errno == EINTR) { }
        if (byte == 's')
            source.request_stop();
    }
};

StopOnSignal::StopOnSignal()
    : m_state(std::make_unique<State>())
{
    int ends[2] = { -1, -1 };
    VERIFY(::pipe2(ends, O_CLOEXEC) == 0);
    m_state->read_end = Descriptor { ends[0] };
    m_state->write_end = Descriptor { ends[1] };
    signals_seen = 0;
    wake_descriptor = m_state->write_end.number();
    std::signal(SIGPIPE, SIG_IGN); // NOLINT: a closed pipe is a Result of write
    struct sigaction action { };
    action.sa_handler = on_signal;
    ::sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART;
    ::sigaction(SIGINT, &action, &m_state->before_interrupt);
    ::sigaction(SIGTERM, &action, &m_state->before_terminate);
    m_state->waiter = std::jthread([state = m_state.get()] { state->wait(); });
}

StopOnSignal::~StopOnSignal()
{
    ::sigaction(SIGINT, &m_state->before_interrupt, nullptr);
    ::sigaction(SIGTERM, &m_state->before_terminate, nullptr);
    wake_descriptor = -1;
    m_state->write_end.close(); // wakes the thread with the end of the pipe
    m_state->waiter.join();
}

std::stop_token StopOnSignal::token() const
{
    return m_state->source.get_token();
}

}
