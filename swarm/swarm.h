#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/asio.h"
#include "core/base/byte_range.h"
#include "core/base/digest.h"
#include "swarm/block_store.h"
#include "swarm/cheaper_wait.h"
#include "swarm/lan_offer.h"
#include "swarm/lan_share.h"
#include "swarm/mirror_offer.h"
#include "swarm/piece_set.h"

namespace dunlin {

enum class TransferId : std::uint32_t {};

// Which bytes of a file to fetch; without ranges, all of it. No ranges at all: nothing, only serve what is
// there.
using WantedRanges = std::optional<std::vector<ByteRange>>;

// One file to fetch and serve. The torrent's bytes have been checked against the signed manifest by the
// caller.
struct TransferSpec {
  std::string name;        // for logs and status
  Bytes torrent;           // .torrent (BitTorrent v2, BEP 52), exactly one file
  std::string path;        // where the content lives; made when missing
  std::string url;         // where the WAN leader reads it by range requests; empty: LAN only
  bool seed_only = false;  // the file is complete and trusted (seeder): serve it
  WantedRanges wanted{};
  // SHA-256 of the file's bytes: neighbours know it by this, and so does whoever plans. None: by its info
  // hash.
  std::optional<Digest> content{};
  // Where the content lives instead of `path`. Nothing is hashed at the start and no checkpoint is written.
  std::shared_ptr<BlockStore> store{};
  PieceSet have{};        // with `store`: pieces that are there and right; default: none
  bool lan_only = false;  // never from or to another site, whatever the mode
  // While a neighbour fetches one of these, or has just got it, this transfer reads nothing over the WAN.
  std::vector<CheaperContent> cheaper{};
};

// Bytes by where they came from. Counted once per verified piece; `wasted` arrived and failed or were not
// needed.
struct ByteLedger {
  std::uint64_t lan = 0;
  std::uint64_t wan = 0;
  std::uint64_t resumed = 0;  // found verified on disk when the transfer started
  std::uint64_t wasted = 0;
  std::uint64_t uploaded = 0;
};

struct TransferStatus {
  std::uint64_t size = 0;
  std::uint64_t verified = 0;    // bytes that passed their hash
  std::uint64_t wanted = 0;      // bytes of the pieces that hold wanted ranges
  std::uint64_t missing = 0;     // of those, bytes that are not verified
  std::uint64_t contiguous = 0;  // bytes up to the first wanted piece that is missing: wanted ones are safe
                                 // to read
  ByteLedger bytes;
  std::uint64_t rate = 0;  // bytes a second, smoothed over about 5 s, down
  int peers = 0;
  std::string role;              // "leader", "follower", "seed", "waiting", "queued"
  std::string leader;            // device id of the site's WAN leader for this torrent, when known
  bool leaves_wan = false;       // a neighbour fetches something cheaper: TransferSpec::cheaper
  std::string wan_state = "ok";  // "unreachable" while the seeder is tried in vain, or what the gate says
  bool done = false;             // nothing wanted is missing
  std::optional<Error> failure;  // the transfer stopped for good (disk full, ...)
};

// Something a person may want to know: "peer 10.0.0.3 banned: sent corrupt pieces", "leader is now dev-3".
struct SwarmEvent {
  std::string kind;  // "leader", "peer_banned", "wan_error", "resumed", "complete"
  std::string text;
};

// Moves files between the machines of a site and from its seeder. Everything runs on the loop's thread.
class Swarm {
 public:
  virtual ~Swarm() = default;
  // bad_image: not a v2 single-file torrent; usage: transferred already; device: the file cannot be made or
  // the disk is full.
  virtual Result<TransferId> add(TransferSpec spec) = 0;
  // Stops and forgets; the file and its checkpoint stay unless `remove_files`.
  virtual void remove(TransferId id, bool remove_files) = 0;
  virtual TransferStatus status(TransferId id) const = 0;
  // From now on only pieces that hold bytes of these ranges are fetched; pieces that are here stay, and are
  // served. status() tells at once. Unknown ids are ignored.
  virtual void set_wanted(TransferId id, WantedRanges ranges) = 0;
  // Resumes when more bytes are verified, the state changed, or after `limit`.
  virtual Task<> changed(TransferId id, std::chrono::milliseconds limit) = 0;
  virtual void on_event(std::function<void(const SwarmEvent&)> handler) = 0;
  // What the devices of this site have, as their beacons say. Waits until beacons have been listened to for
  // 1.5 s since the start.
  virtual Task<std::vector<LanOffer>> offers() = 0;
  // What neighbours say of one content now, those with none of it yet included; in order of instance.
  virtual std::vector<LanShare> shares(const Digest& content) const = 0;
  // What beacons say of this device's mirror from now on; news leave at once.
  virtual void tell_mirror(const OwnMirror& own) = 0;
  // Neighbours that serve a mirror of the repository, as their beacons say. Waits as offers() does.
  virtual Task<std::vector<MirrorOffer>> mirrors() = 0;
  // Resumes when beacons bring other news of mirrors, or after `limit`.
  virtual Task<> mirrors_changed(std::chrono::milliseconds limit) = 0;
  // Called when beacons bring other news of mirrors.
  virtual void on_mirrors(std::function<void(const std::vector<MirrorOffer>&)> handler) = 0;
  // Writes checkpoints and closes the session; resumes when that is done.
  virtual Task<> shut_down() = 0;
};

}  // namespace dunlin
