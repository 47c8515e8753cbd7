#pragma once
// `dunlin-seeder pack ...`: packs without a seeder's folder, keys or fleet. Results, progress, failures and
// exit codes as in seeder/commands.h.
#include "seeder/commands.h"

namespace dunlin {

struct PackDiffOptions {
  std::string base;  // empty: a full pack
  std::string target;
  std::string output;
  int level = 19;
  int threads = 0;               // 0: one for each processor
  std::uint64_t memory_mib = 0;  // for the search for matches; 0: the default
  bool expand = true;            // open compressed content
};
int run_pack_diff(const PackDiffOptions& options, SeederMachine machine);

enum class OutputForm { text, json };

struct PackApplyOptions {
  std::string base;  // empty: the pack needs none
  std::string pack;
  std::string output;
  OutputForm form = OutputForm::text;
};
int run_pack_apply(const PackApplyOptions& options, SeederMachine machine);

struct PackInspectOptions {
  std::string pack;
  std::string reuse;  // an image; empty: none
  OutputForm form = OutputForm::text;
};
int run_pack_inspect(const PackInspectOptions& options, SeederMachine machine);

}  // namespace dunlin
