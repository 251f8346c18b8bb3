#include "rules/sigma/log_source.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <yaml-cpp/yaml.h>

namespace konseki::sigma {

namespace {

std::vector<std::string> folded_texts(YAML::Node const& node)
{
    std::vector<std::string> texts;
    if (node && node.IsSequence()) {
        for (auto const& item : node)
            texts.push_back(fold_utf8(item.Scalar()));
    }
    return texts;
}

std::vector<std::pair<std::string, std::string>> folded_pairs(YAML::Node const& node)
{
    std::vector<std::pair<std::string, std::string>> pairs;
    if (node && node.IsMap()) {
        for (auto const& entry : node)
            pairs.emplace_back(fold_utf8(entry.first.Scalar()), entry.second.Scalar());
    }
    return pairs;
}

std::string product_of(YAML::Node const& node)
{
    return node["product"] ? node["product"].Scalar() : std::string {};
}

FieldMap read_field_map(std::string name, YAML::Node const& node)
{
    FieldMap map { std::move(name), {} };
    for (auto const& entry : node) {
        FieldSource source;
        source.name = entry.first.Scalar();
        if (entry.second.IsScalar()) {
            source.parts.push_back(entry.second.Scalar());
        } else {
            for (auto const& part : entry.second["join"])
                source.parts.push_back(part.Scalar());
            if (entry.second["with"])
                source.separator = entry.second["with"].Scalar();
            source.values = folded_pairs(entry.second["values"]);
            source.prefixes = folded_pairs(entry.second["prefixes"]);
        }
        map.fields.push_back(std::move(source));
    }
    return map;
}

template <typename Named> std::optional<std::uint32_t> index_of(std::vector<Named> const& list, std::string_view name)
{
    for (std::uint32_t i = 0; i < list.size(); ++i) {
        if (list[i].name == name)
            return i;
    }
    return std::nullopt;
}

}

FieldSource const* FieldMap::find(std::string_view field) const
{
    for (auto const& source : fields) {
        if (source.name == field)
            return &source;
    }
    return nullptr;
}

Result<LogSources> LogSources::parse(std::string const& yaml)
{
    LogSources sources;
    auto const wrong = [](std::string detail) {
        return Error { ErrorCode::wrong_use, "sigma.log_sources", 0, 0, 0, std::move(detail) };
    };
    try {
        auto const root = YAML::Load(yaml);
        sources.m_field_maps.push_back({ "", {} });
        for (auto const& entry : root["fields"])
            sources.m_field_maps.push_back(read_field_map(entry.first.Scalar(), entry.second));
        for (auto const& entry : root["logs"])
            sources.m_logs.push_back({ entry.first.Scalar(), folded_texts(entry.second["channels"]),
                folded_texts(entry.second["providers"]), product_of(entry.second) });
        for (auto const& node : root["sources"]) {
            Entry entry;
            entry.product = product_of(node);
            entry.category = node["category"] ? node["category"].Scalar() : std::string {};
            entry.service = node["service"] ? node["service"].Scalar() : std::string {};
            for (auto const& place : node["any"]) {
                SourceVariant variant;
                auto const log = index_of(sources.m_logs, place["log"].Scalar());
                auto const map
                    = index_of(sources.m_field_maps, place["fields"] ? place["fields"].Scalar() : std::string {});
                if (!log || !map)
                    return wrong(
                        format("'{}{}' names a log or a field map that is not there", entry.category, entry.service));
                variant.log = *log;
                variant.field_map = *map;
                for (auto const& id : place["ids"])
                    variant.event_ids.push_back(id.as<std::uint32_t>());
                std::sort(variant.event_ids.begin(), variant.event_ids.end());
                for (auto const& condition : place["where"])
                    variant.where.push_back({ condition.first.Scalar(), folded_texts(condition.second) });
                entry.any.push_back(std::move(variant));
            }
            sources.m_entries.push_back(std::move(entry));
        }
    } catch (YAML::Exception const& exception) {
        return wrong(exception.what());
    }
    return sources;
}

LogSources LogSources::built_in()
{
    static auto const parsed = parse(log_source_files().front().text); // once: reading YAML takes as long as a rule set
    VERIFY(parsed.ok());
    return parsed.value();
}

LogSources::Entry const* LogSources::find_category(std::string_view product, std::string_view category) const
{
    auto const found = std::find_if(m_entries.begin(), m_entries.end(),
        [&](auto const& entry) { return entry.category == category && entry.product == product; });
    return category.empty() || found == m_entries.end() ? nullptr : &*found;
}

LogSources::Entry const* LogSources::find_service(std::string_view product, std::string_view service) const
{
    auto const found = std::find_if(m_entries.begin(), m_entries.end(),
        [&](auto const& entry) { return entry.service == service && entry.product == product; });
    return service.empty() || found == m_entries.end() ? nullptr : &*found;
}

// A rule that names its product only: all logs of that product, as it says.
LogSources::Answer LogSources::resolve_all(std::string_view product, std::vector<SourceVariant>& variants) const
{
    if (product.empty()) {
        variants.emplace_back();
        return Answer::mapped;
    }
    for (std::uint32_t log = 0; log < m_logs.size(); ++log) {
        if (m_logs[log].product == product)
            variants.emplace_back().log = log;
    }
    return variants.empty() ? Answer::no_evidence : Answer::mapped;
}

LogSources::Answer LogSources::resolve(LogSource const& source, std::vector<SourceVariant>& variants) const
{
    variants.clear();
    bool const is_known_product
        = std::ranges::any_of(m_entries, [&](auto const& entry) { return entry.product == source.product; });
    if (!source.product.empty() && source.product != "windows" && !is_known_product)
        return Answer::no_evidence;
    auto const product = source.product == "windows" ? std::string_view {} : std::string_view(source.product);
    if (source.category.empty() && source.service.empty())
        return source.product.empty() ? Answer::unmapped : resolve_all(product, variants);
    auto const* const category = find_category(product, source.category);
    auto const* const service = find_service(product, source.service);
    bool const is_known
        = (source.category.empty() || category != nullptr) && (source.service.empty() || service != nullptr);
    if (!is_known) // of other systems than Windows much is not read yet
        return source.product == "windows" ? Answer::unmapped : Answer::no_evidence;
    if (category == nullptr || service == nullptr) {
        variants = category != nullptr ? category->any : service->any;
        return Answer::mapped;
    }
    // both: the events of the category that lie in the service's log
    for (auto const& variant : category->any) {
        for (auto const& place : service->any) {
            if (m_logs[variant.log].channels == m_logs[place.log].channels)
                variants.push_back(variant);
        }
    }
    return variants.empty() ? Answer::unmapped : Answer::mapped;
}

}
