#include <gtest/gtest.h>

#include "host/config/yaml.hpp"

namespace migue::host::config {
namespace {

const std::vector<std::string> kKeys = {"listen", "public_url", "tls", "phone_number_id", "url"};

struct NearestCase {
    std::string_view word, expected;
};
std::ostream& operator<<(std::ostream& out, const NearestCase& c) {
    return out << c.word;
}

class Nearest : public ::testing::TestWithParam<NearestCase> {};
TEST_P(Nearest, FindsWhatWasMeant) {
    EXPECT_EQ(nearest(GetParam().word, kKeys), GetParam().expected);
}
INSTANTIATE_TEST_SUITE_P(Slips, Nearest,
                         ::testing::Values(NearestCase{"lisen", "listen"}, NearestCase{"litsen", "listen"},
                                           NearestCase{"listenn", "listen"}, NearestCase{"LISTEN", "listen"},
                                           NearestCase{"public-url", "public_url"},
                                           NearestCase{"publicurl", "public_url"},
                                           NearestCase{"phone_nubmer_id", "phone_number_id"},
                                           NearestCase{"tsl", "tls"}, NearestCase{"uri", "url"},
                                           NearestCase{"token", ""}, NearestCase{"x", ""},
                                           NearestCase{"", ""}, NearestCase{"tls", "tls"}));

TEST(NearestWord, CountsASwapAsOneSlip) {
    EXPECT_EQ(nearest("ulr", {"abc", "url"}), "url");
    EXPECT_EQ(nearest("lru", {"url"}), "");
}

TEST(NearestWord, LooksAtNothingVeryLong) {
    const std::string word(100'000, 'a');
    EXPECT_EQ(nearest(word, {word}), "");
    EXPECT_EQ(nearest("a", {word}), "");
}

TEST(NearestWord, FindsNothingAmongNothing) {
    EXPECT_EQ(nearest("listen", {}), "");
}

}  // namespace
}  // namespace migue::host::config
