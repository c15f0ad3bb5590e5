#include <thread>

#include "schema_fixture.hpp"

namespace migue::sql {

using nlohmann::json;

TEST_F(NotesTest, BindsParametersByNameWhateverTheirOrder) {
    const json found =
        rows(schema(), {{"INSERT INTO notes.note (body, id) VALUES ($2, $1)", R"(["a","text"])"},
                        {"SELECT id, body FROM notes.note"}});
    EXPECT_EQ(found, json::parse(R"([{"id":"a","body":"text"}])"));
}

TEST_F(NotesTest, BindsARepeatedParameterEverywhere) {
    const json found = rows(schema(), {{"SELECT $2 AS b, $1 AS a, $1 AS again, $2 AS b2", R"(["x","y"])"}});
    EXPECT_EQ(found, json::parse(R"([{"a":"x","again":"x","b":"y","b2":"y"}])"));
}

TEST_F(NotesTest, KeepsTypesOnTheWayInAndOut) {
    const json found = rows(
        schema(), {{"INSERT INTO notes.note VALUES ($1, $2, $3, $4)", R"(["a",null,9007199254740993,3])"},
                   {"SELECT * FROM notes.note"}});
    EXPECT_EQ(found.dump(), R"([{"at":9007199254740993,"body":null,"id":"a","weight":3.0}])");
}

TEST_F(NotesTest, TellsHowManyRowsChanged) {
    const SqliteSchema::Outcome outcome =
        execute(schema(), {{"INSERT INTO notes.note (id) VALUES ('a'), ('b'), ('c')"},
                           {"UPDATE notes.note SET body = 'x' WHERE id <> 'a'"},
                           {"SELECT id FROM notes.note WHERE id = 'a'"},
                           {"DELETE FROM notes.note WHERE id = 'nobody'"}});
    ASSERT_EQ(outcome.status, MIGUE_OK) << outcome.why;
    EXPECT_EQ(json::parse(outcome.json), json::parse(R"([{"changed":3,"rows":[]},{"changed":2,"rows":[]},
                              {"changed":0,"rows":[{"id":"a"}]},{"changed":0,"rows":[]}])"));
}

TEST_F(NotesTest, ReturnsTheRowsOfAConditionInsideTheStatement) {
    const Sql take{
        "INSERT INTO notes.note (id, at) SELECT $1, $2 WHERE NOT EXISTS "
        "(SELECT 1 FROM notes.note WHERE at = $2) RETURNING id",
        R"(["a",5])"};
    EXPECT_EQ(rows(schema(), {take}), json::parse(R"([{"id":"a"}])"));
    EXPECT_EQ(rows(schema(), {take}), json::array());
}

TEST_F(NotesTest, RunsWithAndUpsert) {
    const Sql put{
        "WITH new AS (SELECT $1 AS id) INSERT INTO notes.note (id, at) SELECT id, 1 FROM new WHERE true "
        "ON CONFLICT (id) DO UPDATE SET at = note.at + excluded.at RETURNING at",
        R"(["a"])"};
    EXPECT_EQ(rows(schema(), {put}), json::parse(R"([{"at":1}])"));
    EXPECT_EQ(rows(schema(), {put}), json::parse(R"([{"at":2}])"));
    EXPECT_EQ(rows(schema(), {{"WITH n AS (SELECT id FROM notes.note) SELECT count(*) AS c FROM n"}}),
              json::parse(R"([{"c":1}])"));
}

TEST_F(NotesTest, RollsEverythingBackWhenARequiredRowIsMissing) {
    const SqliteSchema::Outcome outcome =
        execute(schema(), {{"INSERT INTO notes.note (id) VALUES ('a')"},
                           {"UPDATE notes.note SET at = 1 WHERE id = 'b'", "[]", MIGUE_SQL_REQUIRE_ROW}});
    EXPECT_EQ(outcome.status, MIGUE_E_CONFLICT);
    EXPECT_EQ(outcome.json, R"({"statement":1})");
    EXPECT_EQ(rows(schema(), {{"SELECT id FROM notes.note"}}), json::array());
}

TEST_F(NotesTest, ARequiredRowMayBeReadOrChanged) {
    const SqliteSchema::Outcome outcome =
        execute(schema(), {{"INSERT INTO notes.note (id) VALUES ('a')", "", MIGUE_SQL_REQUIRE_ROW},
                           {"SELECT id FROM notes.note", "", MIGUE_SQL_REQUIRE_ROW}});
    EXPECT_EQ(outcome.status, MIGUE_OK) << outcome.why;
}

struct ConflictCase {
    const char* name;
    const char* text;
};
class Conflict : public NotesTest, public ::testing::WithParamInterface<ConflictCase> {};
TEST_P(Conflict, NamesTheStatementAndLeavesNothing) {
    ASSERT_EQ(execute(schema(), {{"INSERT INTO notes.note (id) VALUES ('a')"}}).status, MIGUE_OK);
    const SqliteSchema::Outcome outcome =
        execute(schema(), {{"INSERT INTO notes.note (id) VALUES ('b')"}, {GetParam().text}});
    EXPECT_EQ(outcome.status, MIGUE_E_CONFLICT) << outcome.why;
    EXPECT_EQ(outcome.json, R"({"statement":1})");
    EXPECT_EQ(rows(schema(), {{"SELECT id FROM notes.note"}}).size(), 1u);
}
INSTANTIATE_TEST_SUITE_P(
    Constraints, Conflict,
    ::testing::Values(ConflictCase{"Unique", "INSERT INTO notes.note (id) VALUES ('a')"},
                      ConflictCase{"Check", "UPDATE notes.note SET at = -1"},
                      ConflictCase{"NotNull", "INSERT INTO notes.tag (note_id) VALUES ('a')"},
                      ConflictCase{"ForeignKey", "INSERT INTO notes.tag VALUES ('zz', 't')"}),
    [](const auto& tested) { return tested.param.name; });

TEST_F(NotesTest, ADeferredConstraintIsAConflictOfTheLastStatement) {
    ASSERT_TRUE(migrate(schema(), {{"2",
                                    "CREATE TABLE notes.link (note_id TEXT REFERENCES note (id) "
                                    "DEFERRABLE INITIALLY DEFERRED)"}}));
    const Sql link{"INSERT INTO notes.link VALUES ('a')"};
    const Sql note{"INSERT INTO notes.note (id) VALUES ('a')"};
    const SqliteSchema::Outcome alone = execute(schema(), {{"SELECT 1 AS one"}, link});
    EXPECT_EQ(alone.status, MIGUE_E_CONFLICT) << alone.why;
    EXPECT_EQ(alone.json, R"({"statement":1})");
    EXPECT_EQ(execute(schema(), {link, note}).status, MIGUE_OK) << "nothing of the first try is left";
}

struct RefusedCase {
    const char* name;
    std::string text;
    std::string params;
    const char* why;
};
class Refused : public NotesTest, public ::testing::WithParamInterface<RefusedCase> {};
TEST_P(Refused, IsInvalidAndSaysWhy) {
    const SqliteSchema::Outcome outcome = execute(schema(), {{GetParam().text, GetParam().params}});
    EXPECT_EQ(outcome.status, MIGUE_E_INVALID);
    EXPECT_NE(outcome.why.find(GetParam().why), std::string::npos) << outcome.why;
    EXPECT_EQ(outcome.why.find("secret"), std::string::npos) << "a parameter's value in: " << outcome.why;
}
INSTANTIATE_TEST_SUITE_P(
    Statements, Refused,
    ::testing::Values(
        RefusedCase{"Empty", "", "[]", "only SELECT"},
        RefusedCase{"OnlyAComment", "-- SELECT 1", "[]", "only SELECT"},
        RefusedCase{"UnclosedComment", "/* SELECT 1", "[]", "only SELECT"},
        RefusedCase{"Replace", "REPLACE INTO notes.note (id) VALUES ('a')", "[]", "only SELECT"},
        RefusedCase{"Values", "VALUES (1)", "[]", "only SELECT"},
        RefusedCase{"Explain", "EXPLAIN SELECT 1", "[]", "only SELECT"},
        RefusedCase{"VerbWithLongerName", "SELECTED", "[]", "only SELECT"},
        RefusedCase{"SecondStatement", "SELECT 1; SELECT 2", "[]", "text after the statement"},
        RefusedCase{"TextAfterNul", std::string("SELECT 1\0 SELECT 2", 18), "[]", "NUL"},
        RefusedCase{"Syntax", "SELECT FROM WHERE", "[]", "syntax error"},
        RefusedCase{"UnknownColumn", "SELECT nope FROM notes.note", "[]", "no such column"},
        RefusedCase{"DoubleQuotedString", "SELECT \"text\" AS a", "[]", "no such column"},
        RefusedCase{"PlainParameter", "SELECT ?", "[1]", "write $1"},
        RefusedCase{"NumberedParameter", "SELECT ?1", "[1]", "write $1"},
        RefusedCase{"NamedParameter", "SELECT :a", "[1]", "write $1"},
        RefusedCase{"PostgresCast", "SELECT $1::text AS a", "[1]", "CAST($1 AS"},
        RefusedCase{"LeadingZero", "SELECT $01", "[1]", "write $1"},
        RefusedCase{"GapInParameters", "SELECT $1 AS a, $3 AS b", "[1,2,3]", "none left out"},
        RefusedCase{"TooFewParameters", "SELECT $1 AS a, $2 AS b", R"(["secret"])",
                    "2 parameters, 1 were given"},
        RefusedCase{"TooManyParameters", "SELECT $1 AS a", R"(["secret","b"])", "1 parameters, 2 were given"},
        RefusedCase{"ParamsNoArray", "SELECT $1 AS a", R"({"1":"secret"})", "not a JSON array"},
        RefusedCase{"ParamsNoJson", "SELECT $1 AS a", R"(["secret)", "not a JSON array"},
        RefusedCase{"ParamsBadUtf8", "SELECT $1 AS a", "[\"secret\xff\"]", "not a JSON array"},
        RefusedCase{"ParamBoolean", "SELECT $1 AS a", "[true]", "$1 is neither"},
        RefusedCase{"ParamObject", "SELECT $1 AS a, $2 AS b", R"([1,{"secret":1}])", "$2 is neither"},
        RefusedCase{"ParamTooLarge", "SELECT $1 AS a", "[9223372036854775808]", "too large for BIGINT"},
        RefusedCase{"ParamNul", "SELECT $1 AS a", R"(["secret\u0000"])", "NUL"},
        RefusedCase{"Blob", "SELECT x'00' AS a", "[]", "column a is a BLOB"},
        RefusedCase{"BadText", "SELECT CAST(x'ff' AS TEXT) AS a", "[]", "not valid UTF-8"},
        RefusedCase{"Infinite", "SELECT 9e999 AS a", "[]", "column a is infinite"},
        RefusedCase{"TwoColumnsOfOneName", "SELECT 1 AS a, 2 AS a", "[]", "two columns are named a"},
        RefusedCase{"HugeResult",
                    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9) "
                    "SELECT i, printf('%1000000d', i) AS t FROM n",
                    "[]", "is over"}),
    [](const auto& tested) { return tested.param.name; });

