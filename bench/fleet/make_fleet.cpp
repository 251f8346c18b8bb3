// make_fleet BASE TARGET --hosts N --prevalence SHARE --set dev|held|held3|held4|held5|none --seed N --labels FILE
// [--implants N] [--recipes DIR] Grows a fleet of Windows hosts from the rows of a case of real artefacts and places
// inert implants in it; what is placed where goes to FILE, never into the case. Not a test of parsers: no bytes are
// made.
#include "base/text.hpp"
#include "host_plan.hpp"
#include "installing.hpp"
#include "intake/hosts.hpp"
#include "recipe.hpp"
#include "state_of_windows.hpp"
#include "traces/catalogue.hpp"
#include "traces/registry_artefact.hpp"
#include <algorithm>
#include <cmath>
#include <fstream>
#include <iostream>

namespace konseki::fleet {

namespace {

struct Options {
    std::filesystem::path base, target, labels, recipes;
    std::size_t hosts = 50, implants = 10;
    double prevalence = 0.01, decoys = 1;
    std::string set = "dev";
    std::uint64_t seed = 1;
};

std::optional<Options> read_options(std::vector<std::string> const& words)
{
    Options options;
    if (words.size() < 3)
        return std::nullopt;
    options.base = words[1];
    options.target = words[2];
    for (std::size_t at = 3; at + 1 < words.size(); at += 2) {
        auto const& name = words[at];
        auto const& value = words[at + 1];
        if (name == "--hosts")
            options.hosts = static_cast<std::size_t>(parse_uint(value).value_or(0));
        else if (name == "--implants")
            options.implants = static_cast<std::size_t>(parse_uint(value).value_or(0));
        else if (name == "--prevalence")
            options.prevalence = std::strtod(value.c_str(), nullptr);
        else if (name == "--decoys")
            options.decoys = std::strtod(value.c_str(), nullptr);
        else if (name == "--set")
            options.set = value;
        else if (name == "--seed")
            options.seed = parse_uint(value).value_or(0);
        else if (name == "--labels")
            options.labels = value;
        else if (name == "--recipes")
            options.recipes = value;
        else
            return std::nullopt;
    }
    return options.hosts > 0 ? std::optional(options) : std::nullopt;
}

std::vector<Schema const*> trace_schemas()
{
    std::vector<Schema const*> all;
    for (auto const* parser : artefact_parsers())
        all.insert(all.end(), parser->emits.begin(), parser->emits.end());
    for (auto const* artefact : registry_artefacts())
        all.insert(all.end(), artefact->emits.begin(), artefact->emits.end());
    return all;
}

// An implant of this fleet: the recipe with its choices made, and the hosts that have it.
struct Placed {
    Recipe recipe;
    std::set<std::size_t> hosts;
};

// Some departments have a product more often than others.
bool has_software(Recipe const& product, HostPlan const& plan, Random const& fleet)
{
    auto department = fleet.stream(plan.department + " likes " + product.name);
    auto const liking = 0.4 + 1.2 * department.share();
    auto random = plan.random.stream("has " + product.name);
    return random.chance(std::min(0.99, product.share.at(static_cast<std::size_t>(plan.role)) * liking));
}

// Hosts that can have it: all, those of a role, or those with a product.
std::vector<std::size_t> candidates(
    Recipe const& recipe, std::vector<HostPlan> const& plans, std::vector<Recipe> const& software, Random const& fleet)
{
    auto const product
        = std::find_if(software.begin(), software.end(), [&](Recipe const& one) { return one.name == recipe.only_on; });
    bool const is_known = recipe.only_on.empty() || recipe.only_on == "server"
        || recipe.only_on == role_name(Role::domain_controller) || product != software.end();
    VERIFY(is_known); // a place that no recipe may name
    std::vector<std::size_t> numbers;
    for (std::size_t number = 0; number < plans.size(); ++number) {
        auto const& plan = plans[number];
        if (product != software.end()        ? has_software(*product, plan, fleet)
                : recipe.only_on == "server" ? is_server(plan.role)
                                             : recipe.only_on.empty() || recipe.only_on == role_name(plan.role))
            numbers.push_back(number);
    }
    return numbers;
}

std::vector<Placed> place(std::vector<Recipe> all, Options const& options, std::vector<HostPlan> const& plans,
    std::vector<Recipe> const& software, Random const& fleet)
{
    std::vector<Placed> placed;
    if (options.set == "none")
        return placed;
    std::erase_if(all, [&](Recipe const& recipe) {
        return recipe.set != options.set || candidates(recipe, plans, software, fleet).empty();
    });
    auto random = fleet.stream("implants");
    for (std::size_t left = all.size(); left > 1; --left)
        std::swap(all[left - 1], all[random.below(left)]);
    if (all.size() > options.implants)
        all.resize(options.implants);
    for (auto const& recipe : all) {
        auto const can = candidates(recipe, plans, software, fleet);
        auto const wanted = std::max<std::size_t>(
            1, static_cast<std::size_t>(std::lround(options.prevalence * static_cast<double>(can.size()))));
        Placed one { with_choices(recipe, fleet.stream("choices")), {} };
        auto hosts = fleet.stream("hosts of " + recipe.name);
        while (one.hosts.size() < wanted)
            one.hosts.insert(can[hosts.below(can.size())]);
        placed.push_back(std::move(one));
    }
    return placed;
}

Variables variables_of(HostPlan const& plan, User const& user, std::string const& version)
{
    return { { "user", user.name }, { "sid", user.sid }, { "host", plan.name }, { "dept", plan.department },
        { "ver", version }, { "pipe", "|" }, { "rtlo", "\xE2\x80\xAE" } };
}

// The newest version of a product is the same everywhere; a host that lags behind has an older one.
std::string version_of(Recipe const& recipe, HostPlan const& plan, Random const& fleet)
{
    auto random = fleet.stream("version of " + recipe.name);
    auto const newest = random.between(40, 900);
    auto own = plan.random.stream("version of " + recipe.name);
    auto const behind = plan.lag + (own.chance(0.2) ? 1 : 0);
    return format("{}.{}.{}", random.between(1, 30), newest - behind * 3, random.below(100) + behind);
}

class Grower {
public:
    Grower(FleetCase& target, BaseState const& base, Random fleet)
        : m_target(target)
        , m_base(base)
        , m_fleet(std::move(fleet))
    {
    }
    std::vector<Recipe> windows, software, decoys;
    std::vector<Placed> implants;
    double decoy_factor = 1; // as often as decoys.txt says

