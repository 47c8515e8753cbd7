#include "node/pack_shelf.h"

#include "core/base/log.h"
#include "node/release_files.h"

namespace dunlin {

namespace {

void log_failure(std::string_view what, const Result<void>& result) {
  if (!result) log_warning(what, {{"error", result.error()}});
}

}  // namespace

Result<TransferId> PackShelf::open(const UpdatePlan& plan, WantedRanges wanted) {
  const auto known = transfers_.find(plan.pack.sha256);
  if (known != transfers_.end()) {
    context_.swarm.set_wanted(known->second, std::move(wanted));
    newest_ = known->second;
    return known->second;
  }
  Result<Bytes> torrent = ReleaseFiles(context_.disk, context_.paths).torrent(plan.torrent, "pack");
  if (!torrent) return fail(std::move(torrent.error()));
  TransferSpec spec;
  spec.name = "release " + plan.version;
  spec.torrent = std::move(*torrent);
  spec.path = context_.paths.pack(plan.pack.sha256);
  spec.url = context_.config.seeder_url + "/" + plan.pack.path;
  spec.wanted = std::move(wanted);
  spec.content = plan.pack.sha256;
  spec.cheaper = plan.cheaper;
  Result<TransferId> id = context_.swarm.add(std::move(spec));
  if (!id) return fail(std::move(id.error()), "starting the transfer");
  transfers_[plan.pack.sha256] = *id;
  newest_ = *id;
  return *id;
}

void PackShelf::rest(const Digest& pack) {
  const auto known = transfers_.find(pack);
  if (known != transfers_.end()) context_.swarm.set_wanted(known->second, std::vector<ByteRange>());
}

void PackShelf::serve_kept() {
  Result<std::vector<UpdatePlan>> plans = context_.store.kept_packs();
  if (!plans) return log_warning("kept packs are not served", {{"error", plans.error()}});
  for (const UpdatePlan& plan : *plans) {
    Result<TransferId> id = open(plan, std::vector<ByteRange>());
    if (!id) log_warning("kept pack is not served", {{"version", plan.version}, {"error", id.error()}});
  }
}

Result<void> PackShelf::keep(const UpdatePlan& plan) {
  return context_.store.keep_pack(plan);
}

void PackShelf::drop_all_but(const Digest& pack) {
  for (const UpdatePlan& plan : context_.store.kept_packs().value_or(std::vector<UpdatePlan>())) {
    if (plan.pack.sha256 != pack) drop(plan.pack.sha256);
  }
  const std::string wanted = pack.hex() + ".pack";
  for (const std::string& name :
       context_.disk.list(context_.paths.packs()).value_or(std::vector<std::string>())) {
    if (!name.ends_with(".pack") || name == wanted) continue;
    Result<Digest> digest = Digest::from_hex(std::string_view(name).substr(0, name.size() - 5));
    if (digest) drop(*digest);
  }
}

void PackShelf::discard(const Digest& pack) {
  drop(pack);
}

void PackShelf::close(const Digest& pack) {
  stop(pack, false);
}

void PackShelf::stop(const Digest& pack, bool remove_files) {
  const auto transfer = transfers_.find(pack);
  if (transfer == transfers_.end()) return;
  context_.swarm.remove(transfer->second, remove_files);
  if (newest_ == transfer->second) newest_.reset();
  transfers_.erase(transfer);
}

void PackShelf::drop(const Digest& pack) {
  stop(pack, true);
  log_failure("old pack not removed", context_.disk.remove(context_.paths.pack(pack)));
  log_failure("old pack not forgotten", context_.store.forget_pack(pack));
}

std::uint64_t PackShelf::take_uploaded() {
  if (!newest_) return 0;
  const std::uint64_t uploaded = context_.swarm.status(*newest_).bytes.uploaded;
  ByteLedger& counted = counted_[*newest_];
  return uploaded - std::exchange(counted.uploaded, uploaded);
}

TransferStatus PackShelf::status() const {
  return newest_ ? context_.swarm.status(*newest_) : TransferStatus();
}

}  // namespace dunlin
