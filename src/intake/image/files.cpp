#include "intake/image/files.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "intake/image/libyal_io.hpp"
#include "intake/image/ntfs.hpp"
#include "intake/image/segments.hpp"
#include <algorithm>
#include <vector>
#include <libvshadow.h>
#include <tsk/libtsk.h>

namespace konseki::intake {

namespace {

constexpr std::size_t sector_bytes = 512;
constexpr std::size_t block_bytes = 256ULL * 1'024; // read at a time
constexpr TSK_PNUM_T partitions_max = 128; // GPT's own limit

// [TSK] an image of our own kind: its first member is what the library knows.
class TskImage {
public:
    explicit TskImage(Media& media)
        : m_media(&media)
    {
        tsk_img_open_external(this, static_cast<TSK_OFF_T>(media.size_bytes()), sector_bytes, read, close, describe);
    }
    ~TskImage() { tsk_img_close(&m_info); }
    TskImage(TskImage const&) = delete;
    TskImage& operator=(TskImage const&) = delete;
    TSK_IMG_INFO* info() { return &m_info; }

private:
    static ssize_t read(TSK_IMG_INFO* image, TSK_OFF_T offset, char* buffer, std::size_t size)
    {
        if (offset < 0)
            return -1;
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the library knows its first member
        auto& self = *reinterpret_cast<TskImage*>(image);
        return static_cast<ssize_t>(
            self.m_media->read(static_cast<std::uint64_t>(offset), std::as_writable_bytes(std::span { buffer, size })));
    }
    static void close(TSK_IMG_INFO*) { }
    static void describe(TSK_IMG_INFO*, FILE*) { }

    TSK_IMG_INFO m_info {};
    Media* m_media;
};

struct CloseVolumes {
    void operator()(TSK_VS_INFO* value) const { tsk_vs_close(value); }
};
struct CloseFiles {
    void operator()(TSK_FS_INFO* value) const { tsk_fs_close(value); }
};
struct CloseFile {
    void operator()(TSK_FS_FILE* value) const { tsk_fs_file_close(value); }
};
using FileSystem = std::unique_ptr<TSK_FS_INFO, CloseFiles>;

struct Totals {
    std::uint64_t left_bytes = 0; // of the budget
    std::uint64_t files_kept = 0, files_left = 0, bytes_left_inside = 0;
    bool is_exhausted = false;
};

struct Volume {
    std::string prefix; // "C", "VSS1/C", "[root]"
    bool takes_all = false;
};

class FilesOfVolume {
public:
    FilesOfVolume(TSK_FS_INFO* files, Volume volume, Totals& totals, Limits const& limits, DiagnosticSink& diagnostics,
        MemberSink& members)
        : m_files(files)
        , m_volume(std::move(volume))
        , m_totals(totals)
        , m_limits(limits)
        , m_diagnostics(diagnostics)
        , m_members(members)
    {
    }

    Result<void> run()
    {
        if (is_ntfs()) {
            TRY(take_system_file("/$MFT", TSK_FS_ATTR_TYPE_NTFS_DATA, {}, "$MFT"));
            TRY(take_system_file("/$Extend/$UsnJrnl", TSK_FS_ATTR_TYPE_NTFS_DATA, "$J", "$Extend/$J"));
            TRY(take_system_file("/$Secure", TSK_FS_ATTR_TYPE_NTFS_DATA, "$SDS", "$Secure_$SDS"));
        }
        auto const flags
            = static_cast<TSK_FS_DIR_WALK_FLAG_ENUM>(TSK_FS_DIR_WALK_FLAG_ALLOC | TSK_FS_DIR_WALK_FLAG_RECURSE);
        tsk_error_reset();
        if (tsk_fs_dir_walk(m_files, m_files->root_inum, flags, visit, this) != 0 && !m_failure)
            report(
                "image.directories", tsk_error_get() != nullptr ? tsk_error_get() : "the folders cannot be walked", 0);
        if (m_failure)
            return *m_failure;
        return {};
    }

private:
    bool is_ntfs() const { return TSK_FS_TYPE_ISNTFS(m_files->ftype); }

    void report(std::string_view what, std::string detail, std::uint64_t lost)
    {
        m_diagnostics.report({ { ErrorCode::bad_value, what, static_cast<std::uint64_t>(m_files->offset), 0, 0,
                                   format("{}: {}", m_volume.prefix, detail) },
            lost });
    }

