#include <gtest/gtest.h>

#include "host/config/yaml.hpp"
#include "tests/host/config/config_fixture.hpp"

namespace migue::host::config {
namespace {

Node parsed(std::string_view text) {
    Result<Node> node = parse_yaml(text, "f", no_variables());
    EXPECT_TRUE(node) << node.error().what;
    return node ? std::move(node).value() : Node();
}

TEST(MapReader, ReadsTypedValues) {
    const Node node = parsed("t: text\ni: 5\nn: 1.5\nm: 2\nb: true\nl: [a, 1]\nc: {x: 1}\n");
    Faults faults;
    MapReader map(node, faults);
    EXPECT_EQ(map.text("t"), "text");
    EXPECT_EQ(map.text("i", "none"), "5");
    EXPECT_EQ(map.integer("i", 0, 1, 9), 5);
    EXPECT_DOUBLE_EQ(map.number("n", 0, 0, 2), 1.5);
    EXPECT_DOUBLE_EQ(map.number("m", 0, 0, 2), 2.0);
    EXPECT_TRUE(map.boolean("b", false));
    EXPECT_EQ(map.texts("l"), (std::vector<std::string>{"a", "1"}));
    ASSERT_NE(map.child("c"), nullptr);
    map.done();
    EXPECT_TRUE(faults.empty()) << faults.error().what;
}

TEST(MapReader, GivesDefaultsForAbsentKeys) {
    const Node node = parsed("");
    Faults faults;
    MapReader map(node, faults);
    EXPECT_EQ(map.text("t", "x"), "x");
    EXPECT_EQ(map.integer("i", 7, 0, 9), 7);
    EXPECT_DOUBLE_EQ(map.number("n", 2.5, 0, 9), 2.5);
    EXPECT_TRUE(map.boolean("b", true));
    EXPECT_TRUE(map.texts("l").empty());
    EXPECT_EQ(map.child("c"), nullptr);
    map.done();
    EXPECT_TRUE(faults.empty()) << faults.error().what;
}

TEST(MapReader, CollectsEveryFaultAndReadsOn) {
    const Node node =
        parsed("t: [a]\ni: 50\nj: 1.5\nk: \"5\"\nn: x\nb: \"true\"\nl: a\nm: [a, [b]]\nlst: 1\n");
    Faults faults;
    MapReader map(node, faults);
    (void)map.text("t");
    (void)map.text("gone");
    EXPECT_EQ(map.required("away"), nullptr);
    EXPECT_EQ(map.integer("i", 3, 1, 9), 3);
    EXPECT_EQ(map.integer("j", 3, 1, 9), 3);
    EXPECT_EQ(map.integer("k", 3, 1, 9), 3);
    EXPECT_DOUBLE_EQ(map.number("n", 0, 0, 1), 0);
    EXPECT_FALSE(map.boolean("b", false));
    EXPECT_TRUE(map.texts("l").empty());
    EXPECT_EQ(map.texts("m"), std::vector<std::string>{"a"});
    (void)map.child("list");
    map.done();
    const std::vector<std::string> expected = {
        "f:1:4: \"t\" is a list, expected a text",
        "f:1:1: the key \"gone\" is missing, expected it here",
        "f:1:1: the key \"away\" is missing, expected it here",
        "f:2:4: \"i\" is out of range, expected a whole number from 1 to 9",
        "f:3:4: \"j\" is no whole number, expected a whole number from 1 to 9",
        "f:4:4: \"k\" is no whole number, expected a whole number from 1 to 9",
        "f:5:4: \"n\" is no number, expected a number from 0 to 1",
        "f:6:4: \"b\" is no yes-or-no, expected true or false",
        "f:7:4: \"l\" is a single value, expected a list of texts",
        "f:8:8: an entry of \"m\" is a list, expected a text",
        "f:9:1: unknown key \"lst\", did you mean \"list\"?",
    };
    EXPECT_EQ(faults.lines(), expected);
}

TEST(MapReader, PlacesAMissingKeyAtTheSection) {
    const Node node = parsed("x: 1\nsection:\n  a: 1\n");
    Faults faults;
    MapReader map(*node.find("section"), faults);
    (void)map.text("b");
    ASSERT_EQ(faults.size(), 1u);
    EXPECT_EQ(faults.lines()[0], "f:2:1: the key \"b\" is missing, expected it here");
}

TEST(MapReader, ListsTheKeysWhenNoneIsNear) {
    const Node node = parsed("zzzzzz: 1\n");
    Faults faults;
    MapReader map(node, faults);
    (void)map.text("listen", "");
    (void)map.text("public_url", "");
    map.done();
    ASSERT_EQ(faults.size(), 1u);
    EXPECT_EQ(faults.lines()[0], "f:1:1: unknown key \"zzzzzz\", expected one of: listen, public_url");
}

TEST(MapReader, RefusesWhatIsNoMapOnce) {
    const Node node = parsed("[a]\n");
    Faults faults;
    MapReader map(node, faults);
    (void)map.text("a");
    map.done();
    ASSERT_EQ(faults.size(), 1u);
    EXPECT_EQ(faults.lines()[0], "f:1:1: this is a list, expected \"key: value\" lines");
}

TEST(MapReader, RefusesATextThatIsNull) {
    const Node node = parsed("a:\nb: ~\n");
    Faults faults;
    MapReader map(node, faults);
    (void)map.text("a");
    (void)map.text("b", "default");
    EXPECT_EQ(faults.size(), 2u);
    EXPECT_EQ(faults.lines()[0], "f:1:1: \"a\" is empty, expected a text");
}

}  // namespace
}  // namespace migue::host::config
