#include "intake/image/ntfs.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>
#include <cstring>

namespace konseki::intake {

namespace {

constexpr std::size_t block_bytes = 256ULL * 1'024;
constexpr std::uint64_t cluster_bytes_max = 2ULL << 20; // the largest that Windows formats

template <typename T> T value_at(ByteView bytes, std::size_t offset)
{
    T value {};
    std::memcpy(&value, bytes.data() + offset, sizeof(T));
    return value;
}

// Hands the stream's bytes over in order, holes as zeros, up to its size.
Result<void> read_runs(Media& media, std::uint64_t cluster_bytes, std::vector<mft::Run> const& runs, std::uint64_t size,
    std::function<Result<void>(ByteView)> const& give)
{
    std::vector<std::byte> block(block_bytes);
    for (auto const& run : runs) {
        std::uint64_t bytes_of_run = 0;
        if (__builtin_mul_overflow(run.clusters, cluster_bytes, &bytes_of_run))
            bytes_of_run = size;
        for (std::uint64_t done = 0; done < bytes_of_run && size > 0;) {
            auto const wanted
                = static_cast<std::size_t>(std::min<std::uint64_t>({ block.size(), bytes_of_run - done, size }));
            auto const target = std::span(block).first(wanted);
            std::size_t got = 0;
            if (run.first_cluster && *run.first_cluster < media.size_bytes() / cluster_bytes + 1)
                got = media.read(*run.first_cluster * cluster_bytes + done, target);
            std::fill(target.begin() + static_cast<std::ptrdiff_t>(got), target.end(), std::byte {});
            TRY(give(target));
            done += wanted;
            size -= wanted;
        }
    }
    return {};
}

mft::Stream const* main_stream(mft::Record const& record)
{
    auto const place = std::find_if(
        record.streams.begin(), record.streams.end(), [](auto const& stream) { return stream.name.empty(); });
    return place == record.streams.end() ? nullptr : &*place;
}

class AddPaths final : public mft::Visitor {
public:
    explicit AddPaths(mft::Paths& paths)
        : m_paths(paths)
    {
    }
    void on_record(mft::Record const& record) override { m_paths.add(record); }

private:
    mft::Paths& m_paths;
};

class ForEach final : public mft::Visitor {
public:
    explicit ForEach(std::function<void(mft::Record const&)> visit)
        : m_visit(std::move(visit))
    {
    }
    void on_record(mft::Record const& record) override { m_visit(record); }

private:
    std::function<void(mft::Record const&)> m_visit;
};

class Ignore final : public DiagnosticSink {
    void report(Diagnostic const&) override { }
};

}

std::optional<NtfsLayout> ntfs_layout(ByteView boot)
{
    if (boot.size() < 512 || as_text(boot).substr(3, 8) != "NTFS    ")
        return {};
    std::uint64_t const sector = value_at<std::uint16_t>(boot, 11);
    auto const sectors = value_at<std::uint8_t>(boot, 13);
    // Up to 128 sectors stand as they are, more as the negative exponent of two.
    auto const per_cluster = sectors <= 0x80 ? std::uint64_t { sectors } : std::uint64_t { 1 } << (256U - sectors);
    auto const record = value_at<std::int8_t>(boot, 64);
    NtfsLayout layout;
    if (sector < 256 || sector > 4'096 || (sector & (sector - 1)) != 0 || sectors == 0
        || (sectors > 0x80 && sectors < 0xe1))
        return {};
    layout.cluster_bytes = sector * per_cluster;
    layout.mft_cluster = value_at<std::uint64_t>(boot, 48);
    layout.record_bytes = record < 0
        ? (record > -31 ? 1U << static_cast<unsigned>(-record) : 0U)
        : static_cast<std::uint32_t>(static_cast<std::uint64_t>(record) * layout.cluster_bytes);
    if (layout.cluster_bytes > cluster_bytes_max || layout.record_bytes < 512 || layout.record_bytes > 65'536)
        return {};
    return layout;
}

Result<NtfsVolume> NtfsVolume::open(Media& media, std::uint64_t mft_bytes_max, DiagnosticSink& diagnostics)
{
    std::array<std::byte, 512> boot {};
    media.read(0, boot);
    auto const layout = ntfs_layout(boot);
    if (!layout)
        return Error { ErrorCode::bad_value, "ntfs.boot_sector", 0, 0, media.size_bytes(), {} };
    std::vector<std::byte> first(layout->record_bytes);
    auto const place = layout->mft_cluster * layout->cluster_bytes;
    if (media.read(place, first) < first.size())
        return Error { ErrorCode::truncated, "ntfs.mft", place, first.size(), media.size_bytes(), {} };
    mft::RecordReader reader;
    Ignore ignore;
    TRY(reader.read(first, 0, 0, ignore));
    auto const* const stream = main_stream(reader.record());
    if (stream == nullptr || stream->is_resident)
        return Error { ErrorCode::bad_value, "ntfs.mft", place, 0, 0, "its own record has no clusters" };
    NtfsVolume volume;
    volume.m_media = &media;
    volume.m_layout = *layout;
    auto const size = std::min({ stream->size_bytes, mft_bytes_max, media.size_bytes() });
    TRY(read_runs(media, layout->cluster_bytes, mft::decode_runs(stream->run_list), size, [&](ByteView bytes) {
        volume.m_mft.insert(volume.m_mft.end(), bytes.begin(), bytes.end());
        return Result<void>();
    }));
    volume.m_paths = mft::Paths(volume.m_mft.size() / layout->record_bytes);
    AddPaths add(volume.m_paths);
    mft::read(volume.m_mft, { 0, volume.m_mft.size() }, diagnostics, add);
    return volume;
}

Result<void> NtfsVolume::read_stream(mft::Stream const& stream, Receiver const& receiver) const
{
    if (stream.is_resident)
        return receiver.bytes(stream.content);
    return read_runs(
        *m_media, m_layout.cluster_bytes, mft::decode_runs(stream.run_list), stream.size_bytes, receiver.bytes);
}

Result<void> NtfsVolume::read_files(Receiver const& receiver) const
{
    Result<void> result;
    Ignore ignore; // open() told what is damaged
    ForEach each([&](mft::Record const& record) {
        auto const* const name = record.best_name();
        auto const* const stream = main_stream(record);
        if (!result.ok() || !record.is_in_use() || record.is_directory() || record.is_extension() || name == nullptr
            || stream == nullptr)
            return;
        NtfsFile file;
        file.path = m_paths.path_of(record, *name);
        std::replace(file.path.begin(), file.path.end(), '\\', '/');
        file.path.erase(0, file.path.find_first_not_of('/'));
        file.modified_at = record.standard ? record.standard->times.modified_at : Timestamp {};
        file.size_bytes = stream->size_bytes;
        if (stream->is_compressed || stream->is_encrypted)
            file.problem = stream->is_encrypted ? "encrypted by the file system" : "compressed by the file system";
        else if (record.has_attribute_list && !stream->is_resident)
            file.problem = "its clusters stand in several records";
        if (!receiver.wants(file))
            return;
        auto const give = [&]() -> Result<void> {
            TRY(receiver.begin(file));
            TRY(read_stream(*stream, receiver));
            return receiver.end();
        };
        result = give();
    });
    mft::read(m_mft, { 0, m_mft.size() }, ignore, each);
    return result;
}

}
