#include "node/wan_budget.h"

#include <algorithm>
#include <limits>

namespace dunlin {

namespace {

constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();
// How far the store is ahead of what was spent: a kill costs at most this of the budget.
constexpr std::uint64_t lead_max = 512u << 10;
constexpr std::uint64_t lead_share = 200;
constexpr std::uint64_t lead_without_limit = 16u << 20;  // only figures depend on it
// What one reading from a socket may bring.
constexpr std::uint64_t lead_min = 64u << 10;

std::uint64_t rest_of(const std::optional<std::uint64_t>& limit, std::uint64_t used) {
  return limit ? *limit - std::min(*limit, used) : no_limit;
}

}  // namespace

WanBudget::WanBudget(WanLimits limits, WanSpending stored)
    : limits_(limits), spent_(stored), stored_(std::move(stored)) {}

bool WanBudget::see_month(int month) {
  if (month <= spent_.month) return false;
  spent_.month = month;
  spent_.in_month = {};
  refused_ = 0;
  return true;
}

void WanBudget::begin_update(const std::string& version, WanCount stored) {
  if (version == spent_.version) return;
  spent_.version = stored_.version = version;
  spent_.in_update = stored_.in_update = stored;
  refused_ = 0;
}

std::uint64_t WanBudget::rest(std::uint64_t held) const {
  const std::uint64_t of_month = rest_of(limits_.month, spent_.in_month.sum() + held);
  if (spent_.version.empty()) return of_month;
  return std::min(of_month, rest_of(limits_.update, spent_.in_update.sum() + held));
}

std::optional<std::uint64_t> WanBudget::left() const {
  const std::uint64_t left = rest(0);
  return left == no_limit ? std::nullopt : std::optional(left);
}

std::uint64_t WanBudget::smallest_limit() const {
  return std::min(limits_.month.value_or(no_limit), limits_.update.value_or(no_limit));
}

std::uint64_t WanBudget::lead() const {
  if (smallest_limit() == no_limit) return lead_without_limit;
  return std::clamp(smallest_limit() / lead_share, lead_min, lead_max);
}

std::uint64_t WanBudget::reserve(std::uint64_t want, std::uint64_t least) {
  const std::uint64_t left = rest(held_);
  const bool is_too_little = left < least && rest(0) <= smallest_limit() / 100;
  // Others hold some of it: they may not need it.
  const bool is_held = left < least && left < rest(0);
  if (is_too_little || is_held || left == 0) {
    if (!is_held) refused_ = std::max<std::uint64_t>(least, 1);
    return 0;
  }
  const std::uint64_t given = std::min(want, left);
  held_ += given;
  return given;
}

void WanBudget::release(std::uint64_t bytes) {
  held_ -= std::min(held_, bytes);
}

void WanBudget::spend(std::uint64_t bytes) {
  spent_.in_month.own += bytes;
  if (!spent_.version.empty()) spent_.in_update.own += bytes;
}

void WanBudget::note_shared(std::uint64_t bytes) {
  spent_.in_month.shared += bytes;
  if (!spent_.version.empty()) spent_.in_update.shared += bytes;
}

WanWall WanBudget::wall() const {
  const std::uint64_t needed = std::max<std::uint64_t>(refused_, 1);
  if (rest_of(limits_.month, spent_.in_month.sum()) < needed) return WanWall::month;
  if (!spent_.version.empty() && rest_of(limits_.update, spent_.in_update.sum()) < needed)
    return WanWall::update;
  return WanWall::none;
}

bool WanBudget::is_month_used_up() const {
  return rest_of(limits_.month, spent_.in_month.sum()) == 0;
}

std::optional<WanSpending> WanBudget::due() const {
  const std::uint64_t ahead = held_ > 0 ? lead() : 0;
  const bool is_same = stored_.month == spent_.month && stored_.version == spent_.version;
  const bool covers_own = stored_.in_month.own >= spent_.in_month.own + ahead / 2 &&
                          stored_.in_update.own >= spent_.in_update.own + ahead / 2;
  const bool covers_shared = stored_.in_month.shared + lead() > spent_.in_month.shared;
  if (is_same && covers_own && covers_shared) return std::nullopt;
  WanSpending due = spent_;
  due.in_month.own += ahead;
  due.in_update.own += ahead;
  return due;
}

std::optional<WanSpending> WanBudget::due_at_rest() const {
  if (stored_ == spent_) return std::nullopt;
  return spent_;
}

}  // namespace dunlin
