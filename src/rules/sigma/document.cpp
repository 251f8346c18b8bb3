#include "rules/sigma/document.hpp"
#include "base/text.hpp"
#include "rules/sigma/condition.hpp"
#include "rules/sigma/correlation.hpp"
#include "rules/sigma/term.hpp"
#include "rules/sigma/yaml_documents.hpp"
#include <algorithm>
#include <unordered_set>

namespace konseki::sigma {

namespace {

std::uint32_t line_of(YAML::Node const& node)
{
    auto const line = node.Mark().line;
    return line < 0 ? 0 : static_cast<std::uint32_t>(line) + 1;
}

std::string text_of(YAML::Node const& node)
{
    return node.IsScalar() ? node.Scalar() : std::string {};
}

// A list of texts, or one text as a list of one.
std::vector<std::string> texts_of(YAML::Node const& node)
{
    std::vector<std::string> texts;
    if (node.IsScalar())
        texts.push_back(node.Scalar());
    if (node.IsSequence()) {
        for (auto const& item : node) {
            if (item.IsScalar())
                texts.push_back(item.Scalar());
        }
    }
    return texts;
}

std::string joined(std::vector<std::string> const& texts)
{
    std::string text;
    for (auto const& part : texts)
        text += (text.empty() ? "" : ", ") + part;
    return text;
}

// "attack.t1070.001" -> "T1070.001"; groups and software likewise; tactics have no id.
std::optional<std::string> attack_id(std::string_view tag)
{
    if (!equals_ignoring_case(tag.substr(0, 7), "attack."))
        return std::nullopt;
    auto const id = tag.substr(7);
    if (id.size() < 5 || id[1] < '0' || id[1] > '9')
        return std::nullopt;
    auto const kind = ascii_lower(id.front());
    if (kind != 't' && kind != 'g' && kind != 's')
        return std::nullopt;
    std::string upper(id);
    upper.front() = static_cast<char>(kind - 'a' + 'A');
    return upper;
}

LogSource log_source_of(YAML::Node const& node)
{
    LogSource source;
    if (!node.IsMap())
        return source;
    for (auto const& entry : node) {
        auto const key = text_of(entry.first);
        auto value = entry.second.IsNull() ? std::string {} : ascii_lower(text_of(entry.second));
        if (key == "category")
            source.category = std::move(value);
        else if (key == "product")
            source.product = std::move(value);
        else if (key == "service")
            source.service = std::move(value);
    }
    return source;
}

void read_words(YAML::Node const& node, RuleHead& head)
{
    if (!node.IsMap())
        return;
    for (auto const& entry : node) {
        auto const key = text_of(entry.first);
        auto value = text_of(entry.second);
        if (key == "title_ja")
            head.title_words.ja = std::move(value);
        else if (key == "explanation")
            head.explanation.en = std::move(value);
        else if (key == "explanation_ja")
            head.explanation.ja = std::move(value);
        else if (key == "advice")
            head.advice.en = std::move(value);
        else if (key == "advice_ja")
            head.advice.ja = std::move(value);
    }
}

void read_head_entry(std::string const& key, YAML::Node const& value, RuleHead& head)
{
    if (key == "title")
        head.title = text_of(value);
    else if (key == "id")
        head.id = text_of(value);
    else if (key == "name")
        head.name = text_of(value);
    else if (key == "status")
        head.status = text_of(value);
    else if (key == "description")
        head.description = text_of(value);
    else if (key == "author")
        head.author = joined(texts_of(value));
    else if (key == "license")
        head.license = text_of(value);
    else if (key == "date")
        head.date = text_of(value);
    else if (key == "modified")
        head.modified = text_of(value);
    else if (key == "level")
        (void)parse_severity(ascii_lower(text_of(value)), head.level);
    else if (key == "tags")
        head.tags = texts_of(value);
    else if (key == "references")
        head.references = texts_of(value);
    else if (key == "falsepositives")
        head.falsepositives = texts_of(value);
    else if (key == "fields")
        head.fields = texts_of(value);
    else if (key == "konseki")
        read_words(value, head);
}

// The sections of one document that say what it is.
struct Sections {
    RuleHead head;
    YAML::Node logsource { YAML::NodeType::Undefined }, detection { YAML::NodeType::Undefined },
        correlation { YAML::NodeType::Undefined }, filter { YAML::NodeType::Undefined };
    bool has_logsource = false, has_detection = false, has_correlation = false, has_filter = false;
};

Sections sections_of(YAML::Node const& document)
{
    Sections sections;
    for (auto const& entry : document) {
        auto const key = text_of(entry.first);
        if (key == "logsource") {
            sections.logsource.reset(entry.second);
            sections.has_logsource = true;
        } else if (key == "detection") {
            sections.detection.reset(entry.second);
            sections.has_detection = true;
        } else if (key == "correlation") {
            sections.correlation.reset(entry.second);
            sections.has_correlation = true;
        } else if (key == "filter") {
            sections.filter.reset(entry.second);
            sections.has_filter = true;
        } else {
            read_head_entry(key, entry.second, sections.head);
        }
    }
    auto& head = sections.head;
    head.title_words.en = head.title;
    for (auto const& tag : head.tags) {
        if (auto id = attack_id(tag))
            head.attack.push_back(std::move(*id));
    }
    return sections;
}

Scalar scalar_of(YAML::Node const& node)
{
    Scalar scalar;
    scalar.line = line_of(node);
    if (node.IsNull()) {
        scalar.kind = Scalar::Kind::null;
        return scalar;
    }
    scalar.text = node.Scalar();
    scalar.kind = node.Tag() == "?" ? kind_of_plain_scalar(scalar.text) : Scalar::Kind::string;
    return scalar;
}

bool is_scalar(YAML::Node const& node)
{
    return node.IsScalar() || node.IsNull();
}

// The detection part of a rule or filter.
class DetectionReader {
public:
    explicit DetectionReader(Limits const& limits)
        : m_limits(limits)
    {
    }

