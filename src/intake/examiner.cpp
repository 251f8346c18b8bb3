#include "intake/examiner.hpp"
#include "base/text.hpp"
#include "intake/collection.hpp"
#include "intake/collection_notes.hpp"
#include "intake/hosts.hpp"
#include "intake/image/segments.hpp"
#include "os/clock.hpp"
#include "os/memory.hpp"
#include "os/walk.hpp"
#include <algorithm>

namespace konseki::intake {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view rules_fact = "intake.rules";
constexpr std::string_view catalogue_fact = "intake.catalogue";
constexpr std::string_view second_pass_fact = "intake.second_pass";
constexpr std::uint64_t partial_commit_rows = 4 * store::Case::commit_rows; // one evidence of many millions of rows
constexpr std::size_t look_ahead_max = 64;
constexpr std::uint64_t bomb_free_bytes = 64ULL << 20; // ratios are judged after that much
constexpr double rate_window_seconds = 5.0;

Timestamp timestamp_of(std::int64_t modified_ns)
{
    return { modified_ns / 100 + Timestamp::unix_epoch_seconds * ticks_per_second };
}

bool is_done(EvidenceState state)
{
    return state != EvidenceState::registered && state != EvidenceState::failed;
}

}

SecondPass SecondPass::from_text(std::string_view text)
{
    SecondPass second;
    for (auto const item : split(text, ';')) {
        auto const colon = item.find(':');
        auto const number = parse_uint(item.substr(0, colon));
        if (colon == std::string_view::npos || !number)
            continue;
        auto& pieces = second.m_pieces[static_cast<EvidenceNumber>(*number)];
        for (auto const piece : split(item.substr(colon + 1), ',')) {
            auto const plus = piece.find('+');
            auto const offset = parse_uint(piece.substr(0, plus));
            auto const size = plus == std::string_view::npos ? std::nullopt : parse_uint(piece.substr(plus + 1));
            if (offset && size)
                pieces.push_back({ *offset, *size });
        }
    }
    return second;
}

std::string SecondPass::to_text() const
{
    std::string text;
    for (auto const& [number, pieces] : m_pieces) {
        append_format(text, "{}{}:", text.empty() ? "" : ";", number);
        for (std::size_t index = 0; index < pieces.size(); ++index)
            append_format(text, "{}{}+{}", index == 0 ? "" : ",", pieces[index].offset, pieces[index].size);
    }
    return text;
}

void SecondPass::set(EvidenceNumber number, std::vector<ByteRange> pieces)
{
    m_has_changed = true;
    m_pieces[number] = std::move(pieces);
}

void SecondPass::remove(EvidenceNumber number)
{
    m_has_changed = m_pieces.erase(number) > 0 || m_has_changed;
}

Examiner::Examiner(store::Case& target, os::WorkerServer& server, ExamineOptions const& options, ProgressSink& progress,
    std::stop_token stop)
    : m_case(target)
    , m_server(server)
    , m_options(options)
    , m_progress(progress)
    , m_stop(std::move(stop))
    , m_workers(options.workers == 0 ? os::processor_count() : options.workers)
    , m_vault { target }
    , m_parse(options.schemas, options.limits, m_workers, *this)
{
}

ArtefactParser const* Examiner::parser_named(std::string_view name) const
{
    for (auto const* parser : m_options.parsers) {
        if (parser->name == name)
            return parser;
    }
    return nullptr;
}

// ---- before the run

// Archives that an earlier run could not open: with passwords given now, they are unpacked once more.
Result<std::set<EvidenceNumber>> Examiner::locked_archives() const
{
    std::set<EvidenceNumber> locked;
    if (m_options.passwords.empty() && m_options.keys.empty())
        return locked;
    auto rows = TRY(m_case.query("SELECT DISTINCT evidence FROM diagnostic WHERE code = 'encrypted'"));
    while (rows.next())
        locked.insert(static_cast<EvidenceNumber>(rows.unsigned_integer(0)));
    TRY(rows.status());
    return locked;
}

// Rules are part of what was examined: with others, all evidence is to be read again. The states say so from here on,
// so that an interrupted run goes on where it was.
Result<void> Examiner::forget_old_rules(std::vector<Evidence>& known)
{
    auto const rules = format("{}\n{}", m_options.watcher, m_options.rules_fingerprint);
    std::string catalogue;
    for (auto const* parser : m_options.parsers)
        append_format(catalogue, "{} {}\n", parser->name, parser->version);
    auto const old_rules = TRY(m_case.fact(rules_fact));
    auto const locked = TRY(locked_archives());
    m_is_catalogue_new = TRY(m_case.fact(catalogue_fact)) != catalogue;
    for (auto& evidence : known) {
        auto const* const parser = parser_named(evidence.parser);
        auto const is_outdated = evidence.state == EvidenceState::examined
            && (old_rules != rules || parser == nullptr || parser->version != evidence.parser_version);
        auto const may_be_known_now = evidence.state == EvidenceState::not_recognised && m_is_catalogue_new;
        auto const may_open_now = evidence.state == EvidenceState::container && locked.contains(evidence.number);
        if (!is_outdated && !may_be_known_now && !may_open_now)
            continue;
        evidence.state = EvidenceState::registered;
        m_second_pass.remove(evidence.number);
        TRY(m_case.update(evidence));
    }
    TRY(m_case.set_fact(rules_fact, rules));
    TRY(m_case.set_fact(catalogue_fact, catalogue));
    return commit();
}

