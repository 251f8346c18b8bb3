#include "collect/session.hpp"
#include <algorithm>
#include <cerrno>
#include <cstring>

namespace konseki::collect {

void Notes::add(std::string_view kind, std::string_view path, std::string_view reason)
{
    ++m_count;
    if (m_count > m_count_max)
        return;
    append_state_line(m_lines, linux_note_schema, LinuxNoteRow { kind, path, reason });
}

void Notes::add(std::string_view path, Error const& error)
{
    if (error.code == ErrorCode::not_found || error.need == ENOTDIR)
        return;
    if (error.what == "collect.network_mount")
        return; // noted once, for the mount
    auto const reason = error.code == ErrorCode::io ? std::string(::strerrordesc_np(static_cast<int>(error.need)))
                                                    : std::string(error_code_name(error.code));
    add(error.code == ErrorCode::limit ? "too_large" : "unreadable", path, reason);
}

std::string Notes::lines() const
{
    std::string text;
    append_state_head(text, linux_note_schema.erased);
    text += m_lines;
    if (m_count > m_count_max) {
        auto const more = format("{} further notes of any kind are not listed", m_count - m_count_max);
        append_state_line(text, linux_note_schema, LinuxNoteRow { "too_large", "state/notes.jsonl", more });
    }
    return text;
}

static std::string_view name_in(std::map<std::uint32_t, std::string> const& names, std::uint32_t number)
{
    auto const found = names.find(number);
    return found == names.end() ? std::string_view() : std::string_view(found->second);
}

std::string_view Names::user(std::uint32_t uid) const
{
    return name_in(users, uid);
}

std::string_view Names::group(std::uint32_t gid) const
{
    return name_in(groups, gid);
}

Result<void> Session::report(
    std::string_view new_phase, std::uint64_t done, std::uint64_t total, std::string_view current)
{
    if (stop.stop_requested())
        return Error { ErrorCode::cancelled, "collect", 0, 0, 0, {} };
    auto const now = os::steady_seconds();
    if (phase != new_phase) {
        phase = new_phase;
        phase_seconds = now;
    } else if (now - shown_seconds < 0.2) {
        return {};
    }
    shown_seconds = now;
    Progress shown { phase, done, total, std::string(current), archive.bytes_taken(), now - begun_seconds, {} };
    if (total > 0 && done > 0 && now - phase_seconds > 1)
        shown.seconds_left
            = (now - phase_seconds) * static_cast<double>(total - std::min(done, total)) / static_cast<double>(done);
    progress.on_progress(shown);
    return {};
}

Result<bool> Session::take_open_file(
    os::Descriptor const& file, FileStatus const& status, std::string_view path, std::string_view member)
{
    Member const taken { std::string(member), std::string(path), status.modified_at };
    auto const added = TRY(archive.add(taken, file, 0, status.size_bytes));
    if (added.has_shrunk)
        notes.add("changed_while_read", path, "shorter than its size said: zeros stand for what was not there");
    ++summary.files_taken;
    return true;
}

Result<bool> Session::take_file(std::string_view path, std::string_view member, std::uint64_t bytes_max)
{
    auto const file = source.open_file(path, FinalLink::follow);
    if (!file.ok()) {
        notes.add(path, file.error());
        return false;
    }
    auto const status = status_of(file.value().number());
    if (!status.ok()) {
        notes.add(path, status.error());
        return false;
    }
    if (status.value().size_bytes > bytes_max) {
        notes.add("too_large", path,
            format("{} bytes; files of this kind are taken up to {}", status.value().size_bytes, bytes_max));
        return false;
    }
    return take_open_file(file.value(), status.value(), path, member);
}

}
