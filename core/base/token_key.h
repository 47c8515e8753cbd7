#pragma once
// The door to keys that never leave their token (a smart card, an HSM, SoftHSM): PKCS#11 through OpenSSL's
// engine "pkcs11" (libp11, Debian's libengine-pkcs11-openssl), which is loaded when the first token is asked
// for.
#include <memory>
#include <string>
#include <string_view>

#include "core/base/bytes.h"

namespace dunlin {

// A private key on a token. ECDSA on P-256 and P-384 and RSA from 2048 to 8192 bits, as devices verify them.
class TokenKey {
 public:
  // `uri`: RFC 7512, "pkcs11:token=dunlin;object=root". The token's driver is the URI's own `module-path`,
  // else $PKCS11_MODULE_PATH, else p11-kit's proxy. The PIN goes to the token and is kept until this goes.
  // usage: no engine, no such token or key, a wrong PIN, or a key of another kind; says which as far as the
  // driver does.
  static Result<TokenKey> open(const std::string& uri, const std::string& pin);
  TokenKey(TokenKey&&) noexcept;
  TokenKey& operator=(TokenKey&&) noexcept;
  ~TokenKey();

  // As TUF names it: "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384" or "rsassa-pss-sha256".
  const std::string& scheme() const { return scheme_; }
  const std::string& public_pem() const { return public_pem_; }
  // DER for ECDSA. device: the token refused.
  Result<Bytes> sign(ByteView message) const;

 private:
  struct Handle;
  TokenKey() = default;
  std::unique_ptr<Handle> handle_;
  std::string scheme_, public_pem_;
};

}  // namespace dunlin
