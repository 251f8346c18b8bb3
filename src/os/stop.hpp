// Ctrl-C and SIGTERM as a stop request: the first asks, the second ends the process at once.
// Not a cleanup: whoever holds the token decides what is complete.
#pragma once
#include "os/file.hpp"
#include <memory>
#include <stop_token>

namespace konseki::os {

// One at a time, made by main() after WorkerServer::start (its thread would forbid the fork). SIGPIPE is ignored as
// well.
class StopOnSignal {
public:
    StopOnSignal();
    ~StopOnSignal();
    StopOnSignal(StopOnSignal const&) = delete;
    StopOnSignal& operator=(StopOnSignal const&) = delete;
    std::stop_token token() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}