    bool read_selection(std::string name, YAML::Node const& node);
    std::vector<Selection> m_selections;
    Refusal m_refusal;

private:
    bool refuse(Reason reason, std::string detail, std::uint32_t line)
    {
        m_refusal = { reason, std::move(detail), line };
        return false;
    }
    bool count_values(std::size_t count, std::uint32_t line)
    {
        m_value_count += count;
        return m_value_count <= m_limits.rule_values_max
            || refuse(Reason::limit, format("more than {} values in one rule", m_limits.rule_values_max), line);
    }
    bool add_term(std::string const& key, std::vector<Scalar> const& scalars, std::uint32_t line, Block& block);
    bool read_map(YAML::Node const& node, Selection& selection);
    bool read_scalars(YAML::Node const& node, std::vector<Scalar>& scalars);

    Limits const& m_limits;
    std::size_t m_value_count = 0;
};

bool DetectionReader::add_term(
    std::string const& key, std::vector<Scalar> const& scalars, std::uint32_t line, Block& block)
{
    if (!count_values(scalars.size(), line))
        return false;
    auto term = make_term(key, scalars, m_limits, m_refusal);
    if (!term) {
        if (m_refusal.line == 0)
            m_refusal.line = line;
        return false;
    }
    if (!count_values(term->values.size(), line))
        return false;
    term->line = line;
    block.terms.push_back(std::move(*term));
    return true;
}

bool DetectionReader::read_scalars(YAML::Node const& node, std::vector<Scalar>& scalars)
{
    if (is_scalar(node)) {
        scalars.push_back(scalar_of(node));
        return true;
    }
    if (!node.IsSequence())
        return false;
    for (auto const& item : node) {
        if (!is_scalar(item))
            return false;
        scalars.push_back(scalar_of(item));
        if (scalars.size() > m_limits.rule_values_max)
            return true; // add_term refuses
    }
    return true;
}

bool DetectionReader::read_map(YAML::Node const& node, Selection& selection)
{
    Block block;
    std::unordered_set<std::string> keys;
    for (auto const& entry : node) {
        auto const key = text_of(entry.first);
        auto const line = line_of(entry.first);
        if (!keys.insert(key).second)
            return refuse(Reason::yaml, format("'{}' stands twice in one map of '{}'", key, selection.name), line);
        std::vector<Scalar> scalars;
        if (!read_scalars(entry.second, scalars))
            return refuse(Reason::detection,
                format("'{}' in '{}' has neither a value nor a list of values", key, selection.name), line);
        if (!add_term(key, scalars, line, block))
            return false;
    }
    if (block.terms.empty())
        return refuse(Reason::detection, format("'{}' holds an empty map", selection.name), line_of(node));
    selection.any_of.push_back(std::move(block));
    return true;
}

// Maps are ANDed terms, lists are alternatives (nested ones too), plain texts are keywords.
bool DetectionReader::read_selection(std::string name, YAML::Node const& node)
{
    Selection selection;
    selection.name = std::move(name);
    std::vector<std::pair<YAML::Node, std::uint32_t>> pending { { node, 0 } };
    while (!pending.empty()) {
        auto const [current, depth] = pending.back();
        pending.pop_back();
        if (depth > m_limits.depth_max)
            return refuse(Reason::limit, format("'{}' nests too deeply", selection.name), line_of(node));
        if (!count_values(1, line_of(node)))
            return false;
        std::vector<Scalar> scalars;
        if (current.IsMap()) {
            if (!read_map(current, selection))
                return false;
        } else if (read_scalars(current, scalars)) {
            Block block;
            if (!add_term("", scalars, line_of(current), block))
                return false;
            selection.any_of.push_back(std::move(block));
        } else if (current.IsSequence()) {
            for (auto i = current.size(); i-- > 0;)
                pending.emplace_back(current[i], depth + 1);
        } else {
            return refuse(Reason::detection, format("'{}' is neither a map nor a list", selection.name), line_of(node));
        }
    }
    m_selections.push_back(std::move(selection));
    return true;
}

class FileReader {
public:
    FileReader(RuleFile const& file, Limits const& limits, Documents& target)
        : m_file(file)
        , m_limits(limits)
        , m_target(target)
    {
    }

