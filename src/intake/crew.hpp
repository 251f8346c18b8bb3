// A fixed number of workers and the jobs they do: hands out, receives, replaces the dead, tries a job once more alone.
// Not an order: which job comes next, and what its frames mean, is decided by who gives it.
#pragma once
#include "base/limits.hpp"
#include "intake/frames.hpp"
#include "os/worker.hpp"
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace konseki::intake {

// Gets what one job sends. Lives until on_end.
class JobReceiver {
public:
    virtual ~JobReceiver() = default;
    // `body` is valid during the call. An error means that the worker broke the protocol: it is replaced.
    virtual Result<void> on_frame(FrameKind kind, ByteView body) = 0;
    // Once: with the reason when the worker died twice, hung, or lied. What arrived before stays valid.
    virtual void on_end(std::optional<Error> const& death) = 0;
    // True: leave the worker waiting, there is enough from it for now.
    virtual bool is_full() const { return false; }
};

struct JobOrder {
    std::string text; // encoded JobText
    os::Descriptor evidence;
    double seconds_max = 0; // without a frame for is_progressing jobs, in all for others
    bool is_progressing = false;
    JobReceiver* receiver = nullptr;
    std::vector<std::pair<std::string, os::Descriptor>> companions {}; // encoded CompanionText and the file
};

class Crew {
public:
    // `setup` is sent to each new worker before its first job.
    Crew(os::WorkerServer& server, unsigned workers, std::vector<std::pair<FrameKind, std::string>> setup);
    ~Crew();
    Crew(Crew const&) = delete;
    Crew& operator=(Crew const&) = delete;

    bool has_room() const; // false while a job is tried again: it runs alone
    bool is_idle() const; // no job at all
    Result<void> give(JobOrder order); // requires has_room()
    // Waits for frames up to that long and hands them out. Fails when no worker can be started.
    Result<void> step(int milliseconds_max);
    void dismiss(); // ends every worker at once; receivers hear nothing more
    std::uint64_t deaths() const { return m_deaths; }
    std::vector<int> process_ids() const;

private:
    struct Member {
        std::optional<os::Worker> worker;
        std::optional<JobOrder> order;
        bool is_second_try = false;
        std::uint64_t frames_to_skip = 0; // the first try delivered them: a job sends the same frames each time
        std::uint64_t frames_delivered = 0;
        double running_since = 0;
        double waiting_since = 0; // while its receiver is full: that time is not the worker's
    };
    struct Retry {
        JobOrder order;
        std::uint64_t frames_delivered = 0;
    };

    Result<void> hire(Member& member);
    static Result<void> send(os::Channel& channel, JobOrder const& order);
    Result<void> start(Member& member, JobOrder order);
    Result<void> start_retry();
    Result<void> receive(Member& member);
    Result<void> deliver_buffered(Member& member);
    Result<void> on_death(Member& member, Error reason);
    bool has_running() const; // jobs that are not waiting for their receiver
    void watch_clock(Member& member, double now);

    os::WorkerServer& m_server;
    std::vector<std::pair<FrameKind, std::string>> m_setup;
    std::vector<std::unique_ptr<Member>> m_members;
    std::deque<Retry> m_retries;
    std::uint64_t m_deaths = 0;
};

}
