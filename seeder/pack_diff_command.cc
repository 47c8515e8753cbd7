#include <thread>
#include <unistd.h>

#include <fmt/format.h>

#include "core/encode/pack_encoder.h"
#include "seeder/interruption.h"
#include "seeder/pack_commands.h"
#include "seeder/pack_file.h"
#include "seeder/progress_bar.h"
#include "seeder/size_text.h"

namespace dunlin {

namespace {

// A pack that is being made must not look like one that is done.
struct PackOutput {
  std::string path;
  std::string partial_path;
  std::unique_ptr<File> file;

  static Result<PackOutput> open(Disk& disk, const std::string& path) {
    Result<FileStatus> status = disk.status(path);
    if (!status) return fail(std::move(status.error()));
    if (status->kind != FileKind::none)
      return fail(ErrorKind::usage, path + " exists already: remove it, or give another name");
    Result<std::unique_ptr<File>> file = disk.open(path + ".part", OpenMode::replace);
    if (!file) return fail(std::move(file.error()));
    return PackOutput{path, path + ".part", std::move(*file)};
  }
};

Result<EncodeSummary> encode(const PackDiffOptions& options, Disk& disk, File& output,
                             const EncodeOptions& encode_options) {
  Result<ImageFile> target = ImageFile::open(disk, options.target);
  if (!target) return fail(std::move(target.error()));
  if (options.base.empty()) return encode_full_pack(*target->bytes, output, encode_options);
  Result<ImageFile> base = ImageFile::open(disk, options.base);
  if (!base) return fail(std::move(base.error()));
  return encode_delta_pack(*target->bytes, *base->bytes, output, encode_options);
}

Result<EncodeSummary> make_pack(const PackDiffOptions& options, SeederMachine machine) {
  Result<PackOutput> output = PackOutput::open(machine.disk, options.output);
  if (!output) return fail(std::move(output.error()));
  ProgressBar bar(stderr, ::isatty(STDERR_FILENO) == 1, machine.clock);
  EncodeOptions encode_options;
  encode_options.level = options.level;
  encode_options.threads = options.threads > 0
                               ? options.threads
                               : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  encode_options.expand = options.expand;
  if (options.memory_mib > 0) encode_options.search_memory_max = options.memory_mib << 20;
  encode_options.on_progress = [&bar](const EncodeProgress& progress) {
    bar.update(std::string(to_string(progress.phase)), progress.done, progress.total);
  };
  encode_options.cancel = &catch_interruption();
  Result<EncodeSummary> summary = encode(options, machine.disk, *output->file, encode_options);
  Result<void> named;
  if (summary) named = machine.disk.rename(output->partial_path, output->path);
  if (summary && named) return summary;
  Result<void> ignored = machine.disk.remove(output->partial_path);
  return summary ? fail(std::move(named.error())) : fail(std::move(summary.error()));
}

}  // namespace

int run_pack_diff(const PackDiffOptions& options, SeederMachine machine) {
  Result<EncodeSummary> summary = make_pack(options, machine);
  if (!summary) return report_failure(summary.error());
  const auto image_size = static_cast<double>(std::max<std::uint64_t>(summary->target_size, 1));
  fmt::print("{}: {} bytes, {:.3g} % of {} ({})\n", options.output, count_text(summary->pack_size),
             100.0 * static_cast<double>(summary->pack_size) / image_size, options.target,
             size_text(summary->target_size));
  return 0;
}

}  // namespace dunlin
