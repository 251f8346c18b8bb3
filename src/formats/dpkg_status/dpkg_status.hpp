// The list of packages that dpkg keeps: paragraphs of /var/lib/dpkg/status and of status.d of images without dpkg.
// Not the lists of files and digests beside it, and not dpkg's logs.
// Source: deb-control(5), dpkg-query(1), dpkg(1); what dpkg-query 1.21 says of paragraphs that miss a field.
#pragma once
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace konseki::dpkg_status {

enum class Listing : std::uint8_t {
    status, // dpkg's own: what has no Status is not installed, as dpkg takes it
    status_folder, // status.d: what is listed is installed, and Status is not written
};
Listing listing_of(std::string_view path);

// Texts are UTF-8: what is none was repaired.
struct Paragraph {
    std::string package, version, architecture, maintainer; // package: empty where the paragraph names none
    std::string state; // third word of Status: "installed", "config-files" …
    std::vector<std::pair<std::string, std::string>> configuration; // path, MD5 in hexadecimal; any bytes
    std::uint64_t begin = 0, end = 0; // of its bytes, without the last line's end
};

void read(std::string_view text, Listing listing, std::function<void(Paragraph const&)> const& visit,
    std::stop_token const& stop = {});

}
