#pragma once
#include <string>
#include <string_view>

namespace dunlin {

// The beginning and the end of a text of any length, in bounded memory: of what a program says, the first
// words tell what it was doing and the last ones why it stopped.
class BothEnds {
 public:
  // Keeps at most `bytes_max` bytes, half of them from each end.
  explicit BothEnds(std::size_t bytes_max) : half_(bytes_max / 2), begin_max_(bytes_max - half_) {}

  void append(std::string_view more);
  // All of it, when that was at most `bytes_max`; else both ends, and between them a line that says how many
  // bytes are left out.
  std::string text() const;

 private:
  std::size_t half_;
  std::size_t begin_max_;
  std::string begin_;
  std::string end_;            // what came behind `begin_`: at most twice what counts
  std::size_t forgotten_ = 0;  // bytes that came and are not kept any more
};

}  // namespace dunlin
