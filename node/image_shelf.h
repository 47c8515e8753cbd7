#pragma once
#include <map>
#include <set>

#include "node/node_context.h"
#include "swarm/torrent_file.h"

namespace dunlin {

// The images in this device's confirmed slots, served to neighbours out of the slots, read only. What the
// torrent of an image needs is worked out from the slot itself, once, and kept: no byte of it crosses the
// WAN.
class ImageShelf {
 public:
  explicit ImageShelf(NodeContext& context) : context_(context) {}

  // Serves every confirmed slot whose image the applier names (in live.applier), and no other; again without
  // the pieces that differ when a slot turned out to have changed. Failures are logged and cost only the
  // neighbours. Takes as long as reading a slot when its image is new, otherwise no time.
  Task<> refresh();
  // A slot's content is about to change: it is not served from now on.
  void withdraw(const std::string& slot);
  // A slot that is served cannot be served as it is: refresh() mends that.
  bool needs_care() const;

 private:
  struct Served {
    Digest image;
    TransferId transfer{};
    int repairs = 0;
  };

  Task<> serve(SlotReport slot, int repairs);
  Task<Result<TorrentFile>> torrent_of(SlotReport slot);
  Task<Result<PieceSet>> find_pieces(std::string slot, std::shared_ptr<const TorrentFile> torrent);
  bool is_to_be_served(const SlotReport& slot) const;
  void forget_torrents();

  NodeContext& context_;
  std::map<std::string, Served> served_;  // by slot
  std::set<Digest> given_up_;             // until the next start: their slot holds something else
};

}  // namespace dunlin
