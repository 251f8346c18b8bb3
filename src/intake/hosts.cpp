#include "intake/hosts.hpp"
#include "base/text.hpp"
#include "intake/collection_notes.hpp"
#include "intake/host_keys.hpp"
#include "intake/host_units.hpp"
#include <algorithm>
#include <set>

namespace konseki::intake {

namespace {

constexpr std::string_view from_registry = "registry", from_log = "event_log", from_collection = "collection",
                           from_host_name = "hostname", from_others = "spread";

struct Spoken {
    std::string key, name;
    std::string_view how;
};

// What the hives and logs of one unit, or one volume of it, say together.
struct Speakers {
    std::optional<Spoken> registry;
    bool is_registry_in_place = false; // \Windows\System32\config\SYSTEM rather than a copy
    EvidenceNumber registry_evidence = 0;
    std::map<std::string, SpokenName> logs; // by key
    std::map<std::string, std::vector<EvidenceNumber>> log_evidence; // by key, whose most frequent name it is
    std::map<std::string, std::pair<std::string, std::uint64_t>> collection; // by key: name, pieces
};

bool is_in_config(std::string_view path, std::string_view hive)
{
    auto const lower = ascii_lower(path);
    return lower.ends_with("\\windows\\system32\\config\\" + ascii_lower(hive));
}

class Resolver {
public:
    explicit Resolver(HostInputs const& inputs)
        : m_inputs(inputs)
        , m_places(unit_places(inputs.evidence))
        , m_answers(inputs.evidence.size())
        , m_keys(inputs)
    {
    }

    ResolvedHosts resolve()
    {
        hear();
        name_units();
        for (auto const& evidence : m_inputs.evidence)
            answer(evidence);
        name_archives();
        collect();
        return std::move(m_result);
    }

private:
    std::string key_of(std::string_view name) const { return m_keys.of(name); }

    // Rows stand at the first piece with the same bytes.
    static EvidenceNumber read_as(Evidence const& evidence)
    {
        return evidence.duplicate_of != 0 ? evidence.duplicate_of : evidence.number;
    }

    std::optional<Spoken> own_word(Evidence const& evidence) const
    {
        if (auto const names = m_inputs.registry.find(read_as(evidence)); names != m_inputs.registry.end()) {
            auto const& name = names->second.host_name.empty() ? names->second.computer_name : names->second.host_name;
            if (!name.empty())
                return Spoken { key_of(name), name, how_registry(read_as(evidence)) };
        }
        auto const counted = counted_names(evidence);
        if (counted.empty())
            return std::nullopt;
        std::uint64_t all = 0;
        auto const* most = &*counted.begin();
        for (auto const& one : counted) {
            all += one.second.count;
            if (one.second.count > most->second.count)
                most = &one;
        }
        if (most->second.count * 2 <= all && counted.size() > 1)
            return std::nullopt; // forwarded or merged from several machines: of none of them
        return Spoken { most->first, most->second.name, from_log };
    }

    std::string_view how_registry(EvidenceNumber number) const
    {
        if (m_inputs.host_names.contains(number))
            return from_host_name;
        return m_inputs.clients.contains(number) ? from_collection : from_registry;
    }

    // Of one log, by key; the newest spelling of each.
    std::map<std::string, SpokenName> counted_names(Evidence const& evidence) const
    {
        std::map<std::string, SpokenName> counted;
        auto const names = m_inputs.logs.find(read_as(evidence));
        if (names != m_inputs.logs.end()) {
            for (auto const& name : names->second)
                add(counted[key_of(name.name)], name);
        }
        return counted;
    }
    static void add(SpokenName& target, SpokenName const& name)
    {
        target.count += name.count;
        if (target.name.empty() || name.newest_at > target.newest_at) {
            target.name = name.name;
            target.newest_at = name.newest_at;
        }
    }