TEST_F(NotesTest, AllowsBlanksCommentsAndOneSemicolonAround) {
    EXPECT_EQ(rows(schema(), {{"  -- why\n /* and how */ select 1 AS a ; -- done\n"}}),
              json::parse(R"([{"a":1}])"));
}

TEST_F(NotesTest, AFailedStatementLeavesTheNextTransactionUnharmed) {
    EXPECT_EQ(execute(schema(), {{"INSERT INTO notes.note (id) VALUES ('a')"}, {"SELECT x'00' AS a"}}).status,
              MIGUE_E_INVALID);
    EXPECT_EQ(
        rows(schema(), {{"INSERT INTO notes.note (id) VALUES ('a')"}, {"SELECT id FROM notes.note"}}).size(),
        1u);
}

TEST_F(NotesTest, RunsOneTextTwiceInOneTransaction) {
    const std::string insert = "INSERT INTO notes.note (id) VALUES ($1)";
    EXPECT_EQ(
        rows(schema(), {{insert, R"(["a"])"}, {insert, R"(["b"])"}, {"SELECT id FROM notes.note"}}).size(),
        2u);
}

TEST_F(NotesTest, MoreStatementsThanTheCacheHoldsRunInOneTransaction) {
    std::vector<Sql> many;
    for (int i = 0; i < 200; ++i)
        many.push_back({"INSERT INTO notes.note (id, at) VALUES ($1, " + std::to_string(i) + ")",
                        "[\"" + std::to_string(i) + "\"]"});
    many.push_back({"SELECT count(*) AS c, sum(at) AS s FROM notes.note"});
    EXPECT_EQ(rows(schema(), many), json::parse(R"([{"c":200,"s":19900}])"));
}

