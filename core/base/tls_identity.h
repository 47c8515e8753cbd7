#pragma once
#include <string>

namespace dunlin {

// A certificate and its private key (ECDSA P-256), both PEM.
struct TlsIdentity {
  std::string certificate_pem;
  std::string key_pem;
};

}  // namespace dunlin
