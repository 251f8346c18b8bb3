// Files whose content is taken: everything that may start something or decide who may do what (L01–L47), and logs.
// Not what they mean. Private keys and files of passwords are left out, and that is noted; shadow is taken.
#pragma once
#include "collect/accounts.hpp"
#include "collect/packages.hpp"

namespace konseki::collect {

// A folder, names in it, and how deep below. "~/" at the front stands for every home; "*" is any text within one name.
struct Choice {
    std::string_view folder;
    std::string_view names = "*"; // alternatives with '|'
    std::uint32_t depth = 0; // 0: the folder itself only
};

std::span<Choice const> chosen_files(); // chosen_table.cpp
std::span<Choice const> chosen_logs();

bool matches_name(std::string_view name, std::string_view pattern); // one alternative, '*' only
bool matches_any(std::string_view name, std::string_view alternatives);
// A key or password that belongs to others: never taken.
bool is_secret_name(std::string_view path);
bool holds_private_key(std::string_view content);

Result<void> collect_chosen(Session& session, std::vector<passwd::Account> const& accounts, PackageIndex const& index);
Result<void> collect_logs(Session& session);

}
