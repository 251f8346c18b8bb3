// The classes of evidence that coverage speaks of, as data: who reads them, and what is open without them.
// Not the counting: host_coverage.cpp.
#pragma once
#include <span>
#include <string_view>

namespace konseki::host_coverage {

struct EvidenceClass {
    std::string_view name;
    std::string_view title, title_ja;
    std::string_view parser;
    std::string_view hive_kind {}; // of windows_registry: one kind
    // What cannot be said without it; empty: its absence says nothing.
    std::string_view open {}, open_ja {};
    // Of Linux: files are of the first class of which they hold rows, whoever read them; schemas joined with a blank.
    std::string_view schemas {};
    // A condition on rows: a file that holds such rows counts here as well, beside its own class.
    std::string_view also_where {};
    bool is_of_linux() const { return name.starts_with("linux_"); }
};

std::span<EvidenceClass const> evidence_classes(); // Windows first, then Linux

// What a collection that was made without root's rights leaves open.
inline constexpr std::string_view without_root
    = "what only root can see: other accounts' processes and files, their sockets, protected settings (collected "
      "without root)",
    without_root_ja
    = "root だけが見られるもの: 他アカウントのプロセス・ファイル・通信、保護された設定(root 権限なしで収集)";

// The time column that tells when something happened, where it is not the schema's first; "-": none does.
std::string_view time_column_of(std::string_view schema);

}
