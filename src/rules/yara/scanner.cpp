#include "rules/yara/scanner.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "bytes/byte_reader.hpp"
#include "rules/yara/compiled.hpp"
#include <algorithm>
#include <cstring>

namespace konseki::yara {

namespace {

struct Signature {
    std::string_view head, type;
};

// The names that rules compare `filetype` with come from Loki's and THOR's list; only what rules ask for is told apart.
constexpr auto signatures = std::to_array<Signature>({
    { "MZ", "EXE" },
    { "\x7f"
      "ELF",
        "ELF" },
    { "PK\x03\x04", "ZIP" },
    { "Rar!\x1a\x07", "RAR" },
    { "7z\xbc\xaf\x27\x1c", "7Z" },
    { "%PDF", "PDF" },
    { "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE" },
    { "{\\rtf", "RTF" },
    { "GIF8", "GIF" },
    { "\xff\xd8\xff", "JPEG" },
    { "\x89PNG", "PNG" },
    { "MSCF", "CAB" },
    { "\x1f\x8b", "GZIP" },
    { "ElfFile", "EVTX" },
    { "regf", "REG" },
});

RuleHead head_of(YR_RULE const& rule)
{
    RuleHead head;
    head.name = rule.identifier;
    head.file = rule.ns->name;
    char const* tag = nullptr;
    yr_rule_tags_foreach((&rule), tag) head.tags.emplace_back(tag);
    YR_META const* meta = nullptr;
    yr_rule_metas_foreach((&rule), meta)
    {
        if (meta->type == META_TYPE_STRING)
            head.meta.emplace_back(meta->identifier, utf8::repaired(meta->string));
        else if (meta->type == META_TYPE_BOOLEAN)
            head.meta.emplace_back(meta->identifier, meta->integer != 0 ? "true" : "false");
        else
            head.meta.emplace_back(meta->identifier, format("{}", meta->integer));
    }
    return head;
}

std::vector<MatchedString> strings_of(YR_SCAN_CONTEXT const& context, YR_RULE const& rule, std::size_t places_max)
{
    std::vector<MatchedString> strings;
    YR_STRING const* string = nullptr;
    yr_rule_strings_foreach((&rule), string)
    {
        MatchedString matched;
        void const* place = context.matches[string->idx].head;
        while (place != nullptr) {
            // Copied: libyara 4.2.3 packs these behind match data of any length, so they are not aligned.
            YR_MATCH match {};
            std::memcpy(&match, place, sizeof match);
            place = match.next;
            if (match.is_private)
                continue;
            if (++matched.total <= places_max)
                matched.first.push_back({ static_cast<std::uint64_t>(match.base + match.offset),
                    static_cast<std::uint64_t>(std::max(match.match_length, 0)) });
        }
        if (matched.total == 0)
            continue;
        matched.id = string->identifier;
        strings.push_back(std::move(matched));
    }
    return strings;
}

// What the callback knows during one scan.
struct Running {
    MatchReceiver& receiver;
    ScanLimits const& limits;
    std::stop_token const& stop;
    ScanOutcome outcome {};
    bool was_stopped = false;
};

int on_message(YR_SCAN_CONTEXT* context, int message, void* data, void* user_data)
{
    auto& running = *static_cast<Running*>(user_data);
    if (running.stop.stop_requested()) {
        running.was_stopped = true;
        return CALLBACK_ABORT;
    }
    if (message == CALLBACK_MSG_RULE_MATCHING) {
        auto const& rule = *static_cast<YR_RULE const*>(data);
        auto const head = head_of(rule);
        auto const strings = strings_of(*context, rule, running.limits.places_max);
        ++running.outcome.matched_rules;
        running.receiver.on_match({ head, strings });
    } else if (message == CALLBACK_MSG_TOO_MANY_MATCHES) {
        auto const& string = *static_cast<YR_STRING const*>(data);
        auto const& rule = context->rules->rules_table[string.rule_idx];
        running.outcome.crowded.push_back(format("{} {}", rule.identifier, string.identifier));
    }
    return CALLBACK_CONTINUE; // after too many matches: without that string
}

Error error_of(int code, ScanLimits const& limits, std::uint64_t size_bytes)
{
    switch (code) {
    case ERROR_SCAN_TIMEOUT: return { ErrorCode::timeout, "yara.scan", 0, limits.seconds_max, 0, {} };
    case ERROR_INSUFFICIENT_MEMORY: return { ErrorCode::limit, "yara.memory", 0, size_bytes, 0, {} };
    default: return { ErrorCode::internal, "yara.scan", 0, static_cast<std::uint64_t>(code), 0, {} };
    }
}

}

Externals Externals::of(std::string_view name, ByteView bytes)
{
    Externals externals;
    externals.filename = file_name_of(name);
    externals.filepath = folder_of(name);
    auto const point = externals.filename.rfind('.');
    if (point != std::string::npos)
        externals.extension = ascii_lower(std::string_view(externals.filename).substr(point));
    for (auto const& signature : signatures) {
        auto const head = slice(bytes, 0, signature.head.size(), "yara.filetype");
        if (head.ok() && as_text(head.value()) == signature.head) {
            externals.filetype = signature.type;
            break;
        }
    }
    return externals;
}

struct Scanner::State {
    YR_SCANNER* scanner = nullptr;
};

Scanner::Scanner(RuleSet const& rules)
    : m_state(std::make_unique<State>())
{
    auto* const compiled = rules.compiled().rules;
    if (compiled != nullptr)
        VERIFY(::yr_scanner_create(compiled, &m_state->scanner) == ERROR_SUCCESS);
}

Scanner::~Scanner()
{
    if (m_state->scanner != nullptr)
        ::yr_scanner_destroy(m_state->scanner);
}

ScanOutcome Scanner::scan(ByteView bytes, Externals const& externals, MatchReceiver& receiver, ScanLimits const& limits,
    std::stop_token const& stop)
{
    auto* const scanner = m_state->scanner;
    if (scanner == nullptr)
        return {};
    for (auto const& [name, value] :
        { std::pair { "filename", &externals.filename }, std::pair { "filepath", &externals.filepath },
            std::pair { "extension", &externals.extension }, std::pair { "filetype", &externals.filetype } })
        VERIFY(::yr_scanner_define_string_variable(scanner, name, value->c_str()) == ERROR_SUCCESS);
    Running running { receiver, limits, stop };
    ::yr_scanner_set_callback(scanner, on_message, &running);
    ::yr_scanner_set_timeout(scanner, static_cast<int>(std::min<std::uint32_t>(limits.seconds_max, 86'400)));
    // Without libyara's own signal handlers: a map that shrinks ends the worker, and that is a diagnostic.
    ::yr_scanner_set_flags(scanner, SCAN_FLAGS_REPORT_RULES_MATCHING | SCAN_FLAGS_NO_TRYCATCH);
    static constexpr std::uint8_t nothing = 0;
    auto const* const start
        = bytes.empty() ? &nothing : static_cast<std::uint8_t const*>(static_cast<void const*>(bytes.data()));
    auto const code = ::yr_scanner_scan_mem(scanner, start, bytes.size());
    if (running.was_stopped)
        running.outcome.failure = Error { ErrorCode::cancelled, "yara.scan", 0, 0, 0, {} };
    else if (code != ERROR_SUCCESS)
        running.outcome.failure = error_of(code, limits, bytes.size());
    return std::move(running.outcome);
}

std::string excerpt(ByteView bytes, std::size_t bytes_max)
{
    auto const is_cut = bytes.size() > bytes_max;
    auto text = std::string(as_text(bytes).substr(0, bytes_max));
    auto const is_wide = [&] {
        if (text.size() < 4 || text.size() % 2 != 0)
            return false;
        for (std::size_t index = 0; index < text.size(); index += 2)
            if (text[index] < ' ' || text[index] == '\x7f' || text[index + 1] != '\0')
                return false;
        return true;
    };
    if (is_wide()) {
        std::string narrow;
        for (std::size_t index = 0; index < text.size(); index += 2)
            narrow += text[index];
        text = std::move(narrow);
    }
    std::string shown;
    std::size_t position = 0;
    while (position < text.size()) {
        auto const begin = position;
        auto const code_point = utf8::next(text, position);
        auto const is_shown = code_point != utf8::invalid && code_point >= 0x20
            && !(code_point >= 0x7f && code_point < 0xa0) && !(code_point >= 0xd800 && code_point < 0xe000);
        for (auto index = begin; index < position; ++index) {
            if (is_shown)
                shown += text[index];
            else
                append_format(shown, "\\x{:02x}", static_cast<unsigned>(static_cast<unsigned char>(text[index])));
        }
    }
    if (is_cut)
        shown += "…";
    return shown;
}

}
