#include "core/match/match_index.h"

#include <algorithm>

#include "core/match/copy_finder.h"
#include "core/match/suffix_cache.h"

namespace dunlin {

namespace {

// Parts overlap by this much, so that a match across a border is found whole in one of them.
constexpr std::uint64_t part_overlap_max = 1u << 20;

struct PartRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

std::uint64_t memory_of_part(std::uint64_t text_size) {
  return text_size + SuffixIndex::memory(text_size);
}

std::uint64_t part_size_max(std::uint64_t memory_max) {
  if (memory_max == 0) return SuffixIndex::text_size_max;
  const std::uint64_t memory = std::max(memory_max, match_memory_min);
  std::uint64_t size = 0;
  for (std::uint64_t step = std::uint64_t{1} << 30; step > 0; step /= 2)
    if (memory_of_part(size + step) <= memory) size += step;
  return size;
}

std::vector<PartRange> even_parts(std::uint64_t text_size, std::uint64_t size_max) {
  if (text_size <= size_max) return {{0, text_size}};
  const std::uint64_t overlap = std::min(part_overlap_max, size_max / 8);
  const std::uint64_t fresh_max = size_max - overlap;
  const std::uint64_t count = (text_size + fresh_max - 1) / fresh_max;
  const std::uint64_t fresh = (text_size + count - 1) / count;
  std::vector<PartRange> parts;
  for (std::uint64_t begin = 0; begin < text_size; begin += fresh)
    parts.push_back({begin, std::min(text_size, begin + fresh + overlap)});
  return parts;
}

// Copies and literals in order become ops; a copy that goes on where the one before ends is one with it.
class OpWriter {
 public:
  void literal(std::uint32_t length) {
    if (length == 0) return;
    if (ops_.empty()) ops_.push_back({});
    ops_.back().literal_length += length;
  }
  void copy(std::uint64_t base_offset, std::uint32_t length) {
    if (length == 0) return;
    if (!ops_.empty() && ops_.back().literal_length == 0 &&
        ops_.back().base_offset + ops_.back().copy_length == base_offset)
      ops_.back().copy_length += length;
    else
      ops_.push_back({base_offset, length, 0});
  }
  DifferenceOps take() { return std::move(ops_); }

 private:
  DifferenceOps ops_;
};

// Drops the shortest copies until there are no more ops than a frame may have.
DifferenceOps limited(DifferenceOps ops) {
  for (std::uint32_t length_min = 32; ops.size() > difference_op_count_max; length_min *= 2) {
    OpWriter writer;
    for (const DifferenceOp& op : ops) {
      if (op.copy_length < length_min)
        writer.literal(op.copy_length);
      else
        writer.copy(op.base_offset, op.copy_length);
      writer.literal(op.literal_length);
    }
    ops = writer.take();
  }
  return ops;
}

}  // namespace

DifferenceOps all_literal(std::uint32_t size) {
  if (size == 0) return {};
  return {{0, 0, size}};
}

struct MatchPart::State {
  BaseText base;
  SuffixIndex index;
};

MatchPart::MatchPart(std::unique_ptr<State> state) : state_(std::move(state)) {}
MatchPart::~MatchPart() = default;
MatchPart::MatchPart(MatchPart&&) noexcept = default;
MatchPart& MatchPart::operator=(MatchPart&&) noexcept = default;

DifferenceOps MatchPart::refine(ByteView target, const DifferenceOps& ops, std::uint64_t expected) const {
  const CopyFinder finder(state_->index, state_->base, target);
  OpWriter writer;
  std::uint32_t position = 0;
  for (const DifferenceOp& op : ops) {
    writer.copy(op.base_offset, op.copy_length);
    if (op.copy_length > 0) expected = op.base_offset + op.copy_length;
    position += op.copy_length;
    const std::uint32_t end = position + op.literal_length;
    for (const FoundCopy& copy : finder.find(position, end, expected)) {
      writer.literal(copy.begin - position);
      writer.copy(copy.base_offset, copy.end - copy.begin);
      position = copy.end;
      expected = copy.base_offset + (copy.end - copy.begin);
    }
    writer.literal(end - position);
    position = end;
  }
  return limited(writer.take());
}

struct MatchIndex::State {
  const ByteSource& base;
  MatchOptions options;
  TextPieces pieces;
  std::vector<PartRange> parts;

  // Counts what is read for on_progress and asks whether to stop.
  OnRead reading(std::uint64_t total) const {
    return [this, total, done = std::uint64_t{0}](std::uint64_t length) mutable -> Result<void> {
      done += length;
      if (options.cancel != nullptr && *options.cancel)
        return fail(ErrorKind::cancelled, "matching was cancelled");
      if (options.on_progress) options.on_progress(std::min(done, total), total);
      return {};
    };
  }

  Result<SuffixIndex> index_of(ByteView text) const {
    if (options.cache == nullptr) {
      Result<SuffixIndex::Suffixes> sorted = SuffixIndex::sort(text);
      if (!sorted) return fail(std::move(sorted.error()));
      return SuffixIndex::make(text, std::move(*sorted));
    }
    return cached_suffix_index(text, *options.cache, options.cache_folder, options.cache_prefix);
  }
};

MatchIndex::MatchIndex(std::unique_ptr<State> state) : state_(std::move(state)) {}
MatchIndex::~MatchIndex() = default;
MatchIndex::MatchIndex(MatchIndex&&) noexcept = default;
MatchIndex& MatchIndex::operator=(MatchIndex&&) noexcept = default;

Result<MatchIndex> MatchIndex::open(const ByteSource& base, MatchOptions options) {
  if (options.ranges.empty()) options.ranges = {{0, base.size()}};
  auto state = std::make_unique<State>(State{base, std::move(options), {}, {}});
  std::uint64_t total = 0;
  for (const ByteRange& range : state->options.ranges) total += range.length;
  const OnRead on_read = state->reading(total);
  for (const ByteRange& range : state->options.ranges) {
    Result<void> found = find_text(base, range.offset, range.length, on_read, state->pieces);
    if (!found) return fail(std::move(found.error()));
  }
  std::uint64_t text_size = 0;
  for (const TextPiece& piece : state->pieces) text_size += piece.zeros ? 0 : piece.length;
  state->parts = even_parts(text_size, part_size_max(state->options.memory_max));
  return MatchIndex(std::move(state));
}

std::size_t MatchIndex::parts() const {
  return state_->parts.size();
}

std::uint64_t MatchIndex::memory() const {
  std::uint64_t largest = 0;
  for (const PartRange& part : state_->parts) largest = std::max(largest, part.end - part.begin);
  return memory_of_part(largest);
}

Result<MatchPart> MatchIndex::build(std::size_t part) const {
  const PartRange range = state_->parts[part];
  TextPieces pieces = cut_pieces(state_->pieces, range.begin, range.end);
  Result<BaseText> base =
      BaseText::read(state_->base, std::move(pieces), state_->reading(range.end - range.begin));
  if (!base) return fail(std::move(base.error()));
  auto state = std::make_unique<MatchPart::State>();
  state->base = std::move(*base);
  Result<SuffixIndex> index = state_->index_of(state->base.text());
  if (!index) return fail(std::move(index.error()));
  state->index = std::move(*index);
  return MatchPart(std::move(state));
}

}  // namespace dunlin
