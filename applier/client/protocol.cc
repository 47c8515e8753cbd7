#include "applier/client/protocol.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace dunlin {

namespace {

using Json = nlohmann::json;

constexpr std::array operations{Operation::status,    Operation::examine,         Operation::open_booted_slot,
                                Operation::open_slot, Operation::open_self_tests, Operation::begin_install,
                                Operation::sync_slot, Operation::commit_install,  Operation::abort_install,
                                Operation::reboot,    Operation::confirm,         Operation::rollback};
constexpr std::array error_kinds{ErrorKind::retry_later, ErrorKind::bad_peer, ErrorKind::bad_image,
                                 ErrorKind::device,      ErrorKind::usage,    ErrorKind::cancelled};

// Looks at the text without building anything, so that a megabyte of brackets cannot cost a gigabyte.
class Limits final : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return count(); }
  bool boolean(bool) override { return count(); }
  bool number_integer(number_integer_t) override { return count(); }
  bool number_unsigned(number_unsigned_t) override { return count(); }
  bool number_float(number_float_t, const string_t&) override { return count(); }
  bool string(string_t&) override { return count(); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return enter(); }
  bool key(string_t&) override { return count(); }
  bool end_object() override { return leave(); }
  bool start_array(std::size_t) override { return enter(); }
  bool end_array() override { return leave(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

 private:
  bool count() { return ++values_ <= 4096; }
  bool enter() { return ++depth_ <= 6 && count(); }
  bool leave() {
    --depth_;
    return true;
  }
  int values_ = 0;
  int depth_ = 0;
};

// Reads checked fields of one object; the first missing or wrong one is remembered by name.
class Fields {
 public:
  explicit Fields(const Json& object) : object_(object) {}

  std::string text(const char* name) {
    const Json* value = find(name);
    if (value != nullptr && value->is_string()) return value->get<std::string>();
    note(name);
    return {};
  }
  std::uint64_t number(const char* name) {
    const Json* value = find(name);
    if (value != nullptr && value->is_number_unsigned()) return value->get<std::uint64_t>();
    note(name);
    return 0;
  }
  bool flag(const char* name) {
    const Json* value = find(name);
    if (value != nullptr && value->is_boolean()) return value->get<bool>();
    note(name);
    return false;
  }
  std::vector<std::string> texts(const char* name) {
    std::vector<std::string> list;
    const Json* value = find(name);
    if (value == nullptr || !value->is_array()) note(name);
    for (const Json& entry : value != nullptr && value->is_array() ? *value : Json::array()) {
      if (!entry.is_string()) note(name);
      if (entry.is_string()) list.push_back(entry.get<std::string>());
    }
    return list;
  }
  const Json* find(const char* name) const {
    if (!object_.is_object()) return nullptr;
    const auto entry = object_.find(name);
    return entry == object_.end() ? nullptr : &*entry;
  }
  void note(const std::string& name) {
    if (wrong_.empty()) wrong_ = name;
  }
  const std::string& wrong() const { return wrong_; }

 private:
  const Json& object_;
  std::string wrong_;
};

tl::unexpected<Error> refuse(const std::string& what) {
  return fail(ErrorKind::bad_peer, "message on the applier socket: " + what);
}

Result<Json> parse_envelope(std::string_view text) {
  if (text.size() > applier_message_size_max) return refuse("longer than 8 MiB");
  Limits limits;
  if (!Json::sax_parse(text, &limits)) return refuse("not JSON, or nested too deeply, or too many values");
  Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return refuse("not a JSON object");
  Fields fields(json);
  if (fields.number("v") != applier_protocol_version)
    return refuse("protocol version is not " + std::to_string(applier_protocol_version) +
                  ": node and applier must come from the same release");
  return json;
}

// Metadata is text; bytes that are not UTF-8 are replaced here and then fail their signature.
std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json to_json(const SlotReport& slot) {
  return {{"name", slot.name},
          {"booted", slot.booted},
          {"state", slot.state},
          {"version", slot.version},
          {"image_id", slot.image_id ? slot.image_id->hex() : std::string()},
          {"image_size", slot.image_size},
          {"capacity", slot.capacity}};
}

Json to_json(const ApplierStatus& status) {
  Json json = {
      {"product", status.product}, {"hardware", status.hardware}, {"version_floor", status.version_floor},
      {"slots", Json::array()},    {"install", status.install},   {"boot_control", status.boot_control},
      {"problem", status.problem}};
  for (const SlotReport& slot : status.slots) json["slots"].push_back(to_json(slot));
  if (status.trial)
    json["trial"] = {{"version", status.trial->version},
                     {"verdict", status.trial->verdict},
                     {"reason", status.trial->reason},
                     {"record", status.trial->record}};
  return json;
}

SlotReport slot_from(const Json& json, Fields& outer) {
  Fields fields(json);
  SlotReport slot;
  slot.name = fields.text("name");
  slot.booted = fields.flag("booted");
  slot.state = fields.text("state");
  slot.version = fields.text("version");
  const std::string id = fields.text("image_id");
  slot.image_size = fields.number("image_size");
  slot.capacity = fields.number("capacity");
  Result<Digest> digest = Digest::from_hex(id);
  if (digest) slot.image_id = *digest;
  if (!id.empty() && !digest) fields.note("image_id");
  if (!fields.wrong().empty()) outer.note("slots." + fields.wrong());
  return slot;
}

std::optional<TrialReport> trial_from(const Json* json, Fields& outer) {
  if (json == nullptr) return std::nullopt;
  Fields fields(*json);
  TrialReport trial{fields.text("version"), fields.text("verdict"), fields.text("reason"),
                    fields.text("record")};
  if (!fields.wrong().empty()) outer.note("trial." + fields.wrong());
  return trial;
}

Result<ApplierStatus> status_from(const Json& json) {
  Fields fields(json);
  ApplierStatus status;
  status.product = fields.text("product");
  status.hardware = fields.text("hardware");
  status.version_floor = fields.text("version_floor");
  status.install = fields.text("install");
  status.boot_control = fields.text("boot_control");
  status.problem = fields.text("problem");
  const Json* slots = fields.find("slots");
  if (slots == nullptr || !slots->is_array()) return refuse("status.slots is missing");
  for (const Json& slot : *slots) status.slots.push_back(slot_from(slot, fields));
  status.trial = trial_from(fields.find("trial"), fields);
  if (!fields.wrong().empty()) return refuse("status." + fields.wrong() + " is missing or wrong");
  return status;
}

Json json_of(const DoneReply& done) {
  Json json = {{"v", applier_protocol_version},
               {"reply", "done"},
               {"slot", done.slot},
               {"image_size", done.image_size}};
  if (done.status) json["status"] = to_json(*done.status);
  if (done.findings) json["findings"] = Json::parse(findings_json(*done.findings));
  return json;
}

Json json_of(const ProgressReply& progress) {
  return {{"v", applier_protocol_version},
          {"reply", "progress"},
          {"done", progress.done},
          {"total", progress.total}};
}

Json json_of(const Error& error) {
  return {{"v", applier_protocol_version},
          {"reply", "error"},
          {"kind", to_string(error.kind)},
          // It may quote what came: an answer must fit into a message, and into the socket of who reads it.
          {"message", error.message.substr(0, applier_error_size_max)}};
}

Result<Reply> done_from(const Json& json) {
  Fields fields(json);
  DoneReply done;
  done.slot = fields.text("slot");
  done.image_size = fields.number("image_size");
  if (!fields.wrong().empty()) return refuse(fields.wrong() + " is missing or wrong");
  if (const Json* findings = fields.find("findings")) {
    done.findings = parse_findings(dump(*findings));
    if (!done.findings) return refuse("findings are wrong");
  }
  const Json* status = fields.find("status");
  if (status == nullptr) return Reply(std::move(done));
  Result<ApplierStatus> parsed = status_from(*status);
  if (!parsed) return fail(std::move(parsed.error()));
  done.status = std::move(*parsed);
  return Reply(std::move(done));
}

Result<Reply> error_from(const Json& json) {
  Fields fields(json);
  const std::string kind = fields.text("kind");
  const std::string message = fields.text("message");
  for (ErrorKind known : error_kinds)
    if (kind == to_string(known)) return Reply(Error{known, {}, message});
  return refuse("unknown error kind \"" + kind + "\"");
}

}  // namespace

