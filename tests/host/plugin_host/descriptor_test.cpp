#include "host/plugin_host/descriptor.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "host/plugin_host/safe_read.hpp"
#include "migue/ext/routes.h"

namespace migue::host {
namespace {

const char* const kServices[] = {"migue.clock/1", nullptr};
const migue_intent kIntent{sizeof(migue_intent), 0, "do_it", "does it"};
const migue_intent* const kIntents[] = {&kIntent};

migue_descriptor good() {
    return {sizeof(migue_descriptor), 0, "good", "1.2.3", "{}", kServices, kIntents, 1, 4, 2, 1, 3};
}

const char* wild() {
    return reinterpret_cast<const char*>(std::uintptr_t{0x10});
}

TEST(Descriptor, IsCopied) {
    const migue_descriptor raw = good();
    const auto descriptor = read_descriptor(&raw);
    ASSERT_TRUE(descriptor) << descriptor.error().what;
    EXPECT_EQ(descriptor->id, "good");
    EXPECT_EQ(descriptor->version, "1.2.3");
    EXPECT_EQ(descriptor->required_services, (std::vector<std::string>{"migue.clock/1"}));
    ASSERT_EQ(descriptor->intents.size(), 1u);
    EXPECT_EQ(descriptor->intents[0].name, "do_it");
    EXPECT_EQ(descriptor->max_concurrency, 4u);
    EXPECT_TRUE(descriptor->reads_state(1));
    EXPECT_FALSE(descriptor->reads_state(4));
}

TEST(Descriptor, OfZeroConcurrencyMeansOne) {
    migue_descriptor raw = good();
    raw.max_concurrency = 0;
    EXPECT_EQ(read_descriptor(&raw)->max_concurrency, 1u);
    raw.max_concurrency = 1'000'000;
    EXPECT_EQ(read_descriptor(&raw)->max_concurrency, 64u);
}

struct Break {
    const char* says;
    void (*how)(migue_descriptor&);
};
class BrokenDescriptor : public ::testing::TestWithParam<Break> {};
TEST_P(BrokenDescriptor, IsRefusedWithoutFault) {  // C9
    migue_descriptor raw = good();
    GetParam().how(raw);
    const auto descriptor = read_descriptor(&raw);
    ASSERT_FALSE(descriptor);
    EXPECT_NE(descriptor.error().what.find(GetParam().says), std::string::npos) << descriptor.error().what;
}
const migue_intent* const kWildIntents[] = {reinterpret_cast<const migue_intent*>(wild())};
const migue_intent* const kTwins[] = {&kIntent, &kIntent};
const migue_intent kShortIntent{4, 0, "x", "x"};
const migue_intent* const kShortIntents[] = {&kShortIntent};
const char* const kWildServices[] = {wild(), nullptr};
INSTANTIATE_TEST_SUITE_P(
    Members, BrokenDescriptor,
    ::testing::Values(
        Break{"smaller than ABI 1.0", [](migue_descriptor& d) { d.struct_size = 16; }},
        Break{"id is NULL", [](migue_descriptor& d) { d.id = nullptr; }},
        Break{"id cannot be read", [](migue_descriptor& d) { d.id = wild(); }},
        Break{"id is not UTF-8", [](migue_descriptor& d) { d.id = "\xc3"; }},
        Break{"id is not [a-z]", [](migue_descriptor& d) { d.id = "9good"; }},
        Break{"version cannot be read", [](migue_descriptor& d) { d.version = wild(); }},
        Break{"config_schema is NULL", [](migue_descriptor& d) { d.config_schema = nullptr; }},
        Break{"required_services is NULL", [](migue_descriptor& d) { d.required_services = nullptr; }},
        Break{
            "required_services cannot be read",
            [](migue_descriptor& d) { d.required_services = reinterpret_cast<const char* const*>(wild()); }},
        Break{"required_services[0] cannot be read",
              [](migue_descriptor& d) { d.required_services = kWildServices; }},
        Break{"intent_count is 1000", [](migue_descriptor& d) { d.intent_count = 1000; }},
        Break{"intents is NULL", [](migue_descriptor& d) { d.intents = nullptr; }},
        Break{"intents[0] cannot be read", [](migue_descriptor& d) { d.intents = kWildIntents; }},
        Break{"intents[0] cannot be read", [](migue_descriptor& d) { d.intents = kShortIntents; }},
        Break{"intent do_it stands twice",
              [](migue_descriptor& d) {
                  d.intents = kTwins;
                  d.intent_count = 2;
              }},
        Break{"flags 0x1 are unknown", [](migue_descriptor& d) { d.flags = 1; }},
        Break{"does not hold state_write", [](migue_descriptor& d) { d.state_write = 9; }},
        Break{"does not hold state_write", [](migue_descriptor& d) { d.state_read_min = 4; }}));

TEST(Descriptor, MayHaveFlagsThatNeedNotBeUnderstood) {  // V6
    migue_descriptor raw = good();
    raw.flags = 0x10000;
    EXPECT_TRUE(read_descriptor(&raw));
}

TEST(Descriptor, OfRandomBytesNeverFaults) {  // C9
    std::mt19937_64 random(11);
    for (int round = 0; round < 20000; ++round) {
        migue_descriptor raw = good();
        unsigned char bytes[sizeof raw];
        std::memcpy(bytes, &raw, sizeof raw);
        for (int i = 0; i < 1 + round % 4; ++i) {
            const std::uint64_t word = random() >> (random() % 64);
            std::memcpy(bytes + (random() % (sizeof raw / 8)) * 8, &word, 8);
        }
        std::memcpy(&raw, bytes, sizeof raw);
        const auto descriptor = read_descriptor(&raw);
        EXPECT_TRUE(descriptor || !descriptor.error().what.empty());
    }
}

TEST(Entry, FromALongerStructOfANewerMinorIsAccepted) {  // V3
    struct {
        migue_entry entry;
        std::uint64_t grown[4];
    } newer{};
    newer.entry = {
        sizeof newer,
        MIGUE_ABI_MAJOR,
        7,
        0,
        {0, 0, 0},
        [] { return static_cast<const migue_descriptor*>(nullptr); },
        [](const migue_host*, migue_str, migue_diag*, migue_plugin**) -> migue_status { return 0; }};
    EXPECT_TRUE(read_entry(&newer));
}

TEST(Entry, OfNothingIsRefused) {
    EXPECT_FALSE(read_entry(nullptr));
    EXPECT_FALSE(read_entry(wild()));
    EXPECT_FALSE(read_plugin(nullptr));
    EXPECT_FALSE(read_plugin(reinterpret_cast<const migue_plugin*>(wild())));
}

TEST(SafeRead, StopsAtTheLimitAndAtTheEndOfMemory) {
    EXPECT_EQ(safe_text("abc", 3), "abc");
    EXPECT_EQ(safe_text("abcd", 3), std::nullopt);
    EXPECT_EQ(safe_text(nullptr, 3), std::nullopt);
    const std::string longer(20000, 'x');
    EXPECT_EQ(safe_text(longer.c_str(), 20000), longer);
    EXPECT_EQ(safe_text(longer.c_str(), 19999), std::nullopt);
}

struct Utf8Case {
    std::string text;
    bool good;
};
class Utf8 : public ::testing::TestWithParam<Utf8Case> {};
TEST_P(Utf8, IsToldFromOtherBytes) {
    EXPECT_EQ(is_utf8(GetParam().text), GetParam().good);
}
INSTANTIATE_TEST_SUITE_P(Edges, Utf8,
                         ::testing::Values(Utf8Case{"", true}, Utf8Case{"agéndame 日本 🎉", true},
                                           Utf8Case{std::string("\0", 1), false}, Utf8Case{"\x80", false},
                                           Utf8Case{"\xc0\xaf", false}, Utf8Case{"\xc1\xbf", false},
                                           Utf8Case{"\xe0\x80\xaf", false}, Utf8Case{"\xed\xa0\x80", false},
                                           Utf8Case{"\xef\xbf\xbf", true},
                                           Utf8Case{"\xf0\x80\x80\x80", false},
                                           Utf8Case{"\xf4\x8f\xbf\xbf", true},
                                           Utf8Case{"\xf4\x90\x80\x80", false},
                                           Utf8Case{"\xf5\x80\x80\x80", false}, Utf8Case{"\xe2\x82", false},
                                           Utf8Case{"a\xff", false}));

}  // namespace
}  // namespace migue::host
