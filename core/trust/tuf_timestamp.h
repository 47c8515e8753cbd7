#pragma once
#include "core/trust/role.h"

namespace dunlin {

// The timestamp role: which snapshot is the newest.
struct TimestampRole {
  RoleHeader header;
  FileMeta snapshot;
};
Result<TimestampRole> parse_timestamp(const SignedFile& file);

}  // namespace dunlin
