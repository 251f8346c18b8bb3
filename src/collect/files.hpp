// Every file of the host as its file system describes it, compared with the package that owns it.
// Not contents: chosen.cpp takes those.
#pragma once
#include "collect/mounts.hpp"
#include "collect/packages.hpp"

namespace konseki::collect {

Result<void> collect_files(Session& session, PackageIndex const& index, std::vector<Mount> const& mounts);

// The attribute security.capability as getcap writes it: "cap_net_raw=ep"; empty for what is none.
std::string capabilities_text(ByteView attribute);
// Whether a package's file is compared under Verify::programs: not what is only read by people.
bool can_matter(std::string_view path);

}
