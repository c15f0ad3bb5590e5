#include "host/plugin_host/hazards.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "host/plugin_host/install.hpp"
#include "host/plugin_host/rehearsal.hpp"
#include "tests/host/plugin_host/test_bed.hpp"

// PLUGIN_ABI §7: each offending plugin, and what its refusal says: what was found, where,
// what to do.
namespace migue::host {
namespace {

using namespace std::chrono_literals;
using test::eventually;
using test::fixture;
using test::TestBed;

// No such fixture is built under a sanitizer.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kHasOwnRuntime = false;
#else
constexpr bool kHasOwnRuntime = true;
#endif

LockEntry entry_of(LockEntry::Profile profile = LockEntry::Profile::kStrict) {
    LockEntry entry;
    entry.profile = profile;
    return entry;
}

std::vector<Hazard> hazards_of(const std::string& name, const LockEntry& entry = entry_of()) {
    const auto facts = read_elf_file(fixture(name));
    EXPECT_TRUE(facts) << name;
    return facts ? find_hazards(*facts, entry) : std::vector<Hazard>();
}

/// What a host says that is asked to load it.
std::string refusal(const std::string& name, bool rehearse = false) {
    TestBed bed;
    bed.options.warm = false;
    bed.options.rehearse = rehearse;
    bed.lock_by_hand("hazard", fixture(name));
    bed.make();
    const auto started = bed.host->start();
    EXPECT_TRUE(bed.host->list().empty()) << name;
    return started ? "" : started.error().what;
}

struct HazardCase {
    const char* fixture;
    std::vector<const char*> says;
    bool rehearse = false;
};
class Hazards : public ::testing::TestWithParam<HazardCase> {};
TEST_P(Hazards, AreRefused) {
    if (!kHasOwnRuntime && GetParam().fixture == std::string_view("hazard_own_runtime"))
        GTEST_SKIP() << "a sanitizer needs the shared libstdc++";
    const std::string what = refusal(GetParam().fixture, GetParam().rehearse);
    EXPECT_NE(what.find(std::string(GetParam().fixture) + ".so: "), std::string::npos) << what;
    for (const char* part : GetParam().says) EXPECT_NE(what.find(part), std::string::npos) << what;
}
INSTANTIATE_TEST_SUITE_P(
    Fixtures, Hazards,
    ::testing::Values(
        HazardCase{"hazard_unique", {"H1: it has process-wide (UNIQUE) symbols: _Z", "migue_add_plugin()"}},
        HazardCase{"hazard_thread_local", {"H2: it imports __cxa_thread_atexit", "`profile: pinned`"}},
        HazardCase{"hazard_thread", {"H4: it imports _ZNSt6thread15_M_start_thread", "migue.timer/1"}},
        HazardCase{"hazard_own_runtime", {"H7: it brings its own C++ runtime", "link the shared libstdc++"}},
        HazardCase{"hazard_exports", {"H11: it exports migue_test_leaked_symbol", "plugin.exports"}},
        HazardCase{"hazard_nodelete", {"H15: it is linked with -z nodelete", "`profile: pinned`"}},
        HazardCase{"hazard_undefined",
                   {"rehearsal: H12: the loader refuses it", "migue_test_nobody_has_this", "-z defs"},
                   true},
        HazardCase{"hazard_throw",
                   {"rehearsal: H7: handle() of the intent hazard: an exception crossed", "(O4)"},
                   true},
        HazardCase{"hazard_crash_in_create", {"rehearsal: C11: it crashed in create(): Aborted"}, true},
        HazardCase{"hazard_crash_always",
                   {"rehearsal: C11: it crashed in handle() of the intent hazard: Segmentation fault"},
                   true}),
    [](const auto& hazard_case) { return std::string(hazard_case.param.fixture); });

std::vector<std::string> denied_names() {
    std::vector<std::string> names;
    std::istringstream in(MIGUE_DENIED_NAMES);
    for (std::string name; in >> name;) names.push_back(name);
    return names;
}

class Denied : public ::testing::TestWithParam<std::string> {};
TEST_P(Denied, ImportsAreFoundByName) {  // H4, H19
    const auto found = hazards_of("denied_" + GetParam());
    ASSERT_EQ(found.size(), 1u);
    EXPECT_TRUE(found[0].id == "H4" || found[0].id == "H19") << found[0].id;
    EXPECT_EQ(found[0].found.rfind("it imports " + GetParam(), 0), 0u) << found[0].found;
    EXPECT_FALSE(found[0].advice.empty());
}
INSTANTIATE_TEST_SUITE_P(Names, Denied, ::testing::ValuesIn(denied_names()),
                         [](const auto& name) { return name.param; });

TEST(HazardsOf, OurOwnFixturesThatBehaveAreNone) {
    for (const char* name : {"probe", "raw", "hazard_sound", "hazard_own_allocator", "linking_date"})
        EXPECT_TRUE(hazards_of(name).empty()) << name << ": " << hazards_of(name)[0].text();
}

TEST(HazardsOf, APinnedProfileMayStayMappedAndNothingElse) {  // H1, H2, H15
    const LockEntry pinned = entry_of(LockEntry::Profile::kPinned);
    for (const char* name : {"hazard_unique", "hazard_thread_local", "hazard_nodelete"})
        for (const Hazard& hazard : hazards_of(name, pinned))
            EXPECT_EQ(hazard.id, "H11") << name << hazard.text();
    EXPECT_EQ(hazards_of("hazard_thread", pinned).size(), 1u);
    if (kHasOwnRuntime) {
        EXPECT_EQ(hazards_of("hazard_own_runtime", pinned).size(), 1u);
    }
}

TEST(HazardsOf, AProcessOfItsOwnMayStartThreads) {  // §9
    LockEntry entry;
    entry.isolation = LockEntry::Isolation::kProcess;
    EXPECT_TRUE(hazards_of("hazard_thread", entry).empty());
    EXPECT_EQ(hazards_of("denied_fork", entry).size(), 1u);
}

Result<std::vector<std::string>> rehearsed(const std::string& name, Rehearsal::Check check,
                                           std::chrono::milliseconds limit = std::chrono::seconds(60)) {
    Rehearsal rehearsal;
    rehearsal.runner = MIGUE_RUNNER;
    rehearsal.file = fixture(name);
    rehearsal.check = check;
    rehearsal.limit = limit;
    return rehearse(rehearsal);
}

TEST(ARehearsal, OfASoundPluginFindsNothing) {  // C11
    for (const char* name : {"hazard_sound", "probe", "hazard_own_allocator"})
        for (const auto check : {Rehearsal::Check::kTurns, Rehearsal::Check::kFuzz}) {
            const auto found = rehearsed(name, check);
            ASSERT_TRUE(found) << found.error().what;
            EXPECT_TRUE(found->empty()) << name << ": " << (*found)[0];
        }
}

TEST(ARehearsal, TellsWhereItHung) {
    const auto found = rehearsed("hazard_hang_always", Rehearsal::Check::kTurns, 300ms);
    ASSERT_TRUE(found);
    ASSERT_EQ(found->size(), 1u);
    EXPECT_NE((*found)[0].find("C11: it hung in handle() of the intent hazard: not done after 300 ms"),
              std::string::npos)
        << (*found)[0];
}

TEST(ARehearsal, SeesThreadsThatAreLeftBehind) {  // H4, whatever its imports look like
    const auto found = rehearsed("hazard_thread", Rehearsal::Check::kTurns);
    ASSERT_TRUE(found);
    ASSERT_EQ(found->size(), 1u);
    EXPECT_NE((*found)[0].find("H4: it left 1 threads behind"), std::string::npos) << (*found)[0];
}

TEST(ARehearsal, SeesAnImageThatStays) {  // H16
    const auto found = rehearsed("hazard_nodelete", Rehearsal::Check::kTurns);
    ASSERT_TRUE(found);
    ASSERT_EQ(found->size(), 1u);
    EXPECT_NE((*found)[0].find("H16: it stays mapped after it was unloaded"), std::string::npos)
        << (*found)[0];
}

TEST(ARehearsal, CannotReachFilesOrTheNetwork) {  // §9: what the plugin tries there comes to nothing
    const auto found = rehearsed("hazard_sound", Rehearsal::Check::kTurns);
    ASSERT_TRUE(found);
    Rehearsal rehearsal;
    rehearsal.runner = "/nowhere/migue-plugin-runner";
    rehearsal.file = fixture("hazard_sound");
    const auto missing = rehearse(rehearsal);
    ASSERT_FALSE(missing);
    EXPECT_NE(missing.error().what.find("/nowhere/migue-plugin-runner: No such file"), std::string::npos)
        << missing.error().what;
}

TEST(ARehearsal, OfAThousandSwapsSeesALeak) {  // C11
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "a sanitizer's own memory grows";
#else
    const auto sound = rehearsed("hazard_sound", Rehearsal::Check::kSwaps);
    ASSERT_TRUE(sound);
    EXPECT_TRUE(sound->empty()) << (*sound)[0];
    const auto leaking = rehearsed("hazard_leak", Rehearsal::Check::kSwaps);
    ASSERT_TRUE(leaking);
    ASSERT_FALSE(leaking->empty());
    EXPECT_NE((*leaking)[0].find("KiB more after swap 1000"), std::string::npos) << (*leaking)[0];
#endif
}

TEST(ATurnThatThrows, QuarantinesItsGenerationAndIsAnswered) {  // H7, O4
    TestBed bed;
    bed.options.warm = false;
    bed.install("hazard_throw", "hazard");
    bed.start();
    EXPECT_EQ(bed.turn("hazard", "x").status, MIGUE_E_INTERNAL);
    EXPECT_EQ(bed.host->list().at(0).state, "quarantined");
}

TEST(AnInstanceWithItsOwnAllocator, IsCopiedFrom) {  // H14
    TestBed bed;
    bed.install("hazard_own_allocator", "hazard");
    bed.start();
    EXPECT_EQ(bed.said("hazard", "x"), "sound");
}

TEST(PinnedImages, AreCountedUntilTheCap) {  // H2, H16, G2
    TestBed bed;
    bed.options.max_pinned = 3;
    const auto install = [&](const char* name) {
        bed.lock_by_hand("hazard", fixture(name));
        LockFile lock = read_lock_file(bed.options.lock_file).value();
        lock.entries[0].profile = LockEntry::Profile::kPinned;
        ASSERT_TRUE(write_lock_file(bed.options.lock_file, lock));
    };
    install("hazard_nodelete");
    bed.start();
    for (int i = 0; i < 8 && bed.host->generation_counts().pinned <= 3; ++i) {
        install(i % 2 == 0 ? "hazard_thread_local" : "hazard_nodelete");
        ASSERT_TRUE(bed.host->reload());
        ASSERT_TRUE(eventually([&] { return bed.host->list().size() == 1; }));
    }
    EXPECT_EQ(bed.host->generation_counts().pinned, 4u);
    EXPECT_FALSE(bed.host->can_swap());
    ASSERT_EQ(bed.host->concerns().size(), 1u);
    EXPECT_EQ(bed.host->concerns()[0].rfind("restart wanted: 4 generations stay mapped", 0), 0u)
        << bed.host->concerns()[0];
    bed.lock_by_hand("hazard", fixture("hazard_sound"));
    const auto refused = bed.host->reload();
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().what.find("(G2): restart the host"), std::string::npos);
    EXPECT_EQ(bed.turn("hazard", "x").status, MIGUE_OK);  // what serves goes on
}

}  // namespace
}  // namespace migue::host
