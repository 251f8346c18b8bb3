#include "base/error.hpp"
#include "base/text.hpp"
#include <array>
#include <cstring>

namespace konseki {

namespace {
constexpr std::array<std::string_view, 19> code_names { "none", "truncated", "bad_magic", "bad_value", "bad_checksum",
    "bad_count", "bad_offset", "loop", "limit", "unsupported", "encrypted", "not_found", "io", "no_space", "cancelled",
    "worker_died", "timeout", "wrong_use", "internal" };
}

std::string_view error_code_name(ErrorCode code)
{
    auto const index = static_cast<std::size_t>(code);
    return index < code_names.size() ? code_names[index] : "internal";
}

ErrorCode error_code_from_name(std::string_view name)
{
    for (std::size_t index = 0; index < code_names.size(); ++index) {
        if (code_names[index] == name)
            return static_cast<ErrorCode>(index);
    }
    return ErrorCode::none;
}

std::string to_string(Error const& error)
{
    std::string text = format("{}: {}", error.what, error_code_name(error.code));
    switch (error.code) {
    case ErrorCode::io:
    case ErrorCode::no_space:
        if (error.need != 0)
            text += format(": {}", std::strerror(static_cast<int>(error.need))); // NOLINT(concurrency-mt-unsafe)
        break;
    case ErrorCode::wrong_use:
    case ErrorCode::cancelled:
    case ErrorCode::internal: break;
    case ErrorCode::worker_died: text += format(" (signal or exit code {})", error.need); break;
    case ErrorCode::not_found:
        if (!error.detail.empty()) // of the world
            break;
        [[fallthrough]];
    default:
        text += format(" at offset {:#x}", error.offset);
        if (error.need != 0 || error.have != 0)
            text += format(": needs {}, has {}", error.need, error.have);
    }
    if (!error.detail.empty())
        text += format(": {}", error.detail);
    return text;
}

}
