// One registry artefact run over one hive, without intake: a file of testdata/ written as text, or bytes.
// Header only, as the contexts are: the test target links formats/ and record/.
#pragma once
#include "support/collecting_context.hpp"
#include "support/hive_writer.hpp"
#include "support/samples.hpp"
#include "traces/registry_artefact.hpp"
#include <memory>
#include <stdexcept>

namespace konseki::test {

inline std::vector<std::string> control_sets_of(regf::Hive const& hive)
{
    std::vector<std::string> sets;
    auto const current = format("ControlSet{:03}", hive.current_control_set());
    if (hive.find(current))
        sets.push_back(current);
    for (int number = 1; number <= 9; ++number) {
        auto const name = format("ControlSet{:03}", number);
        if (name != current && hive.find(name))
            sets.push_back(name);
    }
    return sets;
}

inline std::unique_ptr<CollectingContext> run_on(RegistryArtefact const& artefact, ByteView bytes, HiveKind kind,
    std::string_view path = "NTUSER.DAT", std::string_view user = "hanako")
{
    auto collected = std::make_unique<CollectingContext>();
    auto const hive = regf::Hive::open(bytes);
    if (!hive.ok())
        throw std::runtime_error(to_string(hive.error()));
    HiveView const view { hive.value(), kind, path, user, control_sets_of(hive.value()) };
    artefact.parse(view, collected->context);
    return collected;
}

// `file` below src/traces/, in the form that hive_from_text() reads.
inline std::unique_ptr<CollectingContext> run_on_text(
    RegistryArtefact const& artefact, std::string_view file, HiveKind kind, std::string_view user = "hanako")
{
    auto const bytes = hive_from_text(read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/" + std::string(file)));
    return run_on(artefact, bytes, kind, "hive", user);
}

}
