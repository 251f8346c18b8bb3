// Files of an NTFS volume by our own reading of the MFT: for volumes that libtsk refuses (clusters of more than 64
// KiB). Not a full driver: compressed and encrypted streams and attribute lists are told, not followed.
#pragma once
#include "formats/mft/mft.hpp"
#include "intake/image/media.hpp"
#include <functional>

namespace konseki::intake {

struct NtfsLayout {
    std::uint64_t cluster_bytes = 0, mft_cluster = 0;
    std::uint32_t record_bytes = 0;
};
std::optional<NtfsLayout> ntfs_layout(ByteView boot_sector); // nothing where its numbers make no sense

struct NtfsFile {
    std::string path; // '/' between, without the volume
    Timestamp modified_at;
    std::uint64_t size_bytes = 0;
    std::string problem; // why its content cannot be given; empty: it can
};

class NtfsVolume {
public:
    // Reads the MFT into memory and learns the paths, telling what is damaged; fails where there is no MFT.
    static Result<NtfsVolume> open(Media& media, std::uint64_t mft_bytes_max, DiagnosticSink& diagnostics);
    ByteView mft() const { return m_mft; }
    // Every file in use. `wants` decides; `begin` and `bytes` get the content of those that are wanted.
    struct Receiver {
        std::function<bool(NtfsFile const&)> wants;
        std::function<Result<void>(NtfsFile const&)> begin;
        std::function<Result<void>(ByteView)> bytes;
        std::function<Result<void>()> end;
    };
    Result<void> read_files(Receiver const& receiver) const;

private:
    Result<void> read_stream(mft::Stream const& stream, Receiver const& receiver) const;
    Media* m_media = nullptr;
    NtfsLayout m_layout;
    std::vector<std::byte> m_mft;
    mft::Paths m_paths { 0 };
};

}
