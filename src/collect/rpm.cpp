#include "collect/rpm.hpp"

namespace konseki::collect {

Result<void> collect_rpm(Session& session, PackageIndex&, StateFile&)
{
    for (auto const* path : { "/var/lib/rpm/rpmdb.sqlite", "/usr/lib/sysimage/rpm/rpmdb.sqlite",
             "/var/lib/rpm/Packages", "/usr/lib/sysimage/rpm/Packages.db" })
        if (session.source.status(path, FinalLink::follow).ok())
            session.notes.add("missing_tool", path, "this database of rpm is not read: files are not compared with it");
    return {};
}

}
