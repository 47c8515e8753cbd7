#include "core/delta/difference_coder.h"

#include <algorithm>
#include <memory>

#include "core/delta/address_site.h"
#include "core/delta/equal_run.h"
#include "core/delta/range_coder.h"
#include "core/delta/recent_values.h"
#include "core/delta/shift_memory.h"

namespace dunlin {

namespace {

constexpr std::uint32_t block_size = 2048;
constexpr std::size_t recent_count = 16;

enum BlockMode : std::uint32_t { equal_block = 0, plain_block = 1, code_block = 2 };

// Distances are modulo 2^32.
std::uint64_t zigzag_distance(std::uint32_t distance) {
  return zigzag(static_cast<std::uint64_t>(static_cast<std::int64_t>(static_cast<std::int32_t>(distance))));
}

enum ChangeKind : std::uint32_t { by_relative = 0, by_absolute = 1, by_distance = 2 };

// The model, for both directions: `Coder` codes or decodes, and where it codes, `target` is known.
template <class Coder>
class DifferenceWalk {
 public:
  DifferenceWalk(Coder& places, Coder& changes, ByteView target, ByteSpan out)
      : places_(places),
        changes_(changes),
        target_(target),
        out_(out),
        relative_(out.size()),
        absolute_(out.size()) {}

  void walk(const DifferenceOps& ops) {
    if constexpr (!codes) start_gap();
    std::size_t position = 0;
    for (const DifferenceOp& op : ops) {
      source_ = static_cast<std::uint32_t>(op.base_offset);
      op_begin_ = position;
      op_end_ = position + op.copy_length;
      while (position < op_end_) position = walk_block(position);
      position = op_end_ + op.literal_length;
    }
  }
  // The coder's last gap reaches behind the end.
  void finish() {
    if constexpr (codes) end_gap();
  }

 private:
  static constexpr bool codes = std::is_same_v<Coder, RangeEncoder>;

  std::uint32_t source_of(std::size_t position) const {
    return source_ + static_cast<std::uint32_t>(position - op_begin_);
  }
  // How far the copy moved: what distances to places that did not move change by.
  std::uint32_t own_shift(std::size_t position) const {
    return static_cast<std::uint32_t>(position) - source_of(position);
  }

  std::size_t walk_block(std::size_t position) {
    const std::size_t end = std::min<std::size_t>(position + block_size, op_end_);
    std::uint32_t mode = 0;
    if constexpr (codes) mode = choose_mode(position, end);
    mode = modes_[mode_before_].code(changes_, mode);
    mode_before_ = mode_before_ % 4 * 4 + mode;
    if (mode == equal_block) return end;
    const bool in_code = mode == code_block;
    while (position < end) {
      if (!in_code) position = skip_equal(position, end);
      if (position < end) position = walk_byte(position, in_code);
    }
    return position;
  }

  // Where nothing but gaps is coded, they are passed at once.
  std::size_t skip_equal(std::size_t position, std::size_t end) {
    std::size_t equal = 0;
    if constexpr (codes) {
      equal = equal_run(target_.subspan(position, end - position), out_.subspan(position, end - position));
      gap_ += static_cast<std::uint32_t>(equal);
    } else {
      equal = std::min<std::size_t>(gap_, end - position);
      gap_ -= static_cast<std::uint32_t>(equal);
    }
    return position + equal;
  }

  BlockMode choose_mode(std::size_t position, std::size_t end) const {
    const auto at = static_cast<std::ptrdiff_t>(position);
    if (std::equal(target_.begin() + at, target_.begin() + static_cast<std::ptrdiff_t>(end),
                   out_.begin() + at))
      return equal_block;
    std::uint32_t sites = 0;
    std::uint32_t moved = 0;
    for (std::size_t i = position; i < end; ++i) {
      if (!is_site(i)) continue;
      ++sites;
      if (load_field(target_, i, 4) != load_field(out_, i, 4)) ++moved;
      i += 3;
    }
    return moved * 32 > sites ? code_block : plain_block;
  }

