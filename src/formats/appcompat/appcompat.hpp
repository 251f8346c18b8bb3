// The application compatibility cache ("ShimCache"), the binary value that Windows keeps in the SYSTEM hive: which
// executable files the loader looked at, newest first. Not proof of execution: see is_executed.
// Source: libyal/winreg-kb, Application-compatibility-cache; spec fsa.md section 3.
#pragma once
#include "base/byte_view.hpp"
#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "record/diagnostic.hpp"
#include <optional>
#include <string>
#include <vector>

namespace konseki::appcompat {

enum class Version : std::uint8_t {
    xp, // 0xdeadbeef, 32-bit
    server_2003, // 0xbadc0ffe with file sizes
    vista, // 0xbadc0ffe with flags: Vista, 2008
    windows_7, // 0xbadc0fee: 7, 2008 R2
    windows_8, // "00ts": 8, 2012
    windows_8_1, // "10ts" behind a 128 byte header: 8.1, 2012 R2
    windows_10, // "10ts" behind 0x30 or 0x34 bytes: 10, 11, 2016 and later
};
std::string_view version_name(Version version);

struct Entry {
    std::uint32_t position = 0; // in the order of the cache; 0 is the newest (XP: order of the slots)
    std::uint64_t offset = 0, size_bytes = 0; // within the value
    std::string path; // as written: "\??\C:\…", "SYSVOL\…", or a package's tab separated facts
    Timestamp modified_at; // last write of the file ($STANDARD_INFORMATION) when the entry was made
    Timestamp updated_at; // XP only: when the entry was last touched
    std::optional<std::uint64_t> file_size_bytes; // XP and 2003 only
    std::optional<std::uint32_t> insertion_flags, shim_flags; // Vista to 8.1
    std::uint32_t data_size_bytes = 0; // shim data that follows the entry

    // Flag 2 of Vista to 8.1: the process creation path set it. Absent elsewhere.
    std::optional<bool> is_executed() const
    {
        return insertion_flags ? std::optional<bool> { (*insertion_flags & 2U) != 0 } : std::nullopt;
    }
};

struct Cache {
    Version version = Version::windows_10;
    bool is_64_bit = false; // as far as the entries tell: Vista and 7 only
    std::uint32_t stored_count = 0; // entries the header announces; 0 where it has no count
    std::vector<Entry> entries;
};

// Damage ends the list where it is met, as entries follow each other, and is reported.
Result<Cache> read(ByteView value, DiagnosticSink& diagnostics);

}
