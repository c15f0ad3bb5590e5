#include "host/config/variables.hpp"

#include <gtest/gtest.h>

#include "tests/host/config/config_fixture.hpp"

namespace migue::host::config {
namespace {

const Variables kVariables = variables_from({{"NAME", "value"},
                                             {"EMPTY", ""},
                                             {"NESTED", "${NAME}"},
                                             {"NUMBER", "8080"},
                                             {"ZERO", "0123"},
                                             {"NULL_WORD", "null"},
                                             {"BIG", "99999999999999999999"},
                                             {"BINARY", "topsecret\xff"},
                                             {"YAML", "x: [y\n"}});

TEST(ReplaceVariables, PutsValuesIn) {
    EXPECT_EQ(replace_variables("a ${NAME} b${NAME}", kVariables).text, "a value bvalue");
    EXPECT_EQ(replace_variables("${EMPTY}", kVariables).text, "");
    EXPECT_TRUE(replace_variables("${EMPTY}", kVariables).is_replaced);
    EXPECT_FALSE(replace_variables("$NAME $ {NAME}", kVariables).is_replaced);
}

TEST(ReplaceVariables, KeepsEscapedSigns) {
    const Replacement replacement = replace_variables("$${NAME} ${NAME} $$", kVariables);
    EXPECT_EQ(replacement.text, "${NAME} value $$");
    EXPECT_TRUE(replacement.faults.empty());
    EXPECT_FALSE(replace_variables("$${NAME}", kVariables).is_replaced);
}

TEST(ReplaceVariables, DoesNotLookIntoValues) {
    EXPECT_EQ(replace_variables("${NESTED}", kVariables).text, "${NAME}");
}

TEST(ReplaceVariables, TellsEachFault) {
    EXPECT_EQ(replace_variables("${NO} ${NEITHER}", kVariables).faults.size(), 2u);
    for (const std::string_view text : {"${", "${}", "${A", "${1A}", "${A-B}", "${A B}"}) {
        EXPECT_EQ(replace_variables(text, kVariables).faults.size(), 1u) << text;
    }
}

TEST(VariablesInYaml, AreTypedOnlyWhereNothingIsLost) {
    const Result<Node> node = parse_yaml(
        "a: ${NUMBER}\nb: \"${NUMBER}\"\nc: ${ZERO}\nd: ${NULL_WORD}\ne: ${EMPTY}\nf: ${BIG}\ng: ${YAML}\n",
        "f", kVariables);
    ASSERT_TRUE(node) << node.error().what;
    EXPECT_EQ(node->to_json(),
              R"({"a":8080,"b":"8080","c":"0123","d":"null","e":"","f":"99999999999999999999",)"
              "\"g\":\"x: [y\\n\"}");
    EXPECT_TRUE(node->find("a")->from_variable());
}

TEST(VariablesInYaml, AreFaultsWithTheirPlaceWhenMissing) {
    const Result<Node> node = parse_yaml("a:\n  - x\n  - \"${MISSING}\"\nb: |\n  ${GONE}\n", "f", kVariables);
    ASSERT_FALSE(node);
    EXPECT_EQ(node.error().what,
              "f:3:5: the variable MISSING is not set, expected it in the environment\n"
              "f:4:4: the variable GONE is not set, expected it in the environment");
}

TEST(VariablesInYaml, AreNotReplacedInComments) {
    EXPECT_TRUE(parse_yaml("a: 1 # ${MISSING}\n", "f", kVariables));
}

TEST(VariablesInYaml, NeverShowAValueInAFault) {
    const Result<Node> node = parse_yaml("a: ${BINARY}\n", "f", kVariables);
    ASSERT_FALSE(node);
    EXPECT_EQ(node.error().what.find("topsecret"), std::string::npos) << node.error().what;
    EXPECT_NE(node.error().what.find("f:1:4: the variable BINARY"), std::string::npos) << node.error().what;
}

TEST(Environment, ReadsTheProcessEnvironment) {
    ASSERT_EQ(setenv("MIGUE_CONFIG_TEST", "here", 1), 0);
    std::string value;
    EXPECT_TRUE(environment()("MIGUE_CONFIG_TEST", value));
    EXPECT_EQ(value, "here");
    unsetenv("MIGUE_CONFIG_TEST");
    EXPECT_FALSE(environment()("MIGUE_CONFIG_TEST", value));
}

}  // namespace
}  // namespace migue::host::config
