#include "core/encode/long_reads.h"

#include <algorithm>
#include <map>

namespace dunlin {

namespace {

std::optional<std::size_t> stretch_of(const SearchBase& base, const DifferenceOp& op) {
  return op.copy_length == 0 ? std::nullopt : base.long_stretch(op.base_offset, op.copy_length);
}

void add_literals(DifferenceOps& ops, std::uint32_t length) {
  if (ops.empty()) ops.emplace_back();
  ops.back().literal_length += length;
}

}  // namespace

std::optional<std::size_t> long_read(const SearchBase& base, const DifferenceOps& ops) {
  std::map<std::size_t, std::uint64_t> copied;
  for (const DifferenceOp& op : ops)
    if (const std::optional<std::size_t> stretch = stretch_of(base, op)) copied[*stretch] += op.copy_length;
  if (copied.empty()) return std::nullopt;
  return std::ranges::max_element(copied, {}, [](const auto& entry) { return entry.second; })->first;
}

DifferenceOps with_one_long_read(const SearchBase& base, const DifferenceOps& ops) {
  const std::optional<std::size_t> read = long_read(base, ops);
  if (!read) return ops;
  DifferenceOps kept;
  for (const DifferenceOp& op : ops) {
    const std::optional<std::size_t> stretch = stretch_of(base, op);
    if (!stretch || stretch == read)
      kept.push_back(op);
    else
      add_literals(kept, op.copy_length + op.literal_length);
  }
  return kept;
}

}  // namespace dunlin
