#pragma once
#include "core/base/asio.h"
#include "node/journal.h"
#include "node/live_status.h"
#include "node/wan_budget.h"
#include "node/wan_policy.h"
#include "swarm/token_bucket.h"
#include "swarm/wan_gate.h"

namespace dunlin {

// Holds the data budget: the gate of everything that crosses the WAN, kept in the store before it is spent,
// shown in the live status, told in the journal. On the loop only.
class WanAccount final : public WanGate {
 public:
  struct Rules {
    WanLimits limits;
    WanRules rules{};
    std::uint64_t download_rate_max = 0;  // bytes a second; 0: no limit
  };
  // All outlive it. A store that cannot be read or written closes the gate: what cannot be counted is not
  // spent.
  WanAccount(Rules rules, NodeStore& store, Journal& journal, const Clock& clock, LiveStatus& live);

  // This release is being fetched from now on.
  void begin_update(const std::string& version);
  // No update is going on any more.
  void end_update() { begin_update({}); }
  void set_hints(WanHints hints);
  std::optional<std::uint64_t> left() const { return budget_.left(); }
  // Once a second: has a month begun, is everything stored.
  void tick();
  // Ticks for ever.
  static Task<> run(asio::io_context& io, std::shared_ptr<WanAccount> self);

  std::string_view closed_by() const override;
  Result<void> admit_small() const override;
  std::uint64_t reserve(std::uint64_t want, std::uint64_t least) override;
  void release(std::uint64_t bytes) override;
  void spend(std::uint64_t bytes) override;
  void note_shared(std::uint64_t bytes) override;
  bool is_reluctant() const override { return !verdict_.reluctant_by.empty(); }
  std::chrono::milliseconds pace(std::uint64_t bytes) override {
    return bucket_.take(bytes, clock_.steady());
  }
  std::uint64_t portion() const override { return bucket_.portion(); }

 private:
  void see_month();
  void judge();
  void save(const std::optional<WanSpending>& due);
  void show();

  NodeStore& store_;
  Journal& journal_;
  const Clock& clock_;
  LiveStatus& live_;
  WanBudget budget_;
  WanRules rules_;
  TokenBucket bucket_;
  WanHints hints_;
  SteadyTime taken_up_;  // when the present update was
  WanVerdict verdict_;
  std::optional<Error> failure_;  // of the store
  WanWall told_ = WanWall::none;
};

}  // namespace dunlin
