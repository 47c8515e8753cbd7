#include "core/base/sqlite.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/temporary_folder.h"

namespace dunlin {

namespace {

const std::vector<Migration> migrations = {
    {1, "CREATE TABLE device(id TEXT PRIMARY KEY, version TEXT NOT NULL);"},
    {2,
     "ALTER TABLE device ADD COLUMN seen INTEGER NOT NULL DEFAULT 0; CREATE INDEX device_seen ON "
     "device(seen);"},
    {3, "CREATE TABLE event(device TEXT NOT NULL REFERENCES device(id), text TEXT);"},
};

std::vector<Migration> first(std::size_t count) {
  return {migrations.begin(), migrations.begin() + static_cast<std::ptrdiff_t>(count)};
}

class Sqlite : public testing::Test {
 protected:
  std::string path() const { return directory_ / "test.db"; }

 private:
  TemporaryFolder directory_;
};

std::vector<std::string> schema_of(Database& database) {
  std::vector<std::string> lines;
  Result<Statement> rows =
      database.prepare("SELECT name || ': ' || sql FROM sqlite_master WHERE sql NOT NULL ORDER BY name");
  EXPECT_TRUE(rows);
  for (Result<bool> row = rows->step(); row && *row; row = rows->step()) lines.push_back(rows->text(0));
  return lines;
}

std::int64_t count(Database& database, const std::string& table) {
  Result<Statement> rows = database.prepare("SELECT count(*) FROM " + table);
  EXPECT_TRUE(rows && *rows->step());
  return rows->integer(0);
}

}  // namespace

TEST_F(Sqlite, AMigratedSchemaEqualsAFreshOne) {
  for (std::size_t start = 0; start <= migrations.size(); ++start) {
    std::filesystem::remove(path());
    { ASSERT_TRUE(Database::open(path(), first(start))); }

    Result<Database> migrated = Database::open(path(), migrations);
    Result<Database> fresh = Database::open(":memory:", migrations);

    ASSERT_TRUE(migrated && fresh);
    EXPECT_EQ(*migrated->schema_version(), 3);
    EXPECT_EQ(schema_of(*migrated), schema_of(*fresh)) << "from " << start;
    EXPECT_EQ(schema_of(*fresh).size(), 3u);
  }
}

TEST_F(Sqlite, AMigrationKeepsTheRows) {
  {
    Result<Database> old = Database::open(path(), first(1));
    ASSERT_TRUE(old->execute("INSERT INTO device VALUES('a', '1.0')"));
  }

  Result<Database> migrated = Database::open(path(), migrations);

  ASSERT_TRUE(migrated);
  EXPECT_EQ(count(*migrated, "device"), 1);
}

TEST_F(Sqlite, RefusesAFileFromANewerProgram) {
  { ASSERT_TRUE(Database::open(path(), migrations)); }

  Result<Database> older = Database::open(path(), first(2));

  ASSERT_FALSE(older);
  EXPECT_EQ(older.error().kind, ErrorKind::usage);
  EXPECT_THAT(older.error().message, testing::HasSubstr("newer version"));
  EXPECT_TRUE(Database::open(path(), migrations)) << "and leaves it alone";
}

TEST_F(Sqlite, RefusesADamagedFile) {
  std::ofstream(path()) << std::string(8192, 'x');

  Result<Database> database = Database::open(path(), migrations);

  ASSERT_FALSE(database);
  EXPECT_EQ(database.error().kind, ErrorKind::device);
  EXPECT_THAT(database.error().message, testing::HasSubstr(path()));
}

TEST_F(Sqlite, RefusesAPathThatCannotBe) {
  EXPECT_FALSE(Database::open("/nowhere/test.db", migrations));
}

TEST_F(Sqlite, ABrokenMigrationLeavesTheSchemaBeforeIt) {
  std::vector<Migration> broken = first(2);
  broken.push_back({3, "CREATE TABLE half(x); CREATE TABLE device(x);"});
  { ASSERT_TRUE(Database::open(path(), first(2))); }

  Result<Database> failed = Database::open(path(), broken);

  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message, testing::HasSubstr("migration 3"));
  Result<Database> database = Database::open(path(), first(2));
  ASSERT_TRUE(database);
  EXPECT_EQ(*database->schema_version(), 2);
  EXPECT_EQ(schema_of(*database).size(), 2u);
}

TEST_F(Sqlite, ReturnsEveryTypeAsItWasBound) {
  Result<Database> database = Database::open(path(), {{1, "CREATE TABLE t(a, b, c, d, e, f, g)"}});
  ASSERT_TRUE(database);
  Result<Statement> insert = database->prepare("INSERT INTO t VALUES(?,?,?,?,?,?,?)");
  ASSERT_TRUE(insert);
  insert->bind(std::int64_t{-5})
      .bind((std::uint64_t{1} << 62))
      .bind(1.5)
      .bind("text\0x")
      .bind(std::string_view());
  insert->bind(ByteView()).bind(std::nullopt);
  ASSERT_TRUE(insert->run());

  Result<Statement> row = database->prepare("SELECT * FROM t");
  ASSERT_TRUE(row && *row->step());

  EXPECT_EQ(row->integer(0), -5);
  EXPECT_EQ(row->integer(1), std::int64_t{1} << 62);
  EXPECT_EQ(row->real(2), 1.5);
  EXPECT_EQ(row->text(3), "text");
  EXPECT_EQ(row->text(4), "");
  EXPECT_FALSE(row->is_null(4));
  EXPECT_EQ(row->blob(5), Bytes());
  EXPECT_FALSE(row->is_null(5));
  EXPECT_TRUE(row->is_null(6));
  EXPECT_FALSE(*row->step());
}

TEST_F(Sqlite, AStatementCanRunAgain) {
  Result<Database> database = Database::open(path(), migrations);
  Result<Statement> insert = database->prepare("INSERT INTO device(id, version) VALUES(?,?)");
  ASSERT_TRUE(insert);

  for (const char* id : {"a", "b", "c"}) ASSERT_TRUE(insert->bind(id).bind("1").run());

  EXPECT_EQ(count(*database, "device"), 3);
  EXPECT_FALSE(insert->bind("a").bind("1").run()) << "a key twice";
  EXPECT_TRUE(insert->bind("d").bind("1").run()) << "usable after a failure";
}

TEST_F(Sqlite, ATransactionIsUndoneUnlessCommitted) {
  Result<Database> database = Database::open(path(), migrations);
  {
    Result<Transaction> transaction = Transaction::begin(*database);
    ASSERT_TRUE(transaction);
    ASSERT_TRUE(database->execute("INSERT INTO device(id, version) VALUES('a','1')"));
  }
  EXPECT_EQ(count(*database, "device"), 0);
  {
    Result<Transaction> transaction = Transaction::begin(*database);
    ASSERT_TRUE(transaction);
    ASSERT_TRUE(database->execute("INSERT INTO device(id, version) VALUES('a','1')"));
    ASSERT_TRUE(transaction->commit());
  }
  EXPECT_EQ(count(*database, "device"), 1);
}

TEST_F(Sqlite, ForeignKeysAreKept) {
  Result<Database> database = Database::open(path(), migrations);

  EXPECT_FALSE(database->execute("INSERT INTO event VALUES('unknown', 'x')"));
}

TEST_F(Sqlite, SaysWhatIsWrongWithAStatement) {
  Result<Database> database = Database::open(path(), migrations);

  auto statement = database->prepare("SELECT id FROM nowhere");

  ASSERT_FALSE(statement);
  EXPECT_THAT(statement.error().message, testing::HasSubstr("nowhere"));
}

}  // namespace dunlin
