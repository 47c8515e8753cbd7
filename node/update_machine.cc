#include "node/update_machine.h"

#include <array>

#include <fmt/format.h>

namespace dunlin {

namespace {

using P = Phase;
using V = Event;
using F = Effect;

constexpr std::array transitions = {
    Transition{P::idle, V::started, P::idle, F::schedule_check},
    Transition{P::idle, V::check_due, P::checking, F::check},
    Transition{P::idle, V::trial_running, P::trial, F::watch_trial},

    Transition{P::checking, V::started, P::checking, F::check},
    Transition{P::checking, V::no_release, P::idle, F::schedule_check},
    Transition{P::checking, V::available, P::idle, F::schedule_check},
    Transition{P::checking, V::refused_before, P::idle, F::schedule_check},
    Transition{P::checking, V::up_to_date, P::confirmed, F::schedule_check},
    Transition{P::checking, V::failed_before, P::fell_back, F::schedule_check},
    Transition{P::checking, V::release_found, P::planning, F::plan},
    Transition{P::checking, V::plan_stored, P::fetching, F::fetch},
    Transition{P::checking, V::not_rebooted, P::staged, F::offer_reboot},
    Transition{P::checking, V::trial_running, P::trial, F::watch_trial},
    Transition{P::checking, V::failed, P::waiting, F::schedule_retry},

    Transition{P::planning, V::started, P::planning, F::plan},
    Transition{P::planning, V::plan_made, P::fetching, F::fetch},
    Transition{P::planning, V::install_lost, P::checking, F::check},
    Transition{P::planning, V::refused, P::idle, F::schedule_check},
    Transition{P::planning, V::failed, P::waiting, F::schedule_retry},
    Transition{P::planning, V::trial_running, P::trial, F::watch_trial},

    Transition{P::fetching, V::started, P::fetching, F::fetch},
    Transition{P::fetching, V::segments_written, P::verifying, F::commit},
    Transition{P::fetching, V::superseded, P::checking, F::check},
    Transition{P::fetching, V::plan_spoiled, P::planning, F::plan},
    Transition{P::fetching, V::install_lost, P::checking, F::check},
    Transition{P::fetching, V::refused, P::idle, F::schedule_check},
    Transition{P::fetching, V::failed, P::waiting, F::schedule_retry},
    Transition{P::fetching, V::trial_running, P::trial, F::watch_trial},

    // The applier may have been restarted too: beginning again finds every segment written and comes back.
    Transition{P::verifying, V::started, P::fetching, F::fetch},
    Transition{P::verifying, V::committed, P::staged, F::offer_reboot},
    Transition{P::verifying, V::not_rebooted, P::staged, F::offer_reboot},
    Transition{P::verifying, V::refused, P::idle, F::schedule_check},
    Transition{P::verifying, V::failed, P::waiting, F::schedule_retry},
    Transition{P::verifying, V::trial_running, P::trial, F::watch_trial},

    Transition{P::staged, V::started, P::staged, F::offer_reboot},
    Transition{P::staged, V::not_rebooted, P::staged, F::offer_reboot},
    Transition{P::staged, V::reboot_due, P::trial, F::reboot},
    Transition{P::staged, V::check_due, P::checking, F::check},
    Transition{P::staged, V::trial_running, P::trial, F::watch_trial},
    Transition{P::staged, V::trial_confirmed, P::confirmed, F::finish},
    Transition{P::staged, V::trial_failed, P::fell_back, F::record_failure},
    Transition{P::staged, V::install_lost, P::checking, F::check},

    Transition{P::trial, V::started, P::trial, F::watch_trial},
    Transition{P::trial, V::trial_running, P::trial, F::watch_trial},
    Transition{P::trial, V::trial_confirmed, P::confirmed, F::finish},
    Transition{P::trial, V::trial_failed, P::fell_back, F::record_failure},
    Transition{P::trial, V::not_rebooted, P::staged, F::offer_reboot},
    Transition{P::trial, V::install_lost, P::checking, F::check},

    Transition{P::confirmed, V::started, P::confirmed, F::schedule_check},
    Transition{P::confirmed, V::check_due, P::checking, F::check},
    Transition{P::confirmed, V::trial_running, P::trial, F::watch_trial},

    Transition{P::fell_back, V::started, P::fell_back, F::schedule_check},
    Transition{P::fell_back, V::check_due, P::checking, F::check},
    Transition{P::fell_back, V::trial_running, P::trial, F::watch_trial},

    Transition{P::waiting, V::started, P::waiting, F::schedule_retry},
    Transition{P::waiting, V::check_due, P::checking, F::check},
    Transition{P::waiting, V::trial_running, P::trial, F::watch_trial},
};

constexpr bool no_pair_twice() {
  for (std::size_t i = 0; i < transitions.size(); ++i) {
    for (std::size_t j = i + 1; j < transitions.size(); ++j) {
      if (transitions[i].from == transitions[j].from && transitions[i].event == transitions[j].event)
        return false;
    }
  }
  return true;
}
static_assert(no_pair_twice(), "one phase and event must have one answer");

}  // namespace

std::span<const Transition> update_transitions() {
  return transitions;
}

std::optional<Transition> step(Phase phase, Event event) {
  for (const Transition& row : transitions) {
    if (row.from == phase && row.event == event) return row;
  }
  return std::nullopt;
}

std::string_view to_string(Phase phase) {
  switch (phase) {
    case Phase::idle:
      return "idle";
    case Phase::checking:
      return "checking";
    case Phase::planning:
      return "planning";
    case Phase::fetching:
      return "fetching";
    case Phase::verifying:
      return "verifying";
    case Phase::staged:
      return "staged";
    case Phase::trial:
      return "trial";
    case Phase::confirmed:
      return "confirmed";
    case Phase::fell_back:
      return "fell_back";
    case Phase::waiting:
      return "waiting";
  }
  return "unknown";
}

std::string_view to_string(Event event) {
  switch (event) {
    case Event::started:
      return "started";
    case Event::check_due:
      return "check_due";
    case Event::no_release:
      return "no_release";
    case Event::up_to_date:
      return "up_to_date";
    case Event::available:
      return "available";
    case Event::refused_before:
      return "refused_before";
    case Event::failed_before:
      return "failed_before";
    case Event::release_found:
      return "release_found";
    case Event::plan_stored:
      return "plan_stored";
    case Event::plan_made:
      return "plan_made";
    case Event::superseded:
      return "superseded";
    case Event::plan_spoiled:
      return "plan_spoiled";
    case Event::segments_written:
      return "segments_written";
    case Event::committed:
      return "committed";
    case Event::reboot_due:
      return "reboot_due";
    case Event::not_rebooted:
      return "not_rebooted";
    case Event::trial_running:
      return "trial_running";
    case Event::trial_confirmed:
      return "trial_confirmed";
    case Event::trial_failed:
      return "trial_failed";
    case Event::install_lost:
      return "install_lost";
    case Event::failed:
      return "failed";
    case Event::refused:
      return "refused";
  }
  return "unknown";
}

std::string_view to_string(Effect effect) {
  switch (effect) {
    case Effect::schedule_check:
      return "schedule_check";
    case Effect::schedule_retry:
      return "schedule_retry";
    case Effect::check:
      return "check";
    case Effect::plan:
      return "plan";
    case Effect::fetch:
      return "fetch";
    case Effect::commit:
      return "commit";
    case Effect::offer_reboot:
      return "offer_reboot";
    case Effect::reboot:
      return "reboot";
    case Effect::watch_trial:
      return "watch_trial";
    case Effect::finish:
      return "finish";
    case Effect::record_failure:
      return "record_failure";
  }
  return "unknown";
}

std::optional<Phase> phase_from_string(std::string_view name) {
  for (int i = 0; i < phase_count; ++i) {
    if (to_string(static_cast<Phase>(i)) == name) return static_cast<Phase>(i);
  }
  return std::nullopt;
}

std::string transitions_as_markdown() {
  std::string text = "| in phase | when | then | doing |\n| --- | --- | --- | --- |\n";
  for (const Transition& row : transitions) {
    text += fmt::format("| {} | {} | {} | {} |\n", to_string(row.from), to_string(row.event),
                        to_string(row.to), to_string(row.effect));
  }
  return text;
}

}  // namespace dunlin
