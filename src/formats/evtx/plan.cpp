#include "base/text.hpp"
#include "base/utf8.hpp"
#include "formats/evtx/program.hpp"
#include <algorithm>
#include <optional>

namespace konseki::evtx {

namespace {

struct SystemName {
    std::string_view element, attribute; // attribute empty: the element's text
    SystemField field;
    bool is_number;
};

constexpr SystemName system_names[] = {
    { "Provider", "Name", SystemField::provider, false },
    { "Provider", "Guid", SystemField::provider_guid, false },
    { "EventID", "", SystemField::event_id, true },
    { "EventID", "Qualifiers", SystemField::qualifiers, true },
    { "Version", "", SystemField::version, true },
    { "Level", "", SystemField::level, true },
    { "Task", "", SystemField::task, true },
    { "Opcode", "", SystemField::opcode, true },
    { "Keywords", "", SystemField::keywords, true },
    { "TimeCreated", "SystemTime", SystemField::written_at, false },
    { "EventRecordID", "", SystemField::record_id, true },
    { "Correlation", "ActivityID", SystemField::activity_id, false },
    { "Execution", "ProcessID", SystemField::process_id, true },
    { "Execution", "ThreadID", SystemField::thread_id, true },
    { "Channel", "", SystemField::channel, false },
    { "Computer", "", SystemField::computer, false },
    { "Security", "UserID", SystemField::user_sid, false },
};

SystemName const* find_system_name(std::string_view element, std::string_view attribute)
{
    auto const* const found = std::ranges::find_if(
        system_names, [&](auto const& name) { return name.element == element && name.attribute == attribute; });
    return found == std::end(system_names) ? nullptr : found;
}

// The parts that make up one attribute or one element's text.
struct Parts {
    std::uint32_t first = 0, last = 0, count = 0;
    void add(std::uint32_t op)
    {
        if (count == 0)
            first = op;
        last = op;
        ++count;
    }
};

struct OpenElement {
    std::string_view name; // in the heap, which does not grow while the plan is made
    std::optional<std::string_view> data_name; // <Data Name="…">
    Scope scope = Scope::document; // of the element itself
    Scope inner = Scope::data; // of its children
    Parts parts;
    bool has_children = false, has_attributes = false, is_container = false;
};

class PlanBuilder {
public:
    PlanBuilder(Program& program, Scope scope)
        : m_program(program)
        , m_scope(scope)
        , m_plan(program.plans[static_cast<std::size_t>(scope)])
    {
    }

    void build()
    {
        m_plan.names.clear();
        for (std::uint32_t i = 0; i < m_program.ops.size(); ++i)
            take(i, m_program.ops[i]);
        m_plan.is_built = true;
    }

private:
    Scope inner_scope() const { return m_stack.empty() ? m_scope : m_stack.back().inner; }

    void take(std::uint32_t index, Op const& op)
    {
        switch (op.kind) {
        case OpKind::open: open(op); return;
        case OpKind::attribute:
            end_attribute();
            m_attribute = m_program.text(op);
            m_attribute_parts = {};
            return;
        case OpKind::start_end: end_attribute(); return;
        case OpKind::empty_end:
        case OpKind::close:
            end_attribute();
            close();
            return;
        case OpKind::pi_target:
        case OpKind::pi_text: return;
        default: content(index, op);
        }
    }

    void open(Op const& op)
    {
        auto const scope = inner_scope();
        OpenElement element;
        element.name = m_program.text(op);
        element.scope = scope;
        element.inner = scope;
        if (scope == Scope::document) {
            element.is_container = true;
            element.inner = element.name == "Event" ? Scope::event : Scope::data;
        } else if (scope == Scope::event) {
            element.is_container = true;
            element.inner = element.name == "System" ? Scope::system
                : element.name == "RenderingInfo"    ? Scope::rendering
                                                     : Scope::data;
        }
        if (!m_stack.empty())
            m_stack.back().has_children = true;
        m_stack.push_back(element);
    }

    void content(std::uint32_t index, Op const& op)
    {
        if (m_attribute) {
            m_attribute_parts.add(index);
            return;
        }
        auto const scope = inner_scope();
        bool const is_binxml = op.kind == OpKind::substitution && op.type == raw_type::binxml;
        if (is_binxml || m_stack.empty() || scope == Scope::document || scope == Scope::event) {
            if (op.kind != OpKind::substitution)
                return; // text between the elements of an event means nothing
            m_plan.steps.push_back({ .kind = Step::Kind::nested, .scope = scope, .slot = op.slot });
            m_plan.has_nested = true;
            if (!m_stack.empty())
                m_stack.back().has_children = true;
            return;
        }
        m_stack.back().parts.add(index);
    }

