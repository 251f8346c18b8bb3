#include "intake/crew.hpp"
#include "os/clock.hpp"
#include <algorithm>
#include <cerrno>
#include <poll.h>

namespace konseki::intake {

Crew::Crew(os::WorkerServer& server, unsigned workers, std::vector<std::pair<FrameKind, std::string>> setup)
    : m_server(server)
    , m_setup(std::move(setup))
{
    for (unsigned index = 0; index < std::max(1U, workers); ++index)
        m_members.push_back(std::make_unique<Member>());
}

Crew::~Crew()
{
    dismiss();
}

void Crew::dismiss()
{
    for (auto& member : m_members) {
        if (member->worker)
            (void)m_server.end(member->worker->process_id); // it is reaped; how it ended no longer matters
        *member = {};
    }
    m_retries.clear();
}

std::vector<int> Crew::process_ids() const
{
    std::vector<int> ids;
    for (auto const& member : m_members) {
        if (member->worker)
            ids.push_back(member->worker->process_id);
    }
    return ids;
}

bool Crew::has_running() const
{
    return std::ranges::any_of(
        m_members, [](auto const& member) { return member->order && !member->order->receiver->is_full(); });
}

bool Crew::is_idle() const
{
    return m_retries.empty()
        && std::ranges::none_of(m_members, [](auto const& member) { return member->order.has_value(); });
}

bool Crew::has_room() const
{
    bool room = false;
    for (auto const& member : m_members) {
        if (member->order && member->is_second_try)
            return false;
        room = room || !member->order;
    }
    return room && m_retries.empty();
}

Result<void> Crew::hire(Member& member)
{
    if (member.worker)
        return {};
    member.worker.emplace(TRY(m_server.spawn()));
    for (auto const& [kind, body] : m_setup)
        TRY(member.worker->channel.send(static_cast<std::uint16_t>(kind), as_bytes(body)));
    return {};
}

Result<void> Crew::send(os::Channel& channel, JobOrder const& order)
{
    for (auto const& [text, file] : order.companions)
        TRY(channel.send(static_cast<std::uint16_t>(FrameKind::companion), as_bytes(text), file.number()));
    return channel.send(static_cast<std::uint16_t>(FrameKind::job), as_bytes(order.text), order.evidence.number());
}

Result<void> Crew::start(Member& member, JobOrder order)
{
    // An idle worker may have left after its last job: that is not this job's fault, a new one takes it.
    for (int attempt = 0; attempt < 2; ++attempt) {
        TRY(hire(member));
        auto const sent = send(member.worker->channel, order);
        if (sent.ok()) {
            member.order.emplace(std::move(order));
            member.frames_delivered = 0;
            member.running_since = os::steady_seconds();
            member.waiting_since = 0;
            return {};
        }
        (void)m_server.end(member.worker->process_id);
        member.worker.reset();
    }
    return Error { ErrorCode::worker_died, "worker.start", 0, 0, 0, "a new worker does not take jobs" };
}

Result<void> Crew::give(JobOrder order)
{
    for (auto& member : m_members) {
        if (!member->order) {
            member->is_second_try = false;
            member->frames_to_skip = 0;
            return start(*member, std::move(order));
        }
    }
    VERIFY(false); // give() without has_room()
}

// Alone: only when nothing else runs, so that what another job did to the machine cannot fail this one again.
Result<void> Crew::start_retry()
{
    if (m_retries.empty() || has_running())
        return {};
    for (auto& member : m_members) {
        if (member->order)
            continue;
        auto retry = std::move(m_retries.front());
        m_retries.pop_front();
        member->is_second_try = true;
        member->frames_to_skip = retry.frames_delivered;
        return start(*member, std::move(retry.order));
    }
    return {};
}

Result<void> Crew::on_death(Member& member, Error reason)
{
    ++m_deaths;
    auto const ended = TRY(m_server.end(member.worker->process_id));
    member.worker.reset();
    if (reason.code == ErrorCode::worker_died) {
        reason.need = static_cast<std::uint64_t>(ended.code);
        reason.detail = ended.by_signal ? "signal" : "exit code";
    }
    auto order = std::move(*member.order);
    member.order.reset();
    if (member.is_second_try)
        order.receiver->on_end(reason);
    else
        m_retries.push_back({ std::move(order), member.frames_delivered });
    return {};
}

Result<void> Crew::deliver_buffered(Member& member)
{
    while (member.order && !member.order->receiver->is_full()) {
        auto frame = member.worker->channel.next_buffered();
        if (!frame.ok())
            return on_death(member, std::move(frame).error());
        if (!frame.value().has_value())
            return {};
        auto const kind = static_cast<FrameKind>(frame.value()->kind);
        if (member.order->is_progressing)
            member.running_since = os::steady_seconds();
        if (kind == FrameKind::alive)
            continue;
        if (member.frames_delivered++ < member.frames_to_skip)
            continue;
        auto* const receiver = member.order->receiver;
        auto taken = receiver->on_frame(kind, frame.value()->body);
        if (!taken.ok())
            return on_death(member, std::move(taken).error());
        if (kind == FrameKind::done) {
            member.order.reset();
            receiver->on_end(std::nullopt);
        }
    }
    return {};
}

Result<void> Crew::receive(Member& member)
{
    auto const filled = member.worker->channel.fill();
    if (!filled.ok())
        return on_death(member, filled.error());
    TRY(deliver_buffered(member));
    if (filled.value() == os::Channel::Filled::end_of_stream && member.worker) {
        if (member.order && member.order->receiver->is_full())
            return {}; // frames are left: the end will be seen again behind them
        if (member.order)
            return on_death(member, { ErrorCode::worker_died, "worker", 0, 0, 0, {} });
        (void)m_server.end(member.worker->process_id); // it left between jobs
        member.worker.reset();
    }
    return {};
}

void Crew::watch_clock(Member& member, double now)
{
    if (member.order->receiver->is_full()) {
        if (member.waiting_since == 0)
            member.waiting_since = now;
    } else if (member.waiting_since != 0) {
        member.running_since += now - member.waiting_since;
        member.waiting_since = 0;
    }
}

Result<void> Crew::step(int milliseconds_max)
{
    TRY(start_retry());
    std::vector<pollfd> waiting;
    std::vector<Member*> members;
    for (auto& member : m_members) {
        if (!member->order)
            continue;
        watch_clock(*member, os::steady_seconds());
        TRY(deliver_buffered(*member)); // what was left when its receiver was full
        if (!member->order || member->order->receiver->is_full())
            continue;
        waiting.push_back({ member->worker->channel.descriptor(), POLLIN, 0 });
        members.push_back(member.get());
    }
    if (waiting.empty())
        return start_retry();
    auto const ready = ::poll(waiting.data(), waiting.size(), milliseconds_max);
    if (ready < 0 && errno != EINTR)
        return os::error_from_errno(errno, "crew.poll", {});
    auto const now = os::steady_seconds();
    for (std::size_t index = 0; index < waiting.size(); ++index) {
        auto& member = *members[index];
        if (ready > 0 && waiting[index].revents != 0)
            TRY(receive(member));
        if (member.order && now - member.running_since > member.order->seconds_max) // also one that never stops sending
            TRY(on_death(member,
                { ErrorCode::timeout, "worker", 0, static_cast<std::uint64_t>(member.order->seconds_max), 0, {} }));
    }
    return start_retry();
}

}
