#define ZSTD_STATIC_LINKING_ONLY
#include "core/codec/zstd_jobs.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <zstd.h>

#include "core/base/check.h"
#include "core/base/reserved_region.h"

// With these two, and the way they are used here, zstd 1.5.4 makes its jobs (lib/compress/zstdmt_compress.c).
// They are in the archive of the library but in no header. Another version needs another look.
static_assert(ZSTD_VERSION_NUMBER == 10504, "zstd_jobs.cc knows the jobs of zstd 1.5.4");
extern "C" {
std::size_t ZSTD_compressBegin_advanced_internal(ZSTD_CCtx* context, const void* dictionary, std::size_t size,
                                                 ZSTD_dictContentType_e content, int load_method,
                                                 const ZSTD_CDict* ready, const ZSTD_CCtx_params* parameters,
                                                 unsigned long long pledged_size);
void ZSTD_invalidateRepCodes(ZSTD_CCtx* context);
}

namespace dunlin {

namespace {

constexpr int load_method_fast = 0;
constexpr std::size_t part_size = 4u << 17;
constexpr std::size_t block_limit = 1u << 17;
constexpr std::size_t checksum_length = 4;
constexpr std::size_t header_length_max = 18;
constexpr std::array<std::uint8_t, 3> last_empty_block = {1, 0, 0};

// How far a job looks back into the one before, as a share of the window.
unsigned overlap_log(const ZSTD_compressionParameters& parameters) {
  unsigned shift = 3;
  if (parameters.strategy >= ZSTD_lazy2) shift = 2;
  if (parameters.strategy >= ZSTD_btopt) shift = 1;
  if (parameters.strategy >= ZSTD_btultra2) shift = 0;
  return parameters.windowLog - shift;
}

class ZstdJobsEncoder final : public StreamEncoder {
 public:
  ZstdJobsEncoder(const ZstdStreamShape& shape, const ZSTD_compressionParameters& tuning)
      : shape_(shape),
        window_size_(std::size_t{1} << tuning.windowLog),
        overlap_max_(std::size_t{1} << overlap_log(tuning)),
        job_size_(std::size_t{1} << std::max(20U, tuning.windowLog + 2)),
        region_(overlap_max_ + job_size_),
        packed_(ZSTD_compressBound(part_size) + header_length_max) {
    CHECK(context_ != nullptr && parameters_ != nullptr);
    tune(tuning);
  }

  Result<void> feed(ByteView plain, const ByteSink& out) override {
    if (plain.size() > shape_.plain_length - taken_)
      return fail(ErrorKind::usage, "more bytes than announced");
    while (!plain.empty()) {
      if (job_filled_ == job_size_) begin_next_job();
      const std::size_t taken = std::min(plain.size(), part_size - part_filled_);
      std::copy_n(plain.begin(), taken, source(job_filled_).begin());
      plain = plain.subspan(taken);
      taken_ += taken;
      job_filled_ += taken;
      part_filled_ += taken;
      if (part_filled_ < part_size && taken_ < shape_.plain_length) continue;
      Result<void> put = put_part(out);
      if (!put) return put;
    }
    return {};
  }

  Result<void> finish(const ByteSink& out) override {
    if (taken_ != shape_.plain_length) return fail(ErrorKind::usage, "fewer bytes than announced");
    return ends_with_empty_block() ? out(last_empty_block) : Result<void>{};
  }

 private:
  struct Free {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
    void operator()(ZSTD_CCtx_params* parameters) const { ZSTD_freeCCtxParams(parameters); }
  };

  void set(ZSTD_cParameter parameter, int value) {
    CHECK(ZSTD_isError(ZSTD_CCtxParams_setParameter(parameters_.get(), parameter, value)) == 0);
  }

  // What the multi-threaded mode has decided before it makes its first job.
  void tune(const ZSTD_compressionParameters& tuning) {
    const bool optimal = tuning.strategy >= ZSTD_btopt;
    const bool rows = tuning.strategy >= ZSTD_greedy && tuning.strategy <= ZSTD_lazy2;
    set(ZSTD_c_compressionLevel, shape_.level);
    set(ZSTD_c_windowLog, static_cast<int>(tuning.windowLog));
    set(ZSTD_c_chainLog, static_cast<int>(tuning.chainLog));
    set(ZSTD_c_hashLog, static_cast<int>(tuning.hashLog));
    set(ZSTD_c_searchLog, static_cast<int>(tuning.searchLog));
    set(ZSTD_c_minMatch, static_cast<int>(tuning.minMatch));
    set(ZSTD_c_targetLength, static_cast<int>(tuning.targetLength));
    set(ZSTD_c_strategy, tuning.strategy);
    set(ZSTD_c_useRowMatchFinder, rows ? ZSTD_ps_enable : ZSTD_ps_disable);
    set(ZSTD_c_useBlockSplitter, optimal ? ZSTD_ps_enable : ZSTD_ps_disable);
    set(ZSTD_c_enableLongDistanceMatching, ZSTD_ps_disable);
    set(ZSTD_c_maxBlockSize, block_limit);
    set(ZSTD_c_contentSizeFlag, shape_.states_size ? 1 : 0);
    set(ZSTD_c_checksumFlag, shape_.has_checksum ? 1 : 0);
  }

