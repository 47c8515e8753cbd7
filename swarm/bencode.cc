#include "swarm/bencode.h"

#include <limits>

namespace dunlin {

namespace {

constexpr int depth_max = 16;
constexpr int values_max = 1 << 20;

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  bool value(Bencode& out, int depth) {
    if (depth > depth_max || ++values_ > values_max || at_ >= text_.size()) return false;
    const std::size_t start = at_;
    const char c = text_[at_];
    bool good = false;
    if (c == 'i')
      good = integer(out);
    else if (c == 'l')
      good = list(out, depth);
    else if (c == 'd')
      good = dictionary(out, depth);
    else
      good = text(out);
    out.raw = text_.substr(start, at_ - start);
    return good;
  }
  bool at_end() const { return at_ == text_.size(); }
  std::size_t position() const { return at_; }

 private:
  // Digits without leading zeros, then `end`.
  bool number(char end, std::uint64_t& out) {
    const std::size_t start = at_;
    out = 0;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') {
      if (out > (std::uint64_t{std::numeric_limits<std::int64_t>::max()} - 9) / 10) return false;
      out = out * 10 + static_cast<std::uint64_t>(text_[at_++] - '0');
    }
    const bool leading_zero = text_[start] == '0' && at_ - start > 1;
    return at_ > start && !leading_zero && at_ < text_.size() && text_[at_++] == end;
  }

  bool integer(Bencode& out) {
    out.kind = Bencode::Kind::integer;
    ++at_;
    const bool negative = at_ < text_.size() && text_[at_] == '-';
    if (negative) ++at_;
    if (at_ >= text_.size()) return false;
    std::uint64_t value = 0;
    if (!number('e', value) || (negative && value == 0)) return false;
    out.integer = negative ? -static_cast<std::int64_t>(value) : static_cast<std::int64_t>(value);
    return true;
  }

  bool text(Bencode& out) {
    out.kind = Bencode::Kind::text;
    std::uint64_t length = 0;
    if (!number(':', length) || length > text_.size() - at_) return false;
    out.text = text_.substr(at_, length);
    at_ += length;
    return true;
  }

  bool close() {
    if (at_ >= text_.size() || text_[at_] != 'e') return false;
    ++at_;
    return true;
  }

  bool list(Bencode& out, int depth) {
    out.kind = Bencode::Kind::list;
    ++at_;
    while (!close()) {
      Bencode item;
      if (!value(item, depth + 1)) return false;
      out.list.push_back(std::move(item));
    }
    return true;
  }

  bool dictionary(Bencode& out, int depth) {
    out.kind = Bencode::Kind::dictionary;
    ++at_;
    while (!close()) {
      Bencode key, item;
      if (at_ >= text_.size() || !text(key)) return false;
      if (!out.dictionary.empty() && out.dictionary.back().key >= key.text) return false;
      if (!value(item, depth + 1)) return false;
      out.dictionary.push_back({key.text, std::move(item)});
    }
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int values_ = 0;
};

}  // namespace

const Bencode* Bencode::find(std::string_view key, Kind wanted) const {
  for (const auto& [name, value] : dictionary) {
    if (name == key) return value.kind == wanted ? &value : nullptr;
  }
  return nullptr;
}

Result<Bencode> parse_bencode(ByteView bytes) {
  Parser parser(as_text(bytes));
  Bencode out;
  if (!parser.value(out, 0))
    return fail(ErrorKind::bad_image, "not bencoded at byte " + std::to_string(parser.position()));
  if (!parser.at_end())
    return fail(ErrorKind::bad_image,
                "something follows the bencoded value at byte " + std::to_string(parser.position()));
  return out;
}

BencodeWriter& BencodeWriter::integer(std::uint64_t value) {
  written_ += 'i' + std::to_string(value) + 'e';
  return *this;
}

BencodeWriter& BencodeWriter::text(std::string_view value) {
  written_ += std::to_string(value.size()) + ':';
  written_ += value;
  return *this;
}

BencodeWriter& BencodeWriter::raw(std::string_view value) {
  written_ += value;
  return *this;
}

BencodeWriter& BencodeWriter::put(char c) {
  written_ += c;
  return *this;
}

}  // namespace dunlin
