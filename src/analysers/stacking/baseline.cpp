#include "analysers/stacking/baseline.hpp"
#include "base/text.hpp"
#include "store/query.hpp"
#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <zstd.h>

namespace konseki::stacking {

namespace {

constexpr std::string_view magic = "konseki-baseline";
constexpr std::string_view no_kind = "-"; // keys that are the same for all kinds

Error damaged(std::string_view what, std::uint64_t offset, std::string detail = {})
{
    return { ErrorCode::bad_value, what, offset, 0, 0, std::move(detail) };
}

std::string escaped(std::string_view text)
{
    std::string line;
    for (char const c : text)
        if (c == '\\')
            line += "\\\\";
        else if (c == '\t')
            line += "\\t";
        else if (c == '\n')
            line += "\\n";
        else
            line += c;
    return line;
}

std::string unescaped(std::string_view line)
{
    std::string text;
    for (std::size_t at = 0; at < line.size(); ++at)
        if (line[at] != '\\' || at + 1 == line.size()) {
            text += line[at];
        } else {
            ++at;
            text += line[at] == 't' ? '\t' : line[at] == 'n' ? '\n' : line[at];
        }
    return text;
}

std::optional<std::size_t> stratum_named(std::string_view name)
{
    auto const all = strata();
    auto const found = std::find_if(all.begin(), all.end(), [&](Stratum const& one) { return one.name == name; });
    if (found == all.end())
        return {};
    return static_cast<std::size_t>(found - all.begin());
}

std::optional<Granularity> granularity_named(std::string_view name)
{
    for (auto const& facts : granularities())
        if (facts.name == name)
            return facts.granularity;
    return {};
}

std::optional<std::uint32_t> count_of(std::string_view text)
{
    auto const number = parse_uint(text);
    if (!number || *number > std::numeric_limits<std::uint32_t>::max())
        return {};
    return static_cast<std::uint32_t>(*number);
}

// Lines of a zstd file, without the whole of it in memory.
class Lines {
public:
    explicit Lines(ByteView file)
        : m_stream(ZSTD_createDStream(), ZSTD_freeDStream)
        , m_input { file.data(), file.size(), 0 }
        , m_buffer(ZSTD_DStreamOutSize())
    {
    }

    // The next line without its end; nothing: there is none.
    Result<std::optional<std::string_view>> next()
    {
        while (true) {
            if (auto const end = m_text.find('\n', m_searched); end != std::string::npos) {
                auto const line = std::string_view(m_text).substr(m_begin, end - m_begin);
                m_begin = m_searched = end + 1;
                return std::optional(line);
            }
            m_text.erase(0, m_begin);
            m_begin = 0;
            m_searched = m_text.size();
            if (m_text.size() > baseline_line_bytes_max)
                return Error { ErrorCode::limit, "baseline.line", m_unpacked, m_text.size(), baseline_line_bytes_max,
                    {} };
            if (!TRY(unpack()))
                return end_of_file();
        }
    }

private:
    Result<std::optional<std::string_view>> end_of_file()
    {
        if (!m_text.empty())
            return damaged("baseline.line", m_unpacked, "the file ends within a line");
        return std::optional<std::string_view> {};
    }

    Result<bool> unpack()
    {
        if (m_stream == nullptr)
            return Error { ErrorCode::internal, "baseline.zstd", 0, 0, 0, {} };
        ZSTD_outBuffer output { m_buffer.data(), m_buffer.size(), 0 };
        while (output.pos == 0) {
            if (m_input.pos == m_input.size && m_is_between_frames)
                return false;
            auto const before = m_input.pos;
            auto const wanted = ZSTD_decompressStream(m_stream.get(), &output, &m_input);
            if (ZSTD_isError(wanted) != 0)
                return damaged("baseline.zstd", m_input.pos, ZSTD_getErrorName(wanted));
            m_is_between_frames = wanted == 0;
            if (output.pos == 0 && m_input.pos == before && !m_is_between_frames)
                return Error { ErrorCode::truncated, "baseline.zstd", m_input.pos, wanted, 0, {} };
        }
        m_unpacked += output.pos;
        if (m_unpacked > baseline_text_bytes_max)
            return Error { ErrorCode::limit, "baseline.unpacked", m_input.pos, m_unpacked, baseline_text_bytes_max,
                {} };
        m_text.append(m_buffer.data(), output.pos);
        return true;
    }

