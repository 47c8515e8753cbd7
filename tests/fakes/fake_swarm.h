#pragma once
#include <map>
#include <set>

#include "core/base/disk.h"
#include "swarm/swarm.h"
#include "swarm/torrent_file.h"
#include "tests/fakes/byte_ranges.h"
#include "tests/fakes/fuse.h"

namespace dunlin {

// What the network and the swarm's checkpoints hold; outlives the swarms of several runs.
struct SwarmWorld {
  std::map<Digest, Bytes> contents;               // by SHA-256 of the .torrent
  std::map<std::string, ByteRanges> on_disk;      // verified bytes by path, kept over a kill
  std::uint64_t fetched = 0;                      // bytes that crossed the network, ever
  std::uint64_t step = 256u << 10;                // bytes that arrive in one step
  std::uint64_t available = ~std::uint64_t{0};    // the network has no byte of a content after this one
  std::uint64_t uploaded = 0;                     // bytes that neighbours took from each transfer
  std::optional<Error> failure;                   // transfers stop with this
  std::set<std::string> removed;                  // paths whose files the node removed
  std::vector<LanOffer> offers;                   // what neighbours have
  std::function<std::vector<LanShare>()> shares;  // of any content, when somebody asks
  std::vector<MirrorOffer> mirrors;               // of the repository, at neighbours
  OwnMirror own_mirror;                           // what the node last said of its own
  std::function<void(std::chrono::milliseconds)> on_wait;  // while it waits for news of mirrors
  std::map<std::string, PieceSet> in_stores;  // what transfers with a store began with, by name; now
  std::map<std::string, Error> failing;       // transfers of this name stop with this
};

// A swarm that gives the wanted bytes in order, some at every step, and writes them where they belong. Its
// pieces are single bytes.
class FakeSwarm final : public Swarm {
 public:
  FakeSwarm(SwarmWorld& world, Disk& disk, Fuse& fuse) : world_(world), disk_(disk), fuse_(fuse) {}

  Result<TransferId> add(TransferSpec spec) override {
    const auto content = world_.contents.find(sha256(spec.torrent));
    if (content == world_.contents.end()) return fail(ErrorKind::usage, "not a torrent");
    const auto id = static_cast<TransferId>(next_++);
    if (spec.store) spec.path = "store " + std::to_string(static_cast<std::uint32_t>(id));
    if (spec.store) note_store(spec);
    Result<std::unique_ptr<File>> file =
        spec.store ? std::unique_ptr<File>() : disk_.open(spec.path, OpenMode::create);
    if (!file) return fail(std::move(file.error()));
    Transfer transfer;
    transfer.spec = std::move(spec);
    transfer.content = &content->second;
    transfer.file = std::move(*file);
    transfer.status.size = content->second.size();
    if (!transfer.spec.store && world_.on_disk[transfer.spec.path].size() == 0) find_pieces(transfer);
    transfer.status.bytes.resumed = world_.on_disk[transfer.spec.path].size();
    transfers_[id] = std::move(transfer);
    return id;
  }

  void remove(TransferId id, bool remove_files) override {
    const std::string path = transfers_.at(id).spec.path;
    world_.in_stores.erase(transfers_.at(id).spec.name);
    transfers_.erase(id);
    if (!remove_files) return;
    Result<void> removed = disk_.remove(path);
    (void)removed;
    world_.on_disk.erase(path);
    world_.removed.insert(path);
  }

  TransferStatus status(TransferId id) const override {
    const Transfer& transfer = transfers_.at(id);
    TransferStatus status = transfer.status;
    const auto found = world_.on_disk.find(transfer.spec.path);
    const ByteRanges here = found == world_.on_disk.end() ? ByteRanges() : found->second;
    status.verified = here.size();
    status.contiguous = status.size;
    for (const ByteRange& range : transfer.wanted()) {
      const ByteRange gap = here.first_gap(range);
      if (gap.length > 0) status.contiguous = std::min(status.contiguous, gap.offset);
      status.wanted += range.length;
      status.missing += here.missing_of(range);
    }
    status.done = status.missing == 0;
    status.role = status.done ? "seed" : "leader";
    status.bytes.uploaded = world_.uploaded;
    status.failure = world_.failure;
    const auto failing = world_.failing.find(transfer.spec.name);
    if (failing != world_.failing.end()) status.failure = failing->second;
    return status;
  }

  void set_wanted(TransferId id, WantedRanges ranges) override {
    transfers_.at(id).spec.wanted = std::move(ranges);
  }

