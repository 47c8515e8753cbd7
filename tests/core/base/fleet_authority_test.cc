#include "core/base/fleet_authority.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/certificate_request.h"
#include "core/base/device_certificate.h"
#include "tests/fakes/program_output.h"
#include "tests/fakes/temporary_folder.h"

namespace dunlin {
namespace {

// A shell command line's standard output; it must succeed.
std::string printed_by(const std::string& command) {
  return std::string(as_text(program_output("{ " + command + "; } > out", {})));
}

using testing::HasSubstr;
using testing::Not;

const WallTime year_2050(std::chrono::seconds(2'524'608'000));
const WallTime year_2100(std::chrono::seconds(4'102'444'800));

class FleetAuthority : public testing::Test {
 protected:
  TlsIdentity authority = make_fleet_authority("edge fleet", year_2100).value();
  DeviceTerms terms{"device-1", year_2050};
  TemporaryFolder folder;

  // What the openssl program says of a certificate.
  std::string openssl_words(const std::string& certificate, const std::string& about) {
    const std::string file = folder.write("certificate.pem", certificate);
    return printed_by("openssl x509 -noout " + about + " -in " + file);
  }
};

TEST_F(FleetAuthority, NamesTheDeviceInTheCertificate) {
  const TlsIdentity device = make_device_certificate(authority, terms).value();

  const DeviceCertificate read = read_device_certificate(device.certificate_pem).value();

  EXPECT_EQ(read.device_id, "device-1");
  EXPECT_EQ(read.expires, year_2050);
  EXPECT_TRUE(is_certificate_serial(read.serial));
}

TEST_F(FleetAuthority, IsTrustedByAnotherImplementationsRulesForBothEndsOfAConnection) {
  const TlsIdentity device = make_device_certificate(authority, terms).value();
  const std::string ca = folder.write("ca.pem", authority.certificate_pem);
  const std::string file = folder.write("device.pem", device.certificate_pem);

  for (const char* purpose : {"sslclient", "sslserver"}) {
    const std::string words = printed_by(std::string("openssl verify -x509_strict -purpose ") + purpose +
                                         " -CAfile " + ca + " " + file);
    EXPECT_THAT(words, HasSubstr(": OK")) << purpose;
  }
}

TEST_F(FleetAuthority, SaysTheStarThatLibtorrentAsksFor) {
  const TlsIdentity device = make_device_certificate(authority, terms).value();

  EXPECT_THAT(openssl_words(device.certificate_pem, "-ext subjectAltName"),
              HasSubstr("DNS:*, URI:urn:dunlin:device:device-1"));
  EXPECT_THAT(openssl_words(device.certificate_pem, "-subject"), HasSubstr("CN = *"));
}

TEST_F(FleetAuthority, GivesEachCertificateASerialOf128Bits) {
  const TlsIdentity one = make_device_certificate(authority, terms).value();
  const TlsIdentity two = make_device_certificate(authority, terms).value();

  const std::string serial = read_device_certificate(one.certificate_pem)->serial;

  EXPECT_EQ(serial.size(), 32u);
  EXPECT_NE(serial, read_device_certificate(two.certificate_pem)->serial);
  EXPECT_EQ("serial=" + serial + "\n",
            printed_by("openssl x509 -noout -serial -in " + folder.write("one.pem", one.certificate_pem) +
                       " | tr A-F a-f"));
}

TEST_F(FleetAuthority, NeverLetsADeviceOutliveIt) {
  const TlsIdentity shorter = make_fleet_authority("edge fleet", year_2050).value();

  const TlsIdentity device = make_device_certificate(shorter, {"device-1", year_2100}).value();

  EXPECT_EQ(read_device_certificate(device.certificate_pem)->expires, year_2050);
}

TEST_F(FleetAuthority, RefusesWhatIsNoDeviceId) {
  for (const std::string id : {"", "a b", "a,DNS:evil", "a/b", "a\n", std::string(65, 'a').c_str()}) {
    const Result<TlsIdentity> made = make_device_certificate(authority, {id, year_2050});
    ASSERT_FALSE(made) << id;
    EXPECT_EQ(made.error().kind, ErrorKind::usage);
  }
  EXPECT_TRUE(make_device_certificate(authority, {std::string(64, 'a'), year_2050}));
}

TEST_F(FleetAuthority, RefusesAnAuthorityThatIsNotOne) {
  EXPECT_EQ(make_device_certificate({"x", "y"}, terms).error().kind, ErrorKind::usage);
  EXPECT_EQ(make_device_certificate({authority.certificate_pem, "y"}, terms).error().kind, ErrorKind::usage);
}

TEST_F(FleetAuthority, SignsForAKeyThatStaysOnTheDevice) {
  const std::string key = make_private_key().value();
  const std::string request = make_device_request(key, "device-1").value();

  const std::string certificate = sign_device_request(authority, request, terms).value();

  EXPECT_EQ(read_device_certificate(certificate)->device_id, "device-1");
  const std::string of_key = printed_by("openssl pkey -pubout -in " + folder.write("device.key", key));
  EXPECT_EQ(openssl_words(certificate, "-pubkey"), of_key);
}

TEST_F(FleetAuthority, TakesOnlyTheKeyFromARequestOfAnotherProgram) {
  const std::string request = printed_by(
      "openssl req -new -newkey rsa:2048 -nodes -keyout /dev/null -subj /CN=pack -addext "
      "subjectAltName=DNS:seeder.example -addext basicConstraints=CA:TRUE 2>/dev/null");

  const std::string certificate = sign_device_request(authority, request, terms).value();

  EXPECT_EQ(read_device_certificate(certificate)->device_id, "device-1");
  const std::string text = openssl_words(certificate, "-text");
  EXPECT_THAT(text, HasSubstr("CA:FALSE"));
  EXPECT_THAT(text, Not(HasSubstr("seeder.example")));
  EXPECT_THAT(text, Not(HasSubstr("CN = pack")));
}

TEST_F(FleetAuthority, RefusesARequestOfAnotherDevice) {
  const std::string request = make_device_request(make_private_key().value(), "device-2").value();

  const Result<std::string> made = sign_device_request(authority, request, terms);

  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, ErrorKind::usage);
  EXPECT_THAT(made.error().message, HasSubstr("device-2"));
}

TEST_F(FleetAuthority, RefusesKeysThatAreTooWeakOrOfAnotherKind) {
  for (const char* kind : {"rsa:1024", "ed25519", "ec -pkeyopt ec_paramgen_curve:secp521r1"}) {
    const std::string request = printed_by(std::string("openssl req -new -newkey ") + kind +
                                           " -nodes -keyout /dev/null -subj /CN=x 2>/dev/null");
    ASSERT_THAT(request, HasSubstr("BEGIN CERTIFICATE REQUEST")) << kind;
    EXPECT_EQ(sign_device_request(authority, request, terms).error().kind, ErrorKind::usage) << kind;
  }
}

TEST_F(FleetAuthority, RefusesARequestThatItsKeyDidNotSign) {
  const std::string request = make_device_request(make_private_key().value(), "device-1").value();
  const std::string file = folder.write("request.pem", request);
  // The last byte of the DER belongs to the signature.
  const std::string altered =
      printed_by("openssl req -in " + file +
                 " -outform DER | python3 -c 'import sys; b=bytearray(sys.stdin.buffer.read());"
                 " b[-1]^=1; sys.stdout.buffer.write(b)' | openssl req -inform DER 2>/dev/null");
  ASSERT_THAT(altered, HasSubstr("BEGIN CERTIFICATE REQUEST"));

  EXPECT_EQ(sign_device_request(authority, altered, terms).error().kind, ErrorKind::usage);
  EXPECT_EQ(sign_device_request(authority, "", terms).error().kind, ErrorKind::usage);
  EXPECT_EQ(sign_device_request(authority, authority.certificate_pem, terms).error().kind, ErrorKind::usage);
}

TEST_F(FleetAuthority, DoesNotAskThePersonForThePasswordOfASealedKey) {
  const std::string sealed =
      printed_by("openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -aes-128-cbc -pass pass:x");
  ASSERT_THAT(sealed, HasSubstr("ENCRYPTED"));

  EXPECT_EQ(make_device_request(sealed, "device-1").error().kind, ErrorKind::usage);
}

}  // namespace
}  // namespace dunlin
