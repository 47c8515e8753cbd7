#include "applier/applier_state.h"

#include <nlohmann/json.hpp>

#include "core/base/log.h"

namespace dunlin {

namespace {

using Json = nlohmann::json;

constexpr std::uint64_t state_size_max = 256 * 1024;
constexpr std::size_t failed_images_max = 16;

// One object of the file; remembers the first field that is missing or wrong.
class Object {
 public:
  Object(const Json& json, std::string& wrong) : json_(json), wrong_(wrong) {}

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
  Digest digest(const char* name) {
    Result<Digest> value = Digest::from_hex(text(name));
    if (value) return *value;
    note(name);
    return {};
  }
  const Json* find(const char* name) const {
    if (!json_.is_object()) return nullptr;
    const auto entry = json_.find(name);
    return entry == json_.end() ? nullptr : &*entry;
  }
  void note(const char* name) {
    if (wrong_.empty()) wrong_ = name;
  }

 private:
  const Json& json_;
  std::string& wrong_;
};

Json json_of(const ImageRecord& image) {
  return {{"id", image.image_id.hex()}, {"version", image.version}, {"size", image.size}};
}

Json json_of(const InstallRecord& install) {
  return {
      {"slot", install.slot}, {"image", json_of(install.image)}, {"version_floor", install.version_floor}};
}

ImageRecord image_from(const Json* json, std::string& wrong) {
  static const Json none;
  Object object(json != nullptr ? *json : none, wrong);
  return {object.digest("id"), object.text("version"), object.number("size")};
}

InstallRecord install_from(const Json& json, std::string& wrong) {
  Object object(json, wrong);
  return {object.text("slot"), image_from(object.find("image"), wrong), object.text("version_floor")};
}

// States written by older versions lack some sets.
std::set<std::string> texts_from(Object& trial, const char* name) {
  std::set<std::string> texts;
  const Json* list = trial.find(name);
  if (list == nullptr) return texts;
  for (const Json& entry : *list) {
    if (entry.is_string()) texts.insert(entry.get<std::string>());
    if (!entry.is_string()) trial.note(name);
  }
  return texts;
}

TrialRecord trial_from(const Json& json, std::string& wrong) {
  Object object(json, wrong);
  TrialRecord trial;
  const std::optional<TrialPhase> phase = parse_trial_phase(object.text("phase"));
  if (phase) trial.phase = *phase;
  if (!phase) object.note("trial.phase");
  trial.rearms_left = static_cast<int>(std::min<std::uint64_t>(100, object.number("rearms_left")));
  trial.reason = object.text("reason");
  trial.panics = texts_from(object, "panics");
  trial.complaints = texts_from(object, "complaints");
  if (object.find("record") != nullptr) trial.record = object.text("record");
  if (trial.phase == TrialPhase::idle) return trial;
  if (const Json* install = object.find("install"))
    trial.install = install_from(*install, wrong);
  else
    object.note("trial.install");
  return trial;
}

void read_slots(const Json& json, ApplierState& state, std::string& wrong) {
  for (const auto& [name, entry] : json.items()) {
    Object object(entry, wrong);
    state.slots[name] = {image_from(object.find("image"), wrong), object.flag("complete")};
  }
}

void read_failed(const Json& json, ApplierState& state, Object& outer) {
  for (const Json& entry : json) {
    Result<Digest> id = entry.is_string() ? Digest::from_hex(entry.get<std::string>())
                                          : Result<Digest>(fail(ErrorKind::usage, "not text"));
    if (id) state.remember_failed(*id);
    if (!id) outer.note("failed_images");
  }
}

}  // namespace

std::string ApplierState::version_in(const std::string& slot) const {
  const auto record = slots.find(slot);
  return record == slots.end() ? std::string() : record->second.image.version;
}

bool ApplierState::has_failed(const Digest& image_id) const {
  return std::find(failed_images.begin(), failed_images.end(), image_id) != failed_images.end();
}

void ApplierState::remember_failed(const Digest& image_id) {
  if (has_failed(image_id)) return;
  failed_images.push_back(image_id);
  if (failed_images.size() > failed_images_max) failed_images.erase(failed_images.begin());
}

std::string to_json(const ApplierState& state) {
  Json json = {{"format", 1}, {"version_floor", state.version_floor}, {"slots", Json::object()}};
  for (const auto& [name, slot] : state.slots)
    json["slots"][name] = {{"image", json_of(slot.image)}, {"complete", slot.complete}};
  if (state.install) json["install"] = json_of(*state.install);
  json["trial"] = {{"phase", to_string(state.trial.phase)}, {"rearms_left", state.trial.rearms_left},
                   {"reason", state.trial.reason},          {"panics", state.trial.panics},
                   {"complaints", state.trial.complaints},  {"record", state.trial.record}};
  if (state.trial.phase != TrialPhase::idle) json["trial"]["install"] = json_of(state.trial.install);
  json["failed_images"] = Json::array();
  for (const Digest& id : state.failed_images) json["failed_images"].push_back(id.hex());
  return json.dump(1, ' ', false, Json::error_handler_t::replace);
}

Result<ApplierState> parse_applier_state(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return fail(ErrorKind::device, "it is not a JSON object");
  std::string wrong;
  Object object(json, wrong);
  if (object.number("format") != 1) return fail(ErrorKind::device, "its format is not 1");
  ApplierState state;
  state.version_floor = object.text("version_floor");
  const Json* slots = object.find("slots");
  if (slots != nullptr && slots->is_object()) read_slots(*slots, state, wrong);
  const Json* trial = object.find("trial");
  if (trial != nullptr) state.trial = trial_from(*trial, wrong);
  if (const Json* install = object.find("install")) state.install = install_from(*install, wrong);
  const Json* failed = object.find("failed_images");
  if (failed != nullptr && failed->is_array()) read_failed(*failed, state, object);
  if (!wrong.empty()) return fail(ErrorKind::device, "field " + wrong + " is missing or wrong");
  return state;
}

Result<StateFile> StateFile::open(Disk& disk, std::string path) {
  Result<FileStatus> status = disk.status(path);
  if (!status) return fail(std::move(status.error()));
  if (status->kind == FileKind::none) return StateFile(disk, std::move(path), {});
  Result<std::string> text = read_text(disk, path, state_size_max);
  Result<ApplierState> state =
      text ? parse_applier_state(*text) : Result<ApplierState>(fail(std::move(text.error())));
  if (!state)
    log_warning("the applier's state file is damaged and starts empty",
                {{"path", path}, {"error", state.error()}});
  return StateFile(disk, std::move(path), state ? std::move(*state) : ApplierState{});
}

Result<void> StateFile::change(ApplierState next) {
  if (next == state_) return {};
  Result<void> written = write_file_atomically(*disk_, path_, as_bytes(to_json(next)));
  if (!written) return fail(std::move(written.error()), "keeping the applier's state");
  state_ = std::move(next);
  return {};
}

}  // namespace dunlin
