// make_sample_case OUT [--seed N] [--truth FILE]: the evidence of a made-up incident, for the README's first command
// and for scenarios. Needs no shared data. The story is in sample_story.cpp; --truth writes what an examination should
// find, one JSON object per line.
#include "base/text.hpp"
#include "support/evtx_faults.hpp"
#include "tools/sample_story.hpp"
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <archive.h>
#include <archive_entry.h>

using namespace konseki;
using namespace konseki::test;

namespace {
using Logs = std::map<std::string, std::vector<WrittenEvent>>;
constexpr std::uint64_t web_security_first = 48'213;
constexpr std::string_view log_folder = "C/Windows/System32/winevt/Logs/";

void write_file(std::filesystem::path const& path, std::string_view content)
{
    std::filesystem::create_directories(path.parent_path());
    std::ofstream stream(path, std::ios::binary | std::ios::trunc);
    stream.write(content.data(), static_cast<std::streamsize>(content.size()));
    if (!stream.flush())
        throw std::runtime_error("cannot write " + path.string());
}

std::string file_name_of(std::string channel)
{
    for (auto at = channel.find('/'); at != std::string::npos; at = channel.find('/'))
        channel.replace(at, 1, "%4"); // as Windows names its logs
    return channel + ".evtx";
}

bool holds(WrittenEvent const& event, Planted const& planted)
{
    if (event.event_id != planted.event_id || event.channel != planted.channel)
        return false;
    for (auto const& [name, text] : expected_fields(event)) {
        if (text.find(planted.needle) != std::string::npos)
            return true;
    }
    return false;
}

class SampleCase {
public:
    SampleCase(std::filesystem::path out, std::uint64_t seed)
        : m_out(std::move(out))
        , m_story(seed)
    {
    }

    void make()
    {
        write_web();
        write_files();
        write_desk();
        write_directory();
        write_file(m_out / "README.txt",
            "Event logs of four machines of corp.example.jp, 7 to 11 September 2026, as an incident responder received "
            "them.\n"
            "Everything here is made up by Konseki's make_sample_case; no name, host or address belongs to anybody.\n");
        std::printf("%zu events, %zu planted things\n", m_events, m_story.planted.size());
    }

    void write_truth(std::filesystem::path const& path) const { write_file(path, m_truth); }

private:
    // Adds the record numbers that the planted things got. hidden: the number that vanished; later ones moved up.
    void note(std::string const& host, std::string const& path, std::vector<WrittenEvent> const& events,
        std::vector<WrittenPlace> const& places, std::uint64_t hidden)
    {
        for (auto const& planted : m_story.planted) {
            if (planted.host != host)
                continue;
            auto const found = std::ranges::find_if(events, [&](auto const& event) { return holds(event, planted); });
            if (found == events.end())
                continue;
            auto const index = static_cast<std::size_t>(found - events.begin());
            auto const record_id = index < places.size() ? places[index].record_id : 0;
            append_format(m_truth,
                "{{\"host\":{},\"file\":{},\"channel\":{},\"event_id\":{},\"record_id\":{},\"hidden\":{},\"written_"
                "at\":\"{}\",\"what\":{}}}\n",
                json_string(host), json_string(path), json_string(planted.channel), planted.event_id,
                record_id - (hidden != 0 && record_id > hidden ? 1 : 0), hidden != 0 && record_id == hidden,
                to_string(found->written_at), json_string(planted.what));
        }
    }

    WrittenFile write_log(std::string const& host, std::string const& path, std::vector<WrittenEvent> const& events,
        EvtxOptions const& options)
    {
        auto file = write_evtx(events, options);
        m_events += events.size();
        std::uint64_t hidden = 0;
        if (host == "WEB01" && options.first_record_id == web_security_first)
            hidden = hide_certutil(events, file);
        note(host, path, events, file.records, hidden);
        return file;
    }

    void write_web()
    {
        for (auto const& [channel, events] : m_story.web.take_logs()) {
            auto const path = "WEB01/" + std::string(log_folder) + file_name_of(channel);
            EvtxOptions options;
            options.first_record_id = channel == "Security" ? web_security_first : 1'000;
            if (channel == "Microsoft-Windows-Sysmon/Operational") {
                options.is_dirty = true; // copied while Windows ran: the header is older than the chunks
                options.claimed_chunk_count = 3;
                options.claimed_next_record_id = 1'290;
            }
            auto file = write_log("WEB01", path, events, options);
            write_file(m_out / path, file.bytes);
        }
    }

    // Gives the number that vanished.
    static std::uint64_t hide_certutil(std::vector<WrittenEvent> const& events, WrittenFile& file)
    {
        for (std::size_t i = 0; i < events.size(); ++i) {
            if (!holds(events[i], { {}, "Security", 4688, "certutil  -urlcache", {} }))
                continue;
            auto hidden = record_hidden(file.bytes, file.records[i].record_id);
            if (!hidden)
                throw std::runtime_error("the record to hide is the first of its chunk: choose another seed");
            file.bytes = std::move(hidden->file);
            return hidden->hidden.record_id;
        }
        throw std::runtime_error("the record to hide is not there");
    }

