#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host/cli/reading_plugin.hpp"
#include "tests/integration/process.hpp"

/// `migue understand` without a model: the program as built, and the plugin that came with it.
namespace migue {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using nlohmann::json;

struct Ran {
    std::vector<json> answers;
    std::string errors;
    int code = -1;
};

/// In a folder that is not the program's: it finds its parts by where it lies.
Ran understand(const std::string& lines, const fs::path& program = MIGUE_PROGRAM,
               const std::string& arguments = "") {
    const test::TemporaryFolder folder;
    std::ofstream(folder.path() / "in.jsonl") << lines;
    test::Process::Options options;
    options.arguments = {"/bin/sh", "-c",
                         "exec '" + program.string() + "' understand " + arguments + " < in.jsonl"};
    options.directory = folder.path();
    options.errors = folder.path() / "errors";
    Ran ran;
    auto process = test::Process::start(options);
    if (!process) return ran;
    if (const auto exit = (*process)->wait(60s)) ran.code = exit->code;
    for (const std::string& line : (*process)->lines())
        ran.answers.push_back(json::parse(line, nullptr, false));
    std::ifstream errors(options.errors);
    ran.errors.assign(std::istreambuf_iterator<char>(errors), {});
    return ran;
}

TEST(Understand, AnswersEachLineInOrder) {
    const Ran ran = understand(
        R"({"id":"1","text":"agenda dentista mañana a las 10","now":"2026-11-23T10:05:00-05:00","tz":"America/Bogota","locale":"es"})"
        "\n"
        R"({"id":2,"text":"see you","now":"2026-11-23T10:05:00Z","tz":"UTC","locale":""})"
        "\n"
        "no JSON\n"
        R"({"id":"z","text":"hola","now":"2026-11-23T10:05:00Z","tz":"Nowhere/Else","locale":"es"})"
        "\n"
        R"({"id":"n","text":"hola","now":"soon","tz":"UTC","locale":"es"})");
    ASSERT_EQ(ran.code, 0) << ran.errors;
    ASSERT_EQ(ran.answers.size(), 5U);
    EXPECT_EQ(ran.answers[0].at("id"), "1");
    EXPECT_EQ(ran.answers[0].at("intent"), "schedule_meeting");
    EXPECT_EQ(ran.answers[0].at("event").at("title"), "Dentista");
    EXPECT_EQ(ran.answers[0].at("event").at("start"), "2026-11-24T10:00:00-05:00");
    EXPECT_EQ(ran.answers[1].at("id"), 2);
    EXPECT_TRUE(ran.answers[1].at("event").is_null());
    EXPECT_EQ(ran.answers[2], json({{"error", "expected a JSON object a line"}}));
    EXPECT_EQ(ran.answers[3], json({{"error", "understand failed"}, {"id", "z"}}));
    EXPECT_EQ(ran.answers[4].at("id"), "n");
    EXPECT_TRUE(ran.answers[4].contains("error"));
}

TEST(Understand, SaysWhatIsWrongWithTheConfiguration) {
    const Ran ran = understand("", MIGUE_PROGRAM, "--config nowhere.yaml");
    EXPECT_EQ(ran.code, 2);
    EXPECT_NE(ran.errors.find("nowhere.yaml"), std::string::npos) << ran.errors;
}

TEST(Understand, SaysWhichProgramIsNotBesideIt) {
    const test::TemporaryFolder folder;
    fs::copy_file(MIGUE_PROGRAM, folder.path() / "migue");
    const Ran ran = understand("", folder.path() / "migue");
    EXPECT_EQ(ran.code, 2);
    EXPECT_NE(ran.errors.find("migue-understand, which belongs beside migue"), std::string::npos)
        << ran.errors;
}

TEST(ReadingPlugin, RefusesWhatIsNoPluginThatReads) {
    EXPECT_FALSE(host::cli::ReadingPlugin::load("/nowhere.so"));
    const auto silent = host::cli::ReadingPlugin::load(MIGUE_SILENT_PLUGIN);
    ASSERT_FALSE(silent);
    EXPECT_NE(silent.error().what.find("migue.understand/1"), std::string::npos) << silent.error().what;
}

}  // namespace
}  // namespace migue
