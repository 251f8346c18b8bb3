#include "collect/sockets.hpp"
#include <algorithm>
#include <array>
#include <arpa/inet.h>

namespace konseki::collect {

static std::optional<std::uint32_t> hex_of(std::string_view text)
{
    return text.empty() || text.size() > 8 ? std::nullopt : u32_of("0x" + std::string(text));
}

std::optional<std::string> ipv4_text(std::string_view hex)
{
    auto const word = hex.size() == 8 ? hex_of(hex) : std::nullopt;
    if (!word)
        return std::nullopt;
    return format("{}.{}.{}.{}", *word & 0xff, *word >> 8 & 0xff, *word >> 16 & 0xff, *word >> 24);
}

std::optional<std::string> ipv6_text(std::string_view hex)
{
    if (hex.size() != 32)
        return std::nullopt;
    std::array<unsigned char, 16> bytes {};
    for (std::size_t word = 0; word < 4; ++word) { // four words, each in the byte order of the machine
        auto const value = hex_of(hex.substr(word * 8, 8));
        if (!value)
            return std::nullopt;
        for (std::size_t byte = 0; byte < 4; ++byte)
            bytes.at(word * 4 + byte) = static_cast<unsigned char>(*value >> (8 * byte));
    }
    std::array<char, INET6_ADDRSTRLEN> text {};
    if (::inet_ntop(AF_INET6, bytes.data(), text.data(), text.size()) == nullptr)
        return std::nullopt;
    return std::string(text.data());
}

std::string_view tcp_state_name(std::uint32_t state)
{
    // [net/tcp_states.h]
    static constexpr std::array<std::string_view, 13> names { "", "established", "syn_sent", "syn_received",
        "fin_wait1", "fin_wait2", "time_wait", "close", "close_wait", "last_ack", "listen", "closing", "new_syn_recv" };
    return state < names.size() && state > 0 ? names.at(state) : std::string_view();
}

namespace {

std::vector<std::string_view> words_of(std::string_view line)
{
    auto words = split(line, ' ');
    words.erase(std::remove(words.begin(), words.end(), std::string_view()), words.end());
    return words;
}

class SocketReading {
public:
    SocketReading(Session& session, ProcessFacts const& facts)
        : m_session(session)
        , m_facts(facts)
        , m_state(session, linux_socket_schema.erased)
    {
    }

    Result<void> run()
    {
        std::vector<std::string> folders { "/proc/net" };
        auto const own = m_session.source.read_link("/proc/self/ns/net");
        if (m_session.source.is_this_system())
            folders = { "/proc/self/net" };
        for (auto const& [name, pid] : m_facts.net_namespaces) // of containers
            if (own.ok() && name != own.value())
                folders.push_back(format("/proc/{}/net", pid));
        for (auto const& folder : folders) {
            TRY(m_session.report("sockets", 0, 0, folder));
            read_interfaces(folder);
            for (auto const* protocol : { "tcp", "tcp6", "udp", "udp6", "udplite", "raw", "raw6", "icmp", "icmp6" })
                TRY(read_internet(folder, protocol));
            TRY(read_packet(folder));
            TRY(read_unix(folder));
        }
        m_session.summary.sockets = m_state.count();
        return m_state.finish("sockets");
    }

private:
    std::string text_of(std::string const& path)
    {
        auto text = m_session.source.read_state(path, 16 * m_session.options.limits.proc_file_bytes_max);
        if (text.ok())
            return std::move(text).value();
        m_session.notes.add(path, text.error());
        return {};
    }

    void read_interfaces(std::string const& folder)
    {
        m_interfaces.clear();
        if (folder != "/proc/self/net" && folder != "/proc/net")
            return; // /sys shows those of our own name space
        auto const names = m_session.source.names_in("/sys/class/net");
        if (!names.ok())
            return;
        for (auto const& name : names.value()) {
            auto const index = m_session.source.read_state(format("/sys/class/net/{}/ifindex", name), 64);
            if (auto const number = index.ok() ? u32_of(trim(index.value())) : std::nullopt)
                m_interfaces.emplace(*number, name);
        }
    }

