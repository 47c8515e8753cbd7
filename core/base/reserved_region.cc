#include "core/base/reserved_region.h"

#include <sys/mman.h>
#include <unistd.h>

#include "core/base/check.h"

namespace dunlin {

ReservedRegion::ReservedRegion(std::size_t size) : size_(size) {
  void* region =
      mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  CHECK(region != MAP_FAILED);
  // A huge page could not be given back in part.
  (void)madvise(region, size, MADV_NOHUGEPAGE);
  begin_ = static_cast<std::uint8_t*>(region);
}

ReservedRegion::~ReservedRegion() {
  (void)munmap(begin_, size_);
}

void ReservedRegion::give_back(std::size_t begin, std::size_t end) {
  const std::size_t page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  begin = (begin + page - 1) / page * page;
  end = std::min(end, size_) / page * page;
  if (begin < end) CHECK(madvise(begin_ + begin, end - begin, MADV_DONTNEED) == 0);
}

}  // namespace dunlin
