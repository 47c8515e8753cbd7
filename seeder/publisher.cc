#include "seeder/publisher.h"

#include <fmt/format.h>

#include "core/base/log.h"
#include "core/trust/version.h"
#include "seeder/pending_change.h"
#include "seeder/seeder_lock.h"

namespace dunlin {

// Complete files in the work folder, by where they go in the repository.
struct Publisher::Staging {
  std::map<std::string, std::string> files;  // repository path -> work path
};

namespace {

bool is_image_name(const std::string& name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !name.empty() && name.size() <= 32 && std::all_of(name.begin(), name.end(), allowed);
}

std::string mib(std::uint64_t bytes) {
  return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / (1u << 20));
}

const TargetFile* find_release(const RepositorySigner& signer, const std::string& product,
                               const std::string& version) {
  const auto found = signer.targets().find(manifest_target_name(product, version));
  return found == signer.targets().end() ? nullptr : &found->second;
}

Result<void> check_optional_version(const std::string& text, const char* what) {
  if (text.empty()) return {};
  Result<void> checked = check_version(text);
  if (!checked) return fail(std::move(checked.error()), what);
  return {};
}

}  // namespace

Publisher::Publisher(SeederPaths paths, SeederConfig config, PublishMachine machine)
    : paths_(std::move(paths)),
      config_(std::move(config)),
      machine_(std::move(machine)),
      shelf_(machine_.disk, paths_),
      packs_(machine_.disk, paths_, shelf_, config_.url + "/announce") {}

Result<PublishOutcome> Publisher::publish(const PublishRequest& request) {
  Result<SeederLock> lock = SeederLock::take(machine_.disk, paths_.lock());
  if (!lock) return fail(std::move(lock.error()));
  Result<void> cleared = clear_work();
  if (!cleared) return fail(std::move(cleared.error()));
  Result<RepositorySigner> signer = open_keys();
  if (!signer) return fail(std::move(signer.error()));
  Result<bool> finished = finish_pending(paths_, machine_.disk, *signer, machine_.clock.now());
  if (!finished) return fail(std::move(finished.error()));
  Result<void> nothing_waits = check_nothing_pending(paths_, machine_.disk);
  if (!nothing_waits) return fail(std::move(nothing_waits.error()));
  Result<void> mended = mend_store(machine_.disk, paths_, *signer, machine_.store, machine_.clock.now());
  if (!mended) return fail(std::move(mended.error()));
  Result<std::size_t> swept = sweep_orphans(machine_.disk, paths_, machine_.store);
  if (!swept) return fail(std::move(swept.error()));
  Result<void> checked = check(request, *signer);
  if (checked) checked = check_keys(request, *signer);
  if (!checked) return fail(std::move(checked.error()));
  Result<PublishOutcome> outcome = publish_locked(request, *signer);
  Result<void> tidied = tidy_up();
  if (tidied && outcome) tidied = forget_parts();
  if (!tidied)
    log_warning("could not remove left-over files; the next publish will", {{"error", tidied.error()}});
  return outcome;
}

Result<RepositorySigner> Publisher::open_keys() {
  Passphrases& passphrases = machine_.passphrases == nullptr ? nobody_ : *machine_.passphrases;
  return open_signer(paths_, config_, machine_.disk, passphrases);
}

// Before hours of packing, not after.
Result<void> Publisher::check_keys(const PublishRequest& request, RepositorySigner& signer) {
  for (const char* role : {"targets", "snapshot", "timestamp"}) {
    if (request.prepare && role == std::string_view("targets")) continue;
    Result<void> open = signer.unlock(role);
    if (!open)
      return fail(std::move(open.error()), role == std::string_view("targets")
                                               ? "publishing (or --prepare it and sign elsewhere)"
                                               : "publishing");
  }
  return {};
}

// The metadata on disk is asked again, because a publish that failed in its last step may still be visible.
Result<void> Publisher::tidy_up() {
  Result<void> cleared = clear_work();
  if (!cleared) return cleared;
  Result<std::optional<SigningRequest>> waiting = load_pending(paths_, machine_.disk);
  if (!waiting) return fail(std::move(waiting.error()));
  if (waiting->has_value()) return {};  // nothing names its packs yet, and they are wanted
  Result<RepositorySigner> signer = open_keys();
  if (!signer) return fail(std::move(signer.error()));
  Result<void> mended = mend_store(machine_.disk, paths_, *signer, machine_.store, machine_.clock.now());
  if (!mended) return mended;
  Result<std::size_t> swept = sweep_orphans(machine_.disk, paths_, machine_.store);
  if (!swept) return fail(std::move(swept.error()));
  return forget_old_images();
}