Result<void> Examiner::load()
{
    TRY(os::make_folders(m_vault.folder()));
    os::remove_stale_new_files(m_vault.folder());
    m_second_pass = SecondPass::from_text(TRY(m_case.fact(second_pass_fact)).value_or(""));
    auto known = TRY(m_case.evidence());
    TRY(forget_old_rules(known));
    m_known_at_start = static_cast<EvidenceNumber>(known.size());
    m_registry = std::make_unique<Registry>(known);
    m_companions = std::make_unique<Companions>(*m_registry);
    return {};
}

void Examiner::add_walked(fs::path const& start, os::WalkedFile const& file)
{
    auto candidate = std::make_unique<Candidate>();
    candidate->path = file.path.string();
    if (!m_paths_seen.insert(candidate->path).second)
        return; // inputs may overlap
    candidate->original_path = file.path.lexically_relative(start.parent_path()).generic_string();
    candidate->facts = file.facts;
    candidate->modified_at = timestamp_of(file.facts.modified_ns);
    if (auto const* known = m_registry->by_path(candidate->path); known != nullptr)
        candidate->known = known->number;
    ++m_files_total;
    m_bytes_total += file.facts.size_bytes;
    m_candidates.push_back(std::move(candidate));
}

// What the layout of one input says about its files.
void Examiner::place_walked(std::size_t first, fs::path const& start)
{
    std::vector<std::string> paths;
    for (auto index = first; index < m_candidates.size(); ++index)
        paths.push_back(m_candidates[index]->original_path);
    auto const layout = CollectionLayout::of(paths, start.filename().string());
    for (auto index = first; index < m_candidates.size(); ++index) {
        auto& candidate = *m_candidates[index];
        if (auto place = layout.place_of(candidate.original_path)) {
            candidate.host = std::move(place->host);
            candidate.machine_path = std::move(place->path);
        } else {
            candidate.host = host_in_name(candidate.original_path);
        }
    }
}

void Examiner::walk_inputs()
{
    auto const own_folder = fs::absolute(m_case.folder()).lexically_normal().string() + "/";
    for (auto const& input : m_options.inputs) {
        auto start = fs::absolute(input).lexically_normal();
        if (!start.has_filename())
            start = start.parent_path();
        auto const found = os::walk(start, m_stop);
        auto const is_collection = start.string().starts_with(own_folder + "collections/");
        auto const first = m_candidates.size();
        for (auto const& file : found.files) {
            // The case may lie inside what it examines; collections of this machine lie in the case, and are named.
            if (is_collection || !file.path.string().starts_with(own_folder))
                add_walked(start, file);
        }
        for (auto const& [path, problem] : found.problems) {
            add_walked(start, { path, {} });
            if (!m_candidates.empty() && m_candidates.back()->path == path.string())
                m_candidates.back()->failure = problem;
        }
        place_walked(first, start);
        m_summary.links_skipped += found.links_skipped;
        m_summary.special_skipped += found.special_skipped;
    }
}

// Evidence of earlier runs that is not done (interrupted, or the rules are new) and not among the inputs.
void Examiner::add_left_over()
{
    for (auto const& evidence : m_registry->all()) {
        if (evidence.state != EvidenceState::registered || m_visited.contains(evidence.number))
            continue;
        m_visited.insert(evidence.number);
        auto const facts = os::facts_of(fs::path(evidence.path));
        if (!facts.ok() || facts.value().size_bytes != evidence.size_bytes) {
            ++m_summary.files_left; // not at hand now: it stays as it is
            continue;
        }
        auto candidate = std::make_unique<Candidate>();
        candidate->path = evidence.path;
        candidate->original_path = evidence.original_path;
        candidate->facts = facts.value();
        candidate->modified_at = evidence.modified_at;
        candidate->known = evidence.number;
        candidate->parent = evidence.parent;
        candidate->is_in_vault = evidence.is_in_vault;
        ++m_files_total;
        m_bytes_total += evidence.size_bytes;
        m_candidates.push_back(std::move(candidate));
    }
}

// ---- registration

Result<void> Examiner::report(EvidenceNumber evidence, Diagnostic const& diagnostic)
{
    ++m_summary.diagnostics;
    if (diagnostic.bytes_lost > 0) {
        ++m_summary.diagnostics_with_loss;
        m_summary.bytes_lost += diagnostic.bytes_lost;
    }
    return m_case.append(evidence, diagnostic);
}

