#include "rules/sigma/matcher.hpp"
#include "base/arena.hpp"
#include "base/text.hpp"
#include "rules/sigma/matched_fields.hpp"
#include "rules/sigma/plan.hpp"
#include "rules/sigma/reference.hpp"
#include "rules/sigma/value_memo.hpp"
#include <algorithm>
#include <array>
#include <cstring>

namespace konseki::sigma {

namespace {

constexpr std::uint32_t regex_memo_base = 1U << 30; // names of regexes in the memo, behind those of fields

bool is_string(ValueType type)
{
    return type == ValueType::utf16 || type == ValueType::utf8 || type == ValueType::ansi
        || type == ValueType::utf16_list;
}

// A decoded value. Lives in the matcher's arena until the next event.
struct Text {
    std::string_view whole;
    std::string_view folded; // data() == nullptr: not yet
};

bool contains_text(std::string_view text, std::string_view literal)
{
    return literal.empty()
        || (literal.size() <= text.size()
            && ::memmem(text.data(), text.size(), literal.data(), literal.size()) != nullptr);
}

// Literals and `*` only. Backtracks to the latest `*` alone: a longer match of an earlier one never helps.
bool glob_matches(Pattern const& pattern, std::string_view text)
{
    std::size_t token = 0, at = 0, star = std::string_view::npos, resume = 0;
    while (true) {
        bool stuck = false;
        if (token == pattern.size()) {
            if (at == text.size())
                return true;
            stuck = true;
        } else if (pattern[token].kind == Token::Kind::many) {
            star = ++token;
            resume = at;
            continue;
        } else if (pattern[token].kind == Token::Kind::literal && text.substr(at).starts_with(pattern[token].text)) {
            at += pattern[token].text.size();
            ++token;
            continue;
        } else {
            stuck = true;
        }
        if (stuck) {
            if (star == std::string_view::npos || resume >= text.size())
                return false;
            at = ++resume;
            token = star;
        }
    }
}

}

struct Matcher::State {
    explicit State(RuleSet const& rules)
        : rule_set(rules)
        , plan(rules.plan())
        , accesses(plan.accesses.size())
        , rule_marks(rules.rules().size())
    {
    }

    // What an access gave for the event at hand.
    struct Read {
        std::uint64_t event = 0; // number of the event that texts belong to
        std::uint32_t first = 0, count = 0; // in read_texts
    };
    // For one shape: where each access finds its values. 0: not asked yet; else index into slot_lists + 1.
    struct ShapePlan {
        EventShape const* shape = nullptr;
        std::vector<std::uint32_t> lists;
    };

    RuleSet const& rule_set;
    CompiledPlan const& plan;
    std::vector<Read> accesses;
    std::vector<std::uint64_t> rule_marks; // number of the event a rule was a candidate for last
    std::vector<std::uint32_t> candidates, matched;
    std::vector<ShapePlan> shapes;
    std::vector<std::vector<std::uint32_t>> slot_lists { {} };
    std::vector<Text*> read_texts; // of this event
    std::vector<Text*> slot_texts; // per value of this event; nullptr: not decoded
    std::vector<Text*> every_text; // for keywords
    bool has_every_text = false;
    Arena arena;
    std::deque<Text> text_pool;
    std::size_t texts_used = 0;
    ValueMemo memo;
    std::string scratch;
    std::string channel_folded, last_channel, last_provider;
    LogIndex const* last_index = nullptr;
    std::uint64_t event_number = 0;
    Event const* event = nullptr;
    ShapePlan* shape_plan = nullptr;
    MatcherCounters counters;

    void begin(Event const& new_event);
    LogIndex const& index_of(Event const& event);
    Bucket const& bucket_of(Event const& event);

    Text* new_text(std::string_view whole);
    Text* copied_text(std::string_view whole) { return new_text(arena.copy(whole)); }
    std::string_view folded(Text& text);
    Text* text_of_slot(std::uint32_t slot);
    std::vector<std::uint32_t> const& slots_for(AccessIndex access);
    std::span<Text* const> texts_of(AccessIndex access);
    void read(AccessIndex access);
    void read_plain(Access const& access, AccessIndex index);
    void read_joined(Access const& access);
    std::span<Text* const> all_event_texts();

