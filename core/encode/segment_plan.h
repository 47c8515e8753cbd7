#pragma once
#include <functional>

#include "core/content/chunker.h"
#include "core/encode/target_layout.h"

namespace dunlin {

// What is known of a segment before it is encoded. For data the encoder may still find better.
enum class PlanKind { data, copy, zero };

struct PlannedSegment {
  ExpandPosition begin;
  ExpandPosition end;
  PlanKind kind = PlanKind::data;
  std::uint64_t base = 0;  // of copies: where the base image has the bytes
  bool operator==(const PlannedSegment&) const = default;

  std::uint32_t target_length() const { return static_cast<std::uint32_t>(end.packed - begin.packed); }
  std::uint32_t plain_length() const { return static_cast<std::uint32_t>(end.plain - begin.plain); }
};

// Runs shorter than these are not worth a segment of their own: they stay inside their neighbours' data.
inline constexpr std::uint64_t zero_run_min = 256u << 10;
inline constexpr std::uint64_t copy_run_min = 256u << 10;

// How many packed bytes closing has given out when it was fed up to this place inside opened content. Asked
// in ascending order.
using PackedAt = std::function<Result<std::uint64_t>(std::uint64_t plain)>;

struct DeltaPlan {
  std::vector<PlannedSegment> segments;
  // A place in opened content that cannot be cut into segments, because closing gives out too much at once:
  // then the plan is of no use.
  std::optional<ExpandPosition> unfit;
};

// Cuts a delta's target: each data segment begins with something new and reaches over as much of it as fits
// into 4 MiB; what lies between is copied or zero. Opened content is cut between its runs where that is
// possible. Fails as `packed_at` does.
Result<DeltaPlan> plan_delta(const std::vector<LayoutRun>& layout, const PackedAt& packed_at);

// Cuts a full pack's target at chunk boundaries: each chunk is a segment, so that a device fetches no chunk
// that it has. Where that would be more than about 2^16 segments, each takes several chunks. Runs of zero
// chunks stand alone.
class FullPlanner {
 public:
  explicit FullPlanner(std::uint64_t target_size);
  // Chunks in order, from offset 0, without gaps.
  void add(const Chunk& chunk, bool is_zero);
  // The plan of all chunks added.
  std::vector<PlannedSegment> finish();

 private:
  void close();

  std::uint64_t size_min_;  // of data segments
  std::vector<PlannedSegment> plan_;
  PlannedSegment open_;
};

}  // namespace dunlin