void Examiner::finish_file(std::uint64_t size_bytes)
{
    ++m_files_done;
    m_bytes_done += size_bytes;
}

bool Examiner::is_unchanged(Candidate const& candidate)
{
    if (candidate.known == 0 || candidate.failure)
        return false;
    auto const& known = m_registry->by_number(candidate.known);
    if (known.size_bytes != candidate.facts.size_bytes || known.modified_ns != candidate.facts.modified_ns
        || !is_done(known.state))
        return false;
    auto const has_companions = known.state == EvidenceState::examined || known.state == EvidenceState::container;
    if (has_companions && known.companions != fingerprint_of(companions_of(known, candidate)))
        return false;
    return !(m_options.examine_again && known.state == EvidenceState::examined);
}

Result<void> Examiner::pass_by(Candidate const& candidate)
{
    auto const number = candidate.known;
    m_visited.insert(number);
    ++m_summary.unchanged;
    finish_file(candidate.facts.size_bytes);
    if (m_registry->by_number(number).state == EvidenceState::container)
        push_children(number, candidate);
    return {};
}

bool Examiner::needs_unpacking(Candidate const& candidate)
{
    if (candidate.failure || candidate.identified.as != Recognised::archive
        || candidate.depth >= m_options.limits.archive_depth_max)
        return false;
    auto const first = m_registry->first_with(candidate.identified.sha256, candidate.known);
    if (first != 0 && m_registry->by_number(first).companions == fingerprint_of(segments_of_image(candidate)))
        return false; // a duplicate
    if (candidate.known == 0)
        return true;
    auto const& known = m_registry->by_number(candidate.known);
    return known.sha256 != candidate.identified.sha256 || known.state != EvidenceState::container
        || known.companions != fingerprint_of(segments_of_image(candidate));
}

Result<void> Examiner::register_ready()
{
    while (!m_candidates.empty() && !m_stop.stop_requested()) {
        if (!TRY(register_front()))
            return {};
    }
    return {};
}

Result<bool> Examiner::register_front()
{
    auto& front = *m_candidates.front();
    if (!front.failure && !is_unchanged(front)) {
        if (front.stage < Candidate::Stage::identified)
            return false;
        if (front.stage < Candidate::Stage::unpacked && needs_unpacking(front))
            return false;
        if (front.stage == Candidate::Stage::unpacking)
            return false;
    }
    auto const candidate = std::move(m_candidates.front());
    m_candidates.pop_front();
    if (auto const receiver = m_receivers.find(candidate.get()); receiver != m_receivers.end()) {
        std::erase(m_unpacking, receiver->second.get());
        m_receivers.erase(receiver);
    }
    if (candidate->failure)
        TRY(register_failed(*candidate));
    else if (candidate->stage < Candidate::Stage::identified)
        TRY(pass_by(*candidate));
    else
        TRY(register_identified(*candidate));
    return true;
}

Result<bool> Examiner::store_row(Evidence& evidence, bool is_new)
{
    if (is_new) {
        evidence.number = TRY(m_case.add(evidence));
        m_registry->add(evidence);
    } else {
        TRY(m_case.update(evidence));
        m_registry->by_number(evidence.number) = evidence;
        m_registry->note_digest(evidence);
    }
    m_visited.insert(evidence.number);
    return is_new;
}

Result<void> Examiner::register_failed(Candidate& candidate)
{
    Evidence evidence;
    auto const is_new = candidate.known == 0;
    if (!is_new) {
        evidence = m_registry->by_number(candidate.known);
        if (is_done(evidence.state)) { // examined before, unreadable now: what is there stays
            m_visited.insert(evidence.number);
            finish_file(candidate.facts.size_bytes);
            ++m_summary.failed;
            return report(evidence.number, { *candidate.failure, candidate.facts.size_bytes });
        }
        TRY(m_case.remove_traces(evidence.number));
    } else {
        evidence.path = candidate.path;
        evidence.original_path = candidate.original_path;
        evidence.received_at = os::now();
    }
    evidence.parent = candidate.parent;
    evidence.size_bytes = candidate.facts.size_bytes;
    evidence.modified_ns = candidate.facts.modified_ns;
    evidence.modified_at = candidate.modified_at;
    evidence.is_in_vault = candidate.is_in_vault;
    evidence.state = EvidenceState::failed;
    TRY(store_row(evidence, is_new));
    ++m_summary.failed;
    finish_file(candidate.facts.size_bytes);
    return report(evidence.number, { *candidate.failure, std::max<std::uint64_t>(1, candidate.facts.size_bytes) });
}