    Result<void> grow(HostPlan const& plan, std::size_t number)
    {
        TRY(m_target.begin_host(plan));
        Installer installer(m_target, plan);
        for (auto const& recipe : windows)
            installer.install(filled(recipe, variables_of(plan, plan.users.front(), "10.0"),
                                  plan.random.stream(recipe.name), plan.random),
                plan.users.front(), plan.installed_at, "10.0");
        for (auto const& recipe : software)
            install_software(installer, plan, recipe);
        for (auto const& recipe : decoys)
            install_decoy(installer, plan, recipe);
        write_personal_things(installer, m_base, plan);
        for (auto const& implant : implants)
            if (implant.hosts.contains(number))
                install_implant(installer, plan, implant.recipe);
        write_windows(m_target, installer, m_base, plan); // with what the packages changed of it
        installer.write_values();
        installer.files().write(m_target);
        return m_target.end_host();
    }

private:
    Package package_of(Recipe const& recipe, HostPlan const& plan, std::string const& version) const
    {
        return filled(recipe, variables_of(plan, plan.users.front(), version),
            m_fleet.stream("words of " + recipe.name), plan.random.stream("words of " + recipe.name));
    }

    void install_implant(Installer& installer, HostPlan const& plan, Recipe const& recipe)
    {
        auto of_fleet = m_fleet.stream("version of " + recipe.name);
        auto const version = format("{}.{}.{}", of_fleet.between(1, 20), of_fleet.below(30), of_fleet.below(3'000));
        m_target.set_implant(recipe.name);
        installer.install(
            package_of(recipe, plan, version), plan.users.front(), time_of_wave(plan, recipe.name), version);
        m_target.set_implant({});
    }

    // A campaign, or what goes round, began days or a year and a half ago, and reached its other hosts within weeks.
    Timestamp time_of_wave(HostPlan const& plan, std::string const& name) const
    {
        constexpr double day = 86'400.0 * static_cast<double>(ticks_per_second), longest = 60;
        auto wave = m_fleet.stream("wave of " + name);
        auto random = plan.random.stream("time of " + name);
        auto const began = 8 * std::pow(65.0, wave.share()), hesitated = random.share();
        auto const ago = began - hesitated * hesitated * std::min(longest, began - 2);
        Timestamp const at { plan.collected_at.ticks - static_cast<std::int64_t>(ago * day) };
        return at > plan.installed_at ? at : time_of(plan, random);
    }

    void install_software(Installer& installer, HostPlan const& plan, Recipe const& recipe)
    {
        if (!has_software(recipe, plan, m_fleet))
            return;
        auto random = plan.random.stream("came " + recipe.name);
        bool const is_of_user = recipe.folder.find("{user}") != std::string::npos;
        for (auto const& user : plan.users) {
            auto const version = version_of(recipe, plan, m_fleet);
            auto variables = variables_of(plan, user, version);
            variables["hex16"] = m_fleet.stream("number of " + recipe.name).hex(16);
            auto package = filled(recipe, variables, plan.random.stream(recipe.name + user.name), plan.random);
            package.product = recipe.name;
            installer.install(package, user, time_of(plan, random), version);
            if (!is_of_user)
                break;
        }
    }

    // Some oddities are of one host; others go round: a tool of the department, a script that colleagues copied.
    void install_decoy(Installer& installer, HostPlan const& plan, Recipe const& recipe)
    {
        auto random = plan.random.stream("decoy " + recipe.name);
        if (!random.chance(recipe.share.front() * decoy_factor))
            return;
        constexpr std::size_t circles = 3;
        bool const goes_round = random.chance(0.35);
        auto const circle = format("{} in circle {}", recipe.name, random.below(circles));
        auto words = goes_round ? m_fleet.stream("words of " + circle) : random;
        auto const& user = plan.users.front();
        auto const version = format("{}.{}.{}", words.between(0, 9), words.below(20), words.below(20));
        installer.install(filled(recipe, variables_of(plan, user, version), words, words), user,
            goes_round ? time_of_wave(plan, circle) : time_of(plan, random), version);
    }

    static Timestamp time_of(HostPlan const& plan, Random& random)
    {
        auto const life = static_cast<double>(plan.collected_at.ticks - plan.installed_at.ticks);
        return { plan.installed_at.ticks + static_cast<std::int64_t>(life * random.share()) };
    }

    FleetCase& m_target;
    BaseState const& m_base;
    Random m_fleet;
};

void write_labels(std::ostream& out, Options const& options, std::vector<Placed> const& implants,
    std::vector<HostPlan> const& plans, std::vector<Label> const& labels)
{
    out << format("{{\"kind\":\"fleet\",\"hosts\":{},\"prevalence\":{},\"decoys\":{},\"set\":{},\"seed\":{}}}\n",
        options.hosts, options.prevalence, options.decoys, json_string(options.set), options.seed);
    for (auto const& plan : plans)
        out << format("{{\"kind\":\"host\",\"host\":{},\"role\":{}}}\n", json_string(plan.name),
            json_string(role_name(plan.role)));
    for (auto const& implant : implants)
        for (auto const host : implant.hosts)
            out << format("{{\"kind\":\"implant\",\"implant\":{},\"attack\":{},\"host\":{}}}\n",
                json_string(implant.recipe.name), json_string(implant.recipe.attack), json_string(plans[host].name));
    for (auto const& label : labels)
        out << format("{{\"kind\":\"row\",\"host\":{},\"implant\":{},\"evidence\":{},\"offset\":{}}}\n",
            json_string(label.host), json_string(label.implant), label.trace.evidence, label.trace.offset);
}

Result<void> make(Options const& options)
{
    auto const schemas = trace_schemas();
    auto const base_case = TRY(store::Case::open(options.base, store::Access::read_only, schemas));
    auto const base = TRY(read_base(*base_case));
    auto const target = TRY(store::Case::open(options.target, store::Access::read_write, schemas));
    Random const fleet(options.seed);
    FleetCase rows(*target, fleet.stream("damage"));
    Grower grower(rows, base, fleet);
    grower.software = TRY(read_recipes(options.recipes / "software.txt", RecipeForm::software));
    grower.decoys = TRY(read_recipes(options.recipes / "decoys.txt", RecipeForm::decoys));
    grower.windows = TRY(read_recipes(options.recipes / "windows.txt", RecipeForm::software));
    grower.decoy_factor = options.decoys;
    auto const plans = plan_hosts(options.hosts, fleet.stream("hosts"));
    auto recipes = TRY(read_recipes(options.recipes / "implants.txt", RecipeForm::implants));
    for (auto const* more : { "implants_held.txt", "implants_held3.txt", "implants_held4.txt", "implants_held5.txt" }) {
        auto held = TRY(read_recipes(options.recipes / more, RecipeForm::implants));
        std::move(held.begin(), held.end(), std::back_inserter(recipes));
    }
    grower.implants = place(std::move(recipes), options, plans, grower.software, fleet);
    for (std::size_t number = 0; number < plans.size(); ++number)
        TRY(grower.grow(plans[number], number));
    TRY(target->commit());
    TRY(intake::store_hosts(*target));
    TRY(target->commit());
    std::ofstream out(options.labels);
    write_labels(out, options, grower.implants, plans, rows.take_labels());
    out.close();
    if (!out)
        return Error { ErrorCode::io, "fleet.labels", 0, 0, 0, options.labels.string() };
    std::cout << format("{{\"hosts\":{},\"rows\":{}}}\n", plans.size(), rows.row_count());
    return {};
}

}

}

int main(int count, char** words)
{
    auto const options = konseki::fleet::read_options({ words, words + count });
    if (!options) {
        std::cerr
            << "make_fleet BASE TARGET --hosts N --prevalence SHARE --set dev|held|held3|held4|held5|none --seed N "
               "--labels FILE "
               "--recipes DIR [--implants N] [--decoys FACTOR]\n";
        return 2;
    }
    auto const made = konseki::fleet::make(*options);
    if (!made.ok())
        std::cerr << "make_fleet: " << konseki::to_string(made.error()) << '\n';
    return made.ok() ? 0 : 1;
}
