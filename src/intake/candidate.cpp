#include "intake/candidate.hpp"

namespace konseki::intake {

namespace {
Result<void> keep_diagnostics(Candidate& candidate, InternedWords& words, ByteView body)
{
    for (auto& diagnostic : TRY(decode_diagnostics(body))) {
        diagnostic.error.what = words.keep(diagnostic.error.what);
        candidate.diagnostics.push_back(std::move(diagnostic));
    }
    return {};
}

Error unexpected(FrameKind kind)
{
    return { ErrorCode::bad_value, "worker.frame_kind", 0, 0, static_cast<std::uint64_t>(kind), {} };
}
}

Result<void> IdentifyReceiver::on_frame(FrameKind kind, ByteView body)
{
    switch (kind) {
    case FrameKind::identified:
        m_candidate.identified = TRY(decode_identified(body, m_candidate.facts.size_bytes));
        if (m_candidate.is_later_segment && m_candidate.identified.as == Recognised::archive)
            m_candidate.identified.as = Recognised::nothing;
        m_is_identified = true;
        return {};
    case FrameKind::diagnostics: return keep_diagnostics(m_candidate, m_words, body);
    case FrameKind::done: return {};
    default: return unexpected(kind);
    }
}

void IdentifyReceiver::on_end(std::optional<Error> const& death)
{
    m_candidate.stage = Candidate::Stage::identified;
    if (death) {
        m_candidate.failure = *death;
    } else if (!m_is_identified) {
        m_candidate.failure = m_candidate.diagnostics.empty()
            ? Error { ErrorCode::internal, "worker.identify", 0, 0, 0, {} }
            : m_candidate.diagnostics.front().error;
        m_candidate.diagnostics.clear();
    }
}

Result<void> UnpackReceiver::on_disk_result(Result<void> result)
{
    if (!result.ok()) {
        m_failure = result.error();
        m_file.reset(); // gives its space back: the case needs some to keep what was read
    }
    return result;
}

Result<void> UnpackReceiver::begin_member(ByteView body)
{
    if (m_file || m_candidate.members.size() >= m_limits.archive_members_max)
        return Error { ErrorCode::limit, "worker.members", 0, m_candidate.members.size(), m_limits.archive_members_max,
            {} };
    m_member = TRY(decode_member(body, m_limits.path_bytes_max));
    auto file = os::NewFile::create_in(m_vault.folder());
    if (!file.ok())
        return on_disk_result(file.error());
    m_file.emplace(std::move(file).value());
    m_size_bytes = 0;
    return {};
}

Result<void> UnpackReceiver::add_bytes(ByteView body)
{
    if (!m_file || body.size() > m_candidate.budget->left_bytes)
        return Error { ErrorCode::limit, "worker.member_bytes", 0, body.size(), m_candidate.budget->left_bytes, {} };
    m_candidate.budget->left_bytes -= body.size();
    m_size_bytes += body.size();
    m_bytes_so_far += body.size();
    m_hasher.add(body);
    return on_disk_result(m_file->append(body));
}

Result<void> UnpackReceiver::end_member(bool is_kept)
{
    if (!m_file)
        return unexpected(FrameKind::member_ends);
    auto const digest = m_hasher.finish(); // starts anew in any case
    if (!is_kept) {
        m_file.reset();
        return {};
    }
    auto const path = m_vault.path_of(digest);
    auto const there = os::facts_of(std::filesystem::path(path));
    if (!there.ok() || there.value().size_bytes != m_size_bytes)
        TRY(on_disk_result(m_file->keep_as(path)));
    m_file.reset();
    m_candidate.members.push_back({ std::move(m_member.path), m_member.modified_at, digest, m_size_bytes, path });
    return {};
}

Result<void> UnpackReceiver::on_frame(FrameKind kind, ByteView body)
{
    if (m_failure)
        return *m_failure;
    switch (kind) {
    case FrameKind::member_begins: return begin_member(body);
    case FrameKind::member_bytes: return add_bytes(body);
    case FrameKind::member_ends: return end_member(body.size() == 1 && body[0] == std::byte { 1 });
    case FrameKind::diagnostics: return keep_diagnostics(m_candidate, m_words, body);
    case FrameKind::done: return {};
    default: return unexpected(kind);
    }
}

void UnpackReceiver::on_end(std::optional<Error> const& death)
{
    m_candidate.stage = Candidate::Stage::unpacked;
    if (m_file) { // the worker died inside a member: what there is of it is evidence too
        if (m_size_bytes > 0)
            (void)end_member(true);
        m_file.reset();
    }
    if (death)
        m_candidate.diagnostics.push_back({ *death, 1 });
}

}
