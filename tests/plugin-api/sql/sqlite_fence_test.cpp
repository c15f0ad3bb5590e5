#include "schema_fixture.hpp"

namespace migue::sql {

struct FenceCase {
    const char* name;
    const char* text;
    const char* why;
};
class FencedStatement : public NotesTest, public ::testing::WithParamInterface<FenceCase> {};
TEST_P(FencedStatement, IsRefused) {
    const SqliteSchema::Outcome outcome = execute(schema(), {{GetParam().text}});
    EXPECT_EQ(outcome.status, MIGUE_E_INVALID);
    EXPECT_NE(outcome.why.find(GetParam().why), std::string::npos) << outcome.why;
}
INSTANTIATE_TEST_SUITE_P(
    Fence, FencedStatement,
    ::testing::Values(
        FenceCase{"Unqualified", "SELECT id FROM note", "without its schema: notes.note"},
        FenceCase{"UnqualifiedOtherCase", "SELECT id FROM NOTE", "without its schema"},
        FenceCase{"UnqualifiedCount", "SELECT count(*) FROM note", "without its schema: notes.note"},
        FenceCase{"UnqualifiedInsert", "INSERT INTO note (id) VALUES ('a')", "without its schema"},
        FenceCase{"UnqualifiedUpdate", "UPDATE note SET at = 1", "without its schema"},
        FenceCase{"UnqualifiedDelete", "DELETE FROM note", "without its schema"},
        FenceCase{"UnqualifiedInSubquery", "SELECT 1 AS a WHERE EXISTS (SELECT id FROM note)",
                  "without its schema"},
        FenceCase{"OwnCatalog", "SELECT name FROM notes.sqlite_master", "SQLite's own"},
        FenceCase{"OwnSchemaAlias", "SELECT name FROM notes.sqlite_schema", "SQLite's own"},
        FenceCase{"MainCatalog", "SELECT name FROM sqlite_master", "not in schema notes"},
        FenceCase{"MainCatalogCount", "SELECT count(*) FROM sqlite_master", "sqlite_master"},
        FenceCase{"TempCatalog", "SELECT name FROM temp.sqlite_master", "not in schema notes"},
        FenceCase{"WriteToCatalog", "DELETE FROM notes.sqlite_master", ""},
        FenceCase{"AppliedMigrations", "DELETE FROM notes.migrations", "the host's own"},
        FenceCase{"AppliedMigrationsRead", "SELECT name FROM notes.migrations", "the host's own"},
        FenceCase{"PragmaFunction", "SELECT * FROM pragma_table_info('note')", ""},
        FenceCase{"PragmaFunctionCount", "SELECT count(*) FROM pragma_database_list", ""},
        FenceCase{"StatementTable", "SELECT * FROM sqlite_stmt", ""},
        FenceCase{"PageTable", "SELECT * FROM dbstat", ""},
        FenceCase{"LoadExtension", "SELECT load_extension('x.so')", "load_extension is not allowed"},
        FenceCase{"Tokenizer", "SELECT fts3_tokenizer('simple')", "fts3_tokenizer"},
        FenceCase{"Pragma", "PRAGMA notes.synchronous = OFF", "only SELECT"},
        FenceCase{"Attach", "ATTACH 'x.db' AS other", "only SELECT"},
        FenceCase{"CreateTable", "CREATE TABLE notes.x (a TEXT)", "only SELECT"},
        FenceCase{"DropTable", "DROP TABLE notes.note", "only SELECT"},
        FenceCase{"Vacuum", "VACUUM notes INTO 'x.db'", "only SELECT"},
        FenceCase{"Begin", "BEGIN", "only SELECT"}, FenceCase{"Commit", "COMMIT", "only SELECT"},
        FenceCase{"Savepoint", "SAVEPOINT a", "only SELECT"}),
    [](const auto& tested) { return tested.param.name; });

TEST_F(NotesTest, AliasesAndNamesInOtherCaseAreAllowed) {
    EXPECT_EQ(execute(schema(), {{"SELECT n.id, NOTES.note.at FROM Notes.Note, notes.note AS n"}}).status,
              MIGUE_OK);
    EXPECT_EQ(execute(schema(), {{"SELECT count(*) AS c FROM NOTES.NOTE"}}).status, MIGUE_OK);
    EXPECT_EQ(execute(schema(), {{"DELETE FROM notes.note WHERE note.id = 'a'"}}).status, MIGUE_OK);
}

TEST_F(NotesTest, ARefusedTextIsRefusedAgain) {
    for (int i = 0; i < 2; ++i)
        EXPECT_EQ(execute(schema(), {{"SELECT id FROM note"}}).status, MIGUE_E_INVALID);
}

TEST_F(NotesTest, AnEndlessStatementIsCutOffAndUndone) {
    const SqliteSchema::Outcome outcome = execute(
        schema(),
        {{"INSERT INTO notes.note (id) VALUES ('a')"},
         {"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS c FROM n"}});
    EXPECT_EQ(outcome.status, MIGUE_E_DEADLINE) << outcome.why;
    EXPECT_TRUE(rows(schema(), {{"SELECT id FROM notes.note"}}).empty());
}

}  // namespace migue::sql
