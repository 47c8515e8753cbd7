#pragma once
#include <set>
#include <tuple>
#include <vector>

#include "swarm/mirror_offer.h"

namespace dunlin {

// What a device knows when it decides where to ask for metadata or for a small file (docs/mirror.md).
struct MirrorFacts {
  std::string device_id;
  bool may_use_wan = true;
  std::uint64_t version = 0;  // of the newest timestamp it verified with all that belongs to it
  SteadyTime now{};
  SteadyTime began{};                   // of this search
  std::vector<MirrorOffer> neighbours;  // those worth asking
};

// Where to ask next.
struct SourceStep {
  enum class Kind {
    neighbour,  // this one
    wan,        // the repository itself
    wait,       // nobody for at most `patience`: a neighbour is about to know
    enough,     // nobody: what is known here is as new as what a neighbour saw lately
    nobody,     // there is nobody to ask
  };
  Kind kind = Kind::nobody;
  MirrorOffer neighbour{};
  std::chrono::milliseconds patience{};
};

// How a device takes part in watching the repository.
struct MetadataNeed {
  SteadyTime fresh_since{};  // a neighbour's look at the repository at this time or later will do
  bool must_look = false;    // it relied on neighbours for long: it looks for itself
  bool learned = false;      // a neighbour brought news in this search
};

// Pure: where to learn what is newest. Never a neighbour that says it knows no more than this device.
SourceStep choose_metadata_source(const MirrorFacts& facts, const MetadataNeed& need);

// A file named by its hash, and who may have it.
class FileNeed {
 public:
  // `content`: content_key() of what the file describes; `teller`: instance of who told of the file.
  FileNeed(std::optional<std::uint64_t> content, std::optional<std::uint64_t> teller)
      : content_(content), teller_(teller) {}

  // This neighbour had it not; it is worth asking again when its mirror or its contents have changed.
  void note_tried(const MirrorOffer& neighbour);
  bool was_tried(const MirrorOffer& neighbour) const;
  bool is_described_by(const MirrorOffer& neighbour) const;  // it has the content
  bool is_told_by(const MirrorOffer& neighbour) const { return teller_ == neighbour.instance; }

 private:
  std::optional<std::uint64_t> content_;
  std::optional<std::uint64_t> teller_;
  std::set<std::tuple<std::uint64_t, std::uint16_t, bool>> tried_;  // instance, stock, has the content
};

// Pure: where to get the file. First the teller, then whoever has the content it describes, then the three
// that looked at the repository last; each once for each stock. Then, in turn, the repository.
SourceStep choose_file_source(const MirrorFacts& facts, const FileNeed& need);

}  // namespace dunlin
