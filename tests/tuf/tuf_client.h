#pragma once
#include "core/trust/metadata_folder.h"
#include "core/trust/target_search.h"
#include "swarm/http_client.h"
#include "tests/tuf/tuf_client_options.h"

namespace dunlin {

// A TUF client in the usual form: trusted files in a folder, a repository behind two URLs. Fetches what the
// workflow of core/trust asks for, and keeps every file that was accepted before it asks for the next one.
class TufClient {
 public:
  // All of it outlives the run of the loop. `began` is the fixed update start time.
  TufClient(Disk& disk, HttpClient& http, TufClientOptions options, WallTime began)
      : disk_(disk),
        http_(http),
        options_(std::move(options)),
        began_(began),
        folder_(disk, options_.metadata_dir) {}

  // Begins with the root file of the command line.
  Result<void> init();
  Task<Result<void>> refresh();
  // refresh(), then each target in turn; the first failure ends it. A target that lies in the folder already
  // is not fetched again.
  Task<Result<void>> download();

 private:
  Task<Result<void>> download_one(std::string target);
  Task<Result<TargetEntry>> find(std::string target);
  Task<Result<void>> look_at(TargetSearch& search, MetadataRequest request);
  // The body of a 200 answer; `missing` turns true for 404 and 403.
  Task<Result<Bytes>> fetch(std::string url, std::uint64_t size_max, bool& missing);
  bool is_kept(const std::string& path, const TargetEntry& entry);

  Disk& disk_;
  HttpClient& http_;
  TufClientOptions options_;
  WallTime began_;
  MetadataFolder folder_;
  std::optional<TrustedMetadata> metadata_;  // after refresh()
};

}  // namespace dunlin
