#include "formats/cim/well_known.hpp"
#include "formats/cim/object.hpp"
#include <array>
#include <span>

namespace konseki::cim {

namespace {

struct KnownProperty {
    std::string_view name;
    Type type = Type::string;
    bool is_array = false;
};

// In the order of their positions, measured on Windows 10.
constexpr std::array<KnownProperty, 6> filter { { { "Name" }, { "CreatorSID", Type::uint8, true }, { "QueryLanguage" },
    { "Query" }, { "EventNamespace" }, { "EventAccess" } } };
constexpr std::array<KnownProperty, 7> binding { { { "Filter", Type::reference }, { "Consumer", Type::reference },
    { "DeliveryQoS", Type::uint32 }, { "DeliverSynchronously", Type::boolean },
    { "MaintainSecurityContext", Type::boolean }, { "SlowDownProviders", Type::boolean },
    { "CreatorSID", Type::uint8, true } } };
constexpr std::array<KnownProperty, 8> active_script { { { "MachineName" }, { "MaximumQueueSize", Type::uint32 },
    { "CreatorSID", Type::uint8, true }, { "Name" }, { "ScriptingEngine" }, { "ScriptText" }, { "ScriptFilename" },
    { "KillTimeout", Type::uint32 } } };
constexpr std::array<KnownProperty, 27> command_line { { { "MachineName" }, { "MaximumQueueSize", Type::uint32 },
    { "CreatorSID", Type::uint8, true }, { "Name" }, { "ExecutablePath" }, { "CommandLineTemplate" },
    { "UseDefaultErrorMode", Type::boolean }, { "CreateNewConsole", Type::boolean },
    { "CreateNewProcessGroup", Type::boolean }, { "CreateSeparateWowVdm", Type::boolean },
    { "CreateSharedWowVdm", Type::boolean }, { "Priority", Type::sint32 }, { "WorkingDirectory" }, { "DesktopName" },
    { "WindowTitle" }, { "XCoordinate", Type::uint32 }, { "YCoordinate", Type::uint32 }, { "XSize", Type::uint32 },
    { "YSize", Type::uint32 }, { "XNumCharacters", Type::uint32 }, { "YNumCharacters", Type::uint32 },
    { "FillAttribute", Type::uint32 }, { "ShowWindowCommand", Type::uint32 }, { "ForceOnFeedback", Type::boolean },
    { "ForceOffFeedback", Type::boolean }, { "RunInteractively", Type::boolean }, { "KillTimeout", Type::uint32 } } };

void put(std::string& target, std::uint64_t value, unsigned size)
{
    for (unsigned i = 0; i < size; ++i)
        target += static_cast<char>((value >> (8 * i)) & 0xff);
}

std::size_t put_string(std::string& heap, std::string_view text)
{
    auto const at = heap.size();
    heap += '\0';
    heap += text;
    heap += '\0';
    return at;
}

std::string encoded(std::string_view name, std::span<KnownProperty const> properties)
{
    std::string heap, references;
    auto const name_at = put_string(heap, name);
    std::size_t value_offset = 0;
    for (std::size_t i = 0; i < properties.size(); ++i) {
        auto const& property = properties[i];
        put(references, put_string(heap, property.name), 4);
        put(references, heap.size(), 4);
        put(heap, static_cast<std::uint64_t>(property.type) | (property.is_array ? 0x2000U : 0U), 4);
        put(heap, i, 2);
        put(heap, value_offset, 4);
        put(heap, 0, 4); // level
        put(heap, 4, 4); // no qualifiers
        value_offset += property.type == Type::boolean ? 2 : 4;
    }
    std::string const table((properties.size() * 2 + 7) / 8 + value_offset, '\xff'); // no defaults
    std::string encoding;
    put(encoding, 0, 1);
    put(encoding, name_at, 4);
    put(encoding, table.size(), 4);
    put(encoding, 4, 4); // derivation
    put(encoding, 4, 4); // qualifiers
    put(encoding, properties.size(), 4);
    encoding += references + table;
    put(encoding, heap.size() | 0x8000'0000U, 4);
    std::string record;
    put(record, 0, 4); // no superclass
    put(record, 0, 8);
    put(record, encoding.size() + heap.size() + 4, 4);
    return record + encoding + heap;
}

}

std::vector<std::string> well_known_classes()
{
    return { encoded("__EventFilter", filter), encoded("__FilterToConsumerBinding", binding),
        encoded("ActiveScriptEventConsumer", active_script), encoded("CommandLineEventConsumer", command_line) };
}

}
