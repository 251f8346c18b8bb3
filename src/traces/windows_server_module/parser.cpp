#include "traces/windows_server_module/parser.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "bytes/utf16.hpp"
#include <array>
#include <pugixml.hpp>

namespace konseki::windows_server_module {

namespace {

constexpr std::string_view utf8_mark = "\xef\xbb\xbf";

Sniff sniff(ByteView head, std::string_view name)
{
    auto const file = ascii_lower(file_name_of(name));
    auto text = as_text(head);
    if (text.starts_with(utf8_mark))
        text.remove_prefix(utf8_mark.size());
    if (trim(text).starts_with('<') && (file == "applicationhost.config" || file == "agents.config"))
        return Sniff::sure;
    return file == "web.config" && text.find("<configuration") != std::string_view::npos ? Sniff::sure : Sniff::no;
}

std::string_view said(pugi::xml_node node, char const* attribute)
{
    std::string_view const text = node.attribute(attribute).value();
    return text.empty() ? std::string_view {} : text;
}

class ConfigReader {
public:
    ConfigReader(EvidenceView const& evidence, ParseContext& context)
        : m_context(context)
        , m_text(utf8::repaired(as_text(evidence.bytes)))
    {
    }

    void run()
    {
        pugi::xml_document document;
        auto const result = document.load_buffer(m_text.data(), m_text.size());
        if (!result) { // what stands before the damage is in the document
            auto const place = result.offset < 0 ? 0U : static_cast<std::uint64_t>(result.offset);
            m_context.diagnostics.report({ { ErrorCode::bad_value, "server_config.xml", place, 0, 0, {} },
                m_text.size() - std::min<std::uint64_t>(place, m_text.size()) });
        }
        auto const configuration = document.child("configuration");
        read_scope(configuration, {});
        for (auto const location : configuration.children("location"))
            read_scope(location, said(location, "path"));
        for (auto const agent : configuration.child("mexRuntime").child("agentList").children("agent")) {
            ModuleRow row;
            row.server = "exchange";
            row.kind = "transport_agent";
            row.path = said(agent, "assemblyPath");
            row.type = said(agent, "classFactory");
            row.is_enabled = agent.attribute("enabled").as_bool(true);
            emit(agent, row);
        }
    }

private:
    void read_scope(pugi::xml_node node, std::string_view scope)
    {
        auto const server = node.child("system.webServer");
        read(server.child("globalModules"), "add", "native_module", "image", scope);
        read(server.child("modules"), "add", "managed_module", "image", scope);
        read(server.child("handlers"), "add", "handler", "scriptProcessor", scope);
        read(server.child("isapiFilters"), "filter", "isapi_filter", "path", scope);
        auto const old = node.child("system.web");
        read(old.child("httpModules"), "add", "managed_module", "image", scope);
        read(old.child("httpHandlers"), "add", "handler", "scriptProcessor", scope);
    }

    void read(pugi::xml_node list, char const* element, Symbol kind, char const* file, std::string_view scope)
    {
        for (auto const node : list.children(element)) {
            ModuleRow row;
            row.server = "iis";
            row.kind = kind;
            row.path = said(node, file);
            row.type = said(node, "type");
            row.scope = scope;
            if (kind.text == "handler")
                row.requests = said(node, "path");
            row.is_enabled = node.attribute("enabled").as_bool(true);
            // The list of modules only switches native ones on that globalModules names.
            if (kind.text == "managed_module" && row.type.empty())
                continue;
            emit(node, row);
        }
    }

    void emit(pugi::xml_node node, ModuleRow row)
    {
        row.name = said(node, "name");
        auto const place = node.offset_debug();
        auto const begin = place > 0 ? static_cast<std::uint64_t>(place) - 1 : 0;
        auto const end = m_text.find('>', begin);
        m_context.traces.emit(module_schema, { begin, end == std::string::npos ? 1 : end + 1 - begin, false }, row);
    }

    ParseContext& m_context;
    std::string m_text;
};

void parse(EvidenceView const& evidence, ParseContext& context)
{
    ConfigReader { evidence, context }.run();
}

constexpr std::array<Schema const*, 1> schemas { &module_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "windows_server_module",
    .title = "Modules of IIS and agents of Exchange",
    .version = 1,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