TEST_F(NotesTest, AnEmptyListIsAnEmptyResult) {
    EXPECT_EQ(execute(schema(), {}).status, MIGUE_OK);
    EXPECT_EQ(execute(schema(), {}).json, "[]");
}

TEST_F(NotesTest, RefusesAStatementStructThatIsTooSmallOrHasUnknownFlags) {  // V3, V6
    const migue_sql_statement small{8, 0, to_c("SELECT 1"), {}};
    const migue_sql_statement* pointer = &small;
    EXPECT_EQ(schema().execute(&pointer, 1).status, MIGUE_E_INVALID);
    EXPECT_EQ(execute(schema(), {{"SELECT 1 AS a", "", 2}}).status, MIGUE_E_INVALID);
    EXPECT_EQ(execute(schema(), {{"SELECT 1 AS a", "", 0x20000}}).status, MIGUE_OK)
        << "high flags may be ignored";
}

TEST_F(NotesTest, SerialisesTransactionsOfManyThreads) {
    ASSERT_EQ(execute(schema(), {{"INSERT INTO notes.note (id, at) VALUES ('a', 0)"}}).status, MIGUE_OK);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([this] {
            for (int n = 0; n < 50; ++n)
                EXPECT_EQ(execute(schema(), {{"UPDATE notes.note SET at = at + 1"}}).status, MIGUE_OK);
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(rows(schema(), {{"SELECT at FROM notes.note"}}), json::parse(R"([{"at":200}])"));
}

}  // namespace migue::sql
