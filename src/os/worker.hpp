// Sandboxed worker processes: a server forked while the process is single-threaded forks workers on request.
// Not a scheduler: who gets which work, and what a death means, is decided by intake/.
#pragma once
#include "os/channel.hpp"
#include <memory>

namespace konseki::os {

// What a worker does: runs once in each worker, behind the sandbox, and returns when the channel ends. What it holds
// was built before WorkerServer::start and is shared copy-on-write.
class WorkerBody {
public:
    virtual ~WorkerBody() = default;
    virtual void prepare() { } // once, in the server before any worker: warm what would need files or entropy later
    virtual void run(Channel& channel) = 0;
};

struct WorkerOptions {
    std::uint64_t memory_bytes_max = 2ULL << 30; // writable memory beyond what was there at fork
    std::uint64_t frame_bytes_max = 16ULL << 20;
    bool keep_error_output
        = false; // tests and sanitizers: else a worker's stderr is /dev/null too (evidence must not reach the terminal)
};

// How a worker ended.
struct WorkerEnd {
    bool by_signal = false;
    int code = 0; // signal number or exit code
};

// The sandbox this build applies: sanitizers need reading of files and unlimited address space, valgrind excludes
// seccomp.
enum class Sandbox { full, relaxed_for_sanitizer, none_under_valgrind };
Sandbox sandbox_strength();

struct Worker {
    int process_id = 0;
    Channel channel;
};

class WorkerServer {
public:
    // Forks the server. VERIFYs that the process has one thread. `body` must live as long as the server.
    static Result<std::unique_ptr<WorkerServer>> start(WorkerBody& body, WorkerOptions const& options);
    ~WorkerServer(); // ends every worker
    WorkerServer(WorkerServer const&) = delete;
    WorkerServer& operator=(WorkerServer const&) = delete;

    Result<Worker> spawn();
    // Kills (when it still lives) and reaps. The number must come from spawn().
    Result<WorkerEnd> end(int process_id);
    int process_id() const { return m_process_id; }

private:
    WorkerServer() = default;
    int m_process_id = 0;
    Descriptor m_control;
    WorkerOptions m_options;
};

}
