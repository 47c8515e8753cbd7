// Writes the first inputs of the fuzz targets that read our own formats: small, valid, and different from
// each other. The others get theirs from make_seeds.py, which asks other programs.
#include <cstdio>
#include <filesystem>

#include "core/content/image_index.h"
#include "core/content/pack_front.h"
#include "core/delta/difference_frame.h"
#include "core/encode/pack_encoder.h"
#include "core/trust/admission_list.h"
#include "tests/core/trust/tuf_world.h"
#include "tests/fakes/made_bundle.h"
#include "tests/fakes/made_bytes.h"
#include "tests/fuzz/wire_seeds.h"

namespace {

using namespace dunlin;

constexpr std::uint8_t as_it_is = 0;         // pack_fuzz.cc: the bytes are the pack
constexpr std::uint8_t to_be_sealed = 0x80;  // the bytes are its decoded table and its frames

// A pack of `target`, made in a file: encoders read back what they wrote.
Result<Bytes> made_pack(SeedFolder& folder, const Bytes& target, const Bytes& base) {
  const std::string path = folder.path() + "/pack.part";
  Result<std::unique_ptr<File>> file = folder.disk().open(path, OpenMode::replace);
  if (!file) return fail(std::move(file.error()));
  EncodeOptions options;
  options.level = 3;
  Result<EncodeSummary> summary =
      base.empty() ? encode_full_pack(MemorySource(target), **file, options)
                   : encode_delta_pack(MemorySource(target), MemorySource(base), **file, options);
  if (!summary) return fail(std::move(summary.error()));
  Result<Bytes> bytes = read_file(folder.disk(), path, 1u << 24);
  Result<void> removed = folder.disk().remove(path);
  return bytes;
}

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
    const Result<Bytes> pack = made_pack(folder, pairs[i].first, pairs[i].second);
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

// As tuf_metadata_fuzz.cc takes them: which role, then the file.
Bytes as_role(std::uint8_t role, const std::string& json) {
  return joined({Bytes{role}, to_bytes(json)});
}

// Keys of every kind, as other tools write them.
void add_foreign_keys(nlohmann::json& body) {
  const std::string point =
      "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce"
      "3357"
      "6b315ececbb6406837bf51f5";
  const std::string pem =
      "-----BEGIN PUBLIC KEY-----\n"
      "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt\n"
      "6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==\n"
      "-----END PUBLIC KEY-----\n";
  body["keys"]["point"] = {
      {"keytype", "ecdsa"}, {"scheme", "ecdsa-sha2-nistp256"}, {"keyval", {{"public", point}}}};
  body["keys"]["pem"] = {
      {"keytype", "ecdsa"}, {"scheme", "ecdsa-sha2-nistp256"}, {"keyval", {{"public", pem}}}};
}

void add_delegation(nlohmann::json& body) {
  body["delegations"] = {{"keys", nlohmann::json::object()}};
  body["delegations"]["roles"] = nlohmann::json::array({{{"name", "team"},
                                                         {"keyids", nlohmann::json::array()},
                                                         {"threshold", 1},
                                                         {"terminating", true},
                                                         {"paths", {"team/*", "[a-z]?"}}},
                                                        {{"name", "bin"},
                                                         {"keyids", nlohmann::json::array()},
                                                         {"threshold", 2},
                                                         {"path_hash_prefixes", {"00", "Ff"}}}});
}

bool write_metadata(SeedFolder& folder) {
  const TufWorld world;
  return folder.write("tuf_metadata", "root", as_role(0, world.root())) &&
         folder.write("tuf_metadata", "root-of-others", as_role(0, world.root(add_foreign_keys))) &&
         folder.write("tuf_metadata", "timestamp", as_role(1, world.timestamp_file())) &&
         folder.write("tuf_metadata", "snapshot", as_role(2, world.snapshot_file())) &&
         folder.write("tuf_metadata", "targets", as_role(3, world.targets_file())) &&
         folder.write("tuf_metadata", "delegations", as_role(3, world.targets_file(add_delegation)));
}

bool write_admission_lists(SeedFolder& folder) {
  AdmissionList list;
  list.beacon_key.fill(1);
  const AdmissionList next = after_revocation(list, {{"0abc", "ff"}, {"device-1"}}, BeaconKey{2});
  return folder.write("admission_list", "first", to_bytes(to_json(list))) &&
         folder.write("admission_list", "next", to_bytes(to_json(next)));
}

bool write_patterns(SeedFolder& folder) {
  return folder.write("path_pattern", "stars", to_bytes("a*b?/*.c\naxbx/y.c")) &&
         folder.write("path_pattern", "sets", to_bytes("[!a-c]x[]]*\nyx]zz"));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  SeedFolder folder(argv[1]);
  std::error_code ignored;
  std::filesystem::create_directories(argv[1], ignored);
  const bool done = write_packs(folder) && write_differences(folder) && write_indexes(folder) &&
                    write_bundles(folder) && write_metadata(folder) && write_patterns(folder) &&
                    write_admission_lists(folder) && write_wire_seeds(folder);
  if (!done) std::fprintf(stderr, "make_seeds: could not write into %s\n", argv[1]);
  return done ? 0 : 1;
}
