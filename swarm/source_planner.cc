#include "swarm/source_planner.h"

#include <algorithm>
#include <tuple>

namespace dunlin {

namespace {

bool is_listed(const std::vector<Digest>& list, const Digest& content) {
  return std::find(list.begin(), list.end(), content) != list.end();
}

const HeldImage* holder_of(const std::vector<HeldImage>& held, const Digest& image) {
  auto found =
      std::find_if(held.begin(), held.end(), [&](const HeldImage& each) { return each.image == image; });
  return found == held.end() ? nullptr : &*found;
}

// The neighbour that has most of a content; null when nobody has any.
const LanOffer* best_offer(const std::vector<LanOffer>& offers, const Digest& content) {
  const std::uint64_t key = content_key(content);
  const LanOffer* best = nullptr;
  for (const LanOffer& each : offers) {
    if (each.content == key && (!best || each.have_bytes > best->have_bytes)) best = &each;
  }
  return best;
}

std::string bytes_text(std::uint64_t bytes) {
  return std::to_string(bytes) + " bytes";
}

std::string where_from(const SourcePlan& plan, const Surroundings& surroundings, const LanOffer* offer) {
  if (plan.wan_bytes == 0 && plan.lan_bytes > 0 && offer) return ", all of it from neighbours";
  if (!surroundings.wan) return ", from neighbours once they have it";
  if (plan.lan_bytes > 0) return ", " + bytes_text(plan.lan_bytes) + " of it from neighbours";
  return "";
}

SourcePlan by_pack(const ImageEntry& wanted, const PackEntry& pack, const HeldImage* base,
                   const Surroundings& surroundings) {
  const LanOffer* offer = best_offer(surroundings.offers, pack.file.sha256);
  const std::uint64_t near = offer ? std::min(offer->have_bytes, pack.file.size) : 0;
  SourcePlan plan;
  plan.pack = static_cast<std::size_t>(&pack - wanted.packs.data());
  plan.base_slot = base ? base->slot : "";
  plan.wan_bytes = surroundings.wan ? pack.file.size - near : 0;
  plan.lan_bytes = surroundings.wan ? near : pack.file.size;
  const std::string size = bytes_text(pack.file.size);
  plan.reason = base ? wanted.name + ": delta of " + size + " against the image in slot " + base->slot
                     : wanted.name + ": at most the full pack of " + size + ", less what the slots can lend";
  plan.reason += where_from(plan, surroundings, offer);
  return plan;
}

SourcePlan by_image(const ImageEntry& wanted, const LanOffer& offer) {
  SourcePlan plan;
  plan.kind = SourceKind::image;
  plan.lan_bytes = wanted.size;
  plan.reason = wanted.name + ": the raw image of " + bytes_text(wanted.size) + " from neighbours (" +
                offer.device + " has it), less what the slots can lend; nothing over the WAN";
  return plan;
}

bool is_cheaper(const SourcePlan& left, const SourcePlan& right) {
  return std::tie(left.wan_bytes, left.lan_bytes) < std::tie(right.wan_bytes, right.lan_bytes);
}

// A pack nobody near has is as many bytes, wherever they come from once somebody has it.
std::optional<SourcePlan> best_pack(const ImageEntry& wanted, const std::vector<HeldImage>& held,
                                    const Surroundings& surroundings, const std::vector<Digest>& spoiled) {
  std::optional<SourcePlan> best;
  for (const PackEntry& pack : wanted.packs) {
    if (is_listed(spoiled, pack.file.sha256)) continue;
    const HeldImage* base = pack.base ? holder_of(held, *pack.base) : nullptr;
    if (pack.base && !base) continue;
    SourcePlan plan = by_pack(wanted, pack, base, surroundings);
    if (!best || is_cheaper(plan, *best)) best = std::move(plan);
  }
  return best;
}

// Without WAN a pack comes only when somebody near has all of it.
bool is_certain(const SourcePlan& plan, const ImageEntry& wanted, const Surroundings& surroundings) {
  const RepositoryFile& pack = wanted.packs[plan.pack].file;
  return surroundings.wan || is_whole_on_lan(surroundings.offers, pack.sha256, pack.size);
}

std::string left_out(const ImageEntry& wanted, const std::vector<Digest>& spoiled) {
  const auto count = std::count_if(wanted.packs.begin(), wanted.packs.end(), [&](const PackEntry& pack) {
    return is_listed(spoiled, pack.file.sha256);
  });
  if (count == 0) return "";
  return "; packs left out because this device cannot use them: " + std::to_string(count);
}

std::string beyond_budget(const SourcePlan& plan, const std::optional<std::uint64_t>& left) {
  if (!left || plan.wan_bytes <= *left) return "";
  return "; the data budget has " + bytes_text(*left) + " left, the others wait";
}

}  // namespace

std::string_view to_string(SourceKind kind) {
  return kind == SourceKind::pack ? "pack" : "image";
}

bool is_whole_on_lan(const std::vector<LanOffer>& offers, const Digest& content, std::uint64_t size) {
  const LanOffer* offer = best_offer(offers, content);
  return offer && offer->have_bytes >= size;
}

bool is_offered(const std::vector<LanOffer>& offers, const Digest& content) {
  return best_offer(offers, content) != nullptr;
}

std::vector<CheaperContent> cheaper_packs(const ImageEntry& wanted, const PackEntry& than) {
  std::vector<CheaperContent> out;
  if (!wanted.torrent) return out;
  for (const PackEntry& each : wanted.packs) {
    if (std::tie(each.file.size, each.file.sha256) < std::tie(than.file.size, than.file.sha256))
      out.push_back({each.file.sha256, each.file.size});
  }
  return out;
}

Result<SourcePlan> plan_source(const ImageEntry& wanted, const std::vector<HeldImage>& held,
                               const Surroundings& surroundings, const std::vector<Digest>& spoiled) {
  std::optional<SourcePlan> best = best_pack(wanted, held, surroundings, spoiled);
  const bool image_is_near = wanted.torrent && !is_listed(spoiled, wanted.id) &&
                             is_whole_on_lan(surroundings.offers, wanted.id, wanted.size);
  if (image_is_near) {
    SourcePlan raw = by_image(wanted, *best_offer(surroundings.offers, wanted.id));
    const bool is_better = !best || !is_certain(*best, wanted, surroundings) || is_cheaper(raw, *best);
    if (best) raw.pack = best->pack;
    if (best) raw.base_slot = best->base_slot;
    if (is_better) best = std::move(raw);
  }
  if (!best) return fail(ErrorKind::bad_image, wanted.name + " has no pack this device can use");
  if (!surroundings.wan && !surroundings.neighbours)
    return fail(ErrorKind::retry_later, wanted.name + ": no link to the seeder and no neighbour: waiting");
  best->reason += beyond_budget(*best, surroundings.wan_left);
  best->reason += left_out(wanted, spoiled);
  return std::move(*best);
}

}  // namespace dunlin
