#pragma once
#include <algorithm>
#include <array>
#include <cstdint>

namespace dunlin {

// Values used lately, most recent first; all zero at first.
template <class Value, std::uint32_t count>
class RecentValues {
 public:
  // The place of `value`, or `count` when it was not used lately.
  std::uint32_t find(Value value) const {
    return static_cast<std::uint32_t>(std::find(values_.begin(), values_.end(), value) - values_.begin());
  }
  Value at(std::uint32_t place) const { return values_[place]; }
  // Moves it to the front; the last one falls out when it is new.
  void use(Value value) {
    const std::uint32_t place = std::min(find(value), count - 1);
    std::copy_backward(values_.begin(), values_.begin() + place, values_.begin() + place + 1);
    values_[0] = value;
  }

 private:
  std::array<Value, count> values_{};
};

}  // namespace dunlin
