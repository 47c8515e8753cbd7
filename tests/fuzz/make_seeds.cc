// Writes the first inputs of the fuzz targets that read our own formats: small, valid, and different from
// each other. The others get theirs from make_seeds.py, which asks other programs.
#include <cstdio>
#include <filesystem>

#include "core/content/image_index.h"
#include "core/content/pack_front.h"
#include "core/delta/difference_frame.h"
#include "core/encode/pack_encoder.h"
#include "tests/fakes/made_bundle.h"
#include "tests/fakes/made_bytes.h"

namespace {

using namespace dunlin;

constexpr std::uint8_t as_it_is = 0;         // pack_fuzz.cc: the bytes are the pack
constexpr std::uint8_t to_be_sealed = 0x80;  // the bytes are its decoded table and its frames

class SeedFolder {
 public:
  explicit SeedFolder(std::string path) : path_(std::move(path)) {}

  bool write(const std::string& target, const std::string& name, ByteView bytes) {
    const std::string folder = path_ + "/" + target;
    return disk_.create_directories(folder) && write_file_atomically(disk_, folder + "/" + name, bytes);
  }

  // A pack of `target`, made in a file: encoders read back what they wrote.
  Result<Bytes> pack(const Bytes& target, const Bytes& base) {
    const std::string path = path_ + "/pack.part";
    Result<std::unique_ptr<File>> file = disk_.open(path, OpenMode::replace);
    if (!file) return fail(std::move(file.error()));
    EncodeOptions options;
    options.level = 3;
    Result<EncodeSummary> summary =
        base.empty() ? encode_full_pack(MemorySource(target), **file, options)
                     : encode_delta_pack(MemorySource(target), MemorySource(base), **file, options);
    if (!summary) return fail(std::move(summary.error()));
    Result<Bytes> bytes = read_file(disk_, path, 1u << 24);
    Result<void> removed = disk_.remove(path);
    return bytes;
  }

 private:
  std::string path_;
  PosixDisk disk_;
};

// As pack_fuzz.cc takes it apart again.
Bytes unsealed(const Bytes& pack) {
  const MemorySource source(pack);
  const Result<PackFront> front = read_pack_front(source);
  if (!front) return {};
  const PackHeader& header = front->header;
  ByteWriter writer;
  writer.u8(static_cast<std::uint8_t>(to_be_sealed | (header.base_id ? 1 : 0) |
                                      (header.has_differences ? 2 : 0) | (header.is_expanded ? 4 : 0) |
                                      (header.has_earlier ? 8 : 0)));
  writer.u32(static_cast<std::uint32_t>(header.target_size));
  writer.u16(static_cast<std::uint16_t>(front->table.size()));
  writer.bytes(front->table);
  writer.bytes(ByteView(pack).subspan(header.table_end()));
  return writer.take();
}

bool write_packs(SeedFolder& folder) {
  const Bytes base = joined({wordy_bytes(9'000, 1), Bytes(3'000), random_bytes(4'000, 2)});
  Bytes edited = base;
  for (std::size_t at = 100; at < edited.size(); at += 700) edited[at] ^= 0x55;
  // Of several chunks, so that segments refer to what lies in front of them.
  const Bytes words = wordy_bytes(30'000, 6);
  const Bytes repeated = joined({words, random_bytes(60'000, 7), Bytes(300'000), words});
  const std::vector<std::pair<Bytes, Bytes>> pairs = {{edited, base}, {edited, {}},
                                                      {base, base},   {Bytes(20'000), base},
                                                      {{}, {}},       {random_bytes(5'000, 3), {}},
                                                      {repeated, {}}};
  bool done = true;
  for (std::size_t i = 0; done && i < pairs.size(); ++i) {
    const Result<Bytes> pack = folder.pack(pairs[i].first, pairs[i].second);
    const std::string name = std::to_string(i);
    done = pack && folder.write("pack", name, joined({Bytes{as_it_is}, *pack})) &&
           folder.write("pack", name + "-unsealed", unsealed(*pack)) &&
           folder.write("pack_header", name, ByteView(*pack).first(pack_header_size));
  }
  return done;
}

// Frames without copies: difference_frame_fuzz.cc has no base but the end of the input.
bool write_differences(SeedFolder& folder) {
  bool done = true;
  for (const std::uint16_t size : {1, 300, 5'000}) {
    const DifferenceOps ops = {{0, 0, size}};
    const Result<Bytes> frame = write_difference_frame(wordy_bytes(size, 4), ops, MemorySource({}), 0, 19);
    ByteWriter writer;
    writer.u8(static_cast<std::uint8_t>(size >> 8));
    writer.u8(static_cast<std::uint8_t>(size));
    writer.u8(0);
    if (frame) writer.bytes(*frame);
    done = done && frame && folder.write("difference_frame", std::to_string(size), writer.written());
  }
  return done;
}

bool write_indexes(SeedFolder& folder) {
  const ChunkerOptions options{.size_min = 64, .size_mean = 256, .size_max = 1'024};
  const Result<ImageIndex> index = ImageIndex::build(MemorySource(wordy_bytes(5'000, 5)), options);
  return index && folder.write("image_index", "wordy", index->serialise());
}

bool write_bundles(SeedFolder& folder) {
  const std::string long_path = "targets/releases/" + std::string(60, 'p') + "/" + std::string(90, 'm');
  return folder.write("bundle", "label", made_bundle({{"bundle.json", to_bytes("{}")}})) &&
         folder.write("bundle", "several",
                      made_bundle({{"bundle.json", {}}, {long_path, wordy_bytes(700, 8)}, {"packs/0", {}}}));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  SeedFolder folder(argv[1]);
  std::error_code ignored;
  std::filesystem::create_directories(argv[1], ignored);
  const bool done =
      write_packs(folder) && write_differences(folder) && write_indexes(folder) && write_bundles(folder);
  if (!done) std::fprintf(stderr, "make_seeds: could not write into %s\n", argv[1]);
  return done ? 0 : 1;
}