    void add_candidate(std::uint32_t rule, Scan const& scan);
    void scan_text(NameLiterals const& literals, std::string_view folded_text, std::vector<std::uint32_t>& hits);
    void scan(Scan const& scan);
    void scan_for_keywords(Scan const& scan);
    void scan_raw(Scan const& scan, EventValue const& value, std::uint32_t slot);
    void scan_known_text(Scan const& scan, Text& text);
    void take_hits(Scan const& scan, std::span<std::uint32_t const> hits);
    std::vector<std::uint32_t> hits;

    bool comes_from(Instance const& instance);
    bool run(Instance const& instance);
    bool term_holds(FastTerm const& term, Instance const& instance);
    bool value_matches(FastValue const& value, std::span<Text* const> texts, Instance const& instance);
    bool regex_matches(FastValue const& value, Text& text);
    bool value_matches_one(FastValue const& value, Text& text, Instance const& instance);
    bool other_matches(FastValue const& value, Text& text, Instance const& instance);
    bool matches_any_instance(Bucket const& bucket, std::uint32_t rule);
};

void Matcher::State::begin(Event const& new_event)
{
    ++event_number;
    event = &new_event;
    arena.reset();
    texts_used = 0;
    read_texts.clear();
    slot_texts.assign(new_event.values.size(), nullptr);
    has_every_text = false;
    candidates.clear();
    matched.clear();
    shape_plan = nullptr;
    if (new_event.shape == nullptr)
        return;
    auto const id = new_event.shape->id;
    if (id >= shapes.size())
        shapes.resize(id + 1);
    shape_plan = &shapes[id];
    if (shape_plan->shape != new_event.shape) {
        shape_plan->shape = new_event.shape;
        shape_plan->lists.assign(plan.accesses.size(), 0);
    }
}

LogIndex const& Matcher::State::index_of(Event const& of_event)
{
    if (last_index != nullptr && of_event.channel == last_channel && of_event.provider == last_provider)
        return *last_index;
    last_channel = of_event.channel;
    last_provider = of_event.provider;
    auto const channel = fold_utf8(of_event.channel);
    bool const has_channel = !channel.empty() && channel != "forwardedevents";
    auto const& table = has_channel ? plan.by_channel : plan.by_provider;
    auto const found = table.find(has_channel ? channel : fold_utf8(of_event.provider));
    last_index = found == table.end() ? &plan.elsewhere : &found->second;
    return *last_index;
}

Bucket const& Matcher::State::bucket_of(Event const& of_event)
{
    auto const& index = index_of(of_event);
    auto const found = index.by_event_id.find(of_event.event_id);
    return *plan.buckets[found == index.by_event_id.end() ? index.other : found->second];
}

Text* Matcher::State::new_text(std::string_view whole)
{
    if (texts_used == text_pool.size())
        text_pool.emplace_back();
    auto& text = text_pool[texts_used++];
    text = { whole.data() == nullptr ? std::string_view("") : whole, {} };
    return &text;
}

std::string_view Matcher::State::folded(Text& text)
{
    if (text.folded.data() != nullptr)
        return text.folded;
    bool is_ascii = true;
    auto const target = arena.allocate(text.whole.size());
    for (std::size_t i = 0; i < text.whole.size(); ++i) {
        auto const c = text.whole[i];
        is_ascii = is_ascii && static_cast<unsigned char>(c) < 0x80;
        target[i] = ascii_lower(c);
    }
    text.folded = is_ascii ? std::string_view(target.data(), target.size()) : arena.copy(fold_utf8(text.whole));
    if (text.folded.data() == nullptr)
        text.folded = std::string_view("");
    return text.folded;
}

Text* Matcher::State::text_of_slot(std::uint32_t slot)
{
    auto& known = slot_texts[slot];
    if (known == nullptr) {
        auto const& value = event->values[slot];
        if (value.type == ValueType::utf8) {
            known = new_text(as_text(value.bytes));
        } else {
            scratch.clear();
            append_value_text(scratch, value);
            known = copied_text(scratch);
        }
    }
    return known;
}

std::vector<std::uint32_t> const& Matcher::State::slots_for(AccessIndex access)
{
    if (shape_plan == nullptr)
        return slot_lists.front();
    auto& list = shape_plan->lists[access];
    if (list == 0) {
        auto slots = slots_of(*shape_plan->shape, plan.accesses[access].name);
        if (slots.empty()) {
            list = 1;
        } else {
            slot_lists.push_back(std::move(slots));
            list = static_cast<std::uint32_t>(slot_lists.size());
        }
    }
    return slot_lists[list - 1];
}

void Matcher::State::read_plain(Access const& access, AccessIndex index)
{
    bool const system_first = goes_before_values(access.system);
    for (int step = 0; step < 2; ++step) {
        if ((step == 0) == system_first) {
            scratch.clear();
            if (access.system != SystemField::none && append_system_text(scratch, access.system, *event)) {
                read_texts.push_back(copied_text(scratch));
                return;
            }
            continue;
        }
        auto const before = read_texts.size();
        for (auto const slot : slots_for(index)) {
            if (slot < event->values.size() && event->values[slot].type != ValueType::null)
                read_texts.push_back(text_of_slot(slot));
        }
        if (read_texts.size() != before)
            return;
    }
}

void Matcher::State::read_joined(Access const& access)
{
    std::vector<std::string> texts;
    for (auto const* const text : texts_of(access.parts.front()))
        texts.emplace_back(text->whole);
    if (texts.empty())
        return;
    if (access.parts.size() > 1) {
        texts.resize(1);
        for (std::size_t i = 1; i < access.parts.size(); ++i) {
            auto const more = texts_of(access.parts[i]);
            if (!more.empty() && !more.front()->whole.empty()) {
                texts.front() += access.source->separator;
                texts.front() += more.front()->whole;
            }
        }
    }
    for (auto& text : texts)
        read_texts.push_back(copied_text(mapped_text(*access.source, std::move(text))));
}

void Matcher::State::read(AccessIndex index)
{
    auto const& access = plan.accesses[index];
    for (auto const part : access.parts) // so that the texts of this access lie side by side
        (void)texts_of(part);
    auto const first = static_cast<std::uint32_t>(read_texts.size());
    if (access.source != nullptr)
        read_joined(access);
    else
        read_plain(access, index);
    accesses[index] = { event_number, first, static_cast<std::uint32_t>(read_texts.size()) - first };
}

std::span<Text* const> Matcher::State::texts_of(AccessIndex index)
{
    if (accesses[index].event != event_number) {
        // parts of parts do not exist: this goes one level deep
        read(index);
    }
    auto const& known = accesses[index];
    return std::span<Text* const>(read_texts).subspan(known.first, known.count);
}

std::span<Text* const> Matcher::State::all_event_texts()
{
    if (has_every_text)
        return every_text;
    has_every_text = true;
    every_text.clear();
    for (auto const field : { SystemField::provider_name, SystemField::channel, SystemField::computer,
             SystemField::event_id, SystemField::user_sid, SystemField::message }) {
        scratch.clear();
        if (append_system_text(scratch, field, *event))
            every_text.push_back(copied_text(scratch));
    }
    for (std::uint32_t slot = 0; slot < event->values.size(); ++slot) {
        if (event->values[slot].type != ValueType::null)
            every_text.push_back(text_of_slot(slot));
    }
    return every_text;
}

// --- candidates ---

void Matcher::State::add_candidate(std::uint32_t rule, Scan const& scan)
{
    if ((scan.rules[rule / 64] >> (rule % 64) & 1) == 0 || rule_marks[rule] == event_number)
        return;
    rule_marks[rule] = event_number;
    candidates.push_back(rule);
}

void Matcher::State::take_hits(Scan const& scan, std::span<std::uint32_t const> rules)
{
    for (auto const rule : rules)
        add_candidate(rule, scan);
}

void Matcher::State::scan_text(
    NameLiterals const& literals, std::string_view text, std::vector<std::uint32_t>& found_rules)
{
    ++counters.values_scanned;
    found_rules.clear();
    literals.set.find(text, [&](std::uint32_t literal, std::size_t end) {
        auto const anchor = static_cast<unsigned>(literals.anchors[literal]);
        if (((anchor & 1) != 0 && end != literals.sizes[literal]) || ((anchor & 2) != 0 && end != text.size()))
            return true;
        found_rules.insert(found_rules.end(), literals.rules.begin() + literals.rule_begins[literal],
            literals.rules.begin() + literals.rule_begins[literal + 1]);
        return true;
    });
    std::sort(found_rules.begin(), found_rules.end());
    found_rules.erase(std::unique(found_rules.begin(), found_rules.end()), found_rules.end());
}

void Matcher::State::scan_known_text(Scan const& scan, Text& text)
{
    auto const bytes = as_bytes(text.whole);
    if (auto const* const known = memo.find(scan.name, ValueType::utf8, bytes)) {
        ++counters.values_remembered;
        take_hits(scan, memo.rules(*known));
        return;
    }
    scan_text(plan.literals[scan.name], folded(text), hits);
    take_hits(scan, hits);
    memo.remember(scan.name, ValueType::utf8, bytes, hits);
}

// Most values repeat: their raw bytes answer without being decoded.
void Matcher::State::scan_raw(Scan const& scan, EventValue const& value, std::uint32_t slot)
{
    if (auto const* const known = memo.find(scan.name, value.type, value.bytes)) {
        ++counters.values_remembered;
        take_hits(scan, memo.rules(*known));
        return;
    }
    scan_text(plan.literals[scan.name], folded(*text_of_slot(slot)), hits);
    take_hits(scan, hits);
    memo.remember(scan.name, value.type, value.bytes, hits);
}

// Keywords of a rule over all logs make this run for every event: nothing is decoded that the memo knows.
void Matcher::State::scan_for_keywords(Scan const& scan)
{
    bool const only_strings = plan.literals[keywords_name].only_in_strings;
    for (std::uint32_t slot = 0; slot < event->values.size(); ++slot) {
        auto const type = event->values[slot].type;
        if (type != ValueType::null && (!only_strings || is_string(type)))
            scan_raw(scan, event->values[slot], slot);
    }
    for (auto const text : { event->provider, event->channel, event->computer, event->message,
             only_strings ? std::string_view {} : event->user_sid }) {
        if (!text.empty())
            scan_known_text(scan, *new_text(text));
    }
    if (only_strings)
        return;
    scratch.clear();
    (void)append_system_text(scratch, SystemField::event_id, *event);
    scan_known_text(scan, *copied_text(scratch));
}

void Matcher::State::scan(Scan const& scan)
{
    if (scan.name == keywords_name) {
        scan_for_keywords(scan);
        return;
    }
    auto const& access = plan.accesses[scan.access];
    if (access.source == nullptr && access.system == SystemField::none) {
        for (auto const slot : slots_for(scan.access)) {
            if (slot < event->values.size() && event->values[slot].type != ValueType::null)
                scan_raw(scan, event->values[slot], slot);
        }
        return;
    }
    for (auto* const text : texts_of(scan.access))
        scan_known_text(scan, *text);
}

// --- evaluation ---

bool Matcher::State::other_matches(FastValue const& fast, Text& text, Instance const& instance)
{
    auto const& value = *fast.value;
    switch (value.kind) {
    case ValueKind::network: return fast.network && contains(*fast.network, text.whole);
    case ValueKind::compare: {
        if (value.part != TimePart::none) {
            auto const part = part_of_time(text.whole, value.part);
            return part && holds(value.comparison, static_cast<double>(*part), value.number);
        }
        auto const number = number_in(text.whole);
        return number && holds(value.comparison, *number, value.number);
    }
    case ValueKind::field: {
        auto const own = value.is_cased ? text.whole : folded(text);
        // a copy: reading another field may move read_texts
        auto const others = texts_of(plan.access_of[instance.field_map][fast.other_name]);
        for (auto* const other : others) {
            auto const reference = value.is_cased ? other->whole : folded(*other);
            bool const found = value.starts_open && value.ends_open ? contains_text(own, reference)
                : value.starts_open                                 ? own.ends_with(reference)
                : value.ends_open                                   ? own.starts_with(reference)
                                                                    : own == reference;
            if (found)
                return true;
        }
        return false;
    }
    default: return false;
    }
}

// Behind its literals, and remembered: most texts repeat.
bool Matcher::State::regex_matches(FastValue const& value, Text& text)
{
    if (text.whole.size() < value.size_min)
        return false;
    auto const subject = value.needed.empty() ? std::string_view {} : folded(text);
    for (auto const& literal : value.needed) {
        if (!contains_text(subject, literal))
            return false;
    }
    auto const name = regex_memo_base + value.regex_index;
    auto const bytes = as_bytes(text.whole);
    if (auto const* const known = memo.find(name, ValueType::utf8, bytes))
        return known->rule_count != 0;
    bool const found = RE2::PartialMatch(re2::StringPiece(text.whole.data(), text.whole.size()), *value.regex);
    constexpr std::array<std::uint32_t, 1> yes { 0 };
    memo.remember(name, ValueType::utf8, bytes, std::span(yes).first(found ? 1 : 0));
    return found;
}

bool Matcher::State::value_matches_one(FastValue const& value, Text& text, Instance const& instance)
{
    switch (value.kind) {
    case FastValue::Kind::anything: return true;
    case FastValue::Kind::number: {
        if (value.value->is_integer)
            return integer_in(text.whole) == value.value->integer;
        return number_in(text.whole) == value.value->number;
    }
    case FastValue::Kind::regex: return regex_matches(value, text);
    case FastValue::Kind::other: return other_matches(value, text, instance);
    default: break;
    }
    auto const subject = value.is_cased ? text.whole : folded(text);
    switch (value.kind) {
    case FastValue::Kind::equal: return subject == value.literal;
    case FastValue::Kind::prefix: return subject.starts_with(value.literal);
    case FastValue::Kind::suffix: return subject.ends_with(value.literal);
    case FastValue::Kind::contains: return contains_text(subject, value.literal);
    default: return value.has_single ? pattern_matches(value.glob, subject, true) : glob_matches(value.glob, subject);
    }
}

bool Matcher::State::value_matches(FastValue const& value, std::span<Text* const> texts, Instance const& instance)
{
    if (value.value->kind == ValueKind::null)
        return texts.empty();
    if (value.value->kind == ValueKind::exists)
        return texts.empty() == (value.value->number == 0);
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (value_matches_one(value, *texts[i], instance))
            return true;
    }
    return false;
}

