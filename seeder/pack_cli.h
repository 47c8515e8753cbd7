#pragma once
#include <CLI/App.hpp>

#include "seeder/pack_commands.h"

namespace dunlin {

// The command line of `pack diff`, `pack full`, `pack apply` and `pack inspect`. Outlives the parsing.
class PackCli {
 public:
  explicit PackCli(CLI::App& app);

  // Runs the subcommand that was parsed; nothing when it was none of these.
  std::optional<int> run(SeederMachine machine) const;

 private:
  void add_diff(CLI::App& pack);
  void add_full(CLI::App& pack);
  void add_apply(CLI::App& pack);
  void add_inspect(CLI::App& pack);

  PackDiffOptions diff_options_;
  PackApplyOptions apply_options_;
  PackInspectOptions inspect_options_;
  std::vector<std::string> apply_files_;  // [OLD] PACK
  bool as_json_ = false;
  CLI::App* diff_ = nullptr;
  CLI::App* full_ = nullptr;
  CLI::App* apply_ = nullptr;
  CLI::App* inspect_ = nullptr;
};

}  // namespace dunlin
