#include "tests/crash/story.h"

namespace dunlin {

const std::vector<Story>& stories() {
  using enum Step::Kind;
  using enum Story::Version2;
  static const std::vector<Story> all{
      {"confirm", works, {{install, "2"}}, {"2"}},
      {"failed-test", fails_its_test, {{install, "2"}}, {"1"}},
      {"dead-image", never_starts, {{install, "2"}}, {"1"}},
      {"next-update", works, {{install, "2"}, {install, "3"}}, {"3"}},
      {"other-release", works, {{write_half, "2"}, {install, "3"}}, {"3"}},
      // A cut between staging and taking back reboots into the trial; then there is nothing to take back.
      {"taken-back", works, {{stage, "2"}, {take_back, ""}}, {"1", "2"}},
      {"rolled-back", works, {{install, "2"}, {roll_back, ""}}, {"1"}},
  };
  return all;
}

}  // namespace dunlin