bool Matcher::State::term_holds(FastTerm const& term, Instance const& instance)
{
    auto const access = plan.access_of[instance.field_map][term.name];
    for (auto const& value : term.values) { // read first: reading later would move the texts that we hold
        if (value.value->kind == ValueKind::field)
            (void)texts_of(plan.access_of[instance.field_map][value.other_name]);
    }
    auto const texts = term.name == keywords_name ? all_event_texts() : texts_of(access);
    auto const matches_one = [&](FastValue const& value) { return value_matches(value, texts, instance); };
    bool found = true;
    if (!term.match_all) {
        found = std::any_of(term.values.begin(), term.values.end(), matches_one);
    } else if (term.alternatives.empty()) {
        found = std::all_of(term.values.begin(), term.values.end(), matches_one);
    } else {
        auto value = term.values.begin();
        for (std::size_t i = 0; i < term.alternatives.size() && found; ++i) {
            auto const end = value + term.alternatives[i];
            found = std::any_of(value, end, matches_one);
            value = end;
        }
    }
    return found != term.is_negated;
}

bool Matcher::State::run(Instance const& instance)
{
    auto const& program = plan.programs[instance.rule];
    bool truth = false;
    for (std::size_t at = 0; at < program.operations.size(); ++at) {
        auto const& operation = program.operations[at];
        switch (operation.code) {
        case Operation::Code::term: truth = term_holds(program.terms[operation.argument], instance); break;
        case Operation::Code::jump_if_false:
            if (!truth)
                at = operation.argument - 1;
            break;
        case Operation::Code::jump_if_true:
            if (truth)
                at = operation.argument - 1;
            break;
        case Operation::Code::negate: truth = !truth; break;
        case Operation::Code::set_true: truth = true; break;
        }
    }
    return truth;
}

