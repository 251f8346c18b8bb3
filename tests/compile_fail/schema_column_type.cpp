// expect: a column is bool, integer, real
// A column holds one of the few types that the store and every export know.
#include "record/schema.hpp"

#ifdef GOOD
struct Row { konseki::Timestamp run_at; };
#else
struct Row { konseki::Schema* run_at; };
#endif
inline constexpr auto row_schema = konseki::schema("toy.row", "A row", konseki::field("run_at", &Row::run_at, "When"));
