#pragma once
#include <functional>

#include "core/expand/erofs_inode.h"

namespace dunlin {

// Calls `visit` once for each regular file that the directories name, in their order. Goes on over what does
// not make sense; time is bounded by the size of the image, memory by a bit for each inode it could hold and
// by its directories. Fails as ByteSource::read does, or as `visit`.
using ErofsFileVisitor = std::function<Result<void>(const ErofsInode& file)>;
Result<void> visit_erofs_files(const ByteSource& image, const ErofsSuperblock& superblock,
                               const ErofsFileVisitor& visit);

}  // namespace dunlin
