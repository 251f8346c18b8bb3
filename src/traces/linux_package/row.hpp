// The row of an installed package: one for the databases of a disk and for what `konseki collect` met on the machine.
// Not the reading of the databases: formats/dpkg_status, formats/rpm.
#pragma once
#include "formats/dpkg_status/dpkg_status.hpp"
#include "formats/rpm/rpm.hpp"
#include "traces/linux_columns.hpp"

namespace konseki::linux_package {

inline std::string_view optional(std::string const& text)
{
    return text.empty() ? std::string_view {} : std::string_view(text);
}

// Both view what they are given.
inline LinuxPackageRow row_of(dpkg_status::Paragraph const& paragraph)
{
    LinuxPackageRow row;
    row.manager = "dpkg";
    row.name = optional(paragraph.package);
    row.package_version = optional(paragraph.version);
    row.architecture = optional(paragraph.architecture);
    row.status = optional(paragraph.state);
    row.maintainer = optional(paragraph.maintainer);
    return row;
}

inline LinuxPackageRow row_of(rpm::Package const& package)
{
    LinuxPackageRow row;
    row.manager = "rpm";
    row.name = optional(package.name);
    row.package_version = optional(package.version);
    row.architecture = optional(package.architecture);
    row.status = "installed";
    row.maintainer = optional(package.maintainer);
    row.installed_at = package.installed_at;
    return row;
}

}