    static TSK_WALK_RET_ENUM visit(TSK_FS_FILE* file, char const* path, void* self)
    {
        return static_cast<FilesOfVolume*>(self)->consider(file, path) ? TSK_WALK_CONT : TSK_WALK_STOP;
    }

    bool consider(TSK_FS_FILE* file, char const* folder)
    {
        if (file->name == nullptr || file->name->name == nullptr || file->meta == nullptr
            || file->meta->type != TSK_FS_META_TYPE_REG)
            return true;
        std::string const name = file->name->name;
        std::string const path = format("{}{}", folder, name);
        // NTFS' own files were taken by name; orphans are rows of the MFT.
        if (path.empty() || path.front() == '$' || path.find("$OrphanFiles") != std::string::npos)
            if (ascii_lower(path).rfind("$recycle.bin/", 0) != 0)
                return true;
        auto const size = static_cast<std::uint64_t>(std::max<TSK_OFF_T>(file->meta->size, 0));
        if (is_shadow_storage(path)) // its content is what the shadow copies are made of
            return true;
        if (!m_volume.takes_all && !is_artefact_path(ascii_lower(path))) {
            ++m_totals.files_left;
            m_totals.bytes_left_inside += size;
            return true;
        }
        auto const* const attribute = tsk_fs_file_attr_get(file);
        if (attribute == nullptr)
            return true; // no content
        auto taken = take(file, attribute, path, 0);
        if (!taken.ok())
            m_failure = taken.error();
        return taken.ok();
    }

    static bool is_shadow_storage(std::string_view path)
    {
        return path.find("System Volume Information/") != std::string_view::npos
            && path.find("{3808876b-c176-4e48-b7ae-04046e6cc752}") != std::string_view::npos;
    }

    // Where the first byte lies that is on the disk: the journal's beginning is a hole of many gigabytes.
    static TSK_OFF_T first_stored(TSK_FS_INFO const* files, TSK_FS_ATTR const* attribute)
    {
        if ((attribute->flags & TSK_FS_ATTR_NONRES) == 0)
            return 0;
        for (auto const* run = attribute->nrd.run; run != nullptr; run = run->next)
            if ((run->flags & TSK_FS_ATTR_RUN_FLAG_SPARSE) == 0 && (run->flags & TSK_FS_ATTR_RUN_FLAG_FILLER) == 0)
                return static_cast<TSK_OFF_T>(run->offset) * static_cast<TSK_OFF_T>(files->block_size);
        return attribute->size;
    }

    Result<void> take_system_file(
        char const* path, TSK_FS_ATTR_TYPE_ENUM type, std::string_view stream, std::string_view as)
    {
        tsk_error_reset();
        std::unique_ptr<TSK_FS_FILE, CloseFile> const file(tsk_fs_file_open(m_files, nullptr, path));
        if (!file || file->meta == nullptr)
            return {}; // not every volume has a journal
        auto const count = tsk_fs_file_attr_getsize(file.get());
        for (int number = 0; number < count; ++number) {
            auto const* const attribute = tsk_fs_file_attr_get_idx(file.get(), number);
            if (attribute == nullptr || attribute->type != type)
                continue;
            auto const name = std::string_view(attribute->name != nullptr ? attribute->name : "");
            if (stream.empty() ? (!name.empty() && name != "$Data") : name != stream)
                continue;
            return take(file.get(), attribute, std::string(as), first_stored(m_files, attribute));
        }
        return {};
    }

    Result<void> take(TSK_FS_FILE* file, TSK_FS_ATTR const* attribute, std::string const& path, TSK_OFF_T from)
    {
        Member member;
        member.path = utf8::repaired(format("{}/{}", m_volume.prefix, path));
        if (member.path.size() > m_limits.path_bytes_max || is_path_trick(member.path)) {
            report("image.path", format("{} is no path to keep", path.substr(0, 200)), 0);
            return {};
        }
        member.modified_at = Timestamp::from_unix_seconds(static_cast<std::int64_t>(file->meta->mtime));
        TRY(m_members.begin(member));
        auto const end = std::max<TSK_OFF_T>(attribute->size, 0);
        std::vector<char> block(block_bytes);
        std::uint64_t lost = 0;
        for (auto at = from; at < end && !m_totals.is_exhausted;) {
            auto const wanted = std::min<std::size_t>(block.size(), static_cast<std::size_t>(end - at));
            tsk_error_reset();
            auto const got = tsk_fs_attr_read(attribute, at, block.data(), wanted, TSK_FS_FILE_READ_FLAG_NONE);
            if (got <= 0) { // a block that cannot be read stands as zeros, so that what follows keeps its place
                std::fill(block.begin(), block.end(), '\0');
                lost += wanted;
            }
            auto const size = got <= 0 ? wanted : static_cast<std::size_t>(got);
            TRY(m_members.bytes(as_bytes(std::string_view(block.data(), size))));
            at += static_cast<TSK_OFF_T>(size);
            m_totals.is_exhausted = m_totals.left_bytes < size;
            m_totals.left_bytes -= std::min<std::uint64_t>(m_totals.left_bytes, size);
        }
        ++m_totals.files_kept;
        if (lost > 0)
            report("image.file", format("{}: not readable", path), lost);
        if (m_totals.is_exhausted)
            m_diagnostics.report(
                { { ErrorCode::limit, "image.bytes", 0, 0, 0, member.path }, static_cast<std::uint64_t>(end) });
        return m_members.end(true);
    }

