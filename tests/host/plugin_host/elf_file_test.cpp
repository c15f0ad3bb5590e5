#include "host/plugin_host/elf_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>

#include "host/plugin_host/install.hpp"
#include "tests/host/plugin_host/test_bed.hpp"

namespace migue::host {
namespace {

std::string bytes_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

Result<ElfFacts> read(const std::string& bytes) {
    return read_elf(std::as_bytes(std::span(bytes)));
}

TEST(ElfFile, TellsWhatAPluginExportsAndNeeds) {
    const auto facts = read(bytes_of(test::fixture("probe")));
    ASSERT_TRUE(facts) << facts.error().what;
    EXPECT_TRUE(facts->exports("migue_entry_v1"));
    const auto exported = std::count_if(facts->symbols.begin(), facts->symbols.end(),
                                        [](const ElfFacts::Symbol& symbol) { return symbol.is_defined; });
    EXPECT_EQ(exported, 1);  // H11
    EXPECT_TRUE(std::none_of(facts->symbols.begin(), facts->symbols.end(),
                             [](const ElfFacts::Symbol& symbol) { return symbol.is_unique; }));  // H1
    EXPECT_TRUE(facts->imports("_Znwm"));
    EXPECT_FALSE(facts->imports("migue_entry_v1"));
    EXPECT_NE(std::find(facts->needed.begin(), facts->needed.end(), "libc.so.6"), facts->needed.end());
    EXPECT_TRUE(facts->binds_now);  // H12
    EXPECT_FALSE(facts->never_unloads);
    EXPECT_TRUE(facts->soname.empty());
    EXPECT_TRUE(extra_libraries(*facts).empty());
}

TEST(ElfFile, SeesLibrariesAndTheWishToStay) {
    const auto date = read(bytes_of(test::fixture("linking_date")));
    ASSERT_TRUE(date);
    ASSERT_EQ(extra_libraries(*date).size(), 1u);
    const auto pinned = read(bytes_of(test::fixture("probe_pinned")));
    ASSERT_TRUE(pinned);
    EXPECT_TRUE(pinned->never_unloads);  // H15
}

TEST(ElfFile, SurvivesEveryCutPoint) {  // H9
    const std::string whole = bytes_of(test::fixture("faulty_none"));
    ASSERT_TRUE(read(whole));
    std::size_t refused = 0;
    bool is_enough = false;
    // Each byte of the tables at the front, then steps through the rest.
    for (std::size_t cut = 0; cut < whole.size(); cut += cut < 8192 ? 1 : 61) {
        // A copy of exactly that size, so that a sanitizer sees a step too far.
        const std::string part(whole.data(), cut);
        const bool good = static_cast<bool>(read(part));
        refused += good ? 0u : 1u;
        // What lies behind the last table is not needed; nothing before its end can be missing.
        EXPECT_TRUE(good || !is_enough) << cut;
        is_enough = is_enough || good;
    }
    EXPECT_GT(refused, 1000u);
}

TEST(ElfFile, SurvivesFlippedBytes) {  // C9
    const std::string whole = bytes_of(test::fixture("faulty_none"));
    std::mt19937 random(20261122);
    std::uniform_int_distribution<std::size_t> anywhere(0, whole.size() - 1);
    std::uniform_int_distribution<std::size_t> in_tables(0, std::min<std::size_t>(whole.size(), 4096) - 1);
    std::uniform_int_distribution<int> value(0, 255);
    std::size_t read_well = 0;
    for (int round = 0; round < 20000; ++round) {
        std::string broken = whole;
        for (int i = 0; i < 1 + round % 8; ++i) {
            const std::size_t at = round % 2 == 0 ? in_tables(random) : anywhere(random);
            broken[at] = static_cast<char>(value(random));
        }
        read_well += read(broken) ? 1u : 0u;
    }
    // Some flips hit what we do not read: the reader is not merely refusing everything.
    EXPECT_GT(read_well, 1000u);
}

TEST(ElfFile, SurvivesFlippedBytesInItsDynamicTables) {
    // The tables the reader walks lie behind PT_DYNAMIC, which is far from the front.
    const std::string whole = bytes_of(test::fixture("faulty_none"));
    std::mt19937 random(7);
    for (int round = 0; round < 20000; ++round) {
        std::string broken = whole;
        std::uniform_int_distribution<std::size_t> header(64, 64 + 56 * 10);
        const std::size_t at = header(random) & ~std::size_t{7};
        const std::uint64_t wild = (std::uint64_t{random()} << 32 | random()) >> (random() % 64);
        std::memcpy(broken.data() + at, &wild, sizeof wild);
        const auto facts = read(broken);
        EXPECT_TRUE(!facts || facts->symbols.size() <= 1'000'000u);
    }
}

class NoPlugin : public ::testing::TestWithParam<std::string> {};
TEST_P(NoPlugin, IsRefused) {
    const auto facts = read(GetParam());
    ASSERT_FALSE(facts);
    EXPECT_EQ(facts.error().code, Error::Code::kInvalid);
    EXPECT_FALSE(facts.error().what.empty());
}
INSTANTIATE_TEST_SUITE_P(Edges, NoPlugin,
                         ::testing::Values("",
                                           "\x7f"
                                           "ELF",
                                           std::string(64, '\0'), std::string(1000, '\xff'),
                                           std::string("#!/bin/sh\n") + std::string(100, 'x')));

TEST(ElfFile, RefusesAProgram) {
    const auto facts = read(bytes_of("/proc/self/exe"));
    // A position-independent program looks like a library; it has no entry of ours.
    EXPECT_TRUE(!facts || !facts->exports("migue_entry_v1"));
}

}  // namespace
}  // namespace migue::host