    static bool is_data(OpenElement const& element) { return element.name == "Data" || element.name == "ComplexData"; }

    void end_attribute()
    {
        if (!m_attribute || m_stack.empty())
            return;
        auto const name = *m_attribute;
        m_attribute.reset();
        auto& element = m_stack.back();
        if (name.starts_with("xmlns"))
            return;
        auto const& parts = m_attribute_parts;
        if (element.inner == Scope::data && is_data(element) && name == "Name" && parts.count == 1
            && m_program.ops[parts.first].kind == OpKind::text) {
            element.data_name = m_program.text(m_program.ops[parts.first]);
            return;
        }
        element.has_attributes = true;
        if (element.scope == Scope::system) {
            if (auto const* const known = find_system_name(element.name, name)) {
                add_system(known->field, known->is_number, parts);
                return;
            }
        }
        auto const owner = element.data_name ? *element.data_name : element.name;
        add_value(format("{}_{}", owner, name), parts, false);
    }

    void close()
    {
        if (m_stack.empty())
            return;
        auto const element = m_stack.back();
        m_stack.pop_back();
        bool const has_text = element.parts.count > 0;
        if (!has_text && (element.has_children || element.has_attributes || element.is_container))
            return;
        if (has_text && element.has_children && is_white(element.parts))
            return;
        if (element.scope == Scope::system) {
            if (auto const* const known = find_system_name(element.name, {}))
                add_system(known->field, known->is_number, element.parts);
            else if (has_text)
                add_value(std::string(element.name), element.parts, true);
            return;
        }
        if (element.scope == Scope::rendering) {
            if (element.name == "Message")
                add_system(SystemField::message, false, element.parts);
            else if (has_text)
                add_value(format("RenderingInfo_{}", element.name), element.parts, true);
            return;
        }
        add_value(std::string(element.data_name ? *element.data_name : element.name), element.parts, true);
    }

    bool is_white(Parts const& parts) const
    {
        for (auto i = parts.first; i <= parts.last; ++i) {
            auto const& op = m_program.ops[i];
            if (op.kind == OpKind::text && !trim(m_program.text(op)).empty())
                return false;
            if (op.kind == OpKind::substitution || op.kind == OpKind::value)
                return false;
        }
        return true;
    }

    // Slot, literal or mixed.
    Step step_of(Parts const& parts)
    {
        Step step;
        if (parts.count == 0) {
            step.literal_type = raw_type::utf16; // an empty text
            return step;
        }
        auto const& op = m_program.ops[parts.first];
        if (parts.count > 1 || op.kind == OpKind::entity || op.kind == OpKind::char_reference) {
            step.kind = Step::Kind::mixed;
            step.first_op = parts.first;
            step.op_count = parts.last - parts.first + 1;
        } else if (op.kind == OpKind::substitution) {
            step.slot = op.slot;
        } else {
            step.place = op.place;
            step.size = op.size;
            step.literal_type = op.kind == OpKind::value ? op.type : literal_utf8;
        }
        return step;
    }

    void add_value(std::string name, Parts const& parts, bool keep_empty)
    {
        std::erase(name, ' '); // Defender's "Threat Name": Sigma writes ThreatName
        auto step = step_of(parts);
        // An optional null drops its element; any other null is an element without text.
        step.keep_empty = keep_empty && !(parts.count == 1 && m_program.ops[parts.first].is_optional);
        step.name = static_cast<std::uint32_t>(m_plan.names.size());
        m_plan.names.push_back(std::move(name));
        m_plan.steps.push_back(step);
    }

    void add_system(SystemField field, bool is_number, Parts const& parts)
    {
        if (parts.count == 0)
            return;
        auto step = step_of(parts);
        step.field = field;
        if (step.kind == Step::Kind::mixed) {
            step.op_count = 0; // system fields made of several parts: only their first is read (never seen)
            auto const& op = m_program.ops[parts.first];
            step.slot = op.kind == OpKind::substitution ? op.slot : no_slot;
            step.place = op.place;
            step.size = op.size;
            step.literal_type = literal_utf8;
        }
        step.kind = Step::Kind::system;
        if (is_number && step.slot == no_slot && step.literal_type == literal_utf8)
            step.number = parse_uint(trim(m_program.text(step.place, step.size))).value_or(0);
        m_plan.steps.push_back(step);
    }

    Program& m_program;
    Scope m_scope;
    Plan& m_plan;
    std::vector<OpenElement> m_stack;
    std::optional<std::string_view> m_attribute;
    Parts m_attribute_parts;
};

}

void build_plan(Program& program, Scope scope)
{
    PlanBuilder(program, scope).build();
}

}
