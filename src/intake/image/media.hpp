// Disk images as one run of bytes: raw, EWF (E01), QCOW2, VHD, VHDX, VMDK, and parts of them. Runs in a worker.
// Not volumes or files: volumes.hpp. The containers are read by libyal's libraries over the bytes that the worker has.
#pragma once
#include "base/byte_view.hpp"
#include "base/result.hpp"
#include "record/artefact_parser.hpp"
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace konseki::intake {

class Media {
public:
    virtual ~Media() = default;
    virtual std::uint64_t size_bytes() const = 0;
    // Fills the target; fewer bytes only at the end or where the image is damaged.
    virtual std::size_t read(std::uint64_t offset, std::span<std::byte> target) = 0;
};

// What the bytes are, by magic: "ewf", "qcow2", "vhdx", "vhd", "vmdk", "raw" (a partition table or a file system that
// we know), empty for anything else. `tail`: the last 512 bytes (fixed VHDs end with their header).
std::string_view image_kind(ByteView head, ByteView tail);

// The bytes must outlive the media. `segments`: the further files of the image in order (raw, EWF), or the extents that
// a VMDK's descriptor names; `name` is that of the first file.
Result<std::unique_ptr<Media>> open_media(
    std::string_view kind, ByteView bytes, std::string_view name = {}, std::span<Companion const> segments = {});

class PartOfMedia final : public Media {
public:
    PartOfMedia(Media& whole, std::uint64_t offset, std::uint64_t size_bytes)
        : m_whole(whole)
        , m_offset(offset)
        , m_size(size_bytes)
    {
    }
    std::uint64_t size_bytes() const override { return m_size; }
    std::size_t read(std::uint64_t offset, std::span<std::byte> target) override
    {
        if (offset >= m_size)
            return 0;
        auto const size = std::min<std::uint64_t>(target.size(), m_size - offset);
        return m_whole.read(m_offset + offset, target.first(static_cast<std::size_t>(size)));
    }

private:
    Media& m_whole;
    std::uint64_t m_offset, m_size;
};

}
