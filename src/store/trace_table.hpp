// The rows of one schema on their way into its table. Internal to store/.
// Not a buffer of its own: what it holds lies in the engine's appender.
#pragma once
#include "record/trace_batch.hpp"
#include "store/engine.hpp"
#include <memory>

namespace konseki::store {

class TraceTable {
public:
    static Result<std::unique_ptr<TraceTable>> open(Connection const& connection, Schema const& schema);
    Result<void> append(TraceBatch const& batch);
    Result<void> flush() { return m_appender->flush(); }

    explicit TraceTable(std::unique_ptr<TableAppender> appender)
        : m_appender(std::move(appender))
    {
    }

private:
    void fill_origins(TraceBatch const& batch);
    void fill_times(TraceBatch const& batch, std::size_t source, std::size_t target);
    void fill_local_times(TraceBatch const& batch, std::size_t source, std::size_t target);
    void fill_texts(TraceBatch const& batch, std::size_t source, std::size_t target);
    void fill_symbols(TraceBatch const& batch, std::size_t source, std::size_t target);
    template <typename T> void fill_numbers(TraceBatch const& batch, std::size_t source, std::size_t target);

    std::unique_ptr<TableAppender> m_appender;
    std::vector<std::size_t> m_symbol_rows; // scratch: the row that first held a symbol
};

}
