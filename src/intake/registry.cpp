#include "intake/registry.hpp"
#include "base/result.hpp"
#include "base/text.hpp"

namespace konseki::intake {

namespace {
bool is_keyed_by_path(Evidence const& evidence)
{
    return evidence.parent == 0;
}
}

Registry::Registry(std::vector<Evidence> const& known)
{
    for (auto const& evidence : known) {
        if (evidence.parent != 0)
            m_members.emplace(std::pair { evidence.parent, evidence.original_path }, evidence.number);
        add(evidence);
    }
}

void Registry::add(Evidence const& evidence)
{
    VERIFY(evidence.number == m_evidence.size() + 1);
    m_evidence.push_back(evidence);
    if (evidence.parent == 0 && evidence.is_in_vault)
        m_copies.emplace(std::pair { evidence.original_path, evidence.sha256 }, evidence.number);
    if (is_keyed_by_path(evidence))
        m_by_path[evidence.path] = evidence.number;
    else
        m_children.emplace(evidence.parent, evidence.number);
    note_digest(evidence);
}

void Registry::note_digest(Evidence const& evidence)
{
    if (evidence.state != EvidenceState::failed && evidence.state != EvidenceState::duplicate)
        m_by_digest.emplace(evidence.sha256, evidence.number);
}

Evidence* Registry::by_path(std::string const& path)
{
    auto const found = m_by_path.find(path);
    return found == m_by_path.end() ? nullptr : &by_number(found->second);
}

Evidence& Registry::by_number(EvidenceNumber number)
{
    VERIFY(number >= 1 && number <= m_evidence.size());
    return m_evidence[number - 1];
}

std::vector<EvidenceNumber> Registry::children_of(EvidenceNumber parent) const
{
    std::vector<EvidenceNumber> numbers;
    auto const [begin, end] = m_children.equal_range(parent);
    for (auto child = begin; child != end; ++child)
        numbers.push_back(child->second);
    return numbers;
}

Evidence* Registry::take_member(EvidenceNumber parent, std::string const& path, Sha256 const& digest)
{
    auto const [begin, end] = m_members.equal_range({ parent, path });
    for (auto member = begin; member != end; ++member) {
        auto& evidence = by_number(member->second);
        if (evidence.sha256 != digest)
            continue;
        m_members.erase(member);
        return &evidence;
    }
    return nullptr;
}

EvidenceNumber Registry::copy_of(std::string const& original_path, Sha256 const& digest) const
{
    auto const found = m_copies.find({ original_path, digest });
    return found == m_copies.end() ? 0 : found->second;
}

EvidenceNumber Registry::copy_named(std::string const& original_folder, std::string_view name) const
{
    for (auto copy = m_copies.lower_bound({ original_folder, {} });
         copy != m_copies.end() && copy->first.first.starts_with(original_folder); ++copy) {
        if (equals_ignoring_case(std::string_view(copy->first.first).substr(original_folder.size()), name))
            return copy->second;
    }
    return 0;
}

EvidenceNumber Registry::number_at(std::string const& path) const
{
    auto const found = m_by_path.find(path);
    return found == m_by_path.end() ? 0 : found->second;
}

EvidenceNumber Registry::first_with(Sha256 const& digest, EvidenceNumber than) const
{
    auto const found = m_by_digest.lower_bound(digest);
    return found == m_by_digest.end() || found->first != digest || found->second == than ? 0 : found->second;
}

EvidenceNumber Registry::first_like(Evidence const& evidence, bool reads_path) const
{
    auto const place_of = [](Evidence const& one) -> std::string const& {
        return one.machine_path.empty() ? one.original_path : one.machine_path;
    };
    auto const [begin, end] = m_by_digest.equal_range(evidence.sha256);
    for (auto place = begin; place != end && place->second != evidence.number; ++place) {
        auto const& earlier = m_evidence[place->second - 1];
        bool const is_read_alike = evidence.parser.empty() || evidence.parser == earlier.parser;
        if (is_read_alike && (!reads_path || place_of(earlier) == place_of(evidence)))
            return earlier.number;
    }
    return 0;
}

}
