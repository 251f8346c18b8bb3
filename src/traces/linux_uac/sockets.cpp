// ss, netstat and lsof: each socket once, from the first of them that lists it.
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "traces/linux_uac/readers.hpp"
#include <algorithm>
#include <set>

namespace konseki::linux_uac {

namespace {

struct Socket {
    std::string protocol, state, process, local, remote, path;
    std::optional<std::uint32_t> local_port, remote_port, uid, pid;
    std::optional<std::uint64_t> inode;

    std::string key() const
    {
        if (protocol == "unix")
            return format("unix {}", inode.value_or(0));
        auto const base = protocol.ends_with('6') ? protocol.substr(0, protocol.size() - 1) : protocol;
        return format("{} {} {} {} {} {}", base, local, local_port.value_or(0), remote, remote_port.value_or(0), path);
    }
};

using Visit = std::function<void(Socket const&, text_lines::Line const&)>;

// "[::1]:22", "10.0.0.1%eth0:68", "*:*", ":::22"
void set_end(std::string_view text, std::string& address, std::optional<std::uint32_t>& port)
{
    auto const colon = text.rfind(':');
    auto host = colon == std::string_view::npos ? text : text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    address = utf8::repaired(host);
    if (colon != std::string_view::npos)
        port = number_in(text.substr(colon + 1));
}

bool is_version_6(std::string_view address)
{
    return address.find(':') != std::string_view::npos;
}

std::string state_name(std::string_view state)
{
    auto name = ascii_lower(state);
    std::ranges::replace(name, '-', '_');
    if (name == "estab")
        return "established";
    if (name == "listening")
        return "listen";
    return name == "unconn" ? std::string {} : name;
}

// users:(("sshd",pid=812,fd=3),("sshd",pid=900,fd=3))
void set_holder(std::string_view users, Socket& socket)
{
    auto const quote = users.find('"');
    auto const end = quote == std::string_view::npos ? quote : users.find('"', quote + 1);
    if (end == std::string_view::npos)
        return;
    socket.process = utf8::repaired(users.substr(quote + 1, end - quote - 1));
    if (auto const pid = users.find("pid=", end); pid != std::string_view::npos) {
        auto const digits = users.substr(pid + 4);
        socket.pid = number_in(digits.substr(0, digits.find_first_not_of("0123456789")));
    }
}

// ---- ss [ss(8)]: Netid State Recv-Q Send-Q Local:Port Peer:Port users:(…)

std::string protocol_of_ss(std::string_view netid)
{
    if (netid == "nl")
        return "netlink";
    if (netid.starts_with("p_"))
        return "packet";
    if (netid.starts_with("u_"))
        return "unix";
    if (netid == "icmp6")
        return "icmp";
    return std::string(netid);
}

void set_ss_ends(std::vector<std::string_view> const& words, Socket& socket)
{
    if (socket.protocol == "unix") { // path inode peer inode
        if (words[4] != "*")
            socket.path = utf8::repaired(words[4]);
        if (words.size() > 5)
            socket.inode = parse_uint(words[5]);
    } else if (socket.protocol == "packet") { // [2048]:eth0, *:eth0
        auto const colon = std::min(words[4].find(':'), words[4].size());
        auto const number = words[4].substr(0, colon);
        socket.path = utf8::repaired(words[4].substr(std::min(colon + 1, words[4].size())));
        if (number.starts_with('[') && number.ends_with(']'))
            socket.local_port = number_in(number.substr(1, number.size() - 2));
    } else if (socket.protocol == "netlink") {
        socket.path = utf8::repaired(words[4]);
    } else {
        set_end(words[4], socket.local, socket.local_port);
        if (words.size() > 5)
            set_end(words[5], socket.remote, socket.remote_port);
        if (is_version_6(socket.local) && socket.protocol != "icmp")
            socket.protocol += '6';
    }
}

void read_ss(std::string_view text, std::string_view protocol, Visit const& visit)
{
    for_each_line(text, [&](text_lines::Line const& line) {
        auto rest = line.text.substr(0, line.text.find("users:(("));
        auto words = text_lines::words(rest);
        if (!protocol.empty())
            words.insert(words.begin(), protocol); // -t and -u show no Netid
        if (words.size() < 5 || words[0] == "Netid" || words[1] == "State" || !number_in(words[2]))
            return;
        Socket socket;
        socket.protocol = protocol_of_ss(words[0]);
        socket.state = state_name(words[1]);
        set_ss_ends(words, socket);
        if (rest.size() < line.text.size())
            set_holder(line.text.substr(rest.size()), socket);
        visit(socket, line);
    });
}

// ---- netstat [netstat(8)]: Proto Recv-Q Send-Q Local Foreign [State] [User Inode] [PID/Program]

void set_program(std::string_view word, Socket& socket)
{
    auto const slash = word.find('/');
    if (slash == std::string_view::npos)
        return;
    socket.pid = number_in(word.substr(0, slash));
    auto name = word.substr(slash + 1);
    if (name.ends_with(':')) // "812/sshd: /usr/sbin": what the process calls itself, to its first blank
        name.remove_suffix(1);
    socket.process = utf8::repaired(name);
}

// "unix  2  [ ACC ]  STREAM  LISTENING  17071  1/init  /run/x"
bool read_netstat_unix(std::string_view line, Socket& socket)
{
    auto const bracket = line.find(']');
    if (bracket == std::string_view::npos)
        return false;
    auto rest = line.substr(bracket + 1);
    (void)text_lines::take_word(rest); // STREAM, DGRAM
    auto word = text_lines::take_word(rest);
    if (!number_in(word)) {
        socket.state = word == "CONNECTED" ? std::string("established") : state_name(word);
        word = text_lines::take_word(rest);
    }
    socket.protocol = "unix";
    socket.inode = parse_uint(word);
    if (!rest.starts_with('/') && !rest.starts_with('@'))
        set_program(text_lines::take_word(rest), socket);
    socket.path = utf8::repaired(trim(rest));
    return socket.inode.has_value();
}

bool is_internet(std::string_view protocol)
{
    return protocol.starts_with("tcp") || protocol.starts_with("udp") || protocol.starts_with("raw")
        || protocol.starts_with("icmp");
}

void read_netstat(std::string_view text, Visit const& visit)
{
    bool has_users = false;
    for_each_line(text, [&](text_lines::Line const& line) {
        if (line.text.starts_with("Proto"))
            has_users = line.text.find(" User ") != std::string_view::npos;
        auto rest = line.text;
        std::vector<std::string_view> words;
        while (words.size() < 5 && !rest.empty())
            words.push_back(text_lines::take_word(rest));
        Socket socket;
        if (!words.empty() && words[0] == "unix") {
            if (read_netstat_unix(line.text, socket))
                visit(socket, line);
            return;
        }
        if (words.size() < 5 || !is_internet(words[0]) || !number_in(words[1]))
            return;
        socket.protocol = words[0];
        set_end(words[3], socket.local, socket.local_port);
        set_end(words[4], socket.remote, socket.remote_port);
        auto word = text_lines::take_word(rest);
        auto const is_state = !word.empty() && word[0] >= 'A' && word[0] <= 'Z';
        if (is_state)
            socket.state = state_name(word);
        if (is_state || (words[0].starts_with("raw") && number_in(word) && !rest.empty()))
            word = text_lines::take_word(rest);
        if (has_users) {
            socket.uid = number_in(word);
            socket.inode = parse_uint(text_lines::take_word(rest));
            word = text_lines::take_word(rest);
        }
        set_program(word, socket);
        visit(socket, line);
    });
}

// ---- lsof -i [lsof(8)]: COMMAND PID USER FD TYPE DEVICE SIZE/OFF NODE NAME (STATE)

void read_lsof(std::string_view text, Visit const& visit)
{
    for_each_line(text, [&](text_lines::Line const& line) {
        auto const words = text_lines::words(line.text);
        if (words.size() < 9 || !words[4].starts_with("IPv"))
            return;
        Socket socket;
        socket.process = utf8::repaired(words[0]);
        socket.pid = number_in(words[1]);
        socket.uid = number_in(words[2]); // -l
        socket.inode = parse_uint(words[5]);
        socket.protocol = ascii_lower(words[7]) + (words[4] == "IPv6" ? "6" : "");
        auto const arrow = words[8].find("->");
        set_end(words[8].substr(0, arrow), socket.local, socket.local_port);
        if (arrow != std::string_view::npos)
            set_end(words[8].substr(arrow + 2), socket.remote, socket.remote_port);
        if (words.size() > 9 && words[9].starts_with('(') && words[9].ends_with(')'))
            socket.state = state_name(words[9].substr(1, words[9].size() - 2));
        visit(socket, line);
    });
}

void read_list(std::string_view file, std::string_view text, Visit const& visit)
{
    if (file.starts_with("ss_"))
        read_ss(text, file.starts_with("ss_-t") ? "tcp" : file.starts_with("ss_-u") ? "udp" : "", visit);
    else if (file.starts_with("netstat"))
        read_netstat(text, visit);
    else
        read_lsof(text, visit);
}

void emit(Socket const& socket, text_lines::Line const& line, ParseContext& context)
{
    auto const text
        = [](std::string const& value) { return value.empty() ? std::string_view {} : std::string_view(value); };
    LinuxSocketRow row;
    row.protocol = text(socket.protocol);
    row.state = text(socket.state);
    row.process = text(socket.process);
    row.local_address = text(socket.local);
    row.remote_address = text(socket.remote);
    row.path = text(socket.path);
    row.local_port = socket.local_port;
    row.remote_port = socket.remote_port;
    row.uid = socket.uid;
    row.pid = socket.pid;
    row.inode = socket.inode;
    context.traces.emit(linux_socket_schema, line.origin(), row);
}

}

void read_sockets(EvidenceView const& evidence, ParseContext& context)
{
    auto const own = file_name_of(evidence.name);
    std::set<std::string> listed;
    for (auto const file : socket_files) {
        if (file == own)
            break;
        read_list(file, companion_text(evidence, file),
            [&](Socket const& socket, text_lines::Line const&) { listed.insert(socket.key()); });
    }
    read_list(own, as_text(evidence.bytes), [&](Socket const& socket, text_lines::Line const& line) {
        if (!listed.contains(socket.key()))
            emit(socket, line, context);
    });
}

}
