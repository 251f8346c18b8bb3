// The shape of a command and of its options: plain data from which parsing, --help, shell completion and the man page
// come. Not the commands themselves: those are listed in command_table.cpp and live in *_command.cpp.
#pragma once
#include "base/result.hpp"
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace konseki::app {

enum class ExitCode : std::uint8_t {
    done = 0,
    evidence_lost = 1, // done, with diagnostics that cost evidence, counted on the last line
    wrong_use = 2,
    could_not_work = 3,
};

enum class Completes : std::uint8_t { nothing, file, folder, choices };

struct Option {
    std::string_view name {}; // without the dashes
    char letter = 0;
    std::string_view value {}; // what the value is called in help: "DIR"; empty: a flag
    std::string_view meaning {};
    std::string_view choices {}; // "table|jsonl|csv"; empty: anything
    Completes completes = Completes::nothing;
    bool is_repeatable = false;
};

inline constexpr std::size_t unlimited = 0xffff;

struct Operand {
    std::string_view name {}; // "PATH"
    std::string_view meaning {};
    std::size_t count_min = 0;
    std::size_t count_max = 0; // unlimited: any number
    Completes completes = Completes::nothing;
    std::string_view choices {};
};

struct Example {
    std::string_view line {};
    std::string_view says {};
};

class Context;

struct Command {
    std::string_view name {}; // "examine", "rules check"
    std::string_view summary {}; // one line for lists
    std::string_view description {}; // paragraphs for --help and the man page
    std::span<Operand const> operands {};
    std::span<Option const> options {}; // own ones; the common ones come from `uses`
    std::uint32_t uses = 0; // bits of OptionGroup
    std::span<Example const> examples {};
    ExitCode (*run)(Context&) = nullptr;
};

// Options that several commands share, so that the grammar is one grammar everywhere.
enum OptionGroup : std::uint32_t {
    uses_case = 1U << 0, // --case
    uses_format = 1U << 1, // --format --output
    uses_filter = 1U << 2, // --from --to --host …
    uses_rules = 1U << 3, // --rules --pipeline --no-starter-rules
    uses_workers = 1U << 4, // --workers --progress
    uses_time_zone = 1U << 5, // --tz
    uses_language = 1U << 6, // --language
};

std::span<Command const> commands();
std::span<Option const> options_of_everything(); // --help, --quiet, --color
std::span<Option const> options_of_group(OptionGroup group);
std::vector<Option const*> options_of(Command const& command); // own, then groups, then everything's
Command const* find_command(std::string_view name);
std::vector<std::string_view> split_choices(std::string_view choices);

}
