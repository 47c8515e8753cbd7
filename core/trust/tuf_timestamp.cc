#include "core/trust/tuf_timestamp.h"

namespace dunlin {

Result<TimestampRole> parse_timestamp(const SignedFile& file) {
  JsonFailure failure;
  JsonReader body(file.body, "", failure);
  TimestampRole role;
  role.header = read_role_header(body, "timestamp");
  role.snapshot = read_file_meta(body.at("meta").at("snapshot.json"));
  Result<void> read = failure.result();
  if (!read) return fail(std::move(read.error()));
  return role;
}

}  // namespace dunlin
