#include "core/expand/layer_source.h"

#include <algorithm>

namespace dunlin {

namespace {

constexpr std::size_t input_size = 64u << 10;
constexpr std::size_t skip_size = 64u << 10;

}  // namespace

Result<void> LayerSource::read(std::uint64_t offset, ByteSpan out) const {
  if (offset > size() || out.size() > size() - offset)
    return fail(ErrorKind::bad_image, "bytes outside the opened image");
  for (std::size_t run = index_.at_plain(offset); !out.empty(); ++run) {
    const std::uint64_t inside = offset - index_.start(run).plain;
    const std::size_t count =
        static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), index_.run(run).plain_length - inside));
    Result<void> read = read_run(run, inside, out.first(count));
    if (!read) return read;
    out = out.subspan(count);
    offset += count;
  }
  return {};
}

Result<void> LayerSource::read_run(std::size_t run, std::uint64_t offset, ByteSpan out) const {
  if (index_.run(run).is_raw()) return packed_.read(index_.start(run).packed + offset, out);
  if (index_.run(run).plain_length > layer_cached_run_max) return read_forward(run, offset, out);
  Result<const Bytes*> plain = kept(run);
  if (!plain) return fail(std::move(plain.error()));
  std::copy_n((*plain)->begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
  return {};
}

Result<const Bytes*> LayerSource::kept(std::size_t run) const {
  const auto found =
      std::find_if(kept_.begin(), kept_.end(), [&](const KeptRun& kept) { return kept.run == run; });
  if (found != kept_.end()) {
    kept_.splice(kept_.begin(), kept_, found);
    return &kept_.front().plain;
  }
  Result<OpenRun> opened = open(run);
  if (!opened) return fail(std::move(opened.error()));
  Bytes plain(static_cast<std::size_t>(index_.run(run).plain_length));
  Result<void> decoded = decode(*opened, plain);
  if (!decoded) return fail(std::move(decoded.error()));
  kept_size_ += plain.size();
  kept_.push_front({run, std::move(plain)});
  while (kept_size_ > layer_cache_size) {
    kept_size_ -= kept_.back().plain.size();
    kept_.pop_back();
  }
  return &kept_.front().plain;
}

Result<void> LayerSource::read_forward(std::size_t run, std::uint64_t offset, ByteSpan out) const {
  if (!open_ || open_->run != run || open_->plain > offset) {
    open_.reset();  // before the next is made: two windows would be too many
    Result<OpenRun> opened = open(run);
    if (!opened) return fail(std::move(opened.error()));
    open_ = std::move(*opened);
  }
  Result<void> done = skip(*open_, offset - open_->plain);
  if (done) done = decode(*open_, out);
  if (!done) open_.reset();
  return done;
}

Result<LayerSource::OpenRun> LayerSource::open(std::size_t run) const {
  Result<std::unique_ptr<StreamDecoder>> decoder = codecs_.decoder(index_.packing(run), index_.run(run));
  if (!decoder) return fail(std::move(decoder.error()));
  OpenRun opened;
  opened.run = run;
  opened.decoder = std::move(*decoder);
  return opened;
}

Result<void> LayerSource::skip(OpenRun& open, std::uint64_t count) const {
  Bytes waste(static_cast<std::size_t>(std::min<std::uint64_t>(count, skip_size)));
  while (count > 0) {
    const ByteSpan part =
        ByteSpan(waste).first(static_cast<std::size_t>(std::min<std::uint64_t>(count, waste.size())));
    Result<void> decoded = decode(open, part);
    if (!decoded) return decoded;
    count -= part.size();
  }
  return {};
}

Result<void> LayerSource::decode(OpenRun& open, ByteSpan out) const {
  while (!out.empty()) {
    Result<StreamProgress> step = open.decoder->decode(ByteView(open.input).subspan(open.input_used), out);
    if (!step) return fail(std::move(step.error()));
    open.input_used += step->consumed;
    open.plain += step->produced;
    out = out.subspan(step->produced);
    if (step->produced > 0 || step->consumed > 0) continue;
    if (open.input_used < open.input.size())
      return fail(ErrorKind::bad_image, "packed content ends before what it should hold");
    Result<void> loaded = load_input(open);
    if (!loaded) return loaded;
  }
  return {};
}

Result<void> LayerSource::load_input(OpenRun& open) const {
  const std::uint64_t left = index_.run(open.run).packed_length - open.packed;
  if (left == 0) return fail(ErrorKind::bad_image, "packed content holds less than it should");
  open.input.resize(static_cast<std::size_t>(std::min<std::uint64_t>(left, input_size)));
  open.input_used = 0;
  Result<void> read = packed_.read(index_.start(open.run).packed + open.packed, open.input);
  if (!read) return read;
  open.packed += open.input.size();
  return {};
}

}  // namespace dunlin
