#include "app/arguments.hpp"
#include "base/text.hpp"
#include <algorithm>

namespace konseki::app {

static Error wrong_use(std::string detail)
{
    return { ErrorCode::wrong_use, "command line", 0, 0, 0, std::move(detail) };
}

static std::size_t edit_distance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t column = 0; column <= b.size(); ++column)
        row[column] = column;
    for (std::size_t line = 1; line <= a.size(); ++line) {
        auto diagonal = row[0];
        row[0] = line;
        for (std::size_t column = 1; column <= b.size(); ++column) {
            auto const above = row[column];
            auto const substituted = diagonal + (a[line - 1] == b[column - 1] ? 0 : 1);
            row[column] = std::min({ substituted, above + 1, row[column - 1] + 1 });
            diagonal = above;
        }
    }
    return row[b.size()];
}

std::string_view nearest_name(std::string_view word, std::span<std::string_view const> names)
{
    std::string_view begun; // "--form" means --format, although --from is nearer
    std::size_t begun_count = 0;
    for (auto const name : names)
        if (word.size() > 1 && name.starts_with(word)) {
            begun = name;
            ++begun_count;
        }
    if (begun_count == 1)
        return begun;
    std::string_view best;
    std::size_t best_distance = 3;
    for (auto const name : names) {
        auto const distance = edit_distance(word, name);
        if (distance < best_distance && distance < std::max(word.size(), std::size_t { 2 })) {
            best = name;
            best_distance = distance;
        }
    }
    return best;
}

static std::string did_you_mean(std::string_view word, std::span<std::string_view const> names, std::string_view prefix)
{
    auto const nearest = nearest_name(word, names);
    return nearest.empty() ? std::string {} : format(" (did you mean {}{}?)", prefix, nearest);
}

static std::vector<std::string_view> names_below(std::string_view first)
{
    std::vector<std::string_view> names;
    for (auto const& command : commands())
        if (command.name.size() > first.size() && command.name.starts_with(first) && command.name[first.size()] == ' ')
            names.push_back(command.name.substr(first.size() + 1));
    return names;
}

static std::string joined(std::span<std::string_view const> names)
{
    std::string text;
    for (auto const name : names) {
        if (!text.empty())
            text += ", ";
        text += name;
    }
    return text;
}

static bool is_option(std::string_view word)
{
    return word.size() > 1 && word[0] == '-';
}

// "rules check" is one command of two words; gives how many words were its name.
static Result<Command const*> find_by_words(std::span<std::string const> words, std::size_t& used)
{
    std::string_view const first = words[0];
    used = 1;
    auto const below = names_below(first);
    if (!below.empty() && words.size() > 1 && !is_option(words[1])) {
        if (auto const* command = find_command(format("{} {}", first, words[1]))) {
            used = 2;
            return command;
        }
        if (find_command(first) == nullptr)
            return wrong_use(format("konseki {} has no command \"{}\"{}; it has: {}", first, words[1],
                did_you_mean(words[1], below, format("{} ", first)), joined(below)));
    }
    if (auto const* command = find_command(first))
        return command;
    if (!below.empty())
        return wrong_use(format("konseki {} needs one of: {}", first, joined(below)));
    std::vector<std::string_view> names;
    for (auto const& command : commands())
        names.push_back(command.name);
    return wrong_use(
        format("there is no command \"{}\"{}; konseki --help lists them", first, did_you_mean(first, names, {})));
}

Result<Arguments> Arguments::parse(std::span<std::string const> words)
{
    Arguments arguments;
    std::size_t position = 0;
    if (!words.empty() && !is_option(words[0])) {
        if (words[0] == "help") { // konseki help rules check = konseki rules check --help
            arguments.m_values["help"].emplace_back("yes");
            if (words.size() == 1)
                return arguments;
            words = words.last(words.size() - 1);
        }
        if (arguments.takes_group(words))
            return arguments;
        arguments.m_command = TRY(find_by_words(words, position));
    }
    bool only_operands = false;
    while (position < words.size()) {
        auto const& word = words[position];
        if (only_operands || !is_option(word)) {
            arguments.m_operands.push_back(word);
            ++position;
        } else if (word == "--") {
            only_operands = true;
            ++position;
        } else if (word[1] == '-') {
            TRY(arguments.read_option(words, position));
        } else {
            TRY(arguments.read_letters(words, position));
        }
    }
    if (!arguments.wants_help() && arguments.m_command != nullptr)
        TRY(arguments.check_operands());
    return arguments;
}

// "rules --help" and "help rules": what the first word has below it.
bool Arguments::takes_group(std::span<std::string const> words)
{
    bool const asks
        = words.size() == 1 ? wants_help() : words.size() == 2 && (words[1] == "--help" || words[1] == "-h");
    if (!asks || find_command(words[0]) != nullptr)
        return false;
    auto const below = names_below(words[0]);
    if (below.empty())
        return false;
    m_group = words[0];
    if (!wants_help())
        m_values["help"].emplace_back("yes");
    return true;
}

