#include "store/duckdb_sql.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>

namespace konseki::store {

namespace {

struct Known {
    std::string_view name;
    ColumnType type;
};

constexpr std::array<Known, 4> origin_columns { {
    { "evidence", ColumnType::unsigned_integer },
    { "offset", ColumnType::unsigned_integer },
    { "size_bytes", ColumnType::unsigned_integer },
    { "recovered", ColumnType::boolean },
} };

std::string name_in_sql(std::string_view name)
{
    return format("\"{}\"", name); // names of schemas hold no quotes
}

bool is_text(ColumnType type)
{
    return type == ColumnType::text || type == ColumnType::symbol || type == ColumnType::local_time;
}

Error wrong(std::string_view what, std::string detail)
{
    return { ErrorCode::wrong_use, what, 0, 0, 0, std::move(detail) };
}

Result<Known> find_column(Schema const& schema, std::string_view name)
{
    std::string names;
    for (auto const& column : schema.columns()) {
        if (column.name == name)
            return Known { column.name, column.type };
        names += (names.empty() ? "" : ", ") + std::string(column.name);
    }
    for (auto const& column : origin_columns) {
        if (column.name == name)
            return column;
        names += ", " + std::string(column.name);
    }
    return wrong("store.select.column", format("{} has no column {}; it has {}", schema.name, name, names));
}

// A column the value of which can be compared exactly: timestamps as their ticks.
std::string exact_name(Known const& column)
{
    return name_in_sql(
        column.type == ColumnType::timestamp ? std::string(column.name) + "_ticks" : std::string(column.name));
}

struct Fitting {
    Known const& column;

    Error misfit(std::string_view shown) const
    {
        return wrong("store.select.value",
            format("{} does not fit column {} ({})", shown, column.name, column_type_name(column.type)));
    }
    Result<Parameter> operator()(std::monostate) const { return misfit("nothing"); }
    Result<Parameter> operator()(bool value) const
    {
        return column.type == ColumnType::boolean ? Result<Parameter>(Parameter(value))
                                                  : misfit(value ? "true" : "false");
    }
    Result<Parameter> operator()(double value) const
    {
        return column.type == ColumnType::real ? Result<Parameter>(Parameter(value)) : misfit(format("{}", value));
    }
    Result<Parameter> operator()(Timestamp value) const
    {
        return column.type == ColumnType::timestamp ? Result<Parameter>(Parameter(value.ticks))
                                                    : misfit(to_string(value));
    }
    template <typename T> Result<Parameter> number(T value) const
    {
        switch (column.type) {
        case ColumnType::unsigned_integer:
        case ColumnType::signed_integer: return Parameter(value);
        case ColumnType::real: return Parameter(static_cast<double>(value));
        default: return misfit(format("{}", value));
        }
    }
    Result<Parameter> operator()(std::int64_t value) const { return number(value); }
    Result<Parameter> operator()(std::uint64_t value) const { return number(value); }
    // People write everything as text.
    Result<Parameter> operator()(std::string const& value) const
    {
        if (is_text(column.type))
            return Parameter(value);
        if (column.type == ColumnType::timestamp) {
            auto const time = Timestamp::parse(value);
            return time ? Result<Parameter>(Parameter(time->ticks)) : misfit(value);
        }
        if (column.type == ColumnType::boolean) {
            auto const is_true = value == "true" || value == "1";
            return is_true || value == "false" || value == "0" ? Result<Parameter>(Parameter(is_true)) : misfit(value);
        }
        if (auto const number_read = parse_uint(value))
            return number(*number_read);
        if (auto const signed_read = parse_int(value))
            return number(*signed_read);
        return misfit(value);
    }
};

// * and ? become % and _; what LIKE would take for its own is escaped.
std::string like_pattern(std::string_view glob)
{
    std::string pattern;
    for (char const c : glob) {
        if (c == '%' || c == '_' || c == '\\')
            pattern += '\\';
        pattern += c == '*' ? '%' : c == '?' ? '_' : c;
    }
    return pattern;
}

class Printer {
public:
    explicit Printer(Schema const& schema)
        : m_schema(schema)
    {
    }

    Result<PrintedQuery> print(Query const& query)
    {
        TRY(print_columns(query));
        TRY(print_conditions(query));
        TRY(print_order(query));
        if (query.limit)
            append_format(m_printed.sql, " LIMIT {}", *query.limit);
        if (query.skip != 0)
            append_format(m_printed.sql, " OFFSET {}", query.skip);
        return std::move(m_printed);
    }

private:
    Result<void> print_columns(Query const& query)
    {
        auto names = query.columns;
        if (names.empty()) {
            for (auto const& column : m_schema.columns())
                names.emplace_back(column.name);
            for (auto const& column : origin_columns)
                names.emplace_back(column.name);
        }
        m_printed.sql = "SELECT ";
        for (std::size_t i = 0; i < names.size(); ++i) {
            auto const column = TRY(find_column(m_schema, names[i]));
            auto const is_time = column.type == ColumnType::timestamp;
            m_printed.sql += i == 0 ? "" : ", ";
            m_printed.sql += exact_name(column);
            if (is_time)
                m_printed.sql += " AS " + name_in_sql(column.name);
            m_printed.exact_times.push_back(is_time);
        }
        append_format(m_printed.sql, " FROM {}", sql_name(m_schema.name));
        return {};
    }

