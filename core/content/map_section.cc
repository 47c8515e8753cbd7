#include "core/content/map_section.h"

#include "core/base/check.h"
#include "core/content/zigzag.h"

namespace dunlin {

namespace {

// A packed run needs at least a byte in each of four columns.
constexpr std::size_t run_bytes_min = 4;

void write_packings(ByteWriter& writer, const ExpandLayer& layer) {
  CHECK(layer.packings.size() <= map_packing_count_max);
  writer.varint(layer.packings.size());
  for (const Packing& packing : layer.packings) {
    writer.u8(static_cast<std::uint8_t>(packing.kind));
    for (const std::uint32_t parameter : packing.parameters) writer.varint(parameter);
  }
}

void write_layer(ByteWriter& writer, const ExpandLayer& layer) {
  write_packings(writer, layer);
  std::vector<ExpandedRun> packed;
  std::vector<std::uint64_t> gaps(1);
  for (const ExpandedRun& run : layer.runs) {
    if (run.is_raw()) gaps.back() += run.packed_length;
    if (run.is_raw()) continue;
    packed.push_back(run);
    gaps.push_back(0);
  }
  writer.varint(packed.size());
  for (const std::uint64_t gap : gaps) writer.varint(gap);
  for (const ExpandedRun& run : packed) writer.varint(run.packing - 1);
  std::uint64_t before = 0;
  for (const ExpandedRun& run : packed) {
    writer.varint(zigzag_of(run.plain_length - before));
    before = run.plain_length;
  }
  for (const ExpandedRun& run : packed) writer.varint(run.packed_length);
}

class MapReader {
 public:
  explicit MapReader(ByteView section) : reader_(section) {}

  Result<ExpandMap> read(std::uint64_t packed_size) {
    const std::uint64_t count = reader_.varint();
    if (count == 0 || count > expand_layers_max)
      return broken("it has " + std::to_string(count) + " layers, not 1 to " +
                    std::to_string(expand_layers_max));
    ExpandMap map;
    for (std::uint64_t i = 0; i < count; ++i) {
      Result<ExpandLayer> layer = read_layer();
      if (!layer) return fail(std::move(layer.error()));
      map.layers.push_back(std::move(*layer));
    }
    if (!reader_.at_end()) return broken("bytes follow its last layer");
    Result<void> consistent = check(map, packed_size);
    if (!consistent) return fail(std::move(consistent.error()));
    return map;
  }

 private:
  static tl::unexpected<Error> broken(std::string rule) {
    return fail(ErrorKind::bad_image, std::move(rule));
  }

  Result<std::vector<Packing>> read_packings() {
    const std::uint64_t count = reader_.varint();
    if (count > map_packing_count_max) return broken("too many packings");
    std::vector<Packing> packings(count);
    for (Packing& packing : packings) {
      packing.kind = static_cast<PackingKind>(reader_.u8());
      for (std::uint32_t& parameter : packing.parameters) {
        const std::uint64_t value = reader_.varint();
        if (value > UINT32_MAX) return broken("a packing's parameter does not fit 32 bits");
        parameter = static_cast<std::uint32_t>(value);
      }
    }
    return packings;
  }

  Result<ExpandLayer> read_layer() {
    Result<std::vector<Packing>> packings = read_packings();
    if (!packings) return fail(std::move(packings.error()));
    const std::uint64_t count = reader_.varint();
    if (!reader_.ok() || count > reader_.remaining() / run_bytes_min || count > map_run_count_max - runs_)
      return broken("it announces " + std::to_string(count) + " packed runs, more than it has room for");
    runs_ += count;
    std::vector<std::uint64_t> gaps(count + 1);
    for (std::uint64_t& gap : gaps) gap = reader_.varint();
    std::vector<ExpandedRun> packed(count);
    Result<void> runs = read_runs(packed, packings->size());
    if (!runs) return fail(std::move(runs.error()));
    return assemble(std::move(*packings), gaps, packed);
  }

  Result<void> read_runs(std::vector<ExpandedRun>& packed, std::size_t packing_count) {
    for (ExpandedRun& run : packed) {
      const std::uint64_t packing = reader_.varint();
      if (packing >= packing_count) return broken("a run names a packing that is not listed");
      run.packing = static_cast<std::uint32_t>(packing + 1);
    }
    std::uint64_t before = 0;
    for (ExpandedRun& run : packed) {
      run.plain_length = before + from_zigzag(reader_.varint());
      before = run.plain_length;
    }
    for (ExpandedRun& run : packed) run.packed_length = reader_.varint();
    if (!reader_.ok()) return broken("cut short");
    return {};
  }

  static ExpandLayer assemble(std::vector<Packing> packings, const std::vector<std::uint64_t>& gaps,
                              const std::vector<ExpandedRun>& packed) {
    ExpandLayer layer;
    layer.packings = std::move(packings);
    layer.runs.reserve(gaps.size() + packed.size());
    for (std::size_t i = 0; i < gaps.size(); ++i) {
      if (gaps[i] != 0) layer.runs.push_back({gaps[i], gaps[i], 0});
      if (i < packed.size()) layer.runs.push_back(packed[i]);
    }
    return layer;
  }

  ByteReader reader_;
  std::size_t runs_ = 0;
};

}  // namespace

Bytes write_map_section(const ExpandMap& map) {
  CHECK(!map.layers.empty() && map.layers.size() <= expand_layers_max);
  ByteWriter writer;
  writer.varint(map.layers.size());
  for (const ExpandLayer& layer : map.layers) write_layer(writer, layer);
  return writer.take();
}

Result<ExpandMap> parse_map_section(ByteView section, std::uint64_t packed_size) {
  return MapReader(section).read(packed_size);
}

}  // namespace dunlin
