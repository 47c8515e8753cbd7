#pragma once
#include <atomic>
#include <functional>
#include <memory>

#include "core/base/byte_range.h"
#include "core/base/byte_source.h"
#include "core/delta/difference_op.h"

namespace dunlin {

// Finds where in a base the bytes of a segment come from. The base is cut into parts that fit into memory;
// each part is built, asked about every segment, and dropped before the next:
//
//   ops = all_literal(segment size) for every segment
//   for each part: build(part), then ops = part.refine(segment, ops, expected) for every segment
//
// Parts take over only what is still literal, so the order of parts matters and that of segments does not.

struct MatchOptions {
  // Bytes that a part may need, text and index together; 0: no cap. At least match_memory_min is taken.
  std::uint64_t memory_max = 0;
  // Where in the base to look, ascending and apart; empty: everywhere.
  std::vector<ByteRange> ranges;
  const std::atomic<bool>* cancel = nullptr;  // when it turns true: ErrorKind::cancelled
  // Work done of one open() or build(), in bytes of the base; called on the calling thread.
  std::function<void(std::uint64_t done, std::uint64_t total)> on_progress;
  // Sorted parts are kept here for the next time; null: nowhere. The folder exists or is made.
  Disk* cache = nullptr;
  std::string cache_folder;
  std::string cache_prefix;  // of the names of what is kept there
};

inline constexpr std::uint64_t match_memory_min = 8u << 20;

// The one op of a segment of which nothing is known: no ops when it is empty.
DifferenceOps all_literal(std::uint32_t size);

// One part, sorted. Immutable: safe from several threads at once.
class MatchPart {
 public:
  ~MatchPart();
  MatchPart(MatchPart&&) noexcept;
  MatchPart& operator=(MatchPart&&) noexcept;

  // Better ops for `target`: copies stay as they are, literals are replaced by what this part holds of them.
  // `ops` add up to the target; `expected` is where its first byte is expected in the base. The result
  // depends on the arguments and the part only; at most difference_op_count_max ops.
  DifferenceOps refine(ByteView target, const DifferenceOps& ops, std::uint64_t expected) const;

 private:
  friend class MatchIndex;
  struct State;
  explicit MatchPart(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// The base, cut into parts. Holds no text itself: only where it lies.
class MatchIndex {
 public:
  // Reads the base once, in ascending order, to find what is worth indexing: long runs of zeros are not.
  // `base` outlives it. Fails as ByteSource::read does; cancelled.
  static Result<MatchIndex> open(const ByteSource& base, MatchOptions options);
  ~MatchIndex();
  MatchIndex(MatchIndex&&) noexcept;
  MatchIndex& operator=(MatchIndex&&) noexcept;

  std::size_t parts() const;
  // Bytes that the largest part needs.
  std::uint64_t memory() const;
  // Reads a part of the base in ascending order and sorts it (about 0.1 s a megabyte), or takes the sorted
  // index from the cache: a damaged or missing entry is made anew. Not able to write the cache is no failure.
  Result<MatchPart> build(std::size_t part) const;

 private:
  struct State;
  explicit MatchIndex(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace dunlin
