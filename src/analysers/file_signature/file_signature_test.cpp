#include "analysers/file_signature/analyser.hpp"
#include "analysers/file_signature/schemas.hpp"
#include "analysers/host_state/analyser.hpp"
#include "analysers/host_state/schemas.hpp"
#include "base/text.hpp"
#include "support/analyser_case.hpp"
#include "traces/windows_pe/parser.hpp"
#include "traces/windows_security_catalogue/parser.hpp"
#include <gmock/gmock.h>

namespace konseki::file_signature {
namespace {

using testing::HasSubstr;

std::vector<Schema const*> schemas()
{
    auto const common = test::analyser_schemas();
    std::vector<Schema const*> all(common.begin(), common.end());
    all.push_back(&windows_pe::file_schema.erased);
    all.push_back(&windows_security_catalogue::catalogue_schema.erased);
    all.push_back(&windows_security_catalogue::member_schema.erased);
    all.insert(all.end(), analyser.emits.begin(), analyser.emits.end());
    all.insert(all.end(), host_state::analyser.emits.begin(), host_state::analyser.emits.end());
    return all;
}

void put_program(test::AnalyserCase& given, std::string_view host, std::string const& path, std::string_view hash,
    std::string_view signature = "none")
{
    windows_pe::FileRow row;
    row.path = path;
    row.signature = signature;
    row.signer = signature == "none" ? Symbol() : Symbol("Somebody");
    row.authenticode_sha1 = "aa";
    row.authenticode_sha256 = hash;
    given.put(given.add_evidence(path, std::string(host)), windows_pe::file_schema, { 0, 100, false }, row);
}

void put_catalogue(test::AnalyserCase& given, std::string_view host, std::string const& path,
    std::initializer_list<std::string_view> hashes, std::string_view signature = "good")
{
    auto const evidence = given.add_evidence(path, std::string(host));
    windows_security_catalogue::CatalogueRow catalogue;
    catalogue.path = path;
    given.put(evidence, windows_security_catalogue::catalogue_schema, { 0, 100, false }, catalogue);
    windows_security_catalogue::MemberRow row;
    row.signature = signature;
    row.signer = "Microsoft Windows";
    row.catalogue = std::string_view(path);
    std::uint64_t offset = 0;
    for (auto const hash : hashes) {
        row.hash = hash;
        given.put(evidence, windows_security_catalogue::member_schema, { offset += 10, 10, false }, row);
    }
}

// "state|signer|catalogue" of the program whose path ends so.
std::string said(test::AnalyserCase& given, std::string_view name)
{
    auto rows = given.store().query(format("SELECT concat_ws('|', state, signer, catalogue) FROM host_file_signature "
                                           "WHERE path LIKE '%{}' ORDER BY evidence",
        name));
    EXPECT_TRUE(rows.ok());
    return rows.ok() && rows.value().next() ? std::string(rows.value().text(0)) : "no row";
}

std::string reasons(test::AnalyserCase& given, std::string_view name)
{
    auto rows = given.store().query(
        format("SELECT features FROM host_state WHERE kind = 'program' AND lower(title) LIKE '%{}' ORDER BY 1", name));
    EXPECT_TRUE(rows.ok());
    return rows.ok() && rows.value().next() ? std::string(rows.value().text(0)) : "no row";
}

}

TEST(FileSignature, ACatalogueOfTheHostVouchesForAFileOfWindows)
{
    test::AnalyserCase given(schemas());
    put_program(given, "PC1", "C:\\Windows\\System32\\a.exe", "11");
    put_program(given, "PC1", "C:\\Windows\\System32\\b.exe", "22");
    put_program(given, "PC1", "C:\\Windows\\System32\\dropped.exe", "33");
    put_program(given, "PC1", "C:\\Tools\\own.exe", "44");
    put_program(given, "PC1", "C:\\Tools\\made.exe", "55", "self_signed");
    put_catalogue(given, "PC2", "CatRoot\\other.cat", { "11" });
    put_catalogue(given, "PC1", "Windows\\System32\\CatRoot\\{F750}\\base.cat", { "11", "22" });
    given.run(analyser);
    EXPECT_EQ(said(given, "a.exe"), "catalogue|Microsoft Windows|Windows\\System32\\CatRoot\\{F750}\\base.cat");
    EXPECT_EQ(said(given, "dropped.exe"), "unsigned");
    EXPECT_EQ(said(given, "own.exe"), "unsigned");
    EXPECT_EQ(said(given, "made.exe"), "self_signed|Somebody");
    given.run(host_state::analyser);
    EXPECT_THAT(reasons(given, "a.exe"), HasSubstr("identity.signed"));
    EXPECT_THAT(reasons(given, "dropped.exe"), HasSubstr("identity.unsigned_of_windows"));
    EXPECT_THAT(reasons(given, "own.exe"), HasSubstr("identity.unsigned"));
}

TEST(FileSignature, WithoutCataloguesOfItsHostAFileIsNotCalledUnsigned)
{
    test::AnalyserCase given(schemas());
    put_program(given, "PC1", "C:\\Windows\\System32\\a.exe", "11");
    put_program(given, "PC1", "C:\\Windows\\System32\\b.exe", "22");
    put_program(given, "PC1", "C:\\Tools\\own.exe", "44");
    put_catalogue(given, "PC2", "CatRoot\\other.cat", { "11" });
    given.run(analyser);
    EXPECT_EQ(said(given, "a.exe"), "catalogue|Microsoft Windows|CatRoot\\other.cat") << "any catalogue counts";
    EXPECT_EQ(said(given, "b.exe"), "none");
    EXPECT_EQ(said(given, "own.exe"), "none");
    given.run(host_state::analyser);
    EXPECT_THAT(reasons(given, "own.exe"), HasSubstr("identity.no_embedded_signature"));
    EXPECT_THAT(reasons(given, "b.exe"), testing::Not(HasSubstr("identity.unsigned")));
}

TEST(FileSignature, FewCataloguesOfTheHostDoNotMakeItsFilesUnsigned)
{
    test::AnalyserCase given(schemas());
    for (auto const* name : { "a", "b", "c" })
        put_program(given, "PC1", format("C:\\Windows\\System32\\{}.exe", name), name);
    put_catalogue(given, "PC1", "CatRoot\\one.cat", { "a" });
    given.run(analyser);
    EXPECT_EQ(said(given, "a.exe"), "catalogue|Microsoft Windows|CatRoot\\one.cat");
    EXPECT_EQ(said(given, "b.exe"), "none") << "one of three is named: most of the catalogues are missing";
}

TEST(FileSignature, ABrokenCatalogueVouchesForNothing)
{
    test::AnalyserCase given(schemas());
    put_program(given, "PC1", "C:\\Windows\\System32\\a.exe", "11");
    put_program(given, "PC1", "C:\\Windows\\System32\\b.exe", "22", "changed");
    put_program(given, "PC1", "C:\\Windows\\System32\\c.exe", "33");
    put_catalogue(given, "PC1", "CatRoot\\bad.cat", { "11" }, "bad");
    put_catalogue(given, "PC1", "CatRoot\\none.cat", { "11" }, "none");
    put_catalogue(given, "PC1", "CatRoot\\own.cat", { "22", "33" }, "self_signed");
    given.run(analyser);
    EXPECT_THAT(said(given, "a.exe"), testing::StartsWith("unsigned"));
    EXPECT_THAT(said(given, "b.exe"), testing::StartsWith("catalogue_self_signed|"));
    EXPECT_THAT(said(given, "c.exe"), testing::StartsWith("catalogue_self_signed|"));
}

TEST(FileSignature, ACopyUnderAnotherNameIsJudgedThereToo)
{
    test::AnalyserCase given(schemas());
    windows_pe::FileRow row;
    row.path = "C:\\Windows\\System32\\certutil.exe";
    row.original_name = "CertUtil.exe";
    row.company = "Microsoft Corporation";
    row.signature = "none";
    auto const first = given.add_evidence(std::string(row.path), "PC1");
    given.put(first, windows_pe::file_schema, { 0, 100, false }, row);
    given.add_evidence("C:\\ProgramData\\cu.exe", "PC1", first);
    given.run(analyser);
    given.run(host_state::analyser);
    EXPECT_THAT(reasons(given, "cu.exe"), HasSubstr("identity.system_renamed"));
    EXPECT_THAT(reasons(given, "certutil.exe"), testing::Not(HasSubstr("renamed")));
}

}
