#pragma once
#include <memory>

#include <openssl/bio.h>
#include <openssl/evp.h>

namespace dunlin {

// Ends what OpenSSL made, by the function of its type.
template <auto free_one>
struct OpensslFree {
  template <class T>
  void operator()(T* object) const {
    free_one(object);
  }
};

using EvpKey = std::unique_ptr<EVP_PKEY, OpensslFree<EVP_PKEY_free>>;
using EvpDigestContext = std::unique_ptr<EVP_MD_CTX, OpensslFree<EVP_MD_CTX_free>>;
using Bio = std::unique_ptr<BIO, OpensslFree<BIO_free_all>>;

}  // namespace dunlin
