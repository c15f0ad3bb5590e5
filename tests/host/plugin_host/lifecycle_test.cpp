#include <gtest/gtest.h>
#include <sodium.h>

#include <array>
#include <fstream>
#include <sstream>

#include "host/plugin_host/canary.hpp"
#include "host/plugin_host/elf_file.hpp"
#include "host/plugin_host/history.hpp"
#include "host/plugin_host/signature.hpp"
#include "tests/host/plugin_host/test_bed.hpp"

// PLUGIN_ABI §6: signature, canary, rollback, and what a host starts from.
namespace migue::host {
namespace {

using namespace std::chrono_literals;
using test::eventually;
using test::fixture;
using test::TestBed;
using Kind = CanaryVerdict::Kind;

std::string text_of(const std::filesystem::path& file) {
    std::ostringstream out;
    out << std::ifstream(file, std::ios::binary).rdbuf();
    return out.str();
}

// ---- the signature (step 1)

class Signer {
public:
    Signer() {
        if (sodium_init() < 0) throw std::runtime_error("no sodium");
        crypto_sign_ed25519_keypair(public_.data(), secret_.data());
    }
    [[nodiscard]] std::string trusted_key() const { return base64({public_.begin(), public_.end()}); }
    [[nodiscard]] std::string sign(const std::string& text) const {
        std::string signature(crypto_sign_ed25519_BYTES, '\0');
        crypto_sign_ed25519_detached(reinterpret_cast<unsigned char*>(signature.data()), nullptr,
                                     reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                                     secret_.data());
        return signature;
    }
    static std::string base64(const std::string& bytes) {
        std::string out(sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
        sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                          bytes.size(), sodium_base64_VARIANT_ORIGINAL);
        out.pop_back();
        return out;
    }

private:
    std::array<unsigned char, crypto_sign_ed25519_PUBLICKEYBYTES> public_{};
    std::array<unsigned char, crypto_sign_ed25519_SECRETKEYBYTES> secret_{};
};

TEST(ASignature, IsTakenAsBytesAndAsBase64) {
    const Signer signer;
    const std::string signature = signer.sign("plugins: []\n");
    EXPECT_TRUE(check_signature("plugins: []\n", signature, signer.trusted_key()));
    EXPECT_TRUE(check_signature("plugins: []\n", Signer::base64(signature) + "\n", signer.trusted_key()));
}

TEST(ASignature, OfAnotherTextOrKeyIsRefused) {
    const Signer signer;
    const Signer other;
    const std::string signature = signer.sign("plugins: []\n");
    for (const auto& [text, sign, key, says] :
         {std::array<std::string, 4>{"plugins: [] \n", signature, signer.trusted_key(),
                                     "does not sign this lock file"},
          {"plugins: []\n", signature, other.trusted_key(), "does not sign this lock file"},
          {"plugins: []\n", signature.substr(1), signer.trusted_key(),
           "has 63 bytes that are no Ed25519 signature"},
          {"plugins: []\n", "", signer.trusted_key(), "has 0 bytes"},
          {"plugins: []\n", signature, "AAAA", "trusted_key is not 32 bytes in base64"}}) {
        const auto checked = check_signature(text, sign, key);
        ASSERT_FALSE(checked);
        EXPECT_NE(checked.error().what.find(says), std::string::npos) << checked.error().what;
    }
}

TEST(ALockFile, ThatMustBeSignedIsFollowedOnlyThen) {
    TestBed bed;
    const Signer signer;
    bed.options.trusted_key = signer.trusted_key();
    bed.install("probe", "probe");
    bed.make();
    auto started = bed.host->start();
    ASSERT_FALSE(started);
    EXPECT_NE(started.error().what.find("plugins.lock: not signed: plugins.trusted_key is set"),
              std::string::npos)
        << started.error().what;
    const auto sign = [&] {
        std::ofstream(signature_file(bed.options.lock_file), std::ios::binary)
            << signer.sign(text_of(bed.options.lock_file));
    };
    sign();
    started = bed.host->start();
    ASSERT_TRUE(started) << started.error().what;
    bed.install("probe2", "probe");  // and not signed again
    const auto reloaded = bed.host->reload();
    ASSERT_FALSE(reloaded);
    EXPECT_NE(reloaded.error().what.find("plugins.lock.sig: does not sign this lock file"), std::string::npos)
        << reloaded.error().what;
    EXPECT_EQ(bed.said("probe", "version"), "1.0.0");
    sign();
    ASSERT_TRUE(bed.host->reload());
    EXPECT_EQ(bed.said("probe", "version"), "2.0.0");
}

// ---- the judgement

TEST(AScore, TellsPercentilesToAFifth) {
    Score score;
    for (int i = 1; i <= 100; ++i) score.add(false, std::chrono::milliseconds(i));
    EXPECT_GE(score.percentile(95), 95ms);
    EXPECT_LE(score.percentile(95), 119ms);
    EXPECT_EQ(Score().percentile(95), 0us);
    Score later = score;
    later.add(true, 1h * 24 * 365);
    EXPECT_EQ(later.since(score).turns, 1u);
    EXPECT_EQ(later.since(score).failed, 1u);
    EXPECT_GT(later.since(score).percentile(95), 1min);
}

Score score_of(std::uint64_t turns, std::uint64_t failed, std::chrono::milliseconds each) {
    Score score;
    for (std::uint64_t i = 0; i < turns; ++i) score.add(i < failed, each);
    return score;
}

TEST(ACanary, IsJudgedByFailuresAtOnceAndByTimesAtTheEnd) {
    const LockEntry::Canary plan{10, 100, 60};
    const Score good = score_of(1000, 10, 20ms);
    struct Case {
        std::chrono::nanoseconds elapsed;
        Score canary;
        Kind kind;
    };
    for (const Case& each : {Case{1s, score_of(0, 0, 1ms), Kind::kGoOn},
                             {1s, score_of(50, 0, 20ms), Kind::kGoOn},
                             {1s, score_of(5, 2, 20ms), Kind::kGoOn},  // too few to tell
                             {1s, score_of(5, 3, 20ms), Kind::kSendBack},
                             {1s, score_of(99, 4, 20ms), Kind::kGoOn},  // 4 %, the active has 1 %
                             {1s, score_of(100, 4, 20ms), Kind::kPromote},
                             {60s, score_of(3, 0, 20ms), Kind::kPromote},  // the time is over
                             {1s, score_of(99, 0, 5s), Kind::kGoOn},       // slow, and not over
                             {1s, score_of(100, 0, 5s), Kind::kSendBack},
                             {60s, score_of(10, 0, 5s), Kind::kPromote},  // too few to tell
                             {1s, score_of(100, 0, 60ms), Kind::kPromote}}) {
        const CanaryVerdict verdict = judge_canary(plan, each.elapsed, good, each.canary);
        EXPECT_EQ(verdict.kind, each.kind)
            << each.canary.turns << " " << each.canary.failed << " " << verdict.why;
        EXPECT_EQ(verdict.why.empty(), each.kind != Kind::kSendBack);
    }
}

TEST(ACanary, ThatFailsLikeTheActiveOneIsNotToBlame) {
    EXPECT_EQ(judge_canary({10, 100, 60}, 1s, score_of(100, 50, 20ms), score_of(100, 50, 20ms)).kind,
              Kind::kPromote);
}

TEST(ACanary, TakesItsShareOfTheConversations) {
    int taken = 0;
    for (int i = 0; i < 10'000; ++i) taken += is_in_canary("conversation-" + std::to_string(i), 10) ? 1 : 0;
    EXPECT_GT(taken, 800);
    EXPECT_LT(taken, 1200);
    EXPECT_FALSE(is_in_canary("x", 0));
    EXPECT_TRUE(is_in_canary("x", 100));
    EXPECT_EQ(is_in_canary("x", 50), is_in_canary("x", 50));
}

// ---- canaries in a host (step 6)

class Trials : public ::testing::Test {
protected:
    void SetUp() override {
        bed.options.history_dir = bed.directory.path() / "kept";
        bed.install("probe", "probe");
        bed.start();
    }
    /// Installs a file to serve half of the conversations first.
    void try_out(const std::string& name, LockEntry::Canary canary) {
        bed.install(name, "probe");
        LockFile lock = read_lock_file(bed.options.lock_file).value();
        lock.entries[0].canary = canary;
        ASSERT_TRUE(write_lock_file(bed.options.lock_file, lock));
    }
    [[nodiscard]] TurnResult turn_in(const std::string& conversation, const std::string& text) const {
        TurnRequest request = bed.request(text);
        request.conversation_id = conversation;
        return bed.begin("probe", std::move(request)).get();
    }
    /// A conversation that the canary serves, or does not.
    static std::string conversation(bool in_canary) {
        int i = 0;
        while (is_in_canary("c" + std::to_string(i), 50) != in_canary) ++i;
        return "c" + std::to_string(i);
    }
    [[nodiscard]] std::string states() const {
        std::string all;
        for (const PluginStatus& status : bed.host->list()) all += status.version + " " + status.state + "; ";
        return all;
    }
    TestBed bed;
};

TEST_F(Trials, ServeTheirShareAndAreThenPromoted) {
    try_out("probe2", {50, 30, 3600});
    ASSERT_TRUE(bed.host->reload());
    EXPECT_EQ(states(), "1.0.0 active; 2.0.0 canary; ");
    EXPECT_EQ(turn_in(conversation(false), "version").plugin_version, "1.0.0");
    EXPECT_EQ(turn_in(conversation(true), "version").plugin_version, "2.0.0");
    EXPECT_EQ(bed.host->list().at(1).turns, 1u);
    // The last good one is still the first: a host that died now would start from it (G3).
    EXPECT_NE(text_of(bed.options.history_dir / "current.lock"), text_of(bed.options.lock_file));
    for (int i = 0; i < 40; ++i) static_cast<void>(turn_in(conversation(true), "version"));
    EXPECT_TRUE(eventually([&] { return states() == "2.0.0 active; "; })) << states();
    EXPECT_EQ(turn_in(conversation(false), "version").plugin_version, "2.0.0");
    EXPECT_TRUE(eventually(
        [&] { return text_of(bed.options.history_dir / "current.lock") == text_of(bed.options.lock_file); }));
}

TEST_F(Trials, EndWithTheTime) {
    try_out("probe2", {50, 1000, 1});
    ASSERT_TRUE(bed.host->reload());
    EXPECT_TRUE(eventually([&] { return states() == "2.0.0 active; "; })) << states();
}

TEST_F(Trials, ThatFailAreSentBackAndNotTriedAgainByThemselves) {
    try_out("probe_broken", {50, 100, 3600});
    ASSERT_TRUE(bed.host->reload());
    for (int i = 0; i < 5; ++i) static_cast<void>(turn_in(conversation(true), "version"));
    EXPECT_TRUE(eventually([&] { return states() == "1.0.0 active; "; })) << states();
    EXPECT_TRUE(bed.lines.contain("the canary was sent back"));
    EXPECT_TRUE(bed.lines.contain("turns failed, of the active generation's 0 of 0"));
    EXPECT_EQ(turn_in(conversation(true), "version").plugin_version, "1.0.0");
    ASSERT_TRUE(bed.host->reload());
    EXPECT_EQ(states(), "1.0.0 active; ");
    // Somebody who asks for it gets it.
    ASSERT_TRUE(bed.host->reload("probe"));
    EXPECT_EQ(states(), "1.0.0 active; 5.0.0 canary; ");
}

TEST_F(Trials, ThatAreSlowAreSentBackAtTheEnd) {
    for (int i = 0; i < 25; ++i) static_cast<void>(turn_in(conversation(false), "version"));
    try_out("probe_slow", {50, 25, 3600});
    ASSERT_TRUE(bed.host->reload());
    std::vector<std::future<TurnResult>> turns;
    for (int i = 0; i < 25; ++i) {
        static_cast<void>(turn_in(conversation(false), "version"));
        TurnRequest request = bed.request("version");
        request.conversation_id = conversation(true);
        turns.push_back(bed.begin("probe", std::move(request)));
    }
    for (auto& turn : turns) EXPECT_EQ(turn.get().plugin_version, "6.0.0");
    EXPECT_TRUE(eventually([&] { return states() == "1.0.0 active; "; })) << states();
    EXPECT_TRUE(bed.lines.contain("95 of 100 of its turns took up to"));
}

TEST_F(Trials, EndAtOnceWhenTheLockFileNamesTheActiveOneAgain) {
    try_out("probe2", {50, 1000, 3600});
    ASSERT_TRUE(bed.host->reload());
    const auto back = roll_back(bed.options.history_dir, bed.options.lock_file, "");
    ASSERT_TRUE(back) << back.error().what;
    ASSERT_TRUE(bed.host->reload());
    EXPECT_EQ(bed.host->list().at(0).state, "active");
    EXPECT_EQ(bed.host->list().at(0).version, "1.0.0");
    EXPECT_EQ(turn_in(conversation(true), "version").plugin_version, "1.0.0");
    EXPECT_TRUE(eventually([&] { return states() == "1.0.0 active; "; })) << states();
}

TEST_F(Trials, MakeRoomForAnotherFile) {  // G1: two that serve or drain, and one candidate
    try_out("probe_broken", {50, 1000, 3600});
    ASSERT_TRUE(bed.host->reload());
    bed.install("probe2", "probe");
    ASSERT_TRUE(bed.host->reload());
    EXPECT_EQ(bed.host->list().at(0).version, "2.0.0");
    EXPECT_TRUE(eventually([&] { return states() == "2.0.0 active; "; })) << states();
}

TEST_F(Trials, NeedAWayBackForTheStates) {  // G4
    try_out("probe_state2", {50, 1000, 3600});
    const auto reloaded = bed.host->reload();
    ASSERT_FALSE(reloaded);
    EXPECT_NE(
        reloaded.error().what.find("no canary, as there would be no way back: the new file writes state "
                                   "version 2, the active one reads 1 to 1 (G4)"),
        std::string::npos)
        << reloaded.error().what;
    EXPECT_EQ(states(), "1.0.0 active; ");
}

TEST_F(Trials, ThatDieWithTheHostAreNotStartedFrom) {  // G3, S4
    try_out("probe2", {50, 1000, 3600});
    ASSERT_TRUE(bed.host->reload());
    bed.host.reset();  // what is on disk is the same after kill -9
    bed.start();
    EXPECT_EQ(states(), "1.0.0 active; ");
    EXPECT_TRUE(bed.lines.contain("starting from the last good lock file"));
    ASSERT_TRUE(bed.host->reload("probe"));
    EXPECT_EQ(states(), "1.0.0 active; 2.0.0 canary; ");
}

// ---- the way back

TEST_F(Trials, GoBackToAFileThatWasOverwritten) {
    bed.install("probe2", "probe");
    ASSERT_TRUE(bed.host->reload());
    ASSERT_TRUE(roll_back(bed.options.history_dir, bed.options.lock_file, ""));
    ASSERT_TRUE(bed.host->reload());
    EXPECT_EQ(bed.said("probe", "version"), "1.0.0");
    // Once more is forward again.
    ASSERT_TRUE(roll_back(bed.options.history_dir, bed.options.lock_file, ""));
    ASSERT_TRUE(bed.host->reload());
    EXPECT_EQ(bed.said("probe", "version"), "2.0.0");
}

TEST_F(Trials, GoBackForOnePluginAlone) {
    bed.install("raw", "raw");
    ASSERT_TRUE(bed.host->reload());
    bed.install("probe2", "probe");
    ASSERT_TRUE(bed.host->reload());
    const auto back = roll_back(bed.options.history_dir, bed.options.lock_file, "", "probe");
    ASSERT_TRUE(back) << back.error().what;
    ASSERT_TRUE(bed.host->reload());
    EXPECT_EQ(bed.said("probe", "version"), "1.0.0");
    EXPECT_TRUE(bed.host->has("raw"));
    const auto nobody = roll_back(bed.options.history_dir, bed.options.lock_file, "", "nobody");
    ASSERT_FALSE(nobody);
    EXPECT_NE(nobody.error().what.find("plugin nobody was not in the lock file before"), std::string::npos);
}

TEST_F(Trials, CannotGoBackFromTheFirst) {
    const auto back = roll_back(bed.options.history_dir, bed.options.lock_file, "");
    ASSERT_FALSE(back);
    EXPECT_NE(back.error().what.find("nothing to go back to"), std::string::npos) << back.error().what;
    const auto empty = roll_back(bed.directory.path() / "elsewhere", bed.options.lock_file, "");
    ASSERT_FALSE(empty);
    EXPECT_NE(empty.error().what.find("no host has served from this lock file yet"), std::string::npos);
}

TEST_F(Trials, KeepOnlyTheFilesThatAWayBackNeeds) {
    for (const char* name : {"probe2", "probe_state2", "probe_slow"}) {
        bed.install(name, "probe");
        static_cast<void>(bed.host->reload());
    }
    const auto files = std::distance(std::filesystem::directory_iterator(bed.options.history_dir / "files"),
                                     std::filesystem::directory_iterator());
    EXPECT_LE(files, 2);
}

// ---- starting

TEST(AHostThatServes, StartsWithoutThePluginThatCannotBeLoaded) {
    TestBed bed;
    bed.options.start_with_what_works = true;
    bed.lock_by_hand("faulty", fixture("faulty_create_fails"));
    bed.install("probe", "probe");
    bed.start();
    EXPECT_EQ(bed.said("probe", "version"), "1.0.0");
    const auto list = bed.host->list();
    ASSERT_EQ(list.size(), 2u);
    EXPECT_EQ(list[1].id, "faulty");
    EXPECT_EQ(list[1].state, "refused");
    EXPECT_NE(list[1].why.find("has no good day"), std::string::npos) << list[1].why;
    EXPECT_FALSE(bed.host->has("faulty"));
    EXPECT_EQ(bed.turn("faulty", "x").status, MIGUE_E_UNAVAILABLE);
    // Repaired: it serves, and is not told as refused any more.
    bed.lock_by_hand("faulty", fixture("faulty_none"));
    ASSERT_TRUE(bed.host->reload());
    EXPECT_EQ(bed.turn("faulty", "x").status, MIGUE_OK);
    EXPECT_EQ(bed.host->list().size(), 2u);
}

TEST(AHostThatServes, StartsWithTheLastGoodFileOfAPluginThatCannotBeLoaded) {
    TestBed bed;
    bed.options.start_with_what_works = true;
    bed.options.history_dir = bed.directory.path() / "kept";
    bed.install("probe", "probe");
    bed.start();
    bed.host.reset();
    std::ofstream(bed.directory.path() / "probe.so") << "overwritten";
    bed.lock_by_hand("probe", bed.directory.path() / "probe.so");
    bed.start();
    EXPECT_EQ(bed.said("probe", "version"), "1.0.0");
    ASSERT_EQ(bed.host->list().size(), 2u);
    EXPECT_EQ(bed.host->list()[1].state, "refused");
}

TEST(AHostThatServes, StartsFromTheLastGoodLockFileWhenItsOwnIsBroken) {
    TestBed bed;
    bed.options.history_dir = bed.directory.path() / "kept";
    bed.install("probe", "probe");
    bed.start();
    bed.host.reset();
    std::ofstream(bed.options.lock_file) << "plugins: what\n";
    bed.start();
    EXPECT_EQ(bed.said("probe", "version"), "1.0.0");
    EXPECT_TRUE(bed.lines.contain("starting from the last good lock file"));
}

// ---- caches and warm-up (steps 4 and 5)

TEST(ASwap, HandsCachesOver) {
    TestBed bed;
    bed.install("probe", "probe");
    bed.start();
    EXPECT_EQ(bed.said("probe", "cached"), "none");
    bed.install("probe2", "probe");
    ASSERT_TRUE(bed.host->reload());
    EXPECT_EQ(bed.said("probe", "cached"), "caches of 1.0.0, states 1");
}

TEST(ASwap, IsRefusedWhenTheNewOneCannotTakeTheCaches) {
    TestBed bed;
    bed.configure("probe", "refuse_import: true");
    bed.install("probe", "probe");
    bed.start();
    bed.install("probe2", "probe");
    const auto reloaded = bed.host->reload();
    ASSERT_FALSE(reloaded);
    EXPECT_NE(reloaded.error().what.find("import_state() refuses what the active one exported"),
              std::string::npos);
    EXPECT_EQ(bed.said("probe", "version"), "1.0.0");
}

TEST(WarmingUp, FindsATurnThatThrows) {
    TestBed bed;
    bed.install("hazard_throw", "hazard");
    bed.make();
    const auto started = bed.host->start();
    ASSERT_FALSE(started);
    EXPECT_NE(started.error().what.find("warm-up: a turn of the intent hazard let an exception out (O4)"),
              std::string::npos)
        << started.error().what;
}

TEST(WarmingUp, LeavesNothingBehind) {  // no row, no number, no log line of the plugin
    TestBed bed;
    bed.install("probe", "probe");
    bed.start();
    EXPECT_EQ(bed.host->list().at(0).turns, 0u);
    EXPECT_NE(bed.said("probe", "sql first").find("\\\"n\\\":1"), std::string::npos);
}

TEST(AList, NamesTheBuild) {
    TestBed bed;
    bed.install("probe", "probe");
    bed.start();
    EXPECT_EQ(bed.host->list().at(0).build, read_elf_file(fixture("probe"))->build_id);
}

// ---- S2: failing swaps over the failure points; the active generation never misses a turn

TEST(FailingSwaps, NeverCostATurn) {
    TestBed bed;
    bed.options.runner = MIGUE_RUNNER;
    bed.options.rehearse = true;
    bed.install("probe", "probe");
    bed.start();
    const std::pair<const char*, const char*> points[] = {
        {"hazard_unique", "H1"},         // stage and static checks
        {"hazard_crash_always", "C11"},  // rehearsal
        {"hazard_undefined", "H12"},     // load
        {"faulty_null_descriptor", "describe"},
        {"faulty_services", "telepathy"},
        {"faulty_create_fails", "no good day"},  // create
        {"probe_state3", "G4"},                  // state
    };
    for (int round = 0; round < 3; ++round)
        for (const auto& [name, says] : points) {
            const std::string id = std::string(name).starts_with("probe")    ? "probe"
                                   : std::string(name).starts_with("hazard") ? "hazard"
                                                                             : "faulty";
            const LockFile before = read_lock_file(bed.options.lock_file).value();
            bed.lock_by_hand(id, fixture(name));
            auto turn = bed.begin("probe", "timer 5");
            const auto reloaded = bed.host->reload();
            ASSERT_FALSE(reloaded) << name;
            EXPECT_NE(reloaded.error().what.find(says), std::string::npos)
                << name << ": " << reloaded.error().what;
            EXPECT_EQ(TestBed::text_of(turn.get()), "waited");
            EXPECT_EQ(bed.said("probe", "version"), "1.0.0");
            ASSERT_TRUE(write_lock_file(bed.options.lock_file, before));
        }
    EXPECT_EQ(bed.host->generation_counts().pinned, 0u);
    EXPECT_EQ(bed.host->list().size(), 1u);
}

}  // namespace
}  // namespace migue::host
