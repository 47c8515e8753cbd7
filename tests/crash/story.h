#pragma once
#include <string>
#include <vector>

namespace dunlin {

// What somebody outside the device wants of it next. A power cut does not make them forget; a step that
// cannot be told to be done is done again.
struct Step {
  enum class Kind {
    install,     // until the version is confirmed, or the device says that its trial failed
    write_half,  // begin with the version, write a part of it, and leave it
    stage,       // as install, but no reboot is ordered
    take_back,   // abort the install
    roll_back,   // return to the other slot by hand
  };
  Kind kind;
  std::string version;  // of install, write_half and stage
};

// The life of one device: version 1 runs in slot a, slot b is full of junk, and then this.
struct Story {
  enum class Version2 { works, fails_its_test, never_starts };
  std::string name;
  Version2 version2 = Version2::works;
  std::vector<Step> steps;
  std::vector<std::string> ends;  // versions that may run in the end, wherever the power was cut
};

// Every story that the laboratory knows.
const std::vector<Story>& stories();

}  // namespace dunlin
