#include "formats/utmp/utmp.hpp"
#include "base/text.hpp"
#include "bytes/byte_reader.hpp"
#include <algorithm>
#include <array>
#include <arpa/inet.h>

namespace konseki::utmp {

namespace {

// [dtformats Utmp] the same in both layouts up to the session
constexpr std::uint64_t text_line_at = 8, text_id_at = 40, text_user_at = 44, text_host_at = 76, exit_at = 332;
constexpr std::uint64_t line_bytes = 32, id_bytes = 4, user_bytes = 32, host_bytes = 256;
constexpr std::array<Layout, 4> layouts { { { 384, false }, { 400, false }, { 384, true }, { 400, true } } };
constexpr std::size_t records_judged = 64;
constexpr std::int64_t seconds_min = 631'152'000; // 1990
constexpr std::int64_t seconds_max = 4'294'967'295;
constexpr std::array<std::string_view, 10> type_names { "empty", "run_level", "boot", "new_time", "old_time", "init",
    "login_process", "user", "dead", "accounting" };

template <typename T> T number_at(ByteView bytes, std::uint64_t offset, bool is_big_endian)
{
    std::uint64_t value = 0;
    for (std::uint64_t i = 0; i < sizeof(T) && offset + i < bytes.size(); ++i) {
        auto const byte = static_cast<std::uint64_t>(bytes[offset + i]);
        value |= byte << (8 * (is_big_endian ? sizeof(T) - 1 - i : i));
    }
    return static_cast<T>(value);
}

std::string_view text_at(ByteView bytes, std::uint64_t offset, std::uint64_t size)
{
    auto const text = as_text(bytes).substr(std::min<std::uint64_t>(offset, bytes.size()), size);
    return text.substr(0, text.find('\0'));
}

bool is_all_zero(ByteView bytes)
{
    return std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte {}; });
}

std::uint64_t time_end(Layout const& layout)
{
    return layout.record_bytes == 384 ? 348 : 360;
}

struct Moment {
    std::int64_t seconds = 0, microseconds = 0;
};

Moment moment_of(ByteView record, Layout const& layout)
{
    auto const is_big = layout.is_big_endian;
    if (layout.record_bytes == 384)
        return { number_at<std::uint32_t>(record, 340, is_big), number_at<std::int32_t>(record, 344, is_big) };
    return { number_at<std::int64_t>(record, 344, is_big), number_at<std::int64_t>(record, 352, is_big) };
}

bool is_plausible(std::int32_t type, Moment const& moment)
{
    bool const has_time = moment.seconds >= seconds_min && moment.seconds <= seconds_max;
    return type >= 0 && type < static_cast<std::int32_t>(type_names.size())
        && (has_time || (moment.seconds == 0 && type == 0)) && moment.microseconds >= 0
        && moment.microseconds < 1'000'000;
}

std::int32_t type_of(ByteView record, Layout const& layout)
{
    return number_at<std::int16_t>(record, 0, layout.is_big_endian);
}

