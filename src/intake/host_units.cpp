#include "intake/host_units.hpp"
#include "base/text.hpp"
#include "intake/collection.hpp"
#include <map>

namespace konseki::intake {

namespace {

// What was walked or unpacked together: members of one archive, or the files below one input.
std::string group_of(Evidence const& evidence)
{
    if (evidence.parent != 0)
        return format("e{}:", evidence.parent);
    std::string_view base = evidence.path;
    if (base.ends_with(evidence.original_path))
        base.remove_suffix(evidence.original_path.size());
    else
        base = {}; // a copy in the vault: which input it was is known by its first folder only
    auto const first = std::string_view(evidence.original_path).substr(0, evidence.original_path.find('/'));
    return format("{}{}:", base, first);
}

std::string drive_of(std::string_view machine_path)
{
    auto const volume = machine_path.substr(0, machine_path.find('\\'));
    return volume.size() == 2 && volume[1] == ':' ? std::string(volume) : std::string {};
}

class Units {
public:
    explicit Units(std::vector<Evidence> const& evidence)
        : m_evidence(evidence)
    {
        std::map<std::string, std::vector<std::string>> paths;
        for (auto const& one : evidence)
            paths[group_of(one)].push_back(one.original_path);
        for (auto const& [group, in_group] : paths) {
            auto const container = group[0] == 'e' ? container_of(group) : in_group.front();
            m_layouts.emplace(group, CollectionLayout::of(in_group, container));
        }
        for (auto const& one : evidence)
            m_places.push_back(place(one));
    }
    std::vector<UnitPlace> take() { return std::move(m_places); }

private:
    std::string container_of(std::string_view group) const
    {
        auto const number = parse_uint(group.substr(1, group.size() - 2));
        return number && *number >= 1 && *number <= m_evidence.size() ? m_evidence[*number - 1].original_path
                                                                      : std::string {};
    }

    UnitPlace place(Evidence const& evidence) const
    {
        auto const group = group_of(evidence);
        auto const& layout = m_layouts.at(group);
        if (auto const found = layout.place_of(evidence.original_path))
            return { group + found->root, drive_of(found->path), UnitBond::volume };
        if (auto const root = layout.root_above(evidence.original_path))
            return { group + std::string(*root), {}, UnitBond::collection };
        if (evidence.parent != 0)
            return place_of_member(evidence, group);
        if (evidence.state == EvidenceState::container || evidence.original_path.find('/') == std::string::npos)
            return { group, {}, UnitBond::none };
        auto const folder = evidence.original_path.substr(0, evidence.original_path.rfind('/'));
        return { group + "folder:" + folder, {}, UnitBond::neighbours };
    }

    // Members of an archive without a volume: with the archive, where that is of a known collection.
    UnitPlace place_of_member(Evidence const& evidence, std::string const& group) const
    {
        auto const& archive = m_evidence[evidence.parent - 1];
        auto const& outer = m_places[evidence.parent - 1];
        auto const is_of_machine = outer.bond == UnitBond::volume || outer.bond == UnitBond::collection;
        if (is_of_machine && (archive.host.empty() || archive.host == evidence.host))
            return { outer.unit, outer.volume, UnitBond::collection };
        if (!evidence.host.empty() && evidence.host == archive.host)
            return { group, {}, UnitBond::collection };
        return { group, {}, UnitBond::neighbours };
    }

    std::vector<Evidence> const& m_evidence;
    std::map<std::string, CollectionLayout> m_layouts;
    std::vector<UnitPlace> m_places;
};

}

std::vector<UnitPlace> unit_places(std::vector<Evidence> const& evidence)
{
    return Units(evidence).take();
}

}
