// What NodeStore keeps of the data budget.
#include "node/node_store.h"

namespace dunlin {

namespace {

WanCount wan_count_at(const Statement& row, int column) {
  return {static_cast<std::uint64_t>(row.integer(column)),
          static_cast<std::uint64_t>(row.integer(column + 1))};
}

}  // namespace

Result<WanSpending> NodeStore::wan_spending() {
  Result<Statement> query = database_.prepare("SELECT month, own, shared FROM wan_month WHERE id = 1");
  if (!query) return fail(std::move(query.error()));
  Result<bool> row = query->step();
  if (!row) return fail(std::move(row.error()));
  WanSpending spending;
  if (!*row) return spending;
  spending.month = static_cast<int>(query->integer(0));
  spending.in_month = wan_count_at(*query, 1);
  return spending;
}

Result<WanCount> NodeStore::wan_of_update(const std::string& version) {
  Result<Statement> query = database_.prepare("SELECT own, shared FROM wan_update WHERE version = ?");
  if (!query) return fail(std::move(query.error()));
  query->bind(version);
  Result<bool> row = query->step();
  if (!row) return fail(std::move(row.error()));
  return *row ? wan_count_at(*query, 0) : WanCount();
}

Result<void> NodeStore::save_wan_spending(const WanSpending& spending) {
  Result<Transaction> transaction = Transaction::begin(database_);
  if (!transaction) return fail(std::move(transaction.error()));
  Result<Statement> month = database_.prepare("INSERT OR REPLACE INTO wan_month VALUES (1, ?, ?, ?)");
  if (!month) return fail(std::move(month.error()));
  month->bind(spending.month).bind(spending.in_month.own).bind(spending.in_month.shared);
  Result<void> saved = month->run();
  if (!saved) return saved;
  if (!spending.version.empty()) {
    Result<Statement> update = database_.prepare("INSERT OR REPLACE INTO wan_update VALUES (?, ?, ?)");
    if (!update) return fail(std::move(update.error()));
    update->bind(spending.version).bind(spending.in_update.own).bind(spending.in_update.shared);
    saved = update->run();
    if (!saved) return saved;
  }
  return transaction->commit();
}

}  // namespace dunlin
