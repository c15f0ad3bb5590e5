#include "layout_growth.hpp"

#include <algorithm>
#include <cstddef>
#include <sstream>

namespace migue::abi {

namespace {

using Lines = std::vector<std::string>;

struct Section {
    std::string head;  ///< "struct migue_host"
    Lines fields;
    std::size_t size = 0;
};

struct Layout {
    std::vector<Section> sections;
    Lines constants;
    Lines unknown;  ///< lines of no known form
    long minor = -1;
};

constexpr std::string_view kMinor = "constant MIGUE_ABI_MINOR ";

Layout parse(std::string_view text) {
    Layout layout;
    std::istringstream in{std::string(text)};
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("struct ") || line.starts_with("frozen "))
            layout.sections.push_back({line, {}, 0});
        else if (line.starts_with(kMinor))
            layout.minor = std::stol(line.substr(kMinor.size()));
        else if (line.starts_with("constant "))
            layout.constants.push_back(line);
        else if (line.starts_with("  size ") && !layout.sections.empty())
            layout.sections.back().size = std::stoul(line.substr(7));
        else if (line.starts_with("  ") && !layout.sections.empty())
            layout.sections.back().fields.push_back(line);
        else
            layout.unknown.push_back(line);
    }
    return layout;
}

/// Each of `older` is at the same place in `newer`.
void check_prefix(const std::string& where, const Lines& older, const Lines& newer, Lines& faults) {
    for (std::size_t i = 0; i < older.size(); ++i) {
        if (i < newer.size() && newer[i] == older[i]) continue;
        const std::string now = i < newer.size() ? newer[i] : "nothing";
        faults.push_back(where + ": \"" + older[i] + "\" is now \"" + now + "\"");
        return;
    }
}

void check_section(const Section& older, const Section& newer, Lines& faults) {
    check_prefix(older.head, older.fields, newer.fields, faults);
    const bool is_grown = newer.fields.size() > older.fields.size();
    if (!is_grown && newer.size != older.size)
        faults.push_back(older.head + ": its size changed without a new field");
    if (!is_grown) return;
    if (older.head.starts_with("frozen ")) faults.push_back(older.head + ": grew");
    const std::string& first = newer.fields[older.fields.size()];
    if (std::stoul(first) < older.size)
        faults.push_back(older.head + ": a new field lies inside its old size (V4)");
}

/// Each constant is there with its value, wherever it stands.
void check_constants(const Lines& older, const Lines& newer, Lines& faults) {
    for (const std::string& line : older) {
        if (std::find(newer.begin(), newer.end(), line) != newer.end()) continue;
        const std::string name = line.substr(0, line.find(' ', line.find(' ') + 1) + 1);
        const auto now = std::find_if(newer.begin(), newer.end(),
                                      [&](const std::string& each) { return each.starts_with(name); });
        faults.push_back("\"" + line + "\" is now \"" + (now == newer.end() ? "nothing" : *now) + "\"");
    }
}

}  // namespace

std::vector<std::string> growth_faults(std::string_view older_text, std::string_view newer_text) {
    const Layout older = parse(older_text);
    const Layout newer = parse(newer_text);
    Lines faults;
    for (const std::string& line : older.unknown) faults.push_back("older: unknown line \"" + line + "\"");
    for (const std::string& line : newer.unknown) faults.push_back("newer: unknown line \"" + line + "\"");
    bool is_grown =
        newer.sections.size() > older.sections.size() || newer.constants.size() > older.constants.size();
    for (const Section& section : older.sections) {
        // By name: the text is in the order of the headers' names, which says nothing about the border.
        const auto now = std::find_if(newer.sections.begin(), newer.sections.end(),
                                      [&](const Section& each) { return each.head == section.head; });
        if (now == newer.sections.end()) {
            faults.push_back(section.head + ": is gone or of another kind");
            continue;
        }
        check_section(section, *now, faults);
        is_grown = is_grown || now->fields.size() > section.fields.size();
    }
    check_constants(older.constants, newer.constants, faults);
    if (newer.minor < older.minor) faults.emplace_back("MIGUE_ABI_MINOR went down or is gone");
    if (is_grown && newer.minor == older.minor)
        faults.emplace_back("it grew without a higher MIGUE_ABI_MINOR (V9)");
    return faults;
}

}  // namespace migue::abi
