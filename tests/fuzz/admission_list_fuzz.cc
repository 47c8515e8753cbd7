// Any bytes as an admission list. What is taken keeps the promises of its header, and is the same list when
// it is written and read again.
#include "core/base/check.h"
#include "core/trust/admission_list.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dunlin;
  const Result<AdmissionList> list = parse_admission_list(ByteView(data, size));
  if (!list) return 0;
  CHECK(check_admission_list(*list) && list->epoch >= 1);
  for (const std::string& serial : list->revoked_serials) CHECK(!list->admits({"any", serial, {}}));
  for (const std::string& device : list->revoked_devices) CHECK(!list->admits({device, "01", {}}));
  const Result<AdmissionList> again = parse_admission_list(as_bytes(to_json(*list)));
  CHECK(again && *again == *list);
  return 0;
}