    void hear()
    {
        for (auto const& evidence : m_inputs.evidence) {
            auto const& place = m_places[evidence.number - 1];
            hear(m_units[place.unit], evidence);
            if (!place.volume.empty())
                hear(m_volumes[{ place.unit, place.volume }], evidence);
        }
    }
    void hear(Speakers& speakers, Evidence const& evidence)
    {
        if (!evidence.host.empty()) {
            auto& [name, count] = speakers.collection[key_of(evidence.host)];
            name = evidence.host;
            ++count;
        }
        auto const word = own_word(evidence);
        auto const is_registry = word && word->how != from_log;
        auto const is_in_place = is_in_config(evidence.machine_path, "SYSTEM");
        if (is_registry && (!speakers.registry || (is_in_place && !speakers.is_registry_in_place))) {
            speakers.registry = word;
            speakers.registry_evidence = evidence.number;
            speakers.is_registry_in_place = is_in_place;
        }
        if (word && word->how == from_log)
            speakers.log_evidence[word->key].push_back(evidence.number);
        for (auto const& [key, name] : counted_names(evidence))
            add(speakers.logs[key], name);
    }

    static std::optional<Spoken> by_logs(Speakers const& speakers)
    {
        SpokenName const* most = nullptr;
        std::optional<Spoken> word;
        for (auto const& [key, evidence] : speakers.log_evidence) {
            auto const& name = speakers.logs.at(key);
            if (most == nullptr || name.count > most->count) {
                most = &name;
                word = Spoken { key, name.name, from_log };
            }
        }
        return word;
    }

    void name_units()
    {
        for (auto const& [unit, speakers] : m_units) {
            auto word = speakers.registry ? speakers.registry : by_logs(speakers);
            if (!word) {
                std::uint64_t most = 0;
                for (auto const& [key, named] : speakers.collection) {
                    if (std::exchange(most, std::max(most, named.second)) < named.second)
                        word = Spoken { key, named.first, from_collection };
                }
            }
            m_unit_words[unit] = word;
        }
    }

    // Neighbours lend their name only if nobody there contradicts; a folder, only if a SYSTEM hive lies in it.
    std::optional<Spoken> lent(UnitPlace const& place) const
    {
        auto const& speakers = m_units.at(place.unit);
        auto const& word = m_unit_words.at(place.unit);
        auto const is_folder = place.unit.find(":folder:") != std::string::npos;
        if (!word || (is_folder && !speakers.registry))
            return std::nullopt;
        for (auto const& [key, evidence] : speakers.log_evidence) {
            if (key != word->key)
                return std::nullopt;
        }
        return word;
    }

    void answer(Evidence const& evidence)
    {
        auto const& place = m_places[evidence.number - 1];
        auto const own = own_word(evidence);
        auto& result = m_answers[evidence.number - 1];
        if (place.bond == UnitBond::volume)
            result = of_volume(evidence, place, own);
        else if (own)
            result = own;
        else if (!evidence.host.empty() && place.bond != UnitBond::collection)
            result = Spoken { key_of(evidence.host), evidence.host, from_collection };
        else if (place.bond == UnitBond::collection)
            result = as_heard(m_unit_words.at(place.unit), evidence);
        else if (place.bond == UnitBond::neighbours)
            result = as_heard(lent(place), evidence);
        if (own && place.bond != UnitBond::volume)
            note_mixture(evidence);
        if (!own && place.bond != UnitBond::volume && counted_names(evidence).size() > 1)
            note_mixture(evidence);
    }

    std::optional<Spoken> as_heard(std::optional<Spoken> word, Evidence const& evidence) const
    {
        if (word)
            word->how = !evidence.host.empty() && key_of(evidence.host) == word->key ? from_collection : from_others;
        return word;
    }

    std::optional<Spoken> of_volume(
        Evidence const& evidence, UnitPlace const& place, std::optional<Spoken> const& own) const
    {
        auto word = m_unit_words.at(place.unit);
        // Two images side by side in one folder: each volume with a SYSTEM hive is its own machine.
        if (auto const volume = m_volumes.find({ place.unit, place.volume });
            volume != m_volumes.end() && volume->second.registry && volume->second.is_registry_in_place)
            word = volume->second.registry;
        if (word && own && own->key == word->key)
            return own;
        return as_heard(word, evidence);
    }

    void note(EvidenceNumber evidence, std::string_view what, std::string detail)
    {
        m_result.notes.push_back({ evidence, { { ErrorCode::bad_value, what, 0, 0, 0, std::move(detail) }, 0 } });
    }

    void note_mixture(Evidence const& evidence)
    {
        auto const counted = counted_names(evidence);
        if (counted.size() < 2 || evidence.duplicate_of != 0)
            return;
        std::string text;
        for (auto const& [key, name] : counted)
            append_format(text, "{}{} {}", text.empty() ? "" : ", ", name.name, grouped(name.count));
        note(evidence.number, "host.several_in_log", "events of several machines: " + text);
    }

