#include "node/spoiled_sources.h"

#include <algorithm>

namespace dunlin {

namespace {

constexpr const char* base_setting = "spoiled_base";
constexpr const char* packs_setting = "spoiled_packs";
constexpr std::size_t digest_digits = 64;
constexpr std::size_t packs_max = 16;

}  // namespace

Result<void> SpoiledSources::add_base(const Digest& image) {
  return store_.save_setting(base_setting, image.hex());
}

// The digests' digits, one after another.
Result<void> SpoiledSources::add_pack(const Digest& pack) {
  Result<std::string> known = store_.setting(packs_setting);
  if (!known) return fail(std::move(known.error()));
  if (known->find(pack.hex()) != std::string::npos) return {};
  std::string next = *known + pack.hex();
  if (next.size() > packs_max * digest_digits) next.erase(0, next.size() - packs_max * digest_digits);
  return store_.save_setting(packs_setting, next);
}

Result<bool> SpoiledSources::is_base(const Digest& image) {
  Result<std::string> base = store_.setting(base_setting);
  if (!base) return fail(std::move(base.error()));
  return *base == image.hex();
}

Result<std::vector<Digest>> SpoiledSources::packs() {
  Result<std::string> known = store_.setting(packs_setting);
  if (!known) return fail(std::move(known.error()));
  std::vector<Digest> packs;
  for (std::string_view rest = *known; rest.size() >= digest_digits; rest.remove_prefix(digest_digits)) {
    Result<Digest> pack = Digest::from_hex(rest.substr(0, digest_digits));
    if (pack) packs.push_back(*pack);
  }
  return packs;
}

Result<bool> SpoiledSources::spoil(const UpdatePlan& plan) {
  if (plan.source == SourceKind::image) return false;
  Result<std::vector<Digest>> spoiled = packs();
  if (!spoiled) return fail(std::move(spoiled.error()));
  if (std::ranges::find(*spoiled, plan.pack.sha256) != spoiled->end()) return true;
  if (!plan.base) return false;
  return is_base(*plan.base);
}

}  // namespace dunlin
