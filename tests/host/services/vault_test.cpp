#include "host/services/vault.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

namespace migue::host {
namespace {

const std::string kOne = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const std::string kTwo = "k2:Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=";

Vault vault(const std::string& keys) {
    return Vault(VaultKeys::parse(keys).value());
}

TEST(Vault, OpensWhatItSealed) {
    const Vault one = vault(kOne);
    for (const std::string& plain : {std::string(), std::string("secret"), std::string(100'000, '\0')}) {
        const std::string sealed = one.seal("scheduling", plain, "t/c/1");
        EXPECT_EQ(sealed.rfind("v1.k1.", 0), 0u);
        const auto opened = one.open("scheduling", sealed, "t/c/1");
        ASSERT_TRUE(opened) << opened.error().what;
        EXPECT_EQ(*opened, plain);
    }
    EXPECT_NE(one.seal("p", "same", "c"), one.seal("p", "same", "c"));
}

TEST(Vault, RefusesEveryOtherPlaceAndEveryChange) {
    const Vault one = vault(kOne);
    const std::string sealed = one.seal("scheduling", "secret", "t/c/1");
    EXPECT_FALSE(one.open("smalltalk", sealed, "t/c/1"));
    EXPECT_FALSE(one.open("scheduling", sealed, "t/c/2"));
    // Borders between plugin and context cannot be moved.
    EXPECT_FALSE(one.open("schedulin", sealed, "gt/c/1"));
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        std::string broken = sealed;
        broken[i] = broken[i] == 'A' ? 'B' : 'A';
        const auto opened = one.open("scheduling", broken, "t/c/1");
        // The last character of the text carries bits that stand for nothing.
        EXPECT_TRUE(!opened || i + 1 == sealed.size()) << i;
        broken = sealed.substr(0, i);
        EXPECT_FALSE(one.open("scheduling", broken, "t/c/1")) << i;
    }
    EXPECT_FALSE(one.open("scheduling", "", "t/c/1"));
}

TEST(Vault, RotatesItsKeys) {
    const std::string old = vault(kOne).seal("p", "secret", "c");
    const Vault both = vault(kTwo + "," + kOne);
    EXPECT_EQ(both.open("p", old, "c").value(), "secret");
    const std::string fresh = both.seal("p", "secret", "c");
    EXPECT_EQ(fresh.rfind("v1.k2.", 0), 0u);
    const auto without = vault(kOne).open("p", fresh, "c");
    ASSERT_FALSE(without);
    EXPECT_EQ(without.error().what, "sealed text: its key, k2, is not among vault.keys");
    // A key's id says which one it is; it cannot be exchanged for another's.
    EXPECT_FALSE(both.open("p", "v1.k1." + fresh.substr(6), "c"));
}

class BadKeys : public ::testing::TestWithParam<const char*> {};
TEST_P(BadKeys, AreRefusedAndNeverRepeated) {
    const auto keys = VaultKeys::parse(GetParam());
    ASSERT_FALSE(keys);
    EXPECT_EQ(keys.error().code, Error::Code::kConfig);
    EXPECT_EQ(keys.error().what.find("AAEC"), std::string::npos);
}
INSTANTIATE_TEST_SUITE_P(
    Edges, BadKeys,
    ::testing::Values(
        "", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "k1:AAEC", "k1:!",
        ":AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "k 1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=,",
        "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=,k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));

class KeyFile : public ::testing::Test {
protected:
    void SetUp() override {
        std::string pattern = (std::filesystem::temp_directory_path() / "migue-key-XXXXXX").string();
        directory_ = ::mkdtemp(pattern.data());
        file_ = directory_ / "var" / "vault.key";
    }
    void TearDown() override { std::filesystem::remove_all(directory_); }
    std::filesystem::path directory_, file_;
};

TEST_F(KeyFile, IsMadeOnceAndForTheOwnerAlone) {
    auto made = VaultKeys::read_or_make(file_);
    ASSERT_TRUE(made) << made.error().what;
    struct stat status {};
    ASSERT_EQ(::stat(file_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u);
    const std::string sealed = Vault(std::move(made).value()).seal("p", "secret", "c");
    EXPECT_EQ(Vault(VaultKeys::read_or_make(file_).value()).open("p", sealed, "c").value(), "secret");
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(file_.parent_path()), {}), 1);
}

TEST_F(KeyFile, ThatOthersMayReadIsRefused) {
    ASSERT_TRUE(VaultKeys::read_or_make(file_));
    ASSERT_EQ(::chmod(file_.c_str(), 0640), 0);
    const auto keys = VaultKeys::read_or_make(file_);
    ASSERT_FALSE(keys);
    EXPECT_NE(keys.error().what.find("expected mode 0600"), std::string::npos);
}

TEST_F(KeyFile, ThatHoldsSomethingElseIsRefused) {
    std::filesystem::create_directories(file_.parent_path());
    std::ofstream(file_) << "hello";
    ASSERT_EQ(::chmod(file_.c_str(), 0600), 0);
    const auto keys = VaultKeys::read_or_make(file_);
    ASSERT_FALSE(keys);
    EXPECT_NE(keys.error().what.find("vault.key"), std::string::npos);
}

TEST(Random, IsNotTheSameTwice) {
    EXPECT_EQ(Vault::random(0).size(), 0u);
    EXPECT_EQ(Vault::random(4096).size(), 4096u);
    EXPECT_NE(Vault::random(16), Vault::random(16));
}

}  // namespace
}  // namespace migue::host