    void note_contradictions()
    {
        for (auto const& rename : m_keys.renames())
            note(rename.first, "host.renamed",
                format("{} became {}: {} {} it", rename.from, rename.to, grouped(rename.pieces),
                    rename.pieces == 1 ? "piece of evidence shows" : "pieces of evidence show"));
        std::set<std::pair<std::string, std::string>> told; // unit, key
        for (auto const& evidence : m_inputs.evidence) {
            auto const& place = m_places[evidence.number - 1];
            auto const& answer = m_answers[evidence.number - 1];
            if (place.bond != UnitBond::volume || !answer)
                continue;
            if (auto const own = own_word(evidence);
                own && own->key != answer->key && told.emplace(place.unit, own->key).second)
                note(evidence.number, "host.other_name",
                    format("this lies on {} and names {}: a name it had before, another machine's data, or a mix-up",
                        answer->name, own->name));
            auto const& said = evidence.host;
            if (!said.empty() && key_of(said) != answer->key && told.emplace(place.unit, key_of(said)).second)
                note(evidence.number, "host.other_name",
                    format("the collection is named after {}, its {} names {}", said,
                        answer->how == from_log ? "event log" : "registry or logs", answer->name));
        }
        for (auto const& [unit, speakers] : m_units)
            note_minority(unit, speakers, told);
    }

    // Names that only some events of the unit's logs carry.
    void note_minority(
        std::string const& unit, Speakers const& speakers, std::set<std::pair<std::string, std::string>>& told)
    {
        auto const& word = m_unit_words.at(unit);
        for (auto const& [key, name] : speakers.logs) {
            if (!word || key == word->key || !told.emplace(unit, key).second)
                continue;
            for (auto const& evidence : m_inputs.evidence) {
                auto const& place = m_places[evidence.number - 1];
                if (place.unit != unit || place.bond != UnitBond::volume || !counted_names(evidence).contains(key))
                    continue;
                note(evidence.number, "host.other_name",
                    format("{} events in the logs of {} name {}", grouped(name.count), word->name, name.name));
                break;
            }
        }
    }

    // An archive whose content is of one machine is of that machine.
    void name_archives()
    {
        std::map<EvidenceNumber, std::optional<Spoken>> of_members;
        for (auto number = static_cast<EvidenceNumber>(m_inputs.evidence.size()); number > 0; --number) {
            auto const& evidence = m_inputs.evidence[number - 1];
            auto& answer = m_answers[number - 1];
            if (auto const inner = of_members.find(number); inner != of_members.end() && inner->second
                && (!answer || (answer->how == from_collection && answer->key != inner->second->key)))
                answer = Spoken { inner->second->key, inner->second->name, from_others };
            if (evidence.parent == 0 || !answer)
                continue;
            auto const [place, is_first] = of_members.try_emplace(evidence.parent, answer);
            if (!is_first && place->second && place->second->key != answer->key)
                place->second.reset();
        }
        note_contradictions();
    }

    struct Names {
        std::map<std::string, std::uint32_t> all; // spellings
        std::set<std::string_view> how;
        SpokenName newest; // of the logs
        std::string registry, collection;
        std::set<std::string> domains;
        EvidenceNumber first = 0;
    };

    void collect_names(std::map<std::string, Names>& by_key, std::map<std::string, store::Host>& hosts)
    {
        for (auto const& evidence : m_inputs.evidence) {
            auto const& answer = m_answers[evidence.number - 1];
            if (!answer)
                continue;
            auto& names = by_key[answer->key];
            auto& host = hosts[answer->key];
            if (names.first == 0)
                names.first = evidence.number;
            if (answer->how != from_others)
                names.how.insert(answer->how);
            if (!evidence.host.empty() && key_of(evidence.host) == answer->key) {
                names.collection = evidence.host;
                note_spelling(names, evidence.host, answer->key);
            }
            for (auto const& [key, name] : counted_names(evidence)) {
                if (key == answer->key)
                    add(names.newest, name);
            }
            if (auto const spoken = m_inputs.logs.find(evidence.number); spoken != m_inputs.logs.end()) {
                for (auto const& name : spoken->second)
                    note_spelling(names, name.name, answer->key);
            }
            if (auto const registry = m_inputs.registry.find(evidence.number); registry != m_inputs.registry.end())
                add_registry(names, host, registry->second, answer->key);
            add_facts(host, evidence);
        }
    }