    TSK_FS_INFO* m_files;
    Volume m_volume;
    Totals& m_totals;
    Limits const& m_limits;
    DiagnosticSink& m_diagnostics;
    MemberSink& m_members;
    std::optional<Error> m_failure; // of the sink: nothing more can be done
};

bool holds(TSK_FS_INFO* files, char const* path)
{
    tsk_error_reset();
    std::unique_ptr<TSK_FS_FILE, CloseFile> const file(tsk_fs_file_open(files, nullptr, path));
    return file && file->meta != nullptr;
}

class ImageReader {
public:
    ImageReader(
        ImageInput const& input, Media& media, Limits const& limits, DiagnosticSink& diagnostics, MemberSink& members)
        : m_media(media)
        , m_limits(limits)
        , m_diagnostics(diagnostics)
        , m_members(members)
    {
        m_totals.left_bytes = input.inflated_bytes_max;
        m_takes_all = media.size_bytes() <= small_image_bytes;
    }

    Result<void> run()
    {
        auto const image = std::make_unique<TskImage>(m_media); // its cache is too large for a stack
        tsk_error_reset();
        std::unique_ptr<TSK_VS_INFO, CloseVolumes> const volumes(tsk_vs_open(image->info(), 0, TSK_VS_TYPE_DETECT));
        bool const is_table = volumes != nullptr && !is_file_system_at(0);
        if (is_table) {
            for (TSK_PNUM_T number = 0; number < std::min(volumes->part_count, partitions_max); ++number) {
                auto const* const part = tsk_vs_part_get(volumes.get(), number);
                if (part == nullptr || (part->flags & TSK_VS_PART_FLAG_ALLOC) == 0)
                    continue;
                TRY(read_volume(part->start * volumes->block_size, part->len * volumes->block_size));
            }
        } else {
            TRY(read_volume(0, m_media.size_bytes()));
        }
        if (m_totals.files_left > 0)
            m_diagnostics.report({ { ErrorCode::limit, "image.files_left", 0, 0, 0,
                                       format("{} files ({}) that no artefact parser reads stay in the image",
                                           grouped(m_totals.files_left), size_text(m_totals.bytes_left_inside)) },
                0 });
        if (m_volume_count == 0)
            m_diagnostics.report({ { ErrorCode::unsupported, "image.volumes", 0, 0, m_media.size_bytes(),
                                       "no file system that we read (NTFS, FAT, exFAT, ext2 to ext4)" },
                m_media.size_bytes() });
        return {};
    }

private:
    bool is_file_system_at(std::uint64_t offset)
    {
        std::array<std::byte, 512> head {};
        m_media.read(offset, head);
        auto const text = as_text(head);
        return text.substr(3, 8) == "NTFS    " || text.substr(3, 8) == "EXFAT   " || text.substr(0x36, 4) == "FAT1"
            || text.substr(0x52, 5) == "FAT32";
    }

    bool is_encrypted_at(std::uint64_t offset)
    {
        std::array<std::byte, 16> head {};
        m_media.read(offset, head);
        return as_text(head).substr(3, 8) == "-FVE-FS-" || as_text(head).substr(0, 4) == "LUKS";
    }

    Result<void> read_volume(std::uint64_t offset, std::uint64_t size)
    {
        if (offset >= m_media.size_bytes())
            return {};
        size = std::min(size, m_media.size_bytes() - offset);
        if (is_encrypted_at(offset)) {
            m_diagnostics.report({ { ErrorCode::encrypted, "image.volume", offset, 0, size,
                                       "the volume is encrypted (BitLocker or LUKS): decrypt it first" },
                size });
            ++m_volume_count;
            return {};
        }
        PartOfMedia part(m_media, offset, size);
        auto const prefix = TRY(read_file_system(part, offset, {}));
        if (!prefix.empty() && is_file_system_at(offset))
            TRY(read_shadow_copies(part, offset, prefix));
        return {};
    }

