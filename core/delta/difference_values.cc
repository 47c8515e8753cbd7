#include "core/delta/difference_values.h"

namespace dunlin {

namespace {

class RunWriter {
 public:
  void equal() { ++gap_; }
  void differs(std::uint8_t value) {
    if (gap_ > 0 && run_ > 0) end_run();
    if (run_ == 0) gaps_.varint(std::exchange(gap_, 0));
    ++run_;
    values_.u8(value);
  }
  DifferenceValues take() {
    if (run_ > 0) end_run();
    return {gaps_.take(), runs_.take(), values_.take()};
  }

 private:
  void end_run() { runs_.varint(std::exchange(run_, 0) - 1); }

  ByteWriter gaps_;
  ByteWriter runs_;
  ByteWriter values_;
  std::uint64_t gap_ = 0;
  std::uint64_t run_ = 0;
};

// The copies of a segment as one space without the literals between them.
class CopySpace {
 public:
  CopySpace(const DifferenceOps& ops, ByteSpan out) : ops_(ops), out_(out) { enter(); }

  // Goes over the next `count` bytes, handing them out in pieces; false when there are not so many.
  template <class Visit>
  bool advance(std::uint64_t count, Visit visit) {
    while (count > 0) {
      if (op_ == ops_.size()) return false;
      const std::uint64_t step = std::min<std::uint64_t>(count, left_);
      visit(out_.subspan(position_, step));
      position_ += step;
      left_ -= step;
      count -= step;
      if (left_ == 0) leave();
    }
    return true;
  }

 private:
  void enter() {
    while (op_ < ops_.size() && ops_[op_].copy_length == 0) position_ += ops_[op_++].literal_length;
    if (op_ < ops_.size()) left_ = ops_[op_].copy_length;
  }
  void leave() {
    position_ += ops_[op_++].literal_length;
    enter();
  }

  const DifferenceOps& ops_;
  ByteSpan out_;
  std::size_t op_ = 0;
  std::uint64_t position_ = 0;
  std::uint64_t left_ = 0;
};

}  // namespace

DifferenceValues differences_of(ByteView target, ByteView copied, const DifferenceOps& ops) {
  RunWriter writer;
  std::size_t position = 0;
  for (const DifferenceOp& op : ops) {
    for (const std::size_t end = position + op.copy_length; position < end; ++position) {
      if (target[position] == copied[position])
        writer.equal();
      else
        writer.differs(static_cast<std::uint8_t>(target[position] - copied[position]));
    }
    position += op.literal_length;
  }
  return writer.take();
}

Result<void> add_differences(const DifferenceValues& differences, const DifferenceOps& ops, ByteSpan out) {
  ByteReader gaps(differences.gaps);
  ByteReader runs(differences.runs);
  ByteReader values(differences.values);
  CopySpace copies(ops, out);
  while (!values.at_end()) {
    const std::uint64_t gap = gaps.varint();
    const std::uint64_t run = runs.varint();
    bool good = gaps.ok() && runs.ok() && run < values.remaining();
    good = good && copies.advance(gap, [](ByteSpan) {});
    good = good && copies.advance(run + 1, [&](ByteSpan piece) {
      const ByteView added = values.bytes(piece.size());
      for (std::size_t i = 0; i < piece.size(); ++i)
        piece[i] = static_cast<std::uint8_t>(piece[i] + added[i]);
    });
    if (!good) return fail(ErrorKind::bad_image, "a difference frame's differences are damaged");
  }
  if (gaps.at_end() && runs.at_end()) return {};
  return fail(ErrorKind::bad_image, "a difference frame's differences do not add up");
}

}  // namespace dunlin
