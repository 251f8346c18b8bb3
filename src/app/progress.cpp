#include "app/progress.hpp"
#include "app/terminal_text.hpp"
#include "base/text.hpp"
#include <cmath>

namespace konseki::app {

std::string duration_text(double seconds)
{
    if (seconds < 0 || seconds > 1e9)
        return "?";
    auto const whole = static_cast<std::uint64_t>(std::llround(seconds));
    if (whole < 60)
        return format("{} s", whole);
    if (whole < 3600)
        return format("{} min {:02} s", whole / 60, whole % 60);
    return format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

std::string progress_text(intake::Progress const& progress)
{
    std::string text { progress.phase };
    append_format(text, ": {} of {} files, {} of {}", grouped(progress.files_done), grouped(progress.files_total),
        size_text(progress.bytes_done), size_text(progress.bytes_total));
    if (progress.unpacked) {
        append_format(text, ", unpacking: {} members, {} so far", grouped(progress.unpacked->members),
            size_text(progress.unpacked->bytes));
        return text; // the time left is not known: what comes out counts as well
    }
    if (progress.megabytes_per_second > 0)
        append_format(text, ", {:.0f} MB/s", progress.megabytes_per_second);
    if (progress.records_per_second > 0)
        append_format(text, ", {} records/s", grouped(static_cast<std::uint64_t>(progress.records_per_second)));
    if (progress.seconds_left)
        append_format(text, ", {} left", duration_text(*progress.seconds_left));
    return text;
}

ProgressLine::ProgressLine(Context& context)
    : m_context(context)
    , m_is_shown(context.shows_progress())
{
}

ProgressLine::~ProgressLine()
{
    clear();
}

void ProgressLine::on_progress(intake::Progress const& progress)
{
    if (!m_is_shown)
        return;
    auto& errors = m_context.errors();
    auto text = progress_text(progress);
    if (!errors.is_terminal()) {
        if (progress.seconds - m_last_seconds < 5 && progress.files_done < progress.files_total)
            return;
        m_last_seconds = progress.seconds;
        errors.write(text + "\n");
        errors.flush();
        return;
    }
    if (!progress.current.empty())
        append_format(text, "  {}", terminal_safe(progress.current));
    errors.write("\r\x1b[K" + cut_to_width(text, errors.width() - 1));
    errors.flush();
    m_has_line = true;
}

void ProgressLine::clear()
{
    if (!m_has_line)
        return;
    m_context.errors().write("\r\x1b[K");
    m_context.errors().flush();
    m_has_line = false;
}

}
