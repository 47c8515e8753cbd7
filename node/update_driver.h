#pragma once
#include "node/image_run.h"
#include "node/install_run.h"
#include "node/reboot_hold.h"
#include "node/release_check.h"
#include "node/release_planner.h"

namespace dunlin {

// Runs the update machine: persists each phase, does its effect, takes the event the effect ends with. Can be
// killed at any moment; the next run goes on from the store.
class UpdateDriver {
 public:
  explicit UpdateDriver(NodeContext context);

  // Never returns; start it with spawn().
  Task<> run();

  // From the operator, on the loop. The text says what will happen.
  std::string ask_check();
  std::string ask_update();
  // Updates to the release in a bundle, also one that failed here before. What is wrong with the bundle is
  // known when it returns, but for its packs; `applier` is as it answers now.
  Task<Result<std::string>> install(std::string path, ApplierStatus applier);
  // usage when nothing is staged.
  Result<std::string> ask_reboot();

  // After a rollback by hand: the running release is not installed again unless asked for.
  Result<void> note_rollback();

  // Neighbours say something else of their mirrors: when one knows more than this device, it checks.
  void note_news();

  // What the swarm says goes into the device's story.
  void note_swarm_event(const SwarmEvent& event);

  const LiveStatus& live() const { return context_.live; }
  NodeContext& context() { return context_; }

 private:
  Task<Outcome> start();
  Task<Outcome> perform(Effect effect);
  Task<Outcome> schedule_check();
  Task<Outcome> schedule_retry();
  Task<Outcome> check();
  Task<Outcome> plan();
  Task<Outcome> fetch();
  Task<Outcome> commit();
  Task<Outcome> offer_reboot();
  // Neighbours take the armed release from here.
  bool is_needed(const UpdatePlan& plan);
  Task<Outcome> reboot();
  Task<Outcome> watch_trial();
  Task<Outcome> finish();
  Task<Outcome> record_failure();

  // Stores the phase that `row` leads to, with what a failure means for the next try.
  Result<void> enter(const Transition& row, const Outcome& outcome);
  Task<> persist(Transition row, Outcome outcome);
  Result<void> refuse(const std::string& reason);
  void want_update();
  Result<void> end_update();
  bool is_asked();
  bool is_check_wanted();
  void show_last_update(const std::string& version);
  void count_uploads();
  Shelves shelves() { return {shelf_, images_, starved_, bundle_}; }

  NodeContext context_;
  PackShelf shelf_;
  ImageShelf images_;
  StarvedImages starved_;
  BundleSource bundle_;
  ReleaseCheck check_;
  ReleasePlanner planner_;
  bool check_wanted_ = false;
  bool reboot_wanted_ = false;
  bool first_check_ = true;
  int reboot_failures_ = 0;
  std::optional<RebootHold> hold_;  // of the armed release, over all checks meanwhile
  std::string held_version_;
};

// Pure: the event a stored phase begins with, given what the applier says now.
Outcome derive_start(Phase phase, const ApplierStatus& applier, const std::string& planned_version);

}  // namespace dunlin
