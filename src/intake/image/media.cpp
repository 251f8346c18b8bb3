// The headers hide the functions that take an I/O handle unless the library says that it was built with libbfio;
// Debian's are, without saying so.
#define LIBQCOW_HAVE_BFIO
#define LIBVHDI_HAVE_BFIO
#define LIBEWF_HAVE_BFIO
#include "intake/image/media.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "intake/image/libyal_io.hpp"
#include <algorithm>
#include <cstring>
#include <libewf.h>
#include <libqcow.h>
#include <libvhdi.h>
#include <libvmdk.h>

namespace konseki::intake {

namespace {

constexpr std::string_view ewf_magic { "EVF\x09\x0d\x0a\xff\x00", 8 };
constexpr std::string_view qcow_magic { "QFI\xfb", 4 };

class BytesAsMedia final : public Media {
public:
    explicit BytesAsMedia(ByteView bytes)
        : m_bytes(bytes)
    {
    }
    std::uint64_t size_bytes() const override { return m_bytes.size(); }
    std::size_t read(std::uint64_t offset, std::span<std::byte> target) override
    {
        if (offset >= m_bytes.size())
            return 0;
        auto const size = std::min<std::uint64_t>(target.size(), m_bytes.size() - offset);
        std::memcpy(target.data(), m_bytes.data() + offset, static_cast<std::size_t>(size));
        return static_cast<std::size_t>(size);
    }

private:
    ByteView m_bytes;
};

// Files of a divided raw image as one.
class FilesAsMedia final : public Media {
public:
    FilesAsMedia(ByteView first, std::span<Companion const> segments)
        : m_parts { first }
    {
        for (auto const& segment : segments)
            m_parts.push_back(segment.bytes);
        for (auto const& part : m_parts)
            m_size += part.size();
    }
    std::uint64_t size_bytes() const override { return m_size; }
    std::size_t read(std::uint64_t offset, std::span<std::byte> target) override
    {
        std::size_t done = 0;
        for (auto const& part : m_parts) {
            if (offset >= part.size()) {
                offset -= part.size();
                continue;
            }
            auto const size
                = static_cast<std::size_t>(std::min<std::uint64_t>(target.size() - done, part.size() - offset));
            std::memcpy(target.data() + done, part.data() + offset, size);
            done += size;
            offset = 0;
            if (done == target.size())
                break;
        }
        return done;
    }

private:
    std::vector<ByteView> m_parts;
    std::uint64_t m_size = 0;
};

// The files of one image, each with a handle that a library of libyal reads it through.
struct Files {
    Companion first {};
    std::span<Companion const> segments {};
    std::vector<std::unique_ptr<BytesAsMedia>> media {}; // of the segments; outlive the handles
    std::string missing {}; // an extent that is not there

