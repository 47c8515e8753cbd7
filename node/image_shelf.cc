#include "node/image_shelf.h"

#include <fmt/format.h>

#include "core/base/log.h"
#include "node/slot_block_store.h"
#include "swarm/checked_block_store.h"
#include "swarm/resume_check.h"

namespace dunlin {

namespace {

constexpr int repairs_max = 3;

// Hashes what passes, read from the front to the end exactly once.
class HashedSource final : public ByteSource {
 public:
  explicit HashedSource(const ByteSource& inner) : inner_(inner) {}

  std::uint64_t size() const override { return inner_.size(); }
  Result<void> read(std::uint64_t offset, ByteSpan out) const override {
    Result<void> read = inner_.read(offset, out);
    if (read) hash_.add(out);
    return read;
  }
  Digest digest() { return hash_.finish(); }

 private:
  const ByteSource& inner_;
  mutable Sha256 hash_;
};

// bad_image when the slot does not hold the image it is said to hold.
Result<Bytes> torrent_of_slot(File& slot, std::uint64_t size, const Digest& image) {
  const FileSource source(slot, size);
  HashedSource hashed(source);
  Result<Bytes> torrent = make_torrent(hashed, image_torrent_name(image), {});
  if (!torrent) return torrent;
  if (hashed.digest() == image) return torrent;
  return fail(ErrorKind::bad_image, "it no longer holds its image exactly (was it mounted writable?)");
}

PieceSet all_pieces(const TorrentFile& torrent) {
  PieceSet all(torrent.piece_count());
  for (std::uint32_t i = 0; i < all.size(); ++i) all.insert(i);
  return all;
}

}  // namespace

bool ImageShelf::is_to_be_served(const SlotReport& slot) const {
  if (slot.state != "confirmed" || !slot.image_id || slot.image_size == 0) return false;
  if (given_up_.contains(*slot.image_id)) return false;
  return std::none_of(served_.begin(), served_.end(), [&](const auto& entry) {
    return entry.first != slot.name && entry.second.image == *slot.image_id;
  });
}

bool ImageShelf::needs_care() const {
  return std::any_of(served_.begin(), served_.end(), [this](const auto& entry) {
    return context_.swarm.status(entry.second.transfer).failure.has_value();
  });
}

void ImageShelf::withdraw(const std::string& slot) {
  const auto served = served_.find(slot);
  if (served == served_.end()) return;
  context_.swarm.remove(served->second.transfer, false);
  served_.erase(served);
}

Task<> ImageShelf::refresh() {
  if (!context_.live.applier) co_return;
  const std::vector<SlotReport> slots = context_.live.applier->slots;
  for (const SlotReport& slot : slots) {
    const auto served = served_.find(slot.name);
    int repairs = 0;
    if (served != served_.end()) {
      const bool failed = context_.swarm.status(served->second.transfer).failure.has_value();
      const bool same = slot.state == "confirmed" && slot.image_id == served->second.image;
      if (same && !failed) continue;
      repairs = served->second.repairs + (failed ? 1 : 0);
      withdraw(slot.name);
    }
    if (is_to_be_served(slot)) {
      co_await serve(slot, repairs);
    }
  }
  forget_torrents();
}

Task<> ImageShelf::serve(SlotReport slot, int repairs) {
  if (repairs > repairs_max) {
    given_up_.insert(*slot.image_id);
    co_return;
  }
  auto torrent = co_await torrent_of(slot);
  if (!torrent) {
    log_warning("slot not served to neighbours", {{"slot", slot.name}, {"error", torrent.error()}});
    co_return;
  }
  const auto shared = std::make_shared<const TorrentFile>(std::move(*torrent));
  PieceSet have = all_pieces(*shared);
  if (repairs > 0) {
    auto found = co_await find_pieces(slot.name, shared);
    if (!found) co_return;
    have = std::move(*found);
  }
  auto file = co_await context_.applier.open_slot(slot.name);
  if (!file) {
    log_warning("slot not served to neighbours", {{"slot", slot.name}, {"error", file.error()}});
    co_return;
  }
  TransferSpec spec;
  spec.name = "image of slot " + slot.name;
  spec.torrent = encode_torrent(*shared);
  spec.store = std::make_shared<CheckedBlockStore>(std::move(*file), shared, context_.clock);
  spec.have = std::move(have);
  spec.wanted = std::vector<ByteRange>();
  spec.content = *slot.image_id;
  spec.lan_only = true;
  Result<TransferId> id = context_.swarm.add(std::move(spec));
  if (id)
    served_[slot.name] = Served{*slot.image_id, *id, repairs};
  else
    log_warning("slot not served to neighbours", {{"slot", slot.name}, {"error", id.error()}});
}

Task<Result<TorrentFile>> ImageShelf::torrent_of(SlotReport slot) {
  const std::string path = context_.paths.image_torrent(*slot.image_id);
  Result<Bytes> kept = read_file(context_.disk, path, kept_torrent_size_max);
  Result<TorrentFile> known = kept ? parse_torrent(*kept) : fail(kept.error());
  if (known && known->size == slot.image_size) co_return known;
  auto file = co_await context_.applier.open_slot(slot.name);
  if (!file) co_return fail(std::move(file.error()));
  const std::shared_ptr<File> opened = std::move(*file);
  const std::uint64_t size = slot.image_size;
  const Digest image = *slot.image_id;
  auto job = [opened, size, image] { return torrent_of_slot(*opened, size, image); };
  auto made = co_await offload(context_.io, context_.pool, std::move(job));
  if (!made && made.error().kind == ErrorKind::bad_image) {
    given_up_.insert(image);
    context_.journal.add_once("slot_differs", slot.version,
                              "slot " + slot.name + " is not served to neighbours: " + made.error().message);
  }
  if (!made) co_return fail(std::move(made.error()));
  Result<void> stored = context_.disk.create_directories(context_.paths.images());
  if (stored) stored = write_file_atomically(context_.disk, path, *made);
  if (!stored) log_warning("torrent of an image not kept", {{"error", stored.error()}});
  co_return parse_torrent(*made);
}

Task<Result<PieceSet>> ImageShelf::find_pieces(std::string slot, std::shared_ptr<const TorrentFile> torrent) {
  auto file = co_await context_.applier.open_slot(slot);
  if (!file) co_return fail(std::move(file.error()));
  const auto store = std::make_shared<SlotBlockStore>(std::move(*file), torrent->size);
  auto job = [store, torrent] { return find_verified_pieces(*torrent, *store, torrent->size, std::nullopt); };
  auto found = co_await offload(context_.io, context_.pool, std::move(job));
  if (!found) co_return fail(std::move(found.error()));
  context_.journal.add("slot_differs", context_.live.booted_version(),
                       fmt::format("slot {} no longer holds its image exactly (was it mounted writable?): "
                                   "neighbours get {} of its {} pieces",
                                   slot, found->have.count(), torrent->piece_count()));
  co_return std::move(found->have);
}

// Of images that no slot holds any more.
void ImageShelf::forget_torrents() {
  std::set<std::string> wanted;
  for (const SlotReport& slot : context_.live.applier->slots) {
    if (slot.image_id) wanted.insert(context_.paths.image_torrent(*slot.image_id));
  }
  const std::string folder = context_.paths.images();
  for (const std::string& name : context_.disk.list(folder).value_or(std::vector<std::string>())) {
    if (wanted.contains(folder + "/" + name)) continue;
    Result<void> removed = context_.disk.remove(folder + "/" + name);
    if (!removed) log_warning("old torrent of an image not removed", {{"error", removed.error()}});
  }
}

}  // namespace dunlin
