#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/bytes.h"

struct sqlite3;
struct sqlite3_stmt;

namespace dunlin {

// One step of a schema; numbers start at 1 and leave no gap.
struct Migration {
  int number = 0;
  std::string sql;
};

// A prepared statement. Bind in order, then step() until it returns false.
class Statement {
 public:
  Statement(Statement&&) noexcept;
  Statement& operator=(Statement&&) noexcept;
  ~Statement();

  Statement& bind(std::int64_t value);
  Statement& bind(int value) { return bind(std::int64_t{value}); }
  Statement& bind(std::uint64_t value) { return bind(static_cast<std::int64_t>(value)); }
  Statement& bind(bool value) { return bind(std::int64_t{value}); }
  Statement& bind(double value);
  Statement& bind(std::string_view value);
  Statement& bind(const char* value) { return bind(std::string_view(value)); }
  Statement& bind(const std::string& value) { return bind(std::string_view(value)); }
  Statement& bind(ByteView value);
  Statement& bind(std::nullopt_t);

  // True when a row is there to read. Failures are ErrorKind::device (disk full, damaged file) or usage.
  Result<bool> step();
  // Runs a statement that returns no rows.
  Result<void> run();

  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string text(int column) const;
  Bytes blob(int column) const;
  bool is_null(int column) const;

 private:
  friend class Database;
  explicit Statement(sqlite3_stmt* handle) : handle_(handle) {}
  sqlite3_stmt* handle_ = nullptr;
  int next_parameter_ = 1;
};

// One SQLite database: write-ahead log, full sync, foreign keys on. Used by one thread.
class Database {
 public:
  // Opens or makes the file and brings it to the newest migration. A file from a newer program is refused
  // (usage); a file that is not a database fails with device. ":memory:" works.
  static Result<Database> open(const std::string& path, const std::vector<Migration>& migrations);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  Result<Statement> prepare(std::string_view sql);
  // Runs one or more statements without parameters.
  Result<void> execute(const std::string& sql);
  // Number of the newest migration that has been applied.
  Result<int> schema_version();

 private:
  explicit Database(sqlite3* handle) : handle_(handle) {}
  sqlite3* handle_ = nullptr;
};

// Rolls back at the end of its scope unless commit() succeeded.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database);
  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Result<void> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace dunlin
