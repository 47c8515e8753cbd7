// Any bytes as a bundle: members that are accepted lie behind each other inside the file.
#include "core/base/check.h"
#include "core/trust/bundle.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dunlin;
  const MemorySource source(Bytes(data, data + size));
  const Result<BundleIndex> index = BundleIndex::read(source);
  if (!index) return 0;
  std::uint64_t at = 0;
  for (const BundleMember& member : index->members()) {
    CHECK(member.offset == at + bundle_block);
    at = member.offset + member.size + bundle_padding(member.size);
    CHECK(at <= size);
    CHECK(read_member(source, member, size).has_value());
    CHECK(index->find(member.path) == &member);
  }
  CHECK(at + bundle_end_size <= size && !index->members().empty());
  return 0;
}
