#include "collect/rpm.hpp"
#include "bytes/byte_reader.hpp"
#include "formats/sqlite/sqlite.hpp"
#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace konseki::collect {

namespace {

// [rpm docs/manual/tags.md]
enum Tag : std::uint32_t {
    name = 1000,
    version = 1001,
    release = 1002,
    epoch = 1003,
    install_time = 1008,
    vendor = 1011,
    architecture = 1022,
    file_digests = 1035,
    file_flags = 1037,
    folder_indexes = 1116,
    base_names = 1117,
    folder_names = 1118,
    digest_algorithm = 5011,
};

constexpr std::uint32_t flag_configuration = 1, flag_missing_ok = 8, flag_ghost = 64; // [rpmfiles.h]

class Header {
public:
    // [rpm docs/manual/format_header.md] count of entries, bytes of the store; entries of 16 bytes; the store.
    // Big-endian.
    static std::optional<Header> open(ByteView blob)
    {
        ByteReader reader(blob);
        auto const entries = reader.count(reader.u32_be("rpm.header.entries"), 16, "rpm.header.index");
        auto const store_bytes = reader.u32_be("rpm.header.store_bytes");
        Header header;
        for (std::uint32_t index = 0; index < entries && reader.status().ok(); ++index) {
            auto const tag = reader.u32_be("rpm.entry.tag");
            Entry entry;
            entry.type = reader.u32_be("rpm.entry.type");
            entry.offset = reader.u32_be("rpm.entry.offset");
            entry.count = reader.u32_be("rpm.entry.count");
            header.m_entries.emplace(tag, entry);
        }
        header.m_store = reader.take(store_bytes, "rpm.header.store");
        if (!reader.status().ok())
            return std::nullopt;
        return header;
    }

    // Texts end with zero. A count that cannot be true ends with the store.
    std::vector<std::string_view> texts(Tag tag) const
    {
        std::vector<std::string_view> found;
        auto const entry = m_entries.find(tag);
        if (entry == m_entries.end() || entry->second.offset > m_store.size())
            return found;
        auto left = as_text(m_store).substr(entry->second.offset);
        bool const is_list = entry->second.type == 8 || entry->second.type == 9;
        for (std::uint32_t index = 0; index < (is_list ? entry->second.count : 1) && !left.empty(); ++index) {
            auto const end = left.find('\0');
            found.push_back(left.substr(0, end));
            left = end == std::string_view::npos ? std::string_view() : left.substr(end + 1);
        }
        return found;
    }

    std::vector<std::uint32_t> numbers(Tag tag) const
    {
        std::vector<std::uint32_t> found;
        auto const entry = m_entries.find(tag);
        if (entry == m_entries.end() || entry->second.type != 4 || entry->second.offset > m_store.size())
            return found;
        ByteReader reader(m_store);
        reader.seek(entry->second.offset, "rpm.entry.offset");
        auto const count = reader.count(entry->second.count, 4, "rpm.entry.count");
        for (std::uint32_t index = 0; index < count; ++index)
            found.push_back(reader.u32_be("rpm.entry.value"));
        return reader.status().ok() ? found : std::vector<std::uint32_t>();
    }

    std::string text(Tag tag) const
    {
        auto const found = texts(tag);
        return found.empty() ? std::string() : std::string(found.front());
    }

private:
    struct Entry {
        std::uint32_t type = 0, offset = 0, count = 0;
    };
    std::map<std::uint32_t, Entry> m_entries;
    ByteView m_store;
};

std::optional<std::array<std::byte, 32>> parse_digest(std::string_view hex, std::size_t bytes)
{
    if (hex.size() != bytes * 2)
        return std::nullopt;
    std::array<std::byte, 32> digest {};
    for (std::size_t half = 0; half < bytes; half += 16) {
        auto const part = parse_md5(hex.substr(half * 2, 32));
        if (!part)
            return std::nullopt;
        std::copy(part->begin(), part->end(), digest.begin() + static_cast<std::ptrdiff_t>(half));
    }
    return digest;
}

}

std::optional<RpmPackage> parse_rpm_header(ByteView blob)
{
    auto const header = Header::open(blob);
    if (!header)
        return std::nullopt;
    RpmPackage package;
    package.name = header->text(Tag::name);
    if (package.name.empty())
        return std::nullopt;
    package.version = format("{}-{}", header->text(Tag::version), header->text(Tag::release));
    if (auto const epochs = header->numbers(Tag::epoch); !epochs.empty())
        package.version = format("{}:{}", epochs[0], package.version);
    package.architecture = header->text(Tag::architecture);
    package.vendor = header->text(Tag::vendor);
    if (auto const times = header->numbers(Tag::install_time); !times.empty() && times[0] != 0)
        package.installed_at = Timestamp::from_unix_seconds(times[0]);
    if (auto const algorithm = header->numbers(Tag::digest_algorithm); !algorithm.empty())
        package.digest_algorithm = algorithm[0];
    auto const folders = header->texts(Tag::folder_names);
    auto const names = header->texts(Tag::base_names);
    auto const folder_of_name = header->numbers(Tag::folder_indexes);
    auto const digests = header->texts(Tag::file_digests);
    auto const flags = header->numbers(Tag::file_flags);
    for (std::size_t index = 0; index < names.size() && index < folder_of_name.size(); ++index) {
        if (folder_of_name[index] >= folders.size())
            continue;
        package.files.push_back({ format("{}{}", folders[folder_of_name[index]], names[index]),
            index < digests.size() ? std::string(digests[index]) : std::string(),
            index < flags.size() ? flags[index] : 0 });
    }
    return package;
}

