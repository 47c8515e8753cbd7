#pragma once
// What every BootControl keeps, played against the firmware that reads its variables. Instantiate with a
// function that makes a fresh device with slots "a" and "b", both bootable, "a" first.
#include <functional>
#include <memory>

#include <gtest/gtest.h>

#include "applier/boot/boot_control.h"

namespace dunlin {

struct BootControlUnderTest {
  std::unique_ptr<BootControl> control;
  std::function<std::string()> boot;  // what the firmware starts, after as many resets as it asks for
  std::shared_ptr<void> owner;        // whatever must live as long as both
};

struct BootControlCase {
  std::string name;
  std::function<BootControlUnderTest()> make;
};

class BootControlContract : public testing::TestWithParam<BootControlCase> {
 protected:
  BootControlUnderTest under_test_ = GetParam().make();
  BootControl& control_ = *under_test_.control;
  std::string boot() { return under_test_.boot(); }
  int tries() const { return std::min(3, under_test_.control->tries_max()); }
  BootFlags flags() {
    Result<BootFlags> flags = control_.read();
    EXPECT_TRUE(flags) << flags.error().message;
    return flags ? *flags : BootFlags{};
  }
};

TEST_P(BootControlContract, BeginsWithBothSlotsEnabledAndTheFirstNext) {
  const BootFlags now = flags();

  EXPECT_EQ(now.next, "a");
  EXPECT_TRUE(now.of("a").bootable());
  // A scheme that counts only an armed slot grants it nothing yet.
  EXPECT_TRUE(now.of("b").enabled);
}

TEST_P(BootControlContract, NeverBootsASlotMarkedUnbootableHoweverOftenTheOtherFails) {
  ASSERT_TRUE(control_.mark_unbootable("b"));

  EXPECT_FALSE(flags().of("b").enabled);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(boot(), "a");
}

TEST_P(BootControlContract, NeverBootsTheFirstSlotEitherOnceItIsMarked) {
  ASSERT_TRUE(control_.mark_unbootable("a"));

  for (int i = 0; i < 20; ++i) EXPECT_EQ(boot(), "b");
}

TEST_P(BootControlContract, RefusesToMarkTheOnlySlotLeft) {
  ASSERT_TRUE(control_.mark_unbootable("b"));

  Result<void> marked = control_.mark_unbootable("a");

  ASSERT_FALSE(marked);
  EXPECT_EQ(marked.error().kind, ErrorKind::usage);
  EXPECT_EQ(boot(), "a");
}

TEST_P(BootControlContract, TriesAnArmedSlotAsOftenAsAllowedAndThenGoesBack) {
  ASSERT_TRUE(control_.mark_unbootable("b"));
  ASSERT_TRUE(control_.arm("b", tries()));

  EXPECT_EQ(flags().next, "b");
  for (int i = 0; i < tries(); ++i) EXPECT_EQ(boot(), "b");
  EXPECT_FALSE(flags().of("b").bootable());
  EXPECT_TRUE(flags().of("b").enabled);
  EXPECT_EQ(boot(), "a");
}

TEST_P(BootControlContract, CanArmASlotForOneTry) {
  ASSERT_TRUE(control_.arm("b", 1));

  EXPECT_EQ(boot(), "b");
  EXPECT_EQ(boot(), "a");
}

TEST_P(BootControlContract, StaysWithAConfirmedSlotThatIsRefilledInEveryBoot) {
  ASSERT_TRUE(control_.arm("b", tries()));
  ASSERT_EQ(boot(), "b");
  ASSERT_TRUE(control_.confirm("b"));

  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(boot(), "b");
    ASSERT_TRUE(control_.refill("b"));
  }
}

TEST_P(BootControlContract, ArmsAgainAfterTheTriesAreUsedUp) {
  ASSERT_TRUE(control_.arm("b", 1));
  ASSERT_EQ(boot(), "b");
  ASSERT_EQ(boot(), "a");
  ASSERT_TRUE(control_.refill("a"));

  ASSERT_TRUE(control_.arm("b", 1));

  EXPECT_EQ(boot(), "b");
}

TEST_P(BootControlContract, TakesAnArmedSlotBack) {
  ASSERT_TRUE(control_.arm("b", tries()));

  ASSERT_TRUE(control_.mark_unbootable("b"));

  EXPECT_EQ(flags().next, "a");
  for (int i = 0; i < 10; ++i) EXPECT_EQ(boot(), "a");
}

TEST_P(BootControlContract, RefillsWithoutChangingTheOrder) {
  ASSERT_EQ(boot(), "a");
  ASSERT_TRUE(control_.arm("b", tries()));

  ASSERT_TRUE(control_.refill("a"));

  EXPECT_EQ(flags().next, "b");
}

TEST_P(BootControlContract, GoesBackToTheOtherSlotWhenThatIsConfirmed) {
  ASSERT_TRUE(control_.confirm("b"));
  ASSERT_EQ(boot(), "b");

  ASSERT_TRUE(control_.confirm("a"));

  EXPECT_EQ(boot(), "a");
}

// Every sequence of three changes, each followed by a boot: what read() calls next is what the firmware
// takes.
TEST_P(BootControlContract, SaysWhatTheFirmwareWillPick) {
  const std::vector<std::function<Result<void>(BootControl&)>> changes{[](BootControl& c) { return c.mark_unbootable("a"); },
                                                                       [](BootControl& c) { return c.mark_unbootable("b"); },
                                                                       [](BootControl& c) { return c.arm("a", 1); },
                                                                       [](BootControl& c) { return c.arm("b", 1); },
                                                                       [](BootControl& c) { return c.confirm("b"); },
                                                                       [](BootControl& c) { return c.refill("a"); }};
  for (std::size_t sequence = 0; sequence < 6 * 6 * 6; ++sequence) {
    BootControlUnderTest fresh = GetParam().make();
    for (std::size_t step : {sequence % 6, sequence / 6 % 6, sequence / 36}) {
      Result<void> changed = changes[step](*fresh.control);
      if (!changed) {
        EXPECT_EQ(changed.error().kind, ErrorKind::usage);
      }
      Result<BootFlags> now = fresh.control->read();
      ASSERT_TRUE(now);
      const std::string booted = fresh.boot();
      if (!now->next.empty()) {
        EXPECT_EQ(booted, now->next) << "sequence " << sequence;
      }
    }
  }
}

}  // namespace dunlin
