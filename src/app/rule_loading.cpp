#include "app/rule_loading.hpp"
#include "base/text.hpp"
#include "os/file.hpp"
#include "os/walk.hpp"
#include "rules/sigma/starter_rules.hpp"
#include <algorithm>

namespace konseki::app {

static bool is_rule_file(std::filesystem::path const& path)
{
    auto const extension = ascii_lower(path.extension().string());
    return extension == ".yml" || extension == ".yaml";
}

static Result<void> read_rule_file(
    std::filesystem::path const& path, std::vector<sigma::RuleFile>& files, LoadedRules& loaded)
{
    auto text = os::read_whole(path, default_limits.rule_file_bytes_max);
    if (text.ok())
        files.push_back({ path.string(), std::move(text).value() });
    else
        loaded.unreadable.emplace_back(path.string(), text.error());
    return {};
}

static Result<void> read_rule_path(std::string const& name, std::vector<sigma::RuleFile>& files, LoadedRules& loaded)
{
    std::filesystem::path const path { name };
    std::error_code error;
    if (!std::filesystem::exists(path, error))
        return Error { ErrorCode::wrong_use, "--rules", 0, 0, 0, format("{} does not exist", name) };
    if (!std::filesystem::is_directory(path, error))
        return read_rule_file(path, files, loaded); // named by hand: whatever it is called
    auto const walk = os::walk(path, {});
    for (auto const& [where, problem] : walk.problems)
        loaded.unreadable.emplace_back(where.string(), problem);
    for (auto const& file : walk.files)
        if (is_rule_file(file.path))
            TRY(read_rule_file(file.path, files, loaded));
    return {};
}

// Files of HijackLibs' form; a Sigma rule never has this key.
static bool is_side_loading_file(sigma::RuleFile const& file)
{
    return file.text.find("\nVulnerableExecutables:") != std::string::npos;
}

// A pack may be larger than one rule file may be.
static constexpr std::uint64_t pack_bytes_max = 256ULL << 20;

static Result<bool> is_pack_file(std::string const& name)
{
    std::error_code error;
    if (!std::filesystem::is_regular_file(name, error))
        return false;
    auto const file = TRY(os::open_for_reading(name));
    std::array<std::byte, 64> head {};
    auto const size = TRY(os::read_at(file.number(), 0, head));
    return sigma::RuleSet::is_pack(ByteView(head.data(), size));
}

Result<LoadedRules> load_rules(
    std::span<std::string const> paths, std::span<std::string const> pipelines, Starter starter)
{
    LoadedRules loaded;
    for (auto const& path : paths) {
        if (!TRY(is_pack_file(path)))
            continue;
        if (paths.size() > 1 || !pipelines.empty())
            return Error { ErrorCode::wrong_use, "--rules", 0, 0, 0,
                format("{} is a pack and stands alone: it already holds its rules, the built-in ones and its pipelines "
                       "as they were compiled",
                    path) };
        auto const bytes = TRY(os::read_whole(path, pack_bytes_max));
        loaded.set = TRY(sigma::RuleSet::from_pack(as_bytes(bytes)));
        loaded.file_count = 1;
        return loaded;
    }
    std::vector<sigma::RuleFile> files;
    if (starter == Starter::included) {
        auto const built_in = sigma::starter_rules();
        files.assign(built_in.begin(), built_in.end());
        loaded.has_starter_rules = true;
    }
    for (auto const& path : paths)
        TRY(read_rule_path(path, files, loaded));
    sigma::CompileOptions options;
    for (auto const& path : pipelines)
        options.pipelines.push_back({ path, TRY(os::read_whole(path, default_limits.rule_file_bytes_max)) });
    loaded.file_count = files.size();
    auto const is_sigma = [](sigma::RuleFile const& file) { return !is_side_loading_file(file); };
    auto const pairs = std::stable_partition(files.begin(), files.end(), is_sigma);
    loaded.side_loading
        = side_loading::Catalogue::compile(std::span(files).subspan(static_cast<std::size_t>(pairs - files.begin())));
    files.erase(pairs, files.end());
    loaded.set = sigma::RuleSet::compile(std::move(files), options);
    return loaded;
}

Result<LoadedRules> load_rules(Arguments const& arguments, std::span<std::string const> more_paths)
{
    std::vector<std::string> paths { more_paths.begin(), more_paths.end() };
    auto const named = arguments.values("rules");
    paths.insert(paths.end(), named.begin(), named.end());
    // A folder that is checked or listed is meant alone; examining and explaining always have the built-in rules.
    bool const is_alone = !more_paths.empty() || arguments.has("no-starter-rules");
    return load_rules(paths, arguments.values("pipeline"), is_alone ? Starter::left_out : Starter::included);
}

std::size_t error_count(sigma::RuleSet const& set)
{
    std::size_t count = 0;
    for (auto const& problem : set.problems())
        count += problem.is_error() ? 1U : 0U;
    return count;
}

std::string rules_summary(LoadedRules const& rules)
{
    auto const& set = rules.set;
    auto text = format(
        "{} rules and {} correlations loaded", grouped(set.rules().size()), grouped(set.correlations().size()));
    if (set.filter_count() > 0)
        append_format(text, ", {} filters", set.filter_count());
    if (rules.side_loading.size() > 0)
        append_format(text, ", {} pairs of side-loading", grouped(rules.side_loading.pair_count()));
    auto const errors = error_count(set) + rules.unreadable.size() + rules.side_loading.problems().size();
    auto const not_read_yet = set.problems().size() - error_count(set);
    if (errors > 0)
        append_format(text, "; {} cannot run", grouped(errors));
    if (not_read_yet > 0)
        append_format(text, "; {} look at logs that are not read yet", grouped(not_read_yet));
    if (errors + not_read_yet > 0)
        text += " (konseki rules check says why)";
    return text;
}

}