namespace {

// The database may change while it is read, and a map that shrinks kills: a nameless copy is read instead.
Result<os::FileMap> private_copy(Session& session, std::string_view path)
{
    auto const file = TRY(session.source.open_file(path, FinalLink::follow));
    auto const facts = TRY(os::facts_of(file));
    if (facts.size_bytes > session.options.limits.database_bytes_max)
        return Error { ErrorCode::limit, "collect.rpm", 0, facts.size_bytes, session.options.limits.database_bytes_max,
            {} };
    os::Descriptor copy { ::open(session.options.out.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600) };
    if (!copy.is_open())
        copy = os::Descriptor { ::memfd_create("konseki-rpm", MFD_CLOEXEC) };
    if (!copy.is_open())
        return os::error_from_errno(errno, "collect.rpm", {});
    std::vector<std::byte> block(1U << 20);
    std::uint64_t size_bytes = 0;
    while (size_bytes < session.options.limits.database_bytes_max) {
        auto const got = TRY(os::read_at(file.number(), size_bytes, block));
        auto const written = ::pwrite(copy.number(), block.data(), got, static_cast<off_t>(size_bytes));
        if (written < 0 || static_cast<std::size_t>(written) != got)
            return os::error_from_errno(errno, "collect.rpm", {});
        size_bytes += got;
        if (got < block.size())
            break;
    }
    return os::FileMap::map(copy.number(), size_bytes);
}

class CountDamage final : public DiagnosticSink {
public:
    void report(Diagnostic const&) override { ++count; }
    std::uint64_t count = 0;
};

void add_files(Session& session, PackageIndex& index, RpmPackage const& package)
{
    auto const number = index.add_package(package.name);
    for (auto const& file : package.files) {
        OwnedFile owned;
        owned.package = number;
        owned.is_configuration = (file.flags & flag_configuration) != 0;
        owned.may_be_absent = (file.flags & (flag_missing_ok | flag_ghost)) != 0;
        auto const is_sha256 = package.digest_algorithm == 8;
        if (auto const digest = parse_digest(file.digest, is_sha256 ? 32 : 16);
            digest && (is_sha256 || package.digest_algorithm == 1)) {
            owned.kind = is_sha256 ? DigestKind::sha256 : DigestKind::md5;
            owned.digest = *digest;
        }
        index.add_file(session.source, file.path, owned);
    }
}

Result<void> read_database(Session& session, std::string const& path, PackageIndex& index, StateFile& state)
{
    auto const map = private_copy(session, path);
    auto const database
        = map.ok() ? sqlite::Database::open(map.value().bytes()) : Result<sqlite::Database>(map.error());
    if (!database.ok()) {
        session.notes.add(path, database.error());
        return {};
    }
    CountDamage damage;
    Result<void> written;
    for (auto const& table : database.value().tables(damage)) {
        if (table.name != "Packages")
            continue;
        database.value().read(table, damage, [&](sqlite::Row const& row) {
            auto const package = row.values.size() < 2 ? std::nullopt : parse_rpm_header(row.values[1].bytes);
            if (!package || !written.ok()) {
                damage.count += package ? 0U : 1U;
                return;
            }
            LinuxPackageRow line;
            line.manager = "rpm";
            line.name = if_any(package->name);
            line.package_version = if_any(package->version);
            line.architecture = if_any(package->architecture);
            line.status = "installed";
            line.maintainer = if_any(package->vendor);
            line.installed_at = package->installed_at;
            written = state.add(linux_package_schema, line);
            if (package->name != "gpg-pubkey") // a key in the form of a package
                add_files(session, index, *package);
        });
    }
    if (damage.count > 0)
        session.notes.add("unreadable", path, format("{} damaged places in the database of rpm", damage.count));
    if (auto const log = session.source.status(path + "-wal", FinalLink::follow);
        log.ok() && log.value().size_bytes > 0)
        session.notes.add("changed_while_read", path, "changes that still lie in its write-ahead log are not seen");
    return written;
}

}

Result<void> collect_rpm(Session& session, PackageIndex& index, StateFile& state)
{
    for (auto const* folder : { "/var/lib/rpm", "/usr/lib/sysimage/rpm" }) {
        auto const start = session.source.resolved(folder);
        if (!start.ok() || (start.value() != folder && std::string_view(folder) == "/var/lib/rpm"))
            continue; // a link to the other place
        auto const path = format("{}/rpmdb.sqlite", folder);
        if (session.source.status(path, FinalLink::follow).ok())
            TRY(read_database(session, path, index, state));
        for (auto const* older : { "Packages", "Packages.db" })
            if (session.source.status(format("{}/{}", folder, older), FinalLink::follow).ok())
                session.notes.add("missing_tool", format("{}/{}", folder, older),
                    "this older database of rpm is not read: files are not compared with it");
    }
    return {};
}

}
