#include "node/target_tail.h"

#include <algorithm>
#include <cstring>

namespace dunlin {

namespace {

constexpr std::size_t batch_size = 1u << 20;

}  // namespace

TargetTail::TargetTail(File& slot, std::uint64_t size) : slot_(slot), size_(size), writer_(slot) {}

TargetTail::~TargetTail() {
  worker_.wait();
}

ByteView TargetTail::Batch::from(std::uint64_t position, std::size_t size) const {
  if (position < offset || position >= end()) return {};
  const std::size_t skipped = static_cast<std::size_t>(position - offset);
  return ByteView(bytes).subspan(skipped, std::min(size, bytes.size() - skipped));
}

Result<void> TargetTail::put(std::uint64_t offset, ByteView bytes) {
  if (offset != filling_.end()) {
    Result<void> handed = hand_over();
    if (!handed) return handed;
    filling_.offset = offset;
  }
  while (!bytes.empty()) {
    const ByteView part = bytes.first(std::min(bytes.size(), batch_size - filling_.bytes.size()));
    filling_.bytes.insert(filling_.bytes.end(), part.begin(), part.end());
    bytes = bytes.subspan(part.size());
    if (filling_.bytes.size() < batch_size) break;
    Result<void> handed = hand_over();
    if (!handed) return handed;
  }
  return {};
}

Result<void> TargetTail::hand_over() {
  Result<void> done = wait();
  if (!done || filling_.bytes.empty()) return done;
  std::swap(filling_, writing_);
  filling_.offset = writing_.end();
  filling_.bytes.clear();
  filling_.bytes.reserve(batch_size);
  const auto job = [this] { outcome_ = writer_.write(writing_.offset, writing_.bytes); };
  if (slot_.descriptor() >= 0) {
    worker_.start(job);
    return {};
  }
  job();
  return outcome_;
}

Result<void> TargetTail::wait() {
  worker_.wait();
  return outcome_;
}

Result<void> TargetTail::drain() {
  Result<void> handed = hand_over();
  return handed ? wait() : handed;
}

Result<void> TargetTail::sync() {
  Result<void> drained = drain();
  return drained ? writer_.sync() : drained;
}

Result<void> TargetTail::read(std::uint64_t offset, ByteSpan out) const {
  const FileSource slot(slot_, size_);
  const std::uint64_t memory_begin = writing_.bytes.empty() ? filling_.offset : writing_.offset;
  while (!out.empty()) {
    ByteView recent = filling_.from(offset, out.size());
    if (recent.empty()) recent = writing_.from(offset, out.size());
    std::size_t count = recent.size();
    if (count > 0) {
      std::memcpy(out.data(), recent.data(), count);
    } else {
      count = offset < memory_begin
                  ? static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), memory_begin - offset))
                  : out.size();
      Result<void> done = slot.read(offset, out.first(count));
      if (!done) return done;
    }
    offset += count;
    out = out.subspan(count);
  }
  return {};
}

}  // namespace dunlin
