// Where answers go: standard output or a file, buffered, and whether it is a terminal that wants colour and safe text.
// Not formats of rows: row_writer.hpp.
#pragma once
#include "base/result.hpp"
#include "os/file.hpp"
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace konseki::app {

enum class Colour : std::uint8_t { plain, bold, dim, red, yellow, green, cyan, magenta };

class Output {
public:
    static Output standard(std::string_view colour_when); // "auto", "always", "never"
    static Output errors(std::string_view colour_when);
    // Written beside the target and renamed by finish(): a file that is there is complete. A device or pipe is written
    // directly.
    static Result<Output> file(std::filesystem::path const& target);
    ~Output();
    Output(Output&& other) noexcept;
    Output& operator=(Output&&) = delete;
    Output(Output const&) = delete;
    Output& operator=(Output const&) = delete;

    void write(std::string_view text);
    void flush();
    Result<void> finish(); // says what could not be written (disk full); a reader that closed its pipe is no error

    bool reader_is_gone() const; // "| head" closed the pipe: further rows are for nobody

    bool is_terminal() const { return m_is_terminal; }
    bool has_colour() const { return m_has_colour; }
    std::size_t width() const { return m_width; } // cells; a large number where it is no terminal
    std::string coloured(std::string_view text, Colour colour) const;

private:
    Output(std::FILE* stream, std::string_view colour_when);
    explicit Output(std::filesystem::path target)
        : m_is_standard(false)
        , m_target(std::move(target))
    {
    }
    void send();

    std::FILE* m_stream = nullptr;
    bool m_is_standard = true;
    bool m_is_terminal = false;
    bool m_has_colour = false;
    Error m_error;
    std::size_t m_width = 100'000;
    std::string m_buffer;
    std::filesystem::path m_target;
    std::optional<os::NewFile> m_file; // instead of a stream
};

}