Result<void> Examiner::copy_into_vault(Candidate const& candidate, Evidence& evidence)
{
    auto const target = m_vault.path_of(evidence.sha256);
    auto const there = os::facts_of(fs::path(target));
    if (!there.ok() || there.value().size_bytes != evidence.size_bytes) {
        auto const file = TRY(os::open_for_reading(candidate.path));
        auto copy = TRY(os::NewFile::create_in(m_vault.folder()));
        std::vector<std::byte> block(1 << 20);
        Sha256Hasher hasher;
        std::uint64_t position = 0;
        while (true) {
            auto const got = TRY(os::read_at(file.number(), position, block));
            if (got == 0)
                break;
            hasher.add(ByteView(block).first(got));
            TRY(copy.append(ByteView(block).first(got)));
            position += got;
        }
        if (hasher.finish() != evidence.sha256)
            return Error { ErrorCode::bad_value, "evidence.changed", 0, evidence.size_bytes, position, candidate.path };
        TRY(copy.keep_as(target));
        m_has_new_vault_files = true;
    }
    auto const facts = TRY(os::facts_of(fs::path(target)));
    evidence.path = target;
    evidence.modified_ns = facts.modified_ns;
    evidence.is_in_vault = true;
    return {};
}

// [fsa 7] Velociraptor's auto accessor may meet a locked file and fall back; ntfs reads the same file from the volume.
EvidenceNumber Examiner::raw_read_of(Evidence const& evidence)
{
    if (evidence.parent == 0 || evidence.machine_path.empty()
        || read_through(evidence.original_path) != ReadThrough::system)
        return 0;
    auto const [place, is_new] = m_raw_reads.try_emplace(evidence.parent);
    if (is_new) {
        for (auto const number : m_registry->children_of(evidence.parent)) {
            auto const& member = m_registry->by_number(number);
            if (read_through(member.original_path) == ReadThrough::volume)
                place->second.emplace(fold_utf8(member.machine_path), number);
        }
    }
    auto const raw = place->second.find(fold_utf8(evidence.machine_path));
    auto const is_whole
        = raw != place->second.end() && m_registry->by_number(raw->second).size_bytes >= evidence.size_bytes;
    return is_whole ? raw->second : 0;
}

// The row that stands for the candidate: a known one when the bytes are the same, else a new one.
Result<Evidence*> Examiner::settle(Candidate& candidate)
{
    Evidence evidence;
    if (candidate.known == 0 && candidate.parent == 0) {
        candidate.known = m_registry->copy_of(candidate.original_path, candidate.identified.sha256);
        if (candidate.known != 0)
            candidate.facts.modified_ns
                = m_registry->by_number(candidate.known).modified_ns; // of the copy, which is what is read
    }
    auto const* const known = candidate.known == 0 ? nullptr : &m_registry->by_number(candidate.known);
    auto const is_same
        = known != nullptr && (known->sha256 == candidate.identified.sha256 || known->state == EvidenceState::failed);
    if (is_same)
        evidence = *known;
    evidence.sha256 = candidate.identified.sha256;
    evidence.size_bytes = candidate.facts.size_bytes;
    evidence.modified_ns = candidate.facts.modified_ns;
    if (!is_same) {
        candidate.known = 0;
        evidence.path = candidate.path;
        evidence.original_path = candidate.original_path;
        evidence.host = candidate.host;
        evidence.machine_path = candidate.machine_path;
        evidence.parent = candidate.parent;
        evidence.modified_at = candidate.modified_at;
        evidence.received_at = os::now();
        evidence.is_in_vault = candidate.is_in_vault;
    }
    auto const* const parser = parser_named(candidate.identified.parser);
    auto const was_parsed_by = std::exchange(evidence.parser, parser == nullptr ? std::string_view {} : parser->name);
    auto const companions = fingerprint_of(companions_of(evidence, candidate));
    auto const is_examined = evidence.state == EvidenceState::examined;
    auto const has_others
        = companions != evidence.companions && (is_examined || evidence.state == EvidenceState::container);
    auto const was_done
        = is_same && is_done(evidence.state) && !(is_examined && m_options.examine_again) && !has_others;
    if (was_done) {
        evidence.parser = was_parsed_by;
    } else {
        auto original
            = evidence.size_bytes == 0 ? 0 : m_registry->first_like(evidence, parser != nullptr && parser->reads_path);
        if (original != 0 && m_registry->by_number(original).companions != companions)
            original = 0; // the same hive with other logs says other things
        if (auto const raw = original == 0 && parser != nullptr ? raw_read_of(evidence) : 0; raw != 0) {
            original = raw;
            candidate.diagnostics.push_back({ { ErrorCode::unsupported, "intake.raw_read_preferred", 0, 0, 0,
                                                  format("other bytes than e{}, the same file read from the volume "
                                                         "itself: that one is parsed, this one is kept",
                                                      raw) },
                0 });
        }
        evidence.companions = companions;
        evidence.duplicate_of = original;
        evidence.parser_version = parser == nullptr ? std::uint16_t { 0 } : parser->version;
        if (original != 0)
            evidence.state = EvidenceState::duplicate;
        else if (parser != nullptr || candidate.identified.as == Recognised::archive)
            evidence.state = EvidenceState::registered;
        else
            evidence.state = EvidenceState::not_recognised;
        if (is_same && evidence.number <= m_known_at_start)
            TRY(m_case.remove_traces(evidence.number));
    }
    if (m_options.copy_into_vault && !is_same && evidence.duplicate_of == 0 && !evidence.is_in_vault) {
        if (auto copied = copy_into_vault(candidate, evidence); !copied.ok()) {
            if (copied.error().code == ErrorCode::no_space)
                return std::move(copied).error();
            candidate.diagnostics.push_back({ std::move(copied).error(), 0 }); // it is read in place then
        }
    }
    TRY(store_row(evidence, !is_same));
    return &m_registry->by_number(evidence.number);
}

