#include "os/channel.hpp"
#include "os/clock.hpp"
#include "os/memory.hpp"
#include "os/stop.hpp"
#include "os/terminal.hpp"
#include <csignal>
#include <thread>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace konseki::os {
namespace {

// What a hostile worker may write: raw bytes instead of frames.
Result<std::optional<Frame>> after(std::string_view raw)
{
    auto pair = Channel::pair(1024);
    VERIFY(pair.ok());
    VERIFY(::send(pair.value().worker.number(), raw.data(), raw.size(), 0) == static_cast<ssize_t>(raw.size()));
    VERIFY(pair.value().parent.fill().ok());
    auto frame = pair.value().parent.next_buffered();
    if (frame.ok() && frame.value().has_value())
        frame.value()->body = {}; // its buffer ends here
    return frame;
}

TEST(Channel, HalfAHeaderAndHalfABodyAreNoFrameYet)
{
    EXPECT_FALSE(after(std::string_view("\x05\0\0", 3)).value().has_value());
    EXPECT_FALSE(after(std::string_view("\x05\0\0\0\1\0\0\0half", 12)).value().has_value());
    EXPECT_TRUE(after(std::string_view("\x05\0\0\0\1\0\0\0whole", 13)).value().has_value());
}

TEST(Channel, ALengthBeyondTheLimitIsRefusedBeforeAnythingIsAllocated)
{
    EXPECT_EQ(after(std::string_view("\xff\xff\xff\xff\1\0\0\0", 8)).error().code, ErrorCode::limit);
    EXPECT_EQ(after(std::string_view("\x01\x04\0\0\1\0\0\0", 8)).error().code, ErrorCode::limit);
}

TEST(Channel, FramesArriveInOrderAndInPieces)
{
    auto pair = Channel::pair(1 << 20);
    ASSERT_TRUE(pair.ok());
    Channel worker { std::move(pair.value().worker), 1 << 20 };
    std::jthread const writer { [&] {
        for (std::size_t size = 0; size < 200; ++size)
            EXPECT_TRUE(worker
                            .send(static_cast<std::uint16_t>(size),
                                as_bytes(std::string(size * 997, static_cast<char>('a' + size % 26))))
                            .ok());
    } };
    std::uint16_t expected = 0;
    auto& parent = pair.value().parent;
    while (expected < 200) {
        ASSERT_TRUE(parent.fill().ok());
        while (true) {
            auto frame = parent.next_buffered();
            ASSERT_TRUE(frame.ok());
            if (!frame.value().has_value())
                break;
            EXPECT_EQ(frame.value()->kind, expected);
            EXPECT_EQ(frame.value()->body.size(), expected * 997U);
            ++expected;
        }
    }
}

TEST(Channel, TheEndOfThePeerIsSeen)
{
    auto pair = Channel::pair(1024);
    pair.value().worker.close();
    EXPECT_EQ(pair.value().parent.fill().value(), Channel::Filled::end_of_stream);
    EXPECT_FALSE(pair.value().parent.send(1, {}).ok());
}

TEST(Stop, AnInterruptBecomesAStopRequest)
{
    StopOnSignal const stop;
    auto const token = stop.token();
    EXPECT_FALSE(token.stop_requested());
    ::raise(SIGINT);
    for (int waited = 0; waited < 200 && !token.stop_requested(); ++waited)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_TRUE(token.stop_requested());
}

TEST(StopDeathTest, TheSecondInterruptEndsTheProcess)
{
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_EXIT(
        {
            StopOnSignal const stop;
            ::raise(SIGINT);
            ::raise(SIGINT);
        },
        ::testing::ExitedWithCode(128 + SIGINT), "");
}

TEST(Clock, IsInThisCenturyAndSteadyTimeGrows)
{
    EXPECT_GT(now(), *Timestamp::parse("2024-01-01"));
    EXPECT_LT(now(), *Timestamp::parse("2100-01-01"));
    auto const before = steady_seconds();
    EXPECT_GE(steady_seconds(), before);
}

TEST(Memory, ThisProcessHasSomeAndAGoneOneNone)
{
    auto const use = memory_of(0);
    EXPECT_GT(use.resident_bytes, 1U << 20);
    EXPECT_GE(use.resident_peak_bytes, use.resident_bytes);
    EXPECT_EQ(memory_of(0x7fff'fff0).resident_bytes, 0U);
    EXPECT_GE(processor_count(), 1U);
}

TEST(Terminal, APipeIsNone)
{
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    EXPECT_FALSE(terminal_of(ends[0]).is_terminal);
    EXPECT_FALSE(terminal_of(ends[0]).may_colour);
    ::close(ends[0]);
    ::close(ends[1]);
}

}
}
