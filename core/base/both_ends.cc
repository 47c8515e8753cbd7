#include "core/base/both_ends.h"

#include <algorithm>

namespace dunlin {

void BothEnds::append(std::string_view more) {
  const std::size_t room = std::min(begin_max_ - begin_.size(), more.size());
  begin_.append(more.substr(0, room));
  more.remove_prefix(room);
  if (more.size() > half_) {
    forgotten_ += end_.size() + more.size() - half_;
    end_ = more.substr(more.size() - half_);
    return;
  }
  end_.append(more);
  if (end_.size() <= 2 * half_) return;
  forgotten_ += end_.size() - half_;
  end_.erase(0, end_.size() - half_);
}

std::string BothEnds::text() const {
  const std::size_t kept = std::min(end_.size(), half_);
  const std::size_t left_out = forgotten_ + end_.size() - kept;
  if (left_out == 0) return begin_ + end_;
  return begin_ + "\n[" + std::to_string(left_out) + " bytes left out]\n" + end_.substr(end_.size() - kept);
}

}  // namespace dunlin
