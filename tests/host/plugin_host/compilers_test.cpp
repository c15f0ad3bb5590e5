// C4, C7: one plugin, built by several compilers, standard libraries and versions of the headers: the real
// host takes each, in both forms, and swaps from any of them to any other while a conversation goes on.
#include <gtest/gtest.h>

#include <sstream>

#include "tests/host/plugin_host/test_bed.hpp"

namespace migue::host {
namespace {

using test::eventually;
using test::TestBed;

std::vector<std::filesystem::path> builds() {
    std::vector<std::filesystem::path> files;
    std::istringstream in(MIGUE_WAITING_PROBES);
    for (std::string file; std::getline(in, file, ':');) files.emplace_back(file);
    return files;
}

class EveryBuild : public ::testing::TestWithParam<LockEntry::Isolation> {
protected:
    /// Installs as an operator does who admits what the file links.
    void install(const std::filesystem::path& file) {
        bed.lock_by_hand("waiting_probe", file);
        LockFile lock = read_lock_file(bed.options.lock_file).value();
        lock.entries.at(0).libraries = extra_libraries(read_elf_file(file).value());
        ASSERT_TRUE(write_lock_file(bed.options.lock_file, lock));
    }
    /// A turn with an id of its own: the plugin keeps each once.
    std::future<TurnResult> begin(const std::string& text) {
        TurnRequest request = bed.request(text);
        request.message_id = "m" + std::to_string(++turns);
        return bed.begin("waiting_probe", std::move(request));
    }
    static bool is_for_a_process_only(const std::filesystem::path& file) {
        return file.filename() == "clang-libcxx.so";
    }
    TestBed bed;
    int turns = 0;
};

TEST_P(EveryBuild, IsSwappedForEveryOther) {
    bed.isolation = GetParam();
    bed.options.runner = MIGUE_RUNNER;
    bed.options.rehearse = true;
    const auto all = builds();
    ASSERT_GE(all.size(), 4u);
    install(all.back());
    bed.start();
    for (const auto& file : all) {
        SCOPED_TRACE(file.filename());
        install(file);
        if (is_for_a_process_only(file) && GetParam() == LockEntry::Isolation::kNone) {
            const auto refused = bed.host->reload();
            ASSERT_FALSE(refused);
            EXPECT_NE(refused.error().what.find("H7: it brings its own C++ runtime"), std::string::npos)
                << refused.error().what;
            EXPECT_NE(refused.error().what.find("H2: it imports pthread_key_create"), std::string::npos)
                << refused.error().what;
            continue;
        }
        auto running = begin("many");  // on the one before, to its end
        const auto reloaded = bed.host->reload();
        ASSERT_TRUE(reloaded) << reloaded.error().what;
        EXPECT_EQ(running.get().status, MIGUE_OK);
        const TurnResult answered = begin("few").get();
        EXPECT_NE(TestBed::text_of(answered).find("3 "), std::string::npos) << TestBed::text_of(answered);
        // O4: what the plugin throws is its own affair, with either standard library.
        const TurnResult thrown = bed.turn("waiting_probe", "throw");
        EXPECT_EQ(thrown.status, MIGUE_E_INTERNAL);
        ASSERT_EQ(thrown.reasons.size(), 1u);
        EXPECT_NE(thrown.reasons[0].find("thrown after a wait"), std::string::npos) << thrown.reasons[0];
        EXPECT_EQ(bed.host->list().at(0).state, "active");
    }
    EXPECT_TRUE(eventually([&] { return bed.host->list().size() == 1; }));
    EXPECT_EQ(bed.host->generation_counts().pinned, 0u);
}

#if defined(MIGUE_SHARED_LIBCXX_PROBE)
TEST_P(EveryBuild, ThatSharesAnotherRuntimeIsRefused) {  // H7: tried without, it corrupted the heap
    bed.isolation = GetParam();
    bed.options.runner = MIGUE_RUNNER;
    install(MIGUE_SHARED_LIBCXX_PROBE);  // although the lock file names the library
    bed.make();
    const auto refused = bed.host->start();
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().what.find("H7: it needs libc++.so.1, beside the libstdc++"), std::string::npos)
        << refused.error().what;
}
#endif

INSTANTIATE_TEST_SUITE_P(Forms, EveryBuild,
                         ::testing::Values(LockEntry::Isolation::kNone, LockEntry::Isolation::kProcess),
                         [](const auto& form) { return std::string(name_of(form.param)); });

}  // namespace
}  // namespace migue::host