bool is_text(std::string_view text)
{
    return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

// How many of the first records make sense.
std::size_t score(ByteView bytes, Layout const& layout)
{
    std::size_t good = 0;
    for (std::size_t i = 0; i < records_judged && (i + 1) * layout.record_bytes <= bytes.size(); ++i) {
        auto const record = bytes.subspan(i * layout.record_bytes, layout.record_bytes);
        if (is_all_zero(record))
            continue;
        good += is_plausible(type_of(record, layout), moment_of(record, layout))
                && is_text(text_at(record, text_line_at, line_bytes))
                && is_text(text_at(record, text_user_at, user_bytes))
            ? 1U
            : 0U;
    }
    return good;
}

std::string address_of(ByteView record, Layout const& layout)
{
    auto const at = time_end(layout);
    std::array<char, INET6_ADDRSTRLEN> text {};
    if (at + 16 > record.size())
        return {};
    auto const address = record.subspan(at, 16);
    bool const is_short = is_all_zero(address.subspan(4));
    if (is_short && is_all_zero(address))
        return {};
    auto const* const ended
        = ::inet_ntop(is_short ? AF_INET : AF_INET6, address.data(), text.data(), static_cast<socklen_t>(text.size()));
    return ended == nullptr ? std::string {} : std::string(ended);
}

Record record_of(ByteView bytes, std::uint64_t offset, Layout const& layout)
{
    Record record;
    auto const is_big = layout.is_big_endian;
    record.offset = offset;
    record.size_bytes = bytes.size();
    record.type = type_of(bytes, layout);
    record.pid = number_at<std::uint32_t>(bytes, 4, is_big);
    record.terminal = text_at(bytes, text_line_at, line_bytes);
    record.inittab_id = text_at(bytes, text_id_at, id_bytes);
    record.user = text_at(bytes, text_user_at, user_bytes);
    record.host = text_at(bytes, text_host_at, host_bytes);
    record.termination = number_at<std::int16_t>(bytes, exit_at, is_big);
    record.exit_code = number_at<std::int16_t>(bytes, exit_at + 2, is_big);
    record.session = layout.record_bytes == 384 ? number_at<std::int32_t>(bytes, 336, is_big)
                                                : number_at<std::int64_t>(bytes, 336, is_big);
    auto const moment = moment_of(bytes, layout);
    record.is_plausible = is_plausible(record.type, moment);
    bool const is_in_range = moment.seconds > 0 && moment.seconds <= seconds_max && moment.microseconds >= 0
        && moment.microseconds < 1'000'000;
    if (is_in_range)
        record.at = Timestamp::from_unix_microseconds(moment.seconds * 1'000'000 + moment.microseconds);
    record.address = address_of(bytes, layout);
    return record;
}

}

std::string_view type_name(std::int32_t type)
{
    bool const is_known = type >= 0 && type < static_cast<std::int32_t>(type_names.size());
    return is_known ? type_names[static_cast<std::size_t>(type)] : "unknown";
}

Layout layout_of(ByteView bytes)
{
    Layout best;
    std::size_t best_score = 0;
    for (auto const& layout : layouts) {
        auto const found = score(bytes, layout);
        // Of equals the one that the size is a multiple of.
        bool const fits_better = found == best_score && found > 0 && bytes.size() % layout.record_bytes == 0
            && bytes.size() % best.record_bytes != 0;
        if (found > best_score || fits_better) {
            best = layout;
            best_score = found;
        }
    }
    return best;
}

bool looks_like_records(ByteView head)
{
    auto const layout = layout_of(head);
    std::size_t zeroed = 0, unused = 0;
    auto const records = std::min<std::size_t>(records_judged, head.size() / layout.record_bytes);
    for (std::size_t i = 0; i < records; ++i) {
        auto const record = head.subspan(i * layout.record_bytes, layout.record_bytes);
        if (is_all_zero(record))
            ++zeroed;
        else if (type_of(record, layout) == 0)
            ++unused; // any page that is nearly empty can be read so
    }
    auto const filled = records - zeroed;
    return filled > 2 * unused && score(head, layout) == filled;
}

FileFacts read(ByteView bytes, DiagnosticSink& diagnostics, std::function<void(Record const&)> const& visit,
    std::stop_token const& stop)
{
    FileFacts facts;
    facts.layout = layout_of(bytes);
    auto const step = facts.layout.record_bytes;
    Record run; // of zeros
    run.is_zeroed = true;
    run.count = 0;
    auto const end_run = [&] {
        if (run.count > 0)
            visit(run);
        run.count = 0;
    };
    std::uint64_t offset = 0;
    for (; bytes.size() - offset >= step && !stop.stop_requested(); offset += step) {
        auto const record_bytes = bytes.subspan(offset, step);
        ++facts.records;
        if (is_all_zero(record_bytes)) {
            ++facts.zeroed;
            if (run.count++ == 0)
                run.offset = offset;
            run.size_bytes = run.count * step;
            continue;
        }
        end_run();
        auto const record = record_of(record_bytes, offset, facts.layout);
        facts.implausible += record.is_plausible ? 0 : 1;
        visit(record);
    }
    end_run();
    facts.tail_bytes = bytes.size() - offset;
    if (facts.tail_bytes == 0 || stop.stop_requested())
        return facts;
    diagnostics.report(
        { { ErrorCode::truncated, "utmp.record", offset, step, facts.tail_bytes, {} }, facts.tail_bytes });
    auto const tail = bytes.subspan(offset);
    auto record = record_of(tail, offset, facts.layout);
    if (tail.size() >= time_end(facts.layout) && record.is_plausible && !is_all_zero(tail)) {
        record.is_complete = false;
        visit(record);
    }
    return facts;
}

