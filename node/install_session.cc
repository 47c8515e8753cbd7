#include "node/install_session.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/content/pack_index.h"

namespace dunlin {

namespace {

Result<std::uint64_t> size_of(File& file, std::uint64_t size_max) {
  Result<std::uint64_t> size = file.size();
  if (!size) return size;
  return std::min(*size, size_max);
}

}  // namespace

InstallSession::InstallSession(SpareSlot spare, std::unique_ptr<File> base, std::unique_ptr<File> pack)
    : spare_(std::move(spare)), base_file_(std::move(base)), pack_file_(std::move(pack)) {}

Result<bool> InstallSession::table_is_there(std::uint64_t prefix) {
  if (prefix < pack_header_size) return false;
  if (table_end_ == 0) {
    Bytes header(pack_header_size);
    Result<void> read = read_exactly(*pack_file_, 0, header);
    if (!read) return fail(std::move(read.error()), "reading the pack");
    Result<std::uint64_t> end = pack_table_end(header);
    if (!end) return fail(std::move(end.error()));
    table_end_ = *end;
  }
  return prefix >= table_end_;
}

Result<void> InstallSession::open_table(const UpdatePlan& plan) {
  pack_.emplace(*pack_file_, plan.pack.size);
  Result<PackTable> table = parse_pack_table(*pack_);
  if (!table) return fail(std::move(table.error()));
  const char* wrong = table->target_id != plan.image_id       ? "its target image"
                      : table->target_size != plan.image_size ? "its target size"
                      : table->base_id != plan.base           ? "its base image"
                                                              : nullptr;
  if (wrong != nullptr)
    return fail(ErrorKind::bad_image, fmt::format("{} is not what the manifest says", wrong));
  table_ = std::move(*table);
  if (base_file_) base_.emplace(*base_file_, table_.base_size);
  return {};
}

std::uint64_t InstallSession::segment_at(std::uint64_t target_bytes) const {
  if (target_bytes == 0) return 0;
  if (target_bytes >= table_.target_size) return table_.segments.size();
  const auto after = std::ranges::upper_bound(table_.segments, target_bytes, {}, &Segment::target_offset);
  return static_cast<std::uint64_t>(after - table_.segments.begin()) - 1;
}

Result<void> InstallSession::prepare_reuse(std::unique_ptr<File> booted, std::uint64_t size_max) {
  Result<std::optional<ImageIndex>> index = parse_pack_index(*pack_);
  if (!index) return fail(std::move(index.error()));
  if (!*index) return {};
  Result<std::uint64_t> booted_size = booted ? size_of(*booted, size_max) : Result<std::uint64_t>(0);
  Result<std::uint64_t> spare_size = size_of(*spare_.file, size_max);
  if (!booted_size) return fail(std::move(booted_size.error()));
  if (!spare_size) return fail(std::move(spare_size.error()));
  reuse_ = std::make_unique<SlotReuse>(
      table_, std::move(**index),
      SlotReuse::Slots{std::move(booted), *booted_size, *spare_.file, *spare_size});
  return {};
}

void InstallSession::start(std::uint64_t first_segment, const Clock& clock) {
  const std::uint64_t first = std::min<std::uint64_t>(first_segment, table_.segments.size());
  pipeline_.emplace(
      SegmentPipeline::Parts{table_, *pack_, base_ ? &*base_ : nullptr, *spare_.file, clock, reuse_.get()},
      first);
}

Result<Digest> InstallSession::digest_of_base() const {
  return digest_of(*base_);
}

}  // namespace dunlin
