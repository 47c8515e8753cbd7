#include "node/release_planner.h"

#include <fmt/format.h>

#include "core/trust/release_policy.h"
#include "node/release_files.h"
#include "node/space_check.h"
#include "node/spoiled_sources.h"
#include "swarm/source_planner.h"

namespace dunlin {

Outcome outcome_of(const Error& error) {
  const bool rule_broken = error.kind == ErrorKind::bad_image || error.kind == ErrorKind::usage;
  return {rule_broken ? Event::refused : Event::failed, error.message};
}

Result<SourcePlan> ReleasePlanner::choose_source(const ImageEntry& image, const SlotReport& booted,
                                                 std::vector<LanOffer> offers) {
  SpoiledSources sources(context_.store);
  Result<std::vector<Digest>> spoiled = sources.packs();
  if (!spoiled) return fail(std::move(spoiled.error()));
  const std::vector<Digest> starved = shelves_.starved.list(context_.clock.steady());
  spoiled->insert(spoiled->end(), starved.begin(), starved.end());
  std::vector<HeldImage> held;
  if (booted.image_id) {
    Result<bool> is_spoiled = sources.is_base(*booted.image_id);
    if (!is_spoiled) return fail(std::move(is_spoiled.error()));
    if (!*is_spoiled) held.push_back({booted.name, *booted.image_id});
  }
  // Neighbours are always hoped for: without WAN a device waits for one that has the pack.
  const Surroundings around{context_.config.wan != WanPolicy::never, true, context_.wan.left(),
                            std::move(offers)};
  return plan_source(image, held, around, *spoiled);
}

Result<UpdatePlan> ReleasePlanner::make_plan(const ReleaseOffer& offer, std::vector<LanOffer> offers) {
  const ApplierStatus& applier = *context_.live.applier;
  const SlotReport* booted = booted_slot(applier);
  const SlotReport* spare = spare_slot(applier);
  if (booted == nullptr || spare == nullptr)
    return fail(ErrorKind::device, "there is no spare slot: the applier needs two [[slot]] entries");
  Result<void> fits = check_release(offer.manifest, {applier.product, applier.hardware, applier.version_floor,
                                                     booted->version, spare->capacity});
  if (!fits) return fail(std::move(fits.error()));
  if (offer.manifest.images.size() != 1)
    return fail(ErrorKind::bad_image, "this device installs releases of exactly one image");
  const ImageEntry& image = offer.manifest.images.front();
  Result<SourcePlan> source = choose_source(image, *booted, std::move(offers));
  if (!source) return fail(std::move(source.error()));
  const PackEntry& pack = image.packs[source->pack];
  UpdatePlan plan;
  plan.version = offer.manifest.version;
  plan.manifest = offer.manifest_sha256;
  plan.image = image.name;
  plan.image_id = image.id;
  plan.image_size = image.size;
  plan.source = source->kind;
  plan.pack = pack.file;
  plan.torrent = pack.torrent;
  plan.image_torrent = image.torrent;
  plan.base = pack.base;
  plan.wan_bytes = source->wan_bytes;
  plan.reason = source->reason;
  const auto bundle = shelves_.bundle.bundle();
  const bool is_brought = bundle && bundle->index->find(pack.file.path) != nullptr;
  if (plan.source == SourceKind::pack && is_brought)
    plan.reason = fmt::format("{}: {} pack of {} bytes from the bundle {}", image.name,
                              pack.base ? "delta" : "full", pack.file.size, bundle->path);
  else
    plan.cheaper = cheaper_packs(image, pack);
  return plan;
}

Result<void> ReleasePlanner::preflight(const UpdatePlan& plan) {
  if (plan.source == SourceKind::image) return {};  // goes to the slot and nowhere else
  Result<std::optional<UpdatePlan>> before = context_.store.plan();
  if (!before) return fail(std::move(before.error()));
  const bool resuming =
      *before && (*before)->source == SourceKind::pack && (*before)->pack.sha256 == plan.pack.sha256;
  if (resuming) return {};  // its space is taken already, at least in part
  Result<void> made = context_.disk.create_directories(context_.paths.packs());
  if (!made) return made;
  Result<DiskSpace> space = context_.disk.space(context_.paths.packs());
  if (!space) return fail(std::move(space.error()));
  return check_space(plan.pack, plan.torrent, space->free, context_.paths.data_dir());
}

Task<Outcome> ReleasePlanner::run(ReleaseOffer offer) {
  const std::string& problem = context_.live.applier->problem;
  if (!problem.empty()) co_return Outcome{Event::failed, problem};
  auto offers = co_await context_.swarm.offers();
  const std::vector<LanOffer> brought = shelves_.bundle.offers();
  offers.insert(offers.end(), brought.begin(), brought.end());
  Result<UpdatePlan> plan = make_plan(offer, std::move(offers));
  if (!plan) co_return outcome_of(plan.error());
  context_.wan.begin_update(plan->version);
  shelves_.packs.drop_all_but(plan->pack.sha256);
  Result<void> ready = preflight(*plan);
  if (!ready) co_return Outcome{Event::failed, ready.error().message};

  ReleaseFiles files(context_.disk, context_.paths);
  Result<void> stored;
  if (!files.find(plan->first_torrent())) {
    auto torrent = co_await context_.repository.fetch(plan->first_torrent(), plan->first_content());
    if (!torrent) co_return Outcome{Event::failed, torrent.error().message};
    stored = files.keep(plan->first_torrent(), *torrent);
  }
  if (stored) stored = files.keep(manifest_file(offer), offer.manifest_bytes);
  if (!stored) co_return Outcome{Event::failed, stored.error().message};
  stored = context_.store.save_plan(*plan);
  if (!stored) co_return Outcome{Event::failed, stored.error().message};
  files.keep_only(offer.manifest_sha256, offer.manifest);
  context_.journal.add_once("planned", plan->version, "release " + plan->version + ": " + plan->reason);
  co_return Outcome{Event::plan_made, {}};
}

}  // namespace dunlin