    std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> m_stream;
    ZSTD_inBuffer m_input;
    std::vector<char> m_buffer;
    std::string m_text {};
    std::size_t m_begin = 0, m_searched = 0; // of the line in m_text, and where its end is not before
    std::uint64_t m_unpacked = 0;
    bool m_is_between_frames = true;
};

void add(std::uint32_t& target, std::uint32_t hosts)
{
    target += std::min(hosts, std::numeric_limits<std::uint32_t>::max() - target);
}

// "hosts STRATUM COUNT", "able STRATUM KIND COUNT", "key STRATUM KIND GRANULARITY COUNT KEY"; others are of later
// versions.
Result<void> read_line(std::string_view line, std::uint64_t number, Baseline& target)
{
    auto const fields = split(line, '\t');
    auto const is
        = [&](std::string_view word, std::size_t count) { return fields[0] == word && fields.size() == count; };
    if (is("hosts", 3)) {
        auto const count = count_of(fields[2]);
        if (!count)
            return damaged("baseline.hosts", number, std::string(fields[2]));
        target.hosts += *count;
    } else if (is("able", 4)) {
        auto const stratum = stratum_named(fields[1]);
        auto const kind = host_state::kind_of_name(fields[2]);
        auto const count = count_of(fields[3]);
        if (!count)
            return damaged("baseline.able", number, std::string(fields[3]));
        if (stratum && kind)
            add(target.able[*stratum].at(static_cast<std::size_t>(*kind)), *count);
    } else if (is("key", 6)) {
        auto const stratum = stratum_named(fields[1]);
        auto const kind = fields[2] == no_kind ? host_state::ItemKind {} : host_state::kind_of_name(fields[2]);
        auto const granularity = granularity_named(fields[3]);
        auto const count = count_of(fields[4]);
        if (!count || *count == 0)
            return damaged("baseline.key", number, std::string(fields[4]));
        if (!stratum || !kind || !granularity)
            return {};
        target.counts.add(in_stratum(key_hash(*granularity, *kind, unescaped(fields[5])), *stratum), *count);
        ++target.keys;
    }
    return {};
}

}

Result<void> read_baseline(ByteView file, Baseline& target)
{
    Lines lines(file);
    auto const first = TRY(lines.next());
    if (!first || split(*first, '\t').front() != magic)
        return Error { ErrorCode::bad_magic, "baseline.magic", 0, 0, 0, "this is no baseline of Konseki" };
    auto const fields = split(*first, '\t');
    if (fields.size() < 2 || fields[1] != format("{}", baseline_version))
        return Error { ErrorCode::unsupported, "baseline.version", 0, baseline_version, 0,
            std::string(fields.size() < 2 ? "" : fields[1]) };
    for (std::uint64_t number = 2;; ++number) {
        auto const line = TRY(lines.next());
        if (!line)
            return {};
        TRY(read_line(*line, number, target));
    }
}

namespace {

// Which hosts, and the stratum of each, as a table that SQL can join: machine(host, stratum).
struct Chosen {
    std::string with {};
    std::vector<store::Parameter> parameters {};
    Fleet fleet {};
};

Chosen choose(Fleet const& fleet, std::span<std::string const> names)
{
    Chosen chosen;
    for (auto const& host : fleet.hosts) {
        auto const is_named = std::any_of(names.begin(), names.end(),
            [&](std::string const& name) { return store::host_key(name) == store::host_key(host.name); });
        if (!names.empty() && !is_named)
            continue;
        append_format(chosen.with, "{}(?::VARCHAR, ?::UBIGINT)", chosen.with.empty() ? "" : ", ");
        chosen.parameters.emplace_back(host.name);
        chosen.parameters.emplace_back(std::uint64_t { host.stratum });
        chosen.fleet.hosts.push_back(host);
    }
    chosen.with = format("WITH machine(host, stratum) AS (VALUES {}) ", chosen.with);
    count_able(chosen.fleet);
    return chosen;
}

std::string heading(Chosen const& chosen)
{
    auto text = format("{}\t{}\n", magic, baseline_version);
    for (std::size_t stratum = 0; stratum < strata().size(); ++stratum) {
        auto const& hosts = chosen.fleet.hosts;
        auto const count
            = std::count_if(hosts.begin(), hosts.end(), [&](FleetHost const& host) { return host.stratum == stratum; });
        if (count > 0)
            append_format(text, "hosts\t{}\t{}\n", strata()[stratum].name, count);
        for (std::size_t kind = 0; kind < kinds_max; ++kind)
            if (auto const able = chosen.fleet.able[stratum].at(kind); able > 0)
                append_format(text, "able\t{}\t{}\t{}\n", strata()[stratum].name,
                    kind_name(static_cast<host_state::ItemKind>(kind)), able);
    }
    return text;
}

class Packer {
public:
    Packer()
        : m_stream(ZSTD_createCStream(), ZSTD_freeCStream)
        , m_buffer(ZSTD_CStreamOutSize())
    {
        constexpr int level = 9;
        if (m_stream != nullptr)
            ZSTD_initCStream(m_stream.get(), level);
    }
    Result<void> add(std::string_view text) { return pack(text, ZSTD_e_continue); }
    Result<std::string> finish()
    {
        TRY(pack({}, ZSTD_e_end));
        return std::move(m_file);
    }

private:
    Result<void> pack(std::string_view text, ZSTD_EndDirective directive)
    {
        if (m_stream == nullptr)
            return Error { ErrorCode::internal, "baseline.zstd", 0, 0, 0, {} };
        ZSTD_inBuffer input { text.data(), text.size(), 0 };
        while (true) {
            ZSTD_outBuffer output { m_buffer.data(), m_buffer.size(), 0 };
            auto const left = ZSTD_compressStream2(m_stream.get(), &output, &input, directive);
            if (ZSTD_isError(left) != 0)
                return Error { ErrorCode::internal, "baseline.zstd", 0, 0, 0, ZSTD_getErrorName(left) };
            m_file.append(m_buffer.data(), output.pos);
            if (directive == ZSTD_e_end ? left == 0 : input.pos == input.size)
                return {};
        }
    }

