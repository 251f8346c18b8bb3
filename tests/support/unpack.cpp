#include "support/unpack.hpp"
#include <memory>
#include <stdexcept>
#include <archive.h>
#include <archive_entry.h>

namespace konseki::test {

namespace {
std::string content_of(archive* reader)
{
    std::string content;
    std::vector<char> buffer(1U << 16);
    while (true) {
        auto const size = archive_read_data(reader, buffer.data(), buffer.size());
        if (size < 0)
            throw std::runtime_error(archive_error_string(reader));
        if (size == 0)
            return content;
        content.append(buffer.data(), static_cast<std::size_t>(size));
    }
}
}

std::vector<Member> unpack(std::filesystem::path const& path)
{
    std::unique_ptr<archive, decltype(&archive_read_free)> const reader { archive_read_new(), &archive_read_free };
    archive_read_support_filter_all(reader.get());
    archive_read_support_format_all(reader.get());
    archive_read_support_format_raw(reader.get());
    if (archive_read_open_filename(reader.get(), path.c_str(), 1U << 16) != ARCHIVE_OK)
        throw std::runtime_error(path.string() + ": " + archive_error_string(reader.get()));
    std::vector<Member> members;
    archive_entry* entry = nullptr;
    while (archive_read_next_header(reader.get(), &entry) == ARCHIVE_OK) {
        if (archive_entry_filetype(entry) != AE_IFDIR)
            members.push_back({ archive_entry_pathname(entry), content_of(reader.get()) });
    }
    return members;
}

std::string unpack_one(std::filesystem::path const& archive, std::string_view name_suffix)
{
    for (auto& member : unpack(archive)) {
        if (member.name.ends_with(name_suffix))
            return std::move(member.content);
    }
    throw std::runtime_error("nothing in " + archive.string() + " ends with " + std::string(name_suffix));
}

}
