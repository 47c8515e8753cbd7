#include "core/base/tls.h"

#include <gtest/gtest.h>

#include "tests/fakes/temporary_folder.h"

namespace dunlin {
namespace {

const WallTime year_2100(std::chrono::seconds(4'102'444'800));

class TlsTest : public testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) const {
    return folder.write(name, text);
  }

  TemporaryFolder folder;
};

TEST_F(TlsTest, MakesAServerCertificateThatEndsWhenAsked) {
  const TlsIdentity authority = make_certificate_authority("CA", year_2100).value();
  const TlsIdentity server =
      make_server_certificate(authority, {"10.0.0.1", "::1", "a.example"}, year_2100).value();

  EXPECT_EQ(certificate_expiry(server.certificate_pem).value(), year_2100);
  EXPECT_TRUE(tls_server_context(write("s.pem", server.certificate_pem), write("s.key", server.key_pem)));
  EXPECT_TRUE(tls_client_context(write("ca.pem", authority.certificate_pem)));
}

TEST_F(TlsTest, EachIdentityHasAKeyOfItsOwn) {
  const TlsIdentity one = make_certificate_authority("CA", year_2100).value();
  const TlsIdentity two = make_certificate_authority("CA", year_2100).value();

  EXPECT_NE(one.key_pem, two.key_pem);
  EXPECT_NE(one.certificate_pem, two.certificate_pem);
}

TEST_F(TlsTest, RefusesBadHosts) {
  const TlsIdentity authority = make_certificate_authority("CA", year_2100).value();

  for (const std::string host : {"", "a b", "a,DNS:b", "x/y", "evil\nname"}) {
    const Result<TlsIdentity> made = make_server_certificate(authority, {host}, year_2100);
    ASSERT_FALSE(made) << host;
    EXPECT_EQ(made.error().kind, ErrorKind::usage);
  }
  EXPECT_FALSE(make_server_certificate(authority, {}, year_2100));
}

TEST_F(TlsTest, RefusesAnAuthorityThatIsNotOne) {
  EXPECT_EQ(make_server_certificate(TlsIdentity{"x", "y"}, {"a"}, year_2100).error().kind, ErrorKind::usage);
}

TEST_F(TlsTest, SaysWhichFileIsMissing) {
  const Result<TlsContext> client = tls_client_context(folder / "no-ca.pem");
  const Result<TlsContext> server = tls_server_context(folder / "no.pem", folder / "no.key");

  ASSERT_FALSE(client);
  EXPECT_NE(client.error().message.find("no-ca.pem"), std::string::npos);
  ASSERT_FALSE(server);
  EXPECT_NE(server.error().message.find("no.pem"), std::string::npos);
}

TEST_F(TlsTest, SaysWhichFileHoldsNoCertificate) {
  const Result<TlsContext> client = tls_client_context(write("bad.pem", "not a certificate"));

  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().kind, ErrorKind::device);
  EXPECT_NE(client.error().message.find("bad.pem"), std::string::npos);
}

TEST_F(TlsTest, RefusesAKeyOfAnotherCertificate) {
  const TlsIdentity authority = make_certificate_authority("CA", year_2100).value();
  const TlsIdentity one = make_server_certificate(authority, {"a"}, year_2100).value();
  const TlsIdentity two = make_server_certificate(authority, {"a"}, year_2100).value();

  const Result<TlsContext> mixed =
      tls_server_context(write("1.pem", one.certificate_pem), write("2.key", two.key_pem));

  ASSERT_FALSE(mixed);
  EXPECT_EQ(mixed.error().kind, ErrorKind::usage);
  EXPECT_NE(mixed.error().message.find("is not the key of"), std::string::npos);
}

}  // namespace
}  // namespace dunlin
