// Live Linux state, or a dead root's files, into one archive (docs/formats/konseki-collection.md).
// Not an analysis: nothing here says what is odd; and nothing stays on the host but the archive.
#pragma once
#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "collect/limits.hpp"
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>

namespace konseki::collect {

enum class Environment : std::uint8_t { without, masked, whole };
enum class Verify : std::uint8_t {
    none,
    programs, // what can run or be loaded, and configuration
    all, // every file of every package
};

struct Options {
    std::filesystem::path out = "."; // folder of the archive
    std::filesystem::path root = "/"; // another one: a dead root, files only
    bool is_dead = false;
    Environment environment = Environment::masked;
    Verify verify = Verify::programs;
    bool with_logs = true;
    bool is_gentle = true; // low priority of processor and disk, for the calling thread
    Limits limits {};
};

struct Progress {
    std::string_view phase; // "processes", "files" …
    std::uint64_t done = 0, total = 0; // of what the phase counts; total 0: not known
    std::string current;
    std::uint64_t bytes_taken = 0;
    double seconds = 0;
    std::optional<double> seconds_left; // of the phase
};

class ProgressSink {
public:
    virtual ~ProgressSink() = default;
    virtual void on_progress(Progress const& progress) = 0;
};

struct Summary {
    std::filesystem::path archive;
    std::string host;
    std::uint64_t archive_bytes = 0, bytes_taken = 0, members = 0;
    std::uint64_t processes = 0, sockets = 0, modules = 0, packages = 0, accounts = 0, file_rows = 0, files_taken = 0;
    std::uint64_t notes = 0; // what could not be read or was left out
    bool is_root = true;
    double seconds = 0;
};

// As archives are named: what is no letter, digit, dot, dash or underscore is an underscore.
std::string name_of_this_host();

// cancelled when asked to stop: then nothing is left. Reads the clock; takes no lock; runs on the calling thread.
Result<Summary> collect(Options const& options, ProgressSink& progress, std::stop_token const& stop);

}
