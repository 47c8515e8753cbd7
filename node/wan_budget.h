#pragma once
#include <cstdint>
#include <optional>
#include <string>

namespace dunlin {

// Bytes that crossed the WAN of a site: those this device read, and those it knows that others read.
struct WanCount {
  std::uint64_t own = 0;
  std::uint64_t shared = 0;

  std::uint64_t sum() const { return own + shared; }
  bool operator==(const WanCount&) const = default;
};

// What was spent, as the store keeps it.
struct WanSpending {
  int month = 0;  // year * 12 + month, January is 0; the newest ever seen
  WanCount in_month;
  std::string version;  // the update that is going on; empty: none
  WanCount in_update;

  bool operator==(const WanSpending&) const = default;
};

// Bytes; none: no limit.
struct WanLimits {
  std::optional<std::uint64_t> month;
  std::optional<std::uint64_t> update;
};

// Which wall was reached.
enum class WanWall { none, month, update };

// Decides how much may cross the WAN, and what must be on the medium before it does: always a little more
// than was spent while something is on its way, so that a kill at any moment counts too much rather than too
// little. Pure; time comes as months.
class WanBudget {
 public:
  // `stored` is what the store holds.
  WanBudget(WanLimits limits, WanSpending stored);

  // True when a month has begun that is newer than all seen before: nothing was spent in it yet. Older ones
  // are a wrong clock.
  bool see_month(int month);
  // From now on what is spent also counts for this update; `stored` is what the store holds of it.
  void begin_update(const std::string& version, WanCount stored);

  // As WanGate. Less than `least` is held only when more than a hundredth of the budget would stay unused
  // otherwise.
  std::uint64_t reserve(std::uint64_t want, std::uint64_t least);
  void release(std::uint64_t bytes);
  void spend(std::uint64_t bytes);
  void note_shared(std::uint64_t bytes);

  // No content may be read until something changes. What is held does not count: it may come back.
  WanWall wall() const;
  // Not even small files.
  bool is_month_used_up() const;

  // What the store has to hold before anything else happens; none: it holds enough. Call stored() then.
  std::optional<WanSpending> due() const;
  // The same while nothing is held: what was really spent.
  std::optional<WanSpending> due_at_rest() const;
  bool is_at_rest() const { return held_ == 0; }
  void stored(const WanSpending& spending) { stored_ = spending; }

  // What may still come of what is limited; none: no limit.
  std::optional<std::uint64_t> left() const;
  const WanSpending& spent() const { return spent_; }
  const WanLimits& limits() const { return limits_; }

 private:
  std::uint64_t rest(std::uint64_t held) const;
  std::uint64_t smallest_limit() const;
  std::uint64_t lead() const;

  WanLimits limits_;
  WanSpending spent_;
  WanSpending stored_;
  std::uint64_t held_ = 0;
  std::uint64_t refused_ = 0;  // the least that was asked for in vain
};

}  // namespace dunlin
