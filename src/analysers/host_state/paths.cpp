#include "analysers/host_state/paths.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>
#include <cctype>
#include <span>

namespace konseki::host_state {

namespace {

bool starts_with(std::string_view text, std::string_view prefix)
{
    return text.substr(0, prefix.size()) == prefix;
}

bool contains(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

bool is_hex(char c)
{
    return std::isxdigit(static_cast<unsigned char>(c)) != 0;
}

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

struct Replacement {
    std::string_view from, to;
};

// Longer names first where one is the beginning of another.
constexpr std::array<Replacement, 24> beginnings { {
    { "%systemroot%", "\\windows" },
    { "%windir%", "\\windows" },
    { "\\systemroot", "\\windows" },
    { "systemroot\\", "\\windows\\" },
    { "%programfiles(x86)%", "\\program files (x86)" },
    { "%programfiles%", "\\program files" },
    { "%programw6432%", "\\program files" },
    { "%commonprogramfiles(x86)%", "\\program files (x86)\\common files" },
    { "%commonprogramfiles%", "\\program files\\common files" },
    { "%programdata%", "\\programdata" },
    { "%allusersprofile%", "\\programdata" },
    { "%public%", "\\users\\public" },
    { "%localappdata%", "\\users\\%user%\\appdata\\local" },
    { "%appdata%", "\\users\\%user%\\appdata\\roaming" },
    { "%userprofile%", "\\users\\%user%" },
    { "%temp%", "\\users\\%user%\\appdata\\local\\temp" },
    { "%tmp%", "\\users\\%user%\\appdata\\local\\temp" },
    { "%comspec%", "\\windows\\system32\\cmd.exe" },
    { "%systemdrive%", "" },
    { "%homedrive%", "" },
    { "\\progra~1\\", "\\program files\\" }, // short names, as Windows numbers them at setup
    { "\\progra~2\\", "\\program files (x86)\\" },
    { "\\progra~3\\", "\\programdata\\" },
    { "\\docume~1\\", "\\documents and settings\\" },
} };

std::string_view without_device(std::string_view path)
{
    for (auto const prefix : { "\\??\\", "\\\\?\\", "\\\\.\\", "file:///", "file:_" })
        if (starts_with(path, prefix))
            path.remove_prefix(std::string_view(prefix).size());
    if (starts_with(path, "unc\\"))
        return path.substr(3);
    for (auto const prefix :
        { "\\device\\harddiskvolume", "globalroot\\device\\harddiskvolume", "\\volume{", "volume{" })
        if (starts_with(path, prefix)) {
            auto const end = path.find('\\', std::string_view(prefix).size());
            return end == std::string_view::npos ? std::string_view() : path.substr(end);
        }
    return path;
}

// What MSBuild is given: projects carry code of their own.
constexpr std::array<std::string_view, 6> project_extensions { ".xml", ".csproj", ".vbproj", ".proj", ".targets",
    ".txt" };

constexpr std::array<std::string_view, 16> program_extensions { ".exe", ".dll", ".sys", ".com", ".bat", ".cmd", ".ps1",
    ".vbs", ".vbe", ".js", ".jse", ".wsf", ".hta", ".cpl", ".scr", ".lnk" };

// End of the first known extension that is followed by white space, a comma, a quote or the end.
std::size_t end_of_program(std::string_view lower)
{
    auto best = std::string_view::npos;
    for (auto const extension : program_extensions)
        for (auto at = lower.find(extension); at != std::string_view::npos; at = lower.find(extension, at + 1)) {
            auto const end = at + extension.size();
            if (end == lower.size() || lower[end] == ' ' || lower[end] == '\t' || lower[end] == ','
                || lower[end] == '"') {
                best = std::min(best, end);
                break;
            }
        }
    return best;
}

bool hosts_other_code(std::string_view name)
{
    static constexpr std::array<std::string_view, 15> hosts { "rundll32", "regsvr32", "cmd", "powershell", "pwsh",
        "wscript", "cscript", "mshta", "msiexec", "installutil", "regasm", "regsvcs", "conhost", "forfiles",
        "msbuild" };
    auto const dot = name.rfind('.');
    auto const stem = dot == std::string_view::npos ? name : name.substr(0, dot);
    return std::find(hosts.begin(), hosts.end(), stem) != hosts.end();
}

std::span<std::string_view const> extensions_given_to(std::string_view host)
{
    if (starts_with(host, "msbuild"))
        return project_extensions;
    return program_extensions;
}

// "\0255c8c0f671b09a227d73\mrtstub.exe": where updates of Windows unpack themselves.
bool is_unpacked_update(std::string_view path)
{
    constexpr std::size_t digits_least = 16;
    std::size_t end = 1;
    while (end < path.size() && is_hex(path[end]))
        ++end;
    return path.size() > end && path[end] == '\\' && end > digits_least;
}

// These load what they are given whatever its extension.
bool takes_any_file(std::string_view host, std::string_view arguments)
{
    return starts_with(host, "rundll32") || starts_with(host, "regsvr32")
        || ((starts_with(host, "wscript") || starts_with(host, "cscript"))
            && ascii_lower(arguments).find("//e:") != std::string::npos);
}

bool is_path(std::string_view word)
{
    return word.find('\\') != std::string_view::npos
        && (word.substr(1, 1) == ":" || word.front() == '%' || word.front() == '\\');
}

// The first argument that names a file with one of these extensions; none given: that is a path.
std::string file_argument(std::string_view arguments, std::span<std::string_view const> extensions)
{
    auto const lower = ascii_lower(arguments);
    std::size_t at = 0;
    while (at < lower.size()) {
        bool const is_quoted = lower[at] == '"';
        auto const begin = at + (is_quoted ? 1 : 0);
        auto end = is_quoted ? lower.find('"', begin) : lower.find_first_of(" \t,", begin);
        if (end == std::string::npos)
            end = lower.size();
        auto const word = std::string_view(lower).substr(begin, end - begin);
        auto const bare = word.substr(0, word.find(','));
        if (extensions.empty() && is_path(bare))
            return std::string(bare);
        if (std::any_of(extensions.begin(), extensions.end(), [&](std::string_view extension) {
                return bare.size() > extension.size() && bare.substr(bare.size() - extension.size()) == extension;
            }))
            return std::string(bare);
        at = end + 1;
    }
    return {};
}

}

std::string normalised_path(std::string_view written)
{
    auto text = ascii_lower(trim(written));
    std::replace(text.begin(), text.end(), '/', '\\');
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
        text = text.substr(1, text.size() - 2);
    text = std::string(without_device(text));
    if (text.size() >= 2 && text[1] == ':' && text[0] == 'c')
        text.erase(0, 2);
    for (auto const& beginning : beginnings)
        if (starts_with(text, beginning.from)) {
            text.replace(0, beginning.from.size(), beginning.to);
            break;
        }
    for (auto const relative : { "system32\\", "syswow64\\" }) // as services write it
        if (starts_with(text, relative))
            text.insert(0, "\\windows\\");
    return text;
}

std::string_view extension_of(std::string_view path)
{
    auto const name = file_name_of(path);
    auto const at = name.rfind('.');
    return at == std::string_view::npos ? std::string_view() : name.substr(at + 1);
}

// Where the name of a user ends that begins there: "\users\tanaka\…", "/home/tanaka/…". `at` itself: none does.
static std::size_t end_of_user(std::string_view path, std::size_t at)
{
    auto const before = path.substr(0, at);
    if (!before.ends_with("\\users\\") && !before.ends_with("\\documents and settings\\")
        && !before.ends_with("/home/"))
        return at;
    auto const end = path.find_first_of(before.back() == '/' ? " /\"'|,;:" : "\\/\"|", at);
    return end == std::string_view::npos ? path.size() : end;
}

std::string general_form(std::string_view path)
{
    std::string form;
    std::size_t at = 0;
    while (at < path.size()) {
        if (auto const end = end_of_user(path, at); end != at) {
            auto const user = path.substr(at, end - at);
            form += user == "public" || user == "default" ? std::string(user) : std::string("%user%");
            at = end;
            continue;
        }
        if (starts_with(path.substr(at), "s-1-5-21-")) {
            form += "%sid%";
            while (at < path.size() && (is_digit(path[at]) || path[at] == '-' || path[at] == 's'))
                ++at;
            continue;
        }
        auto end = at;
        std::size_t digits = 0;
        while (end < path.size() && (is_hex(path[end]) || path[end] == '-')) {
            digits += is_digit(path[end]) ? 1U : 0U;
            ++end;
        }
        if (end - at >= 8 && digits >= 2) {
            form += "%hex%";
            at = end;
        } else if (is_digit(path[at])) {
            auto const begin = at;
            while (at < path.size() && (is_digit(path[at]) || path[at] == '.'))
                ++at;
            // "w64time.dll" is not "w32time.dll" of another version.
            auto const number = path.substr(begin, at - begin);
            bool const is_word_size = number == "32" || number == "64" || number == "32." || number == "64.";
            form += is_word_size ? number : std::string_view("#");
        } else {
            form += path[at++];
        }
    }
    return form;
}

CommandParts split_command(std::string_view command)
{
    command = trim(command);
    if (command.empty())
        return {};
    if (command.front() == '"') {
        auto const end = command.find('"', 1);
        if (end == std::string_view::npos)
            return { std::string(command.substr(1)), {} };
        return { std::string(command.substr(1, end - 1)), std::string(trim(command.substr(end + 1))) };
    }
    auto const lower = ascii_lower(command);
    auto end = end_of_program(lower);
    auto const first_space = lower.find_first_of(" \t");
    // "cmd /c C:\x.exe": the first word is the program when it is a host's bare name.
    if (first_space != std::string::npos
        && hosts_other_code(file_name_of(std::string_view(lower).substr(0, first_space))))
        end = first_space;
    if (starts_with(lower, "%comspec%"))
        end = 9;
    if (end == std::string_view::npos)
        end = first_space == std::string::npos ? command.size() : first_space;
    return { std::string(command.substr(0, end)), std::string(trim(command.substr(end))) };
}

std::vector<std::string> files_of_command(std::string_view command)
{
    std::vector<std::string> files;
    auto const parts = split_command(command);
    if (parts.program.empty())
        return files;
    files.push_back(normalised_path(parts.program));
    auto const host = std::string(file_name_of(files.back()));
    if (!hosts_other_code(host))
        return files;
    auto given = file_argument(parts.arguments, extensions_given_to(host));
    if (given.empty() && takes_any_file(host, parts.arguments))
        given = file_argument(parts.arguments, {});
    if (!given.empty() && given.find("://") == std::string::npos) // an address is no file
        files.push_back(normalised_path(given));
    return files;
}

bool is_in_system_folder(std::string_view path)
{
    static constexpr std::array<std::string_view, 9> folders { "\\windows\\system32\\", "\\windows\\syswow64\\",
        "\\windows\\winsxs\\", "\\windows\\servicing\\", "\\windows\\systemapps\\", "\\windows\\microsoft.net\\",
        "\\windows\\immersivecontrolpanel\\", "\\windows\\sysarm32\\", "\\windows\\uus\\" };
    if (folder_of(path) == "\\windows")
        return true;
    return std::any_of(folders.begin(), folders.end(), [&](auto folder) { return starts_with(path, folder); })
        && writable_place(path).empty();
}

bool is_in_program_folder(std::string_view path)
{
    return starts_with(path, "\\program files\\") || starts_with(path, "\\program files (x86)\\")
        || starts_with(path, "\\programdata\\microsoft\\windows defender\\");
}

std::string_view writable_place(std::string_view path)
{
    struct Place {
        std::string_view part, words;
    };
    static constexpr std::array<Place, 42> places { {
        { "\\$recycle.bin\\", "the recycle bin" },
        { "\\recycler\\", "the recycle bin" },
        { "\\windows\\temp\\", "a temporary folder" },
        { "\\appdata\\local\\temp\\", "a temporary folder" },
        { "\\local settings\\temp\\", "a temporary folder" },
        { "\\users\\public\\", "the public profile" },
        { "\\perflogs\\", "the folder of performance logs" },
        { "\\windows\\tasks\\", "a folder of Windows that users can write" },
        { "\\windows\\debug\\", "a folder of Windows that users can write" },
        { "\\windows\\tracing\\", "a folder of Windows that users can write" },
        { "\\windows\\system32\\spool\\drivers\\color\\", "a folder of Windows that users can write" },
        { "\\windows\\system32\\com\\dmp\\", "a folder of Windows that users can write" },
        { "\\windows\\system32\\fxstmp\\", "a folder of Windows that users can write" },
        { "\\windows\\registration\\crmlog\\", "a folder of Windows that users can write" },
        { "\\windows\\media\\", "a folder of Windows that holds no programs" },
        { "\\windows\\web\\", "a folder of Windows that holds no programs" },
        { "\\windows\\cursors\\", "a folder of Windows that holds no programs" },
        { "\\windows\\addins\\", "a folder of Windows that holds no programs" },
        { "\\windows\\vss\\", "a folder of Windows that holds no programs" },
        { "\\windows\\appreadiness\\", "a folder of Windows that holds no programs" },
        { "\\windows\\registration\\", "a folder of Windows that holds no programs" },
        { "\\windows\\migration\\", "a folder of Windows that holds no programs" },
        { "\\windows\\schemas\\", "a folder of Windows that holds no programs" },
        { "\\windows\\branding\\", "a folder of Windows that holds no programs" },
        { "\\windows\\globalization\\", "a folder of Windows that holds no programs" },
        { "\\windows\\performance\\", "a folder of Windows that holds no programs" },
        { "\\windows\\security\\", "a folder of Windows that holds no programs" },
        { "\\windows\\pla\\", "a folder of Windows that holds no programs" },
        { "\\windows\\livekernelreports\\", "a folder of Windows that holds no programs" },
        { "\\windows\\rescache\\", "a folder of Windows that holds no programs" },
        { "\\windows\\minidump\\", "a folder of Windows that holds no programs" },
        { "\\windows\\prefetch\\", "a folder of Windows that holds no programs" },
        { "\\windows\\modemlogs\\", "a folder of Windows that holds no programs" },
        { "\\windows\\tapi\\", "a folder of Windows that holds no programs" },
        { "\\windows\\fonts\\", "the folder of fonts" },
        { "\\windows\\help\\", "the folder of help texts" },
        { "\\system volume information\\", "the folder of restore points" },
        { "\\appdata\\roaming\\", "a user's profile" },
        { "\\appdata\\local\\", "a user's profile" },
        { "\\appdata\\locallow\\", "a user's profile" },
        { "\\users\\", "a user's profile" },
        { "\\documents and settings\\", "a user's profile" },
    } };
    for (auto const& place : places)
        if (contains(path, place.part))
            return place.words;
    if (starts_with(path, "\\temp\\") || starts_with(path, "\\tmp\\") || is_unpacked_update(path))
        return "a temporary folder";
    if (starts_with(path, "\\programdata\\") && !is_in_program_folder(path))
        return "ProgramData";
    if (path.size() > 1 && path.front() == '\\' && path[1] != '\\' && folder_of(path).empty())
        return "the root of the drive";
    return {};
}

}