    void write_files()
    {
        std::vector<std::pair<std::string, std::string>> members;
        for (auto const& [channel, events] : m_story.files.take_logs()) {
            auto const path = std::string(log_folder) + file_name_of(channel);
            EvtxOptions options;
            if (channel == "Security") {
                options.stale = m_story.cleared; // what stood in the chunks before the log was cleared
                std::uint64_t number = 20'000;
                for (auto& event : options.stale)
                    event.record_id = number++;
                auto const surplus = options.stale.size() > stale_events ? options.stale.size() - stale_events : 0;
                options.stale.erase(
                    options.stale.begin(), options.stale.begin() + static_cast<std::ptrdiff_t>(surplus));
            }
            auto file = write_log("FS01", "FS01.zip/" + path, events, options);
            if (channel == "Microsoft-Windows-TaskScheduler/Operational") // a bad sector and a copy that broke off
                file.bytes = truncated(zeroed(file.bytes, 4096 + 20'480, 4096),
                    file.bytes.size() > 90'000 ? file.bytes.size() - 30'000 : file.bytes.size() - 10'000);
            members.emplace_back(path, std::move(file.bytes));
        }
        write_zip(m_out / "FS01.zip", members);
    }

    void write_desk()
    {
        for (auto const& [channel, all] : m_story.desk.take_logs()) {
            auto const path = "PC07/" + std::string(log_folder) + file_name_of(channel);
            auto events = all;
            if (channel == "Application" && events.size() > 12) { // somebody took records out: a gap of numbers
                for (std::size_t i = 0; i < events.size(); ++i)
                    events[i].record_id = 7'001 + i + (i >= events.size() / 2 ? 9 : 0);
            }
            if (channel == "System" && events.size() > 20) { // the clock was set back for a while
                for (auto i = events.size() / 2; i < events.size() / 2 + 5; ++i)
                    events[i].written_at.ticks -= 3'600LL * 26 * ticks_per_second;
            }
            write_file(m_out / path, write_log("PC07", path, events, {}).bytes);
        }
    }

    // DC01 came as an export of a log shipper: JSON lines in winlogbeat's shape.
    void write_directory()
    {
        std::vector<WrittenEvent> events;
        for (auto& [channel, list] : m_story.directory.take_logs()) {
            if (channel == "Security" || channel == "System")
                events.insert(events.end(), list.begin(), list.end());
        }
        std::ranges::stable_sort(events, {}, &WrittenEvent::written_at);
        std::string text;
        std::uint64_t record_id = 90'000;
        for (auto const& event : events) {
            append_format(text,
                "{{\"@timestamp\":\"{}Z\",\"host\":{{\"name\":{}}},\"winlog\":{{\"api\":\"wineventlog\",\"channel\":{},"
                "\"provider_name\":{},\"computer_name\":{},\"event_id\":{},\"record_id\":{},\"event_data\":{{",
                to_string(event.written_at).substr(0, 23), json_string(event.computer), json_string(event.channel),
                json_string(event.provider), json_string(event.computer), event.event_id, record_id++);
            bool first = true;
            for (auto const& [name, value] : expected_fields(event)) {
                append_format(text, "{}{}:{}", first ? "" : ",", json_string(name), json_string(value));
                first = false;
            }
            text += "}}}\n";
        }
        m_events += events.size();
        note("DC01", "DC01/winlogbeat-20260911.jsonl", events, {}, 0);
        write_file(m_out / "DC01" / "winlogbeat-20260911.jsonl", text);
    }

    static void write_zip(
        std::filesystem::path const& path, std::vector<std::pair<std::string, std::string>> const& members)
    {
        constexpr std::int64_t collected_at = 1'789'175'400; // fixed: the same archive every time
        std::unique_ptr<archive, int (*)(archive*)> writer(archive_write_new(), archive_write_free);
        archive_write_set_format_zip(writer.get());
        if (archive_write_open_filename(writer.get(), path.c_str()) != ARCHIVE_OK)
            throw std::runtime_error("cannot write " + path.string());
        std::unique_ptr<archive_entry, void (*)(archive_entry*)> entry(archive_entry_new(), archive_entry_free);
        for (auto const& [name, content] : members) {
            archive_entry_clear(entry.get());
            archive_entry_set_pathname(entry.get(), name.c_str());
            archive_entry_set_size(entry.get(), static_cast<la_int64_t>(content.size()));
            archive_entry_set_filetype(entry.get(), AE_IFREG);
            archive_entry_set_perm(entry.get(), 0644);
            archive_entry_set_mtime(entry.get(), collected_at, 0);
            if (archive_write_header(writer.get(), entry.get()) != ARCHIVE_OK
                || archive_write_data(writer.get(), content.data(), content.size()) < 0)
                throw std::runtime_error("cannot write " + name);
        }
        if (archive_write_close(writer.get()) != ARCHIVE_OK)
            throw std::runtime_error("cannot finish " + path.string());
    }

    static constexpr std::size_t stale_events = 90; // about one chunk

    std::filesystem::path m_out;
    SampleStory m_story;
    std::string m_truth;
    std::size_t m_events = 0;
};
}

int main(int argument_count, char** arguments)
{
    std::filesystem::path out, truth;
    std::uint64_t seed = 20260907;
    for (int i = 1; i < argument_count; ++i) {
        std::string_view const word = arguments[i];
        bool const has_value = i + 1 < argument_count;
        if (word == "--truth" && has_value)
            truth = arguments[++i];
        else if (word == "--seed" && has_value && parse_uint(arguments[i + 1]))
            seed = *parse_uint(arguments[++i]);
        else if (!word.starts_with("--"))
            out = word;
    }
    if (out.empty()) {
        std::fputs("make_sample_case OUT [--seed N] [--truth FILE]\n", stderr);
        return 2;
    }
    try {
        SampleCase sample(out, seed);
        std::filesystem::create_directories(out);
        sample.make();
        if (!truth.empty())
            sample.write_truth(truth);
    } catch (std::exception const& error) {
        std::fprintf(stderr, "make_sample_case: %s\n", error.what());
        return 3;
    }
    return 0;
}
