// Gives the libraries of libyal a Media to read from, and turns what they say into errors. Internal to intake/image.
// Not a cache: the bytes below are mapped.
#pragma once
#include "intake/image/media.hpp"
#include <libbfio.h>

namespace konseki::intake {

// The handle reads from the media, which must outlive it; freed with libbfio_handle_free. nullptr: out of memory.
libbfio_handle_t* make_io_handle(Media& media);

// Takes the words of a libyal error and frees it (all their libraries share the type's layout and functions' form).
template <typename ErrorType>
Error libyal_error(
    std::string_view what, ErrorType* error, int (*print)(ErrorType*, char*, std::size_t), void (*release)(ErrorType**))
{
    std::string text;
    if (error != nullptr) {
        text.resize(512);
        auto const size = print(error, text.data(), text.size());
        text.resize(size > 0 ? static_cast<std::size_t>(size) - 1 : 0);
        release(&error);
    }
    return { ErrorCode::bad_value, what, 0, 0, 0, std::move(text) };
}

}
