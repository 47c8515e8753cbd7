#include "tests/firmware/firmware_words.h"

#include <sstream>

namespace dunlin {

std::vector<std::string> firmware_words(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> list;
  for (std::string word; stream >> word;) list.push_back(word);
  return list;
}

std::string firmware_lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

bool firmware_overwrite(Disk& disk, const std::string& path, ByteView bytes) {
  auto file = disk.open(path, OpenMode::create);
  return file && (*file)->write_at(0, bytes) && (*file)->sync();
}

}  // namespace dunlin