std::vector<CompanionFile> Examiner::companions_of(Evidence const& evidence, Candidate const& candidate)
{
    auto const* const parser = parser_named(evidence.parser);
    if (parser == nullptr)
        return segments_of_image(candidate);
    return m_companions->of(evidence, *parser, candidate.is_in_vault ? std::string {} : candidate.path, m_paths_seen);
}

std::vector<CompanionFile> Examiner::segments_of_image(Candidate const& candidate) const
{
    std::vector<CompanionFile> files;
    if (candidate.parent != 0)
        return m_companions->segments_of_member(candidate.parent, candidate.original_path);
    if (candidate.is_in_vault)
        return files; // under its hash, without neighbours
    for (auto const& path : segments_of(candidate.path, m_paths_seen))
        if (auto const facts = os::facts_of(fs::path(path)); facts.ok())
            files.push_back(
                { fs::path(path).filename().string(), path, facts.value().size_bytes, facts.value().modified_ns, {} });
    return files;
}

void Examiner::start_parse(Evidence const& evidence, Candidate const& candidate)
{
    auto pieces = candidate.identified.pieces;
    if (pieces.empty())
        pieces.push_back({ 0, evidence.size_bytes });
    m_parse.add({ evidence, std::move(pieces), Pass::first, true, companions_of(evidence, candidate) });
}

// Bytes in the vault are named by their hash: others under that name are not the member any more.
static std::optional<Error> damage_in_vault(Candidate const& candidate, Registry& registry)
{
    if (candidate.parent == 0 || candidate.known == 0
        || registry.by_number(candidate.known).sha256 == candidate.identified.sha256)
        return std::nullopt;
    return Error { ErrorCode::bad_checksum, "vault.sha256", 0, 0, 0, candidate.path };
}

Result<void> Examiner::register_identified(Candidate& candidate)
{
    if (auto damage = damage_in_vault(candidate, *m_registry); damage) {
        candidate.failure = std::move(damage);
        return register_failed(candidate);
    }
    auto& evidence = *TRY(settle(candidate));
    auto const number = evidence.number;
    for (auto const& diagnostic : candidate.diagnostics)
        TRY(report(number, diagnostic));
    m_summary.bytes += evidence.size_bytes;
    switch (evidence.state) {
    case EvidenceState::duplicate: ++m_summary.duplicates; break;
    case EvidenceState::not_recognised: ++m_summary.not_recognised; break;
    case EvidenceState::registered:
        if (!evidence.parser.empty()) {
            start_parse(evidence, candidate);
            return {}; // its bytes are done when it is parsed
        }
        TRY(register_members(candidate, evidence));
        break;
    case EvidenceState::container: push_children(number, candidate); [[fallthrough]];
    default: ++m_summary.unchanged; // touched, but the same bytes
    }
    finish_file(candidate.facts.size_bytes);
    return {};
}

// All direct members get their numbers at once, in archive order; then the archive counts as done. Members of nested
// archives follow when their turn comes.
Result<void> Examiner::register_members(Candidate& candidate, Evidence& archive)
{
    auto const number = archive.number;
    ++m_summary.containers;
    if (candidate.depth >= m_options.limits.archive_depth_max)
        TRY(report(number,
            { { ErrorCode::limit, "archive.depth", 0, candidate.depth + 1, m_options.limits.archive_depth_max, {} },
                archive.size_bytes }));
    std::vector<std::string> paths;
    paths.reserve(candidate.members.size());
    for (auto const& member : candidate.members)
        paths.push_back(member.path);
    auto const layout = CollectionLayout::of(paths, archive.original_path);
    auto const host_of_archive = archive.host;
    for (auto const& member : candidate.members) {
        m_has_new_vault_files = true;
        auto const* const known = m_registry->take_member(number, member.path, member.sha256);
        if (known != nullptr)
            continue;
        Evidence evidence;
        evidence.path = member.vault_path;
        evidence.original_path = member.path;
        auto const place = layout.place_of(member.path);
        evidence.host = place && !place->host.empty() ? place->host : host_of_archive;
        evidence.machine_path = place ? place->path : std::string {};
        evidence.sha256 = member.sha256;
        evidence.size_bytes = member.size_bytes;
        evidence.parent = number;
        // What gzip and its like pack may have no time of its own.
        evidence.modified_at
            = member.modified_at.is_set() || candidate.members.size() > 1 ? member.modified_at : candidate.modified_at;
        evidence.received_at = os::now();
        evidence.is_in_vault = true;
        auto const facts = os::facts_of(fs::path(member.vault_path));
        evidence.modified_ns = facts.ok() ? facts.value().modified_ns : 0;
        TRY(store_row(evidence, true));
        m_visited.erase(evidence.number);
    }
    auto done = m_registry->by_number(number);
    done.state = EvidenceState::container;
    TRY(store_row(done, false));
    push_children(number, candidate);
    return {};
}

