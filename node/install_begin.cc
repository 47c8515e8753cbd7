#include "node/install_begin.h"

namespace dunlin {

namespace {

constexpr std::uint64_t stored_manifest_size_max = 1u << 20;

Result<InstallRequest> make_install_request(NodeContext& context, const UpdatePlan& plan) {
  Result<Bytes> manifest =
      read_file(context.disk, context.paths.manifest(plan.manifest), stored_manifest_size_max);
  if (!manifest) return fail(std::move(manifest.error()), "reading the release's manifest");
  Result<MetadataBundle> files = context.repository.trusted_files();
  if (!files) return fail(std::move(files.error()));
  InstallRequest request;
  request.roots = std::move(files->roots);
  request.timestamp = std::move(files->timestamp);
  request.snapshot = std::move(files->snapshot);
  request.targets = std::move(files->targets);
  request.manifest = std::string(as_text(*manifest));
  request.image = plan.image;
  request.force = context.store.setting("asked").value_or("") == "1";
  return request;
}

}  // namespace

Task<Result<SpareSlot>> begin_install(NodeContext& context, ImageShelf& images, const UpdatePlan& plan) {
  Result<InstallRequest> request = make_install_request(context, plan);
  if (!request) co_return fail(std::move(request.error()));
  const SlotReport* spare_report = spare_slot(*context.live.applier);
  if (spare_report != nullptr) images.withdraw(spare_report->name);
  auto spare = co_await context.applier.begin_install(std::move(*request));
  if (!spare) co_return fail(std::move(spare.error()), "beginning the install");
  co_return spare;
}

}  // namespace dunlin
