// Mutates good YAML in ways that people and broken disks do, and reads it. Whatever comes
// out: it ends, and is a tree whose JSON is JSON, or faults that each have a place.
// MIGUE_MUTATION_SEED repeats a run, MIGUE_MUTATION_ROUNDS makes it longer.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <random>
#include <regex>
#include <sstream>

#include "host/config/yaml.hpp"
#include "tests/host/config/config_fixture.hpp"

namespace migue::host::config {
namespace {

constexpr std::string_view kSeeds[] = {
    "http:\n  listen: 127.0.0.1:8080\n  public_url: \"https://bot.example.org\"\nplugins:\n  lock: a\n  x: "
    "{}\nroutes: r\n",
    "intents:\n  - name: agenda\n    examples:\n      - \"agéndame algo mañana\"\n      - 'it''s'\n  - "
    "{name: b, weight: 1.5}\n",
    "a: |\n  one\n   two\n\nb: >-\n  x\n  y\nc: [1, [2, {d: ~}], \"e\", -0.5]\nf:\n- g\n- h: 1\n  i: 2\n",
    "{\"a\": [true, false, null], \"b\": {\"c\": \"\\u00e9\\n\"}, \"d\": 12}\n",
    "# comment\n---\nkey: ${NAME} and $${NAME} # more\nother: '${NAME}'\n...\n",
};

constexpr std::string_view kPieces[] = {
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    ": ",
    "- ",
    "-",
    "? ",
    "&a ",
    "*a",
    "!t ",
    "|",
    ">",
    "\"",
    "'",
    "#",
    " #",
    "%",
    "%YAML 1",
    "\n",
    "\r\n",
    "\r",
    "\t",
    " ",
    "  ",
    "\\",
    "<<: ",
    "---\n",
    "\n...\n",
    "${",
    "${NAME}",
    "${NO}",
    "010",
    "0x",
    "1e999",
    ".inf",
    "~",
    "@",
    "`",
    "\x04",
    "\xff",
    "\xEF\xBB\xBF",
    "ñ",
    "\xF0\x9F\x98\x80",
    "|2\n",
    ">+\n",
    "\n\n",
    "a: b\n",
    "key: value\n",
    "[[[[[[[[[[[[[[[[[[[[",
    "{a: {b: [",
};

class Mutator {
public:
    explicit Mutator(std::uint64_t seed) : random_(seed) {}

    std::string next() {
        std::string text(kSeeds[below(std::size(kSeeds))]);
        for (std::size_t change = 1 + below(4); change > 0; --change) mutate(text);
        return text;
    }

private:
    std::size_t below(std::size_t limit) { return limit == 0 ? 0 : random_() % limit; }

    void mutate(std::string& text) {
        const std::size_t at = below(text.size() + 1);
        const std::size_t size = below(std::min<std::size_t>(text.size() - at + 1, 12));
        switch (below(7)) {
            case 0:
                text.insert(at, kPieces[below(std::size(kPieces))]);
                break;
            case 1:
                text.erase(at, size);
                break;
            case 2:
                text.replace(at, size, kPieces[below(std::size(kPieces))]);
                break;
            case 3:
                text.resize(at);
                break;
            case 4:
                text.insert(below(text.size() + 1), text.substr(at, size));
                break;
            case 5:
                text.insert(at, 1, static_cast<char>(below(256)));
                break;
            default:
                text += kSeeds[below(std::size(kSeeds))];
                break;
        }
    }

    std::mt19937_64 random_;
};

std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// "" when the result is as it has to be.
std::string complaint(const Result<Node>& node) {
    if (node) return nlohmann::json::accept(node->to_json()) ? "" : "its JSON is none";
    static const std::regex fault("f:[1-9][0-9]*:[1-9][0-9]*: [^\n]+");
    std::istringstream lines(node.error().what);
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
        if (!std::regex_match(line, fault)) return "a fault without a place: " + line;
        if (line.find("valueofname") != std::string::npos) return "a fault with a variable's value: " + line;
    }
    return count > 0 ? "" : "an error without a fault";
}

TEST(YamlMutation, AlwaysGivesATreeOrFaultsWithTheirPlace) {
    const std::uint64_t seed = number_from_environment("MIGUE_MUTATION_SEED", 20'251'122);
    const std::uint64_t rounds = number_from_environment("MIGUE_MUTATION_ROUNDS", 20'000);
    std::printf("seed %llu, %llu rounds\n", static_cast<unsigned long long>(seed),
                static_cast<unsigned long long>(rounds));
    const Variables variables = variables_from({{"NAME", "valueofname"}});
    Mutator mutator(seed);
    std::size_t accepted = 0;
    auto slowest = std::chrono::steady_clock::duration::zero();
    for (std::uint64_t round = 0; round < rounds; ++round) {
        const std::string text = mutator.next();
        const auto begin = std::chrono::steady_clock::now();
        const Result<Node> node = parse_yaml(text, "f", variables);
        slowest = std::max(slowest, std::chrono::steady_clock::now() - begin);
        ASSERT_EQ(complaint(node), "") << "round " << round << " of seed " << seed << ":\n" << text;
        accepted += node ? 1 : 0;
    }
    std::printf("%zu accepted, slowest %.2f ms\n", accepted,
                std::chrono::duration<double, std::milli>(slowest).count());
    // Both ways must be walked, or the mutations test nothing.
    EXPECT_GT(accepted, rounds / 50);
    EXPECT_LT(accepted, rounds - rounds / 50);
    EXPECT_LT(slowest, std::chrono::seconds(5));
}

}  // namespace
}  // namespace migue::host::config
