#include "core/trust/admission_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/trust/canonical_json.h"

namespace dunlin {

namespace {

using Json = nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

BeaconKey key_of(std::uint8_t byte) {
  BeaconKey key;
  key.fill(byte);
  return key;
}

AdmissionList sample() {
  AdmissionList list;
  list.epoch = 7;
  list.beacon_key = key_of(1);
  list.previous_beacon_key = key_of(2);
  list.revoked_serials = {"0abc", "ff"};
  list.revoked_devices = {"device-9", "stolen"};
  return list;
}

// The refusal of the sample after `edit`, or "accepted".
template <class Edit>
std::string refusal(Edit edit) {
  Json json = Json::parse(to_json(sample()));
  edit(json);
  Result<AdmissionList> list = parse_admission_list(as_bytes(json.dump()));
  if (list) return "accepted";
  EXPECT_EQ(list.error().kind, ErrorKind::bad_image);
  return list.error().message;
}

TargetFile target_of(const std::string& json) {
  return {json.size(), sha256(as_bytes(json)), ""};
}

TEST(AdmissionList, ComesBackFromItsJson) {
  EXPECT_EQ(*parse_admission_list(as_bytes(to_json(sample()))), sample());

  AdmissionList first;
  first.beacon_key = key_of(9);
  EXPECT_EQ(*parse_admission_list(as_bytes(to_json(first))), first);
}

TEST(AdmissionList, AdmitsWhoIsNeitherRevokedByCertificateNorByName) {
  EXPECT_TRUE(sample().admits({"device-1", "0abd", {}}));
  EXPECT_FALSE(sample().admits({"device-1", "0abc", {}}));
  EXPECT_FALSE(sample().admits({"stolen", "0abd", {}}));
}

TEST(AdmissionList, IgnoresFieldsItDoesNotKnow) {
  EXPECT_EQ(refusal([](Json& json) { json["colour"] = "blue"; }), "accepted");
}

TEST(AdmissionList, RefusesAnotherTypeAndANewerFormat) {
  EXPECT_THAT(refusal([](Json& json) { json["_type"] = "release"; }), HasSubstr("_type"));
  EXPECT_THAT(refusal([](Json& json) { json["format"] = 2; }), HasSubstr("update dunlin"));
}

TEST(AdmissionList, RefusesWrongFieldsByName) {
  for (const char* field : {"_type", "format", "epoch", "beacon_keys", "revoked"})
    EXPECT_THAT(refusal([field](Json& json) { json.erase(field); }), HasSubstr(field));
  EXPECT_THAT(refusal([](Json& json) { json["epoch"] = 0; }), HasSubstr("epoch"));
  EXPECT_THAT(refusal([](Json& json) { json["beacon_keys"]["current"] = "00"; }), HasSubstr("current"));
  EXPECT_THAT(refusal([](Json& json) { json["beacon_keys"]["previous"] = 5; }), HasSubstr("previous"));
  EXPECT_THAT(refusal([](Json& json) { json["beacon_keys"]["current"] = std::string(64, '0'); }),
              HasSubstr("is no key"));
  EXPECT_THAT(refusal([](Json& json) { json["revoked"]["serials"] = "all"; }), HasSubstr("serials"));
}

TEST(AdmissionList, RefusesNamesThatAreUnsortedTwiceOrNone) {
  const auto serials = [](Json names) {
    return refusal([&names](Json& json) { json["revoked"]["serials"] = std::move(names); });
  };
  EXPECT_THAT(serials({"ff", "0abc"}), HasSubstr("not sorted"));
  EXPECT_THAT(serials({"ff", "ff"}), HasSubstr("twice"));
  EXPECT_THAT(serials({"FF"}), HasSubstr("cannot be one"));
  EXPECT_THAT(serials({""}), HasSubstr("cannot be one"));
  EXPECT_THAT(refusal([](Json& json) { json["revoked"]["devices"] = {"a b"}; }), HasSubstr("cannot be one"));
}

TEST(AdmissionList, HoldsWhatItsLimitsPromiseInItsSizeAndNotOneMore) {
  AdmissionList list = sample();
  list.revoked_serials.clear();
  list.revoked_devices.clear();
  for (std::size_t i = 0; i < revoked_serials_max; ++i) {
    const std::string digits = std::to_string(100'000 + i);
    list.revoked_serials.push_back(std::string(40 - digits.size(), 'f') + digits);
  }
  for (std::size_t i = 0; i < revoked_devices_max; ++i) {
    const std::string digits = std::to_string(10'000 + i);
    list.revoked_devices.push_back(std::string(64 - digits.size(), 'd') + digits);
  }

  EXPECT_LE(to_json(list).size(), admission_list_size_max);
  EXPECT_TRUE(parse_admission_list(as_bytes(to_json(list))));

  list.revoked_devices.push_back("z");
  EXPECT_FALSE(parse_admission_list(as_bytes(to_json(list))));
  EXPECT_FALSE(check_admission_list(list));
}

TEST(AdmissionList, ChangesTheBeaconKeyWhenSomebodyIsShutOut) {
  const AdmissionList next = after_revocation(sample(), {{"0a", "ff"}, {"device-3"}}, key_of(3));

  EXPECT_EQ(next.epoch, 8);
  EXPECT_EQ(next.beacon_key, key_of(3));
  EXPECT_EQ(next.previous_beacon_key, key_of(1));
  EXPECT_THAT(next.revoked_serials, ElementsAre("0a", "0abc", "ff"));
  EXPECT_THAT(next.revoked_devices, ElementsAre("device-3", "device-9", "stolen"));
  EXPECT_TRUE(check_admission_list(next));
}

TEST(AdmissionList, LeavesRevokedCertificatesRevokedWhenADeviceIsAdmittedAgain) {
  const AdmissionList next = after_readmission(sample(), "stolen");

  EXPECT_EQ(next.epoch, 8);
  EXPECT_EQ(next.beacon_key, key_of(1));
  EXPECT_THAT(next.revoked_devices, ElementsAre("device-9"));
  EXPECT_EQ(next.revoked_serials, sample().revoked_serials);
  EXPECT_EQ(after_readmission(sample(), "device-1"), sample());
}

TEST(AdmissionList, IsOpenedOnlyWithTheBytesThatWereSigned) {
  const std::string json = to_json(sample());
  std::string altered = json;
  altered[altered.find("stolen")] = 'S';

  EXPECT_EQ(*open_admission_list(target_of(json), as_bytes(json)), sample());
  EXPECT_EQ(open_admission_list(target_of(json), as_bytes(altered)).error().kind, ErrorKind::bad_peer);
  EXPECT_EQ(open_admission_list(target_of("{}"), as_bytes("{}")).error().kind, ErrorKind::bad_image);
}

}  // namespace

}  // namespace dunlin
