#include "core/trust/bundle.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <set>

#include "core/trust/repository_path.h"

namespace dunlin {

namespace {

constexpr std::size_t members_max = 4'096;

struct Field {
  std::size_t offset;
  std::size_t size;
};
constexpr Field name_field{0, 100}, mode_field{100, 8}, uid_field{108, 8}, gid_field{116, 8},
    size_field{124, 12}, mtime_field{136, 12}, sum_field{148, 8}, type_field{156, 1}, magic_field{257, 8},
    prefix_field{345, 155};
constexpr std::string_view magic("ustar\00000", 8);                     // with the version's two digits
constexpr std::uint64_t octal_size_max = (std::uint64_t{1} << 33) - 1;  // eleven digits
constexpr std::uint8_t binary_size = 0x80;  // first byte of a size that octal digits cannot say

ByteSpan part(Bytes& block, Field field) {
  return ByteSpan(block).subspan(field.offset, field.size);
}
ByteView part(ByteView block, Field field) {
  return block.subspan(field.offset, field.size);
}

void put_text(Bytes& block, Field field, std::string_view text) {
  std::copy(text.begin(), text.end(), part(block, field).begin());
}

// Octal digits in all of the field but its last byte, which stays zero.
void put_octal(Bytes& block, Field field, std::uint64_t value) {
  for (std::size_t i = field.size - 1; i-- > 0; value >>= 3)
    block[field.offset + i] = static_cast<std::uint8_t>('0' + (value & 7));
}

void put_size(Bytes& block, std::uint64_t size) {
  if (size <= octal_size_max) return put_octal(block, size_field, size);
  block[size_field.offset] = binary_size;
  for (std::size_t i = size_field.size; i-- > size_field.size - 8; size >>= 8)
    block[size_field.offset + i] = static_cast<std::uint8_t>(size & 0xFF);
}

// The sum of all bytes, those of the sum's own field taken as blanks.
std::uint64_t checksum(ByteView block) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < block.size(); ++i) {
    const bool is_own = i >= sum_field.offset && i < sum_field.offset + sum_field.size;
    sum += is_own ? ' ' : block[i];
  }
  return sum;
}

std::optional<std::uint64_t> octal(ByteView field) {
  std::uint64_t value = 0;
  std::size_t i = 0;
  for (; i < field.size() && field[i] >= '0' && field[i] <= '7'; ++i) value = value << 3 | (field[i] - '0');
  const ByteView rest = field.subspan(i);
  const bool ended = std::all_of(rest.begin(), rest.end(), [](std::uint8_t c) { return c == 0 || c == ' '; });
  if (i == 0 || !ended) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> size_in(ByteView block) {
  const ByteView field = part(block, size_field);
  if (field[0] != binary_size) return octal(field);
  if (!all_zero(field.subspan(1, field.size() - 9))) return std::nullopt;
  std::uint64_t value = 0;
  for (std::uint8_t byte : field.last(8)) value = value << 8 | byte;
  return value;
}

std::string text_in(ByteView field) {
  const auto end = std::find(field.begin(), field.end(), std::uint8_t{0});
  return std::string(field.begin(), end);
}

std::string path_in(ByteView block) {
  const std::string prefix = text_in(part(block, prefix_field));
  const std::string name = text_in(part(block, name_field));
  return prefix.empty() ? name : prefix + "/" + name;
}

// The member this header stands before, offset left out; none when it is not a header as bundle_header makes
// them.
std::optional<BundleMember> parse_header(ByteView block) {
  const std::optional<std::uint64_t> sum = octal(part(block, sum_field));
  const std::optional<std::uint64_t> size = size_in(block);
  const bool is_ours = sum && *sum == checksum(block) && size && as_text(part(block, magic_field)) == magic &&
                       block[type_field.offset] == '0';
  if (!is_ours) return std::nullopt;
  BundleMember member;
  member.path = path_in(block);
  member.size = *size;
  if (!check_repository_path(member.path)) return std::nullopt;
  return member;
}

tl::unexpected<Error> damaged(std::uint64_t offset) {
  return fail(ErrorKind::bad_image, "the bundle is damaged at byte " + std::to_string(offset) +
                                        ": copy it again, or make another one");
}

tl::unexpected<Error> cut_short(std::uint64_t size, const std::string& where) {
  return fail(ErrorKind::bad_image, "the bundle is cut short: it ends after " + std::to_string(size) +
                                        " bytes, " + where + ": copy it again");
}

// Where a name must be cut so that both parts fit their fields: at a slash; npos when it cannot be.
std::size_t prefix_end(std::string_view path) {
  const std::size_t slash = path.rfind('/', prefix_field.size);
  const bool fits =
      slash != std::string_view::npos && slash > 0 && path.size() - slash - 1 <= name_field.size;
  return fits ? slash : std::string_view::npos;
}

}  // namespace

