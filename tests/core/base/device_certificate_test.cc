#include "core/base/device_certificate.h"

#include <gtest/gtest.h>

#include "core/base/fleet_authority.h"
#include "tests/fakes/program_output.h"

namespace dunlin {
namespace {

// A shell command line's standard output; it must succeed.
std::string printed_by(const std::string& command) {
  return std::string(as_text(program_output("{ " + command + "; } > out", {})));
}

const WallTime year_2100(std::chrono::seconds(4'102'444'800));

// A certificate of nobody's authority with these SAN entries.
std::string made_with(const std::string& names, const std::string& more = "") {
  return printed_by(
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null -subj /CN=x "
      "-days 1 " +
      more + " -addext 'subjectAltName=" + names + "' 2>/dev/null");
}

TEST(DeviceCertificate, IsReadFromATextThatHoldsMore) {
  const TlsIdentity authority = make_fleet_authority("fleet", year_2100).value();
  const TlsIdentity device = make_device_certificate(authority, {"a.b_c-1", year_2100}).value();

  const Result<DeviceCertificate> read =
      read_device_certificate("# enrolled\n" + device.certificate_pem + authority.certificate_pem);

  ASSERT_TRUE(read);
  EXPECT_EQ(read->device_id, "a.b_c-1");
}

TEST(DeviceCertificate, RefusesWhatNamesNoDeviceOrSeveral) {
  for (const std::string names :
       {"DNS:x", "URI:urn:dunlin:device:", "URI:urn:dunlin:device:a b", "URI:urn:dunlin:site:a",
        "DNS:urn:dunlin:device:a", "URI:urn:dunlin:device:a,URI:urn:dunlin:device:b"}) {
    const Result<DeviceCertificate> read = read_device_certificate(made_with(names));
    ASSERT_FALSE(read) << names;
    EXPECT_EQ(read.error().kind, ErrorKind::bad_peer);
    EXPECT_EQ(read.error().message.find("not a device's certificate"), 0u) << read.error().message;
  }
  EXPECT_TRUE(read_device_certificate(made_with("DNS:x,URI:https://x,URI:urn:dunlin:device:a")));
}

TEST(DeviceCertificate, WritesSerialsOfOthersInTheSameForm) {
  const std::string name = "URI:urn:dunlin:device:a";

  EXPECT_EQ(read_device_certificate(made_with(name, "-set_serial 0xABC"))->serial, "0abc");
  EXPECT_EQ(read_device_certificate(made_with(name, "-set_serial 0xFF"))->serial, "ff");
  EXPECT_FALSE(read_device_certificate(made_with(name, "-set_serial 0")));
  EXPECT_FALSE(read_device_certificate(made_with(name, "-set_serial -5")));
}

TEST(DeviceCertificate, RefusesTextThatHoldsNone) {
  EXPECT_FALSE(read_device_certificate(std::string()));
  EXPECT_FALSE(read_device_certificate(std::string("-----BEGIN CERTIFICATE-----\nAAAA\n")));
  EXPECT_FALSE(read_device_certificate(std::string(70'000, 'x')));
}

TEST(DeviceCertificate, KnowsASerialWhenItSeesOne) {
  EXPECT_TRUE(is_certificate_serial("0a"));
  EXPECT_TRUE(is_certificate_serial(std::string(40, 'f')));
  for (const std::string text : {"", "a", "0A", "00ff", "0g"}) EXPECT_FALSE(is_certificate_serial(text));
  EXPECT_FALSE(is_certificate_serial(std::string(42, 'f')));
}

}  // namespace
}  // namespace dunlin