    libbfio_handle_t* handle_of(ByteView bytes)
    {
        media.push_back(std::make_unique<BytesAsMedia>(bytes));
        return make_io_handle(*media.back());
    }
};

// What the four libraries share, spelled differently: a handle that opens over an I/O handle and reads at an offset.
struct Qcow {
    using Handle = libqcow_file_t;
    using Problem = libqcow_error_t;
    static constexpr auto make = libqcow_file_initialize;
    static constexpr auto release = libqcow_file_free;
    static constexpr auto size = libqcow_file_get_media_size;
    static constexpr auto read = libqcow_file_read_buffer_at_offset;
    static constexpr auto print = libqcow_error_backtrace_sprint;
    static constexpr auto forget = libqcow_error_free;
    static int open(Handle* handle, libbfio_handle_t*& io, libbfio_pool_t*&, Files&, Problem** problem)
    {
        return libqcow_file_open_file_io_handle(handle, io, LIBQCOW_OPEN_READ, problem);
    }
};

struct Vhd {
    using Handle = libvhdi_file_t;
    using Problem = libvhdi_error_t;
    static constexpr auto make = libvhdi_file_initialize;
    static constexpr auto release = libvhdi_file_free;
    static constexpr auto size = libvhdi_file_get_media_size;
    static constexpr auto read = libvhdi_file_read_buffer_at_offset;
    static constexpr auto print = libvhdi_error_backtrace_sprint;
    static constexpr auto forget = libvhdi_error_free;
    static int open(Handle* handle, libbfio_handle_t*& io, libbfio_pool_t*&, Files&, Problem** problem)
    {
        return libvhdi_file_open_file_io_handle(handle, io, LIBVHDI_OPEN_READ, problem);
    }
};

// The pool's from then on.
bool append_to(libbfio_pool_t* pool, libbfio_handle_t* handle)
{
    int entry = 0;
    if (handle != nullptr && libbfio_pool_append_handle(pool, &entry, handle, LIBBFIO_OPEN_READ, nullptr) == 1)
        return true;
    if (handle != nullptr)
        libbfio_handle_free(&handle, nullptr);
    return false;
}

struct Ewf {
    using Handle = libewf_handle_t;
    using Problem = libewf_error_t;
    static constexpr auto make = libewf_handle_initialize;
    static constexpr auto release = libewf_handle_free;
    static constexpr auto size = libewf_handle_get_media_size;
    static constexpr auto print = libewf_error_backtrace_sprint;
    static constexpr auto forget = libewf_error_free;
    static ssize_t read(Handle* handle, void* buffer, std::size_t size_bytes, off64_t offset, Problem** problem)
    {
        return libewf_handle_read_random(handle, buffer, size_bytes, offset, problem);
    }
    static int open(Handle* handle, libbfio_handle_t*& io, libbfio_pool_t*& pool, Files& files, Problem** problem)
    {
        int entry = 0;
        if (libbfio_pool_initialize(&pool, 0, LIBBFIO_POOL_UNLIMITED_NUMBER_OF_OPEN_HANDLES, nullptr) != 1
            || libbfio_pool_append_handle(pool, &entry, io, LIBBFIO_OPEN_READ, nullptr) != 1)
            return -1;
        io = nullptr; // the pool's now
        for (auto const& segment : files.segments)
            if (!append_to(pool, files.handle_of(segment.bytes)))
                return -1;
        return libewf_handle_open_file_io_pool(handle, pool, LIBEWF_OPEN_READ, problem);
    }
};

// One file that describes itself, or a descriptor and the extents that it names.
struct Vmdk {
    using Handle = libvmdk_handle_t;
    using Problem = libvmdk_error_t;
    static constexpr auto make = libvmdk_handle_initialize;
    static constexpr auto release = libvmdk_handle_free;
    static constexpr auto size = libvmdk_handle_get_media_size;
    static constexpr auto read = libvmdk_handle_read_buffer_at_offset;
    static constexpr auto print = libvmdk_error_backtrace_sprint;
    static constexpr auto forget = libvmdk_error_free;
    static int open(Handle* handle, libbfio_handle_t*& io, libbfio_pool_t*& pool, Files& files, Problem** problem)
    {
        int extents = 0;
        if (libvmdk_handle_open_file_io_handle(handle, io, LIBVMDK_OPEN_READ, problem) != 1
            || libvmdk_handle_get_number_of_extents(handle, &extents, problem) != 1
            || libbfio_pool_initialize(&pool, 0, LIBBFIO_POOL_UNLIMITED_NUMBER_OF_OPEN_HANDLES, nullptr) != 1)
            return -1;
        for (int index = 0; index < extents; ++index) {
            auto const name = extent_name(handle, index);
            auto const bytes = bytes_of(name, extents, files);
            if (!bytes) {
                files.missing = name;
                return -1;
            }
            if (!append_to(pool, files.handle_of(*bytes)))
                return -1;
        }
        return libvmdk_handle_open_extent_data_files_file_io_pool(handle, pool, problem);
    }

private:
    static std::string extent_name(Handle* handle, int index)
    {
        libvmdk_extent_descriptor_t* extent = nullptr;
        std::size_t bytes = 0;
        std::string name;
        if (libvmdk_handle_get_extent_descriptor(handle, index, &extent, nullptr) != 1)
            return name;
        if (libvmdk_extent_descriptor_get_utf8_filename_size(extent, &bytes, nullptr) == 1 && bytes > 0
            && bytes < 4'096) {
            std::vector<std::uint8_t> text(bytes);
            if (libvmdk_extent_descriptor_get_utf8_filename(extent, text.data(), bytes, nullptr) == 1)
                name.assign(text.begin(), text.end() - 1);
        }
        libvmdk_extent_descriptor_free(&extent, nullptr);
        return std::string(file_name_of(name));
    }

