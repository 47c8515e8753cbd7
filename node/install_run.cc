#include "node/install_run.h"

#include <fmt/format.h>

#include "core/base/log.h"
#include "node/bundle_copy.h"
#include "node/install_begin.h"
#include "node/release_files.h"
#include "node/slot_search.h"
#include "node/spoiled_sources.h"

namespace dunlin {

namespace {

constexpr std::uint64_t worth_turning_bytes = 1u << 20;
constexpr std::chrono::milliseconds offers_interval{2'000};
constexpr std::chrono::milliseconds stuck_after{10'000};  // nothing came: the pack may be out of reach
constexpr std::chrono::milliseconds poll_interval{1'000};

}  // namespace

Task<Outcome> InstallRun::run(UpdatePlan plan) {
  plan_ = std::move(plan);
  context_.live.show_plan(plan_);
  auto opened = co_await open();
  // Whatever the applier or the disk objects to here may be mended without a new release.
  if (!opened) co_return Outcome{Event::failed, opened.error().message};
  auto outcome = co_await transfer();
  Result<void> saved = save_ledger();
  if (!saved) log_warning("byte ledger not kept", {{"error", saved.error()}});
  session_.reset();
  co_return outcome;
}

Task<Result<void>> InstallRun::open() {
  BundleCopy bundle(context_, shelves_);
  auto copied = co_await bundle.run(plan_);
  if (!copied) co_return copied;
  auto status = co_await context_.applier.status();
  if (!status) co_return fail(std::move(status.error()));
  context_.live.applier = std::move(*status);
  Result<void> begun = accounts_.begin(plan_.version);
  if (!begun) co_return begun;
  newer_.begin();
  last_offers_ = context_.clock.steady();

  auto spare = co_await begin_install(context_, shelves_.images, plan_);
  if (!spare) co_return fail(std::move(spare.error()));
  std::unique_ptr<File> base;
  if (plan_.base) {
    auto booted = co_await context_.applier.open_booted_slot();
    if (!booted) co_return fail(std::move(booted.error()), "opening the booted slot");
    base = std::move(*booted);
  }
  Result<TransferId> transfer = shelves_.packs.open(plan_, wants_.first());
  if (!transfer) co_return fail(std::move(transfer.error()));
  transfer_ = *transfer;
  Result<std::unique_ptr<File>> pack =
      context_.disk.open(context_.paths.pack(plan_.pack.sha256), OpenMode::read);
  if (!pack) co_return fail(std::move(pack.error()));
  session_ = std::make_unique<InstallSession>(std::move(*spare), std::move(base), std::move(*pack));
  co_return Result<void>();
}

Result<std::uint64_t> InstallRun::first_segment() {
  Result<SlotCheckpoint> checkpoint = context_.store.checkpoint();
  if (!checkpoint) return fail(std::move(checkpoint.error()));
  Result<std::string> slot = context_.store.setting("install_slot");
  if (!slot) return fail(std::move(slot.error()));
  const bool is_same_slot = *slot == session_->slot_name();
  if (is_same_slot && checkpoint->next_segment > 0) return checkpoint->next_segment;
  if (is_same_slot) return session_->segment_at(checkpoint->target_bytes);
  Result<void> reset = context_.store.save_checkpoint({});
  if (!reset) return fail(std::move(reset.error()));
  Result<void> saved = context_.store.save_setting("install_slot", session_->slot_name());
  if (!saved) return fail(std::move(saved.error()));
  return std::uint64_t{0};
}

Task<Outcome> InstallRun::transfer() {
  bool started = false;
  for (;;) {
    update_live();
    const TransferStatus status = context_.live.transfer;
    if (status.failure) co_return Outcome{Event::failed, status.failure->message};
    if (!started) {
      Result<bool> there = session_->table_is_there(wants_.readable(status.contiguous));
      Result<void> table = there ? Result<void>() : fail(there.error());
      if (there && *there) table = session_->open_table(plan_);
      if (!table) {
        auto judged = co_await judge_whole_pack(std::move(table.error()));
        co_return judged;
      }
      if (*there) {
        const std::optional<std::string> obstacle = context_.codecs.obstacle(session_->table());
        if (obstacle) co_return give_up_pack(*obstacle);
        auto begun = co_await start_segments();
        if (!begun && begun.error().kind == ErrorKind::bad_image) {
          auto judged = co_await judge_whole_pack(std::move(begun.error()));
          co_return judged;
        }
        if (!begun) co_return Outcome{Event::failed, begun.error().message};
        started = true;
        continue;  // what is wanted has changed, and so what the transfer says
      }
      if (wants_.extend_head(*session_, *transfer_)) continue;
    }
    if (started) {
      auto decoded = co_await decode(status.contiguous);
      if (!decoded && decoded.error().kind == ErrorKind::bad_image) {
        auto judged = co_await judge_bad_segment(std::move(decoded.error()));
        co_return judged;
      }
      if (!decoded) co_return Outcome{Event::failed, decoded.error().message};
      if (session_->pipeline().is_done()) break;
      if (session_->pipeline().wants_changed()) {
        wants_.tell(*session_, *transfer_);
        session_->pipeline().wants_told();
      }
    }
    auto superseded = co_await newer_.is_there(plan_.version);
    if (superseded) co_return Outcome{Event::superseded, {}};
    auto turned = co_await turn_to_image();
    if (turned) co_return Outcome{Event::started, {}};
    co_await context_.swarm.changed(*transfer_, poll_interval);
  }
  update_live();
  Result<void> kept = shelves_.packs.keep(plan_);
  if (!kept) co_return Outcome{Event::failed, kept.error().message};
  const UpdateLedger& bytes = context_.live.ledger;
  context_.journal.add(
      "written", plan_.version,
      fmt::format(
          "release {} is in slot {}: {} bytes from the LAN, {} over the WAN, {} from a bundle, {} from "
          "this device",
          plan_.version, session_->slot_name(), bytes.lan, bytes.wan, bytes.usb, bytes.slot));
  co_return Outcome{Event::segments_written, {}};
}

Task<Result<void>> InstallRun::start_segments() {
  Result<std::uint64_t> first = first_segment();
  if (!first) co_return fail(std::move(first.error()));
  if (!plan_.base && context_.live.transfer.verified < plan_.pack.size) {
    SlotSearch search(context_, *session_, plan_);
    auto searched = co_await search.run(*first);
    if (!searched) co_return searched;
  }
  if (!plan_.base) wants_.tell(*session_, *transfer_);
  session_->start(*first, context_.clock);
  context_.journal.add_once(*first == 0 ? "installing" : "resumed", plan_.version,
                            fmt::format("writing release {} to slot {} from segment {} of {}", plan_.version,
                                        session_->slot_name(), *first, session_->table().segments.size()));
  co_return Result<void>();
}

Task<Result<void>> InstallRun::decode(std::uint64_t prefix) {
  SegmentPipeline& pipeline = session_->pipeline();
  while (!pipeline.is_starved(prefix)) {
    auto job = [&pipeline, prefix] { return pipeline.advance(prefix); };
    auto advanced = co_await offload(context_.io, context_.pool, std::move(job));
    if (!advanced) co_return advanced;
    update_live();
    if (!pipeline.sync_due()) continue;
    auto stored = co_await store_checkpoint();
    if (!stored) co_return stored;
  }
  if (!pipeline.sync_due()) co_return Result<void>();
  auto stored = co_await store_checkpoint();
  co_return stored;
}

Task<Result<void>> InstallRun::store_checkpoint() {
  SegmentPipeline& pipeline = session_->pipeline();
  auto job = [&pipeline] { return pipeline.sync(); };
  auto synced = co_await offload(context_.io, context_.pool, std::move(job));
  if (!synced) co_return synced;
  Result<void> saved =
      context_.store.save_checkpoint({pipeline.progress().next_segment, pipeline.progress().target_bytes});
  if (!saved) co_return saved;
  co_return save_ledger();
}

Outcome InstallRun::give_up_pack(const std::string& why) {
  Result<void> saved = SpoiledSources(context_.store).add_pack(plan_.pack.sha256);
  if (!saved) return {Event::failed, saved.error().message};
  std::string text = fmt::format("pack {} cannot be used here, taking another one: {}",
                                 plan_.pack.sha256.hex().substr(0, 12), why);
  context_.journal.add("codec_differs", plan_.version, text);
  return {Event::plan_spoiled, std::move(text)};
}

// What is in the slot is no longer trusted, so everything is written again; equal blocks are not.
Outcome InstallRun::start_over(const std::string& why) {
  Result<void> reset = context_.store.save_checkpoint({});
  if (!reset) return {Event::failed, reset.error().message};
  std::string text = fmt::format("slot {} no longer holds what was written to it, writing it again: {}",
                                 session_->slot_name(), why);
  context_.journal.add("slot_changed", plan_.version, text);
  return {Event::failed, std::move(text)};
}

Task<Outcome> InstallRun::judge_bad_segment(Error error) {
  if (session_->pipeline().fault() == DecodeFault::codec) {
    auto stored = co_await store_checkpoint();
    if (!stored) co_return Outcome{Event::failed, stored.error().message};
    co_return give_up_pack(error.message);
  }
  if (session_->pipeline().fault() == DecodeFault::written) co_return start_over(error.message);
  if (!plan_.base) {
    auto judged = co_await judge_whole_pack(std::move(error));
    co_return judged;
  }
  InstallSession& session = *session_;
  auto job = [&session] { return session.digest_of_base(); };
  auto base = co_await offload(context_.io, context_.pool, std::move(job));
  if (!base) co_return Outcome{Event::failed, base.error().message};
  if (*base == *plan_.base) {
    auto judged = co_await judge_whole_pack(std::move(error));
    co_return judged;
  }
  Result<void> saved = SpoiledSources(context_.store).add_base(*plan_.base);
  if (!saved) co_return Outcome{Event::failed, saved.error().message};
  std::string text =
      "the booted slot no longer holds its image exactly (was it mounted writable?), so the delta "
      "cannot be used: fetching the full pack instead; " +
      error.message;
  context_.journal.add("base_changed", plan_.version, text);
  co_return Outcome{Event::plan_spoiled, std::move(text)};
}

// Every piece matched the signed torrent when it arrived. Either our copy rotted since, or the pack was
// published wrong. Only the whole pack tells.
Task<Outcome> InstallRun::judge_whole_pack(Error error) {
  context_.swarm.set_wanted(*transfer_, std::nullopt);
  for (;;) {
    update_live();
    if (context_.live.transfer.failure)
      co_return Outcome{Event::failed, context_.live.transfer.failure->message};
    if (context_.live.transfer.done) break;
    co_await context_.swarm.changed(*transfer_, poll_interval);
  }
  Result<std::unique_ptr<File>> file =
      context_.disk.open(context_.paths.pack(plan_.pack.sha256), OpenMode::read);
  if (!file) co_return Outcome{Event::failed, file.error().message};
  FileSource source(**file, plan_.pack.size);
  auto job = [&source] { return digest_of(source); };
  auto digest = co_await offload(context_.io, context_.pool, std::move(job));
  const std::string name = plan_.pack.sha256.hex().substr(0, 12);
  if (digest && *digest == plan_.pack.sha256) {
    co_return Outcome{Event::refused,
                      fmt::format("pack {} is wrong as it was published: {}; publish a corrected release",
                                  name, error.message)};
  }
  Result<void> saved = save_ledger();
  if (!saved) log_warning("byte ledger not kept", {{"error", saved.error()}});
  shelves_.packs.discard(plan_.pack.sha256);
  transfer_.reset();
  std::string text =
      fmt::format("the copy of pack {} on this device was damaged after it arrived and is fetched again: {}",
                  name, error.message);
  context_.journal.add("pack_damaged", plan_.version, text);
  co_return Outcome{Event::failed, std::move(text)};
}

// Somebody near has the whole image now: as others had better deltas, and the rest of this pack need not
// cross the WAN, or as the pack stands still where there is no WAN. The plan is changed only when the image's
// torrent could be had, so that the pack goes on otherwise.
Task<bool> InstallRun::turn_to_image() {
  const SteadyTime now = context_.clock.steady();
  const TransferStatus& pack = context_.live.transfer;
  standstill_.see(pack.verified, now);
  const bool is_stuck = pack.missing > 0 && standstill_.has_lasted(stuck_after, now);
  const bool is_alone = pack.missing > 0 && context_.config.wan == WanPolicy::never;
  const bool asks =
      (pack.missing >= worth_turning_bytes || is_stuck || is_alone) && now - last_offers_ >= offers_interval;
  if (!asks) co_return false;
  last_offers_ = now;
  auto offers = co_await context_.swarm.offers();
  if (!image_is_nearer(plan_, offers, shelves_.starved.list(context_.clock.steady()))) co_return false;
  // Little is missing: whoever has any of the pack may still bring it.
  const bool is_little = pack.missing < worth_turning_bytes && !is_stuck;
  if (is_little && is_offered(offers, plan_.pack.sha256)) co_return false;
  ReleaseFiles files(context_.disk, context_.paths);
  Result<void> stored;
  if (!files.find(*plan_.image_torrent)) {
    auto torrent = co_await context_.repository.fetch(*plan_.image_torrent, plan_.image_id);
    if (!torrent) co_return false;
    stored = files.keep(*plan_.image_torrent, *torrent);
  }
  UpdatePlan next = plan_;
  next.source = SourceKind::image;
  next.wan_bytes = 0;
  next.reason = fmt::format("a neighbour has release {} now: {} bytes of the pack need not cross the WAN",
                            plan_.version, context_.live.transfer.missing);
  if (stored) stored = context_.store.save_plan(next);
  if (!stored) co_return false;
  context_.journal.add("image_near", plan_.version, next.reason);
  co_return true;
}

const PipelineProgress* InstallRun::progress() const {
  return session_ && session_->has_started() ? &session_->pipeline().progress() : nullptr;
}

void InstallRun::update_live() {
  if (transfer_) accounts_.show(*transfer_, progress());
}

Result<void> InstallRun::save_ledger() {
  return transfer_ ? accounts_.save(*transfer_, progress()) : Result<void>();
}

}  // namespace dunlin
