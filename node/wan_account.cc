#include "node/wan_account.h"

#include <fmt/format.h>

#include "core/base/log.h"
#include "node/local_time.h"

namespace dunlin {

namespace {

constexpr std::chrono::milliseconds wan_tick_interval{1'000};

std::string megabytes(std::uint64_t bytes) {
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

std::string wall_text(WanWall wall, const WanBudget& budget) {
  const WanSpending& spent = budget.spent();
  if (wall == WanWall::month)
    return fmt::format(
        "the data budget of this month is used up ({} of {}): what is here is kept, the rest comes over the "
        "WAN when the month turns, or from neighbours",
        megabytes(spent.in_month.sum()), megabytes(budget.limits().month.value_or(0)));
  return fmt::format(
      "the data budget of release {} is used up ({} of {}): what is here is kept, the rest comes from "
      "neighbours, or over the WAN with a larger budget_update_mb",
      spent.version, megabytes(spent.in_update.sum()), megabytes(budget.limits().update.value_or(0)));
}

}  // namespace

WanAccount::WanAccount(Rules rules, NodeStore& store, Journal& journal, const Clock& clock, LiveStatus& live)
    : store_(store),
      journal_(journal),
      clock_(clock),
      live_(live),
      budget_(rules.limits, WanSpending()),
      rules_(std::move(rules.rules)),
      bucket_(rules.download_rate_max),
      taken_up_(clock.steady()) {
  Result<WanSpending> stored = store_.wan_spending();
  if (stored)
    budget_ = WanBudget(rules.limits, std::move(*stored));
  else
    failure_ = std::move(stored.error());
  see_month();
  judge();
  show();
}

void WanAccount::begin_update(const std::string& version) {
  if (version == budget_.spent().version) return;
  if (budget_.is_at_rest()) save(budget_.due_at_rest());
  Result<WanCount> stored = store_.wan_of_update(version);
  if (!stored) failure_ = std::move(stored.error());
  budget_.begin_update(version, stored.value_or(WanCount()));
  taken_up_ = clock_.steady();
  judge();
  show();
}

void WanAccount::see_month() {
  const std::uint64_t used = budget_.spent().in_month.sum();
  if (!budget_.see_month(to_local(clock_.now()).month) || used == 0) return;
  journal_.add("budget_renewed", budget_.spent().version,
               "a new month: " + megabytes(used) + " crossed the WAN in the last one");
}

// Without an update there is nobody to hope for.
void WanAccount::judge() {
  WanNow now{to_local(clock_.now()).minute_of_day, hints_, clock_.steady() - taken_up_};
  if (budget_.spent().version.empty()) now.hoping = rules_.wait;
  verdict_ = judge_wan(rules_, now);
}

void WanAccount::set_hints(WanHints hints) {
  hints_ = hints;
  judge();
  show();
}

void WanAccount::tick() {
  see_month();
  judge();
  // A failure may be over, so the store is asked again.
  if (failure_) save(budget_.spent());
  save(budget_.due());
  if (budget_.is_at_rest()) save(budget_.due_at_rest());
  show();
}

Task<> WanAccount::run(asio::io_context& io, std::shared_ptr<WanAccount> self) {
  asio::steady_timer timer(io);
  for (;;) {
    self->tick();
    co_await wait_for(timer, wan_tick_interval);
  }
}

void WanAccount::save(const std::optional<WanSpending>& due) {
  if (!due) return;
  Result<void> saved = store_.save_wan_spending(*due);
  if (saved) budget_.stored(*due);
  if (!saved && !failure_) log_error("what crosses the WAN cannot be counted", {{"error", saved.error()}});
  failure_ = saved ? std::optional<Error>() : std::move(saved.error());
}

std::string_view WanAccount::closed_by() const {
  return failure_ || budget_.wall() != WanWall::none ? "budget" : verdict_.closed_by;
}

Result<void> WanAccount::admit_small() const {
  if (failure_) return fail(*failure_, "what crosses the WAN cannot be counted");
  if (budget_.is_month_used_up()) return fail(ErrorKind::retry_later, wall_text(WanWall::month, budget_));
  return {};
}

std::uint64_t WanAccount::reserve(std::uint64_t want, std::uint64_t least) {
  if (failure_ || !verdict_.closed_by.empty()) return 0;
  const std::uint64_t held = budget_.reserve(want, least);
  save(budget_.due());
  show();
  if (!failure_) return held;
  budget_.release(held);
  return 0;
}

void WanAccount::release(std::uint64_t bytes) {
  budget_.release(bytes);
}

void WanAccount::spend(std::uint64_t bytes) {
  budget_.spend(bytes);
  save(budget_.due());
  show();
}

void WanAccount::note_shared(std::uint64_t bytes) {
  budget_.note_shared(bytes);
  save(budget_.due());
  show();
}

void WanAccount::show() {
  WanStatus& status = live_.wan;
  const WanWall wall = budget_.wall();
  status.spent = budget_.spent();
  status.limits = budget_.limits();
  status.reluctant_by = verdict_.reluctant_by;
  status.state = closed_by().empty() ? "ok" : closed_by();
  status.reason = failure_                ? failure_->message
                  : wall == WanWall::none ? verdict_.reason
                                          : wall_text(wall, budget_);
  if (wall != WanWall::none && wall != told_)
    journal_.add("budget_reached", budget_.spent().version, status.reason);
  told_ = wall;
}

}  // namespace dunlin
