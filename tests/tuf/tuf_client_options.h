#pragma once
#include <string>
#include <vector>

#include "core/base/result.h"

namespace dunlin {

enum class TufCommand { init, refresh, download };

// The command line that the public TUF conformance suite speaks (its CLIENT-CLI.md).
struct TufClientOptions {
  TufCommand command = TufCommand::refresh;
  std::string metadata_dir;
  std::string trusted_root;               // init: the file to begin with
  std::string metadata_url;               // refresh, download; ends with a slash
  std::vector<std::string> target_names;  // download: in this order
  std::string target_base_url;            // download; ends with a slash
  std::string target_dir;                 // download
};

inline constexpr const char* tuf_client_usage =
    "usage: dunlin-tuf-client --metadata-dir DIR init ROOT.json\n"
    "       dunlin-tuf-client --metadata-dir DIR --metadata-url URL refresh\n"
    "       dunlin-tuf-client --metadata-dir DIR --metadata-url URL --target-name PATH [--target-name PATH "
    "...]\n"
    "                         --target-base-url URL --target-dir DIR download\n";

// Options may stand before and after the command, as "--name value" or "--name=value". usage: whatever is
// unknown, missing, or given where it means nothing.
Result<TufClientOptions> parse_tuf_client_options(const std::vector<std::string>& arguments);

}  // namespace dunlin