    void set_holder(LinuxSocketRow& row, std::uint64_t inode) const
    {
        if (inode == 0)
            return;
        row.inode = inode;
        auto const holder = m_facts.sockets.find(inode);
        if (holder == m_facts.sockets.end())
            return;
        row.pid = holder->second.pid;
        row.process = if_any(holder->second.name);
    }

    // sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode
    Result<void> read_internet(std::string const& folder, std::string const& protocol)
    {
        bool const is_tcp = protocol.starts_with("tcp");
        bool const has_ports = is_tcp || protocol.starts_with("udp");
        auto const text = text_of(folder + "/" + protocol);
        for (auto const line : split(text, '\n')) {
            auto const words = words_of(line);
            if (words.size() < 10 || words[0] == "sl")
                continue;
            auto const local = split(words[1], ':');
            auto const remote = split(words[2], ':');
            auto const state = hex_of(words[3]);
            if (local.size() != 2 || remote.size() != 2)
                continue;
            auto const address = [](std::string_view hex) { return hex.size() == 8 ? ipv4_text(hex) : ipv6_text(hex); };
            auto const here = address(local[0]);
            auto const there = address(remote[0]);
            LinuxSocketRow row;
            row.protocol = if_any(protocol);
            if (here)
                row.local_address = *here;
            row.local_port = hex_of(local[1]); // raw sockets: the protocol's number stands there
            bool const has_peer = has_ports && hex_of(remote[1]).value_or(0) != 0;
            if (there && has_peer) {
                row.remote_address = *there;
                row.remote_port = hex_of(remote[1]);
            }
            if (state && is_tcp)
                row.state = tcp_state_name(*state);
            else if (has_peer)
                row.state = "established";
            row.uid = u32_of(words[7]);
            set_holder(row, parse_uint(words[9]).value_or(0));
            TRY(m_state.add(linux_socket_schema, row));
        }
        return {};
    }

    // sk RefCnt Type Proto Iface R Rmem User Inode
    Result<void> read_packet(std::string const& folder)
    {
        auto const text = text_of(folder + "/packet");
        for (auto const line : split(text, '\n')) {
            auto const words = words_of(line);
            auto const protocol = words.size() >= 9 ? hex_of(words[3]) : std::nullopt;
            if (!protocol || words[0] == "sk")
                continue;
            LinuxSocketRow row;
            row.protocol = "packet";
            row.local_port = protocol;
            auto const interface = u32_of(words[4]);
            auto const name = interface ? m_interfaces.find(*interface) : m_interfaces.end();
            row.path = interface && *interface == 0 ? "any interface"
                : name == m_interfaces.end()        ? std::string_view()
                                                    : std::string_view(name->second);
            row.state = words[2] == "3" ? "raw" : "datagram"; // SOCK_RAW, SOCK_DGRAM
            row.uid = u32_of(words[7]);
            set_holder(row, parse_uint(words[8]).value_or(0));
            TRY(m_state.add(linux_socket_schema, row));
        }
        return {};
    }

    // Num RefCount Protocol Flags Type St Inode Path
    Result<void> read_unix(std::string const& folder)
    {
        auto const text = text_of(folder + "/unix");
        for (auto const line : split(text, '\n')) {
            auto const words = words_of(line);
            if (words.size() < 7 || words[0] == "Num")
                continue;
            LinuxSocketRow row;
            row.protocol = "unix";
            bool const accepts = (hex_of(words[3]).value_or(0) & 0x10000U) != 0; // [linux/net.h] __SO_ACCEPTCON
            row.state = accepts ? "listen" : words[5] == "03" ? "established" : "";
            if (row.state.text.empty())
                row.state = {};
            if (words.size() > 7)
                row.path = line.substr(static_cast<std::size_t>(words[7].data() - line.data()));
            set_holder(row, parse_uint(words[6]).value_or(0));
            TRY(m_state.add(linux_socket_schema, row));
        }
        return {};
    }

    Session& m_session;
    ProcessFacts const& m_facts;
    StateFile m_state;
    std::map<std::uint32_t, std::string> m_interfaces;
};

}

Result<void> collect_sockets(Session& session, ProcessFacts const& facts)
{
    SocketReading reading(session, facts);
    return reading.run();
}

}