    void read();

private:
    std::optional<NotYaml> read_text(std::string const& text, std::uint32_t line_offset);
    void report_not_yaml(NotYaml problem, std::uint32_t line_offset);
    void read_pieces();
    void read_document(YAML::Node const& document);
    void read_plain(YAML::Node const& document);
    void read_rule(Sections sections);
    void read_correlation(Sections sections);
    void read_correlation_entry(std::string const& key, YAML::Node const& value, Correlation& correlation);
    void read_correlation_condition(YAML::Node const& node, Correlation& correlation);
    void read_filter(Sections sections);
    void add_aggregation(Rule const& rule, std::string const& condition, std::string const& timeframe);
    bool fill_correlation(Aggregation const& aggregation, Correlation& correlation);

    void take_head(RuleHead& head)
    {
        head.path = m_file.path;
        head.document = m_document;
        head.line = m_line;
    }
    void report(RuleHead const& head, Refusal refusal)
    {
        m_target.problems.push_back({ m_file.path, m_document, head.id, head.title,
            (refusal.line == 0 ? m_line : refusal.line) + (refusal.line == 0 ? 0 : m_line_offset), refusal.reason,
            std::move(refusal.detail) });
    }

    RuleFile const& m_file;
    Limits const& m_limits;
    Documents& m_target;
    std::uint32_t m_document = 0;
    std::uint32_t m_line = 0;
    std::uint32_t m_line_offset = 0; // of the piece that is read alone
    std::unordered_set<std::string> m_ids; // of this file
    YAML::Node m_global { YAML::NodeType::Null }, m_previous { YAML::NodeType::Null };
};

// Brackets that open and never close cost a parser its stack: refuse before it is asked.
bool nests_too_deeply(std::string_view text, std::uint32_t depth_max)
{
    std::size_t depth = 0, deepest = 0;
    for (char const c : text) {
        if (c == '[' || c == '{')
            deepest = std::max(deepest, ++depth);
        else if ((c == ']' || c == '}') && depth > 0)
            --depth;
        else if (c == '\n' && depth < 8) // brackets within plain text do not add up over lines
            depth = 0;
    }
    return deepest > std::size_t { depth_max } * 4;
}

void FileReader::read()
{
    if (m_file.text.size() > m_limits.rule_file_bytes_max) {
        ++m_target.document_count;
        report({}, { Reason::limit, format("the file is larger than {} bytes", m_limits.rule_file_bytes_max), 0 });
        return;
    }
    if (nests_too_deeply(m_file.text, m_limits.depth_max)) {
        ++m_target.document_count;
        report({}, { Reason::limit, "the file nests brackets too deeply", 0 });
        return;
    }
    auto problem = read_text(m_file.text, 0);
    if (!problem)
        return;
    // A document that is not YAML must not cost its neighbours: then each one is read alone.
    if (m_file.text.find("\n---") != std::string::npos)
        read_pieces();
    else
        report_not_yaml(std::move(*problem), 0);
}

// All documents of the text, or none of them and why.
std::optional<NotYaml> FileReader::read_text(std::string const& text, std::uint32_t line_offset)
{
    m_line_offset = line_offset;
    std::vector<YAML::Node> documents;
    if (auto problem = load_documents(text, documents))
        return problem;
    for (auto const& document : documents) {
        if (document.IsNull())
            continue;
        ++m_target.document_count;
        m_line = line_of(document) + line_offset;
        read_document(document);
        ++m_document;
    }
    return std::nullopt;
}

void FileReader::report_not_yaml(NotYaml problem, std::uint32_t line_offset)
{
    m_line_offset = line_offset;
    m_line = problem.line + line_offset;
    ++m_target.document_count;
    report({}, { Reason::yaml, std::move(problem.message), 0 });
    ++m_document;
}

void FileReader::read_pieces()
{
    std::string const& text = m_file.text;
    std::size_t start = 0;
    std::uint32_t line = 0;
    while (start < text.size()) {
        auto const border = text.find("\n---", start);
        auto const end = border == std::string::npos ? text.size() : border + 1;
        auto const piece = text.substr(start, end - start);
        // the piece's own "---" line stays with it; a piece of nothing is no document
        if (!trim(piece).empty() && trim(piece) != "---") {
            if (auto problem = read_text(piece, line))
                report_not_yaml(std::move(*problem), line);
        }
        line += static_cast<std::uint32_t>(std::count(piece.begin(), piece.end(), '\n'));
        start = end;
    }
}

// Later keys win; maps of the first level (logsource, detection) are merged key by key.
YAML::Node merged(YAML::Node const& below, YAML::Node const& above)
{
    auto result = YAML::Clone(below);
    for (auto const& entry : above) {
        auto const key = text_of(entry.first);
        auto const existing = result[key];
        if (existing && existing.IsMap() && entry.second.IsMap()) {
            auto map = result[key];
            for (auto const& inner : entry.second)
                map[text_of(inner.first)] = inner.second;
        } else {
            result[key] = entry.second;
        }
    }
    return result;
}

void FileReader::read_document(YAML::Node const& document)
{
    if (!document.IsMap()) {
        report({}, { Reason::not_sigma, "the document is not a map", 0 });
        return;
    }
    std::string action;
    try {
        auto const node = document["action"];
        action = node && node.IsScalar() ? node.Scalar() : std::string {};
        if (action == "global") {
            m_global.reset(m_global.IsMap() ? merged(m_global, document) : YAML::Clone(document));
            m_global.remove("action");
            --m_target.document_count; // a part of the documents that follow
            return;
        }
        if (action == "reset") {
            m_global.reset(YAML::Node(YAML::NodeType::Null));
            --m_target.document_count;
            return;
        }
        auto effective = document;
        if (action == "repeat" && m_previous.IsMap())
            effective.reset(merged(m_previous, document));
        else if (m_global.IsMap())
            effective.reset(merged(m_global, document));
        if (effective.IsMap() && (action == "repeat" || m_global.IsMap())) {
            effective.remove("action");
            m_previous.reset(effective);
        } else {
            m_previous.reset(document);
        }
        read_plain(effective);
    } catch (YAML::Exception const& exception) {
        report({}, { Reason::yaml, exception.msg, 0 });
    }
}

void FileReader::read_plain(YAML::Node const& document)
{
    auto sections = sections_of(document);
    take_head(sections.head);
    // collections of the `action: global` kind give all their rules one id
    if (!sections.head.id.empty() && !m_ids.insert(sections.head.id).second && m_global.IsMap())
        sections.head.id += format("~{}", m_document);
    if (sections.has_correlation)
        read_correlation(std::move(sections));
    else if (sections.has_filter)
        read_filter(std::move(sections));
    else if (sections.has_detection)
        read_rule(std::move(sections));
    else
        report(sections.head, { Reason::not_sigma, "the document has no detection, correlation or filter section", 0 });
}

void FileReader::read_rule(Sections sections)
{
    Rule rule;
    static_cast<RuleHead&>(rule) = std::move(sections.head);
    if (sections.has_logsource)
        rule.logsource = log_source_of(sections.logsource);
    if (!sections.detection.IsMap()) {
        report(rule, { Reason::detection, "the detection section is not a map", line_of(sections.detection) });
        return;
    }
    DetectionReader reader(m_limits);
    std::vector<std::string> conditions;
    std::string timeframe;
    for (auto const& entry : sections.detection) {
        auto const key = text_of(entry.first);
        if (key == "condition") {
            conditions = texts_of(entry.second);
        } else if (key == "timeframe") {
            timeframe = text_of(entry.second);
        } else if (!reader.read_selection(key, entry.second)) {
            report(rule, std::move(reader.m_refusal));
            return;
        }
    }
    rule.selections = std::move(reader.m_selections);
    bool const has_pipe = std::any_of(
        conditions.begin(), conditions.end(), [](auto const& text) { return text.find('|') != std::string::npos; });
    if (has_pipe && conditions.size() == 1) {
        add_aggregation(rule, conditions.front(), timeframe);
        return;
    }
    Refusal refusal;
    auto condition = parse_condition(conditions, rule.selections, refusal);
    if (!condition) {
        if (refusal.line == 0)
            refusal.line = line_of(sections.detection);
        report(rule, std::move(refusal));
        return;
    }
    rule.condition = std::move(*condition);
    m_target.rules.push_back(std::move(rule));
}

// The kinds of old aggregation that a correlation of 2.1 says as well.
bool FileReader::fill_correlation(Aggregation const& aggregation, Correlation& correlation)
{
    correlation.group_by = aggregation.group_by;
    if (aggregation.function == "near") {
        correlation.type = CorrelationType::temporal;
        return true;
    }
    correlation.bounds = { { aggregation.comparison, aggregation.number } };
    if (!aggregation.field.empty())
        correlation.value_fields = { aggregation.field };
    if (aggregation.function == "count") {
        correlation.type = aggregation.field.empty() ? CorrelationType::event_count : CorrelationType::value_count;
        return true;
    }
    if (aggregation.field.empty())
        return false;
    if (aggregation.function == "sum") {
        correlation.type = CorrelationType::value_sum;
    } else if (aggregation.function == "avg") {
        correlation.type = CorrelationType::value_avg;
    } else { // the smallest and the largest value are the 0th and the 100th percentile
        correlation.type = CorrelationType::value_percentile;
        correlation.percentile = aggregation.function == "min" ? 0 : 100;
    }
    return true;
}

void FileReader::add_aggregation(Rule const& rule, std::string const& condition, std::string const& timeframe)
{
    Refusal refusal;
    auto const pipe = condition.find('|');
    auto const aggregation = parse_aggregation(condition.substr(pipe + 1), refusal);
    if (!aggregation) {
        report(rule, std::move(refusal));
        return;
    }
    auto const timespan = parse_timespan(timeframe);
    if (!timespan) {
        auto detail = timeframe.empty() ? std::string("an aggregation without a timeframe has no timespan to count in")
                                        : format("timeframe '{}' is not a time", timeframe);
        report(rule, { Reason::aggregation, std::move(detail), 0 });
        return;
    }
    Correlation correlation;
    RuleHead const& head = rule;
    static_cast<RuleHead&>(correlation) = head;
    correlation.timespan_ticks = *timespan;
    correlation.is_from_aggregation = true;
    if (!fill_correlation(*aggregation, correlation)) {
        report(rule, { Reason::aggregation, format("'{}' needs a field", aggregation->function), 0 });
        return;
    }
    std::vector<std::string> conditions { std::string(trim(std::string_view(condition).substr(0, pipe))) };
    conditions.insert(conditions.end(), aggregation->near.begin(), aggregation->near.end());
    auto const base_id = rule.id.empty() ? rule.title : rule.id;
    std::vector<Rule> base_rules;
    for (std::size_t i = 0; i < conditions.size(); ++i) {
        Rule base = rule;
        base.id = format("{}#{}", base_id, i + 1);
        base.name = conditions.size() == 1 ? rule.id : std::string {}; // filters name the rule by its own id
        base.is_silent = true;
        auto parsed = parse_condition(std::span(&conditions[i], 1), base.selections, refusal);
        if (!parsed) {
            report(rule, std::move(refusal));
            return;
        }
        base.condition = std::move(*parsed);
        correlation.rules.push_back({ base.id, false, 0 });
        base_rules.push_back(std::move(base));
    }
    for (auto& base : base_rules)
        m_target.rules.push_back(std::move(base));
    m_target.correlations.push_back(std::move(correlation));
}

void FileReader::read_correlation_condition(YAML::Node const& node, Correlation& correlation)
{
    if (node.IsScalar()) {
        correlation.expression = node.Scalar();
        return;
    }
    if (!node.IsMap())
        throw YAML::Exception(node.Mark(), "the condition of a correlation is neither a map nor text");
    for (auto const& entry : node) {
        auto const key = text_of(entry.first);
        Comparison comparison {};
        if (key == "field")
            correlation.value_fields = texts_of(entry.second);
        else if (key == "percentile")
            correlation.percentile = entry.second.as<double>();
        else if (parse_bound(key, comparison))
            correlation.bounds.emplace_back(comparison, entry.second.as<double>());
        else
            throw YAML::Exception(
                entry.first.Mark(), format("unknown key '{}' in the condition of a correlation", key));
    }
}

void FileReader::read_correlation_entry(std::string const& key, YAML::Node const& value, Correlation& correlation)
{
    if (key == "type") {
        if (!parse_correlation_type(text_of(value), correlation.type))
            throw YAML::Exception(value.Mark(), format("unknown type of correlation '{}'", text_of(value)));
    } else if (key == "rules") {
        for (auto& name : texts_of(value))
            correlation.rules.push_back({ std::move(name), false, 0 });
    } else if (key == "group-by") {
        correlation.group_by = texts_of(value);
    } else if (key == "timespan" || key == "timeframe") {
        auto const timespan = parse_timespan(text_of(value));
        if (!timespan)
            throw YAML::Exception(value.Mark(), format("'{}' is not a timespan", text_of(value)));
        correlation.timespan_ticks = *timespan;
    } else if (key == "condition") {
        read_correlation_condition(value, correlation);
    } else if (key == "generate") {
        correlation.generate = value.as<bool>();
    } else if (key == "aliases" && value.IsMap()) {
        for (auto const& alias : value) {
            Alias made { text_of(alias.first), {} };
            for (auto const& field : alias.second)
                made.fields.emplace_back(text_of(field.first), text_of(field.second));
            correlation.aliases.push_back(std::move(made));
        }
    } else {
        throw YAML::Exception(value.Mark(), format("unknown key '{}' in a correlation", key));
    }
}

void FileReader::read_correlation(Sections sections)
{
    Correlation correlation;
    static_cast<RuleHead&>(correlation) = std::move(sections.head);
    try {
        if (!sections.correlation.IsMap())
            throw YAML::Exception(sections.correlation.Mark(), "the correlation section is not a map");
        bool has_type = false;
        for (auto const& entry : sections.correlation) {
            auto const key = text_of(entry.first);
            has_type = has_type || key == "type";
            read_correlation_entry(key, entry.second, correlation);
        }
        if (!has_type)
            throw YAML::Exception(sections.correlation.Mark(), "the correlation has no type");
    } catch (YAML::Exception const& exception) {
        auto const line = exception.mark.line < 0 ? 0U : static_cast<std::uint32_t>(exception.mark.line) + 1;
        report(correlation, { Reason::correlation, exception.msg, line });
        return;
    }
    if (auto problem = problem_of(correlation)) {
        report(correlation, { Reason::correlation, std::move(*problem), line_of(sections.correlation) });
        return;
    }
    m_target.correlations.push_back(std::move(correlation));
}

void FileReader::read_filter(Sections sections)
{
    Filter filter;
    static_cast<RuleHead&>(filter) = std::move(sections.head);
    if (sections.has_logsource)
        filter.logsource = log_source_of(sections.logsource);
    if (!sections.filter.IsMap()) {
        report(filter, { Reason::filter, "the filter section is not a map", line_of(sections.filter) });
        return;
    }
    DetectionReader reader(m_limits);
    std::vector<std::string> conditions;
    for (auto const& entry : sections.filter) {
        auto const key = text_of(entry.first);
        if (key == "rules") {
            filter.rules = texts_of(entry.second);
            filter.applies_to_all = entry.second.IsScalar() && ascii_lower(entry.second.Scalar()) == "any";
            if (filter.applies_to_all)
                filter.rules.clear();
        } else if (key == "condition") {
            conditions = texts_of(entry.second);
        } else if (!reader.read_selection(key, entry.second)) {
            report(filter, std::move(reader.m_refusal));
            return;
        }
    }
    filter.selections = std::move(reader.m_selections);
    Refusal refusal;
    auto condition = parse_condition(conditions, filter.selections, refusal);
    if (!condition) {
        report(filter, std::move(refusal));
        return;
    }
    filter.condition = std::move(*condition);
    if (!filter.applies_to_all && filter.rules.empty()) {
        report(filter, { Reason::filter, "the filter names no rules (`rules: any` applies to all)", 0 });
        return;
    }
    m_target.filters.push_back(std::move(filter));
}

}

void parse_file(RuleFile const& file, Limits const& limits, Documents& target)
{
    FileReader(file, limits, target).read();
}

}