  bool is_site(std::size_t position) const {
    return position + 4 <= op_end_ && site_kind(out_, position) != no_site &&
           is_near(load_field(out_, position, 4));
  }

  std::size_t walk_byte(std::size_t position, bool in_code) {
    if (in_code && is_site(position)) {
      code_site_at(position);
      return position + 4;
    }
    if constexpr (codes) {
      if (target_[position] == out_[position]) {
        ++gap_;
        return position + 1;
      }
      end_gap();
    } else {
      if (gap_ > 0) {
        --gap_;
        return position + 1;
      }
    }
    const auto width = static_cast<std::uint32_t>(std::min<std::size_t>(4, op_end_ - position));
    code_change(position, width);
    start_gap();
    return position + width;
  }

  void start_gap() {
    if constexpr (codes)
      gap_ = 0;
    else
      gap_ = code_gap(0);
  }
  void end_gap() { code_gap(gap_); }
  std::uint32_t code_gap(std::uint32_t gap) {
    const std::uint32_t small = small_gaps_[gap_context_].code(places_, std::min(gap, 31u));
    gap_context_ = small;
    if (small < 31) return small;
    return static_cast<std::uint32_t>(large_gaps_.code(places_, gap - 31)) + 31;
  }

  void code_site_at(std::size_t position) {
    const std::uint32_t old_value = load_field(out_, position, 4);
    const std::uint32_t address = source_of(position) + old_value;
    const ShiftMemory::Guess guess = relative_.guess(address);
    const std::uint32_t own = own_shift(position);
    const std::uint32_t foreseen = guess.closeness == 0 ? old_value : old_value + guess.shift - own;
    const std::uint32_t kind = site_kind(out_, position);
    const bool moves = foreseen != old_value;
    std::uint32_t value = 0;
    if constexpr (codes) value = load_field(target_, position, 4);
    Chance& as_foreseen = site_hits_[kind][guess.closeness * 4 + guess.trust][moves ? 1 : 0][site_history_];
    const bool hit = changes_.bit(as_foreseen, value == foreseen);
    site_history_ = (site_history_ * 2 + (hit ? 0 : 1)) % 4;
    if (hit)
      value = foreseen;
    else
      value = old_value + code_site_distance(kind, moves, old_value, value);
    store_field(out_, position, 4, value);
    relative_.learn(address, value - old_value + own);
  }

  // Tables have rows of one of these lengths: what the field above changed by.
  std::uint32_t distance_above(std::size_t position, std::uint32_t& row) const {
    for (row = 0; row < rows.size(); ++row) {
      const Changed& changed = changed_[(position - rows[row]) % changed_.size()];
      if (changed.position + rows[row] == position) return changed.distance;
    }
    return 0;
  }

  std::uint32_t code_site_distance(std::uint32_t kind, bool moves, std::uint32_t old_value,
                                   std::uint32_t value) {
    if (moves && changes_.bit(site_same_[kind], value == old_value)) return 0;
    return code_distance(site_distances_, value - old_value, 0, 0);
  }

  // A distance used lately by its place in the list, another by its value.
  struct DistanceModel {
    Chance is_recent;
    BitTree<4> recent;
    std::array<NumberTree, 6> numbers;
    RecentValues<std::uint32_t, recent_count> lately;
  };
  std::uint32_t code_distance(DistanceModel& model, std::uint32_t distance, std::uint32_t row,
                              std::uint32_t above) {
    std::uint32_t index = 0;
    if constexpr (codes) index = model.lately.find(distance);
    if (changes_.bit(model.is_recent, index < recent_count))
      distance = model.lately.at(model.recent.code(changes_, index));
    else
      distance = static_cast<std::uint32_t>(
                     unzigzag(model.numbers[row].code(changes_, zigzag_distance(distance - above)))) +
                 above;
    model.lately.use(distance);
    return distance;
  }

