#include "app/evidence_access.hpp"
#include "base/text.hpp"
#include "traces/catalogue.hpp"
#include <cstdlib>

namespace konseki::app {

Result<std::unique_ptr<EvidenceAccess>> EvidenceAccess::start(std::vector<intake::WatcherFactory> watchers)
{
    auto body = std::make_unique<intake::EvidenceWorker>(artefact_parsers(), std::move(watchers));
    os::WorkerOptions options;
    options.memory_bytes_max = default_limits.worker_memory_bytes_max;
    options.frame_bytes_max = default_limits.frame_bytes_max;
    // For developers: a worker's last words, else silenced because evidence could write them.
    options.keep_error_output = std::getenv("KONSEKI_WORKER_ERRORS") != nullptr;
    auto server = TRY(os::WorkerServer::start(*body, options));
    return std::make_unique<EvidenceAccess>(std::move(body), std::move(server));
}

EvidenceAccess::~EvidenceAccess() = default;

Result<unsigned> worker_count(Arguments const& arguments)
{
    auto const count = TRY(arguments.number("workers", 0));
    if (count > 1024)
        return Error { ErrorCode::wrong_use, "--workers", 0, 0, 0, "more than 1024 workers is not sensible" };
    return static_cast<unsigned>(count);
}

}
