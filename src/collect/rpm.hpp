// The database of rpm (rpmdb.sqlite): packages, their files and digests, into the index and the state file.
// Not its grammar (formats/rpm). Of the older Berkeley DB and NDB databases only a note is left.
#pragma once
#include "collect/packages.hpp"

namespace konseki::collect {

Result<void> collect_rpm(Session& session, PackageIndex& index, StateFile& state);

}
