#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/heap.h"
#include "seeder/image_restore.h"
#include "seeder/interruption.h"
#include "seeder/pack_commands.h"
#include "seeder/pack_file.h"
#include "seeder/progress_bar.h"
#include "seeder/size_text.h"

namespace dunlin {

namespace {

Result<std::optional<ImageFile>> open_base(const PackApplyOptions& options, const PackTable& table,
                                           Disk& disk) {
  if (!table.base_id) return std::optional<ImageFile>();
  if (options.base.empty())
    return fail(
        ErrorKind::usage,
        options.pack + " is a delta pack: name its base image too, whose SHA-256 is " + table.base_id->hex());
  Result<ImageFile> base = ImageFile::open(disk, options.base);
  if (!base) return fail(std::move(base.error()));
  if (base->bytes->size() < table.base_size)
    return fail(ErrorKind::bad_image, options.base + " is not the pack's base: it has " +
                                          std::to_string(base->bytes->size()) + " bytes, the base " +
                                          std::to_string(table.base_size) + " and the SHA-256 " +
                                          table.base_id->hex());
  return std::optional<ImageFile>(std::move(*base));
}

// Asked only after a failure: reading the base once more is what a precise answer costs.
Error explained(Error error, const PackTable& table, const ImageFile* base) {
  if (error.kind != ErrorKind::bad_image || base == nullptr) return error;
  const FileSource bytes(*base->file, table.base_size);
  const Result<Digest> digest = digest_of(bytes);
  if (digest && *digest != *table.base_id)
    error.message = base->path + " is not the pack's base: its SHA-256 is " + digest->hex() +
                    ", the base's is " + table.base_id->hex();
  return error;
}

Result<RestoreSummary> apply(const PackApplyOptions& options, SeederMachine machine) {
  bound_heap();
  const std::atomic<bool>& interrupted = catch_interruption();
  Result<PackFile> pack = PackFile::open(machine.disk, options.pack);
  if (!pack) return fail(std::move(pack.error()));
  Result<std::optional<ImageFile>> base = open_base(options, pack->table, machine.disk);
  if (!base) return fail(std::move(base.error()));
  Result<ImageOutput> output = ImageOutput::open(machine.disk, options.output, pack->table.target_size);
  if (!output) return fail(std::move(output.error()));
  ProgressBar bar(stderr, ::isatty(STDERR_FILENO) == 1, machine.clock);
  const ImageFile* base_file = *base ? &**base : nullptr;
  const RestoreSource source{pack->table, *pack->file.bytes, base_file ? base_file->bytes.get() : nullptr};
  ImageRestore restore(source, *output, machine.clock);
  const auto show = [&bar](std::uint64_t done, std::uint64_t total) { bar.update("applying", done, total); };
  Result<RestoreSummary> summary = restore.run(show, interrupted);
  if (!summary) return fail(explained(std::move(summary.error()), pack->table, base_file));
  return summary;
}

}  // namespace

int run_pack_apply(const PackApplyOptions& options, SeederMachine machine) {
  Result<RestoreSummary> summary = apply(options, machine);
  if (!summary) return report_failure(summary.error());
  if (options.form == OutputForm::json) {
    const nlohmann::json json = {{"image_size", summary->image_size},
                                 {"resumed_bytes", summary->resumed_bytes},
                                 {"decoded_bytes", summary->decoded_bytes},
                                 {"opened_ms", summary->opened_time.count()}};
    fmt::print("{}\n", json.dump());
    return 0;
  }
  fmt::print("{}: {} bytes, as the pack's SHA-256 says", options.output, count_text(summary->image_size));
  if (summary->resumed_bytes > 0) fmt::print("; {} were there already", count_text(summary->resumed_bytes));
  fmt::print("\n");
  return 0;
}

}  // namespace dunlin
