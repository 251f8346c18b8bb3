// A choice of files turned into the files that are there.
// Not a shell: '*' within one name, '|' between alternatives, nothing else.
#pragma once
#include "collect/chosen.hpp"

namespace konseki::collect {

struct Found {
    std::string path; // canonical: /lib/x of a merged system is /usr/lib/x
    FileStatus status; // of the file itself, behind a link
};

// Regular files, and links to such, in byte order of paths. Unreadable folders are noted.
Result<std::vector<Found>> expand(Session& session, Choice const& choice, std::vector<std::string> const& homes);

}
