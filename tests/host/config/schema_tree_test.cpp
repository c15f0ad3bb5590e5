#include "host/config/schema_tree.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace migue::host::config {
namespace {

std::string expanded(std::string_view schema) {
    const auto result = read_schema(schema);
    return result ? result->dump() : result.error().what;
}

TEST(ReadSchema, WritesReferencesOut) {
    EXPECT_EQ(
        expanded(R"({"properties":{"a":{"$ref":"#/definitions/t"}},"definitions":{"t":{"type":"string"}}})"),
        R"({"properties":{"a":{"type":"string"}}})");
}

TEST(ReadSchema, KeepsMarksAndDefaultsBesideAReference) {
    EXPECT_EQ(
        expanded(
            R"({"items":{"$ref":"#/definitions/t","x-secret":true,"default":1,"type":"null"},"definitions":{"t":{"type":"string"}}})"),
        R"({"items":{"type":"string","x-secret":true,"default":1}})");
}

TEST(ReadSchema, LeavesValuesAlone) {
    constexpr std::string_view schema =
        R"({"enum":[{"$ref":"#/x"}],"default":{"$ref":"#/x"},"properties":{"$ref":{"type":"string"}}})";
    EXPECT_EQ(expanded(schema), schema);
}

TEST(ReadSchema, RefusesNestingWithoutEnd) {
    std::string schema;
    for (int i = 0; i < 100; ++i) schema += R"({"items":)";
    schema += "{}" + std::string(100, '}');
    EXPECT_NE(expanded(schema).find("nested too deep"), std::string::npos);
}

TEST(MemberSchemas, FollowPatternsBranchesAndIndexes) {
    const auto schema = read_schema(
        R"({"properties":{"a":{"title":"1"}},"patternProperties":{"^b":{"title":"2"}},"additionalProperties":{"title":"3"},
            "allOf":[{"properties":{"a":{"title":"4"}}}],"items":[{"title":"5"}],"additionalItems":{"title":"6"}})");
    ASSERT_TRUE(schema) << schema.error().what;
    const auto titles = [&schema](std::string_view member, bool is_index) {
        std::string joined;
        for (const auto* part : member_schemas(*schema, member, is_index))
            joined += part->at("title").get<std::string>();
        return joined;
    };
    EXPECT_EQ(titles("a", false), "14");
    EXPECT_EQ(titles("bc", false), "2");
    EXPECT_EQ(titles("c", false), "3");
    EXPECT_EQ(titles("0", true), "5");
    EXPECT_EQ(titles("1", true), "6");
}

TEST(FillDefaults, GoesIntoListsAndAllOf) {
    const auto schema = read_schema(R"({"properties":{"l":{"items":{"properties":{"n":{"default":1}}}}},
                                        "allOf":[{"properties":{"x":{"default":"y"}}}]})");
    ASSERT_TRUE(schema) << schema.error().what;
    auto value = nlohmann::ordered_json::parse(R"({"l":[{},{"n":2}]})");
    fill_defaults(*schema, value);
    EXPECT_EQ(value.dump(), R"({"l":[{"n":1},{"n":2}],"x":"y"})");
}

}  // namespace
}  // namespace migue::host::config
