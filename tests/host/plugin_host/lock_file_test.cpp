#include "host/plugin_host/lock_file.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/host/plugin_host/test_bed.hpp"

namespace migue::host {
namespace {

const std::string kHash(64, 'a');

std::string entry(const std::string& id, const std::string& more = "") {
    return "  - id: " + id + "\n    file: plugins/" + id + ".so\n    sha256: \"" + kHash +
           "\"\n    size: 10\n" + more;
}

TEST(LockFile, IsReadWhole) {
    const auto lock = parse_lock_file(
        "# what runs\nplugins:\n" + entry("one", "    isolation: none\n") +
            entry("two", "    isolation: process\n    libraries: [libdate-tz.so.3, libical.so.3]\n"),
        "plugins.lock");
    ASSERT_TRUE(lock) << lock.error().what;
    ASSERT_EQ(lock->entries.size(), 2u);
    EXPECT_EQ(lock->entries[0].id, "one");
    EXPECT_EQ(lock->entries[0].file, "plugins/one.so");
    EXPECT_EQ(lock->entries[0].size, 10u);
    EXPECT_EQ(lock->entries[0].isolation, LockEntry::Isolation::kNone);
    EXPECT_EQ(lock->entries[0].line, 3u);
    EXPECT_EQ(lock->entries[1].line, 8u);
    EXPECT_EQ(lock->find("two")->isolation, LockEntry::Isolation::kProcess);
    EXPECT_EQ(lock->find("two")->libraries, (std::vector<std::string>{"libdate-tz.so.3", "libical.so.3"}));
    EXPECT_EQ(lock->find("three"), nullptr);
}

TEST(LockFile, GivesAProcessToWhomItDoesNotAdmitToTheHost) {  // §9
    const auto lock = parse_lock_file("plugins:\n" + entry("one"), "plugins.lock");
    ASSERT_TRUE(lock) << lock.error().what;
    EXPECT_EQ(lock->entries[0].isolation, LockEntry::Isolation::kProcess);
}

TEST(LockFile, MayBeEmpty) {
    for (const char* text : {"plugins: []\n", "plugins:\n"}) {
        const auto lock = parse_lock_file(text, "plugins.lock");
        ASSERT_TRUE(lock) << lock.error().what;
        EXPECT_TRUE(lock->entries.empty());
    }
}

struct FaultCase {
    std::string text;
    const char* says;
};
class LockFault : public ::testing::TestWithParam<FaultCase> {};
TEST_P(LockFault, IsToldWithItsPlace) {
    const auto lock = parse_lock_file(GetParam().text, "plugins.lock");
    ASSERT_FALSE(lock);
    EXPECT_EQ(lock.error().code, Error::Code::kConfig);
    EXPECT_NE(lock.error().what.find(GetParam().says), std::string::npos) << lock.error().what;
}
INSTANTIATE_TEST_SUITE_P(
    Edges, LockFault,
    ::testing::Values(
        FaultCase{"", "plugins"}, FaultCase{"plugins: 7\n", "plugins.lock:1:10: expected a list of plugins"},
        FaultCase{"- a\n", "plugins.lock:1:1"}, FaultCase{"plugins:\n  - one\n", "plugins.lock:2:5"},
        FaultCase{"plugins:\n" + entry("One"), "plugins.lock:2:9: not a plugin id"},
        FaultCase{"plugins:\n" + entry("one") + entry("one"),
                  "plugins.lock:6:9: plugin one stands twice, first in line 2"},
        FaultCase{"plugins:\n" + entry("one", "    isolation: perhaps\n"),
                  "plugins.lock:6:16: expected none or process"},
        FaultCase{"plugins:\n" + entry("one", "    libraries: [../x.so]\n"), "is not the name of a library"},
        FaultCase{"plugins:\n" + entry("one", "    surprise: 1\n"), "surprise"},
        FaultCase{"plugins:\n" + entry("one", "    profile: loose\n"),
                  "plugins.lock:6:14: expected strict or pinned"},
        FaultCase{"plugins:\n" + entry("one", "    canary: { percent: 0 }\n"), "plugins.lock:6:24"},
        FaultCase{"plugins:\n" + entry("one", "    canary: { persons: 3 }\n"), "persons"},
        FaultCase{"plugins:\n  - id: one\n", "\"sha256\" is missing"},
        FaultCase{"plugins:\n  - {id: one, file: a.so, sha256: abc, size: 1}\n",
                  "expected 64 hexadecimal digits"},
        FaultCase{"plugins:\n  - {id: one, file: a.so, sha256: abc, size: 0}\n", "size"},
        FaultCase{"plugins:\n  - {id: one, file: \"${HOME}/a.so\", sha256: abc, size: 1}\n", "HOME"}));

TEST(LockFile, TellsAllFaultsAtOnce) {
    const auto lock = parse_lock_file(
        "plugins:\n  - {id: Bad, file: a.so, sha256: x, size: 1}\n  - {id: two}\n", "plugins.lock");
    ASSERT_FALSE(lock);
    for (const char* part :
         {"plugins.lock:2:10", "plugins.lock:2:", "plugins.lock:3:5", "\"file\"", "\"size\""})
        EXPECT_NE(lock.error().what.find(part), std::string::npos) << part << "\n" << lock.error().what;
}

TEST(LockFile, ComesBackAsItWasWritten) {
    const test::TemporaryDirectory directory;
    const auto file = directory.path() / "plugins.lock";
    LockFile lock;
    LockEntry one;
    one.id = "one";
    one.file = "a \"strange\": name\n# here.so";
    one.sha256 = kHash;
    one.size = 81920;
    LockEntry two;
    two.id = "two";
    two.file = "/abs/two.so";
    two.sha256 = kHash;
    two.size = 1;
    two.isolation = LockEntry::Isolation::kProcess;
    two.profile = LockEntry::Profile::kPinned;
    two.canary = LockEntry::Canary{25, 50, 60};
    two.libraries = {"libical.so.3"};
    lock.entries = {one, two};
    ASSERT_TRUE(write_lock_file(file, lock));
    const auto again = read_lock_file(file);
    ASSERT_TRUE(again) << again.error().what;
    ASSERT_EQ(again->entries.size(), 2u);
    for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_TRUE(again->entries[i].loads_like(lock.entries[i]));
        EXPECT_EQ(again->entries[i].file, lock.entries[i].file);
    }
    ASSERT_TRUE(write_lock_file(file, {}));
    EXPECT_TRUE(read_lock_file(file)->entries.empty());
    // Nothing of the writing is left beside it.
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory.path()), {}), 1);
}

TEST(LockFile, ThatCannotBeWrittenStaysAsItWas) {
    const test::TemporaryDirectory directory;
    const auto written = write_lock_file(directory.path() / "missing" / "plugins.lock", {});
    ASSERT_FALSE(written);
    EXPECT_NE(written.error().what.find("No such file"), std::string::npos);
}

TEST(LockFile, ThatCannotBeReadSaysWhy) {
    const test::TemporaryDirectory directory;
    const auto folder = read_lock_file(directory.path());
    ASSERT_FALSE(folder);
    EXPECT_NE(folder.error().what.find("Is a directory"), std::string::npos) << folder.error().what;
    const auto file = directory.path() / "plugins.lock";
    std::ofstream(file) << std::string((1u << 20) + 1, '#');
    const auto large = read_lock_file(file);
    ASSERT_FALSE(large);
    EXPECT_NE(large.error().what.find("over 1048576 bytes"), std::string::npos) << large.error().what;
}

}  // namespace
}  // namespace migue::host
