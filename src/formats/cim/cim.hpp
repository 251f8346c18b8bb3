// The WMI (CIM) repository: OBJECTS.DATA with its index and page maps. Class definitions, instances decoded by them,
// namespaces; deleted ones too. Not what a class means: an event consumer is a class like any other here.
// Source: libyal/dtformats "WMI repository file format", [MS-WMIO] 2.2 (encoding of objects).
#pragma once
#include "base/byte_view.hpp"
#include "base/timestamp.hpp"
#include "record/artefact_parser.hpp"
#include "record/diagnostic.hpp"
#include <string>
#include <vector>

namespace konseki::cim {

inline constexpr std::uint64_t page_bytes = 8'192;

// OBJECTS.DATA has no magic: a sound table of contents over records that read well is `maybe`.
Sniff sniff(ByteView head);

// The repository as it lay in its folder; everything but `objects` may be missing. Views: the caller keeps the bytes.
struct Files {
    ByteView objects; // OBJECTS.DATA
    ByteView index {}; // INDEX.BTR
    std::vector<ByteView> mappings {}; // MAPPING1.MAP to MAPPING3.MAP: the newest sound one is used
    ByteView objects_map {}; // OBJECTS.MAP and INDEX.MAP of Windows XP
    ByteView index_map {};
};

// [MS-WMIO] 2.2.82 CimType
enum class Type : std::uint8_t {
    sint16 = 2,
    sint32 = 3,
    real32 = 4,
    real64 = 5,
    string = 8,
    boolean = 11,
    object = 13,
    sint8 = 16,
    uint8 = 17,
    uint16 = 18,
    uint32 = 19,
    sint64 = 20,
    uint64 = 21,
    datetime = 101,
    reference = 102,
    char16 = 103,
};
std::string_view type_name(Type type); // "string", "uint32"; "unknown" for others

struct Value {
    Type type = Type::string;
    bool is_array = false;
    bool is_null = false;
    bool is_default = false; // stored with the class, not with the instance
    std::string text; // canonical: decimal numbers, true/false, array items with ", ", octets as upper-case hex
    ByteView octets {}; // uint8 and sint8 arrays; a view of the repository, valid during the visit
};

struct NamedValue {
    std::string name;
    Value value;
};

// live: the index leads to it. The others are recovered: a record in a table of contents that the index does not name
// (unreferenced), one in a page that no map names (unmapped), one between records (slack), or any record where there
// is no usable index (unindexed).
enum class Found : std::uint8_t { live, unreferenced, unmapped, slack, unindexed };
std::string_view found_name(Found found);

struct Place {
    std::uint64_t offset = 0; // in OBJECTS.DATA
    std::uint64_t size_bytes = 0; // a record over several pages goes on elsewhere
    Found found = Found::live;
    std::string_view namespace_path; // "ROOT\subscription"; empty where nothing tells
    std::string_view namespace_hash; // of the path, upper-case hex, where a key of the index tells
};

// Stamps look like times of storing and are not: WMI takes the time when its service opens the repository and adds
// 100 ns for each change. An object was stored then or later, and stamps of one session give the order of its changes.
// (Measured: a repository with changes from 2019 to 2022 has eight distinct seconds, each with a dense run of ticks.)
struct ClassDefinition {
    std::string name, superclass; // UTF-8
    Timestamp stamp;
    std::vector<NamedValue> defaults; // properties that this class itself gives a value
};

struct Instance {
    std::string class_name;
    std::vector<std::string> derivation; // superclasses, nearest first
    Timestamp stamp;
    Timestamp class_stamp; // of the class it was made with
    std::vector<NamedValue> values; // in the order of declaration, inherited ones first
    bool is_complete = true; // false: the end of the record or an ancestor's definition is gone

    // Absent and null values are nullptr. Names compare without case.
    Value const* find(std::string_view name) const;
    bool is_a(std::string_view ancestor) const; // the class itself or one of its superclasses
};

struct Namespace {
    std::string path; // upper case only where Windows wrote it so; empty: nothing names it
    std::string hash; // upper-case hex of SHA-256 (MD5 on XP) of the upper-case path
    bool is_listed = true; // an instance of __NAMESPACE names it (true for ROOT)
    Timestamp stamp;
    std::uint64_t classes = 0, instances = 0; // live ones
};

class Visitor {
public:
    virtual ~Visitor() = default;
    virtual void on_namespace(Namespace const& found, Place const& place) = 0;
    virtual void on_class(ClassDefinition const& definition, Place const& place) = 0;
    virtual void on_instance(Instance const& instance, Place const& place) = 0;
};

// Namespaces, then classes, then instances, each by offset. Damage costs its record and is reported.
void read(Files const& files, Limits const& limits, DiagnosticSink& diagnostics, Visitor& visitor);

// The repository's name for a name: upper-case hex of SHA-256, or of MD5 for Windows XP and 2003.
enum class HashKind : std::uint8_t { sha256, md5 };
std::string name_hash(std::string_view name, HashKind kind);

}