  ByteSpan source(std::size_t offset) { return region_.bytes().subspan(overlap_ + offset); }

  // Exactly at the end of a job, a stream of unstated size does not know yet that nothing follows.
  bool ends_with_empty_block() const {
    return !shape_.states_size && shape_.plain_length > 0 && shape_.plain_length % job_size_ == 0;
  }

  void begin_next_job() {
    const std::size_t kept = std::min(job_filled_, overlap_max_);
    std::memmove(region_.bytes().data(), source(job_filled_ - kept).data(), kept);
    overlap_ = kept;
    job_filled_ = 0;
    first_job_ = false;
    region_.give_back(overlap_, region_.bytes().size());
  }

  Result<void> put_part(const ByteSink& out) {
    const std::size_t begin = job_filled_ - part_filled_;
    if (begin == 0) {
      const std::size_t begun = begin_job();
      if (ZSTD_isError(begun) != 0) return failure(begun);
    }
    const bool last = taken_ == shape_.plain_length && !ends_with_empty_block();
    const auto compress = last ? ZSTD_compressEnd : ZSTD_compressContinue;
    const std::size_t code =
        compress(context_.get(), packed_.data(), packed_.size(), source(begin).data(), part_filled_);
    if (ZSTD_isError(code) != 0) return failure(code);
    part_filled_ = 0;
    forget_before(overlap_ + job_filled_);
    const std::size_t checksum = last && first_job_ && shape_.has_checksum ? checksum_length : 0;
    return out(ByteView(packed_).first(code - checksum));
  }

  // Matches reach back one window from where a part begins.
  void forget_before(std::size_t end) {
    const std::size_t kept = window_size_ + part_size;
    if (end <= kept) return;
    region_.give_back(forgotten_, end - kept);
    forgotten_ = end - kept;
  }

  std::size_t begin_job() {
    forgotten_ = 0;
    if (!first_job_) {
      set(ZSTD_c_forceMaxWindow, 1);
      set(ZSTD_c_checksumFlag, 0);
    }
    const std::uint64_t frame_size = shape_.states_size ? shape_.plain_length : ZSTD_CONTENTSIZE_UNKNOWN;
    const std::uint64_t left = shape_.plain_length - (taken_ - job_filled_);
    const std::uint64_t job_size = std::min<std::uint64_t>(left, job_size_);
    std::size_t code = ZSTD_compressBegin_advanced_internal(
        context_.get(), region_.bytes().data(), overlap_, ZSTD_dct_rawContent, load_method_fast, nullptr,
        parameters_.get(), first_job_ ? frame_size : job_size);
    if (ZSTD_isError(code) != 0 || first_job_) return code;
    // A frame header that nobody wants; the remembered offsets of the job before are not known to this one.
    code = ZSTD_compressContinue(context_.get(), packed_.data(), packed_.size(), source(0).data(), 0);
    ZSTD_invalidateRepCodes(context_.get());
    return code;
  }

  static tl::unexpected<Error> failure(std::size_t code) {
    return fail(ErrorKind::device, std::string("packing a zstd stream: ") + ZSTD_getErrorName(code));
  }

  ZstdStreamShape shape_;
  std::size_t window_size_;
  std::size_t overlap_max_;
  std::size_t job_size_;
  ReservedRegion region_;  // the end of the job before, and behind it this job
  Bytes packed_;
  std::unique_ptr<ZSTD_CCtx, Free> context_{ZSTD_createCCtx()};
  std::unique_ptr<ZSTD_CCtx_params, Free> parameters_{ZSTD_createCCtxParams()};
  bool first_job_ = true;
  std::size_t overlap_ = 0;
  std::size_t job_filled_ = 0;
  std::size_t part_filled_ = 0;
  std::size_t forgotten_ = 0;
  std::uint64_t taken_ = 0;
};

}  // namespace

std::unique_ptr<StreamEncoder> make_zstd_jobs_encoder(const ZstdStreamShape& shape) {
  const ZSTD_compressionParameters tuning =
      ZSTD_getCParams(shape.level, shape.states_size ? shape.plain_length : 0, 0);
  return std::make_unique<ZstdJobsEncoder>(shape, tuning);
}

}  // namespace dunlin
