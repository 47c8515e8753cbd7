#include "node/bundle_copy.h"

#include <fmt/format.h>

#include "node/release_files.h"

namespace dunlin {

namespace {

constexpr std::uint64_t copied_between_checkpoints = 32u << 20;

}  // namespace

Task<Result<void>> BundleCopy::run(UpdatePlan plan) {
  const std::string version = plan.version;
  auto copied = co_await copy(std::move(plan));
  if (copied) co_return Result<void>();
  if (copy_) {
    auto kept = co_await save(version);
    if (!kept) copied.error().message += "; " + kept.error().message;
  }
  give_up_bundle(copied.error(), version);
  co_return fail(std::move(copied.error()));
}

// What is wrong with this device's own disk may be mended while the bundle waits.
void BundleCopy::give_up_bundle(const Error& error, const std::string& version) {
  const bool is_damaged = error.kind == ErrorKind::bad_image;
  if (!is_damaged && error.kind != ErrorKind::bad_peer) return;
  context_.journal.add(is_damaged ? "bundle_damaged" : "bundle_gone", version,
                       error.message + "; what was copied is kept");
  shelves_.bundle.drop();
}

Task<Result<void>> BundleCopy::copy(UpdatePlan plan) {
  bundle_ = shelves_.bundle.bundle();
  const BundleMember* member = bundle_ ? bundle_->index->find(plan.pack.path) : nullptr;
  if (member == nullptr) co_return Result<void>();
  Result<void> opened = open(plan, *member);
  if (!opened) co_return opened;
  PackCopy& copy = *copy_;
  auto find = [&copy] { return copy.begin(); };
  auto begun = co_await offload(context_.io, context_.pool, std::move(find));
  if (!begun || copy.is_done()) co_return begun;
  shelves_.packs.close(plan.pack.sha256);
  while (!copy.is_done()) {
    show();
    auto job = [&copy] { return copy.advance(); };
    auto advanced = co_await offload(context_.io, context_.pool, std::move(job));
    if (!advanced) co_return advanced;
    if (!copy.is_done() && copy.copied_bytes() - saved_ < copied_between_checkpoints) continue;
    auto saved = co_await save(plan.version);
    if (!saved) co_return saved;
  }
  context_.journal.add(
      "bundle_copied", plan.version,
      fmt::format("{} bytes of release {} are copied from the bundle {}: it is not needed any more",
                  copy.copied_bytes(), plan.version, bundle_->path));
  co_return Result<void>();
}

Result<void> BundleCopy::open(const UpdatePlan& plan, const BundleMember& member) {
  Result<Bytes> bytes = ReleaseFiles(context_.disk, context_.paths).torrent(plan.torrent, "pack");
  if (!bytes) return fail(std::move(bytes.error()));
  Result<TorrentFile> torrent = parse_torrent(*bytes);
  if (!torrent) return fail(std::move(torrent.error()));
  if (torrent->size != plan.pack.size || member.size != plan.pack.size)
    return fail(ErrorKind::bad_image,
                plan.pack.path + " in the bundle has not the signed size: make another bundle");
  Result<void> made = context_.disk.create_directories(context_.paths.packs());
  if (made) made = create_durable_directories(context_.disk, context_.paths.swarm());
  if (!made) return made;
  Result<std::unique_ptr<FileBlockStore>> store =
      FileBlockStore::open(context_.disk, context_.paths.pack(plan.pack.sha256), plan.pack.size,
                           FileBlockStore::Access::read_write);
  if (!store) return fail(std::move(store.error()));
  copy_ = std::make_unique<PackCopy>(std::make_shared<const TorrentFile>(std::move(*torrent)),
                                     std::move(*store), *bundle_->source, member.offset,
                                     CheckpointStore(context_.disk, context_.paths.swarm()));
  return {};
}

// The bytes first, then what says that they are there, then how many they were.
Task<Result<void>> BundleCopy::save(std::string version) {
  PackCopy& copy = *copy_;
  auto job = [&copy] { return copy.checkpoint(); };
  auto kept = co_await offload(context_.io, context_.pool, std::move(job));
  if (!kept) co_return kept;
  Result<UpdateLedger> ledger = context_.store.ledger(version);
  if (!ledger) co_return fail(std::move(ledger.error()));
  ledger->usb += copy.copied_bytes() - saved_;
  saved_ = copy.copied_bytes();
  context_.live.ledger = *ledger;
  show();
  co_return context_.store.save_ledger(version, *ledger);
}

void BundleCopy::show() const {
  context_.live.transfer = TransferStatus();
  context_.live.transfer.verified = copy_->present_bytes();
}

}  // namespace dunlin
