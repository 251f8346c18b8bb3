#include "base/text.hpp"
#include "formats/evtx/value_format.hpp"
#include "formats/evtx/writers.hpp"

namespace konseki::evtx {

namespace {

class XmlWriter {
public:
    XmlWriter(std::vector<Item> const& items, std::string& target)
        : m_items(items)
        , m_target(target)
    {
    }
    void write();

private:
    void open(std::size_t index);
    void close(std::size_t index);
    void attribute(Item const& item, std::size_t index);
    void content(Item const& item, bool in_attribute);
    void indent() { m_target.append(m_open.size() * 2, ' '); }

    std::vector<Item> const& m_items;
    std::string& m_target;
    std::vector<std::size_t> m_open;
    std::string m_text;
};

void XmlWriter::content(Item const& item, bool in_attribute)
{
    switch (item.kind) {
    case Item::Kind::text: append_xml_text(m_target, item.text, in_attribute); return;
    case Item::Kind::value:
        m_text.clear();
        append_shown(m_text, item.type, item.bytes());
        append_xml_text(m_target, m_text, in_attribute);
        return;
    case Item::Kind::entity: append_format(m_target, "&{};", item.text); return;
    case Item::Kind::char_reference: append_format(m_target, "&#{};", item.number); return;
    case Item::Kind::cdata: append_format(m_target, "<![CDATA[{}]]>", item.text); return;
    case Item::Kind::pi_target: append_format(m_target, "<?{}", item.text); return;
    case Item::Kind::pi_text: append_format(m_target, " {}?>", item.text); return;
    default: return;
    }
}

void XmlWriter::attribute(Item const& item, std::size_t index)
{
    m_target += ' ';
    m_target += item.text;
    m_target += "=\"";
    for (auto i = index + 1; i < item.end; ++i)
        content(m_items[i], true);
    m_target += '"';
}

void XmlWriter::open(std::size_t index)
{
    auto const& item = m_items[index];
    indent();
    m_target += '<';
    m_target += item.text;
    m_open.push_back(index);
}

void XmlWriter::close(std::size_t index)
{
    (void)index;
    auto const& item = m_items[m_open.back()];
    m_open.pop_back();
    if (item.is_short) {
        m_target += "/>\n";
        return;
    }
    if (item.has_children)
        indent();
    m_target += "</";
    m_target += item.text;
    m_target += ">\n";
}

void XmlWriter::write()
{
    m_target += "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";
    bool in_start_tag = false;
    auto const end_start_tag = [&] {
        if (!in_start_tag)
            return;
        in_start_tag = false;
        auto const& item = m_items[m_open.back()];
        if (!item.is_short)
            m_target += item.has_children ? ">\n" : ">";
    };
    for (std::size_t i = 0; i < m_items.size(); ++i) {
        auto const& item = m_items[i];
        if (item.kind == Item::Kind::attribute) {
            attribute(item, i);
            i = item.end - 1;
            continue;
        }
        end_start_tag();
        if (item.kind == Item::Kind::open) {
            open(i);
            in_start_tag = true;
        } else if (item.kind == Item::Kind::close) {
            close(i);
        } else {
            content(item, false);
        }
    }
}

}

void write_xml(std::vector<Item> const& items, std::string& target)
{
    XmlWriter(items, target).write();
}

}