  Task<> changed(TransferId id, std::chrono::milliseconds) override {
    co_await fuse_.step();
    if (!transfers_.contains(id) || world_.failure) co_return;
    advance(transfers_.at(id));
  }

  void on_event(std::function<void(const SwarmEvent&)> handler) override { handler_ = std::move(handler); }
  Task<std::vector<LanOffer>> offers() override { co_return world_.offers; }
  std::vector<LanShare> shares(const Digest&) const override {
    return world_.shares ? world_.shares() : std::vector<LanShare>();
  }
  void tell_mirror(const OwnMirror& own) override { world_.own_mirror = own; }
  Task<std::vector<MirrorOffer>> mirrors() override { co_return world_.mirrors; }
  // What happens meanwhile is up to the test.
  Task<> mirrors_changed(std::chrono::milliseconds limit) override {
    co_await fuse_.step();
    if (world_.on_wait) world_.on_wait(limit);
  }
  void on_mirrors(std::function<void(const std::vector<MirrorOffer>&)> handler) override {
    mirrors_handler_ = std::move(handler);
  }
  Task<> shut_down() override { co_return; }

  void tell(const SwarmEvent& event) { handler_(event); }
  void tell_mirrors() { mirrors_handler_(world_.mirrors); }

 private:
  struct Transfer {
    TransferSpec spec;
    const Bytes* content = nullptr;
    std::unique_ptr<File> file;
    TransferStatus status;

    std::vector<ByteRange> wanted() const {
      return spec.wanted.value_or(std::vector<ByteRange>{{0, content->size()}});
    }
  };

  // Pieces that are there are believed, as the real one does.
  void note_store(const TransferSpec& spec) {
    const TorrentFile torrent = parse_torrent(spec.torrent).value();
    ByteRanges& here = world_.on_disk[spec.path];
    here = ByteRanges();
    for (std::uint32_t i = 0; i < spec.have.size(); ++i) {
      if (spec.have.has(i))
        here.add(torrent.piece_offset(i), torrent.piece_offset(i) + torrent.piece_length(i));
    }
    world_.in_stores[spec.name] = spec.have;
  }

  // What somebody else put into the file is hashed, as the real one does.
  void find_pieces(const Transfer& transfer) {
    const Result<TorrentFile> torrent = parse_torrent(transfer.spec.torrent);
    const Result<Bytes> found = read_file(disk_, transfer.spec.path, 64u << 20);
    if (!torrent || !found) return;
    for (std::uint32_t i = 0; i < torrent->piece_count(); ++i) {
      const std::uint64_t begin = torrent->piece_offset(i);
      const std::uint32_t length = torrent->piece_length(i);
      if (begin + length > found->size()) break;
      if (piece_matches(*torrent, i, ByteView(*found).subspan(begin, length)))
        world_.on_disk[transfer.spec.path].add(begin, begin + length);
    }
  }

  void advance(Transfer& transfer) {
    ByteRanges& here = world_.on_disk[transfer.spec.path];
    std::uint64_t budget = world_.step;
    for (const ByteRange& range : transfer.wanted()) {
      for (ByteRange gap = here.first_gap(range); gap.length > 0 && budget > 0; gap = here.first_gap(range)) {
        const std::uint64_t end = std::min(gap.offset + std::min(gap.length, budget), world_.available);
        if (end <= gap.offset) return;
        bring(transfer, {gap.offset, end - gap.offset});
        here.add(gap.offset, end);
        budget -= end - gap.offset;
      }
    }
  }

  void bring(Transfer& transfer, const ByteRange& range) {
    const ByteView bytes = ByteView(*transfer.content).subspan(range.offset, range.length);
    BlockStore* store = transfer.spec.store.get();
    Result<void> written =
        store ? store->write(range.offset, bytes) : transfer.file->write_at(range.offset, bytes);
    if (!written) return;
    (transfer.spec.lan_only ? transfer.status.bytes.lan : transfer.status.bytes.wan) += bytes.size();
    world_.fetched += bytes.size();
  }

  SwarmWorld& world_;
  Disk& disk_;
  Fuse& fuse_;
  std::map<TransferId, Transfer> transfers_;
  std::uint32_t next_ = 1;
  std::function<void(const SwarmEvent&)> handler_;
  std::function<void(const std::vector<MirrorOffer>&)> mirrors_handler_;
};

}  // namespace dunlin
