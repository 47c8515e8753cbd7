#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dunlin {

// What a Range header asks of a file (RFC 9110 section 14).
struct RangeAnswer {
  enum class Kind {
    whole,          // no header, another unit, several ranges or nonsense: send everything (status 200)
    part,           // send [offset, offset + length) (status 206)
    unsatisfiable,  // begins beyond the end (status 416)
  };
  Kind kind = Kind::whole;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

// Total: any text gives an answer. `header` is empty when there was none.
RangeAnswer answer_range(std::string_view header, std::uint64_t file_size);

// What the Content-Range header of a 206 says about the bytes that follow (RFC 9110 section 14.4).
struct ContentRange {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  std::optional<std::uint64_t> total;  // of the whole file; nothing: the server does not say ("*")
  bool operator==(const ContentRange&) const = default;
};

// Total; nothing for a header that says nothing usable.
std::optional<ContentRange> parse_content_range(std::string_view header);

}  // namespace dunlin