std::string_view to_string(Operation operation) {
  switch (operation) {
    case Operation::status:
      return "status";
    case Operation::examine:
      return "examine";
    case Operation::open_booted_slot:
      return "open_booted_slot";
    case Operation::open_slot:
      return "open_slot";
    case Operation::open_self_tests:
      return "open_self_tests";
    case Operation::begin_install:
      return "begin_install";
    case Operation::sync_slot:
      return "sync_slot";
    case Operation::commit_install:
      return "commit_install";
    case Operation::abort_install:
      return "abort_install";
    case Operation::reboot:
      return "reboot";
    case Operation::confirm:
      return "confirm";
    case Operation::rollback:
      return "rollback";
  }
  return "status";
}

std::string encode(const Request& request) {
  Json json = {{"v", applier_protocol_version}, {"op", to_string(request.operation)}};
  if (request.operation == Operation::open_slot) json["slot"] = request.slot;
  if (request.operation == Operation::open_self_tests) json["back"] = request.back;
  if (request.operation == Operation::begin_install) {
    json["roots"] = request.install.roots;
    json["timestamp"] = request.install.timestamp;
    json["snapshot"] = request.install.snapshot;
    json["targets"] = request.install.targets;
    json["manifest"] = request.install.manifest;
    json["image"] = request.install.image;
    json["force"] = request.install.force;
  }
  return dump(json);
}

std::string encode(const Reply& reply) {
  return dump(std::visit([](const auto& kind) { return json_of(kind); }, reply));
}

Result<Request> parse_request(std::string_view text) {
  Result<Json> json = parse_envelope(text);
  if (!json) return fail(std::move(json.error()));
  Fields fields(*json);
  const std::string name = fields.text("op");
  const auto* known = std::find_if(operations.begin(), operations.end(),
                                   [&](Operation operation) { return to_string(operation) == name; });
  if (known == operations.end()) return refuse("unknown operation \"" + name + "\"");
  Request request{*known, {}, {}};
  if (request.operation == Operation::open_self_tests) request.back = fields.number("back");
  if (request.operation == Operation::open_slot) request.slot = fields.text("slot");
  if (request.operation == Operation::begin_install)
    request.install = {fields.texts("roots"),  fields.text("timestamp"), fields.text("snapshot"),
                       fields.text("targets"), fields.text("manifest"),  fields.text("image"),
                       fields.flag("force")};
  if (!fields.wrong().empty()) return refuse(fields.wrong() + " is missing or wrong");
  return request;
}

Result<Reply> parse_reply(std::string_view text) {
  Result<Json> json = parse_envelope(text);
  if (!json) return fail(std::move(json.error()));
  Fields fields(*json);
  const std::string kind = fields.text("reply");
  if (kind == "done") return done_from(*json);
  if (kind == "error") return error_from(*json);
  if (kind != "progress") return refuse("unknown reply \"" + kind + "\"");
  const ProgressReply progress{fields.number("done"), fields.number("total")};
  if (!fields.wrong().empty()) return refuse(fields.wrong() + " is missing or wrong");
  return Reply(progress);
}

}  // namespace dunlin