    // Gives the prefix of the volume; empty: no file system.
    Result<std::string> read_file_system(Media& part, std::uint64_t offset, std::string_view known_prefix)
    {
        auto const image = std::make_unique<TskImage>(part);
        tsk_error_reset();
        FileSystem const files(tsk_fs_open_img(image->info(), 0, TSK_FS_TYPE_DETECT));
        if (!files && is_ntfs(part))
            return read_ntfs(part, offset);
        if (!files) {
            auto const* const why = tsk_error_get();
            m_diagnostics.report({ { ErrorCode::unsupported, "image.file_system", offset, 0, part.size_bytes(),
                                       why != nullptr ? why : "no file system is recognised" },
                is_file_system_at(offset) ? part.size_bytes() : 0 });
            return std::string();
        }
        ++m_volume_count;
        Volume volume { known_prefix.empty() ? prefix_of(files.get()) : std::string(known_prefix),
            m_takes_all
                && known_prefix.empty() }; // of shadow copies only what parsers read: the rest is mostly the same
        auto const prefix = volume.prefix;
        FilesOfVolume reader(files.get(), std::move(volume), m_totals, m_limits, m_diagnostics, m_members);
        TRY(reader.run());
        return prefix;
    }

    static bool is_ntfs(Media& part)
    {
        std::array<std::byte, 512> boot {};
        part.read(0, boot);
        return ntfs_layout(boot).has_value();
    }

    // Volumes that libtsk refuses: clusters of 2 MiB [fsa 7].
    Result<std::string> read_ntfs(Media& part, std::uint64_t offset)
    {
        auto opened = NtfsVolume::open(part, m_totals.left_bytes, m_diagnostics);
        if (!opened.ok()) {
            auto error = opened.error();
            error.offset += offset;
            m_diagnostics.report({ std::move(error), part.size_bytes() });
            return std::string();
        }
        ++m_volume_count;
        auto const volume = std::move(opened).value();
        bool has_windows = false;
        NtfsVolume::Receiver look { [&](NtfsFile const& file) {
                                       has_windows |= ascii_lower(file.path).rfind("windows/system32/", 0) == 0;
                                       return false;
                                   },
            {}, {}, {} };
        TRY(volume.read_files(look));
        auto const prefix = has_windows && !m_has_windows ? std::string("C") : std::string(1, m_next_letter++);
        m_has_windows |= has_windows;
        TRY(m_members.begin({ format("{}/$MFT", prefix), {} }));
        TRY(m_members.bytes(volume.mft()));
        TRY(m_members.end(true));
        NtfsVolume::Receiver const take { [&](NtfsFile const& file) { return wants(file, offset); },
            [&](NtfsFile const& file) {
                return m_members.begin({ utf8::repaired(format("{}/{}", prefix, file.path)), file.modified_at });
            },
            [&](ByteView bytes) {
                m_totals.left_bytes -= std::min<std::uint64_t>(m_totals.left_bytes, bytes.size());
                return m_members.bytes(bytes);
            },
            [&] {
                ++m_totals.files_kept;
                return m_members.end(true);
            } };
        TRY(volume.read_files(take));
        return prefix;
    }

    bool wants(NtfsFile const& file, std::uint64_t offset)
    {
        if (file.path.empty() || (file.path.front() == '$' && ascii_lower(file.path).rfind("$recycle.bin/", 0) != 0))
            return false;
        if (!m_takes_all && !is_artefact_path(ascii_lower(file.path))) {
            ++m_totals.files_left;
            m_totals.bytes_left_inside += file.size_bytes;
            return false;
        }
        auto const is_too_much = file.size_bytes > m_totals.left_bytes;
        if (file.problem.empty() && !is_too_much && file.path.size() < m_limits.path_bytes_max
            && !is_path_trick(file.path))
            return true;
        m_diagnostics.report({ { is_too_much ? ErrorCode::limit : ErrorCode::unsupported, "image.file", offset, 0, 0,
                                   format("{}: {}", file.path, file.problem) },
            file.size_bytes });
        return false;
    }