    // A single sparse file names itself, and keeps its old name when it is renamed.
    static std::optional<ByteView> bytes_of(std::string_view name, int extents, Files const& files)
    {
        for (auto const& segment : files.segments)
            if (equals_ignoring_case(file_name_of(segment.name), name))
                return segment.bytes;
        bool const is_sparse = as_text(files.first.bytes).starts_with("KDMV");
        return is_sparse && extents == 1 ? std::optional<ByteView> { files.first.bytes } : std::nullopt;
    }
};

template <typename Library> class LibraryMedia final : public Media {
public:
    static Result<std::unique_ptr<Media>> open(
        std::string_view kind, Companion const& first, std::span<Companion const> segments)
    {
        auto media = std::make_unique<LibraryMedia>(first.bytes);
        media->m_files.first = first;
        media->m_files.segments = segments;
        typename Library::Problem* problem = nullptr;
        media->m_io = make_io_handle(media->m_bytes);
        if (media->m_io == nullptr || Library::make(&media->m_handle, &problem) != 1
            || Library::open(media->m_handle, media->m_io, media->m_pool, media->m_files, &problem) != 1
            || Library::size(media->m_handle, &media->m_size, &problem) != 1) {
            if (!media->m_files.missing.empty())
                return Error { ErrorCode::not_found, "image.extent", 0, 0, 0,
                    format("the image's part {} is not there", media->m_files.missing) };
            return libyal_error<typename Library::Problem>(kind, problem, Library::print, Library::forget);
        }
        return std::unique_ptr<Media>(std::move(media));
    }

    explicit LibraryMedia(ByteView bytes)
        : m_bytes(bytes)
    {
    }
    ~LibraryMedia() override
    {
        if (m_handle != nullptr)
            Library::release(&m_handle, nullptr);
        if (m_pool != nullptr)
            libbfio_pool_free(&m_pool, nullptr); // with the handles in it
        if (m_io != nullptr)
            libbfio_handle_free(&m_io, nullptr);
    }
    LibraryMedia(LibraryMedia const&) = delete;
    LibraryMedia& operator=(LibraryMedia const&) = delete;

    std::uint64_t size_bytes() const override { return m_size; }
    std::size_t read(std::uint64_t offset, std::span<std::byte> target) override
    {
        std::size_t done = 0;
        while (done < target.size() && offset + done < m_size) {
            auto const size = std::min<std::uint64_t>(target.size() - done, m_size - offset - done);
            auto const got = Library::read(m_handle, target.data() + done, static_cast<std::size_t>(size),
                static_cast<off64_t>(offset + done), nullptr);
            if (got <= 0)
                break;
            done += static_cast<std::size_t>(got);
        }
        return done;
    }

private:
    BytesAsMedia m_bytes;
    Files m_files;
    libbfio_handle_t* m_io = nullptr;
    libbfio_pool_t* m_pool = nullptr; // E01 and VMDK take their parts from one
    typename Library::Handle* m_handle = nullptr;
    size64_t m_size = 0;
};

bool begins_with(ByteView bytes, std::string_view magic)
{
    return as_text(bytes).substr(0, magic.size()) == magic;
}

bool has_at(ByteView bytes, std::size_t offset, std::string_view magic)
{
    return bytes.size() >= offset + magic.size() && as_text(bytes).substr(offset, magic.size()) == magic;
}

// A boot sector with a partition table whose entries make sense, a GPT, or the head of a file system.
bool is_raw_disk(ByteView head)
{
    if (has_at(head, 3, "NTFS    ") || has_at(head, 512, "EFI PART") || has_at(head, 0x36, "FAT1")
        || has_at(head, 0x52, "FAT32"))
        return true;
    if (has_at(head, 0x438, "\x53\xef") && head.size() > 0x460
        && as_text(head).substr(0x468, 16).find_first_not_of('\0') != std::string_view::npos)
        return true; // ext2-4
    if (!has_at(head, 510, "\x55\xaa"))
        return false;
    std::size_t used = 0;
    for (std::size_t entry = 446; entry < 510; entry += 16) {
        auto const status = std::to_integer<unsigned>(head[entry]);
        auto const type = std::to_integer<unsigned>(head[entry + 4]);
        if (status != 0 && status != 0x80)
            return false;
        used += type != 0 ? 1U : 0U;
    }
    return used > 0;
}

}

std::string_view image_kind(ByteView head, ByteView tail)
{
    if (begins_with(head, ewf_magic))
        return "ewf";
    if (begins_with(head, qcow_magic))
        return "qcow2";
    if (begins_with(head, "vhdxfile"))
        return "vhdx";
    if (begins_with(head, "KDMV") || begins_with(head, "# Disk DescriptorFile"))
        return "vmdk";
    if (begins_with(head, "conectix") || begins_with(tail, "conectix"))
        return "vhd";
    return head.size() >= 512 && is_raw_disk(head) ? "raw" : std::string_view();
}

Result<std::unique_ptr<Media>> open_media(
    std::string_view kind, ByteView bytes, std::string_view name, std::span<Companion const> segments)
{
    Companion const first { name, bytes };
    if (kind == "ewf")
        return LibraryMedia<Ewf>::open("image.ewf", first, segments);
    if (kind == "qcow2")
        return LibraryMedia<Qcow>::open("image.qcow2", first, segments);
    if (kind == "vhdx" || kind == "vhd")
        return LibraryMedia<Vhd>::open("image.vhd", first, segments);
    if (kind == "vmdk")
        return LibraryMedia<Vmdk>::open("image.vmdk", first, segments);
    if (!segments.empty())
        return std::unique_ptr<Media>(std::make_unique<FilesAsMedia>(bytes, segments));
    return std::unique_ptr<Media>(std::make_unique<BytesAsMedia>(bytes));
}

}
