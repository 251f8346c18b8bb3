// Modules, handlers and agents that servers load: IIS's applicationHost.config and web.config, Exchange's
// agents.config. Not the scripts below the web root: files are rows of the MFT, their content is for YARA.
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::windows_server_module {

extern ArtefactParser const parser;

struct ModuleRow {
    Symbol server, kind;
    std::string_view name, path, type, requests, scope;
    bool is_enabled = true;
};
inline constexpr auto module_schema = schema("windows.server_module",
    "A module, handler or agent that IIS or Exchange loads", field("server", &ModuleRow::server, "iis or exchange"),
    field("kind", &ModuleRow::kind, "native_module, managed_module, handler, isapi_filter, transport_agent"),
    field("name", &ModuleRow::name, "Its name"),
    field("path", &ModuleRow::path, "File that is loaded or started, as written"),
    field("type", &ModuleRow::type, ".NET type, and assembly where it is named"),
    field("requests", &ModuleRow::requests, "Handlers: which addresses it answers"),
    field("scope", &ModuleRow::scope, "Site or folder it is limited to; absent: the whole server"),
    field("is_enabled", &ModuleRow::is_enabled, "Switched on"));

}
