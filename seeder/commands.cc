#include "seeder/commands.h"

#include <cstdio>

#include "seeder/seeder_paths.h"

namespace dunlin {

Result<SeederConfig> load_config(const std::string& directory, Disk& disk) {
  const SeederPaths paths(directory);
  Result<std::string> text = read_text(disk, paths.config(), 64 * 1024);
  if (!text && text.error().cause == std::errc::no_such_file_or_directory)
    return fail(ErrorKind::usage, directory +
                                      " is not a seeder's folder (it has no seeder.toml); make one with "
                                      "`dunlin-seeder init " +
                                      directory + " --product NAME --url https://HOST:PORT`");
  if (!text) return fail(std::move(text.error()));
  return parse_seeder_config(*text, paths.config());
}

int report_failure(const Error& error) {
  std::fprintf(stderr, "dunlin-seeder: %s\n", error.message.c_str());
  if (error.kind == ErrorKind::usage) return 2;
  return error.kind == ErrorKind::cancelled ? 130 : 1;
}

}  // namespace dunlin
