#pragma once
#include "core/trust/metadata.h"

namespace dunlin {

// The newest version of `product` above `chosen` that is for other hardware, in words; empty when there is
// none.
std::string why_passed_over(const TrustedMetadata& metadata, const std::string& product,
                            const std::string& hardware, const std::string& chosen);

}  // namespace dunlin