  void code_change(std::size_t position, std::uint32_t width) {
    const std::uint32_t old_value = load_field(out_, position, width);
    const std::uint32_t address = source_of(position) + old_value;
    const std::uint32_t own = own_shift(position);
    const ShiftMemory::Guess relative = relative_.guess(address);
    const ShiftMemory::Guess absolute = absolute_.guess(old_value);
    std::uint32_t value = 0;
    if constexpr (codes) value = load_field(target_, position, width);
    const std::uint32_t distance_context = change_history_ * 4 + (source_of(position) & 3);
    bool done = false;
    if (width == 4 && relative.closeness > 0 && relative.shift != own) {
      const std::uint32_t foreseen = old_value + relative.shift - own;
      done = changes_.bit(relative_hits_[relative.closeness][distance_context], value == foreseen);
      if (done) {
        value = foreseen;
        set_history(by_relative);
      }
    }
    if (!done && width == 4 && absolute.closeness > 0 && absolute.shift != 0) {
      const std::uint32_t foreseen = old_value + absolute.shift;
      done = changes_.bit(absolute_hits_[absolute.closeness][distance_context], value == foreseen);
      if (done) {
        value = foreseen;
        set_history(by_absolute);
      }
    }
    if (!done) {
      std::uint32_t row = 0;
      const std::uint32_t above = distance_above(position, row);
      value =
          old_value + code_distance(change_distances_[change_history_ % 4], value - old_value, row, above);
      set_history(by_distance);
    }
    store_field(out_, position, width, value);
    changed_[position % changed_.size()] = {position, value - old_value};
    if (width < 4) return;
    relative_.learn(address, value - old_value + own);
    absolute_.learn(old_value, value - old_value);
  }
  void set_history(ChangeKind kind) { change_history_ = (change_history_ * 4 + kind) % 16; }

  static constexpr std::array<std::size_t, 5> rows = {24, 8, 16, 12, 4};
  struct Changed {
    std::size_t position = ~std::size_t{0};
    std::uint32_t distance = 0;
  };
  std::array<Changed, 32> changed_{};

  Coder& places_;
  Coder& changes_;
  ByteView target_;
  ByteSpan out_;

  std::uint32_t source_ = 0;
  std::size_t op_begin_ = 0;
  std::size_t op_end_ = 0;

  std::array<BitTree<2>, 16> modes_{};
  std::uint32_t mode_before_ = 0;

  std::uint32_t gap_ = 0;
  std::uint32_t gap_context_ = 31;
  std::array<BitTree<5>, 32> small_gaps_{};
  NumberTree large_gaps_{};

  ShiftMemory relative_;
  ShiftMemory absolute_;
  std::array<std::array<std::array<std::array<Chance, 4>, 2>, 20>, 5> site_hits_{};
  std::uint32_t site_history_ = 0;
  std::array<Chance, 5> site_same_{};
  DistanceModel site_distances_{};

  std::uint32_t change_history_ = 0;
  std::array<std::array<Chance, 64>, 5> relative_hits_{};
  std::array<std::array<Chance, 64>, 5> absolute_hits_{};
  std::array<DistanceModel, 4> change_distances_{};
};

}  // namespace

CodedDifferences code_differences(ByteView target, const DifferenceOps& ops, ByteSpan copied) {
  RangeEncoder places;
  RangeEncoder changes;
  auto walk = std::make_unique<DifferenceWalk<RangeEncoder>>(places, changes, target, copied);
  walk->walk(ops);
  walk->finish();
  return {places.finish(), changes.finish()};
}

Result<void> decode_differences(CodedDifferencesView coded, const DifferenceOps& ops, ByteSpan copied) {
  RangeDecoder place_decoder(coded.places);
  RangeDecoder change_decoder(coded.changes);
  auto walk =
      std::make_unique<DifferenceWalk<RangeDecoder>>(place_decoder, change_decoder, ByteView{}, copied);
  walk->walk(ops);
  if (place_decoder.is_exhausted() && change_decoder.is_exhausted()) return {};
  return fail(ErrorKind::bad_image, "a difference frame's differences are damaged");
}

}  // namespace dunlin
