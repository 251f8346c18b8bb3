// Rows of real machines as Konseki itself parsed them, read from the case that bench/fleet/run makes of $KONSEKI_DATA:
// what every grown host starts from. Not cleaned by any detector: what is known to be planted there is named and left
// out.
#pragma once
#include "base/result.hpp"
#include "record/schema.hpp"
#include "store/case.hpp"
#include <string>
#include <vector>

namespace konseki::fleet {

struct Cell {
    bool is_null = true;
    std::uint64_t number = 0; // numbers and times as TraceBatch keeps them
    std::string text {};
};

struct StoredRow {
    std::vector<Cell> cells;
};

struct StoredRows {
    Schema const* schema = nullptr;
    std::vector<StoredRow> rows {};
    std::size_t column(std::string_view name) const; // must be there
};

// One real machine's share of the base.
struct BaseMachine {
    std::string name;
    StoredRows services, autostarts, shimcache, moderator; // of one SYSTEM hive, the control set in use
};

struct BaseState {
    std::vector<BaseMachine> machines; // Windows 7, 10 1709 twice
    std::vector<StoredRows> inventories; // Amcache files: 10 (two), 2012 R2, 10 early
    std::vector<StoredRows> prefetch; // programs: three sets of 11 and 10
    StoredRows tasks, consumers, filters, bindings, user_autostarts;
    std::vector<std::string> libraries; // of Windows that programs loaded: "C:\\WINDOWS\\SYSTEM32\\…"
    std::vector<std::string> program_names; // of real programs outside Windows: stock for names of personal things
};

Result<BaseState> read_base(store::Case const& base);

}