bool Matcher::State::comes_from(Instance const& instance)
{
    auto const& variant = plan.variants[instance.rule][instance.variant];
    return std::all_of(variant.where.begin(), variant.where.end(), [&](SourceCondition const& condition) {
        auto const texts = texts_of(plan.plain_accesses.at(condition.field));
        return std::any_of(texts.begin(), texts.end(), [&](Text* text) {
            return std::find(condition.values.begin(), condition.values.end(), folded(*text))
                != condition.values.end();
        });
    });
}

bool Matcher::State::matches_any_instance(Bucket const& bucket, std::uint32_t rule)
{
    auto instance = std::lower_bound(bucket.instances.begin(), bucket.instances.end(), rule,
        [](Instance const& entry, std::uint32_t value) { return entry.rule < value; });
    for (; instance != bucket.instances.end() && instance->rule == rule; ++instance) {
        if (comes_from(*instance) && run(*instance))
            return true;
    }
    return false;
}

Matcher::Matcher(RuleSet const& rules)
    : m_state(std::make_unique<State>(rules))
{
}

Matcher::~Matcher() = default;
Matcher::Matcher(Matcher&&) noexcept = default;
Matcher& Matcher::operator=(Matcher&&) noexcept = default;

std::span<std::uint32_t const> Matcher::match(Event const& event)
{
    auto& state = *m_state;
    ++state.counters.events;
    state.matched.clear();
    auto const& bucket = state.bucket_of(event);
    if (bucket.instances.empty()) {
        ++state.counters.events_without_rules;
        return {};
    }
    state.begin(event);
    for (auto const& scan : bucket.scans)
        state.scan(scan);
    state.counters.candidates += state.candidates.size() + bucket.always.size();
    for (auto const rule : state.candidates) {
        if (state.matches_any_instance(bucket, rule))
            state.matched.push_back(rule);
    }
    for (auto const rule : bucket.always) {
        if (state.matches_any_instance(bucket, rule))
            state.matched.push_back(rule);
    }
    std::sort(state.matched.begin(), state.matched.end());
    state.counters.matches += state.matched.size();
    return state.matched;
}

MatcherCounters const& Matcher::counters() const
{
    return m_state->counters;
}

namespace {

// The place of the rule that the event comes from, for names of fields.
std::uint32_t field_map_for(CompiledPlan const& plan, std::uint32_t rule, Event const& event)
{
    for (auto const& variant : plan.variants[rule]) {
        if (is_from_variant(event, variant, plan.sources))
            return variant.field_map;
    }
    return 0;
}

}

void Matcher::matched_fields(
    std::uint32_t rule, Event const& event, std::vector<std::pair<std::string, std::string>>& fields)
{
    collect_matched_fields(m_state->rule_set, rule, event, fields);
}

std::optional<std::string> Matcher::field_text(std::uint32_t rule, Event const& event, std::string_view field)
{
    auto const& plan = m_state->plan;
    auto texts = field_texts(event, plan.sources.field_maps()[field_map_for(plan, rule, event)], field);
    if (texts.empty())
        return std::nullopt;
    return std::move(texts.front());
}

}