Result<Bytes> bundle_header(std::string_view path, std::uint64_t size) {
  Bytes block(bundle_block);
  if (path.size() <= name_field.size) {
    put_text(block, name_field, path);
  } else {
    const std::size_t cut = prefix_end(path);
    if (cut == std::string_view::npos)
      return fail(ErrorKind::usage, std::string(path) +
                                        " is too long a name for a bundle: its last part may have " +
                                        std::to_string(name_field.size) + " characters");
    put_text(block, prefix_field, path.substr(0, cut));
    put_text(block, name_field, path.substr(cut + 1));
  }
  put_octal(block, mode_field, 0644);
  put_octal(block, uid_field, 0);
  put_octal(block, gid_field, 0);
  put_size(block, size);
  put_octal(block, mtime_field, 0);
  put_text(block, type_field, "0");
  put_text(block, magic_field, magic);
  put_octal(block, Field{sum_field.offset, 7}, checksum(block));
  block[sum_field.offset + 7] = ' ';
  return block;
}

std::size_t bundle_padding(std::uint64_t size) {
  return static_cast<std::size_t>((bundle_block - size % bundle_block) % bundle_block);
}

Result<BundleIndex> BundleIndex::read(const ByteSource& source) {
  const std::uint64_t end = source.size();
  std::vector<BundleMember> members;
  std::set<std::string, std::less<>> paths;
  Bytes block(bundle_block);
  for (std::uint64_t at = 0;;) {
    const std::string last = members.empty() ? "at its start" : "after " + members.back().path;
    if (end - at < bundle_block && !members.empty()) return cut_short(end, last);
    Result<void> read = end < bundle_block ? Result<void>() : source.read(at, block);
    if (!read) return fail(std::move(read.error()), "reading the bundle");
    if (all_zero(block) && !members.empty()) {
      if (end - at < bundle_end_size) return cut_short(end, last);
      return BundleIndex(std::move(members));
    }
    std::optional<BundleMember> member = parse_header(block);
    const bool begins_wrong = members.empty() && (!member || member->path != bundle_label_path);
    if (begins_wrong)
      return fail(ErrorKind::bad_image, "this file is no dunlin bundle: `dunlin-seeder bundle` makes one");
    if (!member || members.size() >= members_max || !paths.insert(member->path).second) return damaged(at);
    member->offset = at + bundle_block;
    const std::uint64_t left = end - member->offset;
    if (member->size > left || bundle_padding(member->size) > left - member->size)
      return cut_short(end, "in the middle of " + member->path);
    at = member->offset + member->size + bundle_padding(member->size);
    members.push_back(std::move(*member));
  }
}

const BundleMember* BundleIndex::find(std::string_view path) const {
  const auto found = std::find_if(members_.begin(), members_.end(),
                                  [&](const BundleMember& each) { return each.path == path; });
  return found == members_.end() ? nullptr : &*found;
}

Result<Bytes> read_member(const ByteSource& source, const BundleMember& member, std::uint64_t size_max) {
  if (member.size > size_max)
    return fail(ErrorKind::bad_image, member.path + " in the bundle has " + std::to_string(member.size) +
                                          " bytes, more than the " + std::to_string(size_max) + " allowed");
  Bytes bytes(static_cast<std::size_t>(member.size));
  Result<void> read = source.read(member.offset, bytes);
  if (!read) return fail(std::move(read.error()), "reading " + member.path + " from the bundle");
  return bytes;
}

}  // namespace dunlin
