#include "recipe.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "os/file.hpp"
#include <algorithm>

namespace konseki::fleet {

namespace {

std::vector<std::string> cut(std::string_view text, std::string_view separator)
{
    std::vector<std::string> parts;
    while (true) {
        auto const at = text.find(separator);
        parts.emplace_back(trim(text.substr(0, at)));
        if (at == std::string_view::npos)
            return parts;
        text.remove_prefix(at + separator.size());
    }
}

double share_of(std::string const& text)
{
    constexpr double per_cent = 100;
    return static_cast<double>(parse_uint(text).value_or(0)) / per_cent;
}

Result<Recipe> read_line(std::string_view line, RecipeForm form)
{
    auto const parts = cut(line, "|");
    auto const wanted = form == RecipeForm::implants ? std::size_t { 8 } : std::size_t { 6 };
    if (parts.size() != wanted)
        return Error { ErrorCode::bad_value, "fleet.recipe", 0, 0, parts.size(), std::string(line.substr(0, 40)) };
    Recipe recipe;
    recipe.name = parts[0];
    auto const at = wanted - 4;
    recipe.signer = parts[at];
    recipe.folder = parts[at + 1];
    recipe.files = parts[at + 2];
    recipe.starts = parts[at + 3];
    if (form == RecipeForm::implants) {
        auto const only_at = parts[1].find('@');
        recipe.set = parts[1].substr(0, only_at);
        recipe.only_on = only_at == std::string::npos ? std::string() : parts[1].substr(only_at + 1);
        recipe.attack = parts[2];
        recipe.source = parts[3];
        return recipe;
    }
    auto const shares = cut(parts[1], ",");
    for (std::size_t role = 0; role < role_count; ++role)
        recipe.share.at(role) = share_of(shares[std::min(role, shares.size() - 1)]);
    return recipe;
}

std::string replaced_choices(std::string_view text, Random const& random)
{
    std::string result;
    while (true) {
        auto const begin = text.find('[');
        auto const end = begin == std::string_view::npos ? begin : text.find(']', begin);
        if (end == std::string_view::npos)
            return result.append(text);
        result.append(text.substr(0, begin));
        auto const inner = text.substr(begin + 1, end - begin - 1);
        auto const choices = cut(inner, " or ");
        auto chosen_by = random.stream(inner);
        result.append(choices[chosen_by.below(choices.size())]);
        text.remove_prefix(end + 1);
    }
}

std::string drawn(std::string_view name, Random& random)
{
    auto const digits = name.find_first_of("0123456789");
    auto const count = digits == std::string_view::npos
        ? std::size_t { 0 }
        : static_cast<std::size_t>(parse_uint(name.substr(digits)).value_or(0));
    auto const kind = name.substr(0, digits);
    if (kind == "hex")
        return random.hex(count);
    if (kind == "num")
        return random.digits(count);
    if (kind == "guid")
        return random.guid();
    if (kind == "base")
        return random.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 180) + "==";
    if (kind == "word" && count > 0)
        return random.letters(count);
    return invented_word(random);
}

class Filler {
public:
    Filler(Variables variables, Random const& random, Random const& host_random)
        : m_variables(std::move(variables))
        , m_random(random)
        , m_host_random(host_random)
    {
    }
    std::string fill(std::string_view text)
    {
        std::string result;
        while (true) {
            auto const begin = text.find('{');
            auto const end = begin == std::string_view::npos ? begin : text.find('}', begin);
            if (end == std::string_view::npos)
                return result.append(text);
            auto const name = text.substr(begin + 1, end - begin - 1);
            if (name.empty()
                || name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789") != std::string_view::npos) {
                result.append(text.substr(0, begin + 1)); // a brace of its own: "{{guid}}"
                text.remove_prefix(begin + 1);
                continue;
            }
            result.append(text.substr(0, begin)).append(value(name));
            text.remove_prefix(end + 1);
        }
    }

private:
    std::string const& value(std::string_view name)
    {
        if (auto const known = m_variables.find(name); known != m_variables.end())
            return known->second;
        constexpr std::string_view of_host = "host_";
        bool const is_of_host = name.starts_with(of_host);
        auto from = (is_of_host ? m_host_random : m_random).stream(name);
        auto const kind = is_of_host ? name.substr(of_host.size()) : name;
        return m_variables.emplace(std::string(name), drawn(kind, from)).first->second;
    }
    Variables m_variables;
    Random m_random, m_host_random;
};

PackageFile file_of(std::string text, std::string const& folder, std::string const& signer)
{
    PackageFile file;
    auto signed_by = signer;
    if (auto const own = text.find('<'); own != std::string::npos && text.ends_with('>')) {
        signed_by = text.substr(own + 1, text.size() - own - 2); // "name<another signer>"
        text.resize(own);
    }
    auto const product_at = signed_by.find(" :: "); // "signer :: product"
    file.signer = signed_by.substr(0, product_at);
    if (product_at != std::string::npos)
        file.product = signed_by.substr(product_at + 4);
    if (auto const at = text.find('='); at != std::string::npos) {
        file.original_name = text.substr(at + 1);
        text.resize(at);
    }
    while (!text.empty()) {
        auto const flag = text.back();
        if (flag == '*')
            file.runs = true;
        else if (flag == '!')
            file.signer.clear(), file.product.clear();
        else if (flag == '~')
            file.is_data = true;
        else if (flag == '^')
            file.is_set_back = true;
        else if (flag == '-')
            file.is_gone = true;
        else
            break;
        text.pop_back();
    }
    file.path = format("{}\\{}", folder, text);
    if (file.original_name.empty() && !file.signer.empty())
        file.original_name = file_name_of(text);
    return file;
}

}

