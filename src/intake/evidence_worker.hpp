// What runs inside a worker process: identify, unpack, parse, render one piece of evidence at a time.
// Not the other side: intake/examine.hpp schedules and distrusts what comes back.
#pragma once
#include "base/limits.hpp"
#include "os/worker.hpp"
#include "record/bytes_watcher.hpp"
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace konseki::intake {

// One configured watcher: of events (raw_filter may be null), or of whole files in scans with ScanOptions::whole_files.
struct Watch {
    std::unique_ptr<EventWatcher> events;
    std::unique_ptr<RawFilter> raw_filter;
    std::unique_ptr<BytesWatcher> bytes {};
};

// Makes watchers inside the worker: "sigma" over compiled rules that were there at fork, "search" from the words of the
// configuration. The sink lives longer than the watcher; rows get the number of the evidence at hand.
struct WatcherFactory {
    std::string name;
    std::function<Watch(std::string_view configuration, TraceSink& traces)> make;
};

class EvidenceWorker final : public os::WorkerBody {
public:
    EvidenceWorker(std::span<ArtefactParser const* const> parsers, std::vector<WatcherFactory> watchers,
        Limits const& limits = default_limits);
    void prepare() override;
    void run(os::Channel& channel) override;

private:
    std::span<ArtefactParser const* const> m_parsers;
    std::vector<WatcherFactory> m_watchers;
    Limits m_limits;
};

}
