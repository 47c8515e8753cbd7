#include "node/image_run.h"

#include <fmt/format.h>

#include "core/base/log.h"
#include "node/install_begin.h"
#include "node/release_files.h"

namespace dunlin {

namespace {

constexpr std::chrono::milliseconds image_poll_interval{1'000};
constexpr std::chrono::milliseconds ledger_interval{5'000};  // what a kill may leave uncounted
// Neighbours reboot into what they have installed, which takes a minute at most before they serve again.
constexpr std::chrono::seconds patience{60};

}  // namespace

Task<Outcome> ImageRun::run(UpdatePlan plan) {
  plan_ = std::move(plan);
  context_.live.show_plan(plan_);
  auto opened = co_await open();
  if (!opened) co_return Outcome{Event::failed, opened.error().message};
  auto filled = co_await fill();
  Result<void> started = filled ? start_transfer() : std::move(filled);
  if (!started) co_return Outcome{Event::failed, started.error().message};
  auto outcome = co_await transfer();
  Result<void> saved = save_ledger();
  if (!saved) log_warning("byte ledger not kept", {{"error", saved.error()}});
  context_.swarm.remove(*transfer_, false);
  context_.live.reuse.reset();
  co_return outcome;
}

Task<Result<void>> ImageRun::open() {
  auto status = co_await context_.applier.status();
  if (!status) co_return fail(std::move(status.error()));
  context_.live.applier = std::move(*status);
  Result<void> ready = accounts_.begin(plan_.version);
  if (ready) ready = read_torrent();
  if (!ready) co_return ready;
  newer_.begin();
  shelves_.packs.rest(plan_.pack.sha256);
  auto spare = co_await begin_install(context_, shelves_.images, plan_);
  if (!spare) co_return fail(std::move(spare.error()));
  auto booted = co_await context_.applier.open_booted_slot();
  if (!booted) log_warning("the booted slot lends nothing", {{"error", booted.error()}});
  slot_ = spare->name;
  spare_ = std::make_shared<SlotBlockStore>(std::move(spare->file), plan_.image_size);
  fill_ = std::make_unique<ImageFill>(torrent_, spare_, booted ? std::move(*booted) : nullptr);
  co_return Result<void>();
}

Result<void> ImageRun::read_torrent() {
  Result<Bytes> bytes = ReleaseFiles(context_.disk, context_.paths).torrent(*plan_.image_torrent, "image");
  if (!bytes) return fail(std::move(bytes.error()));
  Result<TorrentFile> torrent = parse_torrent(*bytes);
  if (!torrent) return fail(std::move(torrent.error()));
  if (torrent->size != plan_.image_size)
    return fail(ErrorKind::bad_image, "the image's torrent is of another size than the image");
  torrent_ = std::make_shared<const TorrentFile>(std::move(*torrent));
  return {};
}

Task<Result<void>> ImageRun::fill() {
  ImageFill& fill = *fill_;
  while (!fill.is_done()) {
    context_.live.reuse = ReuseStatus{plan_.image_size, fill.searched_bytes(), false, 0, 0};
    auto job = [&fill] { return fill.advance(); };
    auto advanced = co_await offload(context_.io, context_.pool, std::move(job));
    if (!advanced) co_return advanced;
  }
  co_return Result<void>();
}

Result<void> ImageRun::start_transfer() {
  TransferSpec spec;
  spec.name = "image of release " + plan_.version;
  spec.torrent = encode_torrent(*torrent_);
  spec.store = spare_;
  spec.have = fill_->have();
  spec.content = plan_.image_id;
  spec.lan_only = true;
  Result<TransferId> id = context_.swarm.add(std::move(spec));
  if (!id) return fail(std::move(id.error()), "starting the transfer");
  transfer_ = *id;
  standstill_ = Standstill();
  const std::uint64_t here = context_.swarm.status(*id).bytes.resumed;
  context_.live.reuse = ReuseStatus{plan_.image_size, plan_.image_size, true, plan_.image_size, here};
  context_.journal.add_once(
      "installing", plan_.version,
      fmt::format("filling slot {} with release {} from neighbours: {:.1f} of {:.1f} MB "
                  "are on this device",
                  slot_, plan_.version, static_cast<double>(here) / 1e6,
                  static_cast<double>(plan_.image_size) / 1e6));
  return {};
}

Task<Outcome> ImageRun::transfer() {
  for (;;) {
    update_live();
    const TransferStatus& status = context_.live.transfer;
    if (status.failure) co_return Outcome{Event::failed, status.failure->message};
    if (status.done) break;
    if (is_starving()) co_return give_up();
    auto superseded = co_await newer_.is_there(plan_.version);
    if (superseded) co_return Outcome{Event::superseded, {}};
    if (context_.clock.steady() - last_saved_ >= ledger_interval) {
      Result<void> saved = save_ledger();
      if (!saved) co_return Outcome{Event::failed, saved.error().message};
    }
    co_await context_.swarm.changed(*transfer_, image_poll_interval);
  }
  const UpdateLedger& bytes = context_.live.ledger;
  context_.journal.add(
      "written", plan_.version,
      fmt::format("release {} is in slot {}: {} bytes from the LAN, {} over the WAN, {} from this device",
                  plan_.version, slot_, bytes.lan, bytes.wan, bytes.slot));
  co_return Outcome{Event::segments_written, {}};
}

// Without WAN there is nothing to turn to: it stays, and hopes.
bool ImageRun::is_starving() {
  const SteadyTime now = context_.clock.steady();
  // While others have their turn, nothing is expected.
  if (context_.live.transfer.role == "queued") standstill_ = Standstill();
  standstill_.see(context_.live.transfer.verified, now);
  return context_.config.wan != WanPolicy::never && standstill_.has_lasted(patience, now);
}

Outcome ImageRun::give_up() {
  shelves_.starved.add(plan_.image_id, context_.clock.steady());
  std::string text = fmt::format("no neighbour gave any of the image for {} s, with {} of {} bytes here",
                                 patience.count(), context_.live.transfer.verified, plan_.image_size);
  context_.journal.add("image_starved", plan_.version, text);
  return {Event::plan_spoiled, std::move(text)};
}

PipelineProgress ImageRun::progress() const {
  PipelineProgress out;
  out.target_bytes = context_.swarm.status(*transfer_).verified;
  out.slot_bytes = fill_->lent_bytes();
  out.flash_written = spare_->written_bytes();
  out.flash_compared = spare_->compared_bytes();
  return out;
}

void ImageRun::update_live() {
  const PipelineProgress now = progress();
  accounts_.show(*transfer_, &now);
}

Result<void> ImageRun::save_ledger() {
  last_saved_ = context_.clock.steady();
  const PipelineProgress now = progress();
  return accounts_.save(*transfer_, &now);
}

}  // namespace dunlin