    std::unique_ptr<ZSTD_CStream, std::size_t (*)(ZSTD_CStream*)> m_stream;
    std::vector<char> m_buffer;
    std::string m_file {};
};

Result<void> add_keys(store::Case const& source, Chosen const& chosen, GranularityFacts const& facts, Packer& packer,
    std::stop_token const& stop)
{
    bool const is_of_any_kind = counts_over_kinds(facts.granularity);
    auto rows = TRY(source.query(
        format("{}SELECT m.stratum, {}, s.{}, count(DISTINCT s.host) FROM host_state s JOIN machine m ON m.host = "
               "s.host WHERE s.{} IS NOT NULL AND s.{} <> '' GROUP BY ALL ORDER BY ALL",
            chosen.with, is_of_any_kind ? "'-' AS kind" : "s.kind", facts.column, facts.column, facts.column),
        chosen.parameters, stop));
    std::string text;
    while (rows.next()) {
        append_format(text, "key\t{}\t{}\t{}\t{}\t{}\n", strata()[rows.unsigned_integer(0)].name, rows.text(1),
            facts.name, rows.unsigned_integer(3), escaped(rows.text(2)));
        constexpr std::size_t enough = 1U << 20;
        if (text.size() > enough) {
            TRY(packer.add(text));
            text.clear();
        }
    }
    TRY(rows.status());
    return packer.add(text);
}

// Files whose bytes are those of their package: known on every host that has the package.
Result<void> add_packages(store::Case const& source, Chosen const& chosen, Packer& packer, std::stop_token const& stop)
{
    if (!source.has_schema("linux.file"))
        return {};
    auto rows = TRY(source.query(
        format("{}, verified AS (SELECT regexp_extract(f.path, '[^/]*$') || '|sha256:' || lower(f.sha256) AS key, "
               "e.host, m.stratum FROM linux_file f JOIN evidence e ON coalesce(e.duplicate_of, e.number) = f.evidence "
               "JOIN machine m ON m.host "
               "= e.host WHERE f.package_state = 'same' AND f.sha256 IS NOT NULL) SELECT stratum, key, count(DISTINCT "
               "host) FROM verified v WHERE NOT EXISTS (SELECT 1 FROM host_state s JOIN machine n ON n.host = s.host "
               "WHERE s.content_key = v.key AND n.stratum = v.stratum) GROUP BY ALL ORDER BY ALL",
            chosen.with),
        chosen.parameters, stop));
    std::string text;
    while (rows.next())
        append_format(text, "key\t{}\t{}\tcontent\t{}\t{}\n", strata()[rows.unsigned_integer(0)].name, no_kind,
            rows.unsigned_integer(2), escaped(rows.text(1)));
    TRY(rows.status());
    return packer.add(text);
}

}

Result<std::string> make_baseline(
    store::Case const& source, std::span<std::string const> hosts, std::stop_token const& stop)
{
    auto const chosen = choose(TRY(read_fleet(source, stop)), hosts);
    if (chosen.fleet.hosts.empty())
        return Error { ErrorCode::not_found, "baseline.hosts", 0, 0, 0,
            hosts.empty() ? "the case holds no state of any host" : "the case holds no state of these hosts" };
    Packer packer;
    TRY(packer.add(heading(chosen)));
    for (auto const& facts : granularities())
        TRY(add_keys(source, chosen, facts, packer, stop));
    TRY(add_packages(source, chosen, packer, stop));
    return packer.finish();
}

}
