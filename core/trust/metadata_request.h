#pragma once
#include <optional>
#include <string>

#include "core/trust/repository_path.h"

namespace dunlin {

// A metadata file that the client workflow wants next; whoever drives it fetches the file and gives it back.
struct MetadataRequest {
  std::string role;                     // "root", "timestamp", …, or a delegated role's name
  std::optional<std::int64_t> version;  // in the file's name; none when names carry no versions
  std::size_t size_max = 0;             // bytes; not one more needs to be fetched

  // "3.root.json"
  std::string file_name() const { return metadata_file_name(role, version); }
};

}  // namespace dunlin
