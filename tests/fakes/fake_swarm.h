#pragma once
#include <map>
#include <set>

#include "core/base/disk.h"
#include "swarm/swarm.h"
#include "tests/fakes/fuse.h"

namespace dunlin {

// What the network and the swarm's checkpoints hold; outlives the swarms of several runs.
struct SwarmWorld {
  std::map<Digest, Bytes> contents;              // by SHA-256 of the .torrent
  std::map<std::string, std::uint64_t> on_disk;  // verified prefix by path, kept over a kill
  std::uint64_t fetched = 0;                     // bytes that crossed the network, ever
  std::uint64_t step = 256u << 10;               // bytes that arrive in one step
  std::uint64_t available = ~std::uint64_t{0};   // the network has no byte of a content after this one
  std::uint64_t uploaded = 0;                    // bytes that neighbours took from each transfer
  std::optional<Error> failure;                  // transfers stop with this
  std::set<std::string> removed;                 // paths whose files the node removed
};

// A swarm that gives bytes in order, some at every step, and writes them where they belong.
class FakeSwarm final : public Swarm {
 public:
  FakeSwarm(SwarmWorld& world, Disk& disk, Fuse& fuse) : world_(world), disk_(disk), fuse_(fuse) {}

  Result<TransferId> add(TransferSpec spec) override {
    const auto content = world_.contents.find(sha256(spec.torrent));
    if (content == world_.contents.end()) return fail(ErrorKind::usage, "not a torrent");
    Result<std::unique_ptr<File>> file = disk_.open(spec.path, OpenMode::create);
    if (!file) return fail(std::move(file.error()));
    Transfer transfer;
    transfer.spec = std::move(spec);
    transfer.content = &content->second;
    transfer.file = std::move(*file);
    transfer.status.size = content->second.size();
    transfer.status.bytes.resumed = world_.on_disk[transfer.spec.path];
    const auto id = static_cast<TransferId>(next_++);
    transfers_[id] = std::move(transfer);
    return id;
  }

  void remove(TransferId id, bool remove_files) override {
    const std::string path = transfers_.at(id).spec.path;
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
    const auto verified = world_.on_disk.find(transfer.spec.path);
    status.verified = verified == world_.on_disk.end() ? 0 : verified->second;
    status.contiguous = status.verified;
    status.done = status.verified == status.size;
    status.role = status.done ? "seed" : "leader";
    status.bytes.uploaded = world_.uploaded;
    status.failure = world_.failure;
    return status;
  }

  Task<> changed(TransferId id, std::chrono::milliseconds) override {
    co_await fuse_.step();
    if (!transfers_.contains(id) || world_.failure) co_return;
    advance(transfers_.at(id));
  }

  void on_event(std::function<void(const SwarmEvent&)> handler) override { handler_ = std::move(handler); }
  Task<> shut_down() override { co_return; }

  void tell(const SwarmEvent& event) { handler_(event); }

 private:
  struct Transfer {
    TransferSpec spec;
    const Bytes* content = nullptr;
    std::unique_ptr<File> file;
    TransferStatus status;
  };

  void advance(Transfer& transfer) {
    std::uint64_t& verified = world_.on_disk[transfer.spec.path];
    const std::uint64_t end =
        std::min({verified + world_.step, std::uint64_t{transfer.content->size()}, world_.available});
    if (end <= verified) return;
    const ByteView bytes = ByteView(*transfer.content).subspan(verified, end - verified);
    Result<void> written = transfer.file->write_at(verified, bytes);
    if (!written) return;
    transfer.status.bytes.wan += bytes.size();
    world_.fetched += bytes.size();
    verified = end;
  }

  SwarmWorld& world_;
  Disk& disk_;
  Fuse& fuse_;
  std::map<TransferId, Transfer> transfers_;
  std::uint32_t next_ = 1;
  std::function<void(const SwarmEvent&)> handler_;
};

}  // namespace dunlin