    std::string prefix_of(TSK_FS_INFO* files)
    {
        if (TSK_FS_TYPE_ISEXT(files->ftype))
            return m_linux_count++ == 0 ? "[root]" : format("volume{}", m_linux_count);
        if (holds(files, "/Windows/System32") && !m_has_windows) {
            m_has_windows = true;
            return "C";
        }
        return std::string(1, m_next_letter < 'Z' ? m_next_letter++ : 'Z');
    }

    class StoreMedia final : public Media {
    public:
        StoreMedia(libvshadow_store_t* store, std::uint64_t size)
            : m_store(store)
            , m_size(size)
        {
        }
        std::uint64_t size_bytes() const override { return m_size; }
        std::size_t read(std::uint64_t offset, std::span<std::byte> target) override
        {
            if (offset >= m_size)
                return 0;
            auto const size = std::min<std::uint64_t>(target.size(), m_size - offset);
            auto const got = libvshadow_store_read_buffer_at_offset(
                m_store, target.data(), static_cast<std::size_t>(size), static_cast<off64_t>(offset), nullptr);
            return got > 0 ? static_cast<std::size_t>(got) : 0;
        }

    private:
        libvshadow_store_t* m_store;
        std::uint64_t m_size;
    };

    Result<void> read_shadow_copies(Media& part, std::uint64_t offset, std::string const& prefix)
    {
        std::array<std::byte, 16> head {};
        constexpr std::uint64_t shadow_header = 0x1e00; // [libvshadow] where a volume with copies says so
        constexpr std::string_view identifier { "\x6b\x87\x08\x38\x76\xc1\x48\x4e\xb7\xae\x04\x04\x6e\x6c\xc7\x52",
            16 };
        if (part.read(shadow_header, head) < head.size() || as_text(head) != identifier)
            return {};
        libvshadow_volume_t* volume = nullptr;
        libvshadow_error_t* problem = nullptr;
        auto* io = make_io_handle(part);
        auto result = Result<void>();
        int count = 0;
        if (io == nullptr || libvshadow_volume_initialize(&volume, &problem) != 1
            || libvshadow_volume_open_file_io_handle(volume, io, LIBVSHADOW_OPEN_READ, &problem) != 1
            || libvshadow_volume_get_number_of_stores(volume, &count, &problem) != 1) {
            auto error = libyal_error<libvshadow_error_t>(
                "image.shadow_copies", problem, libvshadow_error_backtrace_sprint, libvshadow_error_free);
            error.offset = offset;
            m_diagnostics.report({ std::move(error), 0 });
        }
        for (int number = 0; number < count && result.ok(); ++number)
            result = read_shadow_copy(volume, number, offset, prefix);
        if (volume != nullptr)
            libvshadow_volume_free(&volume, nullptr);
        if (io != nullptr)
            libbfio_handle_free(&io, nullptr);
        return result;
    }

    Result<void> read_shadow_copy(
        libvshadow_volume_t* volume, int number, std::uint64_t offset, std::string const& prefix)
    {
        libvshadow_store_t* store = nullptr;
        size64_t size = 0;
        auto result = Result<void>();
        if (libvshadow_volume_get_store(volume, number, &store, nullptr) == 1
            && libvshadow_store_get_volume_size(store, &size, nullptr) == 1) {
            StoreMedia media(store, size);
            auto read = read_file_system(media, offset, format("VSS{}/{}", number + 1, prefix));
            if (!read.ok())
                result = read.error();
        } else {
            m_diagnostics.report(
                { { ErrorCode::bad_value, "image.shadow_copy", offset, 0, 0, format("copy {}", number + 1) }, 0 });
        }
        if (store != nullptr)
            libvshadow_store_free(&store, nullptr);
        return result;
    }

    Media& m_media;
    Limits const& m_limits;
    DiagnosticSink& m_diagnostics;
    MemberSink& m_members;
    Totals m_totals;
    bool m_takes_all = false, m_has_windows = false;
    char m_next_letter = 'D';
    unsigned m_linux_count = 0, m_volume_count = 0;
};

}

Result<void> read_image(ImageInput const& input, Limits const& limits, DiagnosticSink& diagnostics, MemberSink& members)
{
    auto const segments = usable_segments(input.kind, { input.name, input.bytes }, input.segments, diagnostics);
    auto media = open_media(input.kind, input.bytes, input.name, segments);
    if (!media.ok()) {
        diagnostics.report({ media.error(), input.bytes.size() });
        return {};
    }
    ImageReader reader(input, *media.value(), limits, diagnostics, members);
    return reader.run();
}

}
