#include "intake/image/libyal_io.hpp"
#include <cstdio>

namespace konseki::intake {

namespace {

// NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast): a C library's pointers
struct IoState {
    Media* media = nullptr;
    std::uint64_t position = 0;
    bool is_open = false;
};

IoState& state_of(std::intptr_t* handle)
{
    return *reinterpret_cast<IoState*>(handle);
}

int free_state(std::intptr_t** handle, libbfio_error_t**)
{
    delete reinterpret_cast<IoState*>(
        *handle); // NOLINT(cppcoreguidelines-owning-memory): the library owns it through C
    *handle = nullptr;
    return 1;
}

int clone_state(std::intptr_t** target, std::intptr_t* source, libbfio_error_t**)
{
    *target
        = reinterpret_cast<std::intptr_t*>(new IoState(state_of(source))); // NOLINT(cppcoreguidelines-owning-memory)
    return 1;
}

int open_state(std::intptr_t* handle, int, libbfio_error_t**)
{
    state_of(handle).is_open = true;
    state_of(handle).position = 0;
    return 1;
}

int close_state(std::intptr_t* handle, libbfio_error_t**)
{
    state_of(handle).is_open = false;
    return 0;
}

ssize_t read_state(std::intptr_t* handle, std::uint8_t* buffer, std::size_t size, libbfio_error_t**)
{
    auto& state = state_of(handle);
    auto const got = state.media->read(state.position, std::as_writable_bytes(std::span { buffer, size }));
    state.position += got;
    return static_cast<ssize_t>(got);
}

ssize_t write_state(std::intptr_t*, std::uint8_t const*, std::size_t, libbfio_error_t**)
{
    return -1; // evidence is never written
}

off64_t seek_state(std::intptr_t* handle, off64_t offset, int whence, libbfio_error_t**)
{
    auto& state = state_of(handle);
    auto const base = whence == SEEK_SET ? 0
        : whence == SEEK_CUR             ? static_cast<std::int64_t>(state.position)
                                         : static_cast<std::int64_t>(state.media->size_bytes());
    if (offset < 0 && base < -offset)
        return -1;
    state.position = static_cast<std::uint64_t>(base + offset);
    return base + offset;
}

int exists_state(std::intptr_t*, libbfio_error_t**)
{
    return 1;
}

int is_open_state(std::intptr_t* handle, libbfio_error_t**)
{
    return state_of(handle).is_open ? 1 : 0;
}

int size_of_state(std::intptr_t* handle, size64_t* size, libbfio_error_t**)
{
    *size = state_of(handle).media->size_bytes();
    return 1;
}

}

libbfio_handle_t* make_io_handle(Media& media)
{
    auto* const state = new IoState { &media, 0, false }; // NOLINT(cppcoreguidelines-owning-memory): goes to the handle
    libbfio_handle_t* handle = nullptr;
    if (libbfio_handle_initialize(&handle, reinterpret_cast<std::intptr_t*>(state), free_state, clone_state, open_state,
            close_state, read_state, write_state, seek_state, exists_state, is_open_state, size_of_state,
            LIBBFIO_FLAG_IO_HANDLE_MANAGED, nullptr)
        != 1) {
        delete state; // NOLINT(cppcoreguidelines-owning-memory)
        return nullptr;
    }
    return handle;
}

// NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)
}
