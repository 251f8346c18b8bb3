#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/windows_ntfs_security/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_ntfs_security {

TEST(WindowsNtfsSecurity, DescriptorsBecomeRows)
{
    auto const bytes = test::bytes_from_hex(
        test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/windows_ntfs_security/testdata/small.hex"));
    EXPECT_EQ(parser.sniff(bytes, "$Secure_$SDS"), Sniff::sure);
    test::CollectingContext collected;
    parser.parse({ bytes, { 0, bytes.size() }, "$SDS" }, collected.context);
    auto const rows = collected.rows("windows.ntfs.security");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].at("id"), "256");
    EXPECT_EQ(rows[0].at("owner"), "S-1-5-32-544");
    EXPECT_EQ(rows[0].at("is_hash_right"), "true");
    EXPECT_EQ(rows[1].at("sddl"), "O:S-1-5-21-1-2-3-1001G:BAD:PAI(A;OICIIO;SDGXGWGR;;;AU)S:(ML;;NW;;;ME)");
}

}
