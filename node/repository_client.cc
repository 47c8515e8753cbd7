#include "node/repository_client.h"

#include <fmt/format.h>

#include "core/base/log.h"
#include "core/trust/tuf_time.h"
#include "node/passed_over_release.h"

namespace dunlin {

namespace {

constexpr std::uint64_t file_size_max = 16u << 20;
constexpr int neighbours_asked_max = 8;  // for one file or one look: whoever lies can only cost so much

// What a neighbour serves changes without a word of its mirror.
constexpr std::chrono::milliseconds contents_look_interval{1'000};

using StepKind = SourceStep::Kind;

}  // namespace

RepositoryClient::RepositoryClient(RepositoryPlaces places, MetadataStore metadata,
                                   RepositoryClientOptions options, RepositoryClientMachine machine)
    : places_(std::move(places)),
      store_(std::move(metadata)),
      options_(std::move(options)),
      machine_(machine),
      looks_(machine.store, machine.clock, options_.device_id, options_.check_interval) {}

Result<void> RepositoryClient::load() {
  if (metadata_) return {};
  Result<TrustedMetadata> loaded = store_.load(options_.root_metadata);
  if (!loaded) return fail(std::move(loaded.error()), "loading trusted metadata");
  metadata_ = std::move(*loaded);
  return {};
}

void RepositoryClient::serve_at(std::uint16_t port) {
  own_.port = port;
  tell();
}

Result<MetadataBundle> RepositoryClient::trusted_files() {
  Result<void> loaded = load();
  if (!loaded) return fail(std::move(loaded.error()));
  return metadata_->trusted_files();
}

// An expired or incomplete chain is of no use to neighbours.
void RepositoryClient::tell() {
  own_.asks_wan = false;
  own_.wan_checked = looks_.last();
  own_.version = metadata_ && metadata_->check_fresh(trust_time()) ? complete_version(*metadata_) : 0;
  machine_.swarm.tell_mirror(own_);
}

void RepositoryClient::tell_of_time() {
  if (!metadata_) return;
  const WallTime clock = machine_.clock.now();
  const std::optional<WallTime> proven = metadata_->proven_time();
  // Minutes apart are nobody's concern.
  if (proven && clock + std::chrono::hours(1) < *proven)
    machine_.journal.add_once("clock_behind", {},
                              "the clock is behind: signed metadata proves that it is " +
                                  format_tuf_time(*proven) + " or later; expiry counts from there");
  const Result<void> strict = metadata_->check_fresh(clock);
  if (!strict && metadata_->check_fresh(trust_time()))
    machine_.journal.add_once("metadata_stale", {},
                              strict.error().message + "; max_staleness_days of this device lets it count");
}

void RepositoryClient::tell_asking() {
  own_.asks_wan = true;
  machine_.swarm.tell_mirror(own_);
}

MirrorFacts RepositoryClient::facts(SteadyTime began, int asked) const {
  MirrorFacts out;
  out.device_id = options_.device_id;
  out.may_use_wan = options_.may_use_wan;
  out.version = complete_version(*metadata_);
  out.now = machine_.clock.steady();
  out.began = began;
  if (asked >= neighbours_asked_max) return out;
  for (const MirrorOffer& each : heard_) {
    if (!bad_mirrors_.contains(each.address, out.now)) out.neighbours.push_back(each);
  }
  return out;
}

bool RepositoryClient::has_news() {
  if (!load()) return false;
  const MirrorFacts now = facts(machine_.clock.steady(), 0);
  return std::any_of(now.neighbours.begin(), now.neighbours.end(),
                     [&](const MirrorOffer& each) { return each.version > now.version; });
}

void RepositoryClient::pass_over(const MirrorOffer& neighbour, const Error& error) {
  const SteadyTime now = machine_.clock.steady();
  if (error.kind == ErrorKind::retry_later) {
    bad_mirrors_.failed(neighbour.address, now);
    log_info("a neighbour's mirror does not answer", {{"device", neighbour.device}, {"error", error}});
    return;
  }
  bad_mirrors_.lied(neighbour.address, now);
  machine_.journal.add_once(
      "mirror_passed_over", {},
      fmt::format("the mirror of {} ({}) is passed over for {} minutes: {}", neighbour.device,
                  neighbour.address, std::chrono::floor<std::chrono::minutes>(PassedOver::longest).count(),
                  error.message));
}

Task<> RepositoryClient::listen() {
  auto heard = co_await machine_.swarm.mirrors();
  heard_ = std::move(heard);
}

Task<Result<void>> RepositoryClient::refresh() {
  Result<void> loaded = load();
  if (!loaded) co_return loaded;
  co_await listen();
  const SteadyTime began = machine_.clock.steady();
  MetadataNeed need{std::max(fresh_wanted_, began - options_.check_interval), looks_.is_due(), false};
  for (int asked = 0;;) {
    SourceStep step = choose_metadata_source(facts(began, asked), need);
    if (step.kind == StepKind::wait) {
      co_await machine_.swarm.mirrors_changed(step.patience);
      co_await listen();
      continue;
    }
    if (step.kind == StepKind::wan) {
      auto looked = co_await look_at_repository();
      co_return looked;
    }
    if (step.kind != StepKind::neighbour) {
      Result<void> fresh = metadata_->check_fresh(trust_time());
      if (!fresh) co_return fail(std::move(fresh.error()), "no neighbour knows newer metadata");
      co_return fresh;
    }
    ++asked;
    auto learned = co_await learn_from(std::move(step.neighbour));
    if (!learned) co_return fail(std::move(learned.error()));
    need.learned = need.learned || *learned;
  }
}

Task<Result<void>> RepositoryClient::follow(RepositoryPlace place, Result<void>& kept) {
  const TrustedVersions before = metadata_->versions();
  MetadataChain chain(*metadata_, places_, std::move(place), trust_time());
  auto followed = co_await chain.follow();
  const TrustedVersions after = metadata_->versions();
  const bool same = before.root == after.root && before.timestamp == after.timestamp &&
                    before.snapshot == after.snapshot && before.targets == after.targets;
  if (same) co_return followed;
  kept = store_.save(*metadata_);
  ++own_.stock;
  co_return followed;
}

Task<Result<bool>> RepositoryClient::learn_from(MirrorOffer neighbour) {
  const std::uint64_t before = complete_version(*metadata_);
  Result<void> kept;
  auto followed = co_await follow(RepositoryPlaces::mirror_of(neighbour), kept);
  if (!kept) co_return fail(std::move(kept.error()));
  const std::uint64_t now = complete_version(*metadata_);
  Result<void> kept_word = std::move(followed);
  if (kept_word && now < neighbour.version) {
    kept_word = fail(ErrorKind::bad_peer,
                     fmt::format("it speaks of version {} and has version {}", neighbour.version, now));
  }
  if (!kept_word) {
    pass_over(neighbour, kept_word.error());
    co_return false;
  }
  bad_mirrors_.served(neighbour.address);
  teller_ = neighbour.instance;
  co_return now > before;
}

Task<Result<void>> RepositoryClient::look_at_repository() {
  tell_asking();
  const SteadyTime began = machine_.clock.steady();
  Result<void> kept;
  auto followed = co_await follow(places_.repository(), kept);
  if (!followed) co_return go_on_without_wan(followed.error());
  looks_.note(began);
  co_return kept;
}

// Without the WAN, what the neighbours know too is good enough as long as it has not expired.
Result<void> RepositoryClient::go_on_without_wan(const Error& error) {
  const MirrorFacts now = facts(machine_.clock.steady(), 0);
  const bool site_agrees =
      std::any_of(now.neighbours.begin(), now.neighbours.end(),
                  [&](const MirrorOffer& each) { return each.version > 0 && each.version == now.version; });
  const bool usable =
      error.kind == ErrorKind::retry_later && site_agrees && metadata_->check_fresh(trust_time());
  if (!usable) return fail(error);
  machine_.journal.add_once("check_failed", {}, error.message + "; going on with what the site knows");
  return {};
}

Task<Result<std::optional<ReleaseOffer>>> RepositoryClient::newest(std::string product,
                                                                   std::string hardware) {
  auto offer = co_await find_newest(std::move(product), std::move(hardware));
  tell_of_time();
  tell();
  co_return offer;
}

Task<Result<std::optional<ReleaseOffer>>> RepositoryClient::find_newest(std::string product,
                                                                        std::string hardware) {
  auto refreshed = co_await refresh();
  if (!refreshed) co_return fail(std::move(refreshed.error()));
  std::optional<ReleaseTarget> target = select_release(*metadata_, product, hardware);
  passed_over_ = why_passed_over(*metadata_, product, hardware, target ? target->version : std::string());
  if (!target) co_return std::optional<ReleaseOffer>();
  if (latest_ && latest_->manifest_sha256 == target->file.sha256) co_return latest_;
  auto offer = co_await open(std::move(*target));
  co_return offer;
}

Task<Result<std::optional<ReleaseOffer>>> RepositoryClient::open(ReleaseTarget target) {
  RepositoryFile file{target.repository_path(), target.file.size, target.file.sha256};
  FileNeed need(std::nullopt, teller_);
  auto bytes = co_await fetch_anywhere(file, std::move(need));
  if (!bytes) co_return fail(std::move(bytes.error()));
  Result<Manifest> manifest = open_release(target, *bytes);
  if (!manifest) co_return fail(std::move(manifest.error()), target.name);
  ReleaseOffer offer;
  offer.manifest = std::move(*manifest);
  offer.manifest_bytes = std::move(*bytes);
  offer.manifest_sha256 = target.file.sha256;
  latest_ = std::move(offer);
  latest_path_ = file.path;
  ++own_.stock;
  co_return latest_;
}

Task<Result<Bytes>> RepositoryClient::fetch(RepositoryFile file, Digest content) {
  Result<void> loaded = load();
  if (!loaded) co_return fail(std::move(loaded.error()));
  FileNeed need(content_key(content), std::nullopt);
  auto bytes = co_await fetch_anywhere(std::move(file), std::move(need));
  if (bytes) ++own_.stock;
  tell();
  co_return bytes;
}

Task<Result<Bytes>> RepositoryClient::fetch_anywhere(RepositoryFile file, FileNeed need) {
  if (file.size > file_size_max) co_return fail(ErrorKind::bad_image, file.path + " is too large");
  const SteadyTime began = machine_.clock.steady();
  for (int asked = 0;;) {
    co_await listen();
    SourceStep step = choose_file_source(facts(began, asked), need);
    if (step.kind == StepKind::wait) {
      const auto patience = std::min(step.patience, contents_look_interval);
      co_await machine_.swarm.mirrors_changed(patience);
      continue;
    }
    if (step.kind == StepKind::wan) {
      tell_asking();
      auto bytes = co_await fetch_at(places_.repository(), std::move(file));
      co_return bytes;
    }
    if (step.kind != StepKind::neighbour)
      co_return fail(ErrorKind::retry_later,
                     "no neighbour has " + file.path + ", and this device asks nobody else");
    ++asked;
    need.note_tried(step.neighbour);
    auto bytes = co_await fetch_at(RepositoryPlaces::mirror_of(step.neighbour), file);
    if (bytes) co_return bytes;
    if (bytes.error().kind != ErrorKind::cancelled) pass_over(step.neighbour, bytes.error());
  }
}

// cancelled: the place lacks it.
Task<Result<Bytes>> RepositoryClient::fetch_at(RepositoryPlace place, RepositoryFile file) {
  bool missing = false;
  auto bytes = co_await places_.get(place, file.path, file.size, missing);
  if (!bytes && missing && place.is_lan) co_return fail(ErrorKind::cancelled, bytes.error().message);
  if (!bytes) co_return fail(std::move(bytes.error()));
  if (bytes->size() == file.size && sha256(*bytes) == file.sha256) co_return bytes;
  co_return fail(
      ErrorKind::bad_peer,
      fmt::format("{} from {} is not the signed file: its SHA-256 or size differs", file.path, place.name));
}

std::optional<Bytes> RepositoryClient::kept_file(std::string_view path) const {
  if (latest_ && path == latest_path_) return latest_->manifest_bytes;
  if (!metadata_ || own_.version == 0) return std::nullopt;
  const std::optional<std::string> file = trusted_file(*metadata_, path);
  if (!file) return std::nullopt;
  const ByteView bytes = as_bytes(*file);
  return Bytes(bytes.begin(), bytes.end());
}

}  // namespace dunlin
