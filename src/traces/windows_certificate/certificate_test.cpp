#include "support/registry_case.hpp"
#include "support/unpack.hpp"
#include "traces/windows_certificate/registry.hpp"
#include "traces/windows_certificate/x509.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_certificate {

static std::vector<std::byte> root_certificate()
{
    return test::bytes_from_hex(
        test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/windows_certificate/testdata/root.hex"));
}

TEST(WindowsCertificate, ACertificateSaysWhoAndUntilWhen)
{
    auto const der = root_certificate();
    auto const read = read_certificate(der);
    ASSERT_TRUE(read.ok());
    auto const& certificate = read.value();
    EXPECT_EQ(certificate.subject, "CN=Konseki Test Root, O=Example, C=JP");
    EXPECT_EQ(certificate.issuer, certificate.subject);
    EXPECT_TRUE(certificate.is_self_issued);
    EXPECT_EQ(certificate.serial, "1d11a7a269e68ac2977183d2e2bfc6b394d75f69");
    EXPECT_EQ(to_string(certificate.valid_from), "2026-11-23T11:01:21.0000000Z"); // as OpenSSL says
    EXPECT_EQ(to_string(certificate.valid_until), "2036-11-20T11:01:21.0000000Z");
    EXPECT_EQ(certificate.signature_algorithm, "sha256RSA");
    EXPECT_EQ(certificate.key_algorithm, "RSA");
    EXPECT_EQ(certificate.key_bits, 1024U);
    EXPECT_EQ(certificate.is_authority, true);
    EXPECT_EQ(certificate.usages, "code signing; 1.2.3.4");
}

TEST(WindowsCertificate, AnyPrefixAndAnyWrongByteIsSurvived)
{
    auto const der = root_certificate();
    for (std::size_t size = 0; size < der.size(); ++size)
        EXPECT_FALSE(read_certificate(ByteView(der).first(size)).ok());
    for (std::size_t at = 0; at < der.size(); ++at) {
        auto damaged = der;
        damaged[at] ^= std::byte { 0xff };
        (void)read_certificate(damaged);
    }
}

TEST(WindowsCertificate, TheNameOfTheKeyIsChecked)
{
    auto const collected = test::run_on_text(
        registry_artefact, "windows_certificate/testdata/software.hive.txt", HiveKind::software, "");
    auto const rows = collected->rows("windows.certificate");
    ASSERT_EQ(rows.size(), 4U);
    EXPECT_EQ(rows[0].at("store"), "ROOT");
    EXPECT_EQ(rows[0].at("place"), "local");
    EXPECT_EQ(rows[0].at("thumbprint"), "576d5273759cc169bb6db508defd4c282229300b");
    EXPECT_EQ(rows[0].at("is_named_rightly"), "true");
    EXPECT_EQ(rows[0].at("friendly_name"), "Konseki");
    EXPECT_EQ(rows[0].at("has_private_key"), "false");
    EXPECT_EQ(rows[0].at("key_written_at"), "2024-05-06T01:02:03.0000000Z");
    EXPECT_EQ(rows[1].at("is_named_rightly"), "false");
    EXPECT_EQ(rows[1].at("has_private_key"), "true");
    EXPECT_EQ(rows[2].at("store"), "Disallowed");
    EXPECT_EQ(rows[2].count("is_named_rightly"), 0U);
    EXPECT_EQ(rows[3].at("place"), "policy");
    EXPECT_EQ(rows[3].count("subject"), 0U);
    EXPECT_EQ(collected->diagnostics.list.size(), 1U);
}

TEST(WindowsCertificate, RealHivesNameTheirCertificatesRightly)
{
    KONSEKI_NEEDS_DATA(folder, "registry");
    auto const part = test::unpack_one(folder / "regipy/ntuser_software_partial.xz"); // its root is "Software"
    auto const collected = test::run_on(registry_artefact, as_bytes(part), HiveKind::software);
    auto const rows = collected->rows("windows.certificate");
    EXPECT_EQ(rows.size(), 10U);
    auto const seven = test::unpack_one(folder / "plaso.tar.xz", "NTUSER-WIN7.DAT");
    auto const more = test::run_on(registry_artefact, as_bytes(seven), HiveKind::user)->rows("windows.certificate");
    EXPECT_EQ(more.size(), 4U);
    for (auto const& row : rows)
        EXPECT_EQ(row.at("is_named_rightly"), "true") << row.at("subject");
    for (auto const& row : more)
        EXPECT_EQ(row.at("is_named_rightly"), "true") << row.at("subject");
    EXPECT_EQ(collected->diagnostics.list.size(), 0U);
}

}
