#include "collect/rpm.hpp"
#include "traces/linux_package/row.hpp"
#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace konseki::collect {

namespace {

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

void add_files(Session& session, PackageIndex& index, rpm::Header const& header)
{
    auto const number = index.add_package(header.package().name);
    auto const algorithm = header.package().digest_algorithm;
    header.for_each_file([&](rpm::File const& file) {
        OwnedFile owned;
        owned.package = number;
        owned.is_configuration = (file.flags & rpm::flag_configuration) != 0;
        owned.may_be_absent // flags may have broken off
            = !header.is_complete() || (file.flags & (rpm::flag_missing_ok | rpm::flag_ghost)) != 0;
        auto const is_sha256 = algorithm == 8;
        if (auto const digest = parse_digest(file.digest, is_sha256 ? 32 : 16);
            digest && (is_sha256 || algorithm == 1)) {
            owned.kind = is_sha256 ? DigestKind::sha256 : DigestKind::md5;
            owned.digest = *digest;
        }
        index.add_file(session.source, file.path, owned);
    });
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
    rpm::read_database(database.value(), damage, [&](rpm::Header const& header, TraceOrigin const&) {
        if (!written.ok())
            return;
        written = state.add(linux_package_schema, linux_package::row_of(header.package()));
        if (header.package().name != "gpg-pubkey") // a key in the form of a package
            add_files(session, index, header);
    });
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
