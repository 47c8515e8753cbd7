#include "swarm/http_range.h"

#include <charconv>

namespace dunlin {

namespace {

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

RangeAnswer suffix(std::uint64_t count, std::uint64_t file_size) {
  if (count == 0 || file_size == 0) return {RangeAnswer::Kind::unsatisfiable, 0, 0};
  const std::uint64_t length = std::min(count, file_size);
  return {RangeAnswer::Kind::part, file_size - length, length};
}

}  // namespace

RangeAnswer answer_range(std::string_view header, std::uint64_t file_size) {
  const RangeAnswer whole{RangeAnswer::Kind::whole, 0, file_size};
  if (!header.starts_with("bytes=")) return whole;
  const std::string_view spec = header.substr(6);
  const std::size_t dash = spec.find('-');
  if (dash == std::string_view::npos) return whole;
  const std::optional<std::uint64_t> first = number(spec.substr(0, dash));
  const std::optional<std::uint64_t> last = number(spec.substr(dash + 1));
  if (dash == 0) return last ? suffix(*last, file_size) : whole;
  if (!first || (!last && dash + 1 != spec.size())) return whole;
  if (last && *last < *first) return whole;
  if (*first >= file_size) return {RangeAnswer::Kind::unsatisfiable, 0, 0};
  const std::uint64_t end = last && *last < file_size - 1 ? *last + 1 : file_size;
  return {RangeAnswer::Kind::part, *first, end - *first};
}

std::optional<ContentRange> parse_content_range(std::string_view header) {
  if (!header.starts_with("bytes ")) return std::nullopt;
  header.remove_prefix(6);
  const std::size_t dash = header.find('-');
  const std::size_t slash = header.find('/');
  if (dash == std::string_view::npos || slash == std::string_view::npos || dash > slash) return std::nullopt;
  const auto first = number(header.substr(0, dash));
  const auto last = number(header.substr(dash + 1, slash - dash - 1));
  const std::string_view size = header.substr(slash + 1);
  const auto total = number(size);
  if (!first || !last || *last < *first || (!total && size != "*") || (total && *last >= *total))
    return std::nullopt;
  return ContentRange{*first, *last - *first + 1, total};
}

}  // namespace dunlin