Result<void> Publisher::check(const PublishRequest& request, const RepositorySigner& signer) {
  Result<void> version = check_version(request.version);
  if (!version) return fail(std::move(version.error()), "--version");
  Result<void> floor = check_optional_version(request.version_floor, "--floor");
  if (!floor) return floor;
  Result<void> data_floor = check_optional_version(request.data_floor, "--data-floor");
  if (!data_floor) return data_floor;
  if (!request.version_floor.empty() && compare_versions(request.version_floor, request.version) > 0)
    return fail(ErrorKind::usage, "--floor " + request.version_floor +
                                      " is above the release's own version " + request.version +
                                      ": no device could run it");
  if (request.images.empty()) return fail(ErrorKind::usage, "a release needs at least one --image NAME=FILE");
  for (const auto& [name, path] : request.images) {
    if (!is_image_name(name))
      return fail(ErrorKind::usage,
                  "image name \"" + name + "\" must be 1 to 32 lower-case letters, digits, '-' or '_'");
  }
  if (find_release(signer, config_.product, request.version) != nullptr)
    return {};  // compared by content later
  Result<std::vector<PublishedRelease>> releases = machine_.store.releases();
  if (!releases) return fail(std::move(releases.error()));
  for (const PublishedRelease& release : *releases) {
    if (!request.allow_older && compare_versions(request.version, release.version) <= 0)
      return fail(ErrorKind::usage,
                  "version " + request.version + " is not newer than " + release.version +
                      ", which is published; devices would not take it. Choose a higher version, or "
                      "--allow-older when you mean it");
  }
  return {};
}

Result<void> Publisher::check_space(const PublishRequest& request) {
  std::uint64_t images = 0;
  for (const auto& [name, path] : request.images) {
    Result<std::uint64_t> size = shelf_.space_needed(path);
    if (!size) return fail(std::move(size.error()));
    images += *size;
  }
  // The copies, and packs that are seldom smaller than a quarter. More may be needed; a disk that fills up on
  // the way ends the publish without harm, but hours later.
  const std::uint64_t needed = images + images / 4 + (1u << 20);
  Result<DiskSpace> space = machine_.disk.space(paths_.root());
  if (!space) return fail(std::move(space.error()));
  if (space->free >= needed) return {};
  return fail(ErrorKind::device, "not enough space: publishing needs at least " + mib(needed) + " in " +
                                     paths_.root() + ", " + mib(space->free) +
                                     " are free. Nothing was changed");
}

Result<void> Publisher::clear_work() {
  return remove_all(paths_.work(), [](const std::string&) { return false; });
}

Result<void> Publisher::remove_all(const std::string& folder,
                                   const std::function<bool(const std::string&)>& unless) {
  Result<void> made = machine_.disk.create_directories(folder);
  if (!made) return made;
  Result<std::vector<std::string>> names = machine_.disk.list(folder);
  if (!names) return fail(std::move(names.error()));
  for (const std::string& name : *names) {
    if (unless(name)) continue;
    Result<void> removed = machine_.disk.remove(folder + "/" + name);
    if (!removed) return removed;
  }
  return {};
}

// What was kept to go on with is of no use any more, nor are sorted images that no next release compares
// with: their names begin with the image's.
Result<void> Publisher::forget_parts() {
  Result<void> removed = remove_all(paths_.unfinished(), [](const std::string&) { return false; });
  if (!removed) return removed;
  return remove_all(paths_.cache(), [this](const std::string& name) {
    Result<Digest> image = Digest::from_hex(std::string_view(name).substr(0, 64));
    return image && shelf_.holds(*image);
  });
}

