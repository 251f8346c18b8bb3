// The command line after reading: which command, its options by name and its operands. Every error says what was wrong
// and what fits. Not the meaning of values: commands read times, numbers and lists from the text.
#pragma once
#include "app/command.hpp"
#include <map>
#include <optional>

namespace konseki::app {

class Arguments {
public:
    // words: argv without the program's name.
    static Result<Arguments> parse(std::span<std::string const> words);

    Command const* command() const { return m_command; } // nullptr: none was named (help or version asked)
    std::string_view group() const { return m_group; } // "rules" of "rules --help", otherwise empty
    bool wants_help() const { return has("help"); }
    bool has(std::string_view option) const { return m_values.find(option) != m_values.end(); }
    std::string_view value(std::string_view option, std::string_view otherwise = {}) const; // the last one given
    std::span<std::string const> values(std::string_view option) const;
    std::span<std::string const> operands() const { return m_operands; }

    // A decimal number, or an Error that names the option.
    Result<std::uint64_t> number(std::string_view option, std::uint64_t otherwise) const;

private:
    bool takes_group(std::span<std::string const> words);
    Result<void> read_option(std::span<std::string const> words, std::size_t& position);
    Result<void> read_letters(std::span<std::string const> words, std::size_t& position);
    Result<void> add_value(Option const& option, std::string value);
    Result<void> check_operands() const;
    Option const* find_option(std::string_view name) const;

    Command const* m_command = nullptr;
    std::string m_group;
    std::map<std::string, std::vector<std::string>, std::less<>> m_values;
    std::vector<std::string> m_operands;
};

// Of the names, the one that a person most likely meant (the only one that begins so, or edit distance at most 2), or
// empty.
std::string_view nearest_name(std::string_view word, std::span<std::string_view const> names);

}
