#include "host/channels/whatsapp/signature.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "tests/standins/graph/webhook_sender.hpp"

namespace migue::host::whatsapp {
namespace {

struct Vector {
    std::string_view key, body, hex;
};
class SignatureVector : public ::testing::TestWithParam<Vector> {};
TEST_P(SignatureVector, IsAccepted) {
    const SignatureCheck check(GetParam().key);
    EXPECT_TRUE(check.accepts("sha256=" + std::string(GetParam().hex), GetParam().body));
    EXPECT_EQ(check.sign(GetParam().body), "sha256=" + std::string(GetParam().hex));
}
INSTANTIATE_TEST_SUITE_P(
    Rfc4231, SignatureVector,
    ::testing::Values(
        Vector{"\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b", "Hi There",
               "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        Vector{"Jefe", "what do ya want for nothing?",
               "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        Vector{"test_app_secret", "", "517bc4c7d1d8d400868e0ad6f64b77098b818a2f2595004253a1922302a602c0"}));

const std::string kBody = R"({"a":"\u00e1\/"})";

TEST(SignatureCheck, RefusesOtherBytesOfTheSameJson) {
    const SignatureCheck check("secret");
    const std::string signature = check.sign(kBody);
    EXPECT_TRUE(check.accepts(signature, kBody));
    EXPECT_FALSE(check.accepts(signature, "{\"a\":\"\u00e1/\"}"));
    EXPECT_FALSE(check.accepts(signature, kBody + "\n"));
}

TEST(SignatureCheck, RefusesAnotherSecret) {
    EXPECT_FALSE(SignatureCheck("secret").accepts(SignatureCheck("secreT").sign(kBody), kBody));
}

TEST(SignatureCheck, WithoutASecretNothingIsAccepted) {
    const SignatureCheck check("");
    EXPECT_EQ(check.sign(kBody), "");
    EXPECT_FALSE(check.accepts(standins::sign_webhook("", kBody), kBody));
    EXPECT_FALSE(check.accepts("", kBody));
}

TEST(SignatureCheck, RefusesEveryOtherForm) {
    const SignatureCheck check("secret");
    const std::string good = check.sign(kBody);
    std::string upper = good;
    for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    std::string upper_hex = "sha256=" + upper.substr(7);
    std::vector<std::string> forms = {"",
                                      "sha256=",
                                      good.substr(7),
                                      good.substr(0, 70),
                                      good + "0",
                                      " " + good,
                                      good + " ",
                                      upper,
                                      "sha1=" + good.substr(7),
                                      "sha1=" + good.substr(7, 40),
                                      "SHA256=" + good.substr(7),
                                      "sha256=" + std::string(64, '0'),
                                      "sha256=" + std::string(64, 'g'),
                                      "sha512=" + good.substr(7)};
    if (upper_hex != good) forms.push_back(upper_hex);
    for (const std::string& form : forms) EXPECT_FALSE(check.accepts(form, kBody)) << form;
}

TEST(SignatureCheck, RefusesASignatureWithAnyDigitChanged) {
    const SignatureCheck check("secret");
    const std::string good = check.sign(kBody);
    for (std::size_t i = 7; i < good.size(); ++i) {
        std::string bad = good;
        bad[i] = bad[i] == '0' ? '1' : '0';
        EXPECT_FALSE(check.accepts(bad, kBody)) << i;
    }
}

TEST(SignatureCheck, ServesManyThreadsAtOnce) {
    const SignatureCheck check("secret");
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&check, t] {
            for (int i = 0; i < 500; ++i) {
                const std::string body = std::to_string(t) + ":" + std::to_string(i);
                EXPECT_TRUE(check.accepts(standins::sign_webhook("secret", body), body));
                EXPECT_FALSE(check.accepts(standins::sign_webhook("other", body), body));
            }
        });
}

}  // namespace
}  // namespace migue::host::whatsapp
