#include "base/byte_view.hpp"
#include "formats/dpkg_status/dpkg_status.hpp"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    using namespace konseki;
    auto const text = as_text(std::as_bytes(std::span { bytes, size }));
    for (auto const listing : { dpkg_status::Listing::status, dpkg_status::Listing::status_folder })
        dpkg_status::read(text, listing, [](dpkg_status::Paragraph const&) {});
    return 0;
}
