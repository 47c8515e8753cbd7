#include "core/expand/erofs_level.h"

#include <algorithm>

#include "core/expand/erofs_run.h"

namespace dunlin {

namespace {

constexpr std::array likely_levels{9, 12, 0, 10, 11, 8, 7, 6, 5, 4, 3, 2, 1};
constexpr std::size_t sample_count = 8;
constexpr std::uint64_t sample_plain_max = 512u << 10;
constexpr std::uint64_t telling_packed_min = 4 * erofs_block_size;
constexpr std::size_t read_size = 64u << 10;
constexpr std::uint64_t extent_size_limit_max = 256u << 20;

// Opens the first `plain_max` bytes of a stretch. False: they do not decode.
Result<bool> open_stretch(const ByteSource& image, const ErofsStretch& stretch, std::uint64_t plain_max,
                          const ByteSink& out) {
  const std::unique_ptr<StreamDecoder> decoder =
      make_erofs_decoder(to_erofs_packing(stretch, {}), to_run(stretch));
  Bytes packed;
  Bytes plain(read_size);
  std::uint64_t read = 0;
  std::size_t used = 0;
  for (std::uint64_t given = 0; given < std::min(plain_max, stretch.plain_length);) {
    Result<StreamProgress> step = decoder->decode(ByteView(packed).subspan(used), plain);
    if (!step) return false;
    used += step->consumed;
    given += step->produced;
    if (given > stretch.plain_length) return false;
    if (step->consumed == 0 && step->produced == 0) {
      if (used < packed.size() || read == stretch.packed_length) return false;
      packed.resize(
          static_cast<std::size_t>(std::min<std::uint64_t>(read_size, stretch.packed_length - read)));
      Result<void> done = image.read(stretch.packed_offset + read, packed);
      if (!done) return fail(std::move(done.error()));
      read += packed.size();
      used = 0;
    }
    Result<void> passed = out(ByteView(plain).first(step->produced));
    if (!passed) return fail(std::move(passed.error()));
  }
  const bool is_all = plain_max >= stretch.plain_length;
  return !is_all || (read == stretch.packed_length && used == packed.size());
}

struct Sample {
  const ErofsStretch& stretch;
  Bytes plain;
  Bytes packed;
};

Result<std::vector<Sample>> take_samples(const ByteSource& image,
                                         const std::vector<ErofsStretch>& stretches) {
  std::vector<Sample> samples;
  for (const std::uint64_t packed_min : {telling_packed_min, std::uint64_t{1}}) {
    for (const ErofsStretch& stretch : stretches) {
      if (samples.size() == sample_count) break;
      if (stretch.packed_length < packed_min ||
          (packed_min == 1 && stretch.packed_length >= telling_packed_min))
        continue;
      Sample sample{stretch, {}, {}};
      Result<bool> opened = open_stretch(image, stretch, sample_plain_max, [&](ByteView plain) {
        sample.plain.insert(sample.plain.end(), plain.begin(), plain.end());
        return Result<void>{};
      });
      if (!opened) return fail(std::move(opened.error()));
      sample.packed.resize(
          static_cast<std::size_t>(std::min<std::uint64_t>(stretch.packed_length, sample.plain.size() * 2)));
      Result<void> read = image.read(stretch.packed_offset, sample.packed);
      if (!read) return fail(std::move(read.error()));
      samples.push_back(std::move(sample));
    }
  }
  return samples;
}

struct Score {
  std::size_t right = 0;
  bool is_all_right = true;
};

// Counts clusters that come out as they are, up to the first that does not.
Result<Score> score_of(const Sample& sample, const ErofsLevel& level) {
  Score score;
  const std::unique_ptr<StreamEncoder> encoder =
      make_erofs_encoder(to_erofs_packing(sample.stretch, level), to_run(sample.stretch));
  const ByteSink compare = [&](ByteView cluster) -> Result<void> {
    const std::size_t begin = std::min(score.right, sample.packed.size());
    const ByteView expected =
        ByteView(sample.packed).subspan(begin, std::min(cluster.size(), sample.packed.size() - begin));
    if (!std::ranges::equal(cluster, expected)) return fail(ErrorKind::bad_image, "another cluster");
    score.right += cluster.size();
    return {};
  };
  Result<void> fed = encoder->feed(sample.plain, compare);
  if (!fed && fed.error().kind == ErrorKind::device) return fail(std::move(fed.error()));
  score.is_all_right = fed.has_value();
  return score;
}

// mkfs.erofs can be told how much a cluster may hold; then the longest extents are all as long as that.
std::uint32_t likely_extent_size_max(const std::vector<ErofsStretch>& stretches) {
  std::uint64_t longest = 0;
  for (const ErofsStretch& stretch : stretches) longest = std::max(longest, stretch.extent_length_max);
  const bool is_likely = longest % erofs_block_size == 0 && longest < extent_size_limit_max;
  return is_likely ? static_cast<std::uint32_t>(longest) : 0;
}

std::vector<ErofsLevel> candidates(const std::vector<ErofsStretch>& stretches) {
  std::vector<ErofsLevel> levels;
  const std::uint32_t extent_size_max = likely_extent_size_max(stretches);
  for (const int level : likely_levels) {
    if (extent_size_max > 0) levels.push_back({level, extent_size_max});
    levels.push_back({level, 0});
  }
  return levels;
}

}  // namespace

ExpandedRun to_run(const ErofsStretch& stretch) {
  return {stretch.packed_length, stretch.plain_length, 0};
}

ErofsPacking to_erofs_packing(const ErofsStretch& stretch, const ErofsLevel& level) {
  return {level.level, stretch.cluster_size, stretch.witness_size, level.extent_size_max};
}

Result<bool> erofs_stretch_opens(const ByteSource& image, const ErofsStretch& stretch) {
  return open_stretch(image, stretch, stretch.plain_length, [](ByteView) { return Result<void>{}; });
}

Result<ErofsLevel> guess_erofs_level(const ByteSource& image, const std::vector<ErofsStretch>& stretches) {
  Result<std::vector<Sample>> samples = take_samples(image, stretches);
  if (!samples) return fail(std::move(samples.error()));
  ErofsLevel best;
  std::size_t best_right = 0;
  for (const ErofsLevel& level : candidates(stretches)) {
    std::size_t right = 0;
    bool is_all_right = true;
    for (const Sample& sample : *samples) {
      Result<Score> score = score_of(sample, level);
      if (!score) return fail(std::move(score.error()));
      right += score->right;
      is_all_right = is_all_right && score->is_all_right;
    }
    if (right > best_right) best = level;
    best_right = std::max(best_right, right);
    if (is_all_right) break;
  }
  return best;
}

}  // namespace dunlin
