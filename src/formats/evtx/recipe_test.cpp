// The compiled text of a template must be what the long way writes, byte for byte.
#include "formats/evtx/evtx.hpp"
#include "formats/evtx/live_index.hpp"
#include "formats/evtx/text_buffer.hpp"
#include "formats/evtx/value_format.hpp"
#include "formats/evtx/writers.hpp"
#include "support/evtx_random.hpp"
#include "support/evtx_writer.hpp"
#include "support/random.hpp"
#include "support/samples.hpp"
#include "support/windows_events.hpp"
#include <gtest/gtest.h>

namespace konseki::evtx {

namespace {

struct Counts {
    std::uint64_t records = 0, slow = 0;
};

// Every live record of a file both ways, in both forms.
Counts compare(ByteView file, std::string const& name)
{
    Counts counts;
    RecordWriter writer(default_limits, nullptr);
    std::string fast;
    std::string slow;
    for (auto chunk = next_chunk(file, 0); chunk; chunk = next_chunk(file, chunk->offset + 1)) {
        auto const bytes = part(file, chunk->offset, chunk->size_bytes);
        writer.begin_chunk(bytes);
        walk_live_headers(bytes, [&](RecordHeader const& header, std::uint64_t position) {
            ++counts.records;
            for (auto const form : { Form::xml, Form::json }) {
                fast.clear();
                slow.clear();
                auto const begin = position + record_header_bytes;
                auto const end = position + header.size - 4;
                auto const fast_error = writer.write(begin, end, form, fast);
                auto const slow_error = writer.write_slowly(begin, end, form, slow);
                EXPECT_EQ(fast_error.code, slow_error.code);
                EXPECT_EQ(fast, slow) << name << " record at " << chunk->offset + position;
            }
        });
        if (::testing::Test::HasFailure())
            break;
    }
    counts.slow = writer.slow_count();
    return counts;
}

std::string units(std::u16string_view text)
{
    std::string bytes;
    for (auto const unit : text) {
        bytes += static_cast<char>(unit & 0xff);
        bytes += static_cast<char>(unit >> 8);
    }
    return bytes;
}

}

TEST(EvtxRecipe, FilesOfRandomEventsReadTheSameBothWays)
{
    std::uint64_t records = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        auto const written = test::write_evtx(test::random_events(seed, 200));
        auto const counts = compare(as_bytes(written.bytes), "seed " + std::to_string(seed));
        records += counts.records;
    }
    EXPECT_EQ(records, 4000);
}

TEST(EvtxRecipe, OrdinaryEventsDoNotGoTheLongWay)
{
    std::vector<test::WrittenEvent> events(50);
    for (auto& event : events) {
        event.provider = "P";
        event.channel = "C";
        event.computer = "H";
        event.fields = { { "A", test::value::text("x") }, { "B", test::value::u32(1) } };
    }
    auto const counts = compare(as_bytes(test::write_evtx(events).bytes), "ordinary");
    EXPECT_EQ(counts.records, 50);
    EXPECT_EQ(counts.slow, 0);
}

TEST(EvtxRecipe, TextOfEveryLengthAndWithSpecialsAnywhereIsEscapedAsTheLongWayDoes)
{
    test::Random random(7);
    constexpr char16_t odd[] = { u'"', u'\\', u'&', u'<', u'>', u'\n', u'\t', u'\r', u'\b', u'\f', 1, 0x1f, 0, 0x7f,
        0x80, 0x7ff, 0x800, 0x3042, 0xd840, 0xdc0b, 0xdfff, 0xd7ff, 0xe000, 0xffff, 0xff80 };
    TextBuffer buffer;
    std::string expected;
    for (std::size_t length = 0; length < 80; ++length) {
        for (int round = 0; round < 60; ++round) {
            std::u16string text(length, u'x');
            for (std::size_t i = 0; i < length; ++i) {
                if (random.below(100) < static_cast<std::uint64_t>(round))
                    text[i] = odd[random.below(std::size(odd))];
            }
            auto const bytes = units(text);
            Slot const slot { as_bytes(bytes).data(), static_cast<std::uint32_t>(bytes.size()), raw_type::utf16 };
            std::string shown;
            append_shown(shown, slot.type, slot.view());
            for (auto const escape : { Escape::xml_text, Escape::xml_attribute, Escape::json }) {
                buffer.clear();
                buffer.put_shown(slot, escape, slot.bytes + slot.size);
                expected.clear();
                if (escape == Escape::json)
                    append_json_text(expected, shown);
                else
                    append_xml_text(expected, shown, escape == Escape::xml_attribute);
                ASSERT_EQ(buffer.view(), expected);
            }
        }
    }
}

TEST(EvtxRecipe, ValuesOfEveryTypeAndSizeAreShownAsTheLongWayDoes)
{
    test::Random random(8);
    TextBuffer buffer;
    for (unsigned type = 0; type < 0x22; ++type) {
        for (int round = 0; round < 400; ++round) {
            std::string bytes(random.below(40), '\0');
            for (auto& byte : bytes)
                byte = static_cast<char>(random.below(round % 4 == 0 ? 2 : 256));
            if (type == raw_type::filetime && bytes.size() >= 8 && round % 2 == 0)
                bytes[7] = static_cast<char>(random.below(0x25)); // years that people write
            if (type == raw_type::sid && bytes.size() > 1 && round % 2 == 0)
                bytes[1] = static_cast<char>(random.below(9));
            Slot const slot { as_bytes(bytes).data(), static_cast<std::uint32_t>(bytes.size()),
                static_cast<std::uint8_t>(type) };
            std::string shown;
            std::string expected;
            append_shown(shown, slot.type, slot.view());
            append_json_text(expected, shown);
            buffer.clear();
            buffer.put_shown(slot, Escape::json, slot.bytes + slot.size);
            ASSERT_EQ(buffer.view(), expected) << type << " of " << bytes.size() << " bytes";
        }
    }
}

TEST(EvtxRecipeSamples, EverySampleReadsTheSameBothWays)
{
    KONSEKI_NEEDS_DATA(folder, "evtx");
    Counts all;
    for (auto const& path : test::files_below(folder, ".evtx")) {
        auto const file = test::read_file(path);
        auto const counts = compare(as_bytes(file), path.string());
        all.records += counts.records;
        all.slow += counts.slow;
        ASSERT_FALSE(HasFailure());
    }
    EXPECT_GT(all.records, 40000);
    EXPECT_LT(all.slow, all.records * 2 / 4);
    RecordProperty("slow", std::to_string(all.slow));
}

}
