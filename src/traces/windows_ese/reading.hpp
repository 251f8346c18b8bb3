// Inside of windows_ese: what the reader of a table is given, and how it is found.
// Not a public interface of the folder: parser.hpp.
#pragma once
#include "formats/ese/ese.hpp"
#include "record/artefact_parser.hpp"
#include <span>
#include <unordered_map>

namespace konseki::windows_ese {

enum class Kind : std::uint8_t { unknown, srum, ual, ual_identity, file_history, bits };
std::string_view kind_name(Kind kind);

// A name behind a number: SRUM's applications and users, the texts of a file history.
struct NamedId {
    std::uint8_t type = 0;
    std::string text;
};

class Reading {
public:
    Reading(ese::Database& opened, ParseContext& parse_context, DiagnosticSink& sink)
        : database(opened)
        , context(parse_context)
        , diagnostics(sink)
    {
    }
    ese::Database& database;
    ParseContext& context;
    DiagnosticSink& diagnostics; // tables may be read more than once, damage is reported once

    // Calls on_row with each row of the table until the run is stopped.
    template <typename OnRow> ese::RowCounts each(ese::Table const& table, OnRow on_row)
    {
        struct Visitor final : ese::RowVisitor {
            Visitor(OnRow& function, std::stop_token& token)
                : on_each(function)
                , stop(token)
            {
            }
            bool on_row(ese::Row const& row) override
            {
                on_each(row);
                return !stop.stop_requested();
            }
            OnRow& on_each;
            std::stop_token& stop;
        } visitor { on_row, context.stop };
        return database.visit(table, visitor, diagnostics);
    }
    // Keeps a name; refuses to hold more than a database of names can honestly need.
    void name(std::uint64_t id, std::uint8_t type, std::string text, std::uint64_t offset);
    NamedId const* named(std::uint64_t id) const;

private:
    std::unordered_map<std::uint64_t, NamedId> m_names; // looked up only, never walked
    std::uint64_t m_names_bytes = 0;
    bool m_is_full = false;
};

inline TraceOrigin origin_of(ese::Row const& row)
{
    return { row.offset(), row.size_bytes(), row.is_recovered() };
}

// A view of text that outlives the row's column; no text: absent.
inline std::string_view view_of(std::optional<std::string> const& text)
{
    return text ? std::string_view(*text) : std::string_view {};
}

struct TableReader {
    std::string_view table; // name; empty: every table that no other reader of the kind takes
    ese::RowCounts (*read)(Reading& reading, ese::Table const& table) = nullptr;
};

// By kind: prepare (fills names), readers, schemas.
struct KindReader {
    Kind kind = Kind::unknown;
    bool (*is_it)(ese::Database const& database) = nullptr;
    void (*prepare)(Reading& reading) = nullptr; // absent: nothing to prepare
    std::span<TableReader const> readers;
};

KindReader srum_reader();
KindReader ual_reader();
KindReader ual_identity_reader();
KindReader file_history_reader();
KindReader bits_reader();

}