void Examiner::push_children(EvidenceNumber archive, Candidate const& candidate)
{
    auto budget = candidate.budget;
    if (!budget) {
        auto const by_ratio
            = std::max(bomb_free_bytes, candidate.facts.size_bytes * m_options.limits.inflate_ratio_max);
        budget = std::make_shared<InflateBudget>(
            InflateBudget { std::min(by_ratio, m_options.limits.inflated_bytes_max) });
    }
    auto const numbers = m_registry->children_of(archive);
    for (auto number = numbers.rbegin(); number != numbers.rend(); ++number) {
        auto const& evidence = m_registry->by_number(*number);
        auto child = std::make_unique<Candidate>();
        child->path = evidence.path;
        child->original_path = evidence.original_path;
        child->host = evidence.host;
        child->machine_path = evidence.machine_path;
        child->facts = { evidence.size_bytes, evidence.modified_ns, 0, 0 };
        child->modified_at = evidence.modified_at;
        child->parent = archive;
        child->known = *number;
        child->depth = candidate.depth + 1;
        child->is_in_vault = true;
        child->budget = budget;
        ++m_files_total;
        m_bytes_total += evidence.size_bytes;
        m_candidates.push_front(std::move(child));
    }
}

// ---- what parsing brings

Result<void> Examiner::on_batch(Evidence const& evidence, TraceBatch const& batch)
{
    m_summary.records += batch.row_count();
    TRY(m_case.append(batch));
    // So much in one transaction costs memory: the evidence stays "registered", a later run would remove these rows
    // first.
    if (m_phase == "examine" && evidence.state == EvidenceState::registered
        && m_case.uncommitted_rows() >= partial_commit_rows)
        return commit();
    return {};
}

Result<void> Examiner::on_diagnostic(Evidence const& evidence, Diagnostic const& diagnostic)
{
    return report(evidence.number, diagnostic);
}

Result<void> Examiner::on_entry(Evidence const&, std::string_view key, std::string_view bytes)
{
    return m_case.add_dictionary(key, bytes); // called in evidence order: the first one wins for any number of workers
}

Result<void> Examiner::on_piece_done(Evidence const& evidence, ByteRange piece)
{
    m_current = evidence.original_path;
    m_head_bytes_done += piece.size;
    return {};
}

Result<void> Examiner::on_task_done(ParseTask const& task, std::vector<ByteRange> const& second_pass_pieces)
{
    auto const number = task.evidence.number;
    m_head_bytes_done = 0;
    if (task.pass == Pass::second) {
        m_second_pass.remove(number);
        finish_file(task.evidence.size_bytes);
        return commit_when_due();
    }
    auto evidence = m_registry->by_number(number);
    evidence.state = EvidenceState::examined;
    TRY(store_row(evidence, false));
    if (second_pass_pieces.empty())
        m_second_pass.remove(number);
    else
        m_second_pass.set(number, second_pass_pieces);
    ++m_summary.examined;
    ++m_examined_since_commit;
    finish_file(task.evidence.size_bytes);
    return commit_when_due();
}

Result<void> Examiner::commit()
{
    if (std::exchange(m_has_new_vault_files, false))
        TRY(os::synchronise_file_system_of(m_vault.folder()));
    if (m_second_pass.take_change())
        TRY(m_case.set_fact(second_pass_fact, m_second_pass.to_text()));
    TRY(m_case.commit());
    m_examined_since_commit = 0;
    m_last_commit = os::steady_seconds();
    return {};
}

Result<void> Examiner::commit_when_due()
{
    if (m_case.uncommitted_rows() >= store::Case::commit_rows
        || os::steady_seconds() - m_last_commit >= m_options.commit_seconds)
        return commit();
    return {};
}

// ---- the loop

std::vector<std::pair<FrameKind, std::string>> Examiner::crew_setup() const
{
    return { { FrameKind::configure,
        encode(Configuration { m_options.watcher, m_options.watcher_configuration, true,
            { m_options.passwords.begin(), m_options.passwords.end() },
            { m_options.keys.begin(), m_options.keys.end() } }) } };
}

