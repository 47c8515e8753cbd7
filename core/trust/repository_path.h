#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "core/base/digest.h"
#include "core/base/result.h"

namespace dunlin {

// Every path of a repository folder is built here; docs/trust.md draws the folder. All are relative to its
// root and serve as URL paths unescaped.
std::string root_path(std::int64_t version);      // "metadata/3.root.json"
std::string snapshot_path(std::int64_t version);  // "metadata/3.snapshot.json"
std::string targets_path(std::int64_t version);   // "metadata/3.targets.json"
inline constexpr std::string_view timestamp_path = "metadata/timestamp.json";
// A metadata file's name in any TUF repository: "3.root.json", "timestamp.json", "2.team%2Fa.json" for the
// role "team/a".
std::string metadata_file_name(std::string_view role, std::optional<std::int64_t> version);
// Consistent snapshots put the digest before the file name: "releases/x/1.json" with digest d lives at
// "targets/releases/x/<d>.1.json".
std::string target_path(std::string_view target_name, const Digest& sha256);
std::string pack_path(const Digest& sha256);     // "packs/<sha256>.pack"
std::string torrent_path(const Digest& sha256);  // "torrents/<sha256>.torrent"

// Refuses (bad_image) whatever could leave the repository or means something else in a URL: empty, absolute
// or longer than 512 characters, empty or dot components, characters other than letters, digits and . _ + ~
// -.
Result<void> check_repository_path(std::string_view path);

// Product, hardware and image names: 1 to 64 letters, digits and . _ + -, beginning with a letter or digit.
Result<void> check_name(std::string_view name);

}  // namespace dunlin
