// dunlin-apply-pack: node's part of one install, without a network: asks a running dunlin-applier for the
// spare slot, decodes a pack that lies on this machine into it with the node's own pipeline, and has it
// committed. Prints one JSON line. The bench measures both programs together.
#include <cstdio>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "applier/client/applier_client.h"
#include "node/segment_pipeline.h"

namespace dunlin {

namespace {

constexpr std::uint64_t metadata_size_max = 16u << 20;

struct Options {
  std::string socket, pack, timestamp, snapshot, targets, manifest;
};

Result<InstallRequest> make_request(Disk& disk, const Options& options) {
  InstallRequest request;
  request.image = "rootfs";
  for (const auto& [path, text] :
       {std::pair(&options.timestamp, &request.timestamp), std::pair(&options.snapshot, &request.snapshot),
        std::pair(&options.targets, &request.targets), std::pair(&options.manifest, &request.manifest)}) {
    Result<std::string> read = read_text(disk, *path, metadata_size_max);
    if (!read) return fail(std::move(read.error()));
    *text = std::move(*read);
  }
  return request;
}

// As the node's install driver does it: a sync whenever one is due.
Result<PipelineProgress> write_slot(Disk& disk, const std::string& path, SpareSlot& slot) {
  Result<std::unique_ptr<File>> file = disk.open(path, OpenMode::read);
  if (!file) return fail(std::move(file.error()));
  Result<std::uint64_t> size = (*file)->size();
  if (!size) return fail(std::move(size.error()));
  const FileSource pack(**file, *size);
  Result<PackTable> table = parse_pack_table(pack);
  if (!table) return fail(std::move(table.error()));
  const SystemClock clock;
  SegmentPipeline pipeline({*table, pack, nullptr, *slot.file, clock}, 0);
  while (!pipeline.is_done()) {
    Result<void> advanced = pipeline.advance(*size);
    if (advanced && pipeline.sync_due()) advanced = pipeline.sync();
    if (!advanced) return fail(std::move(advanced.error()));
  }
  Result<void> synced = pipeline.sync();
  if (!synced) return fail(std::move(synced.error()));
  return pipeline.progress();
}

Result<PipelineProgress> apply(const Options& options) {
  PosixDisk disk;
  Result<InstallRequest> request = make_request(disk, options);
  if (!request) return fail(std::move(request.error()));
  ApplierClient applier(options.socket);
  Result<SpareSlot> slot = applier.begin_install(*request);
  if (!slot) return fail(std::move(slot.error()), "begin_install");
  Result<PipelineProgress> progress = write_slot(disk, options.pack, *slot);
  if (!progress) return progress;
  Result<void> committed = applier.commit_install([](std::uint64_t, std::uint64_t) {});
  if (!committed) return fail(std::move(committed.error()), "commit_install");
  Result<void> taken_back = applier.abort_install();
  if (!taken_back) return fail(std::move(taken_back.error()), "abort_install");
  return progress;
}

int run(const Options& options) {
  Result<PipelineProgress> progress = apply(options);
  if (!progress) {
    std::fprintf(stderr, "dunlin-apply-pack: %s\n", progress.error().message.c_str());
    return 1;
  }
  const nlohmann::json line = {{"flash_written", progress->flash_written},
                               {"flash_compared", progress->flash_compared}};
  std::printf("%s\n", line.dump().c_str());
  return 0;
}

}  // namespace

}  // namespace dunlin

int main(int argc, char** argv) {
  dunlin::Options options;
  CLI::App app("Installs the image \"rootfs\" of a release from a pack on this machine.",
               "dunlin-apply-pack");
  app.add_option("--socket", options.socket, "of a running dunlin-applier")->required();
  app.add_option("--pack", options.pack, "full pack")->required();
  app.add_option("--timestamp", options.timestamp)->required();
  app.add_option("--snapshot", options.snapshot)->required();
  app.add_option("--targets", options.targets)->required();
  app.add_option("--manifest", options.manifest)->required();
  CLI11_PARSE(app, argc, argv);
  return dunlin::run(options);
}
