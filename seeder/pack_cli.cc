#include "seeder/pack_cli.h"

#include <CLI/CLI.hpp>

namespace dunlin {

namespace {

void add_encoding(CLI::App& command, PackDiffOptions& options) {
  command.add_option("-o,--output", options.output, "the pack to make; must not exist")->required();
  command.add_option("--level", options.level, "zstd level")->check(CLI::Range(1, 22))->capture_default_str();
  command.add_option("--threads", options.threads, "how many at once (default: one for each processor)")
      ->check(CLI::Range(1, 256));
}

}  // namespace

PackCli::PackCli(CLI::App& app) {
  CLI::App* pack = app.add_subcommand("pack", "make, apply and look at packs, without a seeder's folder");
  pack->require_subcommand(1);
  add_diff(*pack);
  add_full(*pack);
  add_apply(*pack);
  add_inspect(*pack);
}

void PackCli::add_diff(CLI::App& pack) {
  diff_ = pack.add_subcommand("diff", "make a delta pack that turns OLD into NEW");
  diff_->add_option("OLD", diff_options_.base, "the image that machines have")->required();
  diff_->add_option("NEW", diff_options_.target, "the image they shall have")->required();
  add_encoding(*diff_, diff_options_);
  diff_
      ->add_option("--memory", diff_options_.memory_mib,
                   "MiB for the search for matches; larger images are searched in parts (default: 2560)")
      ->check(CLI::Range(64, 1 << 20));
  diff_->add_flag("!--no-expand", diff_options_.expand, "leave compressed content closed");
}

void PackCli::add_full(CLI::App& pack) {
  full_ = pack.add_subcommand("full", "make a full pack of NEW, which needs no other image");
  full_->add_option("NEW", diff_options_.target, "an image")->required();
  add_encoding(*full_, diff_options_);
}

void PackCli::add_apply(CLI::App& pack) {
  apply_ = pack.add_subcommand("apply", "write the image of a pack; run again, it goes on where it stopped");
  apply_->add_option("OLD PACK", apply_files_, "the pack's base image (not for full packs), and the pack")
      ->required()
      ->expected(1, 2);
  apply_->add_option("-o,--output", apply_options_.output, "a new file, or a block device")->required();
  apply_->add_flag("--json", as_json_, "for programs");
}

void PackCli::add_inspect(CLI::App& pack) {
  inspect_ = pack.add_subcommand("inspect", "show where the bytes of a pack's image come from");
  inspect_->add_option("PACK", inspect_options_.pack, "a pack")->required();
  inspect_->add_option("--reuse", inspect_options_.reuse,
                       "of a full pack: also say what a device that holds this image fetches of it");
  inspect_->add_flag("--json", as_json_, "for programs");
}

std::optional<int> PackCli::run(SeederMachine machine) const {
  const OutputForm form = as_json_ ? OutputForm::json : OutputForm::text;
  if (diff_->parsed() || full_->parsed()) return run_pack_diff(diff_options_, machine);
  if (apply_->parsed()) {
    PackApplyOptions options = apply_options_;
    options.pack = apply_files_.back();
    if (apply_files_.size() == 2) options.base = apply_files_.front();
    options.form = form;
    return run_pack_apply(options, machine);
  }
  if (!inspect_->parsed()) return std::nullopt;
  return run_pack_inspect(PackInspectOptions{inspect_options_.pack, inspect_options_.reuse, form}, machine);
}

}  // namespace dunlin
