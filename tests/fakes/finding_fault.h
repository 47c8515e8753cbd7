#pragma once
#include <gtest/gtest.h>

#include "applier/client/finding.h"

namespace dunlin {

// One thing that is broken in what was seen of a device, and the one finding that must come of it.
template <class Sight>
struct FindingFault {
  const char* name;
  void (*make)(Sight&);
  FindingLevel level;
  const char* check;
  const char* words;
};

// The fault is named once, with advice, and everything else is well.
template <class Sight>
void expect_only(const FindingFault<Sight>& fault, const std::vector<Finding>& findings) {
  int named = 0;
  for (const Finding& finding : findings) {
    if (finding.check != fault.check) {
      EXPECT_EQ(finding.level, FindingLevel::ok) << finding.check << ": " << finding.text;
      continue;
    }
    ++named;
    EXPECT_EQ(finding.level, fault.level) << finding.text;
    EXPECT_NE(finding.text.find(fault.words), std::string::npos) << finding.text;
    EXPECT_FALSE(finding.advice.empty());
  }
  EXPECT_EQ(named, 1);
}

}  // namespace dunlin
