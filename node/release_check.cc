#include "node/release_check.h"

#include <fmt/format.h>

#include "core/trust/version.h"
#include "node/spoiled_sources.h"
#include "node/trial_verdict.h"

namespace dunlin {

namespace {

// Metadata seems expired when the clock is wrong; the person who reads this needs both times.
std::string with_clock_hint(const std::string& message, WallTime now) {
  if (message.find("expired") == std::string::npos) return message;
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(day);
  return fmt::format(
      "{}; this device's clock says {:04}-{:02}-{:02}: correct the clock if that is wrong, else let the "
      "seeder run "
      "so that it signs newer metadata",
      message, static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
      static_cast<unsigned>(date.day()));
}

}  // namespace

bool holds(const SlotReport& slot, const ReleaseOffer& offer) {
  if (slot.image_id && !offer.manifest.images.empty() && *slot.image_id != offer.manifest.images.front().id)
    return false;
  return slot.version == offer.manifest.version;
}

const FailedRelease* find_failed(const std::vector<FailedRelease>& failed, const ReleaseOffer& offer) {
  const std::string manifest = offer.manifest_sha256.hex();
  for (const FailedRelease& release : failed) {
    if (release.version != offer.manifest.version) continue;
    if (release.manifest.empty() || release.manifest == manifest) return &release;
  }
  return nullptr;
}

Outcome judge_offer(const CheckFacts& facts) {
  const SlotReport* booted = booted_slot(facts.applier);
  if (booted == nullptr) {
    return {Event::failed,
            "the applier does not know which slot is booted: see command_line_file in applier.toml"};
  }
  if (booted->state == "trial") return {Event::trial_running, {}};
  if (!facts.offer) return {Event::no_release, {}};
  const std::string& version = facts.offer->manifest.version;
  if (holds(*booted, *facts.offer)) return {Event::up_to_date, {}};
  const FailedRelease* failed = find_failed(facts.failed, *facts.offer);
  if (failed != nullptr && !facts.asked) {
    return {failed->kind == "fell_back" ? Event::failed_before : Event::refused_before, failed->reason};
  }
  const bool older = !booted->version.empty() && compare_versions(version, booted->version) < 0;
  if (older && !facts.asked) return {Event::up_to_date, {}};
  const SlotReport* spare = spare_slot(facts.applier);
  if (facts.applier.install == "staged" && spare != nullptr && holds(*spare, *facts.offer))
    return {Event::not_rebooted, {}};
  if (!facts.automatic && !facts.asked) return {Event::available, {}};
  return {Event::release_found, {}};
}

Task<Outcome> ReleaseCheck::run(bool asked) {
  auto status = co_await context_.applier.status();
  if (!status) co_return Outcome{Event::failed, status.error().message};
  context_.live.applier = std::move(*status);
  Result<void> learned = learn_failed_trial(context_, *context_.live.applier);
  if (!learned) co_return Outcome{Event::failed, learned.error().message};
  const ApplierStatus applier = *context_.live.applier;
  const SlotReport* booted = booted_slot(applier);
  if (booted != nullptr && booted->state == "trial") co_return Outcome{Event::trial_running, {}};

  if (bundle_.offer()) {
    offer_ = bundle_.look();
    co_return conclude(asked);
  }
  auto offer = co_await context_.repository.newest(applier.product, applier.hardware);
  if (!offer) co_return without_repository(offer.error());
  offer_ = std::move(*offer);
  context_.live.last_check = context_.clock.now();
  Outcome outcome = conclude(asked);
  co_return outcome;
}

Outcome ReleaseCheck::without_repository(const Error& error) {
  std::string message = with_clock_hint(error.message, context_.clock.now());
  context_.journal.add_once("check_failed", {}, message);
  if (context_.live.applier->install == "staged") return {Event::not_rebooted, std::move(message)};
  Result<std::optional<UpdatePlan>> plan = context_.store.plan();
  const bool is_planned = plan && *plan && !SpoiledSources(context_.store).spoil(**plan).value_or(true);
  if (error.kind == ErrorKind::retry_later && is_planned) return {Event::plan_stored, std::move(message)};
  return {Event::failed, std::move(message)};
}

Outcome ReleaseCheck::conclude(bool asked) {
  context_.live.available_version = offer_ ? offer_->manifest.version : std::string();
  Result<std::vector<FailedRelease>> failed = context_.store.failed_releases();
  if (!failed) return {Event::failed, failed.error().message};
  const CheckFacts facts{*context_.live.applier, offer_, *failed, asked,
                         context_.config.update_automatically};
  Outcome outcome = judge_offer(facts);
  const std::string passed_over = context_.repository.passed_over();
  if (!passed_over.empty()) context_.journal.add_once("passed_over", {}, passed_over);
  if (outcome.event == Event::no_release && passed_over.empty()) {
    context_.journal.add_once("no_release", {},
                              "the repository has no release of product " + context_.live.applier->product);
  }
  if (!offer_) return outcome;
  const std::string& version = offer_->manifest.version;
  if (outcome.event == Event::available) {
    context_.journal.add_once("available", version,
                              "release " + version + " is there; `dunlin-node update` installs it");
  }
  if (outcome.event != Event::release_found) return outcome;
  context_.journal.add_once("release_found", version, "release " + version + " is there");
  Result<void> forgotten = context_.store.forget_failed(version);
  if (!forgotten) return {Event::failed, forgotten.error().message};
  return outcome;
}

}  // namespace dunlin
