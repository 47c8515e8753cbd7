#include "swarm/http_message.h"

#include <map>

namespace dunlin {

std::map<std::string, std::string> headers_of(const boost::beast::http::fields& fields) {
  std::map<std::string, std::string> headers;
  for (const auto& field : fields) {
    std::string name(field.name_string());
    for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    std::string& value = headers[name];
    if (!value.empty()) value += ", ";
    value.append(field.value().data(), field.value().size());
  }
  return headers;
}

bool is_safe_header(std::string_view name, std::string_view value) {
  static constexpr std::string_view breaks("\r\n\0", 3);
  static constexpr std::string_view not_in_names(" :\t\r\n\0", 6);
  return !name.empty() && name.find_first_of(not_in_names) == std::string_view::npos &&
         value.find_first_of(breaks) == std::string_view::npos;
}

}  // namespace dunlin
