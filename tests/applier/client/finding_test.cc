#include "applier/client/finding.h"

#include <gtest/gtest.h>

namespace dunlin {

TEST(Findings, AreReadBackAsTheyWere) {
  const std::vector<Finding> findings{
      {FindingLevel::ok, "slot a", "confirmed", ""},
      {FindingLevel::warning, "watchdog", "none", "set one"},
      {FindingLevel::wrong, "boot flags", "\"damaged\"\n", "mend them"},
  };

  EXPECT_EQ(parse_findings(findings_json(findings)), findings);
  EXPECT_EQ(parse_findings(findings_json({})), std::vector<Finding>());
}

TEST(Findings, AreNothingWhenAnyPartIsMissingOrOfAnotherKind) {
  for (const char* text : {"", "{}", "[1]", "null", R"([{"level":"ok","check":"a","text":"b"}])",
                           R"([{"level":"bad","check":"a","text":"b","advice":""}])",
                           R"([{"level":1,"check":"a","text":"b","advice":""}])"})
    EXPECT_FALSE(parse_findings(text)) << text;
}

}  // namespace dunlin
