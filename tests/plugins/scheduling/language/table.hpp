#pragma once
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "moments.hpp"

/// Tables of "message => what is understood", one file a language; a line without an arrow is a remark.
namespace scheduling::test {

inline std::string or_dash(std::string text) {
    return text.empty() ? "-" : text;
}

inline std::string printed(const std::optional<LocalMinutes>& at, bool date_only) {
    if (!at) return "-";
    return date_only ? print(*at).substr(0, 10) : print(*at);
}

/// Each line of the table against what `tell` says of its message's understanding. A table that is not
/// there, or has fewer lines than `least`, fails.
template <typename Tell>
void expect_table(const std::string& folder, const std::string& language, int least, Tell tell) {
    std::ifstream in(folder + "/" + language + ".txt");
    std::string line;
    int checked = 0;
    for (int number = 1; std::getline(in, line); ++number) {
        const auto arrow = line.find(" => ");
        if (line.empty() || line[0] == '#' || arrow == std::string::npos) continue;
        const std::string text = line.substr(0, arrow);
        EXPECT_EQ(tell(understand(text, "schedule_meeting", moment_in(language))), line.substr(arrow + 4))
            << language << ".txt:" << number << ": " << text;
        ++checked;
    }
    EXPECT_GE(checked, least) << "the table of " << language << " was not found whole";
}

}  // namespace scheduling::test
