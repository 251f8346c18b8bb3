// A case examined with the toy parser, and its content as text, for tests of intake.
// Not linked into the program; users link konseki_intake themselves.
#pragma once
#include "base/text.hpp"
#include "intake/examine.hpp"
#include "store/case.hpp"
#include "support/toy_artefact.hpp"
#include <filesystem>
#include <stdexcept>
#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>

namespace konseki::test {

struct SeenRow {
    std::string_view kind;
};
inline constexpr auto seen_schema
    = schema("toy.seen", "An event that a watcher saw", field("kind", &SeenRow::kind, "Its channel"));
inline constexpr Schema const* toy_schemas[] = { &toy_schema.erased, &seen_schema.erased };

class SeenWatcher final : public EventWatcher {
public:
    explicit SeenWatcher(TraceSink& traces)
        : m_traces(traces)
    {
    }
    void on_event(Event const& event, TraceOrigin const& origin) override
    {
        m_traces.emit(seen_schema, origin, SeenRow { event.channel });
    }

private:
    TraceSink& m_traces;
};

// The one worker server of a test program; the first call must come before any thread exists.
inline os::WorkerServer& toy_server()
{
    static intake::EvidenceWorker worker { toy_parsers,
        { { "seen", [](std::string_view, TraceSink& traces) {
               return intake::Watch { std::make_unique<SeenWatcher>(traces), nullptr };
           } } } };
    static auto server = os::WorkerServer::start(worker, {}).value();
    return *server;
}

struct ToyOptions {
    unsigned workers = 2;
    std::string rules_fingerprint {};
    std::string watcher {};
    bool examine_again = false;
    bool copy_into_vault = false;
    std::vector<std::string> passwords {}, keys {};
    std::uint64_t piece_bytes = 64 * 1024;
    std::uint32_t piece_seconds_max = 60;
    std::uint64_t stop_after_files = 0;
    double commit_seconds = 2.0;
    Limits limits {};
};

class StoppingProgress final : public intake::ProgressSink {
public:
    explicit StoppingProgress(std::uint64_t stop_after_files)
        : m_stop_after_files(stop_after_files)
    {
    }
    void on_progress(intake::Progress const& progress) override
    {
        if (m_stop_after_files > 0 && progress.files_done >= m_stop_after_files)
            stop.request_stop();
    }
    std::stop_source stop;

private:
    std::uint64_t m_stop_after_files;
};

class ToyCase {
public:
    explicit ToyCase(std::filesystem::path const& folder)
    {
        toy_server();
        auto opened = store::Case::open(folder, store::Access::read_write, toy_schemas);
        if (!opened.ok())
            throw std::runtime_error(to_string(opened.error()));
        target = std::move(opened).value();
    }

    void examine(std::vector<std::filesystem::path> inputs, ToyOptions const& options)
    {
        intake::ExamineOptions chosen;
        chosen.inputs = std::move(inputs);
        chosen.parsers = toy_parsers;
        chosen.schemas = toy_schemas;
        chosen.workers = options.workers;
        chosen.rules_fingerprint = options.rules_fingerprint;
        chosen.watcher = options.watcher;
        chosen.examine_again = options.examine_again;
        chosen.copy_into_vault = options.copy_into_vault;
        chosen.passwords = options.passwords;
        chosen.keys = options.keys;
        chosen.piece_bytes = options.piece_bytes;
        chosen.commit_seconds = options.commit_seconds;
        if (options.stop_after_files > 0)
            chosen.progress_seconds = 0; // the stop must not come after the end
        chosen.limits = options.limits;
        chosen.limits.piece_seconds_max = options.piece_seconds_max;
        StoppingProgress progress { options.stop_after_files };
        auto done = intake::examine(*target, toy_server(), chosen, progress, progress.stop.get_token());
        if (!done.ok())
            throw std::runtime_error(to_string(done.error()));
        summary = done.value();
    }

    std::string evidence() const
    {
        std::string text;
        auto const all = target->evidence().value();
        for (auto const& item : all) {
            append_format(text, "{} {} {} {} {}", item.number, item.original_path, item.size_bytes,
                item.parser.empty() ? "-" : item.parser, evidence_state_name(item.state));
            if (item.duplicate_of != 0)
                append_format(text, " of {}", item.duplicate_of);
            if (item.parent != 0)
                append_format(text, " in {}", item.parent);
            text += '\n';
        }
        return text;
    }
    std::string rows() const { return table("toy.line", "text"); }
    std::string seen() const { return table("toy.seen", "kind"); }
    std::uint64_t row_count() const
    {
        auto const text = rows();
        return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
    }
    std::string diagnostics() const
    {
        std::string text;
        auto rows
            = target->query("SELECT evidence, code, what, \"offset\", bytes_lost, detail FROM diagnostic ORDER BY ALL")
                  .value();
        while (rows.next()) {
            append_format(text, "{} {} {} @{:#x} lost {}", rows.text(0), rows.text(1), rows.text(2),
                rows.unsigned_integer(3), rows.unsigned_integer(4));
            append_format(text, "{}{}\n", rows.text(5).empty() ? "" : " ", rows.text(5));
        }
        return text;
    }
    std::string everything() const { return evidence() + rows() + seen() + diagnostics(); }

