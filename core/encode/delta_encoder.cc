#include "core/encode/delta_encoder.h"

#include <future>

#include "core/encode/cut_finder.h"
#include "core/encode/segment_encoder.h"
#include "core/encode/segment_output.h"
#include "core/expand/canary.h"
#include "core/expand/needed_runs.h"

namespace dunlin {

namespace {

constexpr std::string_view choices_part = "choices";

// Addresses below the opened part need nothing opened.
void need(NeededRuns& needed, std::uint64_t opened_begin, std::uint64_t address, std::uint64_t length) {
  if (address >= opened_begin) needed.add(address - opened_begin, length);
}

}  // namespace

Result<EncodeSummary> DeltaEncoder::run() {
  Result<void> done = compare();
  if (done) done = open();
  if (done) done = cut();
  if (done) done = choose();
  if (!done) return fail(std::move(done.error()));
  return write();
}

Result<void> DeltaEncoder::compare() {
  const auto policy = options_.threads > 1 ? std::launch::async : std::launch::deferred;
  std::future<Result<Digest>> naming = std::async(policy, [this] { return digest_of(base_); });
  Result<TargetScan> scan = scan_target(target_, base_, options_);
  Result<Digest> base_id = naming.get();
  if (!scan) return fail(std::move(scan.error()));
  if (!base_id) return fail(std::move(base_id.error()), "reading the base image");
  scan_ = std::move(*scan);
  base_id_ = *base_id;
  shelf_ = open_shelf(options_, identity());
  return {};
}

// Whatever changes the result but the program itself.
Bytes DeltaEncoder::identity() const {
  ByteWriter writer;
  writer.bytes(as_bytes("delta pack " + codec_versions()));
  writer.u32(static_cast<std::uint32_t>(options_.level));
  writer.u8(options_.expand ? 1 : 0);
  writer.u64(options_.search_memory_max);
  writer.bytes(scan_.id.bytes);
  writer.bytes(base_id_.bytes);
  return writer.take();
}

Result<void> DeltaEncoder::open() {
  Result<OpenedImages> opened = open_images(target_, base_, options_, shelf_.get());
  if (!opened) return fail(std::move(opened.error()));
  opened_ = std::move(*opened);
  return {};
}

ScratchPlace DeltaEncoder::scratch(const char* name) const {
  if (options_.disk == nullptr || options_.work_folder.empty()) return {};
  return {options_.disk, options_.work_folder + "/" + name};
}

Result<void> DeltaEncoder::cut() {
  Result<std::unique_ptr<PlainImage>> base =
      PlainImage::make(base_, opened_.base_map, scratch("base.opened"), options_.cancel);
  if (!base) return fail(std::move(base.error()), "base image");
  plain_base_ = std::move(*base);
  while (true) {
    Result<std::optional<ExpandPosition>> unfit = plan();
    if (!unfit) return fail(std::move(unfit.error()), "target image");
    if (!*unfit) return {};
    close_around(**unfit);
  }
}

Result<std::optional<ExpandPosition>> DeltaEncoder::plan() {
  plain_target_.reset();
  Result<std::unique_ptr<PlainImage>> target =
      PlainImage::make(target_, opened_.target.map, scratch("target.opened"), options_.cancel);
  if (!target) return fail(std::move(target.error()));
  plain_target_ = std::move(*target);
  Result<std::vector<ImageCopy>> copies = grow_copies(copies_in_image(), target_, base_);
  if (!copies) return fail(std::move(copies.error()));
  layout_ = lay_out_target(scan_.runs, *copies, plain_target_->outline());
  CutFinder finder(*plain_target_, opened_.target.map, options_.cancel);
  Result<DeltaPlan> plan =
      plan_delta(layout_, [&finder](std::uint64_t plain) { return finder.packed_at(plain); });
  if (!plan) return fail(std::move(plan.error()));
  segments_ = std::move(plan->segments);
  return plan->unfit;
}

std::vector<ImageCopy> DeltaEncoder::copies_in_image() const {
  std::vector<ImageCopy> copies;
  const MapOutline& outline = plain_target_->outline();
  for (const KnownCopy& copy : opened_.target.copies)
    copies.push_back({outline.clean_before(copy.target_plain).packed, copy.length, copy.base_image});
  return copies;
}

// Closes what is open of the target around a place, in all layers: what was known of its packed bytes holds.
void DeltaEncoder::close_around(ExpandPosition place) {
  const ExpandMap before = opened_.target.map;
  NeededRuns around(before);
  around.add(place.plain, 1);
  opened_.target.map =
      filtered(before, [&around](std::size_t layer, std::size_t run) { return !around.needs(layer, run); });
  const PlainTranslation moved(before, opened_.target.map);
  std::erase_if(opened_.target.copies, [&moved](KnownCopy& copy) {
    const std::optional<PlainTranslation::Place> there = moved.at(copy.target_plain);
    if (there) copy.target_plain = there->offset;
    return !there;
  });
}

Result<void> DeltaEncoder::choose() {
  const std::optional<Bytes> kept = shelf_ == nullptr ? std::nullopt : shelf_->find(choices_part);
  if (kept) {
    Result<std::vector<SegmentChoice>> parsed = parse_choices(*kept);
    if (parsed && parsed->size() == segments_.size()) {
      choices_ = std::move(*parsed);
      return {};
    }
  }
  const SearchBase base(base_, *plain_base_);
  Result<std::vector<SegmentChoice>> choices = choose_anew({*plain_target_, base, layout_, segments_});
  if (!choices) return fail(std::move(choices.error()));
  choices_ = std::move(*choices);
  if (shelf_ != nullptr) shelf_->keep(choices_part, to_bytes(choices_));
  return {};
}

Result<std::vector<SegmentChoice>> DeltaEncoder::choose_anew(const DeltaCut& delta) const {
  Result<std::vector<DifferenceOps>> ops = match_segments(delta, options_);
  if (!ops) return fail(std::move(ops.error()));
  return choose_all(delta, std::move(*ops));
}

Result<std::vector<SegmentChoice>> DeltaEncoder::choose_all(const DeltaCut& delta,
                                                            std::vector<DifferenceOps> ops) const {
  LazyBaseIndex index(delta.base, options_.cancel);
  std::vector<OrderedWork<SegmentChoice>::Maker> makers;
  for (int i = 0; i < options_.threads; ++i) {
    auto chooser = std::make_shared<SegmentChooser>(delta, index);
    makers.emplace_back([&delta, &ops, chooser](std::size_t number) -> Result<SegmentChoice> {
      if (delta.plan[number].kind != PlanKind::data) return SegmentChoice{};
      return chooser->choose(delta.plan[number], std::move(ops[number]));
    });
  }
  std::vector<SegmentChoice> choices;
  OrderedWork<SegmentChoice> choosing(delta.plan.size(), options_.cancel);
  Result<void> chosen = choosing.run(makers, [&choices](std::size_t, SegmentChoice choice) -> Result<void> {
    choices.push_back(std::move(choice));
    return {};
  });
  if (!chosen) return fail(std::move(chosen.error()));
  return choices;
}

ExpandMap DeltaEncoder::needed_base_map(const std::vector<SegmentChoice>& choices) const {
  const SearchBase base(base_, *plain_base_);
  NeededRuns needed(opened_.base_map);
  for (const SegmentChoice& choice : choices) {
    if (choice.try_difference)
      for (const DifferenceOp& op : choice.ops)
        need(needed, base.search_begin(), op.base_offset, op.copy_length);
    for (const BaseRange& range : choice.ranges)
      need(needed, base.search_begin(), range.offset, range.length);
  }
  return filtered(opened_.base_map,
                  [&needed](std::size_t layer, std::size_t run) { return needed.needs(layer, run); });
}

Result<EncodeSummary> DeltaEncoder::write() {
  const SearchBase searched(base_, *plain_base_);
  const DeltaCut delta{*plain_target_, searched, layout_, segments_};
  PackIdentity identity{scan_.id, target_.size(), base_id_, base_.size(), {}, opened_.target.map, {}};
  identity.base_map = needed_base_map(choices_);
  if (!identity.target_map.layers.empty()) identity.codecs = codec_versions();
  const PackBase base(searched, opened_.base_map, identity.base_map);
  const DeltaChoices made{delta, choices_, target_, base, identity.base_map};
  std::vector<SegmentOutput::Encoder> encoders;
  for (int i = 0; i < options_.threads; ++i) {
    auto encoder = std::make_shared<DeltaSegmentEncoder>(made, options_.level);
    encoders.emplace_back([encoder](std::size_t index) -> Result<EncodedRun> {
      Result<EncodedSegment> encoded = encoder->encode(index);
      if (!encoded) return fail(std::move(encoded.error()));
      return EncodedRun{std::move(*encoded)};
    });
  }
  return SegmentOutput(output_, options_, shelf_.get())
      .write(identity, segments_.size(), std::move(encoders), {});
}

}  // namespace dunlin