Result<std::vector<Recipe>> read_recipes(std::filesystem::path const& file, RecipeForm form)
{
    constexpr std::uint64_t file_bytes_max = 1U << 20;
    auto const text = TRY(os::read_whole(file, file_bytes_max));
    std::vector<Recipe> recipes;
    for (auto const line : split(text, '\n'))
        if (!trim(line).empty() && line.front() != '#')
            recipes.push_back(TRY(read_line(line, form)));
    return recipes;
}

Recipe with_choices(Recipe const& recipe, Random random)
{
    auto chosen = recipe;
    chosen.folder = replaced_choices(recipe.folder, random);
    chosen.files = replaced_choices(recipe.files, random);
    chosen.starts = replaced_choices(recipe.starts, random);
    return chosen;
}

Package filled(Recipe const& recipe, Variables variables, Random random, Random host_random)
{
    Filler filler(std::move(variables), random, host_random);
    Package package;
    package.name = recipe.name;
    auto const folder = filler.fill(recipe.folder);
    auto const signer = filler.fill(recipe.signer);
    if (recipe.files != "-")
        for (auto const& file : cut(recipe.files, ";"))
            if (!file.empty())
                package.files.push_back(file_of(filler.fill(file), folder, signer));
    for (auto const& start : cut(recipe.starts, ";;")) {
        auto const text = filler.fill(start);
        auto const blank = text.find(' ');
        auto const equals = text.find(" = ");
        if (blank == std::string::npos)
            continue;
        PackageStart one { text.substr(0, blank),
            text.substr(blank + 1, equals == std::string::npos ? equals : equals - blank - 1), {} };
        if (equals != std::string::npos)
            one.command = text.substr(equals + 3);
        package.starts.push_back(std::move(one));
    }
    return package;
}

std::string invented_word(Random& random)
{
    static constexpr std::array<std::string_view, 32> first { "Nor", "Vel", "Cor", "Zen", "Lum", "Tra", "Mer", "Sol",
        "Pix", "Quo", "Bra", "Del", "Fin", "Gal", "Hel", "Jun", "Kor", "Lex", "Mon", "Nex", "Op", "Pro", "Ria", "Ser",
        "Tor", "Uni", "Ver", "Wil", "Xen", "Yor", "Al", "Es" };
    static constexpr std::array<std::string_view, 24> middle { "va", "te", "mi", "ro", "la", "ci", "do", "ne", "ti",
        "sa", "ve", "ra", "lo", "di", "ma", "ni", "co", "ta", "re", "li", "po", "su", "ga", "fe" };
    static constexpr std::array<std::string_view, 24> last { "x", "sync", "view", "desk", "soft", "tec", "net", "pad",
        "note", "cast", "link", "dock", "scan", "mark", "line", "port", "flow", "base", "ware", "lab", "hub", "kit",
        "ly", "za" };
    std::string word(first.at(random.below(first.size())));
    for (std::size_t at = random.between(0, 2); at > 0; --at)
        word += middle.at(random.below(middle.size()));
    return word + std::string(last.at(random.below(last.size())));
}

}
