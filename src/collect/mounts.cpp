#include "collect/mounts.hpp"
#include <algorithm>

namespace konseki::collect {

// "\040" for what would end the word.
static std::string without_escapes(std::string_view text)
{
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
        auto const is_octal
            = [&](std::size_t index) { return index < text.size() && text[index] >= '0' && text[index] <= '7'; };
        if (text[at] == '\\' && is_octal(at + 1) && is_octal(at + 2) && is_octal(at + 3)) {
            plain += static_cast<char>((text[at + 1] - '0') * 64 + (text[at + 2] - '0') * 8 + (text[at + 3] - '0'));
            at += 3;
        } else {
            plain += text[at];
        }
    }
    return plain;
}

std::vector<Mount> parse_mountinfo(std::string_view text)
{
    std::vector<Mount> mounts;
    for (auto const line : split(text, '\n')) {
        auto const words = split(line, ' ');
        auto const dash = std::find(words.begin(), words.end(), "-"); // optional fields stand before it
        if (words.size() < 6 || words.end() - dash < 3)
            continue;
        mounts.push_back({ without_escapes(dash[2]), std::string(dash[1]), without_escapes(words[4]),
            std::string(words[5]), without_escapes(words[3]) });
        if (words.end() - dash > 3)
            mounts.back().options += "," + std::string(dash[3]); // of the file system; those before are of the mount
    }
    return mounts;
}

Result<std::vector<Mount>> collect_mounts(Session& session)
{
    std::vector<Mount> mounts;
    if (session.source.is_live()) {
        auto const text = session.source.read_state("/proc/self/mountinfo", session.options.limits.proc_file_bytes_max);
        if (text.ok())
            mounts = parse_mountinfo(text.value());
        else
            session.notes.add("/proc/self/mountinfo", text.error());
    }
    StateFile state(session, linux_mount_schema.erased);
    for (auto const& mount : mounts) {
        LinuxMountRow row;
        row.device = if_any(mount.device);
        row.file_system = if_any(mount.type);
        row.mount_point = mount.point;
        row.options = mount.options;
        row.root = mount.root;
        TRY(state.add(linux_mount_schema, row));
        if (is_network_file_system(mount.type) && mount.point != "/") {
            session.notes.add("network_mount", mount.point, format("{}: nothing below it is looked at", mount.type));
            session.source.block(mount.point, mount.type);
        }
    }
    TRY(state.finish("mounts"));
    return mounts;
}

}
