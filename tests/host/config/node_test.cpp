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

TEST(Node, FindsMembersByKey) {
    const Node node = parsed("a: 1\nb: [2]\n");
    ASSERT_NE(node.find("b"), nullptr);
    EXPECT_EQ(node.find("b")->items().size(), 1u);
    EXPECT_EQ(node.find("c"), nullptr);
    EXPECT_EQ(node.find("a")->find("x"), nullptr);
}

TEST(Node, FollowsAPointerAsFarAsItLeads) {
    const Node node = parsed("a/b: {c~d: [x, y]}\n");
    EXPECT_EQ(node.at_pointer("/a~1b/c~0d/1").scalar(), "y");
    EXPECT_EQ(&node.at_pointer(""), &node);
    EXPECT_EQ(node.at_pointer("/a~1b/c~0d/7").kind(), Node::Kind::kSequence);
    EXPECT_EQ(node.at_pointer("/a~1b/c~0d/x").kind(), Node::Kind::kSequence);
    EXPECT_EQ(node.at_pointer("/a~1b/none/deeper").find("c~d"), node.find("a/b")->find("c~d"));
    EXPECT_EQ(&node.at_pointer("/none"), &node);
    EXPECT_EQ(&node.at_pointer("none"), &node);
}

TEST(Node, WritesJsonWithEscapes) {
    EXPECT_EQ(parsed("a: \"\\\"\\\\\\n\"\n").to_json(), R"({"a":"\"\\\n"})");
    EXPECT_EQ(parsed("\"k\\\"\": 1\n").to_json(), R"({"k\"":1})");
}

TEST(Node, KeepsItsTreeWhenTheOriginalIsGone) {
    auto original = std::make_unique<Node>(parsed("a: {b: c}\n"));
    const Node copy = *original;
    original.reset();
    EXPECT_EQ(copy.at_pointer("/a/b").scalar(), "c");
}

TEST(Faults, JoinsThemOneALine) {
    Faults faults;
    EXPECT_TRUE(faults.empty());
    faults.add({"f", 1, 2}, "this");
    faults.add({"f", 3, 4}, "that");
    EXPECT_EQ(faults.size(), 2u);
    EXPECT_EQ(faults.error().what, "f:1:2: this\nf:3:4: that");
    EXPECT_EQ(faults.error().code, Error::Code::kConfig);
}

}  // namespace
}  // namespace migue::host::config
