// Task files of the first Task Scheduler (Windows NT 4 to 2003; AT jobs and compatibility later): *.job.
// Not the XML tasks of Vista and later, and not the account a job runs as: that lies with the LSA.
// Source: [MS-TSCH] 2.4; libyal/dtformats "Windows Job file format".
#pragma once
#include "base/identity.hpp"
#include "record/artefact_parser.hpp"
#include <string>
#include <vector>

namespace konseki::job {

Sniff sniff(ByteView head);

inline constexpr std::uint32_t flag_disabled = 0x4, flag_hidden = 0x200;

struct Trigger {
    std::uint64_t offset = 0;
    std::uint32_t size_bytes = 0;
    std::uint32_t kind = 0; // 0 once, 1 daily, 2 weekly, 3 monthly by date, 4 by day of week, 5 idle, 6 start, 7 logon
    std::uint32_t flags = 0; // 1 has an end, 2 kill at the end of the duration, 4 disabled
    LocalTime starts_at, ends_at; // host's local time; the end is a day
    std::uint32_t duration_minutes = 0, interval_minutes = 0; // repetition within one firing
    std::uint16_t specific[3] {}; // by kind: intervals, days, months
};
std::string_view kind_name(std::uint32_t kind);
// "every 1 day", "every 2 weeks on Monday, Friday", "on days 1, 15 of January": English, for the detail column.
std::string schedule_text(Trigger const& trigger);

struct Job {
    std::uint16_t product_version = 0; // 0x0501 XP, 0x0601 Windows 7 …
    Guid id;
    std::uint32_t priority = 0, run_time_max_ms = 0, exit_code = 0, status = 0, flags = 0;
    std::uint16_t running_instances = 0;
    LocalTime last_run_at; // host's local time; not set: never
    std::string application, parameters, working_directory, author, comment;
    std::vector<Trigger> triggers;
    bool has_signature = false; // the scheduler signs what it writes
};
std::string_view status_name(std::uint32_t status);

// What is there; the error that ended reading is reported. Nothing without the fixed part.
Result<Job> read(ByteView bytes, DiagnosticSink& diagnostics);

}
