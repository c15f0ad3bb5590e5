#include "host/config/yaml.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include <chrono>
#include <fstream>

#include "tests/host/config/config_fixture.hpp"

namespace migue::host::config {
namespace {

std::string fault_of(std::string_view text) {
    const Result<Node> node = parse_yaml(text, "f", no_variables());
    return node ? "no fault: " + node->to_json() : node.error().what;
}

std::string json_of(std::string_view text) {
    const Result<Node> node = parse_yaml(text, "f", no_variables());
    return node ? node->to_json() : node.error().what;
}

struct Case {
    std::string_view text;
    std::string_view expected;
};
std::ostream& operator<<(std::ostream& out, const Case& c) {
    return out << c.text;
}

class Accepts : public ::testing::TestWithParam<Case> {};
TEST_P(Accepts, AsWritten) {
    EXPECT_EQ(json_of(GetParam().text), GetParam().expected);
}
INSTANTIATE_TEST_SUITE_P(
    PlainYaml, Accepts,
    ::testing::Values(
        Case{"", "null"}, Case{"# only a comment\n", "null"}, Case{"---\na: 1\n...\n# end\n", R"({"a":1})"},
        Case{"a: 1\nb: -2\nc: 1.5\nd: true\ne: ~\nf: text\n",
             R"({"a":1,"b":-2,"c":1.5,"d":true,"e":null,"f":"text"})"},
        Case{"z: 1\na: 2\n", R"({"z":1,"a":2})"},
        Case{"a: \"010\"\nb: 'true'\n", R"({"a":"010","b":"true"})"},
        Case{"a: yes\nb: no\nc: off\n", R"({"a":"yes","b":"no","c":"off"})"},
        Case{"begin: 09:00\n", R"({"begin":"09:00"})"}, Case{"a: 0x1f\nb: 0o17\n", R"({"a":31,"b":15})"},
        Case{"- a\n- - b\n  - c: d\n", R"(["a",["b",{"c":"d"}]])"},
        Case{"a: [1, [2], {b: c}]", R"({"a":[1,[2],{"b":"c"}]})"},
        Case{"a: {b: , c: 1}", R"({"a":{"b":null,"c":1}})"},
        Case{"{\"a\":1,\"b\":[true,null]}", R"({"a":1,"b":[true,null]})"},
        Case{"a: [\n  1,  # one\n  2,\n]\n", R"({"a":[1,2]})"},
        Case{"a: |\n  x\n   y\n\n  z\nb: 1", "{\"a\":\"x\\n y\\n\\nz\\n\",\"b\":1}"},
        Case{"a: >-\n  x\n  y\n", R"({"a":"x y"})"}, Case{"a:\n  x y\nb:\n- c\n", R"({"a":"x y","b":["c"]})"},
        Case{"a: it's # not 'quoted\n", R"({"a":"it's"})"},
        Case{"a: 'it''s'\nb: \"\\u00e9\\n\"\n", R"({"a":"it's","b":"é\n"})"},
        Case{"a: x#y\n", R"({"a":"x#y"})"}, Case{"a: http://x:80/y\n", R"({"a":"http://x:80/y"})"},
        Case{"é ñ: \"día\"\n", R"({"é ñ":"día"})"},
        Case{"\xEF\xBB\xBF"
             "a: 1\n",
             R"({"a":1})"},
        Case{"a: 1\r\nb:\r\n  - c\r\n", R"({"a":1,"b":["c"]})"}, Case{"\"<<\": 1\n", R"({"<<":1})"},
        Case{"a:\t1\nb: 2 \t\n", R"({"a":1,"b":2})"},
        Case{"a: 18446744073709551615", R"({"a":18446744073709551615})"},
        Case{"\"a\" : 1\n'b': 2\n", R"({"a":1,"b":2})"},
        Case{"a: '# no comment'", R"({"a":"# no comment"})"}));

class Refuses : public ::testing::TestWithParam<Case> {};
TEST_P(Refuses, WithPlaceAndReason) {
    const std::string fault = fault_of(GetParam().text);
    EXPECT_EQ(fault.substr(0, GetParam().expected.size()), GetParam().expected) << fault;
    EXPECT_NE(fault.find("expected"), std::string::npos) << fault;
}
INSTANTIATE_TEST_SUITE_P(
    DecorationsAndDocuments, Refuses,
    ::testing::Values(Case{"&a [*a]", "f:1:1: an anchor"}, Case{"a: &x 1\nb: *x\n", "f:1:4: an anchor"},
                      Case{"a: &x\n", "f:1:4: an anchor"}, Case{"a: *x\n", "f:1:4: an alias"},
                      Case{"a: !!str 1\n", "f:1:4: a tag"}, Case{"a: ! 1\n", "f:1:4: a tag"},
                      Case{"a: !secret x\n", "f:1:4: a tag"}, Case{"!!map {a: 1}", "f:1:1: a tag"},
                      Case{"a: !!seq [1]\n", "f:1:4: a tag"}, Case{"a: ! \"x\"\n", "f:1:4: a tag"},
                      Case{"<<: {a: 1}\n", "f:1:1: a merge key"}, Case{"b:\n  <<: 1\n", "f:2:3: a merge key"},
                      Case{",", "f:1:1: text after the end"}, Case{",,,,", "f:1:1: text after the end"},
                      Case{"a: 1\n---\nb: 2\n", "f:2:1: text after the end"},
                      Case{"a: 1\n...\nb: 2\n", "f:3:1: text after the end"},
                      Case{"---\n---\n", "f:2:1: text after the end"},
                      Case{"{a: 1} x", "f:1:8: text after the end"},
                      Case{"- a\nb: 1\n", "f:2:1: text after the end"},
                      Case{"%YAML 1.2\n---\na: 1\n", "f:1:1: a line that begins with '%'"},
                      Case{"a: 1\n%b: 2\n", "f:2:1: a line that begins with '%'"}));
INSTANTIATE_TEST_SUITE_P(
    QuotesAndBrackets, Refuses,
    ::testing::Values(Case{"a: \"b", "f:1:4: a quoted text that does not end"},
                      Case{"a: 'b\nc: d\n", "f:1:4: a quoted text that does not end"},
                      Case{"a: \"x\nb: \"y\"\n", "f:1:4: a quoted text that does not end"},
                      Case{"a: \"x\nb: \"\n", "f:1:4: a quoted text that does not end"},
                      Case{"a: \"x\\", "f:1:4: a quoted text that does not end"},
                      Case{"x:\n  - a: \"b\n  - c\n", "f:2:8: a quoted text that does not end"},
                      Case{"a: ['x, 'y']\n", "f:1:10: text behind the closing quote"},
                      Case{"a: \"b\" c\n", "f:1:8: text behind the closing quote"},
                      Case{"a: 'b'c\n", "f:1:7: text behind the closing quote"},
                      Case{"a: \"b\"#c\n", "f:1:7: text behind the closing quote"},
                      Case{"\"a\":b", "f:1:4: text after the end"},
                      Case{"a: [1, 2", "f:1:4: a '[' that is never closed"},
                      Case{"a: {b: 1\n", "f:1:4: a '{' that is never closed"},
                      Case{"a:\n  - [[1], [2]\n  # end\n", "f:2:5: a '[' that is never closed"},
                      Case{"a: [1,\nb: 2\n", "f:1:4: a '[' that is never closed"},
                      Case{"a: [1}\n", "f:1:6: a closing bracket"},
                      Case{"a: [1,\nb: 2\nc: d\n", "f:3:2: text that does not belong here"},
                      Case{"a: {b: ${C}}\n", "f:1:8: a variable inside brackets"},
                      Case{"a: ]\n", "f:1:4: a closing bracket"},
                      Case{"a: [b, , c]", "f:1:8: an empty entry"}, Case{"a: [,]", "f:1:5: an empty entry"},
                      Case{"a: [b: c]", "f:1:5: a key and value among list entries"},
                      Case{"a: \"\\q\"\n", "f:1:"}, Case{"a: \"\\x4\"\n", "f:1:"}));
INSTANTIATE_TEST_SUITE_P(
    KeysAndLayout, Refuses,
    ::testing::Values(
        Case{"a:\nb # c\nd: e\n", "f:2:1: a value that is not indented"},
        Case{"a: x\n  y\n", "f:1:4: a text that goes on"}, Case{"[a\n b]", "f:1:2: a text that goes on"},
        Case{"a:\n  - x\n    - y\n", "f:2:5: a text that goes on"}, Case{"a:\nb\nc: d\n", "f:3:2: "},
        Case{"a:\n'b'\n", "f:2:1: a value that is not indented"},
        Case{"a:\n[1]\n", "f:2:1: a value that is not indented"},
        Case{"a:\n  b:\n  c\n", "f:3:3: \"c\" has no value"}, Case{"-\n'x'\n", "f:2:1: "},
        Case{"a:\n-b\n", "f:2:1: \"-b\" has no value"},
        Case{"a: 1\na: 2\n", "f:2:1: the key \"a\" a second time (first at 1:1)"},
        Case{"x: {a: 1, \"a\": 2}\n", "f:1:11: the key \"a\" a second time (first at 1:5)"},
        Case{"a: 1\nb\n", "f:2:1: \"b\" has no value"}, Case{"{a, b: 1}", "f:1:2: \"a\" has no value"},
        Case{"? a\n: b\n", "f:1:3: a key behind '?'"}, Case{"[a]: b\n", "f:1:1: a list or map as a key"},
        Case{"{a: b}: c\n", "f:1:1: a list or map as a key"}, Case{": a\n", "f:1:1: a value without a key"},
        Case{"~: a\n", "f:1:1: a value without a key"}, Case{"${A}: b\n", "f:1:1: a variable in a key"},
        Case{"a:\n\tb: 1\n", "f:2:1: a tab"}, Case{"a:\n  b: 1\n \tc: 2\n", "f:3:2: a tab"},
        Case{"-\t- a\n", "f:1:2: a tab"}, Case{"a: b: c\n", "f:1:5: a ':' that cannot be here"},
        Case{"a: 1\n  b: 2\n", "f:1:4: a text that goes on"},
        Case{"a:\n  b: 1\n c: 2\n", "f:3:2: text that does not fit"},
        Case{"a: - b\n", "f:1:4: a '-' that cannot be here"}, Case{"a: @x\n", "f:1:4: a text cannot begin"},
        Case{"a: `x`\n", "f:1:4: a text cannot begin"}, Case{"a: |x\n  y\n", "f:1:5: text behind | or >"},
        Case{"a: 1\n- b\n", "f:2:1: text that does not fit"}));
INSTANTIATE_TEST_SUITE_P(NumbersAndBytes, Refuses,
                         ::testing::Values(Case{"a: 010\n", "f:1:4: a number with a leading zero"},
                                           Case{"- -007\n", "f:1:3: a number with a leading zero"},
                                           Case{"[00]", "f:1:2: a number with a leading zero"},
                                           Case{"a: 99999999999999999999\n", "f:1:4: a number beyond"},
                                           Case{"a: 1e999\n", "f:1:4: a number beyond"},
                                           Case{"a: .inf\n", "f:1:4: a number that is not finite"},
                                           Case{"a: .NaN\n", "f:1:4: a number that is not finite"},
                                           Case{std::string_view("a: \0\n", 5),
                                                "f:1:4: the character U+0000"},
                                           Case{"a: b\x04\nc: d\n", "f:1:5: the character U+0004"},
                                           Case{"ñ: \xff\n", "f:1:4: this byte is not UTF-8"},
                                           Case{"a: \xc0\xaf\n", "f:1:4: this byte is not UTF-8"},
                                           Case{"a: \xed\xa0\x80\n", "f:1:4: this byte is not UTF-8"},
                                           Case{"a: \xf4\x90\x80\x80\n", "f:1:4: this byte is not UTF-8"},
                                           Case{"a: \xc3", "f:1:4: this byte is not UTF-8"},
                                           Case{"a: x\xEF\xBB\xBFy\n", "f:1:5: the character U+FEFF"},
                                           Case{"a: 1\rb: 2\n", "f:1:5: the character U+000D"},
                                           Case{"a: \x7f\n", "f:1:4: the character U+007F"},
                                           Case{"a: \xc2\x85\n", "f:1:4: the character U+0085"},
                                           Case{std::string_view("\xff\xfe"
                                                                 "a\0:\0",
                                                                 6),
                                                "f:1:1: this byte is not UTF-8"}));

TEST(ParseYaml, TellsAllFaultsInTheOrderOfTheFile) {
    EXPECT_EQ(
        fault_of("a: 010\nb: &x 1\na: 2\n\tc: ${}\n"),
        "f:1:4: a number with a leading zero, which some read as octal; expected it without the zero, or in "
        "quotes if it is a text\n"
        "f:2:4: an anchor (&name), expected the value itself\n"
        "f:3:1: the key \"a\" a second time (first at 1:1), expected each key once\n"
        "f:4:1: a tab in the indentation, expected spaces");
}

TEST(ParseYaml, CountsColumnsInCharacters) {
    EXPECT_EQ(fault_of("ñandú: {é: 010}\n").substr(0, 7), "f:1:12:");
}

TEST(ParseYaml, GoesThirtyTwoLevelsDeepAndNotFurther) {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_EQ(json_of(nested(32)), nested(32));
    EXPECT_EQ(fault_of(nested(33)), "f:1:33: nested too deep, expected at most 32 levels");
    std::string block;
    for (std::size_t depth = 0; depth < 40; ++depth) block += std::string(depth, ' ') + "a:\n";
    EXPECT_EQ(fault_of(block), "f:33:33: nested too deep, expected at most 32 levels");
}

TEST(ParseYaml, EndsSoonOnInputThatOnlyOpens) {
    const auto begin = std::chrono::steady_clock::now();
    for (const std::string_view piece :
         {"[",   "{",     "- ", "? ",  ": ", "a: [{", "[\n",     "\"", "'",  "&a ", "*a ",
          "!a ", "---\n", ",",  "|\n", "#",  "\n",    "a: \"\n", "]",  "\\", "[1,", "{a: "}) {
        std::string text;
        while (text.size() < 200'000) text += piece;
        const Result<Node> node = parse_yaml(text, "f", no_variables());
        EXPECT_TRUE(node || node.error().what.starts_with("f:")) << piece;
    }
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30));
}

TEST(ParseYaml, ReadsALargeFileInTimeThatGrowsWithIt) {
    std::string lines, flow = "[";
    for (int i = 0; i < 50'000; ++i) {
        lines += "key" + std::to_string(i) + ": value\n";
        flow += "{\"k\": \"v\"},";
    }
    flow += "1]";
    const auto begin = std::chrono::steady_clock::now();
    const Result<Node> map = parse_yaml(lines, "f", no_variables());
    ASSERT_TRUE(map) << map.error().what;
    EXPECT_EQ(map->members().size(), 50'000u);
    EXPECT_EQ(map->members().back().second.place().line, 50'000u);
    const Result<Node> list = parse_yaml(flow, "f", no_variables());
    ASSERT_TRUE(list) << list.error().what;
    EXPECT_EQ(list->items().size(), 50'001u);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30));
}

TEST(ParseYaml, RefusesMoreThanSixteenMebibytes) {
    const std::string text((16u << 20) + 1, '#');
    EXPECT_EQ(fault_of(text), "f:1:1: too long, expected at most 16777216 bytes");
}

TEST(ParseYaml, ListsAHundredFaultsAndSaysThatThereAreMore) {
    std::string text;
    for (int i = 0; i < 500; ++i) text += "- 010\n";
    const std::string fault = fault_of(text);
    EXPECT_EQ(std::count(fault.begin(), fault.end(), '\n'), 100);
    EXPECT_NE(fault.find("and more faults"), std::string::npos);
}

TEST(ParseYaml, SaysWhereEachValueIs) {
    const Result<Node> root = parse_yaml("a:\n  b: [x, 'y']\nc:\nd: |\n  z\n", "f", no_variables());
    ASSERT_TRUE(root);
    EXPECT_EQ(root->at_pointer("/a").place().text(), "f:2:3");
    EXPECT_EQ(root->at_pointer("/a").key_place().text(), "f:1:1");
    EXPECT_EQ(root->at_pointer("/a/b/1").place().text(), "f:2:10");
    EXPECT_TRUE(root->at_pointer("/a/b/1").quoted());
    EXPECT_EQ(root->at_pointer("/c").place().text(), "f:3:1");
    EXPECT_EQ(root->at_pointer("/d").place().text(), "f:4:4");
}

TEST(ReadYaml, NamesTheFileThatIsNotThere) {
    const TemporaryDirectory directory;
    const Result<Node> missing = read_yaml(directory.path() / "no.yaml", no_variables());
    ASSERT_FALSE(missing);
    EXPECT_NE(missing.error().what.find("no.yaml: there is no such file"), std::string::npos)
        << missing.error().what;
    const Result<Node> folder = read_yaml(directory.path(), no_variables());
    ASSERT_FALSE(folder);
    EXPECT_NE(folder.error().what.find("this is a directory"), std::string::npos) << folder.error().what;
}

TEST(ReadYaml, RefusesADeviceWithoutEnd) {
    const Result<Node> node = read_yaml("/dev/zero", no_variables());
    ASSERT_FALSE(node);
    EXPECT_NE(node.error().what.find("expected at most 16777216"), std::string::npos) << node.error().what;
}

TEST(ReadYaml, ReadsAFileAndNamesItInFaults) {
    const TemporaryDirectory directory;
    const auto file = directory.write("a.yaml", "a: 1\nb: 010\n");
    const Result<Node> node = read_yaml(file, no_variables());
    ASSERT_FALSE(node);
    EXPECT_EQ(node.error().code, Error::Code::kConfig);
    EXPECT_EQ(node.error().what.find(file.string() + ":2:4: "), 0u) << node.error().what;
}

}  // namespace
}  // namespace migue::host::config