Result<PublishOutcome> Publisher::publish_locked(const PublishRequest& request, RepositorySigner& signer) {
  Result<void> space = check_space(request);
  if (!space) return fail(std::move(space.error()));
  Result<std::map<std::string, ShelvedImage>> images = take_images(request);
  if (!images) return fail(std::move(images.error()));
  if (const TargetFile* published = find_release(signer, config_.product, request.version)) {
    Result<Manifest> manifest = read_manifest(
        machine_.disk, paths_, manifest_target_name(config_.product, request.version), *published);
    if (!manifest) return fail(std::move(manifest.error()));
    return compare_with_published(*manifest, request, *images);
  }
  Manifest manifest;
  manifest.product = config_.product;
  manifest.version = request.version;
  manifest.hardware = request.hardware;
  manifest.version_floor = request.version_floor;
  manifest.data_floor = request.data_floor;
  Staging staging;
  for (const auto& [name, image] : *images) {
    Result<ImageEntry> entry = make_image(name, image, request, staging);
    if (!entry) return fail(std::move(entry.error()), "image " + name);
    manifest.images.push_back(std::move(*entry));
  }
  Result<std::vector<std::string>> missing = make_visible(signer, manifest, staging);
  if (!missing) return fail(std::move(missing.error()));
  if (!missing->empty()) return PublishOutcome{false, std::move(manifest), std::move(*missing)};
  Result<void> mended = mend_store(machine_.disk, paths_, signer, machine_.store, machine_.clock.now());
  if (!mended)
    return fail(std::move(mended.error()), "the release is published, but the database could not be updated");
  return PublishOutcome{false, std::move(manifest), {}};
}

Result<std::map<std::string, ShelvedImage>> Publisher::take_images(const PublishRequest& request) {
  std::map<std::string, ShelvedImage> images;
  for (const auto& [name, path] : request.images) {
    const auto progress = [this, label = "reading " + name](std::uint64_t done, std::uint64_t total) {
      machine_.on_progress(label, done, total);
    };
    Result<ShelvedImage> image = shelf_.take(path, progress, machine_.cancel);
    if (!image) return fail(std::move(image.error()));
    images[name] = *image;
  }
  return images;
}

Result<PublishOutcome> Publisher::compare_with_published(const Manifest& published,
                                                         const PublishRequest& request,
                                                         const std::map<std::string, ShelvedImage>& images) {
  const auto refuse = [&](const std::string& what) {
    return fail(ErrorKind::usage, "version " + request.version + " is already published with " + what +
                                      "; a published release never changes. Choose a higher version");
  };
  const auto is_same = [&images](const ImageEntry& entry) {
    const auto found = images.find(entry.name);
    return found != images.end() && found->second.id == entry.id;
  };
  const bool same_images = published.images.size() == images.size() &&
                           std::all_of(published.images.begin(), published.images.end(), is_same);
  if (!same_images) return refuse("other bytes");
  if (published.hardware != request.hardware) return refuse("other hardware");
  if (published.version_floor != request.version_floor || published.data_floor != request.data_floor)
    return refuse("other floors");
  return PublishOutcome{true, published, {}};
}

// The images of this name in the newest releases, newest first, without repeats and without the image itself.
Result<std::vector<Digest>> Publisher::bases_for(const std::string& name, const Digest& image, int count) {
  Result<std::vector<PublishedRelease>> releases = machine_.store.releases();
  if (!releases) return fail(std::move(releases.error()));
  std::vector<Digest> bases;
  int looked_at = 0;
  for (auto release = releases->rbegin(); release != releases->rend() && looked_at < count;
       ++release, ++looked_at) {
    for (const ImageEntry& entry : release->images) {
      const bool repeated = std::find(bases.begin(), bases.end(), entry.id) != bases.end();
      if (entry.name != name || entry.id == image || repeated || !shelf_.holds(entry.id)) continue;
      Result<void> whole = shelf_.verify(entry.id);
      if (whole) {
        bases.push_back(entry.id);
      } else {
        log_warning("no delta pack from a damaged image",
                    {{"release", release->version}, {"error", whole.error()}});
      }
    }
  }
  return bases;
}

Result<ImageEntry> Publisher::make_image(const std::string& name, const ShelvedImage& image,
                                         const PublishRequest& request, Staging& staging) {
  ImageEntry entry;
  entry.name = name;
  entry.size = image.size;
  entry.id = image.id;
  Result<RepositoryFile> torrent = image_torrent(name, image.id, staging);
  if (!torrent) return fail(std::move(torrent.error()));
  entry.torrent = std::move(*torrent);
  Result<PackEntry> full = pack(image.id, std::nullopt, name + ": full pack", request, staging);
  if (!full) return fail(std::move(full.error()));
  entry.packs.push_back(*full);
  Result<std::vector<Digest>> bases = bases_for(name, image.id, request.deltas);
  if (!bases) return fail(std::move(bases.error()));
  for (std::size_t i = 0; i < bases->size(); ++i) {
    const std::string label = fmt::format("{}: delta pack {} of {}", name, i + 1, bases->size());
    Result<PackEntry> delta = pack(image.id, (*bases)[i], label, request, staging);
    if (!delta) return fail(std::move(delta.error()));
    // A delta as large as the full pack helps nobody.
    if (delta->file.size < full->file.size) {
      entry.packs.push_back(std::move(*delta));
    } else {
      staging.files.erase(delta->file.path);
      staging.files.erase(delta->torrent.path);
    }
  }
  return entry;
}