Result<void> Examiner::give_identify(Candidate& candidate)
{
    candidate.stage = Candidate::Stage::identifying;
    auto file = os::open_for_reading(candidate.path);
    auto facts = file.ok() ? os::facts_of(file.value()) : Result<os::FileFacts>(file.error());
    if (!facts.ok()) {
        candidate.failure = std::move(facts).error();
        candidate.stage = Candidate::Stage::identified;
        return {};
    }
    candidate.facts = facts.value(); // what the hash is of
    candidate.is_later_segment = candidate.parent != 0
        ? m_companions->is_later_segment_of_member(candidate.parent, candidate.original_path)
        : !candidate.is_in_vault && is_later_segment(candidate.path, m_paths_seen);
    JobText job;
    job.kind = JobKind::identify;
    job.size_bytes = candidate.facts.size_bytes;
    job.name = candidate.machine_path.empty() ? candidate.original_path : candidate.machine_path;
    job.piece_bytes = m_options.piece_bytes;
    auto receiver = std::make_unique<IdentifyReceiver>(candidate, m_words);
    auto* const raw = receiver.get();
    m_receivers[&candidate] = std::move(receiver);
    return m_crew->give(
        { encode(job), std::move(file).value(), static_cast<double>(m_options.limits.piece_seconds_max), true, raw });
}

Result<void> Examiner::give_unpack(Candidate& candidate)
{
    candidate.stage = Candidate::Stage::unpacking;
    auto const segments = segments_of_image(candidate);
    if (!candidate.budget) {
        auto size_bytes = candidate.facts.size_bytes;
        for (auto const& segment : segments)
            size_bytes += segment.size_bytes;
        auto const by_ratio = std::max(bomb_free_bytes, size_bytes * m_options.limits.inflate_ratio_max);
        candidate.budget = std::make_shared<InflateBudget>(
            InflateBudget { std::min(by_ratio, m_options.limits.inflated_bytes_max) });
    }
    auto file = os::open_for_reading(candidate.path);
    if (!file.ok()) {
        candidate.failure = std::move(file).error();
        candidate.stage = Candidate::Stage::unpacked;
        return {};
    }
    JobText job;
    job.kind = JobKind::unpack;
    job.size_bytes = candidate.facts.size_bytes;
    job.name = candidate.original_path;
    job.inflated_bytes_max = candidate.budget->left_bytes;
    auto companions = open_companions(segments, candidate.diagnostics);
    auto receiver = std::make_unique<UnpackReceiver>(candidate, m_words, m_vault, m_options.limits);
    auto* const raw = receiver.get();
    m_unpacking.push_back(raw);
    m_receivers[&candidate] = std::move(receiver);
    return m_crew->give({ encode(job), std::move(file).value(), static_cast<double>(m_options.limits.piece_seconds_max),
        true, raw, std::move(companions) });
}

Result<bool> Examiner::look_ahead()
{
    std::size_t looked_at = 0;
    for (auto& candidate : m_candidates) {
        if (++looked_at > look_ahead_max)
            return false;
        if (candidate->failure || (candidate->stage == Candidate::Stage::waiting && is_unchanged(*candidate)))
            continue;
        if (candidate->stage == Candidate::Stage::waiting) {
            TRY(give_identify(*candidate));
            return true;
        }
        // Nested archives share what the outermost may inflate to: one after the other, or the order of workers would
        // decide.
        auto const is_its_turn = candidate->depth == 0 || looked_at == 1;
        if (candidate->stage == Candidate::Stage::identified && is_its_turn && needs_unpacking(*candidate)) {
            TRY(give_unpack(*candidate));
            return true;
        }
    }
    return false;
}

Result<void> Examiner::give_work()
{
    while (m_crew->has_room()) {
        if (m_parse.wants_dispatch()) {
            TRY(m_parse.dispatch(*m_crew));
            continue;
        }
        if (!TRY(look_ahead()))
            return {};
    }
    return {};
}

std::optional<Error> Examiner::vault_failure() const
{
    for (auto const* receiver : m_unpacking) {
        if (receiver->failure())
            return receiver->failure();
    }
    return std::nullopt;
}

Result<void> Examiner::loop()
{
    while (!m_stop.stop_requested()) {
        TRY(register_ready());
        TRY(give_work());
        TRY(m_parse.drain());
        show_progress(false);
        if (m_crew->is_idle() && m_parse.is_empty() && m_candidates.empty())
            return {};
        TRY(m_crew->step(100));
        if (auto const full = vault_failure()) {
            TRY(stop_run()); // what was read so far is not to be read again when there is room
            return *full;
        }
        TRY(m_parse.drain());
        if (m_parse.partly_consumed() == nullptr)
            TRY(commit_when_due());
    }
    return {};
}

