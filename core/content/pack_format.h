#pragma once
#include <array>
#include <string_view>

#include "core/content/pack_table.h"

namespace dunlin {

// The constants of docs/pack-format.md; read by pack_header.cc, pack_table.cc and pack_writer.cc only.

inline constexpr std::string_view pack_magic = "DUNLINPK";
inline constexpr std::uint32_t pack_version = 1;

// Features a reader must know to decode the pack. A pack with another bit set is refused.
inline constexpr std::uint32_t pack_feature_base = 1u << 0;        // segments refer to a base image
inline constexpr std::uint32_t pack_feature_difference = 1u << 1;  // segments with byte differences
inline constexpr std::uint32_t pack_feature_expand = 1u << 2;      // compressed content is opened
inline constexpr std::uint32_t pack_feature_earlier = 1u << 3;     // segments refer to the target before them
inline constexpr std::uint32_t pack_features_known =
    pack_feature_base | pack_feature_difference | pack_feature_expand | pack_feature_earlier;

inline constexpr std::uint32_t pack_table_size_max = 16u << 20;  // compressed, and decoded
inline constexpr std::uint32_t pack_index_size_max = 6u << 20;   // larger image indexes stay out of the pack

// Sections of the decoded table. A reader skips sections it does not know unless they are marked required.
enum class PackSection : std::uint16_t {
  segments = 1,
  image_index = 2,
  base_map = 3,
  target_map = 4,
  codecs = 5,
};
inline constexpr std::size_t pack_section_count = 5;
inline constexpr std::uint16_t pack_section_required = 1;
inline constexpr std::size_t pack_codecs_size_max = 256;

// What a segment of each encoding carries, in the order of SegmentEncoding.
struct EncodingRule {
  std::string_view name;
  bool has_frame;
  std::uint32_t base_ranges_min;
  std::uint32_t base_ranges_max;
};

inline constexpr std::array<EncodingRule, 5> encoding_rules = {{
    {"copy", false, 1, 1},
    {"zero", false, 0, 0},
    {"plain", true, 0, base_range_count_max},
    {"difference", true, 0, 0},
    {"earlier", true, 0, 0},
}};

inline const EncodingRule& rule_of(SegmentEncoding encoding) {
  return encoding_rules[static_cast<std::size_t>(encoding)];
}

}  // namespace dunlin
