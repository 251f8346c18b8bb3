#include "collect/packages.hpp"
#include "traces/linux_package/row.hpp"
#include <algorithm>
#include <set>

namespace konseki::collect {

static constexpr std::string_view database = "/var/lib/dpkg";
static constexpr std::uint64_t list_bytes_max = 32U << 20; // one package's .list or .md5sums

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
    std::string stem(dpkg_status::Paragraph const& stanza) const
    {
        auto const qualified = format("{}:{}", stanza.package, stanza.architecture);
        return m_names.contains(qualified + ".list") ? qualified : stanza.package;
    }

    Timestamp installed_at(std::string const& stem) const
    {
        auto const status = m_session.source.status(format("{}/info/{}.list", database, stem), FinalLink::keep);
        return status.ok() ? status.value().modified_at : Timestamp();
    }

    void read_files(dpkg_status::Paragraph const& stanza, std::string const& stem, std::uint32_t package)
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

class Paragraphs {
public:
    explicit Paragraphs(Session& session)
        : m_session(session)
    {
    }

    // Distroless images keep one paragraph per package in a folder of its own.
    std::vector<dpkg_status::Paragraph> read()
    {
        read_file(format("{}/status", database), m_session.options.limits.database_bytes_max);
        auto const folder = format("{}/status.d", database);
        if (auto const names = m_session.source.names_in(folder); names.ok())
            for (auto const& name : names.value())
                if (!name.ends_with(".md5sums"))
                    read_file(format("{}/{}", folder, name), list_bytes_max);
        return std::move(m_found);
    }

private:
    void read_file(std::string const& path, std::uint64_t bytes_max)
    {
        auto const text = m_session.source.read(path, bytes_max);
        if (!text.ok())
            return m_session.notes.add(path, text.error());
        std::uint64_t nameless = 0;
        dpkg_status::read(text.value(), dpkg_status::listing_of(path), [&](dpkg_status::Paragraph const& paragraph) {
            if (paragraph.package.empty())
                ++nameless;
            else
                m_found.push_back(paragraph);
        });
        if (nameless > 0)
            m_session.notes.add("unreadable", path, format("{} paragraphs name no package", nameless));
    }

    Session& m_session;
    std::vector<dpkg_status::Paragraph> m_found;
};

}

Result<void> collect_dpkg(Session& session, PackageIndex& index, StateFile& state)
{
    auto const stanzas = Paragraphs(session).read();
    Reading reading(session, index);
    std::map<std::string, std::uint32_t, std::less<>> packages;
    std::uint64_t done = 0;
    for (auto const& stanza : stanzas) {
        TRY(session.report("packages", done++, stanzas.size(), stanza.package));
        auto const stem = reading.stem(stanza);
        auto const number = index.add_package(stanza.package);
        packages.emplace(stanza.package, number);
        auto row = linux_package::row_of(stanza);
        row.installed_at = reading.installed_at(stem);
        TRY(state.add(linux_package_schema, row));
        if (stanza.state != "not-installed" && stanza.state != "config-files")
            reading.read_files(stanza, stem, number);
    }
    read_diversions(session, index, packages);
    return {};
}

}
