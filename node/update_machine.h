#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace dunlin {

// Where a device is in the life of an update. Persisted; docs/node.md says what each phase means to a person.
enum class Phase {
  idle,       // nothing to do: no release published, or one is there and nobody asked for it
  checking,   // fetching and verifying the repository's metadata
  planning,   // choosing how to get the release; refusing what cannot work
  fetching,   // bytes arrive, decode and go to the spare slot
  verifying,  // the applier reads the slot back and arms the trial
  staged,     // armed; waits for the reboot
  trial,      // the reboot was asked for, or the new slot runs and is not confirmed yet
  confirmed,  // runs the newest release known
  fell_back,  // the newest release failed its trial here; the one before it runs
  waiting,    // something failed that may work later; the time to try again is stored beside the phase
};

// What happened. Every condition is an event of its own, so that the table needs no guards.
enum class Event {
  started,           // the program began and nothing newer is known
  check_due,         // the timer, the end of a waiting time, or the operator
  no_release,        // the repository has no release for this device
  up_to_date,        // the booted slot holds the newest release
  available,         // a newer release is there, and updates are made only when asked for
  refused_before,    // the newest release was refused here earlier (it cannot be installed)
  failed_before,     // the newest release fell back here earlier
  release_found,     // a newer release is to be installed
  plan_stored,       // the repository cannot be reached, but a release is planned: its bytes may be near
  plan_made,         // pack chosen, preflight passed
  superseded,        // a newer release than the one being fetched appeared
  plan_spoiled,      // the chosen pack cannot work here (its base changed); choose another
  segments_written,  // every segment is in the spare slot and synced
  committed,         // read back, compared, armed
  reboot_due,        // the policy or the operator says: now
  not_rebooted,      // the applier still holds a staged install for the next boot
  trial_running,     // the booted slot is on trial
  trial_confirmed,
  trial_failed,
  install_lost,  // the applier knows nothing of the install we remember
  failed,        // worth trying again later
  refused,       // this release cannot be installed here
};

// What the driver does after the new phase has been persisted. Every effect may be repeated.
enum class Effect {
  schedule_check,
  schedule_retry,
  check,
  plan,
  fetch,
  commit,
  offer_reboot,
  reboot,
  watch_trial,
  finish,
  record_failure,
};

struct Transition {
  Phase from;
  Event event;
  Phase to;
  Effect effect;
};

// The whole machine, in the order in which it reads best.
std::span<const Transition> update_transitions();

// The row for this pair; none means that the event cannot happen there and must be ignored.
std::optional<Transition> step(Phase phase, Event event);

std::string_view to_string(Phase phase);
std::string_view to_string(Event event);
std::string_view to_string(Effect effect);
// The phase of that name; none for unknown names (a database from elsewhere).
std::optional<Phase> phase_from_string(std::string_view name);

inline constexpr int phase_count = 10;
inline constexpr int event_count = 22;

// The table as Markdown, as docs/node.md prints it.
std::string transitions_as_markdown();

}  // namespace dunlin
