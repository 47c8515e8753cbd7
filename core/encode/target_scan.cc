#include "core/encode/target_scan.h"

#include <cstring>

namespace dunlin {

namespace {

constexpr std::size_t part_size = 1u << 20;
constexpr std::size_t block_size = 4096;

void append(std::vector<BlockRun>& runs, const BlockRun& run) {
  if (!runs.empty() && runs.back().zero == run.zero && runs.back().same == run.same)
    runs.back().length += run.length;
  else
    runs.push_back(run);
}

// `base` holds what the base has at the same place: as much as `target`, or less at the base's end.
void compare(ByteView target, ByteView base, std::vector<BlockRun>& runs) {
  for (std::size_t offset = 0; offset < target.size(); offset += block_size) {
    const ByteView block = target.subspan(offset, std::min(block_size, target.size() - offset));
    const bool same = offset + block.size() <= base.size() &&
                      std::memcmp(block.data(), base.data() + offset, block.size()) == 0;
    append(runs, {block.size(), all_zero(block), same});
  }
}

}  // namespace

Result<TargetScan> scan_target(const ByteSource& target, const ByteSource& base,
                               const EncodeOptions& options) {
  TargetScan scan;
  Sha256 hash;
  Bytes target_buffer(part_size);
  Bytes base_buffer(part_size);
  for (std::uint64_t offset = 0; offset < target.size(); offset += part_size) {
    if (options.cancel != nullptr && *options.cancel)
      return fail(ErrorKind::cancelled, "encoding was cancelled");
    const std::uint64_t base_left = base.size() - std::min(base.size(), offset);
    const ByteSpan target_part =
        ByteSpan(target_buffer).first(std::min<std::uint64_t>(part_size, target.size() - offset));
    const ByteSpan base_part = ByteSpan(base_buffer).first(std::min<std::uint64_t>(part_size, base_left));
    Result<void> read = target.read(offset, target_part);
    if (!read) return fail(std::move(read.error()), "reading the target image");
    if (!base_part.empty()) read = base.read(offset, base_part);
    if (!read) return fail(std::move(read.error()), "reading the base image");
    hash.add(target_part);
    compare(target_part, base_part, scan.runs);
    if (options.on_progress)
      options.on_progress({EncodePhase::reading, offset + target_part.size(), target.size()});
  }
  scan.id = hash.finish();
  return scan;
}

}  // namespace dunlin
