#include "applier/client/protocol.h"

#include <gtest/gtest.h>

namespace dunlin {

namespace {

Request install_request() {
  return {Operation::begin_install, {{"root2", "root3"}, "ts", "sn", "tg", "manifest", "rootfs", true}};
}

ApplierStatus full_status() {
  ApplierStatus status;
  status.product = "edge";
  status.hardware = "pc";
  status.version_floor = "1.2";
  status.slots = {{"a", true, "confirmed", "1", sha256(as_bytes("x")), 17, 4096},
                  {"b", false, "trial", "", {}, 0, 1}};
  status.trial =
      TrialReport{"2", "failed", "self-test 20-app failed with code 1: no", "/state/run-000001.txt"};
  status.install = "none";
  status.boot_control = "grub";
  status.problem = "p";
  return status;
}

std::string reply_text(const Reply& reply) {
  return encode(reply);
}

}  // namespace

TEST(ApplierProtocol, ReadsBackEveryRequest) {
  for (Operation operation :
       {Operation::status, Operation::examine, Operation::open_booted_slot, Operation::commit_install,
        Operation::abort_install, Operation::reboot, Operation::confirm, Operation::rollback}) {
    Result<Request> request = parse_request(encode(Request{operation, {}, {}}));
    ASSERT_TRUE(request);
    EXPECT_EQ(request->operation, operation);
  }
}

TEST(ApplierProtocol, OpensASlotByItsNameAndRefusesToOpenOneWithout) {
  Result<Request> request = parse_request(encode(Request{Operation::open_slot, {}, "b"}));

  ASSERT_TRUE(request);
  EXPECT_EQ(request->operation, Operation::open_slot);
  EXPECT_EQ(request->slot, "b");
  EXPECT_EQ(parse_request(R"({"v": 2, "op": "open_slot"})").error().kind, ErrorKind::bad_peer);
  EXPECT_EQ(parse_request(R"({"v": 2, "op": "open_slot", "slot": 2})").error().kind, ErrorKind::bad_peer);
}

TEST(ApplierProtocol, OpensTheSelfTestsOfARunSoManyBack) {
  Result<Request> request = parse_request(encode(Request{Operation::open_self_tests, {}, {}, 1}));

  ASSERT_TRUE(request);
  EXPECT_EQ(request->operation, Operation::open_self_tests);
  EXPECT_EQ(request->back, 1u);
  EXPECT_EQ(parse_request(R"({"v": 2, "op": "open_self_tests"})").error().kind, ErrorKind::bad_peer);
}

TEST(ApplierProtocol, CarriesTheWholeInstallRequest) {
  Result<Request> request = parse_request(encode(install_request()));

  ASSERT_TRUE(request);
  EXPECT_EQ(request->install.roots, (std::vector<std::string>{"root2", "root3"}));
  EXPECT_EQ(request->install.manifest, "manifest");
  EXPECT_EQ(request->install.image, "rootfs");
  EXPECT_TRUE(request->install.force);
}

TEST(ApplierProtocol, CarriesTheWholeStatus) {
  DoneReply done;
  done.status = full_status();
  Result<Reply> reply = parse_reply(reply_text(done));

  ASSERT_TRUE(reply);
  EXPECT_EQ(encode(*reply), encode(Reply(done)));
  const ApplierStatus& status = *std::get<DoneReply>(*reply).status;
  EXPECT_EQ(status.slots[0].image_id, full_status().slots[0].image_id);
  EXPECT_FALSE(status.slots[1].image_id);
  EXPECT_EQ(status.trial->reason, full_status().trial->reason);
  EXPECT_EQ(status.trial->record, full_status().trial->record);
}

TEST(ApplierProtocol, CarriesErrorsWithTheirKind) {
  Result<Reply> reply = parse_reply(reply_text(Error{ErrorKind::bad_image, {}, "no good"}));

  ASSERT_TRUE(reply);
  EXPECT_EQ(std::get<Error>(*reply).kind, ErrorKind::bad_image);
  EXPECT_EQ(std::get<Error>(*reply).message, "no good");
}

TEST(ApplierProtocol, AnswersInFewWordsWhateverTheyQuote) {
  Result<Request> request =
      parse_request(R"({"v":2,"op":")" + std::string(applier_message_size_max - 32, 'x') + R"("})");
  ASSERT_FALSE(request);

  const std::string answer = encode(Reply(request.error()));

  EXPECT_LT(answer.size(), 32u * 1024);
  ASSERT_TRUE(parse_reply(answer));
}

TEST(ApplierProtocol, CarriesProgressBeyond32Bits) {
  Result<Reply> reply = parse_reply(reply_text(ProgressReply{5'000'000'000, 6'000'000'000}));

  ASSERT_TRUE(reply);
  EXPECT_EQ(std::get<ProgressReply>(*reply).total, 6'000'000'000u);
}

TEST(ApplierProtocol, RefusesAnotherVersionAndUnknownOperations) {
  EXPECT_NE(parse_request(R"({"v":1,"op":"status"})").error().message.find("version"), std::string::npos);
  EXPECT_NE(parse_request(R"({"v":2,"op":"format"})").error().message.find("format"), std::string::npos);
  EXPECT_EQ(parse_request("[]").error().kind, ErrorKind::bad_peer);
}

TEST(ApplierProtocol, NamesAMissingField) {
  Result<Request> request = parse_request(R"({"v":2,"op":"begin_install","roots":[],"timestamp":"t"})");

  ASSERT_FALSE(request);
  EXPECT_NE(request.error().message.find("snapshot"), std::string::npos);
}

TEST(ApplierProtocol, RefusesDeepNestingAndManyValuesBeforeBuildingThem) {
  EXPECT_FALSE(parse_request(std::string(1'000'000, '[')));
  std::string many = R"({"v":2,"op":"status","x":[0)";
  for (int i = 0; i < 100'000; ++i) many += ",0";
  EXPECT_FALSE(parse_request(many + "]}"));
}

TEST(ApplierProtocol, SurvivesEveryOneByteChange) {
  DoneReply done;
  done.status = full_status();
  for (const std::string& good : {encode(install_request()), encode(Reply(done))}) {
    for (std::size_t i = 0; i < good.size(); ++i) {
      for (char value : {'\0', '"', '{', '9', '\xff'}) {
        std::string damaged = good;
        damaged[i] = value;
        (void)parse_request(damaged).has_value();
        (void)parse_reply(damaged).has_value();
      }
      EXPECT_FALSE(parse_request(std::string_view(good).substr(0, i)));
    }
  }
}

TEST(ApplierProtocol, ReplacesBytesThatAreNoText) {
  Request request = install_request();
  request.install.manifest = "\xff\xfe";

  EXPECT_TRUE(parse_request(encode(request)));
}

}  // namespace dunlin
