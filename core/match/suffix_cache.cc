#include "core/match/suffix_cache.h"

#include "core/base/digest.h"

namespace dunlin {

namespace {

// Of this machine only: the numbers stand as the processor has them.
constexpr std::string_view cache_magic = "DUNLINSX";
constexpr std::uint32_t cache_version = 1;
constexpr std::size_t cache_header_size = 8 + 4 + 8 + 32;
constexpr std::size_t cache_io_size = 4u << 20;

ByteView bytes_of(const SuffixIndex::Suffixes& suffixes) {
  return {reinterpret_cast<const std::uint8_t*>(suffixes.data()), suffixes.size() * sizeof(std::int32_t)};
}

ByteSpan bytes_of(SuffixIndex::Suffixes& suffixes) {
  return {reinterpret_cast<std::uint8_t*>(suffixes.data()), suffixes.size() * sizeof(std::int32_t)};
}

Bytes cache_header(const SuffixIndex::Suffixes& suffixes) {
  ByteWriter writer;
  writer.bytes(as_bytes(cache_magic));
  writer.u32(cache_version);
  writer.u64(suffixes.size());
  writer.bytes(sha256(bytes_of(suffixes)).bytes);
  return writer.take();
}

Result<SuffixIndex::Suffixes> load_suffixes(Disk& disk, const std::string& path, std::size_t size) {
  Result<std::unique_ptr<File>> file = disk.open(path, OpenMode::read);
  if (!file) return fail(std::move(file.error()));
  Bytes header(cache_header_size);
  SuffixIndex::Suffixes suffixes(size);
  Result<void> read = read_exactly(**file, 0, header);
  if (read) read = read_exactly(**file, cache_header_size, bytes_of(suffixes));
  if (!read) return fail(std::move(read.error()));
  if (header != cache_header(suffixes)) return fail(ErrorKind::bad_image, path + " is damaged");
  return suffixes;
}

Result<void> write_suffixes(File& file, const SuffixIndex::Suffixes& suffixes) {
  Result<void> written = file.write_at(0, cache_header(suffixes));
  const ByteView bytes = bytes_of(suffixes);
  for (std::size_t at = 0; written && at < bytes.size(); at += cache_io_size)
    written =
        file.write_at(cache_header_size + at, bytes.subspan(at, std::min(cache_io_size, bytes.size() - at)));
  return written;
}

Result<void> save_suffixes(Disk& disk, const std::string& folder, const std::string& path,
                           const SuffixIndex::Suffixes& suffixes) {
  Result<void> made = disk.create_directories(folder);
  if (!made) return made;
  const std::string unfinished = path + ".new";
  Result<std::unique_ptr<File>> file = disk.open(unfinished, OpenMode::replace);
  if (!file) return fail(std::move(file.error()));
  Result<void> saved = write_suffixes(**file, suffixes);
  if (saved) saved = (*file)->sync();
  if (saved) return disk.rename(unfinished, path);
  file->reset();
  // A full disk must not stay full of this.
  Result<void> removed = disk.remove(unfinished);
  return removed ? saved : removed;
}

}  // namespace

Result<SuffixIndex> cached_suffix_index(ByteView text, Disk& disk, const std::string& folder,
                                        const std::string& prefix) {
  const std::string path = folder + "/" + prefix + sha256(text).hex() + ".suffixes";
  Result<SuffixIndex::Suffixes> suffixes = load_suffixes(disk, path, text.size());
  if (suffixes) return SuffixIndex::make(text, std::move(*suffixes));
  suffixes = SuffixIndex::sort(text);
  if (!suffixes) return fail(std::move(suffixes.error()));
  // The next publish sorts again when this fails: nothing for the caller to do.
  const Result<void> saved = save_suffixes(disk, folder, path, *suffixes);
  static_cast<void>(saved);
  return SuffixIndex::make(text, std::move(*suffixes));
}

}  // namespace dunlin