    void note_spelling(Names& names, std::string const& name, std::string_view key) const
    {
        ++names.all[name];
        if (auto const dot = name.find('.'); dot != std::string::npos && key_of(name) == key)
            names.domains.insert(fold_utf8(std::string_view(name).substr(dot + 1)));
    }

    void add_registry(Names& names, store::Host& host, RegistryNames const& registry, std::string_view key) const
    {
        for (auto const& name : registry.former_names)
            ++names.all[name];
        for (auto const* const name : { &registry.computer_name, &registry.host_name }) {
            if (!name->empty())
                ++names.all[*name];
        }
        auto const& name = registry.host_name.empty() ? registry.computer_name : registry.host_name;
        if (key_of(name) != key || !names.registry.empty())
            return;
        names.registry = name;
        host.domain = registry.domain;
        host.time_zone = registry.time_zone;
        host.last_shutdown_at = registry.last_shutdown_at;
    }

    void add_facts(store::Host& host, Evidence const& evidence) const
    {
        if (auto const system = m_inputs.systems.find(read_as(evidence)); system != m_inputs.systems.end()) {
            // On Linux several files say it together: os-release the system, uname the kernel.
            auto const& told = system->second;
            auto const is_in_place = is_in_config(evidence.machine_path, "SOFTWARE");
            if (!told.os.empty() && (host.os.empty() || is_in_place)) {
                host.os = told.os;
                host.installed_at = told.installed_at;
            }
            if (!told.build.empty() && (host.os_build.empty() || is_in_place))
                host.os_build = told.build;
            if (host.time_zone.empty())
                host.time_zone = told.time_zone;
        }
        if (auto const span = m_inputs.spans.find(evidence.number); span != m_inputs.spans.end()) {
            auto const& [first, last] = span->second;
            if (!host.first_at.is_set() || first < host.first_at)
                host.first_at = first;
            host.last_at = std::max(host.last_at, last);
        }
    }

    void collect()
    {
        std::map<std::string, Names> by_key;
        std::map<std::string, store::Host> hosts;
        collect_names(by_key, hosts);
        for (auto& [key, host] : hosts) {
            auto const& names = by_key[key];
            host.name = !names.newest.name.empty() ? names.newest.name
                : !names.registry.empty()          ? names.registry
                : !names.collection.empty()        ? names.collection
                                                   : key;
            for (auto const& [name, count] : names.all) {
                if (name != host.name)
                    append_format(host.other_names, "{}{}", host.other_names.empty() ? "" : ", ", name);
            }
            for (auto const how : { from_registry, from_host_name, from_log, from_collection }) {
                if (names.how.contains(how))
                    append_format(host.known_from, "{}{}", host.known_from.empty() ? "" : ", ", how);
            }
            if (names.domains.size() > 1) {
                std::string text;
                for (auto const& domain : names.domains)
                    append_format(text, "{}{}", text.empty() ? "" : ", ", domain);
                note(names.first, "host.several_domains",
                    format("{} is named in several domains and taken for one machine: {}", host.name, text));
            }
            m_result.hosts.hosts.push_back(host);
        }
        for (auto const& evidence : m_inputs.evidence) {
            if (auto const& answer = m_answers[evidence.number - 1])
                m_result.hosts.evidence.push_back(
                    { evidence.number, hosts.at(answer->key).name, std::string(answer->how) });
        }
        std::ranges::stable_sort(m_result.notes, {}, [](auto const& note) { return note.first; });
    }

    HostInputs const& m_inputs;
    std::vector<UnitPlace> m_places; // by number - 1, as m_answers
    std::vector<std::optional<Spoken>> m_answers;
    HostKeys m_keys;
    std::map<std::string, Speakers> m_units;
    std::map<std::pair<std::string, std::string>, Speakers> m_volumes;
    std::map<std::string, std::optional<Spoken>> m_unit_words;
    ResolvedHosts m_result;
};

}

ResolvedHosts resolve_hosts(HostInputs const& inputs)
{
    return Resolver(inputs).resolve();
}

Result<void> store_hosts(store::Case& target)
{
    auto resolved = resolve_hosts(TRY(read_host_inputs(target)));
    for (auto& note : TRY(collection_notes(target)))
        resolved.notes.push_back(std::move(note));
    return target.replace_hosts(resolved.hosts, resolved.notes);
}

}