// Evidence that asked for it is read again with what all evidence together taught.
Result<void> Examiner::second_pass()
{
    if (m_second_pass.pieces().empty())
        return {};
    m_phase = "second pass";
    m_crew->dismiss();
    m_summary.workers_died += m_crew->deaths();
    auto setup = crew_setup();
    std::string entries;
    for (auto const& [key, bytes] : TRY(m_case.dictionary())) {
        append_entry(entries, key, bytes);
        if (entries.size() >= (1U << 20))
            setup.emplace_back(FrameKind::dictionary, std::exchange(entries, {}));
    }
    setup.emplace_back(FrameKind::dictionary, std::move(entries));
    m_crew = std::make_unique<Crew>(m_server, m_workers, std::move(setup));
    for (auto const& [number, pieces] : m_second_pass.pieces()) {
        if (number > m_registry->size() || pieces.empty())
            continue;
        auto const& evidence = m_registry->by_number(number);
        if (!evidence.parser.empty())
            m_parse.add({ evidence, pieces, Pass::second, false, companions_of(evidence, {}) });
        ++m_files_total;
        m_bytes_total += evidence.size_bytes;
    }
    // The first pass is committed while the workers read: each commit rewrites what its tables have left over, and the
    // second pass is often short.
    TRY(give_work());
    TRY(commit_when_due());
    return loop();
}

// What is complete stays; the evidence in the middle of being stored is left for the next run.
Result<void> Examiner::stop_run()
{
    m_crew->dismiss();
    if (auto const* const partial = m_parse.partly_consumed(); partial != nullptr) {
        if (m_phase == "examine") {
            TRY(m_case.remove_traces(partial->number));
        } else { // back to the last commit: an earlier part of the second pass, or of the first
            TRY(m_case.rollback());
            (void)m_second_pass.take_change();
            m_summary.examined -= m_examined_since_commit;
            m_summary.files_left += m_examined_since_commit;
        }
    }
    m_summary.was_stopped = true;
    m_summary.files_left += m_candidates.size() + m_parse.task_count();
    return commit();
}

Result<ExamineSummary> Examiner::run()
{
    m_started = m_last_commit = os::steady_seconds();
    TRY(load());
    walk_inputs();
    m_crew = std::make_unique<Crew>(m_server, m_workers, crew_setup());
    TRY(loop());
    if (!m_stop.stop_requested()) {
        add_left_over();
        TRY(loop());
    }
    if (!m_stop.stop_requested())
        TRY(second_pass());
    m_summary.workers_died += m_crew->deaths();
    if (m_stop.stop_requested())
        TRY(stop_run());
    else
        TRY(commit());
    TRY(store_sample_names(m_case));
    TRY(store_hosts(m_case));
    TRY(commit());
    m_crew->dismiss();
    m_summary.evidence_total = m_registry->size();
    m_summary.seconds = os::steady_seconds() - m_started;
    show_progress(true);
    return m_summary;
}

void Examiner::show_progress(bool is_last)
{
    auto const now = os::steady_seconds();
    if (!is_last && now - m_last_progress < m_options.progress_seconds)
        return;
    m_last_progress = now;
    auto const bytes_done = m_bytes_done + m_head_bytes_done;
    m_rate_points.push_back({ now, static_cast<double>(bytes_done), static_cast<double>(m_summary.records) });
    while (m_rate_points.size() > 2 && now - m_rate_points.front()[0] > rate_window_seconds)
        m_rate_points.pop_front();
    auto const& from = m_rate_points.front();
    auto const window = std::max(now - from[0], 0.001);
    Progress progress;
    progress.phase = m_phase;
    progress.files_total = m_files_total;
    progress.files_done = m_files_done;
    progress.bytes_total = m_bytes_total;
    progress.bytes_done = bytes_done;
    progress.records = m_summary.records;
    progress.seconds = now - m_started;
    progress.megabytes_per_second = (static_cast<double>(bytes_done) - from[1]) / window / 1e6;
    progress.records_per_second = (static_cast<double>(m_summary.records) - from[2]) / window;
    if (bytes_done > 0 && m_bytes_total >= bytes_done && progress.seconds > 1)
        progress.seconds_left
            = progress.seconds * static_cast<double>(m_bytes_total - bytes_done) / static_cast<double>(bytes_done);
    progress.current = m_current;
    if (m_parse.is_empty() && !m_unpacking.empty()) {
        progress.unpacked = m_unpacking.front()->so_far();
        progress.current = m_unpacking.front()->archive();
    }
    m_progress.on_progress(progress);
}

Result<ExamineSummary> examine(store::Case& target, os::WorkerServer& server, ExamineOptions const& options,
    ProgressSink& progress, std::stop_token const& stop)
{
    Examiner examiner { target, server, options, progress, stop };
    return examiner.run();
}

}
