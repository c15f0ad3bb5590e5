#include <SQLiteCpp/SQLiteCpp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "schema_fixture.hpp"

namespace migue::sql {

namespace {

class FileTest : public ::testing::Test {
protected:
    void SetUp() override {
        std::string name = (std::filesystem::temp_directory_path() / "migue-sql-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder_ = name;
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    [[nodiscard]] std::string file() const { return (folder_ / "notes.db").string(); }
    [[nodiscard]] std::unique_ptr<SqliteSchema> open() const {
        auto opened = SqliteSchema::open(file(), "notes");
        EXPECT_TRUE(opened) << opened.error().what;
        auto schema = std::move(opened).value();
        EXPECT_TRUE(migrate(*schema, {{"1", "CREATE TABLE notes.note (id TEXT PRIMARY KEY)"}}));
        return schema;
    }

    std::filesystem::path folder_;
};

mode_t mode_of(const std::string& path) {
    struct stat info {};
    EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
    return info.st_mode & 0777;
}

}  // namespace

TEST_F(FileTest, ANewFileAndItsLogAreForTheOwnerOnly) {
    const mode_t before = ::umask(0);
    const auto schema = open();
    ::umask(before);
    EXPECT_EQ(mode_of(file()), 0600u);
    EXPECT_EQ(mode_of(file() + "-wal"), 0600u);
}

TEST_F(FileTest, RowsAndMigrationsOutliveTheConnection) {
    ASSERT_EQ(execute(*open(), {{"INSERT INTO notes.note VALUES ('a')"}}).status, MIGUE_OK);
    EXPECT_EQ(rows(*open(), {{"SELECT id FROM notes.note"}}).size(), 1u);
}

TEST_F(FileTest, IsInWriteAheadMode) {
    const auto schema = open();
    SQLite::Database other(file(), SQLite::OPEN_READONLY);
    EXPECT_EQ(other.execAndGet("PRAGMA journal_mode").getString(), "wal");
}

TEST_F(FileTest, ALockedFileIsUnavailableAndNothingIsCommitted) {
    const auto schema = open();
    SQLite::Database other(file(), SQLite::OPEN_READWRITE);
    other.exec("BEGIN IMMEDIATE");
    const auto outcome = execute(*schema, {{"INSERT INTO notes.note VALUES ('a')"}});
    EXPECT_EQ(outcome.status, MIGUE_E_UNAVAILABLE) << outcome.why;
    EXPECT_TRUE(rows(*schema, {{"SELECT id FROM notes.note"}}).empty()) << "readers are not locked out";
    other.exec("ROLLBACK");
    EXPECT_EQ(execute(*schema, {{"INSERT INTO notes.note VALUES ('a')"}}).status, MIGUE_OK);
}

TEST_F(FileTest, TwoConnectionsOfOneFileSeeEachOthersCommits) {
    const auto one = open();
    const auto two = open();
    ASSERT_EQ(execute(*one, {{"INSERT INTO notes.note VALUES ('a')"}}).status, MIGUE_OK);
    EXPECT_EQ(rows(*two, {{"SELECT id FROM notes.note"}}).size(), 1u);
    EXPECT_EQ(execute(*two, {{"INSERT INTO notes.note VALUES ('a')"}}).status, MIGUE_E_CONFLICT);
}

TEST_F(FileTest, AnotherConnectionsMigrationIsSeen) {
    const auto one = open();
    const auto two = open();
    ASSERT_TRUE(migrate(*two, {{"2", "ALTER TABLE notes.note ADD COLUMN body TEXT"}}));
    EXPECT_EQ(execute(*one, {{"INSERT INTO notes.note (id, body) VALUES ('a', 'b')"}}).status, MIGUE_OK);
    const auto again = migrate(*one, {{"2", "ALTER TABLE notes.note ADD COLUMN body TEXT"}});
    ASSERT_TRUE(again) << again.error().what;
    EXPECT_TRUE(again->empty());
}

TEST_F(FileTest, ANameLikeAUriIsJustAName) {
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(folder_);
    const auto opened = SqliteSchema::open("file:x.db?mode=memory", "notes");
    std::filesystem::current_path(before);
    ASSERT_TRUE(opened) << opened.error().what;
    EXPECT_TRUE(std::filesystem::exists(folder_ / "file:x.db?mode=memory"));
}

TEST_F(FileTest, AMissingFolderIsNamed) {
    const auto opened = SqliteSchema::open((folder_ / "no" / "notes.db").string(), "notes");
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().what.find("no/notes.db: No such file"), std::string::npos)
        << opened.error().what;
}

TEST_F(FileTest, AFileThatIsNoDatabaseIsRefused) {
    {
        std::unique_ptr<FILE, int (*)(FILE*)> out(std::fopen(file().c_str(), "w"), &std::fclose);
        ASSERT_GT(std::fputs(std::string(4096, 'x').c_str(), out.get()), -1);
    }
    const auto opened = SqliteSchema::open(file(), "notes");
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Error::Code::kInternal);
    EXPECT_NE(opened.error().what.find("not a database"), std::string::npos) << opened.error().what;
}

TEST(SchemaName, IsAPluginId) {
    for (const char* bad :
         {"", "main", "temp", "Notes", "1a", "a-b", "a b", "a\"b", "abcdefghijklmnopqrstuvwxyzabcdefg"})
        EXPECT_FALSE(SqliteSchema::open(":memory:", bad)) << bad;
    EXPECT_TRUE(SqliteSchema::open(":memory:", "order_2"));
    EXPECT_FALSE(SqliteSchema::open("", "notes"));
}

}  // namespace migue::sql
