#pragma once
#include <string>
#include <string_view>

#include "core/base/disk.h"

namespace dunlin {

// What the self-tests of one run printed: a text file for a person, readable up to the check that was running
// when the machine hung or lost its power. The newest two runs are kept. Nothing here can fail a trial: what
// cannot be written is missing and logged.
//
//   trial of 2.0.0 in slot b
//   10-app: started
//     its words, each line two spaces further in; of more than 64 KiB the beginning and the end
//   10-app: passed
class SelfTestRecord {
 public:
  // Where the next run is written: "<directory>/run-000007.txt". Empty when `directory` is.
  static std::string next_path(Disk& disk, const std::string& directory);
  // The newest run that is there (back = 0), or the one before it (1); empty when there is none.
  static std::string path_of(Disk& disk, const std::string& directory, std::size_t back);

  // Makes the file and its folder, and forgets all runs but this one and the one before. `path` as
  // next_path() said; empty: nothing is written.
  SelfTestRecord(Disk& disk, const std::string& path, const std::string& title);

  // On the medium when it returns, so that after a hang the last line names the check.
  void started(const std::string& check);
  // `how`: "passed", "failed with code 1".
  void ended(const std::string& check, const std::string& how, std::string_view output);

 private:
  void write(std::string_view text);

  std::string path_;
  std::unique_ptr<File> file_;  // nullptr: nothing can be written
  std::uint64_t size_ = 0;      // bytes written
};

}  // namespace dunlin
