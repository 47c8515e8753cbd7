#pragma once
#include "applier/boot/boot_variables.h"
#include "core/base/disk.h"

namespace dunlin {

// balenaOS's files for U-Boot on the boot partition: resinOS_uEnv.txt with resin_root_part and
// upgrade_available, and bootcount.env with bootcount. Both are overwritten in place, one sector each; the
// count goes first, so that what is read in between is the old state with a fresh count. Other lines of
// resinOS_uEnv.txt are kept; all of it must fit into one sector.
class BalenaStore final : public BootVariableStore {
 public:
  BalenaStore(Disk& disk, std::string environment_path);

  Result<BootVariables> load() override;
  Result<void> store(const BootVariables& variables) override;

 private:
  Result<std::string> read_count();
  Result<void> store_count(const std::string& count);
  Result<void> store_text(const std::string& path, const std::string& text);

  Disk& disk_;
  std::string environment_path_;
  std::string count_path_;  // bootcount.env beside it
};

// The content of bootcount.env: U-Boot writes 13 bytes of it, one digit.
std::string balena_count_text(const std::string& count);

// Total parser of `name=value` lines as U-Boot's `env import -t` reads them: lines that begin with '#' are
// comments, the text ends at a NUL. Fails (device) on any other line.
Result<BootVariables> parse_text_environment(std::string_view text);

}  // namespace dunlin
