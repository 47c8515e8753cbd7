#include "core/base/heap.h"

#include <malloc.h>

namespace dunlin {

void bound_heap() {
  mallopt(M_ARENA_MAX, 2);
  mallopt(M_MMAP_THRESHOLD, 256 * 1024);
  mallopt(M_TRIM_THRESHOLD, 512 * 1024);
}

}  // namespace dunlin
