#include "collect/packages.hpp"
#include <algorithm>
#include <set>

namespace konseki::collect {

static constexpr std::string_view database = "/var/lib/dpkg";
static constexpr std::uint64_t list_bytes_max = 32U << 20; // one package's .list or .md5sums

static void read_configuration_line(std::string_view line, DpkgStanza& stanza)
{
    auto const words = split(trim(line), ' ');
    if (words.size() >= 2 && words[0].starts_with('/'))
        stanza.configuration.emplace_back(words[0], words[1]);
}

static void read_field(std::string_view line, DpkgStanza& stanza, bool& in_configuration)
{
    auto const colon = line.find(':');
    if (colon == std::string_view::npos)
        return;
    auto const name = line.substr(0, colon);
    auto const value = trim(line.substr(colon + 1));
    in_configuration = name == "Conffiles";
    if (name == "Package")
        stanza.package = value;
    else if (name == "Status")
        stanza.status = value;
    else if (name == "Version")
        stanza.version = value;
    else if (name == "Architecture")
        stanza.architecture = value;
    else if (name == "Maintainer")
        stanza.maintainer = value;
}

std::vector<DpkgStanza> parse_dpkg_status(std::string_view text)
{
    std::vector<DpkgStanza> stanzas;
    DpkgStanza current;
    bool in_configuration = false;
    auto const finish = [&] {
        if (!current.package.empty())
            stanzas.push_back(std::move(current));
        current = {};
        in_configuration = false;
    };
    while (!text.empty()) {
        auto const end = text.find('\n');
        auto const line = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        if (line.empty())
            finish();
        else if (line.front() == ' ' && in_configuration)
            read_configuration_line(line, current);
        else if (line.front() != ' ' && line.front() != '\t')
            read_field(line, current, in_configuration);
    }
    finish();
    return stanzas;
}

namespace {

class Reading {
public:
    Reading(Session& session, PackageIndex& index)
        : m_session(session)
        , m_index(index)
    {
        auto names = session.source.names_in(format("{}/info", database));
        if (names.ok())
            m_names.insert(names.value().begin(), names.value().end());
    }

    // Of packages that may be installed for several architectures at once the file is named "libc6:amd64.list".
    std::string stem(DpkgStanza const& stanza) const
    {
        auto const qualified = format("{}:{}", stanza.package, stanza.architecture);
        return m_names.contains(qualified + ".list") ? qualified : stanza.package;
    }

    Timestamp installed_at(std::string const& stem) const
    {
        auto const status = m_session.source.status(format("{}/info/{}.list", database, stem), FinalLink::keep);
        return status.ok() ? status.value().modified_at : Timestamp();
    }

    void read_files(DpkgStanza const& stanza, std::string const& stem, std::uint32_t package)
    {
        std::map<std::string, Md5, std::less<>> configuration;
        for (auto const& [path, digest] : stanza.configuration)
            if (auto const md5 = parse_md5(digest))
                configuration.emplace(path, *md5);
        auto const digests = read(stem + ".md5sums");
        auto const sums = parse_sums(digests);
        auto const list = read(stem + ".list");
        for (auto const path : split(list, '\n')) {
            OwnedFile file;
            file.package = package;
            if (auto const found = sums.find(path); found != sums.end())
                set(file, found->second);
            if (auto const found = configuration.find(path); found != configuration.end()) {
                set(file, found->second);
                file.is_configuration = true;
            }
            m_index.add_file(m_session.source, path, file);
        }
    }

private:
    static void set(OwnedFile& file, Md5 const& digest)
    {
        file.kind = DigestKind::md5;
        std::copy(digest.begin(), digest.end(), file.digest.begin());
    }

    std::string read(std::string const& name)
    {
        if (!m_names.contains(name))
            return {};
        auto const path = format("{}/info/{}", database, name);
        auto text = m_session.source.read(path, list_bytes_max);
        if (text.ok())
            return std::move(text).value();
        m_session.notes.add(path, text.error());
        return {};
    }

    // "d41d8cd98f00b204e9800998ecf8427e  usr/bin/x": without the first slash.
    static std::map<std::string, Md5, std::less<>> parse_sums(std::string_view text)
    {
        std::map<std::string, Md5, std::less<>> sums;
        for (auto const line : split(text, '\n')) {
            auto const digest = line.size() > 34 ? parse_md5(line.substr(0, 32)) : std::nullopt;
            if (digest)
                sums.emplace("/" + std::string(line.substr(34)), *digest);
        }
        return sums;
    }

    Session& m_session;
    PackageIndex& m_index;
    std::set<std::string, std::less<>> m_names;
};

// Third word of "install ok installed".
std::string_view state_of(std::string_view status)
{
    auto const words = split(status, ' ');
    return words.size() < 3 ? status : words[2];
}

void read_diversions(
    Session& session, PackageIndex& index, std::map<std::string, std::uint32_t, std::less<>> const& packages)
{
    auto const text = session.source.read(format("{}/diversions", database), list_bytes_max);
    if (!text.ok())
        return;
    auto const lines = split(text.value(), '\n');
    for (std::size_t at = 0; at + 2 < lines.size(); at += 3) {
        auto const by = packages.find(lines[at + 2]);
        index.divert(session.source, lines[at], lines[at + 1],
            by == packages.end() ? std::nullopt : std::optional(by->second)); // ":" is the administrator
    }
}

// Distroless images keep one stanza per package in a folder of its own.
std::string read_status(Session& session)
{
    auto text = session.source.read(format("{}/status", database), session.options.limits.database_bytes_max);
    if (!text.ok()) {
        session.notes.add(format("{}/status", database), text.error());
        text = std::string();
    }
    auto whole = std::move(text).value();
    auto const folder = format("{}/status.d", database);
    if (auto const names = session.source.names_in(folder); names.ok())
        for (auto const& name : names.value())
            if (auto const more = session.source.read(format("{}/{}", folder, name), list_bytes_max);
                more.ok() && !name.ends_with(".md5sums"))
                whole += "\n" + more.value() + "\n";
    return whole;
}

}

Result<void> collect_dpkg(Session& session, PackageIndex& index, StateFile& state)
{
    auto const stanzas = parse_dpkg_status(read_status(session));
    Reading reading(session, index);
    std::map<std::string, std::uint32_t, std::less<>> packages;
    std::uint64_t done = 0;
    for (auto const& stanza : stanzas) {
        TRY(session.report("packages", done++, stanzas.size(), stanza.package));
        auto const stem = reading.stem(stanza);
        auto const status = state_of(stanza.status);
        auto const number = index.add_package(stanza.package);
        packages.emplace(stanza.package, number);
        LinuxPackageRow row;
        row.manager = "dpkg";
        row.name = if_any(stanza.package);
        row.package_version = if_any(stanza.version);
        row.architecture = if_any(stanza.architecture);
        row.status = status;
        row.maintainer = if_any(stanza.maintainer);
        row.installed_at = reading.installed_at(stem);
        TRY(state.add(linux_package_schema, row));
        if (status != "not-installed" && status != "config-files")
            reading.read_files(stanza, stem, number);
    }
    read_diversions(session, index, packages);
    return {};
}

}
