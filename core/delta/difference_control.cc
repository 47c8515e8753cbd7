#include "core/delta/difference_control.h"

#include <bit>
#include <memory>

#include "core/delta/range_coder.h"
#include "core/delta/recent_values.h"

namespace dunlin {

namespace {

constexpr std::uint32_t recent_shifts = 16;

// The model of ops, for both directions. Copies mostly go on where one of those before would have led: that
// is its shift, the distance from the segment to the base.
template <class Coder>
class ControlWalk {
 public:
  ControlWalk(Coder& coder, std::uint64_t expected) : coder_(coder) { lately_.use(expected); }

  std::uint64_t code_count(std::uint64_t count) { return counts_.code(coder_, count); }

  // Takes an op or, when decoding, makes one of which nothing is checked; false when its lengths do not fit.
  bool code(DifferenceOp& op, std::uint64_t left) {
    const std::uint64_t copy = copies_[context_].code(coder_, op.copy_length);
    const std::uint32_t size_class = std::min(static_cast<std::uint32_t>(std::bit_width(copy)) / 3, 4u);
    const std::uint64_t literal = literals_[size_class].code(coder_, op.literal_length);
    context_ = literal == 0 ? 1 : 0;
    if (copy > left || literal > left - copy || copy + literal == 0) return false;
    op.copy_length = static_cast<std::uint32_t>(copy);
    op.literal_length = static_cast<std::uint32_t>(literal);
    if (copy > 0) op.base_offset = position_ + code_shift(op.base_offset - position_, size_class);
    position_ += copy + literal;
    return true;
  }

 private:
  std::uint64_t code_shift(std::uint64_t shift, std::uint32_t size_class) {
    const std::uint32_t place = lately_.find(shift);
    if (coder_.bit(is_recent_[size_class], place < recent_shifts))
      shift = lately_.at(places_[size_class].code(coder_, place));
    else
      shift = lately_.at(0) + unzigzag(jumps_.code(coder_, zigzag(shift - lately_.at(0))));
    lately_.use(shift);
    return shift;
  }

  Coder& coder_;
  NumberTree counts_;
  std::array<NumberTree, 2> copies_;
  std::array<NumberTree, 5> literals_;
  std::array<Chance, 5> is_recent_{};
  std::array<BitTree<4>, 5> places_{};
  NumberTree jumps_;
  RecentValues<std::uint64_t, recent_shifts> lately_;
  std::uint32_t context_ = 0;
  std::uint64_t position_ = 0;
};

tl::unexpected<Error> damaged_steps(std::string_view what) {
  return fail(ErrorKind::bad_image, "a difference frame's steps " + std::string(what));
}

}  // namespace

Bytes write_difference_control(const DifferenceOps& ops, std::uint64_t expected) {
  RangeEncoder encoder;
  auto walk = std::make_unique<ControlWalk<RangeEncoder>>(encoder, expected);
  walk->code_count(ops.size());
  for (DifferenceOp op : ops) walk->code(op, std::uint64_t{op.copy_length} + op.literal_length);
  return encoder.finish();
}

Result<DifferenceOps> read_difference_control(ByteView control, std::uint64_t expected, std::uint64_t size,
                                              std::uint64_t base_size) {
  RangeDecoder decoder(control);
  auto walk = std::make_unique<ControlWalk<RangeDecoder>>(decoder, expected);
  const std::uint64_t count = walk->code_count(0);
  if (count > std::min<std::uint64_t>(size, difference_op_count_max)) return damaged_steps("are too many");
  DifferenceOps ops(count);
  std::uint64_t left = size;
  for (DifferenceOp& op : ops) {
    if (!walk->code(op, left)) return damaged_steps("have lengths that do not add up");
    if (op.copy_length > 0 && (op.base_offset > base_size || op.copy_length > base_size - op.base_offset))
      return damaged_steps("copy from outside the base");
    left -= op.copy_length + op.literal_length;
  }
  if (left > 0) return damaged_steps("end too early");
  if (!decoder.is_exhausted()) return damaged_steps("are cut short or damaged");
  return ops;
}

}  // namespace dunlin
