#include "node/node_store.h"

#include "core/base/log.h"
#include "dunlin_node_migrations.h"

namespace dunlin {

namespace {

constexpr int events_kept = 1'000;

std::int64_t milliseconds(WallTime time) {
  return time.time_since_epoch().count();
}
WallTime wall_time(std::int64_t count) {
  return WallTime(std::chrono::milliseconds(count));
}
std::uint64_t bytes_at(const Statement& row, int column) {
  return static_cast<std::uint64_t>(row.integer(column));
}

// SQLite finds most damage only when a page is read; this reads them all (the database is small).
Result<void> check_integrity(Database& database) {
  Result<Statement> query = database.prepare("PRAGMA integrity_check(1)");
  if (!query) return fail(std::move(query.error()));
  Result<bool> row = query->step();
  if (!row) return fail(std::move(row.error()));
  if (!*row || query->text(0) != "ok") return fail(ErrorKind::device, "integrity check failed");
  return {};
}

Result<Database> open_checked(const std::string& path) {
  Result<Database> database = Database::open(path, dunlin_node_migrations);
  if (!database) return database;
  Result<void> sound = check_integrity(*database);
  if (!sound) return fail(std::move(sound.error()), path);
  return database;
}

Result<void> set_aside(Disk& disk, const std::string& path) {
  Result<void> renamed = disk.rename(path, path + ".damaged");
  if (!renamed) return renamed;
  for (const char* suffix : {"-wal", "-shm"}) {
    Result<void> removed = disk.remove(path + suffix);
    if (!removed) return removed;
  }
  return {};
}

bool holds_bytes(Disk& disk, const std::string& path) {
  Result<FileStatus> status = disk.status(path);
  return status && status->kind == FileKind::regular && status->size > 0;
}

}  // namespace

Result<NodeStore> NodeStore::open(Disk& disk, const std::string& path, std::string* damage) {
  Result<Database> database = open_checked(path);
  if (database) return NodeStore(std::move(*database));
  const bool give_up = database.error().kind != ErrorKind::device || !holds_bytes(disk, path);
  if (give_up) return fail(std::move(database.error()), "opening the node's database");
  *damage = "the database was damaged (" + database.error().message + "); it is kept as " + path +
            ".damaged and a new one was made: updates start over, nothing installed is lost";
  Result<void> moved = set_aside(disk, path);
  if (!moved) return fail(std::move(moved.error()), "moving the damaged database aside");
  Result<Database> fresh = open_checked(path);
  if (!fresh) return fail(std::move(fresh.error()), "making a new database");
  return NodeStore(std::move(*fresh));
}

Result<MachineState> NodeStore::machine() {
  Result<Statement> query =
      database_.prepare("SELECT phase, retry_at_ms, attempts, last_error FROM machine WHERE id = 1");
  if (!query) return fail(std::move(query.error()));
  Result<bool> row = query->step();
  if (!row) return fail(std::move(row.error()));
  MachineState state;
  if (!*row) return state;
  state.phase = phase_from_string(query->text(0)).value_or(Phase::idle);
  state.retry_at = wall_time(query->integer(1));
  state.attempts = static_cast<int>(query->integer(2));
  state.last_error = query->text(3);
  return state;
}

Result<void> NodeStore::save_machine(const MachineState& state) {
  Result<Statement> change = database_.prepare(
      "INSERT INTO machine VALUES (1, ?, ?, ?, ?) ON CONFLICT(id) DO UPDATE SET phase = excluded.phase, "
      "retry_at_ms = excluded.retry_at_ms, attempts = excluded.attempts, last_error = excluded.last_error");
  if (!change) return fail(std::move(change.error()));
  change->bind(to_string(state.phase))
      .bind(milliseconds(state.retry_at))
      .bind(state.attempts)
      .bind(state.last_error);
  return change->run();
}

Result<void> NodeStore::save_plan(const UpdatePlan& plan) {
  Result<std::optional<UpdatePlan>> before = this->plan();
  if (!before) return fail(std::move(before.error()));
  const bool same_image = *before && (*before)->image_id == plan.image_id;
  const bool same_pack = same_image && (*before)->pack.sha256 == plan.pack.sha256;
  Result<Statement> change = database_.prepare(
      same_pack ? "UPDATE plan SET version = ?, plan_json = ? WHERE id = 1"
      : same_image
          ? "UPDATE plan SET version = ?, plan_json = ?, next_segment = 0, commit_failures = 0 WHERE id = 1"
          : "INSERT OR REPLACE INTO plan VALUES (1, ?, ?, 0, 0, 0)");
  if (!change) return fail(std::move(change.error()));
  change->bind(plan.version).bind(to_json(plan));
  return change->run();
}

Result<std::optional<UpdatePlan>> NodeStore::plan() {
  Result<Statement> query = database_.prepare("SELECT plan_json FROM plan WHERE id = 1");
  if (!query) return fail(std::move(query.error()));
  Result<bool> row = query->step();
  if (!row) return fail(std::move(row.error()));
  if (!*row) return std::optional<UpdatePlan>();
  Result<UpdatePlan> plan = parse_update_plan(query->text(0));
  if (!plan) {
    log_warning("stored plan ignored", {{"error", plan.error()}});
    return std::optional<UpdatePlan>();
  }
  return std::optional<UpdatePlan>(std::move(*plan));
}

Result<void> NodeStore::forget_plan() {
  return database_.execute("DELETE FROM plan");
}

Result<SlotCheckpoint> NodeStore::checkpoint() {
  Result<Statement> query = database_.prepare("SELECT next_segment, target_bytes FROM plan WHERE id = 1");
  if (!query) return fail(std::move(query.error()));
  Result<bool> row = query->step();
  if (!row) return fail(std::move(row.error()));
  if (!*row) return SlotCheckpoint();
  return SlotCheckpoint{bytes_at(*query, 0), bytes_at(*query, 1)};
}

Result<void> NodeStore::save_checkpoint(const SlotCheckpoint& checkpoint) {
  Result<Statement> change =
      database_.prepare("UPDATE plan SET next_segment = ?, target_bytes = ? WHERE id = 1");
  if (!change) return fail(std::move(change.error()));
  change->bind(checkpoint.next_segment).bind(checkpoint.target_bytes);
  return change->run();
}

Result<int> NodeStore::count_commit_failure() {
  Result<Statement> change = database_.prepare(
      "UPDATE plan SET commit_failures = commit_failures + 1, next_segment = 0, target_bytes = 0 "
      "WHERE id = 1 RETURNING commit_failures");
  if (!change) return fail(std::move(change.error()));
  Result<bool> row = change->step();
  if (!row) return fail(std::move(row.error()));
  const int count = *row ? static_cast<int>(change->integer(0)) : 0;
  Result<bool> end = change->step();  // SQLite commits when the statement has ended
  if (!end) return fail(std::move(end.error()));
  return count;
}

Result<UpdateLedger> NodeStore::ledger(const std::string& version) {
  Result<Statement> query = database_.prepare(
      "SELECT slot, lan, wan, usb, resumed, wasted, uploaded, flash_written, flash_compared "
      "FROM ledger WHERE version = ?");
  if (!query) return fail(std::move(query.error()));
  query->bind(version);
  Result<bool> row = query->step();
  if (!row) return fail(std::move(row.error()));
  if (!*row) return UpdateLedger();
  return UpdateLedger{bytes_at(*query, 0), bytes_at(*query, 1), bytes_at(*query, 2),
                      bytes_at(*query, 3), bytes_at(*query, 4), bytes_at(*query, 5),
                      bytes_at(*query, 6), bytes_at(*query, 7), bytes_at(*query, 8)};
}

Result<void> NodeStore::save_ledger(const std::string& version, const UpdateLedger& ledger) {
  Result<Statement> change = database_.prepare(
      "INSERT OR REPLACE INTO ledger(version, slot, lan, wan, usb, resumed, wasted, uploaded, flash_written, "
      "flash_compared) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  if (!change) return fail(std::move(change.error()));
  change->bind(version)
      .bind(ledger.slot)
      .bind(ledger.lan)
      .bind(ledger.wan)
      .bind(ledger.usb)
      .bind(ledger.resumed);
  change->bind(ledger.wasted).bind(ledger.uploaded).bind(ledger.flash_written).bind(ledger.flash_compared);
  return change->run();
}

Result<std::int64_t> NodeStore::add_event(const NodeEvent& event) {
  Result<Transaction> transaction = Transaction::begin(database_);
  if (!transaction) return fail(std::move(transaction.error()));
  Result<Statement> change =
      database_.prepare("INSERT INTO event(at_ms, kind, version, text) VALUES (?, ?, ?, ?) RETURNING id");
  if (!change) return fail(std::move(change.error()));
  change->bind(milliseconds(event.at)).bind(event.kind).bind(event.version).bind(event.text);
  Result<bool> row = change->step();
  if (!row) return fail(std::move(row.error()));
  const std::int64_t id = change->integer(0);
  Result<bool> end = change->step();
  if (!end) return fail(std::move(end.error()));
  Result<Statement> trim = database_.prepare("DELETE FROM event WHERE id <= ?");
  if (!trim) return fail(std::move(trim.error()));
  Result<void> trimmed = trim->bind(id - events_kept).run();
  if (!trimmed) return fail(std::move(trimmed.error()));
  Result<void> committed = transaction->commit();
  if (!committed) return fail(std::move(committed.error()));
  return id;
}

Result<std::vector<NodeEvent>> NodeStore::events(std::int64_t after, int limit) {
  Result<Statement> query =
      database_.prepare("SELECT id, at_ms, kind, version, text FROM event WHERE id > ? ORDER BY id LIMIT ?");
  if (!query) return fail(std::move(query.error()));
  query->bind(after).bind(limit);
  std::vector<NodeEvent> events;
  for (;;) {
    Result<bool> row = query->step();
    if (!row) return fail(std::move(row.error()));
    if (!*row) return events;
    events.push_back(
        {query->integer(0), wall_time(query->integer(1)), query->text(2), query->text(3), query->text(4)});
  }
}

Result<void> NodeStore::add_failed(const FailedRelease& release, WallTime now) {
  Result<Statement> change =
      database_.prepare("INSERT OR REPLACE INTO failed_release VALUES (?, ?, ?, ?, ?)");
  if (!change) return fail(std::move(change.error()));
  const std::string key = release.manifest.empty() ? "version:" + release.version : release.manifest;
  change->bind(key).bind(release.version).bind(release.kind).bind(release.reason).bind(milliseconds(now));
  return change->run();
}

Result<std::vector<FailedRelease>> NodeStore::failed_releases() {
  Result<Statement> query =
      database_.prepare("SELECT manifest, version, kind, reason FROM failed_release ORDER BY at_ms");
  if (!query) return fail(std::move(query.error()));
  std::vector<FailedRelease> releases;
  for (;;) {
    Result<bool> row = query->step();
    if (!row) return fail(std::move(row.error()));
    if (!*row) return releases;
    std::string key = query->text(0);
    releases.push_back(
        {query->text(1), key.starts_with("version:") ? "" : std::move(key), query->text(2), query->text(3)});
  }
}

Result<void> NodeStore::forget_failed(const std::string& version) {
  Result<Statement> change = database_.prepare("DELETE FROM failed_release WHERE version = ?");
  if (!change) return fail(std::move(change.error()));
  return change->bind(version).run();
}

Result<void> NodeStore::keep_pack(const UpdatePlan& plan) {
  Result<Statement> change = database_.prepare("INSERT OR REPLACE INTO kept_pack VALUES (?, ?)");
  if (!change) return fail(std::move(change.error()));
  return change->bind(plan.pack.sha256.hex()).bind(to_json(plan)).run();
}

Result<std::vector<UpdatePlan>> NodeStore::kept_packs() {
  Result<Statement> query = database_.prepare("SELECT plan_json FROM kept_pack ORDER BY sha256");
  if (!query) return fail(std::move(query.error()));
  std::vector<UpdatePlan> plans;
  for (;;) {
    Result<bool> row = query->step();
    if (!row) return fail(std::move(row.error()));
    if (!*row) return plans;
    Result<UpdatePlan> plan = parse_update_plan(query->text(0));
    if (plan) plans.push_back(std::move(*plan));
  }
}

Result<void> NodeStore::forget_pack(const Digest& sha256) {
  Result<Statement> change = database_.prepare("DELETE FROM kept_pack WHERE sha256 = ?");
  if (!change) return fail(std::move(change.error()));
  return change->bind(sha256.hex()).run();
}

Result<std::string> NodeStore::setting(const std::string& name) {
  Result<Statement> query = database_.prepare("SELECT value FROM setting WHERE name = ?");
  if (!query) return fail(std::move(query.error()));
  Result<bool> row = query->bind(name).step();
  if (!row) return fail(std::move(row.error()));
  return *row ? query->text(0) : std::string();
}

Result<void> NodeStore::save_setting(const std::string& name, const std::string& value) {
  Result<Statement> change = database_.prepare("INSERT OR REPLACE INTO setting VALUES (?, ?)");
  if (!change) return fail(std::move(change.error()));
  return change->bind(name).bind(value).run();
}

}  // namespace dunlin
