#pragma once
#include "node/repository.h"
#include "swarm/http_client.h"
#include "swarm/mirror_offer.h"
#include "swarm/wan_gate.h"

namespace dunlin {

// One server of the repository's small files.
struct RepositoryPlace {
  std::string url;   // without a slash at its end
  std::string name;  // for people
  bool is_lan = false;
};

// The repository itself and the mirrors of neighbours: the same files at the same paths. Nothing that comes
// from here has been verified.
class RepositoryPlaces {
 public:
  // `lan` uses no proxy; `gate` is asked before anything is fetched over the WAN.
  RepositoryPlaces(HttpClient& wan, HttpClient& lan, std::string url, WanGate& gate)
      : wan_(wan), lan_(lan), url_(std::move(url)), gate_(gate) {}

  RepositoryPlace repository() const { return {url_, url_, false}; }
  static RepositoryPlace mirror_of(const MirrorOffer& neighbour);

  // The body of a 200 answer; *missing turns true for 404 and 403 (object stores answer so). A neighbour gets
  // ten seconds in all.
  Task<Result<Bytes>> get(RepositoryPlace place, std::string path, std::uint64_t size_max, bool& missing);
  MetadataBytes moved() const { return moved_; }

 private:
  HttpClient& wan_;
  HttpClient& lan_;
  std::string url_;
  WanGate& gate_;
  MetadataBytes moved_;
};

}  // namespace dunlin
