#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "tests/host/plugin_host/test_bed.hpp"

// Each file that must not be loaded, and what its refusal says (C10).
namespace migue::host {
namespace {

using namespace std::chrono_literals;
using test::fixture;
using test::TestBed;

/// What start() says about a lock file made by hand for one file.
std::string refusal(TestBed& bed, const std::string& id, const std::filesystem::path& file) {
    bed.lock_by_hand(id, file);
    bed.make();
    const auto started = bed.host->start();
    EXPECT_TRUE(bed.host->list().empty());
    return started ? "" : started.error().what;
}

struct RefusalCase {
    const char* file;
    const char* says;
};
class Refusal : public ::testing::TestWithParam<RefusalCase> {};
TEST_P(Refusal, SaysWhy) {
    TestBed bed;
    const std::string what = refusal(bed, "faulty", fixture(GetParam().file));
    EXPECT_NE(what.find(GetParam().says), std::string::npos) << what;
    EXPECT_NE(what.find("plugin faulty: "), std::string::npos) << what;
}
INSTANTIATE_TEST_SUITE_P(
    Fixtures, Refusal,
    ::testing::Values(
        RefusalCase{"faulty_major", "was built for ABI 2.1, this host has ABI 1.1"},  // V1, V2
        RefusalCase{"faulty_min_host", "needs a host with ABI 1.99 or newer, this host has ABI 1.1"},  // V2
        RefusalCase{"faulty_short_entry", "smaller than ABI 1.0 has it"},                              // V2
        RefusalCase{"faulty_no_entry", "has no symbol migue_entry_v1"},                                // V1
        RefusalCase{"faulty_no_create", "has no describe() or no create()"},                           // C9
        RefusalCase{"faulty_null_descriptor", "describe() gave NULL"},                                 // C9
        RefusalCase{"faulty_services", "does not have: migue.telepathy/1, org.example.oracle/2"},      // V8
        RefusalCase{"faulty_null_plugin", "create() gave no plugin"},                                  // C9
        RefusalCase{"faulty_create_fails", "plugin faulty: create() refuses: has no good day"},        // O5
        RefusalCase{"faulty_create_throws", "create() threw an exception over the border (O4)"},  // O4, H7
        RefusalCase{"faulty_describe_throws",
                    "describe() threw an exception over the border (O4)"},  // O4, H7
        RefusalCase{"faulty_other_id", "the file is plugin somebody_else, the lock file says faulty"}),
    [](const auto& refusal_case) { return std::string(refusal_case.param.file); });

TEST(Refusal, OfADescriptorListsAllItsFaults) {  // C9, V6
    TestBed bed;
    const std::string what = refusal(bed, "faulty", fixture("faulty_bad_descriptor"));
    for (const char* fault :
         {"flags 0x8 are unknown", "id is not", "version is not UTF-8", "config_schema is NULL",
          "intent_count is 18446744073709551615", "which does not hold state_write 5"})
        EXPECT_NE(what.find(fault), std::string::npos) << what;
}

TEST(Refusal, OfASoundFixtureDoesNotHappen) {
    TestBed other;
    other.install("faulty_none", "faulty");
    other.start();
    EXPECT_EQ(other.turn("faulty", "x").status, MIGUE_OK);
}

TEST(Refusal, OfAnotherFileNamesLineAndBothHashes) {  // H9
    TestBed bed;
    bed.install("probe", "probe");
    std::string bytes;
    {
        std::ifstream in(bed.directory.path() / "probe.so", std::ios::binary);
        bytes.assign(std::istreambuf_iterator<char>(in), {});
    }
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    std::ofstream(bed.directory.path() / "probe.so", std::ios::binary) << bytes;
    bed.make();
    const auto started = bed.host->start();
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().code, Error::Code::kConfig);
    EXPECT_NE(started.error().what.find("plugins.lock line 2: probe.so has sha256 "), std::string::npos)
        << started.error().what;
    EXPECT_NE(started.error().what.find("; was the file rebuilt without updating the lock?"),
              std::string::npos);
}

TEST(Refusal, OfAPartlyWrittenFileHappensAtEveryCutPoint) {  // H9
    TestBed bed;
    bed.install("probe", "probe");
    bed.start();
    bed.install("probe2", "probe");
    const auto file = bed.directory.path() / "probe.so";
    const auto whole = std::filesystem::file_size(file);
    const std::uintmax_t step = whole / 40 + 1;
    for (std::uintmax_t cut = whole - 1; cut > 0; cut = cut > step ? cut - step : 0) {
        std::filesystem::resize_file(file, cut);
        const auto reloaded = bed.host->reload();
        ASSERT_FALSE(reloaded) << cut;
        EXPECT_NE(reloaded.error().what.find("probe.so has " + std::to_string(cut) + " bytes, expected"),
                  std::string::npos)
            << reloaded.error().what;
        ASSERT_EQ(bed.said("probe", "version"), "1.0.0");
    }
}

TEST(Refusal, OfGarbageWithTheRightHashHappensBeforeItIsLoaded) {  // H9
    TestBed bed;
    const auto file = bed.directory.path() / "garbage.so";
    std::ofstream(file) << "\x7f"
                           "ELF and nothing else";
    const std::string what = refusal(bed, "garbage", file);
    EXPECT_NE(what.find("garbage.so: a table lies outside the file"), std::string::npos) << what;
}

TEST(Refusal, OfAMissingFileAndOfALink) {
    TestBed bed;
    bed.install("probe", "probe");
    const auto file = bed.directory.path() / "probe.so";
    std::filesystem::rename(file, bed.directory.path() / "elsewhere.so");
    bed.make();
    auto started = bed.host->start();
    ASSERT_FALSE(started);
    EXPECT_NE(started.error().what.find("No such file"), std::string::npos) << started.error().what;
    std::filesystem::create_symlink(bed.directory.path() / "elsewhere.so", file);
    started = bed.host->start();
    ASSERT_FALSE(started);
    EXPECT_NE(started.error().what.find("it is a symbolic link"), std::string::npos) << started.error().what;
    // A start that failed may be tried again.
    std::filesystem::remove(file);
    std::filesystem::rename(bed.directory.path() / "elsewhere.so", file);
    started = bed.host->start();
    EXPECT_TRUE(started) << started.error().what;
}

TEST(Refusal, WithoutALockFileSaysHowToGetOne) {
    TestBed bed;
    bed.make();
    const auto started = bed.host->start();
    ASSERT_FALSE(started);
    EXPECT_NE(started.error().what.find("plugins.lock: not found; `migue plugin install FILE` writes it"),
              std::string::npos);
}

TEST(Refusal, OfAProcessOfItsOwnSaysThatTheRunnerIsMissing) {
    TestBed bed;
    bed.install("probe", "probe");
    LockFile lock = read_lock_file(bed.options.lock_file).value();
    lock.entries[0].isolation = LockEntry::Isolation::kProcess;
    ASSERT_TRUE(write_lock_file(bed.options.lock_file, lock));
    bed.make();
    const auto started = bed.host->start();
    ASSERT_FALSE(started);
    EXPECT_NE(started.error().what.find("isolation: process needs the program migue-plugin-runner"),
              std::string::npos);
}

TEST(Refusal, OfLibrariesThatAreNotListed) {  // H13
    for (const char* name : {"linking_poco", "linking_openssl", "linking_date"}) {
        TestBed bed;
        const std::string what = refusal(bed, "linking", fixture(name));
        EXPECT_NE(what.find("H13: it needs lib"), std::string::npos) << what;
    }
}

TEST(Install, RefusesLibrariesThatAreNotPlain) {  // H13
    TestBed bed;
    for (const char* name : {"linking_poco", "linking_openssl"}) {
        const auto installed = install_plugin(fixture(name), bed.options.lock_file, bed.options.staging_dir);
        ASSERT_FALSE(installed) << name;
        EXPECT_NE(installed.error().what.find("H13"), std::string::npos) << installed.error().what;
        EXPECT_FALSE(std::filesystem::exists(bed.options.lock_file));
    }
}

TEST(Install, ListsPlainLibrariesAndTheHostKeepsThemOpen) {  // H13
    TestBed bed;
    InstallWishes wishes;
    wishes.own = {"linking"};
    const auto installed =
        install_plugin(fixture("linking_date"), bed.options.lock_file, bed.options.staging_dir, wishes);
    ASSERT_TRUE(installed) << installed.error().what;
    EXPECT_EQ(installed->isolation, LockEntry::Isolation::kNone);
    ASSERT_EQ(installed->libraries.size(), 1u);
    EXPECT_EQ(installed->libraries[0].rfind("libdate-tz.so", 0), 0u);
    bed.start();
    EXPECT_EQ(bed.turn("linking", "x").status, MIGUE_OK);
}

TEST(Install, WritesWhatTheFileIsAndKeepsWhatTheOperatorDecided) {
    TestBed bed;
    bed.install("probe", "probe");
    bed.install("raw", "raw");
    LockFile lock = read_lock_file(bed.options.lock_file).value();
    ASSERT_EQ(lock.entries.size(), 2u);
    const LockEntry before = *lock.find("probe");
    EXPECT_EQ(before.sha256.size(), 64u);
    EXPECT_EQ(before.size, std::filesystem::file_size(fixture("probe")));
    EXPECT_TRUE(before.libraries.empty());
    for (LockEntry& entry : lock.entries) entry.isolation = LockEntry::Isolation::kProcess;
    ASSERT_TRUE(write_lock_file(bed.options.lock_file, lock));
    ASSERT_TRUE(install_plugin(fixture("probe2"), bed.options.lock_file, bed.options.staging_dir));
    lock = read_lock_file(bed.options.lock_file).value();
    ASSERT_EQ(lock.entries.size(), 2u);
    EXPECT_NE(lock.find("probe")->sha256, before.sha256);
    EXPECT_EQ(lock.find("probe")->isolation, LockEntry::Isolation::kProcess);
    EXPECT_TRUE(std::filesystem::is_empty(bed.options.staging_dir));
}

TEST(Install, OfAFileThatBecameAnotherPluginForgetsWhatItWas) {
    TestBed bed;
    bed.install("twin_1", "file");
    bed.install("twin_2", "file");
    const LockFile lock = read_lock_file(bed.options.lock_file).value();
    ASSERT_EQ(lock.entries.size(), 1u);
    EXPECT_EQ(lock.entries[0].id, "twin_b");
    bed.start();
    EXPECT_EQ(bed.said("twin_b", "x"), "22 2");
}

TEST(Install, RefusesWhatIsNoPlugin) {
    TestBed bed;
    const auto text = bed.directory.path() / "text.so";
    std::ofstream(text) << "not a library";
    const std::pair<std::filesystem::path, const char*> cases[] = {
        {text, "text.so: a table lies outside the file"},
        {bed.directory.path() / "nothing.so", "No such file"},
        {bed.directory.path(), "not a regular file"},
        {fixture("faulty_major"), "was built for ABI 2.1"},
        {fixture("faulty_no_entry"), "smaller than ABI 1.0"},
    };
    for (const auto& [file, says] : cases) {
        const auto installed = install_plugin(file, bed.options.lock_file, bed.options.staging_dir);
        ASSERT_FALSE(installed) << file;
        EXPECT_NE(installed.error().what.find(says), std::string::npos) << installed.error().what;
    }
}

TEST(Config, FaultsAreAllToldWithTheirPlaces) {  // O5
    TestBed bed;
    bed.install("probe", "probe");
    bed.configure("probe", "limit: 0\nrelease_file: 5\nunknown: x\n");
    bed.make();
    const auto started = bed.host->start();
    ASSERT_FALSE(started);
    const std::string& what = started.error().what;
    EXPECT_NE(what.find("migue.yaml:1:8"), std::string::npos) << what;
    EXPECT_NE(what.find("migue.yaml:2:15"), std::string::npos) << what;
    EXPECT_NE(what.find("migue.yaml:3:"), std::string::npos) << what;
}

TEST(Config, FaultsThatCreateReportsHaveTheirPlacesToo) {  // O5
    TestBed bed;
    bed.install("probe", "probe");
    bed.configure("probe", "limit: 3\nrefuse:\n  - this\n");
    bed.make();
    const auto started = bed.host->start();
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().code, Error::Code::kConfig);
    EXPECT_NE(started.error().what.find("migue.yaml:3:5: plugin probe: /refuse/0: is no good\n"),
              std::string::npos)
        << started.error().what;
    EXPECT_NE(started.error().what.find("migue.yaml:1:8: plugin probe: /limit: is no better"),
              std::string::npos)
        << started.error().what;
}

TEST(Config, ReachesThePluginWithTheDefaults) {
    TestBed bed;
    bed.install("probe", "probe");
    bed.start();
    const TurnResult result = bed.turn("probe", "config");
    EXPECT_NE(result.replies.at(0).body_json.find("limit"), std::string::npos);
}

TEST(Config, ThatFailsAfterAnOperationBeganLeavesNothingBehind) {
    TestBed bed;
    bed.install("probe", "probe");
    bed.configure("probe", "begin_and_fail: true");
    bed.make();
    const auto begin = std::chrono::steady_clock::now();
    const auto started = bed.host->start();
    ASSERT_FALSE(started);
    EXPECT_NE(started.error().what.find("began and failed"), std::string::npos) << started.error().what;
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 4s);
    EXPECT_FALSE(bed.lines.contain("abandoned"));
}

TEST(Config, OfASickPluginIsRefusedWithItsReason) {
    TestBed bed;
    bed.install("probe", "probe");
    bed.configure("probe", "unhealthy: true");
    bed.make();
    const auto started = bed.host->start();
    ASSERT_FALSE(started);
    EXPECT_NE(started.error().what.find("health() fails: not today"), std::string::npos)
        << started.error().what;
}

}  // namespace
}  // namespace migue::host
