#include <cstdio>

#include "core/content/chunk_scan.h"
#include "core/content/pack_index.h"
#include "core/content/reuse_plan.h"
#include "seeder/pack_commands.h"
#include "seeder/pack_file.h"
#include "seeder/pack_view.h"

namespace dunlin {

namespace {

Result<ChunkReuse> reuse_in(const PackFile& pack, const std::string& image_path, Disk& disk) {
  Result<std::optional<ImageIndex>> target = parse_pack_index(*pack.file.bytes);
  if (!target) return fail(std::move(target.error()), pack.file.path);
  if (!*target)
    return fail(ErrorKind::usage, pack.file.path + " has no index of chunks: --reuse is for full packs");
  Result<ImageFile> image = ImageFile::open(disk, image_path);
  if (!image) return fail(std::move(image.error()));
  ChunkInventory inventory(**target);
  ChunkScan scan(LocalImage::booted, *image->bytes, inventory);
  Result<void> scanned = scan.advance(scan.size());
  if (!scanned) return fail(std::move(scanned.error()));
  const ReusePlan plan(pack.table, inventory, 0);
  return ChunkReuse{plan.wanted_size(), plan.content_size(), plan.local_size()};
}

Result<PackReport> report_on(const PackInspectOptions& options, Disk& disk) {
  Result<PackFile> pack = PackFile::open(disk, options.pack);
  if (!pack) return fail(std::move(pack.error()));
  PackReport report;
  report.name = options.pack;
  report.header = pack->header;
  report.codecs = pack->table.codecs;
  report.summary = summarise(pack->header, pack->table, pack_map_columns * pack_map_rows_max);
  if (options.reuse.empty()) return report;
  Result<ChunkReuse> reuse = reuse_in(*pack, options.reuse, disk);
  if (!reuse) return fail(std::move(reuse.error()));
  report.reuse = *reuse;
  return report;
}

}  // namespace

int run_pack_inspect(const PackInspectOptions& options, SeederMachine machine) {
  Result<PackReport> report = report_on(options, machine.disk);
  if (!report) return report_failure(report.error());
  const std::string text = options.form == OutputForm::json ? to_json(*report) : to_text(*report);
  std::fputs(text.c_str(), stdout);
  return 0;
}

}  // namespace dunlin
