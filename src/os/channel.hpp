// Length-limited frames over a local stream socket, optionally with one descriptor: the only way between parent and
// worker. Not a protocol: kinds and bodies belong to the rooms that talk (intake/frames.hpp).
#pragma once
#include "os/file.hpp"
#include <optional>
#include <string>

namespace konseki::os {

struct Frame {
    std::uint16_t kind = 0;
    ByteView body; // view of the channel's buffer: valid until the next receive
    Descriptor descriptor; // only towards a worker
};

struct ChannelPair;

class Channel {
public:
    Channel(Descriptor socket, std::uint64_t frame_bytes_max);

    // Blocks until everything is in the socket's buffer. A peer that does not read for 30 s is an error at the parent's
    // end.
    Result<void> send(std::uint16_t kind, ByteView body, int descriptor = -1);
    // Blocks for one frame; nothing at the orderly end. Takes a descriptor along.
    Result<std::optional<Frame>> receive();

    // The parent's way: read what is there without blocking, then take the frames one by one.
    // end_of_stream when the peer is gone. A frame longer than the limit is an error.
    enum class Filled { some, nothing, end_of_stream };
    Result<Filled> fill();
    Result<std::optional<Frame>> next_buffered();

    int descriptor() const { return m_socket.number(); }
    std::uint64_t bytes_received() const { return m_bytes_received; }

    static Result<ChannelPair> pair(std::uint64_t frame_bytes_max);

private:
    Result<void> receive_exactly(std::size_t size_bytes, std::size_t at, Descriptor* descriptor);

    Descriptor m_socket;
    std::uint64_t m_frame_bytes_max;
    std::string m_buffer; // received, from m_begin to m_end not yet taken
    std::size_t m_begin = 0, m_end = 0;
    std::uint64_t m_bytes_received = 0;
};

struct ChannelPair {
    Channel parent;
    Descriptor worker;
};

}
