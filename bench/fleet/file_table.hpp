// The files of a host as its file table holds them in the end, with their times, and the journal of the last weeks.
// Not what brought them: installing.hpp and state_of_windows.hpp.
#pragma once
#include "fleet_case.hpp"
#include "host_plan.hpp"
#include <map>
#include <string>
#include <vector>

namespace konseki::fleet {

struct KnownFile {
    std::string path; // as the table writes it
    Timestamp named_at; // when the name came ($FILE_NAME)
    Timestamp written_at; // creation and last write as everybody sees them ($STANDARD_INFORMATION)
    std::string implant; // that brought it; empty: none
    bool is_gone = false;
};

class FileTable {
public:
    explicit FileTable(HostPlan const& plan);
    void add(std::string const& path, Timestamp at, std::string const& implant, bool is_set_back); // by a package
    void know(std::string const& path); // a file of Windows, however the row that names it writes its path
    void forget(std::string const& path); // it was removed again
    Timestamp written_at(std::string const& path) const; // of a file that is there
    void write(FleetCase& target) const;

private:
    HostPlan const& m_plan;
    Random m_random;
    std::map<std::string, KnownFile> m_files; // by path in lower case
    std::vector<std::string> m_journal; // paths in lower case: created in the last weeks
};

std::string extension_of(std::string_view path); // lower case
std::string upper(std::string_view text); // ASCII
// The same file of the same version has the same hash, and so the same size, on every host.
std::string hash_of(std::string_view path, std::string_view version);
std::uint64_t size_of(std::string_view path, std::string_view version);
std::string without_drive(std::string_view path);

}
