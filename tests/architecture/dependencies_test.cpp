#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

/// The rooms of docs/architecture.md: includes point one way, and each outside library stays
/// in the rooms that own it.
namespace migue {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = MIGUE_SOURCE_DIR;

/// Higher rooms may include lower ones, never the other way round.
const std::map<std::string, int> kHeight{{"cli", 8},     {"console", 7},     {"channels", 6}, {"pipeline", 5},
                                         {"intents", 4}, {"plugin_host", 4}, {"services", 3}, {"http", 2},
                                         {"store", 2},   {"observe", 1},     {"config", 1}};

struct Owned {
    std::string prefix;  // of the include
    std::vector<std::string> folders;
};
const std::vector<Owned> kOwned{
    {"Poco/", {"host/http", "host/channels", "host/services", "tests"}},
    {"pqxx/", {"host/store/postgres", "tests"}},
    {"libpq", {"tests"}},
    {"SQLiteCpp/", {"host/store/sqlite", "plugin-api/sql", "tests"}},
    {"yaml-cpp/", {"host/config", "tests"}},
    {"boost/dll", {"host/plugin_host", "tests"}},
    {"CLI/", {"host/cli"}},
    {"prometheus/", {"host/observe"}},
    {"valijson/", {"host/config", "plugin-api/bench"}},
    {"libical/", {"plugins/scheduling/src/calendar", "tests"}},
    {"libstemmer", {"host/intents"}},
    {"host/", {"host", "tests"}},
};

std::vector<fs::path> sources() {
    std::vector<fs::path> found;
    for (const char* folder : {"host", "plugin-api", "plugins"})
        for (const auto& entry : fs::recursive_directory_iterator(kRoot / folder))
            if (const auto ending = entry.path().extension();
                ending == ".cpp" || ending == ".hpp" || ending == ".h")
                found.push_back(entry.path());
    return found;
}

std::vector<std::string> includes_of(const fs::path& file) {
    std::vector<std::string> includes;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        if (!line.starts_with("#include ")) continue;
        const std::size_t begin = line.find_first_of("\"<");
        const std::size_t end = line.find_first_of("\">", begin + 1);
        if (end != std::string::npos) includes.push_back(line.substr(begin + 1, end - begin - 1));
    }
    return includes;
}

std::string room_of(const std::string& path) {
    if (!path.starts_with("host/")) return {};
    return path.substr(5, path.find('/', 5) - 5);
}

TEST(Architecture, IncludesInTheHostPointOneWay) {
    for (const fs::path& file : sources()) {
        const std::string path = fs::relative(file, kRoot).string();
        const auto from = kHeight.find(room_of(path));
        if (from == kHeight.end()) continue;
        for (const std::string& include : includes_of(file)) {
            const auto to = kHeight.find(room_of(include));
            if (to == kHeight.end() || to->first == from->first) continue;
            EXPECT_LT(to->second, from->second) << path << " includes " << include;
        }
    }
}

TEST(Architecture, OutsideLibrariesStayInTheirRooms) {
    for (const fs::path& file : sources()) {
        const std::string path = fs::relative(file, kRoot).string();
        for (const std::string& include : includes_of(file))
            for (const Owned& owned : kOwned) {
                if (!include.starts_with(owned.prefix)) continue;
                bool allowed = false;
                for (const std::string& folder : owned.folders) allowed |= path.starts_with(folder);
                EXPECT_TRUE(allowed) << path << " includes " << include;
            }
    }
}

TEST(Architecture, NoConditionalHoldsACoAwait) {
    // GCC 12 destroys the result twice: "free(): invalid pointer" in the middle of a turn.
    for (const fs::path& file : sources()) {
        std::ifstream in(file);
        for (std::string line; std::getline(in, line);)
            EXPECT_TRUE(line.find("? co_await") == std::string::npos &&
                        line.find(": co_await") == std::string::npos)
                << file << ": " << line;
    }
}

TEST(Architecture, TheBorderNeedsNothingButTheStandardLibrary) {
    for (const auto& entry : fs::recursive_directory_iterator(kRoot / "plugin-api/include/migue")) {
        if (!entry.is_regular_file()) continue;
        for (const std::string& include : includes_of(entry.path()))
            EXPECT_TRUE(include.find('/') == std::string::npos || include.starts_with("migue/"))
                << entry.path() << " includes " << include;
    }
}

}  // namespace
}  // namespace migue
