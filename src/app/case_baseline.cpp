#include "app/case_baseline.hpp"
#include "base/text.hpp"
#include "bytes/sha256.hpp"
#include "os/file.hpp"
#include <algorithm>

namespace konseki::app {

namespace {

constexpr std::uint64_t file_bytes_max = 1ULL << 30;

std::filesystem::path folder_in(std::filesystem::path const& case_folder)
{
    return case_folder / "baselines";
}

std::vector<std::filesystem::path> files_in(std::filesystem::path const& case_folder)
{
    std::vector<std::filesystem::path> files;
    std::error_code ignored;
    for (auto const& entry : std::filesystem::directory_iterator(folder_in(case_folder), ignored))
        if (entry.path().extension() == stacking::baseline_extension)
            files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

Error no_baseline(std::filesystem::path const& file, std::string_view what)
{
    return { ErrorCode::wrong_use, "command line", 0, 0, 0,
        format("{} is {}, no baseline; konseki baseline make writes one", file.string(), what) };
}

Error of_world(std::error_code const& error, std::filesystem::path const& path)
{
    return { ErrorCode::io, "baseline", 0, static_cast<std::uint64_t>(error.value()), 0, path.string() };
}

}

Result<stacking::Baseline> load_baseline(std::filesystem::path const& file)
{
    stacking::Baseline baseline;
    std::error_code unknown;
    if (std::filesystem::is_directory(file, unknown))
        return no_baseline(file, "a folder");
    auto const bytes = TRY(os::read_whole(file, file_bytes_max));
    auto const read = stacking::read_baseline(as_bytes(bytes), baseline);
    if (!read.ok()) {
        bool const is_unpacked = read.error().what == "baseline.zstd" && read.error().offset == 0;
        if (is_unpacked || read.error().code == ErrorCode::bad_magic)
            return no_baseline(file, bytes.empty() ? "an empty file" : "something else");
        auto error = read.error();
        error.detail = format("{}: {}", file.string(), error.detail);
        return error;
    }
    return baseline;
}

Result<void> keep_baseline(std::filesystem::path const& case_folder, std::filesystem::path const& file)
{
    TRY(load_baseline(file));
    auto const bytes = TRY(os::read_whole(file, file_bytes_max));
    constexpr std::size_t digits = 16;
    auto const name = to_string(sha256(as_bytes(bytes))).substr(0, digits);
    std::error_code error;
    std::filesystem::create_directories(folder_in(case_folder), error);
    if (error)
        return of_world(error, folder_in(case_folder));
    auto const target = folder_in(case_folder) / format("{}{}", name, stacking::baseline_extension);
    return std::filesystem::exists(target, error) ? Result<void>() : os::write_file_atomically(target, as_bytes(bytes));
}

Result<std::size_t> drop_baselines(std::filesystem::path const& case_folder)
{
    auto const files = files_in(case_folder);
    for (auto const& file : files) {
        std::error_code error;
        if (!std::filesystem::remove(file, error))
            return of_world(error, file);
    }
    return files.size();
}

Result<std::optional<stacking::Baseline>> load_baselines(std::filesystem::path const& case_folder)
{
    std::optional<stacking::Baseline> all;
    for (auto const& file : files_in(case_folder)) {
        if (!all)
            all.emplace();
        auto const bytes = TRY(os::read_whole(file, file_bytes_max));
        TRY(stacking::read_baseline(as_bytes(bytes), *all));
    }
    return all;
}

std::string baselines_state(std::filesystem::path const& case_folder)
{
    std::string state;
    for (auto const& file : files_in(case_folder))
        append_format(state, " {}", file.stem().string());
    return state;
}

}
