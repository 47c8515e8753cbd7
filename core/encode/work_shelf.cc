#include "core/encode/work_shelf.h"

namespace dunlin {

namespace {

constexpr std::uint64_t part_size_max = 256u << 20;

// Bound to its key, so that a part under another's name is no part.
Digest seal_of(const Digest& key, ByteView bytes) {
  Sha256 hash;
  hash.add(key.bytes);
  hash.add(bytes);
  return hash.finish();
}

}  // namespace

WorkShelf::WorkShelf(Disk& disk, std::string folder, ByteView identity)
    : disk_(disk), folder_(std::move(folder)), identity_(sha256(identity)) {}

Digest WorkShelf::key(std::string_view part) const {
  Sha256 hash;
  hash.add(identity_.bytes);
  hash.add(as_bytes(part));
  return hash.finish();
}

std::string WorkShelf::path(const Digest& key) const {
  return folder_ + "/" + key.hex() + ".part";
}

std::optional<Bytes> WorkShelf::find(std::string_view part) const {
  const Digest wanted = key(part);
  Result<Bytes> kept = read_file(disk_, path(wanted), part_size_max);
  if (!kept || kept->size() < wanted.bytes.size()) return std::nullopt;
  const auto body = kept->begin() + static_cast<std::ptrdiff_t>(wanted.bytes.size());
  const Digest seal = seal_of(wanted, ByteView(body, kept->end()));
  if (!std::equal(seal.bytes.begin(), seal.bytes.end(), kept->begin())) return std::nullopt;
  kept->erase(kept->begin(), body);
  return std::move(*kept);
}

void WorkShelf::keep(std::string_view part, ByteView bytes) const {
  const Digest wanted = key(part);
  const Digest seal = seal_of(wanted, bytes);
  Bytes file(seal.bytes.begin(), seal.bytes.end());
  file.insert(file.end(), bytes.begin(), bytes.end());
  Result<void> kept = disk_.create_directories(folder_);
  if (kept) kept = write_file_atomically(disk_, path(wanted), file);
}

}  // namespace dunlin
