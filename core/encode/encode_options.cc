#include "core/encode/encode_options.h"

namespace dunlin {

std::string_view to_string(EncodePhase phase) {
  switch (phase) {
    case EncodePhase::reading:
      return "reading";
    case EncodePhase::opening:
      return "opening";
    case EncodePhase::sorting:
      return "sorting";
    case EncodePhase::matching:
      return "matching";
    case EncodePhase::compressing:
      return "compressing";
  }
  return "";
}

}  // namespace dunlin
