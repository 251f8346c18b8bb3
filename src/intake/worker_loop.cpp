#include "bytes/sha256.hpp"
#include "intake/worker_jobs.hpp"
#include <clocale>
#include <cstdlib>
#include <ctime>
#include <new>

namespace konseki::intake {

EvidenceWorker::EvidenceWorker(
    std::span<ArtefactParser const* const> parsers, std::vector<WatcherFactory> watchers, Limits const& limits)
    : m_parsers(parsers)
    , m_watchers(std::move(watchers))
    , m_limits(limits)
{
}

void EvidenceWorker::prepare()
{
    // OpenSSL reads its configuration at first use; behind the sandbox there are no files.
    (void)sha256(as_bytes("warm"));
    // libyara reads the times of certificates through mktime(): the same answer in any time zone, and without a file.
    ::setenv("TZ", "UTC0", 1); // NOLINT(concurrency-mt-unsafe): the server is alone and has one thread
    ::tzset();
    // libarchive gives names of zip members that are marked as UTF-8 only in a locale that can hold them. Nothing else
    // here asks the locale, and behind the sandbox there are no files to load one from.
    (void)std::setlocale(LC_CTYPE, "C.UTF-8"); // NOLINT(concurrency-mt-unsafe)
}

void EvidenceWorker::run(os::Channel& channel)
{
    Jobs jobs { channel, m_parsers, m_watchers, m_limits };
    while (true) {
        auto const received = channel.receive();
        if (!received.ok() || !received.value().has_value())
            return;
        auto const& frame = *received.value();
        switch (static_cast<FrameKind>(frame.kind)) {
        case FrameKind::configure: {
            auto const configuration = decode_configuration(frame.body);
            VERIFY(configuration.ok());
            jobs.configure(configuration.value());
            break;
        }
        case FrameKind::dictionary: jobs.learn(frame.body); break;
        case FrameKind::companion: {
            auto companion = decode_companion(frame.body);
            VERIFY(companion.ok());
            jobs.add_companion(std::move(companion).value(), frame.descriptor);
            break;
        }
        case FrameKind::job: {
            auto const job = decode_job(frame.body);
            VERIFY(job.ok());
            // Whatever a library throws over hostile bytes ends this worker, not the run: what is complete is sent
            // first.
            try {
                jobs.run(job.value(), frame.descriptor);
            } catch (std::bad_alloc const&) {
                jobs.give_up(ErrorCode::limit);
                return;
            } catch (...) {
                jobs.give_up(ErrorCode::internal);
                return;
            }
            break;
        }
        default: return;
        }
    }
}

}
