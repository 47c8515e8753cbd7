#include "core/base/token_key.h"

#include <cstdlib>
#include <cstring>
#include <optional>

// Debian 12 has the engine and no provider for PKCS#11; engines are marked as deprecated in OpenSSL 3.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/engine.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/ui.h>

#include "core/base/public_key.h"
#include "core/base/public_key_handle.h"

namespace dunlin {

namespace {

constexpr const char* proxy_module = "p11-kit-proxy.so";

using UserInterface = std::unique_ptr<UI_METHOD, OpensslFree<UI_destroy_method>>;

struct EngineFree {
  void operator()(ENGINE* engine) const {
    ENGINE_finish(engine);
    ENGINE_free(engine);
  }
};
using StartedEngine = std::unique_ptr<ENGINE, EngineFree>;

std::string last_complaint() {
  char text[256] = "no reason given";
  unsigned long code = 0;
  unsigned long last = 0;
  while ((code = ERR_get_error()) != 0) last = code;
  if (last != 0) ERR_error_string_n(last, text, sizeof text);
  return text;
}

// The value of `module-path` in the URI's query, percent-encoding aside (a path needs none).
std::optional<std::string> module_in(const std::string& uri) {
  constexpr std::string_view name = "module-path=";
  const std::size_t at = uri.find(name);
  if (at == std::string::npos) return std::nullopt;
  const std::size_t from = at + name.size();
  return uri.substr(from, uri.find_first_of("&;", from) - from);
}

std::string module_for(const std::string& uri) {
  if (std::optional<std::string> named = module_in(uri)) return *named;
  const char* chosen = std::getenv("PKCS11_MODULE_PATH");
  return chosen != nullptr && *chosen != '\0' ? chosen : proxy_module;
}

Result<StartedEngine> start_engine(const std::string& module) {
  ENGINE_load_builtin_engines();
  ENGINE* engine = ENGINE_by_id("pkcs11");
  if (engine == nullptr)
    return fail(ErrorKind::usage, "OpenSSL has no engine for PKCS#11 (" + last_complaint() +
                                      "); install libengine-pkcs11-openssl");
  if (ENGINE_ctrl_cmd_string(engine, "MODULE_PATH", module.c_str(), 0) != 1 || ENGINE_init(engine) != 1) {
    ENGINE_free(engine);
    return fail(ErrorKind::usage, "the token's driver " + module + " does not start: " + last_complaint());
  }
  return StartedEngine(engine);
}

// Without it the engine asks the terminal.
int answer_pin(UI* ui, UI_STRING* question) {
  const auto* pin = static_cast<const std::string*>(UI_get0_user_data(ui));
  const UI_string_types type = UI_get_string_type(question);
  if (type != UIT_PROMPT && type != UIT_VERIFY) return 1;
  return UI_set_result(ui, question, pin->c_str()) == 0 ? 1 : 0;
}

std::string pem_of(EVP_PKEY* key) {
  const Bio bio(BIO_new(BIO_s_mem()));
  if (!bio || PEM_write_bio_PUBKEY(bio.get(), key) != 1) return {};
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string scheme_of(EVP_PKEY* key) {
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA) {
    const int bits = EVP_PKEY_get_bits(key);
    return bits >= rsa_bits_min && bits <= rsa_bits_max ? "rsassa-pss-sha256" : "";
  }
  char group[64] = {};
  std::size_t size = 0;
  if (EVP_PKEY_get_group_name(key, group, sizeof group, &size) != 1) return {};
  if (std::strcmp(group, "prime256v1") == 0) return "ecdsa-sha2-nistp256";
  return std::strcmp(group, "secp384r1") == 0 ? "ecdsa-sha2-nistp384" : "";
}

}  // namespace

// The key goes before its engine.
struct TokenKey::Handle {
  std::string pin;
  StartedEngine engine;
  UserInterface asks;
  EvpKey key;

  ~Handle() { OPENSSL_cleanse(pin.data(), pin.size()); }
};

TokenKey::TokenKey(TokenKey&&) noexcept = default;
TokenKey& TokenKey::operator=(TokenKey&&) noexcept = default;
TokenKey::~TokenKey() = default;

Result<TokenKey> TokenKey::open(const std::string& uri, const std::string& pin) {
  if (!uri.starts_with("pkcs11:"))
    return fail(ErrorKind::usage, "\"" + uri + "\" must look like pkcs11:token=NAME;object=NAME");
  TokenKey token;
  token.handle_ = std::make_unique<Handle>();
  Handle& handle = *token.handle_;
  handle.pin = pin;
  Result<StartedEngine> engine = start_engine(module_for(uri));
  if (!engine) return fail(std::move(engine.error()));
  handle.engine = std::move(*engine);
  handle.asks.reset(UI_create_method("dunlin token PIN"));
  if (!handle.asks || UI_method_set_reader(handle.asks.get(), answer_pin) != 0)
    return fail(ErrorKind::device, "OpenSSL cannot ask for a PIN");
  const std::string named = uri.substr(0, uri.find('?'));
  handle.key.reset(
      ENGINE_load_private_key(handle.engine.get(), named.c_str(), handle.asks.get(), &handle.pin));
  if (!handle.key)
    return fail(ErrorKind::usage,
                "no private key " + named + " that opens with this PIN: " + last_complaint());
  token.scheme_ = scheme_of(handle.key.get());
  token.public_pem_ = pem_of(handle.key.get());
  if (token.scheme_.empty() || token.public_pem_.empty())
    return fail(ErrorKind::usage,
                "the key " + named +
                    " is of a kind that devices do not verify: it must be ECDSA on P-256 or "
                    "P-384, or RSA of 2048 to 8192 bits");
  ERR_clear_error();
  return token;
}

Result<Bytes> TokenKey::sign(ByteView message) const {
  const EvpDigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* parameters = nullptr;  // belongs to `context`
  const EVP_MD* digest = scheme_ == "ecdsa-sha2-nistp384" ? EVP_sha384() : EVP_sha256();
  bool is_good =
      context && EVP_DigestSignInit(context.get(), &parameters, digest, nullptr, handle_->key.get()) == 1;
  if (is_good && scheme_.starts_with("rsa"))
    is_good = EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1 &&
              EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) == 1;
  std::size_t size = 0;
  is_good = is_good && EVP_DigestSign(context.get(), nullptr, &size, message.data(), message.size()) == 1;
  Bytes signature(size);
  is_good =
      is_good && EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) == 1;
  if (!is_good) return fail(ErrorKind::device, "the token did not sign: " + last_complaint());
  signature.resize(size);
  return signature;
}

}  // namespace dunlin
