// Login records of glibc systems: utmp, wtmp, btmp (384 or 400 bytes, either byte order) and lastlog.
// Not what a login means, and not systemd-logind's sessions.
// Source: libyal/dtformats "Utmp login records format"; glibc's utmp.h and lastlog.h.
#pragma once
#include "base/byte_view.hpp"
#include "base/timestamp.hpp"
#include "record/diagnostic.hpp"
#include <functional>
#include <stop_token>
#include <string>

namespace konseki::utmp {

struct Layout {
    std::uint32_t record_bytes = 384; // 384 or 400
    bool is_big_endian = false;
    friend bool operator==(Layout const&, Layout const&) = default;
};

// By what the first records say; 384 little-endian where they say nothing.
Layout layout_of(ByteView bytes);
// None of the first records is implausible and most say what happened: for files whose name says nothing. Pages of zeros
// with a number here and there (Berkeley DB: /etc/aliases.db) are none.
bool looks_like_records(ByteView head);

// A run of zeroed records is one Record: count says how many. Text views the bytes and may be any bytes.
struct Record {
    std::uint64_t offset = 0, size_bytes = 0;
    std::uint64_t count = 1; // records of the run
    std::int32_t type = 0; // 0 empty … 9 accounting [utmp.h]
    std::uint32_t pid = 0;
    std::string_view terminal, inittab_id, user, host;
    std::int32_t termination = 0, exit_code = 0;
    std::int64_t session = 0;
    Timestamp at; // zero: the record has none
    std::string address; // ut_addr_v6 as text; empty: none
    bool is_zeroed = false;
    bool is_complete = true; // false: the file ends within it
    bool is_plausible = true; // false: unknown type, or a time before 1990 or out of range
};

struct FileFacts {
    Layout layout;
    std::uint64_t records = 0, zeroed = 0, implausible = 0;
    std::uint64_t tail_bytes = 0; // behind the last whole record
};

FileFacts read(ByteView bytes, DiagnosticSink& diagnostics, std::function<void(Record const&)> const& visit,
    std::stop_token const& stop = {});

struct LastLogin {
    std::uint64_t offset = 0, size_bytes = 0;
    std::uint64_t uid = 0; // the record's place
    Timestamp at;
    std::string_view terminal, host;
};

// Users that never logged on have zeros and are passed over.
void read_lastlog(ByteView bytes, DiagnosticSink& diagnostics, std::function<void(LastLogin const&)> const& visit,
    std::stop_token const& stop = {});

std::string_view type_name(std::int32_t type); // "user"; "unknown" for others than 0 to 9

}
