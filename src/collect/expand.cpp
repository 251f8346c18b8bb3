#include "collect/expand.hpp"
#include <algorithm>

namespace konseki::collect {

bool matches_name(std::string_view name, std::string_view pattern)
{
    std::size_t at = 0;
    std::size_t in = 0;
    auto star = std::string_view::npos;
    std::size_t retry = 0;
    while (at < name.size()) {
        if (in < pattern.size() && pattern[in] == '*') {
            star = in++;
            retry = at;
        } else if (in < pattern.size() && pattern[in] == name[at]) {
            ++in;
            ++at;
        } else if (star != std::string_view::npos) {
            in = star + 1;
            at = ++retry;
        } else {
            return false;
        }
    }
    while (in < pattern.size() && pattern[in] == '*')
        ++in;
    return in == pattern.size();
}

bool matches_any(std::string_view name, std::string_view alternatives)
{
    if (alternatives == "*")
        return true;
    auto const patterns = split(alternatives, '|');
    return std::any_of(
        patterns.begin(), patterns.end(), [&](std::string_view pattern) { return matches_name(name, pattern); });
}

namespace {

// "/a/*/b" -> every folder that fits. One name after the other, so that a pattern costs what it meets.
std::vector<std::string> folders_of(Session& session, std::string_view pattern)
{
    std::vector<std::string> folders { "" };
    for (auto const part : split(pattern.substr(1), '/')) {
        if (part.empty())
            continue;
        std::vector<std::string> next;
        for (auto const& folder : folders) {
            if (part.find('*') == std::string_view::npos) {
                next.push_back(format("{}/{}", folder, part));
                continue;
            }
            auto const names = session.source.names_in(folder.empty() ? "/" : folder);
            if (!names.ok()) {
                session.notes.add(folder, names.error());
                continue;
            }
            for (auto const& name : names.value())
                if (matches_name(name, part))
                    next.push_back(format("{}/{}", folder, name));
        }
        folders = std::move(next);
    }
    return folders;
}

// Folders of nothing but links to what is taken or listed anyway.
bool is_farm_of_links(std::string_view path)
{
    return path.starts_with("/etc/alternatives/") || path.starts_with("/etc/ssl/certs/")
        || path.starts_with("/etc/pki/ca-trust/extracted/");
}

struct Pending {
    std::string path;
    std::uint32_t depth = 0; // still allowed below
};

class Expansion {
public:
    Expansion(Session& session, Choice const& choice)
        : m_session(session)
        , m_choice(choice)
    {
    }

    Result<void> add(std::string const& folder)
    {
        // The chosen folder itself may be a link. What the kernel makes up keeps its name: /proc/self is no other one.
        bool const is_state = folder.starts_with("/proc/") || folder.starts_with("/sys/");
        auto const start = is_state ? Result<std::string>(folder) : m_session.source.resolved(folder);
        if (!start.ok() || m_session.source.is_blocked(start.value()))
            return {};
        m_pending.push_back({ m_session.source.canonical(start.value()), m_choice.depth });
        while (!m_pending.empty()) {
            if (m_entries > m_session.options.limits.chosen_folder_entries_max) {
                m_session.notes.add("too_large", folder, "more entries than are looked at for their content");
                m_pending.clear();
                return {};
            }
            TRY(m_session.report(m_session.phase, 0, 0, folder));
            auto const next = std::move(m_pending.back());
            m_pending.pop_back();
            look_into(next);
        }
        return {};
    }

    std::vector<Found> take()
    {
        std::sort(m_found.begin(), m_found.end(), [](Found const& a, Found const& b) { return a.path < b.path; });
        return std::move(m_found);
    }

private:
    void look_into(Pending const& pending)
    {
        auto const folder = m_session.source.open_folder(pending.path);
        auto const names
            = folder.ok() ? m_session.source.names_in(pending.path) : Result<std::vector<std::string>>(folder.error());
        if (!names.ok()) {
            m_session.notes.add(pending.path, names.error());
            return;
        }
        m_entries += names.value().size();
        for (auto const& name : names.value()) {
            auto path = pending.path + "/" + name;
            auto status = status_at(folder.value().number(), name.c_str());
            if (status.ok() && status.value().type == FileType::folder && pending.depth > 0
                && !m_session.source.is_blocked(path))
                m_pending.push_back({ std::move(path), pending.depth - 1 });
            else if (status.ok() && matches_any(name, m_choice.names))
                look_at(std::move(path), status.value());
        }
    }

    // A link is taken as what it leads to, under its own name: a unit linked from elsewhere is a unit.
    void look_at(std::string path, FileStatus const& entry)
    {
        auto status = entry;
        if (entry.type == FileType::link) {
            if (is_farm_of_links(path))
                return;
            auto const target = m_session.source.resolved(path);
            if (!target.ok() || m_session.source.is_blocked(target.value()))
                return;
            auto const behind = m_session.source.status(target.value(), FinalLink::keep);
            if (!behind.ok())
                return;
            status = behind.value();
        }
        if (status.type == FileType::regular)
            m_found.push_back({ std::move(path), status });
    }

    Session& m_session;
    Choice const& m_choice;
    std::vector<Pending> m_pending;
    std::vector<Found> m_found;
    std::uint64_t m_entries = 0;
};

}

Result<std::vector<Found>> expand(Session& session, Choice const& choice, std::vector<std::string> const& homes)
{
    Expansion expansion(session, choice);
    if (choice.folder.starts_with("~/")) {
        for (auto const& home : homes)
            for (auto const& folder : folders_of(session, home + std::string(choice.folder.substr(1))))
                TRY(expansion.add(folder));
    } else {
        for (auto const& folder : folders_of(session, choice.folder))
            TRY(expansion.add(folder));
    }
    return expansion.take();
}

}
