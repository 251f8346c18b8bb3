#include "tools/archive_members.hpp"
#include <memory>
#include <stdexcept>
#include <archive.h>
#include <archive_entry.h>

namespace konseki::test {

void for_each_member(std::filesystem::path const& path,
    std::function<void(std::string const& name, std::string&& content)> const& member)
{
    std::unique_ptr<archive, int (*)(archive*)> reader(archive_read_new(), archive_read_free);
    archive_read_support_format_all(reader.get());
    archive_read_support_filter_all(reader.get());
    if (archive_read_open_filename(reader.get(), path.c_str(), 1 << 16) != ARCHIVE_OK)
        throw std::runtime_error("cannot open " + path.string());
    archive_entry* entry = nullptr;
    while (archive_read_next_header(reader.get(), &entry) == ARCHIVE_OK) {
        if (archive_entry_filetype(entry) != AE_IFREG)
            continue;
        std::string const name = archive_entry_pathname(entry);
        std::string content;
        char block[1 << 16];
        for (;;) {
            auto const size = archive_read_data(reader.get(), block, sizeof(block));
            if (size < 0)
                throw std::runtime_error("cannot read " + name + " in " + path.string());
            if (size == 0)
                break;
            content.append(block, static_cast<std::size_t>(size));
        }
        member(name, std::move(content));
    }
}

}
