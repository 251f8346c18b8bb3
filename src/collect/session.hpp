// What the collectors of one run share: the host, the archive, the notes, who is who. One thread.
// Not a collector itself.
#pragma once
#include "collect/archive.hpp"
#include "collect/collect.hpp"
#include "collect/source.hpp"
#include "collect/state_line.hpp"
#include "os/clock.hpp"
#include "traces/linux_columns.hpp"
#include <map>
#include <vector>

namespace konseki::collect {

// What could not be read, or was left out: state/notes.jsonl.
class Notes {
public:
    explicit Notes(std::uint32_t count_max)
        : m_count_max(count_max)
    {
    }
    void add(std::string_view kind, std::string_view path, std::string_view reason);
    void add(std::string_view path, Error const& error); // unreadable, with the reason; what is not there is no note
    std::uint64_t count() const { return m_count; }
    std::string lines() const;

private:
    std::uint32_t m_count_max;
    std::uint64_t m_count = 0;
    std::string m_lines;
};

// Names of users and groups of the host itself, not of the machine that reads it.
struct Names {
    std::map<std::uint32_t, std::string> users, groups;
    std::string_view user(std::uint32_t uid) const; // no data where passwd has none
    std::string_view group(std::uint32_t gid) const;
};

struct Session {
    Options const& options;
    Source source;
    Archive archive;
    Notes notes;
    ProgressSink& progress;
    std::stop_token stop;
    Names names {};
    Timestamp begun_at {};
    double begun_seconds = os::steady_seconds();
    double shown_seconds = 0;
    Summary summary {};

    // Tells the progress, a few times a second; cancelled when asked to stop.
    Result<void> report(std::string_view phase, std::uint64_t done, std::uint64_t total, std::string_view current);
    double phase_seconds = 0;
    std::string_view phase {};

    // Takes a regular file's content as `member`; nothing when it cannot be read, which is noted. False: not taken.
    Result<bool> take_file(std::string_view path, std::string_view member, std::uint64_t bytes_max);
    Result<bool> take_open_file(
        os::Descriptor const& file, FileStatus const& status, std::string_view path, std::string_view member);
};

// A state file in the making.
class StateFile {
public:
    StateFile(Session& session, Schema const& schema)
        : m_session(session)
        , m_spool(session.archive.new_spool())
    {
        append_state_head(m_line, schema);
    }
    template <typename Row, typename... Members>
    Result<void> add(TypedSchema<Row, Members...> const& schema, Row const& row)
    {
        append_state_line(m_line, schema, row);
        ++m_count;
        TRY(m_spool.append(m_line));
        m_line.clear();
        return {};
    }
    Result<void> finish(std::string_view name) // "processes"
    {
        TRY(m_spool.append(m_line));
        return m_session.archive.add(Member { format("state/{}.jsonl", name), {}, os::now() }, m_spool);
    }
    std::uint64_t count() const { return m_count; }

private:
    Session& m_session;
    Spool m_spool;
    std::string m_line;
    std::uint64_t m_count = 0;
};

inline std::optional<std::uint32_t> u32_of(std::string_view text)
{
    auto const number = parse_uint(text);
    return number && *number <= 0xffff'ffffU ? std::optional(static_cast<std::uint32_t>(*number)) : std::nullopt;
}

// Text that the row shows where there is some.
inline std::string_view if_any(std::string const& text)
{
    return text.empty() ? std::string_view() : std::string_view(text);
}

}
