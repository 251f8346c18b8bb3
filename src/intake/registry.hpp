// What the case knew about evidence before this run and learns in it: found again by path, by parent, by hash.
// Not the store: rows go there through Examiner.
#pragma once
#include "record/evidence.hpp"
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace konseki::intake {

class Registry {
public:
    explicit Registry(std::vector<Evidence> const& known);

    Evidence* by_path(std::string const& path); // a file of the examiner, the latest registration of it
    Evidence& by_number(EvidenceNumber number); // must exist
    std::vector<EvidenceNumber> children_of(EvidenceNumber parent) const; // in order
    // A member that an interrupted run has registered: each is handed out once, in order.
    Evidence* take_member(EvidenceNumber parent, std::string const& path, Sha256 const& digest);
    // A file of the examiner that an earlier run copied into the vault; 0: none.
    EvidenceNumber copy_of(std::string const& original_path, Sha256 const& digest) const;
    // A copy in the vault by the folder and name (any case) that it had.
    EvidenceNumber copy_named(std::string const& original_folder, std::string_view name) const;
    EvidenceNumber number_at(std::string const& path) const; // of a file of the examiner; 0: none
    // The first piece with these bytes, other than `than`; 0 when there is none.
    EvidenceNumber first_with(Sha256 const& digest, EvidenceNumber than) const;
    // The first of those that would give the same rows as this piece; 0: this one gives its own.
    EvidenceNumber first_like(Evidence const& evidence, bool reads_path) const;
    void add(Evidence const& evidence);
    void note_digest(Evidence const& evidence);
    std::size_t size() const { return m_evidence.size(); }
    std::vector<Evidence> const& all() const { return m_evidence; }

private:
    std::vector<Evidence> m_evidence; // by number, from 1
    std::map<std::string, EvidenceNumber> m_by_path;
    std::multimap<EvidenceNumber, EvidenceNumber> m_children;
    std::multimap<std::pair<EvidenceNumber, std::string>, EvidenceNumber> m_members; // not yet taken
    std::multimap<Sha256, EvidenceNumber> m_by_digest; // in the order they came
    std::map<std::pair<std::string, Sha256>, EvidenceNumber> m_copies;
};

}
