#include "app/output.hpp"
#include "base/text.hpp"
#include "os/terminal.hpp"
#include <cerrno>
#include <utility>

namespace konseki::app {

static constexpr std::size_t buffer_bytes = 256U << 10;
static constexpr std::size_t endless_width = 100'000;

Output::Output(std::FILE* stream, std::string_view colour_when)
    : m_stream(stream)
{
    auto const terminal = os::terminal_of(fileno(stream));
    m_is_terminal = terminal.is_terminal;
    m_has_colour = colour_when == "always" || (colour_when != "never" && terminal.may_colour);
    m_width = m_is_terminal ? terminal.columns : endless_width;
}

Output Output::standard(std::string_view colour_when)
{
    return { stdout, colour_when };
}

Output Output::errors(std::string_view colour_when)
{
    return { stderr, colour_when };
}

Result<Output> Output::file(std::filesystem::path const& target)
{
    Output output { target };
    std::error_code ignored;
    auto const status = std::filesystem::status(target, ignored);
    if (std::filesystem::is_directory(status))
        return os::error_from_errno(EISDIR, "output file", target.string());
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
        output.m_stream = std::fopen(target.c_str(), "we");
        if (output.m_stream == nullptr)
            return os::error_from_errno(errno, "output file", target.string());
        return output;
    }
    auto const folder = target.parent_path();
    auto file = os::NewFile::create_in(folder.empty() ? std::filesystem::path(".") : folder);
    if (!file.ok()) { // the caller knows the name that was asked for, not that of the new file
        auto error = file.error();
        error.detail = target.string();
        return error;
    }
    output.m_file = std::move(file.value());
    return output;
}

Output::Output(Output&& other) noexcept
    : m_stream(std::exchange(other.m_stream, nullptr))
    , m_is_standard(other.m_is_standard)
    , m_is_terminal(other.m_is_terminal)
    , m_has_colour(other.m_has_colour)
    , m_error(std::move(other.m_error))
    , m_width(other.m_width)
    , m_buffer(std::move(other.m_buffer))
    , m_target(std::move(other.m_target))
    , m_file(std::move(other.m_file))
{
}

Output::~Output()
{
    if (m_stream == nullptr)
        return; // a new file that was not finished goes away by itself: an answer that broke off does not look like one
    send();
    if (!m_is_standard)
        std::fclose(m_stream);
}

void Output::write(std::string_view text)
{
    m_buffer += text;
    if (m_buffer.size() >= buffer_bytes)
        send();
}

void Output::flush()
{
    send();
}

void Output::send()
{
    auto const buffer = std::exchange(m_buffer, {});
    if (m_error.code != ErrorCode::none)
        return;
    if (m_file) {
        auto written = m_file->append(as_bytes(buffer));
        if (!written.ok())
            m_error = std::move(written).error();
        return;
    }
    if ((!buffer.empty() && std::fwrite(buffer.data(), 1, buffer.size(), m_stream) != buffer.size())
        || std::fflush(m_stream) != 0)
        m_error
            = os::error_from_errno(errno, "output", m_is_standard ? std::string("standard output") : m_target.string());
}

Result<void> Output::finish()
{
    send();
    if (m_error.code != ErrorCode::none) {
        if (m_error.need == EPIPE) // the reader has seen enough
            return {};
        return m_error;
    }
    if (m_file) {
        TRY(m_file->synchronise());
        TRY(m_file->keep_as(m_target));
        m_file.reset();
    }
    return {};
}

bool Output::reader_is_gone() const
{
    return m_error.need == EPIPE;
}

std::string Output::coloured(std::string_view text, Colour colour) const
{
    if (!m_has_colour || colour == Colour::plain)
        return std::string(text);
    static constexpr std::string_view codes[] { "0", "1", "2", "31", "33", "32", "36", "35" };
    return format("\x1b[{}m{}\x1b[0m", codes[static_cast<std::size_t>(colour)], text);
}

}
