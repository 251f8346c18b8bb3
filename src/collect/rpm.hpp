// The database of rpm (rpmdb.sqlite): packages, their files and digests. Its header blobs are read here.
// Not the older Berkeley DB and NDB databases: of those only a note is left.
#pragma once
#include "collect/packages.hpp"

namespace konseki::collect {

Result<void> collect_rpm(Session& session, PackageIndex& index, StateFile& state);

}
