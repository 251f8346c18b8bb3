// Lists of files: hashes, setuid and setgid, capabilities, attributes, and what package managers say of them.
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "traces/linux_uac/readers.hpp"
#include <map>
#include <set>

namespace konseki::linux_uac {

namespace {

struct Hashed {
    std::string_view path, hash;
};

// "HASH  /path" of GNU, "SHA1 (/path) = HASH" of BSD, "SHA1(/path)= HASH" of openssl
std::optional<Hashed> hash_in(std::string_view line)
{
    Hashed found;
    if (auto const equals = line.rfind(")= "), bsd = line.rfind(") = ");
        equals != std::string_view::npos || bsd != std::string_view::npos) {
        auto const close = bsd != std::string_view::npos ? bsd : equals;
        auto const open = line.find('(');
        if (open == std::string_view::npos || open > close)
            return std::nullopt;
        found = { line.substr(open + 1, close - open - 1), trim(line.substr(line.find('=', close) + 1)) };
    } else {
        auto rest = line;
        found.hash = text_lines::take_word(rest);
        found.path = rest.starts_with('*') ? rest.substr(1) : rest; // "*": binary mode
    }
    auto const is_hash = found.hash.size() == 32 || found.hash.size() == 40 || found.hash.size() == 64;
    auto const is_digits = found.hash.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
    return is_hash && is_digits && found.path.starts_with('/') ? std::optional(found) : std::nullopt;
}

void report_line(text_lines::Line const& line, std::string_view what, ParseContext& context)
{
    context.diagnostics.report({ { ErrorCode::bad_value, what, line.offset, 0, 0, {} }, line.text.size() });
}

struct Hashes {
    std::string_view sha256, sha1, md5;
};

void add_hashes(std::string_view text, std::map<std::string_view, Hashes>& by_path)
{
    for_each_line(text, [&](text_lines::Line const& line) {
        if (auto const found = hash_in(line.text)) {
            auto& hashes = by_path[found->path];
            (found->hash.size() == 64          ? hashes.sha256
                    : found->hash.size() == 40 ? hashes.sha1
                                               : hashes.md5)
                = found->hash;
        }
    });
}

}

// The same files stand in a list per algorithm: the strongest list there is gives the rows, with all hashes.
void read_hashes(EvidenceView const& evidence, ParseContext& context)
{
    auto const own = file_name_of(evidence.name);
    auto const stem = own.substr(0, own.rfind('.'));
    std::map<std::string_view, Hashes> stronger, weaker;
    bool is_stronger = true;
    for (auto const suffix : hash_suffixes) {
        if (own.ends_with(suffix))
            is_stronger = false;
        else
            add_hashes(companion_text(evidence, format("{}{}", stem, suffix)), is_stronger ? stronger : weaker);
    }
    std::map<std::string_view, bool> seen;
    text_lines::for_each(evidence, context, [&](text_lines::Line const& line) {
        auto const found = hash_in(line.text);
        if (!found) {
            if (!trim(line.text).empty())
                report_line(line, "uac.hash", context);
            return;
        }
        if (stronger.contains(found->path) || std::exchange(seen[found->path], true))
            return; // UAC lists a file once per permission that it looked for
        auto const path = utf8::repaired(found->path);
        LinuxFileRow row;
        row.path = path;
        row.type = "regular";
        if (auto const other = weaker.find(found->path); other != weaker.end()) {
            row.sha1 = other->second.sha1;
            row.md5 = other->second.md5;
        }
        (found->hash.size() == 64 ? row.sha256 : found->hash.size() == 40 ? row.sha1 : row.md5) = found->hash;
        context.traces.emit(linux_file_schema, line.origin(), row);
    });
}

void read_setuid(EvidenceView const& evidence, ParseContext& context)
{
    auto const is_setgid = file_name_of(evidence.name).starts_with("sgid");
    text_lines::for_each(evidence, context, [&](text_lines::Line const& line) {
        if (!line.text.starts_with('/'))
            return;
        auto const path = utf8::repaired(line.text);
        LinuxFileRow row;
        row.path = path;
        row.type = "regular";
        row.mode = is_setgid ? 02000U : 04000U; // of its other bits the list says nothing
        context.traces.emit(linux_file_schema, line.origin(), row);
    });
}

// "/usr/bin/ping cap_net_raw=ep", before libcap 2.41 "/usr/bin/ping = cap_net_raw+ep"
void read_capabilities(EvidenceView const& evidence, ParseContext& context)
{
    text_lines::for_each(evidence, context, [&](text_lines::Line const& line) {
        auto text = utf8::repaired(trim(line.text));
        auto const blank = text.rfind(' ');
        if (!text.starts_with('/') || blank == std::string::npos)
            return;
        auto capabilities = text.substr(blank + 1);
        auto path = std::string_view(text).substr(0, blank);
        if (path.ends_with(" =")) {
            path.remove_suffix(2);
            if (auto const plus = capabilities.find('+'); plus != std::string::npos)
                capabilities[plus] = '=';
        }
        LinuxFileRow row;
        row.path = path;
        row.capabilities = std::string_view(capabilities);
        context.traces.emit(linux_file_schema, line.origin(), row);
    });
}

// [lsattr(1)] "----i---------e------- /etc/passwd"
void read_attributes(EvidenceView const& evidence, ParseContext& context)
{
    text_lines::for_each(evidence, context, [&](text_lines::Line const& line) {
        auto rest = line.text;
        auto const flags = text_lines::take_word(rest);
        if (!rest.starts_with('/') || flags.empty())
            return;
        std::string letters;
        for (auto const letter : { 'i', 'a' }) {
            if (flags.find(letter) != std::string_view::npos)
                letters += letter;
        }
        auto const path = utf8::repaired(rest);
        LinuxFileRow row;
        row.path = path;
        row.attributes = letters.empty() ? Symbol {} : Symbol(std::string_view(letters));
        context.traces.emit(linux_file_schema, line.origin(), row);
    });
}

// [rpm(8), dpkg(1)] "S.5....T.  c /etc/x", "??5?????? c /etc/x", "missing   c /etc/x": the third sign is the digest's.
void read_verification(EvidenceView const& evidence, ParseContext& context)
{
    text_lines::for_each(evidence, context, [&](text_lines::Line const& line) {
        auto const slash = line.text.find(" /");
        auto rest = line.text.substr(0, slash);
        auto const signs = text_lines::take_word(rest);
        auto const kind = text_lines::take_word(rest); // c configuration, d documentation, g ghost …
        auto const is_missing = signs == "missing";
        if (slash == std::string_view::npos || (!is_missing && signs.size() < 8))
            return;
        if (!is_missing && signs[2] != '5')
            return; // another owner, mode or time: the content is the package's
        auto path = utf8::repaired(line.text.substr(slash + 1));
        if (auto const remark = path.rfind(" ("); is_missing && path.ends_with(')') && remark != std::string::npos)
            path.resize(remark); // "missing  /x (Permission denied)"
        LinuxFileRow row;
        row.path = path;
        row.package_state = is_missing ? "missing" : kind == "c" ? "configuration" : "changed";
        context.traces.emit(linux_file_schema, line.origin(), row);
    });
}

namespace {

constexpr std::string_view unowned_dpkg = "dpkg-query: no path found matching pattern ",
                           unowned_rpm = " is not owned by any package", diversion = "diversion by ";

// /bin/ls and /usr/bin/ls are one file where /bin is a link to usr/bin, and dpkg knows it by one of the names only.
std::string other_name(std::string_view path)
{
    return path.starts_with("/usr/") ? std::string(path.substr(4)) : format("/usr{}", path);
}

std::set<std::string_view> owned_paths(std::string_view text)
{
    std::set<std::string_view> paths;
    for_each_line(text, [&](text_lines::Line const& line) {
        if (auto const colon = line.text.find(": /"); colon != std::string_view::npos
            && !line.text.starts_with(diversion) && line.text.find(unowned_rpm) == std::string_view::npos)
            paths.insert(line.text.substr(colon + 2));
    });
    return paths;
}

}

// "bash: /bin/bash", "dpkg-query: no path found matching pattern /x"; "bash-5.1-6.el9.x86_64: /bin/bash",
// "file /x is not owned by any package: /x"
void read_owners(EvidenceView const& evidence, ParseContext& context)
{
    auto const owned = owned_paths(as_text(evidence.bytes));
    text_lines::for_each(evidence, context, [&](text_lines::Line const& line) {
        auto const colon = line.text.find(": /");
        LinuxFileRow row;
        std::string path, package;
        if (line.text.starts_with(unowned_dpkg)) {
            path = utf8::repaired(line.text.substr(unowned_dpkg.size()));
            row.package_state = "unowned";
        } else if (auto const mark = line.text.find(unowned_rpm); mark != std::string_view::npos) {
            path = utf8::repaired(line.text.substr(5, mark > 5 ? mark - 5 : 0));
            row.package_state = "unowned";
        } else if (colon != std::string_view::npos && !line.text.starts_with(diversion)) {
            path = utf8::repaired(line.text.substr(colon + 2));
            package = utf8::repaired(line.text.substr(0, std::min(line.text.find(", "), colon)));
            row.package_state = "unchecked";
        }
        auto const is_unowned = row.package_state.text == "unowned";
        if (!path.starts_with('/') || (is_unowned && owned.contains(other_name(path))))
            return;
        row.path = path;
        row.package = package.empty() ? Symbol {} : Symbol(std::string_view(package));
        context.traces.emit(linux_file_schema, line.origin(), row);
    });
}

}
