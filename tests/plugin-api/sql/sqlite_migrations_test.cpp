#include "schema_fixture.hpp"

namespace migue::sql {

using Names = std::vector<std::string>;

class MigrationsTest : public ::testing::Test {
protected:
    void SetUp() override {
        auto opened = SqliteSchema::open(":memory:", "notes");
        ASSERT_TRUE(opened) << opened.error().what;
        schema_ = std::move(opened).value();
    }
    std::unique_ptr<SqliteSchema> schema_;
};

TEST_F(MigrationsTest, RunInTheOrderOfTheirNamesAndOnce) {
    const std::vector<NamedSql> list{{"2_b", "ALTER TABLE notes.a ADD COLUMN y TEXT"},
                                     {"1_a", "CREATE TABLE notes.a (x TEXT);"}};
    const auto first = migrate(*schema_, list);
    ASSERT_TRUE(first) << first.error().what;
    EXPECT_EQ(*first, (Names{"1_a", "2_b"}));
    const auto second = migrate(*schema_, list);
    ASSERT_TRUE(second) << second.error().what;
    EXPECT_EQ(*second, Names{});
}

TEST_F(MigrationsTest, TablesOfALaterMigrationCanBeUsedAtOnce) {
    ASSERT_TRUE(migrate(*schema_, {{"1", "CREATE TABLE notes.a (x TEXT)"}}));
    const Sql use{"INSERT INTO notes.a (x) VALUES ('1') RETURNING x"};
    EXPECT_EQ(rows(*schema_, {use}).size(), 1u);
    const auto second =
        migrate(*schema_, {{"2", "ALTER TABLE notes.a ADD COLUMN y TEXT; CREATE TABLE notes.b (z TEXT)"}});
    ASSERT_TRUE(second) << second.error().what;
    EXPECT_EQ(rows(*schema_, {use}).size(), 1u) << "a statement prepared before goes on";
    EXPECT_EQ(execute(*schema_, {{"SELECT y, z FROM notes.a, notes.b"}}).status, MIGUE_OK);
    const auto unqualified = execute(*schema_, {{"SELECT y FROM a"}});
    EXPECT_NE(unqualified.why.find("without its schema"), std::string::npos) << unqualified.why;
}

TEST_F(MigrationsTest, OtherDialectsAreLeftAlone) {
    const auto applied = migrate(*schema_, {{"1", "CREATE TABLE notes.a (x TIMESTAMPTZ[])"}}, "postgres");
    ASSERT_TRUE(applied) << applied.error().what;
    EXPECT_EQ(*applied, Names{});
}

TEST_F(MigrationsTest, AFailureUndoesItsOwnAndNamesIt) {
    const auto applied =
        migrate(*schema_, {{"1_good", "CREATE TABLE notes.a (x TEXT)"},
                           {"2_bad", "CREATE TABLE notes.b (x TEXT); INSERT INTO notes.a VALUES (1, 2)"},
                           {"3_never", "CREATE TABLE notes.c (x TEXT)"}});
    ASSERT_FALSE(applied);
    EXPECT_EQ(applied.error().code, Error::Code::kInvalid);
    EXPECT_EQ(applied.error().what.find("migration 2_bad: statement 2: "), 0u) << applied.error().what;
    EXPECT_EQ(execute(*schema_, {{"SELECT x FROM notes.a"}}).status, MIGUE_OK) << "the first one stands";
    EXPECT_EQ(execute(*schema_, {{"SELECT x FROM notes.b"}}).status, MIGUE_E_INVALID);
    const auto mended = migrate(*schema_, {{"1_good", ""}, {"2_bad", "CREATE TABLE notes.b (x TEXT)"}});
    ASSERT_TRUE(mended) << mended.error().what;
    EXPECT_EQ(*mended, Names{"2_bad"});
}

struct ScriptCase {
    const char* name;
    const char* sql;
    bool ok;
};
class MigrationScript : public MigrationsTest, public ::testing::WithParamInterface<ScriptCase> {};
TEST_P(MigrationScript, StaysInItsSchema) {
    ASSERT_TRUE(migrate(*schema_, {{"1", "CREATE TABLE notes.t (x TEXT PRIMARY KEY, y BIGINT)"}}));
    const auto applied = migrate(*schema_, {{"2", GetParam().sql}});
    EXPECT_EQ(static_cast<bool>(applied), GetParam().ok) << (applied ? "" : applied.error().what);
}
INSTANTIATE_TEST_SUITE_P(
    Scripts, MigrationScript,
    ::testing::Values(
        ScriptCase{"Empty", " ; -- nothing\n", true},
        ScriptCase{"Index", "CREATE UNIQUE INDEX notes.t_y ON t (y) WHERE y > 0", true},
        ScriptCase{"View", "CREATE VIEW notes.v AS SELECT x FROM notes.t", true},
        ScriptCase{"Trigger",
                   "CREATE TRIGGER notes.only_add BEFORE DELETE ON t BEGIN SELECT RAISE(ABORT, 'no'); END",
                   true},
        ScriptCase{"AddColumn", "ALTER TABLE notes.t ADD COLUMN z TEXT NOT NULL DEFAULT ''", true},
        ScriptCase{"RenameColumn", "ALTER TABLE notes.t RENAME COLUMN y TO z", true},
        ScriptCase{"DropColumn", "ALTER TABLE notes.t DROP COLUMN y", true},
        ScriptCase{"RenameTable", "ALTER TABLE notes.t RENAME TO u", true},
        ScriptCase{"DropTable", "DROP TABLE notes.t", true},
        ScriptCase{"Fill", "INSERT INTO notes.t SELECT 'a', 1; UPDATE notes.t SET y = 2", true},
        ScriptCase{"WithoutRowid", "CREATE TABLE notes.s (x TEXT PRIMARY KEY) WITHOUT ROWID", true},
        ScriptCase{"ForeignKey", "CREATE TABLE notes.c (x TEXT REFERENCES t (x) ON DELETE CASCADE)", true},
        ScriptCase{"UnqualifiedTable", "CREATE TABLE u (x TEXT)", false},
        ScriptCase{"TemporaryTable", "CREATE TEMP TABLE u (x TEXT)", false},
        ScriptCase{"VirtualTable", "CREATE VIRTUAL TABLE notes.f USING fts5 (x)", false},
        ScriptCase{"UnqualifiedInsert", "INSERT INTO t VALUES ('a', 1)", false},
        ScriptCase{"Attach", "ATTACH ':memory:' AS other", false},
        ScriptCase{"Detach", "DETACH notes", false}, ScriptCase{"Pragma", "PRAGMA foreign_keys = OFF", false},
        ScriptCase{"Commit", "CREATE TABLE notes.u (x TEXT); COMMIT; SELECT broken", false},
        ScriptCase{"Savepoint", "SAVEPOINT a", false},
        ScriptCase{"Catalog", "UPDATE notes.sqlite_master SET sql = ''", false},
        ScriptCase{"TemporaryCatalog", "UPDATE temp.sqlite_master SET sql = ''", false},
        ScriptCase{"ItsOwnRecord", "DELETE FROM notes.migrations", false},
        ScriptCase{"DropItsOwnRecord", "DROP TABLE notes.migrations", false},
        ScriptCase{"AlterItsOwnRecord", "ALTER TABLE notes.migrations ADD COLUMN x TEXT", false},
        ScriptCase{"LoadExtension", "SELECT load_extension('x.so')", false}),
    [](const auto& tested) { return tested.param.name; });

TEST_F(MigrationsTest, TriggersOfTheSchemaRunUnderTheFence) {
    ASSERT_TRUE(
        migrate(*schema_,
                {{"1",
                  "CREATE TABLE notes.t (x TEXT); CREATE TABLE notes.log (x TEXT);"
                  "CREATE TRIGGER notes.copy AFTER INSERT ON t BEGIN INSERT INTO log VALUES (NEW.x); END"}}));
    EXPECT_EQ(rows(*schema_, {{"INSERT INTO notes.t VALUES ('a')"}, {"SELECT x FROM notes.log"}}).size(), 1u);
}

TEST_F(MigrationsTest, TwoOfOneNameAreRefused) {
    const auto applied =
        migrate(*schema_, {{"1", "CREATE TABLE notes.a (x TEXT)"}, {"1", "CREATE TABLE notes.b (x TEXT)"}});
    ASSERT_FALSE(applied);
    EXPECT_EQ(applied.error().what, "two migrations are named 1");
}

TEST_F(MigrationsTest, MalformedItemsAreRefused) {  // V3
    const migue_migration small{16, 0, to_c("sqlite"), to_c("1"), {}};
    const migue_migration unnamed{sizeof(migue_migration), 0, to_c("sqlite"), {}, {}};
    for (const migue_migration* item : {&small, &unnamed, static_cast<const migue_migration*>(nullptr)})
        EXPECT_FALSE(schema_->migrate({sizeof(migue_migrations_v1), 0, &item, 1}));
}

}  // namespace migue::sql
