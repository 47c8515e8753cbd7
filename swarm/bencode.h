#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace dunlin {

struct BencodeEntry;

// A value of BitTorrent's encoding (BEP 3). Texts point into the bytes that were parsed.
struct Bencode {
  enum class Kind { integer, text, list, dictionary };
  Kind kind = Kind::integer;
  std::int64_t integer = 0;
  std::string_view text;
  std::vector<Bencode> list;
  std::vector<BencodeEntry> dictionary;  // in strictly rising order of keys
  std::string_view raw;                  // the value's own bytes

  // nullptr when this is not a dictionary, the key is missing, or its value has another kind.
  const Bencode* find(std::string_view key, Kind wanted) const;
};

struct BencodeEntry {
  std::string_view key;
  Bencode value;
};

// Total: bad_image for anything that is not exactly one canonical value (at most 16 deep, 2^20 values).
Result<Bencode> parse_bencode(ByteView bytes);

// Appends in canonical form; the caller sorts the keys of dictionaries.
class BencodeWriter {
 public:
  BencodeWriter& open_dictionary() { return put('d'); }
  BencodeWriter& open_list() { return put('l'); }
  BencodeWriter& close() { return put('e'); }
  BencodeWriter& integer(std::uint64_t value);
  BencodeWriter& text(std::string_view value);
  // Appends a finished value as it is.
  BencodeWriter& raw(std::string_view value);
  const std::string& written() const { return written_; }

 private:
  BencodeWriter& put(char c);
  std::string written_;
};

}  // namespace dunlin
