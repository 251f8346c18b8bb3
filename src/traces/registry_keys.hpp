// The ways artefacts go to their keys: a path with "*" for every subkey, and where "Software" lies in each kind of
// hive. Not a walk over the whole hive: regf::walk.
#pragma once
#include "base/text.hpp"
#include "traces/registry_artefact.hpp"

namespace konseki {

struct FoundKey {
    regf::Key key;
    std::string path; // below the root of the hive, as the keys are written
};

// Every key that a path with "*" stands for, in list order; "" is the root itself.
inline std::vector<FoundKey> keys_at(regf::Hive const& hive, std::string_view path, DiagnosticSink& diagnostics)
{
    std::vector<FoundKey> current;
    if (auto root = hive.root(); root.ok())
        current.push_back({ std::move(root).value(), {} });
    if (path.empty())
        return current;
    for (auto const part : split(path, '\\')) {
        std::vector<FoundKey> next;
        for (auto const& at : current) {
            auto const add = [&](regf::Key key) {
                auto full = at.path.empty() ? key.name : at.path + "\\" + key.name;
                next.push_back({ std::move(key), std::move(full) });
            };
            if (part == "*") {
                for (auto& child : hive.subkeys(at.key, diagnostics))
                    add(std::move(child));
            } else if (auto child = hive.subkey(at.key, part)) {
                add(std::move(*child));
            }
        }
        current = std::move(next);
    }
    return current;
}

// What stands before "Microsoft\…": nothing in the machine's SOFTWARE hive, "Software\" in a user's.
inline std::string_view software_prefix(HiveKind kind)
{
    return kind == HiveKind::user ? std::string_view("Software\\") : std::string_view {};
}

inline std::optional<std::uint32_t> as_u32(std::optional<std::uint64_t> number)
{
    return number ? std::optional<std::uint32_t> { static_cast<std::uint32_t>(*number) } : std::nullopt;
}

inline std::optional<bool> as_flag(std::optional<std::uint64_t> number)
{
    return number ? std::optional<bool> { *number != 0 } : std::nullopt;
}

}
