// Packages of a Linux system: the databases of dpkg and rpm, and what their logs say was done.
// Not the files of packages, and no verification: that needs the files' digests.
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::linux_package {

extern ArtefactParser const parser;

struct PackageEventRow {
    Symbol manager, action, architecture, user;
    LocalTime at;
    Timestamp at_utc;
    std::string_view package, package_version, version_before, command;
};

inline constexpr auto package_event_schema
    = schema("linux.package_event", "Something that a package manager did, by its own log",
        field("manager", &PackageEventRow::manager, "dpkg, apt, rpm, pacman"),
        field("action", &PackageEventRow::action, "install, upgrade, remove, purge, configure, status …"),
        field("at", &PackageEventRow::at, "When, in the machine's local time, where the log has no zone"),
        field("at_utc", &PackageEventRow::at_utc, "When the package manager did it, UTC, where the log has a zone"),
        field("package", &PackageEventRow::package, "Package; path of a configuration file it asked about"),
        field("architecture", &PackageEventRow::architecture, "Architecture"),
        field("package_version", &PackageEventRow::package_version, "Version after it"),
        field("version_before", &PackageEventRow::version_before, "Version before it"),
        field("command", &PackageEventRow::command, "Command line that asked for it, where kept"),
        field("user", &PackageEventRow::user, "Account that asked for it, where kept"));

}
