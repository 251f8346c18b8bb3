// Progress on standard error: files, MB/s, records/s and the time left, on one line that is drawn again and again.
// Not a log: where standard error is no terminal nothing is shown unless --progress asks, then one line every few
// seconds.
#pragma once
#include "app/context.hpp"
#include "intake/examine.hpp"

namespace konseki::app {

// "12 of 40 files, 1.2 GiB of 3.4 GiB, 210 MB/s, 310,000 records/s, 12 s left"
std::string progress_text(intake::Progress const& progress);
std::string duration_text(double seconds); // "12 s", "3 min 05 s", "2 h 10 min"

class ProgressLine final : public intake::ProgressSink {
public:
    explicit ProgressLine(Context& context);
    ~ProgressLine() override;
    void on_progress(intake::Progress const& progress) override;
    void clear();

private:
    Context& m_context;
    bool m_is_shown;
    bool m_has_line = false;
    double m_last_seconds = -1'000;
};

}
