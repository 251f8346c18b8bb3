#include "traces/linux_account/parser.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "formats/text_lines/text_lines.hpp"
#include "traces/linux_account/row.hpp"
#include <algorithm>
#include <array>

namespace konseki::linux_account {

namespace {

// /etc/passwd, its backup /etc/passwd- and Debian's copy /var/backups/passwd.bak: the suffix tells the set.
std::optional<std::string_view> suffix_of(std::string_view name)
{
    auto const file = file_name_of(name);
    auto const folder = file_name_of(folder_of(name));
    for (std::string_view const suffix : { "", "-", ".bak" }) {
        auto const is_file = file.starts_with("passwd") && file.substr(6) == suffix;
        if (is_file && (folder == "etc" || (folder == "backups" && suffix == ".bak")))
            return suffix;
    }
    return std::nullopt;
}

// [passwd(5)] name:password:UID:GID:GECOS:directory:shell; the last three may be missing to glibc
bool is_passwd_line(std::string_view line)
{
    return std::ranges::count(line, ':') >= 3;
}

Sniff sniff(ByteView head, std::string_view name)
{
    if (!suffix_of(name))
        return Sniff::no;
    auto const file = as_text(head);
    std::uint64_t position = 0;
    while (auto const line = text_lines::next(file, position, file.size())) {
        if (!passwd::is_comment(line->text))
            return is_passwd_line(line->text) ? Sniff::sure : Sniff::no;
    }
    return Sniff::no;
}

std::vector<std::string> companion_names(std::string_view name)
{
    std::vector<std::string> names;
    if (auto const suffix = suffix_of(name)) {
        for (std::string_view const one : { "shadow", "group", "gshadow" })
            names.push_back(format("{}{}", one, *suffix));
    }
    return names;
}

passwd::Beside read_companions(EvidenceView const& evidence)
{
    passwd::Beside beside;
    for (auto const& companion : evidence.companions) {
        auto const text = as_text(companion.bytes);
        if (companion.name.starts_with("shadow"))
            beside.read_shadow(text);
        else if (companion.name.starts_with("group"))
            beside.read_group(text);
        else
            beside.read_gshadow(text);
    }
    return beside;
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    auto const beside = read_companions(evidence);
    auto const path = evidence.name.starts_with('/')
        ? std::string(evidence.name)
        : format("/{}/{}", file_name_of(folder_of(evidence.name)), file_name_of(evidence.name));
    text_lines::for_each(evidence, context, [&](text_lines::Line const& line) {
        if (passwd::is_comment(line.text))
            return;
        auto const account = passwd::parse_line(line.text, beside);
        if (account.ok()) {
            context.traces.emit(linux_account_schema, line.origin(), row_of(account.value(), path));
            return;
        }
        auto error = account.error();
        error.offset = line.offset;
        context.diagnostics.report({ error, error.code == ErrorCode::unsupported ? 0 : line.text.size() });
    });
}

std::optional<std::string> render(
    EvidenceView const& evidence, TraceOrigin const& origin, Dictionary const&, std::string_view)
{
    return text_lines::line_at(evidence, origin.offset);
}

constexpr std::array<Schema const*, 1> schemas { &linux_account_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "linux_account",
    .title = "Linux accounts (passwd, shadow, group)",
    .version = 2,
    .reads_path = true,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
    .companion_names = companion_names,
    .render = render,
};

}