    std::string scanned(std::string const& watcher, unsigned workers) const
    {
        intake::ScanOptions options;
        options.parsers = toy_parsers;
        options.schemas = toy_schemas;
        options.workers = workers;
        options.watcher = watcher;
        options.piece_bytes = 64 * 1024;
        std::string text;
        StoppingProgress progress { 0 };
        auto const take = [&](TraceBatch const& batch) {
            for (std::size_t row = 0; row < batch.row_count(); ++row)
                append_format(text, "{} {}\n", to_string(TraceId { batch.evidence(), batch.origin(row).offset }),
                    batch.text(0, row));
        };
        auto const problem = [&](EvidenceNumber number, Diagnostic const& diagnostic) {
            append_format(text, "{} {}\n", number, to_string(diagnostic.error));
        };
        auto const done = intake::scan(*target, toy_server(), options, take, problem, progress, {});
        return done.ok() ? text : to_string(done.error());
    }

    std::string rendered(std::vector<TraceId> const& traces, std::string_view form) const
    {
        std::string text;
        auto const texts = intake::render(*target, toy_server(), toy_parsers, traces, form).value();
        for (auto const& one : texts)
            text += one + "\n";
        return text;
    }

    std::unique_ptr<store::Case> target;
    intake::ExamineSummary summary;

private:
    std::string table(std::string const& schema_name, std::string const& column) const
    {
        std::string text;
        auto rows = target
                        ->select({ .schema = schema_name,
                            .columns = { "evidence", "offset", "recovered", column },
                            .order = { { "evidence" }, { "offset" } } })
                        .value();
        while (rows.next()) {
            append_format(text, "{} {}{}\n",
                to_string(TraceId { static_cast<EvidenceNumber>(rows.unsigned_integer(0)), rows.unsigned_integer(1) }),
                rows.boolean(2) ? "recovered " : "", rows.text(3));
        }
        if (!rows.status().ok())
            text += to_string(rows.status().error());
        return text;
    }
};

struct ArchiveFile {
    std::string path;
    std::string content;
    int type = AE_IFREG;
    std::string link {}; // target of a link
};

struct ArchiveForm {
    int format = ARCHIVE_FORMAT_ZIP;
    int filter = ARCHIVE_FILTER_NONE;
    std::string options {};
    std::string passphrase {};
};

inline void write_archive(
    std::filesystem::path const& path, std::vector<ArchiveFile> const& files, ArchiveForm const& form = {})
{
    auto* const writer = archive_write_new();
    auto const check = [&](int status) {
        if (status < ARCHIVE_WARN)
            throw std::runtime_error(archive_error_string(writer));
    };
    check(archive_write_set_format(writer, form.format));
    if (form.filter != ARCHIVE_FILTER_NONE)
        check(archive_write_add_filter(writer, form.filter));
    if (!form.options.empty())
        check(archive_write_set_options(writer, form.options.c_str()));
    if (!form.passphrase.empty())
        check(archive_write_set_passphrase(writer, form.passphrase.c_str()));
    check(archive_write_open_filename(writer, path.c_str()));
    for (auto const& file : files) {
        auto* const entry = archive_entry_new();
        archive_entry_set_pathname(entry, file.path.c_str());
        archive_entry_set_filetype(entry, static_cast<unsigned>(file.type));
        archive_entry_set_perm(entry, 0644);
        archive_entry_set_mtime(entry, 1'600'000'000, 0);
        if (file.type == AE_IFLNK)
            archive_entry_set_symlink(entry, file.link.c_str());
        else if (!file.link.empty())
            archive_entry_set_hardlink(entry, file.link.c_str());
        else
            archive_entry_set_size(entry, static_cast<la_int64_t>(file.content.size()));
        check(archive_write_header(writer, entry));
        if (file.type == AE_IFREG && file.link.empty() && !file.content.empty())
            archive_write_data(writer, file.content.data(), file.content.size());
        archive_entry_free(entry);
    }
    check(archive_write_close(writer));
    archive_write_free(writer);
}

}