// Devices that hold the image serve it under the torrent they know: an image that is published again keeps
// it.
Result<RepositoryFile> Publisher::image_torrent(const std::string& name, const Digest& image,
                                                Staging& staging) {
  Result<std::optional<RepositoryFile>> known = machine_.store.torrent_of(image);
  if (!known) return fail(std::move(known.error()));
  if (known->has_value()) return std::move(**known);
  const auto progress = [this, label = name + ": image torrent"](std::uint64_t done, std::uint64_t total) {
    machine_.on_progress(label, done, total);
  };
  Result<StagedTorrent> staged = packs_.make_image_torrent(image, progress, machine_.cancel);
  if (!staged) return fail(std::move(staged.error()));
  staging.files[staged->file.path] = staged->path;
  return std::move(staged->file);
}

// A pack of the same image that is published already is named again, not made again: devices that hold it
// keep it.
Result<PackEntry> Publisher::pack(const Digest& image, const std::optional<Digest>& base,
                                  const std::string& label, const PublishRequest& request, Staging& staging) {
  Result<std::optional<PackEntry>> known = machine_.store.pack_of(image, base);
  if (!known) return fail(std::move(known.error()));
  if (known->has_value()) return std::move(**known);
  EncodeOptions options;
  options.level = request.level;
  options.threads = request.threads;
  options.cancel = machine_.cancel;
  options.search_memory_max = request.search_memory_max;
  options.work_folder = paths_.unfinished();
  options.cache_folder = paths_.cache();
  if (base) options.cache_prefix = base->hex() + ".";
  options.disk = &machine_.disk;
  options.on_progress = [this, label](const EncodeProgress& progress) {
    machine_.on_progress(label + ": " + std::string(to_string(progress.phase)), progress.done,
                         progress.total);
  };
  Result<StagedPack> staged = packs_.make(image, base, options);
  if (!staged) return fail(std::move(staged.error()));
  staging.files[staged->entry.file.path] = staged->pack_path;
  staging.files[staged->entry.torrent.path] = staged->torrent_path;
  return std::move(staged->entry);
}

Result<std::vector<std::string>> Publisher::make_visible(RepositorySigner& signer, const Manifest& manifest,
                                                         const Staging& staging) {
  for (const auto& [to, from] : staging.files) {
    Result<void> moved = machine_.disk.rename(from, paths_.published(to));
    if (!moved) return fail(std::move(moved.error()));
  }
  for (const std::string folder : {"packs", "torrents"}) {
    Result<void> synced = machine_.disk.sync_directory(paths_.published(folder));
    if (!synced) return fail(std::move(synced.error()));
  }
  Result<RepositoryFile> added = signer.add_release(manifest);
  if (!added) return fail(std::move(added.error()));
  SigningRequest request = signer.next_targets(machine_.clock.now());
  Result<int> signatures = add_signatures(request, signer.keys());
  if (!signatures) return fail(std::move(signatures.error()));
  std::vector<std::string> missing = missing_signatures(request);
  if (missing.empty()) {
    Result<std::vector<RepositoryOutput>> outputs = signer.take(request, machine_.clock.now());
    if (!outputs) return fail(std::move(outputs.error()));
    Result<void> written = write_repository(machine_.disk, paths_.repository(), *outputs);
    if (!written) return fail(std::move(written.error()));
    return missing;
  }
  Result<void> written = write_repository(machine_.disk, paths_.repository(), signer.take_pending());
  if (written) written = save_pending(paths_, machine_.disk, request);
  if (!written) return fail(std::move(written.error()));
  return missing;
}

Result<void> Publisher::forget_old_images() {
  Result<std::vector<PublishedRelease>> releases = machine_.store.releases();
  if (!releases) return fail(std::move(releases.error()));
  std::set<Digest> wanted;
  int kept = 0;
  for (auto release = releases->rbegin(); release != releases->rend() && kept < config_.keep_images;
       ++release, ++kept) {
    for (const ImageEntry& image : release->images) wanted.insert(image.id);
  }
  return shelf_.keep_only(wanted);
}

}  // namespace dunlin