namespace {

struct LastlogLayout {
    std::uint32_t record_bytes = 292;
    bool is_big_endian = false;
};

std::int64_t lastlog_seconds(ByteView record, LastlogLayout const& layout)
{
    return layout.record_bytes == 292 ? std::int64_t { number_at<std::uint32_t>(record, 0, layout.is_big_endian) }
                                      : number_at<std::int64_t>(record, 0, layout.is_big_endian);
}

// The first stretch of bytes that is not zero, from there on.
std::uint64_t next_used(ByteView bytes, std::uint64_t offset)
{
    static constexpr std::array<std::byte, 4096> zeros {};
    while (bytes.size() - offset >= zeros.size() && std::memcmp(bytes.data() + offset, zeros.data(), zeros.size()) == 0)
        offset += zeros.size();
    while (offset < bytes.size() && bytes[offset] == std::byte {})
        ++offset;
    return offset;
}

template <typename Visit> void walk_lastlog(ByteView bytes, LastlogLayout const& layout, Visit const& visit)
{
    auto const step = layout.record_bytes;
    for (std::uint64_t offset = next_used(bytes, 0); offset < bytes.size();) {
        offset -= offset % step;
        if (bytes.size() - offset < step || !visit(offset, bytes.subspan(offset, step)))
            return;
        offset = next_used(bytes, offset + step);
    }
}

bool is_lastlog_time(std::int64_t seconds)
{
    return seconds >= seconds_min && seconds <= seconds_max;
}

LastlogLayout lastlog_layout_of(ByteView bytes)
{
    LastlogLayout best;
    std::size_t best_score = 0;
    for (auto const& layout : { LastlogLayout { 292, false }, { 296, false }, { 292, true }, { 296, true } }) {
        std::size_t good = 0, seen = 0;
        walk_lastlog(bytes, layout, [&](std::uint64_t, ByteView record) {
            auto const text_from = layout.record_bytes - line_bytes - host_bytes;
            good += is_lastlog_time(lastlog_seconds(record, layout)) && is_text(text_at(record, text_from, line_bytes))
                ? 1U
                : 0U;
            return ++seen < records_judged;
        });
        if (good > best_score) {
            best = layout;
            best_score = good;
        }
    }
    return best;
}

}

void read_lastlog(ByteView bytes, DiagnosticSink& diagnostics, std::function<void(LastLogin const&)> const& visit,
    std::stop_token const& stop)
{
    auto const layout = lastlog_layout_of(bytes);
    auto const text_from = layout.record_bytes - line_bytes - host_bytes;
    walk_lastlog(bytes, layout, [&](std::uint64_t offset, ByteView record) {
        LastLogin login;
        login.offset = offset;
        login.size_bytes = layout.record_bytes;
        login.uid = offset / layout.record_bytes;
        auto const seconds = lastlog_seconds(record, layout);
        if (is_lastlog_time(seconds))
            login.at = Timestamp::from_unix_seconds(seconds);
        else
            diagnostics.report(
                { { ErrorCode::bad_value, "utmp.lastlog.time", offset, 0, static_cast<std::uint64_t>(seconds), {} } });
        login.terminal = text_at(record, text_from, line_bytes);
        login.host = text_at(record, text_from + line_bytes, host_bytes);
        visit(login);
        return !stop.stop_requested();
    });
    if (auto const tail = bytes.size() % layout.record_bytes; tail != 0)
        diagnostics.report(
            { { ErrorCode::truncated, "utmp.lastlog.record", bytes.size() - tail, layout.record_bytes, tail, {} },
                tail });
}

}
