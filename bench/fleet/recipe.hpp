// One line of software.txt, decoys.txt or implants.txt, and the same with its variables filled in for one host.
// Not rows: installing.hpp turns a package into what its artefacts would show.
#pragma once
#include "base/result.hpp"
#include "random.hpp"
#include <array>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace konseki::fleet {

inline constexpr std::size_t role_count = 5; // office, developer, administrator, server, domain controller

struct Recipe {
    std::string name, signer, folder, files, starts; // with variables
    std::array<double, role_count> share {}; // software: of each role; decoys: the same number for all
    std::string set, attack, source; // implants
    std::string only_on; // "held@server", "@domain_controller" or "@" and a product: it goes to such hosts only
};

struct PackageFile {
    std::string path; // "C:\\…"
    std::string original_name; // of the version information
    std::string signer, product; // empty: unsigned; the product is that of its package
    bool runs = false, is_data = false, is_set_back = false, is_gone = false;
};

struct PackageStart {
    std::string kind, name, command;
};

struct Package {
    std::string name, product;
    std::vector<PackageFile> files;
    std::vector<PackageStart> starts;
};

using Variables = std::map<std::string, std::string, std::less<>>;

enum class RecipeForm : std::uint8_t { software, decoys, implants };
Result<std::vector<Recipe>> read_recipes(std::filesystem::path const& file, RecipeForm form);

// "[a or b or c]" chosen by the random numbers: the same choice wherever the same alternatives stand in the recipe.
Recipe with_choices(Recipe const& recipe, Random random);
// Variables that are not given are drawn: {hex8}, {num2}, {guid}, {word} … from the first random numbers, {host_word} …
// from the second; the same one has the same value throughout.
Package filled(Recipe const& recipe, Variables variables, Random random, Random host_random);

std::string invented_word(Random& random); // as products are called: "Norvexa", "SyncVault"

}
