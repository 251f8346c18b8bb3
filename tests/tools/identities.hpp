// Turns hosts, users, domains, SIDs, GUIDs, process ids, hashes and times of one data set into those of another, the
// same way every time. Not anonymisation: the mapping is seeded, published and reversible in principle. It only makes
// replicas differ.
#pragma once
#include "base/timestamp.hpp"
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace konseki::test {

class Identities {
public:
    // Replica 0 changes nothing.
    Identities(std::uint64_t seed, std::uint32_t replica);

    void learn_host(
        std::string_view fully_qualified); // "WORKSTATION5.theshire.local": the host and the parts of its domain
    void learn_user(std::string_view user); // "wardog" or "THESHIRE\wardog"

    std::string text(std::string_view text) const; // every name, SID, GUID and hash inside
    std::string sid(std::string_view sid) const;
    std::string guid(std::string_view guid) const;
    std::uint32_t process_id(std::uint32_t id) const;
    std::uint64_t logon_id(std::uint64_t id) const;
    Timestamp time(Timestamp at) const;

private:
    std::uint64_t hash(std::string_view text) const;
    void append_token(std::string& target, std::string_view token) const;

    std::uint64_t m_seed;
    std::uint32_t m_replica;
    std::unordered_map<std::string, std::string> m_names; // lower case -> replacement
};

}