    Result<void> print_conditions(Query const& query)
    {
        std::vector<std::string> all;
        all.reserve(query.filters.size() + query.any_of.size());
        for (auto const& filter : query.filters)
            all.push_back(TRY(condition(filter)));
        for (auto const& group : query.any_of) {
            std::string any;
            for (auto const& filter : group)
                any += (any.empty() ? "(" : " OR ") + TRY(condition(filter));
            all.push_back(any.empty() ? "false" : any + ")");
        }
        TRY(append_time_range(query, all));
        for (std::size_t i = 0; i < all.size(); ++i)
            m_printed.sql += (i == 0 ? " WHERE " : " AND ") + all[i];
        return {};
    }

    // The microseconds decide which stored blocks are read at all; the ticks decide exactly where a bound has a digit
    // below.
    Result<void> append_time_range(Query const& query, std::vector<std::string>& all)
    {
        if (!query.from && !query.until)
            return {};
        auto const column = TRY(find_column(m_schema, query.time_column));
        if (column.type != ColumnType::timestamp)
            return wrong("store.select.time", format("{} is not a time", column.name));
        auto const add = [&](std::string_view comparison, Timestamp bound, bool is_upper) {
            auto const has_digit = bound.ticks % 10 != 0;
            all.push_back(format("{} {} ?", name_in_sql(column.name), is_upper && has_digit ? "<=" : comparison));
            m_printed.parameters.emplace_back(bound);
            if (!has_digit)
                return;
            all.push_back(format("{} {} ?", exact_name(column), comparison));
            m_printed.parameters.emplace_back(bound.ticks);
        };
        if (query.from)
            add(">=", *query.from, false);
        if (query.until)
            add("<", *query.until, true);
        return {};
    }

    Result<std::string> condition(Filter const& filter)
    {
        auto const column = TRY(find_column(m_schema, filter.column));
        auto const plain = name_in_sql(column.name);
        if (filter.test == Operator::is_absent)
            return plain + " IS NULL";
        if (filter.test == Operator::is_present)
            return plain + " IS NOT NULL";
        if (filter.test == Operator::in)
            return print_in(column, filter);
        if (filter.values.size() != 1)
            return wrong("store.select.value", format("column {}: one value, please", column.name));
        if (filter.test == Operator::contains || filter.test == Operator::glob
            || filter.test == Operator::equal_ignoring_case)
            return print_text_test(column, filter);
        m_printed.parameters.push_back(TRY(std::visit(Fitting { column }, filter.values.front())));
        auto const exact = exact_name(column);
        switch (filter.test) {
        case Operator::not_equal: return exact + " IS DISTINCT FROM ?";
        case Operator::less: return exact + " < ?";
        case Operator::less_or_equal: return exact + " <= ?";
        case Operator::greater: return exact + " > ?";
        case Operator::greater_or_equal: return exact + " >= ?";
        default: return exact + " = ?";
        }
    }

    Result<std::string> print_in(Known const& column, Filter const& filter)
    {
        if (filter.values.empty())
            return std::string("false");
        std::string list;
        for (auto const& value : filter.values) {
            m_printed.parameters.push_back(TRY(std::visit(Fitting { column }, value)));
            list += list.empty() ? "?" : ", ?";
        }
        return format("{} IN ({})", exact_name(column), list);
    }

    Result<std::string> print_text_test(Known const& column, Filter const& filter)
    {
        auto const* value = std::get_if<std::string>(&filter.values.front());
        if (!is_text(column.type) || value == nullptr)
            return wrong("store.select.value",
                format("column {} ({}) cannot be searched as text", column.name, column_type_name(column.type)));
        auto const folded = format("lower({})", name_in_sql(column.name));
        if (filter.test == Operator::glob) {
            m_printed.parameters.emplace_back(like_pattern(*value));
            return folded + " LIKE lower(?) ESCAPE '\\'";
        }
        m_printed.parameters.emplace_back(*value);
        return filter.test == Operator::contains ? format("contains({}, lower(?))", folded) : folded + " = lower(?)";
    }

    Result<void> print_order(Query const& query)
    {
        m_printed.sql += " ORDER BY ";
        std::string order;
        auto const add = [&](std::string const& name, bool is_descending) {
            append_format(
                order, "{}{}{}", order.empty() ? "" : ", ", name, is_descending ? " DESC NULLS LAST" : " NULLS FIRST");
        };
        for (auto const& key : query.order)
            add(exact_name(TRY(find_column(m_schema, key.column))), key.is_descending);
        order += order.empty() ? "" : ", ";
        m_printed.sql += order + "evidence, \"offset\"";
        return {};
    }

    Schema const& m_schema;
    PrintedQuery m_printed;
};

}

Result<PrintedQuery> duckdb_sql(Query const& query, Schema const& schema)
{
    return Printer(schema).print(query);
}

}
