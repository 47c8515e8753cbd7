#pragma once
#include "core/content/chunker.h"

namespace dunlin {

// What the first look at the target says about a run of its bytes. For data the encoder may still find
// better.
enum class PlanKind { data, same, zero };

struct PlannedSegment {
  std::uint64_t offset = 0;
  std::uint32_t length = 0;  // at most segment_size_max
  PlanKind kind = PlanKind::data;
  bool operator==(const PlannedSegment&) const = default;
};

// A run of target bytes that compares alike: all zero or not, equal to the base at the same offset or not.
struct BlockRun {
  std::uint64_t length = 0;
  bool zero = false;
  bool same = false;
  bool operator==(const BlockRun&) const = default;
};

// Runs shorter than these are not worth a segment of their own; they stay inside their neighbours' data.
inline constexpr std::uint64_t zero_run_min = 256u << 10;
inline constexpr std::uint64_t same_run_min = 256u << 10;

// Cuts a delta's target where long zero and unchanged runs begin and end. Runs lie back to back from offset
// 0.
std::vector<PlannedSegment> plan_delta(const std::vector<BlockRun>& runs);

// Cuts a full pack's target at chunk boundaries, so that two releases share most of their segments: after
// 1 MiB at the next chunk whose digest says so, at 4 MiB at the latest. Runs of zero chunks stand alone.
class FullPlanner {
 public:
  // Chunks in order, from offset 0, without gaps.
  void add(const Chunk& chunk, bool is_zero);
  // The plan of all chunks added.
  std::vector<PlannedSegment> finish();

 private:
  void close();

  std::vector<PlannedSegment> plan_;
  PlannedSegment open_;
};

}  // namespace dunlin
