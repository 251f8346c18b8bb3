// Every key that a set of paths with "*" stands for, found in one walk over a hive. Not a reader of values, and not a
// walk over the whole hive: keys that no path can lead to are not opened.
#pragma once
#include "formats/regf/regf.hpp"
#include <map>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace konseki::windows_autostart {

class PathSet {
public:
    // `number` comes back with every key that the path leads to. Names are compared without regard to case.
    void add(std::string_view path, std::size_t number);

    struct Match {
        std::size_t number = 0;
        regf::Key key {};
        std::string path {}; // as the hive spells it
    };
    // By number, then in the order of the hive's lists. Ends after 20 million keys.
    std::vector<Match> find(regf::Hive const& hive, DiagnosticSink& diagnostics, std::stop_token const& stop) const;

private:
    struct Node { // one step of the paths
        std::map<std::string, std::size_t, std::less<>> named {}; // by folded name
        std::size_t any = 0; // "*"; 0: none, as no step leads back to the root
        std::vector<std::size_t> numbers {}; // paths that end here
    };
    struct At { // a key on the way, and every step that it is
        regf::Key key {};
        std::string path {};
        std::vector<std::size_t> nodes {};
    };
    std::size_t step(std::size_t node, std::string_view part);
    std::vector<std::size_t> next(std::vector<std::size_t> const& nodes, std::string_view name) const;
    bool is_end(std::vector<std::size_t> const& nodes) const;

    std::vector<Node> m_nodes { Node {} };
};

}
