#pragma once
#include <string>

namespace dunlin {

// ASCII letters only, whatever the locale.
inline std::string in_lower_case(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

}  // namespace dunlin
