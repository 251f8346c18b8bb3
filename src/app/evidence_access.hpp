// The worker server of one command, with the watchers it needs, and the stop request of Ctrl-C. Made before any thread
// and before the case is opened; nothing else forks. Not scheduling: intake/ does that.
#pragma once
#include "app/context.hpp"
#include "intake/evidence_worker.hpp"
#include "intake/examine.hpp"
#include "os/stop.hpp"
#include <memory>

namespace konseki::app {

class EvidenceAccess {
public:
    // The watchers may view what lives longer than this object.
    static Result<std::unique_ptr<EvidenceAccess>> start(std::vector<intake::WatcherFactory> watchers);
    ~EvidenceAccess();

    os::WorkerServer& server() { return *m_server; }
    std::stop_token stop() const { return m_stop.token(); }

    EvidenceAccess(std::unique_ptr<intake::EvidenceWorker> body, std::unique_ptr<os::WorkerServer> server)
        : m_body(std::move(body))
        , m_server(std::move(server))
    {
    }

private:
    std::unique_ptr<intake::EvidenceWorker> m_body;
    std::unique_ptr<os::WorkerServer> m_server;
    os::StopOnSignal m_stop; // last: its thread would forbid the server's fork
};

Result<unsigned> worker_count(Arguments const& arguments); // --workers; 0: one per processor

}
