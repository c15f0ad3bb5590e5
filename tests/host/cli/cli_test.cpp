#include "host/cli/cli.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace migue::host::cli {
namespace {

/// The exit code, and what is said on standard error.
std::pair<int, std::string> run_with(std::vector<std::string> words) {
    words.insert(words.begin(), "migue");
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    ::testing::internal::CaptureStderr();
    const int code = run(static_cast<int>(pointers.size()), pointers.data());
    return {code, ::testing::internal::GetCapturedStderr()};
}

TEST(CommandLine, SaysWhichCommandThereIsNot) {
    EXPECT_EQ(run_with({"chek"}),
              std::pair(2, std::string("migue: there is no command 'chek', did you mean 'check'?\n")));
    EXPECT_EQ(
        run_with({"frobnicate"}),
        std::pair(2, std::string("migue: there is no command 'frobnicate'; `migue --help` lists them\n")));
    EXPECT_EQ(run_with({"plugin", "instal"}),
              std::pair(2, std::string("migue: there is no command 'instal', did you mean 'install'?\n")));
}

TEST(CommandLine, SaysWhatACommandNeeds) {
    const auto [code, said] = run_with({"check"});
    EXPECT_EQ(code, 2);
    EXPECT_NE(said.find("--config is required"), std::string::npos) << said;
}

}  // namespace
}  // namespace migue::host::cli
