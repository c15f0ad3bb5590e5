#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <thread>

#include "tests/integration/process.hpp"
#include "tests/integration/running_host.hpp"

// What docs/plugins.md tells an author to do, done with the real program: begin a plugin, build,
// test, chat, change it while chatting, check, install, list, go back.
namespace migue::test {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

std::string text_of(const fs::path& file) {
    std::ostringstream out;
    out << std::ifstream(file).rdbuf();
    return out.str();
}

std::string joined(const std::vector<std::string>& lines) {
    std::string all;
    for (const std::string& line : lines) all += line + "\n";
    return all;
}

/// Runs a command line as a shell would, with the program in PATH.
Finished shell(const fs::path& folder, const std::string& line) {
    Process::Options options;
    options.arguments = {"bash", "-ec", line};
    options.directory = folder;
    options.environment = {{"PATH", std::string(MIGUE_BIN) + ":" + std::getenv("PATH")},
                           {"HOME", folder.string()}};
    options.errors = folder / "shell.log";
    auto started = Process::start(std::move(options));
    if (!started) throw std::runtime_error(started.error().what);
    const auto exit = (*started)->wait(280s);
    if (!exit) throw std::runtime_error("did not end: " + line);
    (void)(*started)->line([](const std::string&) { return false; }, 10s);
    return {exit->code, (*started)->lines()};
}

/// A person at the chat of a running migue.
class Person {
public:
    explicit Person(std::string url) : url_(std::move(url)) {}
    /// The bot's answer to a message, as the text of its first line.
    std::string say(const fs::path& folder, const std::string& text) {
        const std::string id = "m" + std::to_string(++count_);
        const std::string chat = url_ + "/console/api/chat/ana/messages";
        const std::string post = nlohmann::json{{"id", id}, {"text", text}}.dump();
        const Finished sent =
            shell(folder, "curl -sf -H 'Content-Type: application/json' -H 'Origin: " + url_ + "' -d '" +
                              post + "' " + chat);
        if (sent.code != 0) return "could not be sent";
        const auto until = std::chrono::steady_clock::now() + 20s;
        while (std::chrono::steady_clock::now() < until) {
            const Finished got =
                shell(folder, "curl -sf '" + chat + "?after=" + std::to_string(seen_) + "&wait=2000'");
            const auto page = nlohmann::json::parse(joined(got.lines), nullptr, false);
            if (!page.is_object()) continue;
            for (const auto& line : page.at("lines")) {
                seen_ = line.at("position").get<long>();
                if (line.at("from") == "bot")
                    return line.value("body", nlohmann::json::object()).value("text", line.dump());
            }
        }
        return "no answer";
    }

private:
    const std::string url_;
    int count_ = 0;
    long seen_ = 0;
};

class AnAuthor : public ::testing::Test {
protected:
    [[nodiscard]] fs::path folder() const { return folder_.path(); }
    TemporaryFolder folder_;
};

TEST_F(AnAuthor, BeginsAPluginThatBuildsPassesItsTestsAndIsCheckedWell) {
    const Finished made = shell(folder(), "migue plugin new greeter");
    ASSERT_EQ(made.code, 0) << text_of(folder() / "shell.log");
    const Finished tested = shell(folder() / "greeter",
                                  "cmake --preset default && cmake --build --preset default -j2 && "
                                  "ctest --preset default");
    ASSERT_EQ(tested.code, 0) << joined(tested.lines) << text_of(folder() / "greeter/shell.log");
    const Finished checked = shell(folder() / "greeter", "migue plugin check build/plugins/greeter.so");
    EXPECT_EQ(checked.code, 0);
    EXPECT_EQ(joined(checked.lines), "file   good\nturns  good\nfuzz   good\nswaps  good\n");
    const Finished again = shell(folder(), "migue plugin new greeter");
    EXPECT_EQ(again.code, 2);
    EXPECT_NE(text_of(folder() / "shell.log").find("greeter: is there already"), std::string::npos);
    EXPECT_EQ(shell(folder(), "migue plugin new Greeter").code, 2);
}

TEST_F(AnAuthor, ChatsWithAPluginAndChangesItMeanwhile) {
    ASSERT_EQ(shell(folder(), "migue plugin new greeter").code, 0);
    const fs::path home = folder() / "greeter";
    RunningHost host(home, {"dev", "--config", "migue.yaml", "--port", "0", "--watch", "."});
    Person ana(host.url());
    EXPECT_EQ(ana.say(folder(), "good morning"), "Hello from greeter. You wrote: good morning");
    const std::string source = text_of(home / "greeter.cpp");
    std::ofstream(home / "greeter.cpp")
        << std::regex_replace(source, std::regex("Hello from"), "Welcome from");
    std::string answer;
    const auto within_patience = [end = std::chrono::steady_clock::now() + 2min] {
        return std::chrono::steady_clock::now() < end;
    };
    while (answer.rfind("Welcome", 0) != 0 && within_patience()) answer = ana.say(folder(), "hi");
    EXPECT_EQ(answer, "Welcome from greeter. You wrote: hi") << text_of(home / "migue.log");
    // What does not compile, or does not pass the checks, is told, and what runs stays.
    std::ofstream(home / "greeter.cpp") << "this is no C++\n";
    while (text_of(home / "migue.log").find("the changed plugin is not taken") == std::string::npos &&
           within_patience())
        ana.say(folder(), "hi");
    EXPECT_NE(text_of(home / "migue.log").find("the changed plugin is not taken"), std::string::npos);
    EXPECT_EQ(ana.say(folder(), "hi"), "Welcome from greeter. You wrote: hi");
    const auto exit = host.stop();
    ASSERT_TRUE(exit);
    EXPECT_EQ(exit->code, 0);
}

TEST_F(AnAuthor, IsToldWhatIsWrongWithWhatWasSavedAndGoesOn) {
    ASSERT_EQ(shell(folder(), "migue plugin new greeter").code, 0);
    const fs::path home = folder() / "greeter";
    RunningHost host(home, {"dev", "--config", "migue.yaml", "--port", "0", "--watch", "."});
    Person ana(host.url());
    const auto told = [&](const std::string& what) {
        const auto until = std::chrono::steady_clock::now() + 2min;
        while (text_of(home / "migue.log").find(what) == std::string::npos)
            if (ana.say(folder(), "hi"); std::chrono::steady_clock::now() > until) return false;
        return true;
    };
    const auto save = [&](const std::string& file, const std::string& text) {
        std::ofstream(home / file) << text;
    };
    const std::string source = text_of(home / "greeter.cpp");
    const std::string lists = text_of(home / "CMakeLists.txt");
    const auto changed = [](const std::string& text, const char* from, const char* to) {
        return std::regex_replace(text, std::regex(from), to);
    };
    save("CMakeLists.txt", changed(lists, "migue_add_plugin\\(", "migue_add_plugn("));
    EXPECT_TRUE(told("Unknown CMake command \"migue_add_plugn\"")) << text_of(home / "migue.log");
    EXPECT_TRUE(told("failed, as told above: cmake --build"));
    save("CMakeLists.txt", lists);
    save("greeter.cpp", changed(source, "return std::make_unique<Greeter>\\(\\);",
                                "throw std::runtime_error(\"no greeting at hand\");"));
    EXPECT_TRUE(told("plugin greeter: create() refuses: no greeting at hand")) << text_of(home / "migue.log");
    save("greeter.cpp", changed(source, "\\.id = \"greeter\"", ".id = \"greter\""));
    EXPECT_TRUE(told("no plugin greeter is loaded")) << text_of(home / "migue.log");
    save("migue.yaml", changed(text_of(home / "migue.yaml"), "greeter: \\{\\}", "greeter: { greting: hi }"));
    EXPECT_TRUE(told("settings are read at the start: start again for what was changed in them"));
    // And with all mended it goes on, without a new start.
    save("greeter.cpp", changed(source, "Hello from", "Welcome from"));
    std::string answer;
    const auto until = std::chrono::steady_clock::now() + 2min;
    while (answer.rfind("Welcome", 0) != 0 && std::chrono::steady_clock::now() < until)
        answer = ana.say(folder(), "hi");
    EXPECT_EQ(answer, "Welcome from greeter. You wrote: hi") << text_of(home / "migue.log");
    ASSERT_TRUE(host.stop());
    // The setting that nobody knows is told at the start, with its place.
    RunningHost again(home, {"dev", "--config", "migue.yaml", "--port", "0", "--watch", "."});
    EXPECT_NE(
        text_of(home / "migue.log").find("plugin greeter: unknown key \\\"greting\\\", expected none here"),
        std::string::npos)
        << text_of(home / "migue.log");
    ASSERT_TRUE(again.stop());
}

TEST_F(AnAuthor, IsToldHowToRepeatAFinding) {
    const std::string crashing = std::string(MIGUE_FIXTURE_DIR) + "/hazard_crash_always.so";
    const Finished checked = shell(folder(), "migue plugin check " + crashing);
    EXPECT_EQ(checked.code, 1);
    const std::string said = joined(checked.lines);
    EXPECT_NE(said.find("turns  FOUND\n       C11: it crashed in handle() of the intent hazard"),
              std::string::npos)
        << said;
    EXPECT_NE(said.find("again: migue plugin check " + crashing + " --only turns\n"), std::string::npos)
        << said;
    const Finished threaded =
        shell(folder(), "migue plugin check --json " + std::string(MIGUE_FIXTURE_DIR) + "/hazard_thread.so");
    EXPECT_EQ(threaded.code, 1);
    ASSERT_EQ(threaded.lines.size(), 1u);  // what must not be loaded is not
    EXPECT_NE(threaded.lines[0].find("H4: it imports"), std::string::npos) << threaded.lines[0];
    EXPECT_EQ(shell(folder(), "migue plugin check " + crashing + " --only nothing").code, 2);
    EXPECT_EQ(shell(folder(), "migue plugin check nothing.so").code, 2);
}

TEST_F(AnAuthor, InstallsListsAndGoesBack) {
    ASSERT_EQ(shell(folder(), "migue plugin new greeter").code, 0);
    const fs::path home = folder() / "greeter";
    std::ofstream(home / "host.yaml")
        << "http: { listen: \"127.0.0.1:0\" }\nadmin: { listen: \"127.0.0.1:" << 0
        << "\" }\nstore: { url: sqlite:var/migue.db }\nplugins:\n  lock: var/plugins.lock\n"
        << "  greeter: {}\nroutes: routes.yaml\n";
    const Finished built =
        shell(home,
              "cmake --preset default && cmake --build --preset default --target migue_plugins && "
              "mkdir -p var && migue plugin install build/plugins/greeter.so --config host.yaml");
    ASSERT_EQ(built.code, 0) << text_of(home / "shell.log");
    const std::string first = text_of(home / "var/plugins.lock");
    EXPECT_EQ(shell(home, "migue plugin rollback --config host.yaml").code, 2);
    {
        RunningHost host(home, {"serve", "--config", "host.yaml"});
        ASSERT_TRUE(host.stop());
    }
    ASSERT_EQ(shell(home,
                    "sed -i 's/0.1.0/0.2.0/' greeter.cpp && cmake --build build --target migue_plugins && "
                    "migue plugin install build/plugins/greeter.so --config host.yaml")
                  .code,
              0);
    EXPECT_NE(text_of(home / "var/plugins.lock"), first);
    {
        RunningHost host(home, {"serve", "--config", "host.yaml"});
        ASSERT_TRUE(host.stop());
    }
    const Finished back = shell(home, "migue plugin rollback --config host.yaml");
    EXPECT_EQ(back.code, 0) << text_of(home / "shell.log");
    EXPECT_EQ(text_of(home / "var/plugins.lock"), first);
    // The file of then was overwritten by the build; what was kept serves.
    RunningHost host(home, {"serve", "--config", "host.yaml"});
    const std::string log = text_of(home / "migue.log");
    const std::size_t at = log.rfind("\"admin\":\"http://127.0.0.1:");
    ASSERT_NE(at, std::string::npos);
    const std::string port = std::to_string(std::atoi(log.c_str() + log.find("127.0.0.1:", at) + 10));
    const Finished listed =
        shell(home, "sed 's/^admin: .*/admin: { listen: \"127.0.0.1:" + port +
                        "\" }/' host.yaml > asking.yaml && migue plugin list --config asking.yaml");
    ASSERT_EQ(listed.code, 0) << text_of(home / "shell.log");
    ASSERT_EQ(listed.lines.size(), 2u) << joined(listed.lines);
    EXPECT_TRUE(std::regex_search(
        listed.lines[1],
        std::regex("^greeter +0\\.1\\.0 +[0-9a-f]{12} +[0-9a-f]{12} +process +[0-9]+ active +0 +0$")))
        << listed.lines[1];
    EXPECT_EQ(text_of(home / "migue.log").find("refused"), std::string::npos);
    ASSERT_TRUE(host.stop());
}

TEST_F(AnAuthor, SignsTheLockFile) {
    const Finished keys = shell(folder(),
                                "openssl genpkey -algorithm ed25519 -out key.pem && "
                                "openssl pkey -in key.pem -pubout -outform DER | tail -c 32 | base64");
    ASSERT_EQ(keys.code, 0);
    std::ofstream(folder() / "host.yaml")
        << "http: { listen: \"127.0.0.1:0\" }\nadmin: { listen: \"127.0.0.1:0\" }\n"
        << "store: { url: sqlite:var/migue.db }\nplugins:\n  lock: plugins.lock\n  trusted_key: \""
        << keys.lines.at(0) << "\"\n  smalltalk: {}\nroutes: \"" << MIGUE_SOURCE_FOLDER
        << "/tests/bench/think/routes.yaml\"\n";
    ASSERT_EQ(shell(folder(), "mkdir var && migue plugin install " + std::string(MIGUE_PLUGIN_FOLDER) +
                                  "/smalltalk.so --config host.yaml")
                  .code,
              0)
        << text_of(folder() / "shell.log");
    EXPECT_EQ(shell(folder(), "migue serve --config host.yaml").code, 2);
    EXPECT_NE(text_of(folder() / "shell.log").find("plugins.lock: not signed"), std::string::npos);
    ASSERT_EQ(
        shell(folder(), "openssl pkeyutl -sign -rawin -inkey key.pem -in plugins.lock -out plugins.lock.sig")
            .code,
        0);
    RunningHost host(folder(), {"serve", "--config", "host.yaml"});
    EXPECT_TRUE(host.stop());
}

/// Every command that the guide gives is one that a test runs: here, or (the package) in
/// tests/plugin-api/package.
TEST(TheGuide, NamesCommandsThatTestsRun) {
    const std::vector<std::string> run = {
        "migue plugin new greeter",
        "cd greeter",
        "migue dev --config migue.yaml --watch .",
        "cmake --preset default && cmake --build --preset default && ctest --preset default",
        "cmake --preset release",
        "cmake --build build/release --target migue_plugin_bench",
        "cmake --install build/release --component plugin_api --prefix \"$HOME/.local\"",
        "cp -r plugin-api/examples/echo ~/echo",
        "cmake -S ~/echo -B ~/echo/build -DCMAKE_PREFIX_PATH=\"$HOME/.local\"",
        "cmake --build ~/echo/build",
        "ctest --test-dir ~/echo/build",
        "migue plugin check build/plugins/greeter.so",
        "migue plugin install build/plugins/greeter.so --config migue.yaml",
        "migue plugin list --config migue.yaml",
        "migue plugin rollback --config migue.yaml",
        "openssl genpkey -algorithm ed25519 -out key.pem",
        "openssl pkey -in key.pem -pubout -outform DER | tail -c 32 | base64",
        "openssl pkeyutl -sign -rawin -inkey key.pem -in plugins.lock -out plugins.lock.sig"};
    std::istringstream guide(text_of(fs::path(MIGUE_SOURCE_FOLDER) / "docs/plugins.md"));
    bool is_shell = false;
    std::size_t found = 0;
    for (std::string line; std::getline(guide, line);) {
        if (line.starts_with("```")) is_shell = line == "```sh";
        if (!is_shell || line.empty() || line.starts_with("```")) continue;
        line = std::regex_replace(line, std::regex(" +# .*$"), "");
        EXPECT_NE(std::find(run.begin(), run.end(), line), run.end()) << "no test runs: " << line;
        ++found;
    }
    EXPECT_EQ(found, run.size());
}

}  // namespace
}  // namespace migue::test
