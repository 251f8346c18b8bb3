#include "report/chart.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <bit>

namespace konseki::report {

namespace {

constexpr std::uint64_t width = 1'000;
constexpr std::uint64_t left = 46; // room for the numbers of the axis

std::string day_of(Timestamp time)
{
    return to_string(time).substr(0, 10);
}

Timestamp bin_start(Timeline const& timeline, std::size_t index)
{
    return { timeline.start.ticks + static_cast<std::int64_t>(index) * timeline.bin_seconds * ticks_per_second };
}

std::uint64_t x_of(Timeline const& timeline, std::size_t index)
{
    return left + (width - left) * index / timeline.bins.size();
}

std::uint64_t bar_width(Timeline const& timeline)
{
    auto const room = (width - left) / timeline.bins.size();
    return std::clamp<std::uint64_t>(room > 3 ? room - 2 : room, 2, 40);
}

void append_rectangle(std::string& target, std::string_view css_class, std::uint64_t x, std::uint64_t y,
    std::uint64_t w, std::uint64_t h, std::string_view title)
{
    append_format(target, "<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"><title>{}</title></rect>",
        css_class, x, y, w, h, title);
}

// The line under the bars and up to six dates.
void append_axis(std::string& target, Timeline const& timeline, std::uint64_t bottom, std::string_view highest)
{
    append_format(target,
        "<line class=\"axis\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/><text x=\"{}\" y=\"12\" "
        "text-anchor=\"end\">{}</text>",
        left, bottom, width, bottom, left - 6, highest);
    auto const step = std::max<std::size_t>(1, (timeline.bins.size() + 5) / 6);
    for (std::size_t i = 0; i < timeline.bins.size(); i += step) {
        if (x_of(timeline, i) + 80 <= width)
            append_format(target, "<text x=\"{}\" y=\"{}\">{}</text>", x_of(timeline, i), bottom + 16,
                day_of(bin_start(timeline, i)));
    }
}

// 0 for none, then one step per factor of two: an hour of ten million events must not hide one of ten.
std::uint64_t log_height(std::uint64_t count, std::uint64_t count_max, std::uint64_t height)
{
    if (count == 0)
        return 0;
    auto const exact = [](std::uint64_t n) { // log2 in 1/16, from the leading bits
        auto const bits = static_cast<std::uint64_t>(std::bit_width(n));
        auto const below = bits > 5 ? (n >> (bits - 5)) & 15 : (n << (5 - bits)) & 15;
        return bits * 16 + below;
    };
    return std::max<std::uint64_t>(2, height * exact(count) / exact(count_max));
}

}

void append_findings_chart(std::string& target, Timeline const& timeline)
{
    constexpr std::uint64_t height = 120;
    std::uint64_t highest = 1;
    for (auto const& bin : timeline.bins)
        highest = std::max(highest, bin.findings[1] + bin.findings[2] + bin.findings[3] + bin.findings[4]);
    append_format(target, "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"findings\">", width, height + 22);
    for (std::size_t i = 0; i < timeline.bins.size(); ++i) {
        std::uint64_t stacked = 0;
        for (std::size_t severity = severity_count - 1; severity >= 1; --severity) {
            auto const count = timeline.bins[i].findings[severity];
            if (count == 0)
                continue;
            auto const bar = std::max<std::uint64_t>(3, (height - 16) * count / highest);
            stacked = std::min(stacked + bar, height - 4);
            auto const name = severity_name(static_cast<Severity>(severity));
            append_rectangle(target, name, x_of(timeline, i), height - stacked, bar_width(timeline), bar,
                format("{}: {} {}", day_of(bin_start(timeline, i)), count, name));
        }
    }
    append_axis(target, timeline, height, grouped(highest));
    target += "</svg>\n";
}

void append_events_chart(std::string& target, Timeline const& timeline)
{
    constexpr std::uint64_t height = 80;
    std::uint64_t highest = 1;
    for (auto const& bin : timeline.bins)
        highest = std::max(highest, bin.events);
    append_format(target, "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"events\">", width, height + 22);
    for (std::size_t i = 0; i < timeline.bins.size(); ++i) {
        auto const bar = log_height(timeline.bins[i].events, highest, height - 16);
        if (bar != 0)
            append_rectangle(target, "bar", x_of(timeline, i), height - bar, bar_width(timeline), bar,
                format("{}: {}", day_of(bin_start(timeline, i)), grouped(timeline.bins[i].events)));
    }
    append_axis(target, timeline, height, grouped(highest));
    target += "</svg>\n";
}

void append_strip(std::string& target, std::vector<std::uint64_t> const& bins)
{
    if (bins.empty())
        return;
    constexpr std::uint64_t strip_width = 180, height = 26;
    auto const highest = std::max<std::uint64_t>(1, *std::max_element(bins.begin(), bins.end()));
    append_format(target,
        "<svg class=\"strip\" viewBox=\"0 0 {} {}\" aria-hidden=\"true\"><line class=\"axis\" x1=\"0\" y1=\"{}\" "
        "x2=\"{}\" y2=\"{}\"/><path class=\"bar\" d=\"",
        strip_width, height, height - 1, strip_width, height - 1);
    for (std::size_t i = 0; i < bins.size(); ++i) {
        auto const bar = log_height(bins[i], highest, height - 3);
        auto const from = strip_width * i / bins.size();
        auto const until = std::max(strip_width * (i + 1) / bins.size(), from + 1);
        if (bar != 0)
            append_format(target, "M{} {}h{}v-{}h-{}z", from, height - 1, until - from, bar, until - from);
    }
    target += "\"/></svg>";
}

}
