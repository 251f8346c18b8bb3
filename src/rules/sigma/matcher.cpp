#include "rules/sigma/matcher.hpp"
#include "base/arena.hpp"
#include "base/result.hpp"
#include "base/text.hpp"
#include "rules/sigma/matched_fields.hpp"
#include "rules/sigma/plan.hpp"
#include "rules/sigma/reference.hpp"
#include "rules/sigma/value_memo.hpp"
#include <algorithm>
#include <array>
#include <cstring>
#include <deque>
#include <map>

namespace konseki::sigma {

namespace {

// Names in the memo: of lists of scans first, then of single scans, then of regexes.
constexpr std::uint32_t scan_memo_base = 1U << 29;
constexpr std::uint32_t regex_memo_base = 1U << 30;

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

// Does the text hold so many characters in a row? Nothing: it is not UTF-8 throughout, and RE2 must say.
std::optional<bool> holds_run(std::string_view text, std::size_t run_min, bool crosses_lines)
{
    std::size_t run = 0;
    for (std::size_t at = 0; at < text.size();) {
        auto const lead = static_cast<unsigned char>(text[at]);
        auto const second = at + 1 < text.size() ? static_cast<unsigned char>(text[at + 1]) : 0U;
        std::size_t const size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        bool const is_broken = (lead >= 0x80 && lead < 0xc2) || lead > 0xf4 || size > text.size() - at
            || (lead == 0xe0 && second < 0xa0) || (lead == 0xed && second >= 0xa0) || (lead == 0xf0 && second < 0x90)
            || (lead == 0xf4 && second >= 0x90);
        if (is_broken)
            return std::nullopt;
        for (std::size_t i = 1; i < size; ++i) {
            if ((static_cast<unsigned char>(text[at + i]) & 0xc0U) != 0x80)
                return std::nullopt;
        }
        run = lead == '\n' && !crosses_lines ? 0 : run + 1;
        if (run >= run_min)
            return true;
        at += size;
    }
    return false;
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
    // The scans of one value, and all scans of a bucket for the values of a shape.
    struct SlotScan {
        std::uint32_t slot = 0;
        std::uint32_t memo_name = 0, memo_name_typed = 0; // for strings, for other types
        std::vector<Scan const*> scans, scans_typed;
    };
    struct SlotScans {
        std::vector<SlotScan> slots; // only those that any scan looks at
        std::vector<Scan const*> others; // over the System block, joined fields, keywords' System texts
    };
    // For one shape: where each access finds its values. 0: not asked yet; else index into slot_lists + 1.
    struct ShapePlan {
        std::vector<std::string> names; // of the shape; a copy, so that another table's shape is noticed
        bool is_known = false;
        std::vector<std::uint32_t> lists;
        std::vector<std::pair<Bucket const*, SlotScans>> scans; // few: a shape belongs to one or two buckets
    };
    // What a text of the System block had, for the next event, which mostly says the same.
    struct LastText {
        bool is_known = false;
        std::uint32_t scan = 0;
        std::string text;
        std::vector<std::uint32_t> rules;
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
    std::span<Text* const> known_texts(AccessIndex access) const; // of one that was read for this event
    void read(AccessIndex access);
    void read_plain(Access const& access, AccessIndex index);
    void read_joined(Access const& access);
    std::span<Text* const> all_event_texts();

    void add_literals(NameLiterals const& literals, std::string_view text);
    void scan_text(std::span<Scan const* const> scans, std::string_view folded_text);
    void scan(Bucket const& bucket);
    void scan_slot(SlotScan const& slot);
    void scan_system_for_keywords(Scan const& scan);
    void scan_known_text(Scan const& scan, Text& text);
    void take_hits(std::span<std::uint32_t const> hits);
    SlotScans const& slot_scans(Bucket const& bucket);
    SlotScans make_slot_scans(Bucket const& bucket);
    std::uint32_t memo_name_of(std::vector<Scan const*> const& scans);
    std::vector<std::uint32_t> hits; // rules, of the latest scan_text
    std::vector<std::uint32_t> raw_hits;
    std::map<std::vector<std::uint32_t>, std::uint32_t> memo_names; // ids of scans -> name in the memo
    std::array<LastText, 5> last_texts; // provider, channel, computer, message, user
    SlotScans no_shape_scans;

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
    // Names, not addresses: a shape of another table that has this id must not be read with the old plan.
    if (id < shapes.size() && shapes[id].is_known && shapes[id].names != new_event.shape->names) {
        shapes.clear();
        slot_lists.resize(1);
    }
    if (id >= shapes.size())
        shapes.resize(id + 1);
    shape_plan = &shapes[id];
    if (shape_plan->is_known)
        return;
    shape_plan->is_known = true;
    shape_plan->names = new_event.shape->names;
    shape_plan->lists.assign(plan.accesses.size(), 0);
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
        auto slots = slots_of(*event->shape, plan.accesses[access].name);
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
    for (auto const* const text : known_texts(access.parts.front()))
        texts.emplace_back(text->whole);
    if (texts.empty())
        return;
    if (access.parts.size() > 1) {
        texts.resize(1);
        for (std::size_t i = 1; i < access.parts.size(); ++i) {
            auto const more = known_texts(access.parts[i]);
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
        for (auto const part : plan.accesses[index].parts) { // first, so that the texts of this access lie side by side
            VERIFY(plan.accesses[part].parts.empty());
            if (accesses[part].event != event_number)
                read(part);
        }
        read(index);
    }
    return known_texts(index);
}

std::span<Text* const> Matcher::State::known_texts(AccessIndex index) const
{
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

void Matcher::State::take_hits(std::span<std::uint32_t const> rules)
{
    for (auto const rule : rules) {
        if (rule_marks[rule] == event_number)
            continue;
        rule_marks[rule] = event_number;
        candidates.push_back(rule);
    }
}

void Matcher::State::add_literals(NameLiterals const& literals, std::string_view text)
{
    auto const add = [&](std::uint32_t literal) {
        raw_hits.insert(raw_hits.end(), literals.rules.begin() + literals.rule_begins[literal],
            literals.rules.begin() + literals.rule_begins[literal + 1]);
    };
    literals.starts.find_prefixes(text, [&](std::uint32_t literal, std::size_t size) {
        literal = literals.start_literals[literal];
        if (literals.anchors[literal] == NameLiterals::Anchor::start || size == text.size())
            add(literal);
    });
    literals.ends.find_suffixes(text, [&](std::uint32_t literal, std::size_t) { add(literals.end_literals[literal]); });
    literals.inner.find(text, [&](std::uint32_t literal, std::size_t) {
        add(literals.inner_literals[literal]);
        return true;
    });
}

// The rules of these scans that the text may make match, into hits.
void Matcher::State::scan_text(std::span<Scan const* const> scans, std::string_view text)
{
    hits.clear();
    for (auto const* const scan : scans) {
        ++counters.values_scanned;
        raw_hits.clear();
        add_literals(plan.literals[scan->name], text);
        for (auto const rule : raw_hits) {
            if ((scan->rules[rule / 64] >> (rule % 64) & 1) != 0)
                hits.push_back(rule);
        }
    }
    std::sort(hits.begin(), hits.end());
    hits.erase(std::unique(hits.begin(), hits.end()), hits.end());
}

void Matcher::State::scan_known_text(Scan const& scan, Text& text)
{
    auto const bytes = as_bytes(text.whole);
    auto const name = scan_memo_base + scan.id;
    if (auto const* const known = memo.find(name, ValueType::utf8, bytes)) {
        ++counters.values_remembered;
        hits.assign(memo.rules(*known).begin(), memo.rules(*known).end());
    } else {
        std::array<Scan const*, 1> const scans { &scan };
        scan_text(scans, folded(text));
        memo.remember(name, ValueType::utf8, bytes, hits);
    }
    take_hits(hits);
}

// Most values repeat: their raw bytes answer for all scans at once, without being decoded.
void Matcher::State::scan_slot(SlotScan const& slot)
{
    auto const& value = event->values[slot.slot];
    if (value.type == ValueType::null)
        return;
    bool const is_text = is_string(value.type);
    auto const& scans = is_text ? slot.scans : slot.scans_typed;
    if (scans.empty())
        return;
    auto const name = is_text ? slot.memo_name : slot.memo_name_typed;
    if (auto const* const known = memo.find(name, value.type, value.bytes)) {
        ++counters.values_remembered;
        take_hits(memo.rules(*known));
        return;
    }
    scan_text(scans, folded(*text_of_slot(slot.slot)));
    take_hits(hits);
    memo.remember(name, value.type, value.bytes, hits);
}

// Keywords of a rule over all logs make this run for every event.
void Matcher::State::scan_system_for_keywords(Scan const& scan)
{
    bool const only_strings = plan.literals[keywords_name].only_in_strings;
    std::array const texts { event->provider, event->channel, event->computer, event->message,
        only_strings ? std::string_view {} : event->user_sid };
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (texts[i].empty())
            continue;
        auto& last = last_texts[i];
        if (last.is_known && last.scan == scan.id && last.text == texts[i]) {
            ++counters.values_remembered;
            take_hits(last.rules);
            continue;
        }
        scan_known_text(scan, *new_text(texts[i]));
        last.is_known = texts[i].size() <= ValueMemo::key_bytes_max;
        if (!last.is_known)
            continue;
        last.scan = scan.id;
        last.text = texts[i];
        last.rules = hits;
    }
    if (only_strings)
        return;
    scratch.clear();
    (void)append_system_text(scratch, SystemField::event_id, *event);
    scan_known_text(scan, *copied_text(scratch));
}

std::uint32_t Matcher::State::memo_name_of(std::vector<Scan const*> const& scans)
{
    std::vector<std::uint32_t> ids;
    ids.reserve(scans.size());
    for (auto const* const scan : scans)
        ids.push_back(scan->id);
    return memo_names.emplace(std::move(ids), static_cast<std::uint32_t>(memo_names.size())).first->second;
}

Matcher::State::SlotScans Matcher::State::make_slot_scans(Bucket const& bucket)
{
    SlotScans made;
    auto const slot_count = shape_plan == nullptr ? 0 : shape_plan->names.size();
    std::vector<SlotScan> slots(slot_count);
    for (auto const& scan : bucket.scans) {
        if (scan.name == keywords_name) {
            made.others.push_back(&scan);
            bool const only_strings = plan.literals[keywords_name].only_in_strings;
            for (auto& slot : slots) {
                slot.scans.push_back(&scan);
                if (!only_strings)
                    slot.scans_typed.push_back(&scan);
            }
            continue;
        }
        auto const& access = plan.accesses[scan.access];
        if (access.source != nullptr || access.system != SystemField::none) {
            made.others.push_back(&scan);
            continue;
        }
        for (auto const slot : slots_for(scan.access)) {
            slots[slot].scans.push_back(&scan);
            slots[slot].scans_typed.push_back(&scan);
        }
    }
    for (std::uint32_t i = 0; i < slots.size(); ++i) {
        auto& slot = slots[i];
        if (slot.scans.empty())
            continue;
        slot.slot = i;
        slot.memo_name = memo_name_of(slot.scans);
        slot.memo_name_typed = slot.scans_typed.empty() ? 0 : memo_name_of(slot.scans_typed);
        made.slots.push_back(std::move(slot));
    }
    return made;
}

Matcher::State::SlotScans const& Matcher::State::slot_scans(Bucket const& bucket)
{
    if (shape_plan == nullptr) {
        no_shape_scans = make_slot_scans(bucket);
        return no_shape_scans;
    }
    for (auto const& [known, scans] : shape_plan->scans) {
        if (known == &bucket)
            return scans;
    }
    return shape_plan->scans.emplace_back(&bucket, make_slot_scans(bucket)).second;
}

void Matcher::State::scan(Bucket const& bucket)
{
    auto const& scans = slot_scans(bucket);
    for (auto const& slot : scans.slots) {
        if (slot.slot < event->values.size())
            scan_slot(slot);
    }
    for (auto const* const other : scans.others) {
        if (other->name == keywords_name) {
            scan_system_for_keywords(*other);
            continue;
        }
        for (auto* const text : texts_of(other->access))
            scan_known_text(*other, *text);
    }
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
    if (value.run_min != 0) {
        if (auto const answer = holds_run(text.whole, value.run_min, value.run_crosses_lines))
            return *answer;
    }
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
            return std::find(condition.values.begin(), condition.values.end(), folded(*text)) != condition.values.end();
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
    state.scan(bucket);
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
