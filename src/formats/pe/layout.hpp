// Reading inside a portable executable with every offset checked. Internal to formats/pe.
// Not the meaning of what is read: pe.cpp and its neighbours.
#pragma once
#include "formats/pe/pe.hpp"
#include <cstring>

namespace konseki::pe {

// Little-endian integer at an offset; nothing where the bytes are not there.
template <typename T> std::optional<T> at(ByteView bytes, std::uint64_t offset)
{
    if (offset > bytes.size() || bytes.size() - offset < sizeof(T))
        return {};
    T value {};
    std::memcpy(&value, bytes.data() + offset, sizeof(T));
    return value;
}

struct Directory {
    std::uint32_t address = 0, size_bytes = 0;
};

struct Layout {
    ByteView bytes;
    std::vector<Section> const* sections = nullptr;
    std::uint32_t header_bytes = 0;
    std::vector<Directory> directories;

    // Where an address in memory lies in the file; nothing where it is not from the file.
    std::optional<std::uint64_t> offset_of(std::uint32_t address) const;
    template <typename T> std::optional<T> value(std::uint32_t address) const
    {
        auto const offset = offset_of(address);
        return offset ? at<T>(bytes, *offset) : std::nullopt;
    }
    std::string text(std::uint32_t address, std::size_t most) const; // printable ASCII up to a zero
    Directory directory(std::size_t index) const
    {
        return index < directories.size() ? directories[index] : Directory {};
    }
};

void read_imports(Layout const& layout, Image& image, DiagnosticSink& diagnostics);
void read_exports(Layout const& layout, Image& image, DiagnosticSink& diagnostics);
void read_version(Layout const& layout, Image& image, DiagnosticSink& diagnostics);
std::string import_hash(std::vector<Import> const& imports);
void read_digests(Layout const& layout, std::uint64_t optional_header, Image& image);
void read_signature(Layout const& layout, std::uint64_t optional_header, Image& image, DiagnosticSink& diagnostics);
std::string md5_of(ByteView bytes); // hexadecimal

}
