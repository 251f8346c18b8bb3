#include "os/channel.hpp"
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>

namespace konseki::os {

namespace {

// A frame: body size (4 bytes), kind (2), zero (2), body.
constexpr std::size_t header_bytes = 8;
constexpr std::size_t fill_bytes = 256U << 10;
constexpr time_t send_seconds_max = 30;

struct Header {
    std::uint32_t body_bytes = 0;
    std::uint16_t kind = 0;
    std::uint16_t reserved = 0;
};
static_assert(sizeof(Header) == header_bytes);

Header header_at(char const* bytes)
{
    Header header;
    std::memcpy(&header, bytes, sizeof header);
    return header;
}

union DescriptorMessage {
    cmsghdr alignment;
    char bytes[CMSG_SPACE(sizeof(int))];
};

void attach(msghdr& message, DescriptorMessage& control, int descriptor)
{
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof control.bytes;
    auto* const item = CMSG_FIRSTHDR(&message);
    item->cmsg_level = SOL_SOCKET;
    item->cmsg_type = SCM_RIGHTS;
    item->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(item), &descriptor, sizeof descriptor);
}

int attached_descriptor(msghdr& message)
{
    for (auto* item = CMSG_FIRSTHDR(&message); item != nullptr; item = CMSG_NXTHDR(&message, item)) {
        if (item->cmsg_level == SOL_SOCKET && item->cmsg_type == SCM_RIGHTS) {
            int descriptor = -1;
            std::memcpy(&descriptor, CMSG_DATA(item), sizeof descriptor);
            return descriptor;
        }
    }
    return -1;
}

}

Channel::Channel(Descriptor socket, std::uint64_t frame_bytes_max)
    : m_socket(std::move(socket))
    , m_frame_bytes_max(frame_bytes_max)
{
}

Result<ChannelPair> Channel::pair(std::uint64_t frame_bytes_max)
{
    int ends[2] = { -1, -1 };
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return error_from_errno(errno, "channel.create", {});
    Descriptor parent { ends[0] };
    Descriptor worker { ends[1] };
    // A worker that evidence has taken over could stop reading and hold the parent in send().
    timeval const limit { send_seconds_max, 0 };
    if (::setsockopt(ends[0], SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) != 0)
        return error_from_errno(errno, "channel.send_timeout", {});
    return ChannelPair { Channel { std::move(parent), frame_bytes_max }, std::move(worker) };
}

Result<void> Channel::send(std::uint16_t kind, ByteView body, int descriptor)
{
    if (body.size() > m_frame_bytes_max)
        return Error { ErrorCode::limit, "channel.frame", 0, body.size(), m_frame_bytes_max, {} };
    Header header { static_cast<std::uint32_t>(body.size()), kind, 0 };
    std::array<iovec, 2> parts { iovec { &header, sizeof header },
        iovec { const_cast<std::byte*>(body.data()), body.size() } };
    msghdr message {};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    DescriptorMessage control {};
    if (descriptor >= 0)
        attach(message, control, descriptor);
    while (parts[0].iov_len + parts[1].iov_len > 0) {
        auto const sent = ::sendmsg(m_socket.number(), &message, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return error_from_errno(errno, "channel.send", {});
        message.msg_control = nullptr; // it travelled with the first bytes
        message.msg_controllen = 0;
        auto left = static_cast<std::size_t>(sent);
        for (auto& part : parts) {
            auto const step = std::min(left, part.iov_len);
            part.iov_base = static_cast<char*>(part.iov_base) + step;
            part.iov_len -= step;
            left -= step;
        }
    }
    return {};
}

// Into m_buffer at a position. size 0 read at position 0 is the orderly end, reported as not_found.
Result<void> Channel::receive_exactly(std::size_t size_bytes, std::size_t at, Descriptor* descriptor)
{
    if (m_buffer.size() < at + size_bytes)
        m_buffer.resize(at + size_bytes);
    std::size_t done = 0;
    while (done < size_bytes) {
        iovec part { m_buffer.data() + at + done, size_bytes - done };
        msghdr message {};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        DescriptorMessage control {};
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof control.bytes;
        auto const got = ::recvmsg(m_socket.number(), &message, MSG_CMSG_CLOEXEC);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_from_errno(errno, "channel.receive", {});
        Descriptor arrived { attached_descriptor(message) };
        if (descriptor != nullptr && arrived.is_open())
            *descriptor = std::move(arrived);
        if (got == 0)
            return Error { at + done == 0 ? ErrorCode::not_found : ErrorCode::truncated, "channel.end", 0, size_bytes,
                done, {} };
        done += static_cast<std::size_t>(got);
        m_bytes_received += static_cast<std::uint64_t>(got);
    }
    return {};
}

Result<std::optional<Frame>> Channel::receive()
{
    Frame frame;
    auto const started = receive_exactly(header_bytes, 0, &frame.descriptor);
    if (!started.ok() && started.error().code == ErrorCode::not_found)
        return std::optional<Frame> {};
    TRY(started);
    auto const header = header_at(m_buffer.data());
    if (header.body_bytes > m_frame_bytes_max)
        return Error { ErrorCode::limit, "channel.frame", 0, header.body_bytes, m_frame_bytes_max, {} };
    TRY(receive_exactly(header.body_bytes, header_bytes, nullptr));
    frame.kind = header.kind;
    frame.body = as_bytes(std::string_view(m_buffer).substr(header_bytes, header.body_bytes));
    return std::optional<Frame> { std::move(frame) };
}

Result<Channel::Filled> Channel::fill()
{
    if (m_begin > 0) {
        std::memmove(m_buffer.data(), m_buffer.data() + m_begin, m_end - m_begin);
        m_end -= m_begin;
        m_begin = 0;
    }
    if (m_buffer.size() < m_end + fill_bytes)
        m_buffer.resize(m_end + fill_bytes);
    // recv takes no control data: a descriptor that a worker sends is dropped by the kernel.
    auto const got = ::recv(m_socket.number(), m_buffer.data() + m_end, m_buffer.size() - m_end, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return Filled::nothing;
    if (got < 0 && errno != ECONNRESET)
        return error_from_errno(errno, "channel.receive", {});
    if (got <= 0)
        return Filled::end_of_stream;
    m_end += static_cast<std::size_t>(got);
    m_bytes_received += static_cast<std::uint64_t>(got);
    return Filled::some;
}

Result<std::optional<Frame>> Channel::next_buffered()
{
    if (m_end - m_begin < header_bytes)
        return std::optional<Frame> {};
    auto const header = header_at(m_buffer.data() + m_begin);
    if (header.body_bytes > m_frame_bytes_max || header.reserved != 0)
        return Error { ErrorCode::limit, "channel.frame", 0, header.body_bytes, m_frame_bytes_max, {} };
    if (m_end - m_begin - header_bytes < header.body_bytes)
        return std::optional<Frame> {};
    Frame frame;
    frame.kind = header.kind;
    frame.body = as_bytes(std::string_view(m_buffer).substr(m_begin + header_bytes, header.body_bytes));
    m_begin += header_bytes + header.body_bytes;
    return std::optional<Frame> { std::move(frame) };
}

}