Option const* Arguments::find_option(std::string_view name) const
{
    if (m_command != nullptr) {
        for (auto const* option : options_of(*m_command))
            if (option->name == name)
                return option;
        return nullptr;
    }
    for (auto const& option : options_of_everything())
        if (option.name == name)
            return &option;
    return nullptr;
}

// --name, --name=value, --name value
Result<void> Arguments::read_option(std::span<std::string const> words, std::size_t& position)
{
    auto const word = std::string_view(words[position]).substr(2);
    auto const equals = word.find('=');
    auto const name = word.substr(0, equals);
    auto const* option = find_option(name);
    if (option == nullptr) {
        std::vector<std::string_view> names;
        if (m_command != nullptr)
            for (auto const* known : options_of(*m_command))
                names.push_back(known->name);
        auto const of = m_command == nullptr ? std::string("konseki") : format("konseki {}", m_command->name);
        return wrong_use(
            format("{} has no option --{}{}; {} --help lists them", of, name, did_you_mean(name, names, "--"), of));
    }
    ++position;
    if (option->value.empty()) {
        if (equals != std::string_view::npos)
            return wrong_use(format("--{} takes no value", name));
        return add_value(*option, "yes");
    }
    if (equals != std::string_view::npos)
        return add_value(*option, std::string(word.substr(equals + 1)));
    if (position >= words.size())
        return wrong_use(format("--{} needs a value ({})", name, option->value));
    return add_value(*option, words[position++]);
}

// -q, -n 5, -n5
Result<void> Arguments::read_letters(std::span<std::string const> words, std::size_t& position)
{
    auto const word = std::string_view(words[position]);
    ++position;
    for (std::size_t index = 1; index < word.size(); ++index) {
        Option const* option = nullptr;
        if (m_command != nullptr) {
            for (auto const* known : options_of(*m_command))
                if (known->letter == word[index])
                    option = known;
        } else {
            for (auto const& known : options_of_everything())
                if (known.letter == word[index])
                    option = &known;
        }
        if (option == nullptr)
            return wrong_use(
                format("there is no option -{}; put -- before a name that begins with a dash", word[index]));
        if (option->value.empty()) {
            TRY(add_value(*option, "yes"));
            continue;
        }
        if (index + 1 < word.size())
            return add_value(*option, std::string(word.substr(index + 1)));
        if (position >= words.size())
            return wrong_use(format("-{} needs a value ({})", word[index], option->value));
        return add_value(*option, words[position++]);
    }
    return {};
}

Result<void> Arguments::add_value(Option const& option, std::string value)
{
    if (!option.choices.empty()) {
        auto const choices = split_choices(option.choices);
        if (std::find(choices.begin(), choices.end(), value) == choices.end())
            return wrong_use(format("--{} cannot be \"{}\"{}; it is one of: {}", option.name, value,
                did_you_mean(value, choices, {}), joined(choices)));
    }
    auto& values = m_values[std::string(option.name)];
    if (!values.empty() && !option.is_repeatable && !option.value.empty())
        return wrong_use(format("--{} was given twice (\"{}\" and \"{}\")", option.name, values.front(), value));
    values.push_back(std::move(value));
    return {};
}

Result<void> Arguments::check_operands() const
{
    std::size_t count_min = 0;
    std::size_t count_max = 0;
    std::string expected;
    for (auto const& operand : m_command->operands) {
        count_min += operand.count_min;
        count_max = operand.count_max == unlimited ? unlimited : count_max + operand.count_max;
        append_format(expected, " {}{}", operand.name, operand.count_max == unlimited ? "..." : "");
    }
    if (m_operands.size() < count_min)
        return wrong_use(
            format("konseki {} needs{}; konseki {} --help shows examples", m_command->name, expected, m_command->name));
    if (count_max != unlimited && m_operands.size() > count_max)
        return wrong_use(count_max == 0
                ? format("konseki {} takes no operands, but \"{}\" was given", m_command->name, m_operands[0])
                : format("konseki {} takes{} only, and \"{}\" is too much", m_command->name, expected,
                    m_operands[count_max]));
    return {};
}

std::string_view Arguments::value(std::string_view option, std::string_view otherwise) const
{
    auto const found = m_values.find(option);
    return found == m_values.end() ? otherwise : std::string_view(found->second.back());
}

std::span<std::string const> Arguments::values(std::string_view option) const
{
    auto const found = m_values.find(option);
    if (found == m_values.end())
        return {};
    return found->second;
}

Result<std::uint64_t> Arguments::number(std::string_view option, std::uint64_t otherwise) const
{
    if (!has(option))
        return otherwise;
    auto const parsed = parse_uint(value(option));
    if (!parsed)
        return wrong_use(format("--{} needs a number, not \"{}\"", option, value(option)));
    return *parsed;
}

}
