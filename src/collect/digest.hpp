// SHA-256 and MD5 of one stream in one pass: the identity, and what packages of Debian keep.
// Not for trust in MD5: it tells what changed by accident or by a careless hand, SHA-256 names the file.
#pragma once
#include "base/byte_view.hpp"
#include "base/identity.hpp"
#include "bytes/sha256.hpp"
#include <array>
#include <memory>
#include <optional>
#include <string>

namespace konseki::collect {

using Md5 = std::array<std::byte, 16>;
std::optional<Md5> parse_md5(std::string_view hex);

enum class WithMd5 : std::uint8_t { no, yes };

struct Digests {
    Sha256 sha256;
    std::optional<Md5> md5;
};

class Digester {
public:
    explicit Digester(WithMd5 with_md5);
    ~Digester();
    Digester(Digester const&) = delete;
    Digester& operator=(Digester const&) = delete;
    void add(ByteView bytes);
    Digests finish();

private:
    struct State;
    Sha256Hasher m_sha256;
    std::unique_ptr<State> m_md5; // absent: not asked for
};

}
