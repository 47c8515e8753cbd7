#include "applier/release_gate.h"

#include "applier/floor.h"

namespace dunlin {

Result<void> ReleaseGate::check() {
  Result<TrustedMetadata> trusted = store_.load(root_path_);
  if (!trusted) return fail(std::move(trusted.error()), "root metadata");
  return {};
}

Result<TrustedMetadata> ReleaseGate::update_metadata(const InstallRequest& request) {
  Result<TrustedMetadata> trusted = store_.load(root_path_);
  if (!trusted) return fail(std::move(trusted.error()), "root metadata");
  const MetadataBundle bundle{request.roots, request.timestamp, request.snapshot, request.targets};
  Result<void> updated = trusted->update(bundle, TrustTime(clock_.now(), max_staleness_));
  if (!updated) return fail(std::move(updated.error()), "metadata");
  Result<void> saved = store_.save(*trusted);
  if (!saved) return fail(std::move(saved.error()), "keeping the metadata");
  return trusted;
}

Result<AdmittedImage> ReleaseGate::admit(const InstallRequest& request, const DeviceFacts& device) {
  Result<TrustedMetadata> trusted = update_metadata(request);
  if (!trusted) return fail(std::move(trusted.error()));
  // Only the name under which the signed target is looked up comes from these still unverified bytes.
  Result<Manifest> claimed = parse_manifest(as_bytes(request.manifest));
  if (!claimed) return fail(std::move(claimed.error()), "manifest");
  const std::string name = manifest_target_name(claimed->product, claimed->version);
  const auto target = trusted->targets().find(name);
  if (target == trusted->targets().end())
    return fail(ErrorKind::bad_image, "manifest: " + name + " is not a signed target");
  Result<Manifest> manifest =
      open_release({name, claimed->version, target->second}, as_bytes(request.manifest));
  if (!manifest) return fail(std::move(manifest.error()), "manifest");
  Result<void> fits = check_release(*manifest, device);
  if (!fits) return fail(std::move(fits.error()));
  for (const ImageEntry& image : manifest->images)
    if (image.name == request.image)
      return AdmittedImage{{image.id, manifest->version, image.size}, floor_of(*manifest)};
  return fail(ErrorKind::bad_image,
              "release " + manifest->version + " has no image \"" + request.image + "\"");
}

}  // namespace dunlin
