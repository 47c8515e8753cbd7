#include "core/base/sqlite.h"

#include <utility>

#include <sqlite3.h>

#include "core/base/check.h"

namespace dunlin {

namespace {

ErrorKind kind_of(int code) {
  const bool busy = (code & 0xFF) == SQLITE_BUSY || (code & 0xFF) == SQLITE_LOCKED;
  return busy ? ErrorKind::retry_later : ErrorKind::device;
}

tl::unexpected<Error> sqlite_failure(sqlite3* handle, std::string_view what) {
  return fail(kind_of(sqlite3_extended_errcode(handle)), std::string(what) + ": " + sqlite3_errmsg(handle));
}

}  // namespace

Statement::Statement(Statement&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)), next_parameter_(other.next_parameter_) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(handle_, other.handle_);
  std::swap(next_parameter_, other.next_parameter_);
  return *this;
}

Statement::~Statement() {
  sqlite3_finalize(handle_);
}

Statement& Statement::bind(std::int64_t value) {
  CHECK(sqlite3_bind_int64(handle_, next_parameter_++, value) == SQLITE_OK);
  return *this;
}

Statement& Statement::bind(double value) {
  CHECK(sqlite3_bind_double(handle_, next_parameter_++, value) == SQLITE_OK);
  return *this;
}

Statement& Statement::bind(std::string_view value) {
  CHECK(sqlite3_bind_text64(handle_, next_parameter_++, value.data() == nullptr ? "" : value.data(),
                            value.size(), SQLITE_TRANSIENT, SQLITE_UTF8) == SQLITE_OK);
  return *this;
}

Statement& Statement::bind(ByteView value) {
  CHECK(sqlite3_bind_blob64(handle_, next_parameter_++,
                            value.data() == nullptr ? static_cast<const void*>("") : value.data(),
                            value.size(), SQLITE_TRANSIENT) == SQLITE_OK);
  return *this;
}

Statement& Statement::bind(std::nullopt_t) {
  CHECK(sqlite3_bind_null(handle_, next_parameter_++) == SQLITE_OK);
  return *this;
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    sqlite3_reset(handle_);
    sqlite3_clear_bindings(handle_);
    next_parameter_ = 1;
    return false;
  }
  auto failure = sqlite_failure(sqlite3_db_handle(handle_), "database");
  sqlite3_reset(handle_);
  next_parameter_ = 1;
  return failure;
}

Result<void> Statement::run() {
  Result<bool> row = step();
  if (!row) return fail(std::move(row.error()));
  return {};
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(handle_, column);
}
double Statement::real(int column) const {
  return sqlite3_column_double(handle_, column);
}

std::string Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
  return text == nullptr ? std::string()
                         : std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column)));
}

Bytes Statement::blob(int column) const {
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(handle_, column));
  return data == nullptr ? Bytes() : Bytes(data, data + sqlite3_column_bytes(handle_, column));
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

Database::Database(Database&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}

Database& Database::operator=(Database&& other) noexcept {
  std::swap(handle_, other.handle_);
  return *this;
}

Database::~Database() {
  sqlite3_close_v2(handle_);
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(handle_, sql.data(), static_cast<int>(sql.size()), &statement, nullptr) != SQLITE_OK)
    return sqlite_failure(handle_, "database statement");
  return Statement(statement);
}

Result<void> Database::execute(const std::string& sql) {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    return sqlite_failure(handle_, "database");
  return {};
}

Result<int> Database::schema_version() {
  Result<Statement> statement = prepare("PRAGMA user_version");
  if (!statement) return fail(std::move(statement.error()));
  Result<bool> row = statement->step();
  if (!row) return fail(std::move(row.error()));
  return static_cast<int>(statement->integer(0));
}

Result<Database> Database::open(const std::string& path, const std::vector<Migration>& migrations) {
  sqlite3* handle = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  Database database(handle);
  if (code != SQLITE_OK) return sqlite_failure(handle, "opening database " + path);
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, 5'000);
  Result<void> set =
      database.execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;");
  if (!set) return fail(std::move(set.error()), "opening database " + path);
  Result<int> version = database.schema_version();
  if (!version) return fail(std::move(version.error()), "opening database " + path);
  if (*version > static_cast<int>(migrations.size()))
    return fail(ErrorKind::usage, path + " was written by a newer version of this program (schema " +
                                      std::to_string(*version) +
                                      "); install that version or remove the file");
  for (const Migration& migration : migrations) {
    if (migration.number <= *version) continue;
    Result<void> applied = database.execute("BEGIN IMMEDIATE;" + migration.sql + ";PRAGMA user_version=" +
                                            std::to_string(migration.number) + ";COMMIT;");
    if (!applied)
      return fail(std::move(applied.error()),
                  "migration " + std::to_string(migration.number) + " of " + path);
  }
  return database;
}

Result<Transaction> Transaction::begin(Database& database) {
  Result<void> begun = database.execute("BEGIN IMMEDIATE");
  if (!begun) return fail(std::move(begun.error()));
  return Transaction(database);
}

Transaction::~Transaction() {
  if (database_ == nullptr) return;
  Result<void> rolled_back = database_->execute("ROLLBACK");
  (void)rolled_back;  // sqlite has already rolled back when this fails
}

Result<void> Transaction::commit() {
  Result<void> committed = database_->execute("COMMIT");
  if (committed) database_ = nullptr;
  return committed;
}

}  // namespace dunlin
