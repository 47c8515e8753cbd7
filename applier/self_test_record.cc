#include "applier/self_test_record.h"

#include <algorithm>
#include <charconv>

#include "core/base/log.h"

namespace dunlin {

namespace {

constexpr std::uint64_t record_size_max = 1u << 20;  // bytes; checks that come later keep their verdict only
constexpr std::size_t records_kept = 2;
constexpr std::string_view record_prefix = "run-";
constexpr std::string_view record_suffix = ".txt";

// The number in a record's name; 0: it is none.
std::uint64_t record_number(std::string_view name) {
  if (!name.starts_with(record_prefix) || !name.ends_with(record_suffix)) return 0;
  name.remove_prefix(record_prefix.size());
  name.remove_suffix(std::min(name.size(), record_suffix.size()));
  std::uint64_t number = 0;
  const auto [end, code] = std::from_chars(name.data(), name.data() + name.size(), number);
  return code == std::errc() && end == name.data() + name.size() ? number : 0;
}

std::string record_name(std::uint64_t number) {
  std::string digits = std::to_string(number);
  if (digits.size() < 6) digits.insert(0, 6 - digits.size(), '0');
  return std::string(record_prefix) + digits + std::string(record_suffix);
}

// Newest first.
std::vector<std::uint64_t> record_numbers(Disk& disk, const std::string& directory) {
  std::vector<std::uint64_t> numbers;
  const Result<std::vector<std::string>> names = disk.list(directory);
  if (!names) return numbers;  // no run yet
  for (const std::string& name : *names)
    if (const std::uint64_t number = record_number(name); number != 0) numbers.push_back(number);
  std::sort(numbers.rbegin(), numbers.rend());
  return numbers;
}

// A terminal shows it as it is: no escape sequences, no line that looks like one of ours.
std::string indented(std::string_view output) {
  std::string text;
  bool at_line_begin = true;
  for (const char c : output) {
    if (c == '\r') continue;
    if (at_line_begin && c != '\n') text += "  ";
    at_line_begin = c == '\n';
    const bool is_control = (static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\t') || c == 0x7f;
    text += is_control ? '?' : c;
  }
  if (!at_line_begin) text += '\n';
  return text;
}

Result<std::unique_ptr<File>> make_record(Disk& disk, const std::string& path) {
  const std::string folder = folder_of(path);
  Result<void> made = create_durable_directories(disk, folder);
  if (!made) return fail(std::move(made.error()));
  const std::vector<std::uint64_t> numbers = record_numbers(disk, folder);
  for (std::size_t i = records_kept - 1; i < numbers.size(); ++i) {
    Result<void> removed = disk.remove(folder + "/" + record_name(numbers[i]));
    if (!removed) return fail(std::move(removed.error()));
  }
  Result<std::unique_ptr<File>> file = disk.open(path, OpenMode::replace);
  if (!file) return file;
  Result<void> synced = disk.sync_directory(folder);
  if (!synced) return fail(std::move(synced.error()));
  return file;
}

}  // namespace

std::string SelfTestRecord::next_path(Disk& disk, const std::string& directory) {
  if (directory.empty()) return {};
  const std::vector<std::uint64_t> numbers = record_numbers(disk, directory);
  return directory + "/" + record_name(numbers.empty() ? 1 : numbers.front() + 1);
}

std::string SelfTestRecord::path_of(Disk& disk, const std::string& directory, std::size_t back) {
  if (directory.empty()) return {};
  const std::vector<std::uint64_t> numbers = record_numbers(disk, directory);
  return back < numbers.size() ? directory + "/" + record_name(numbers[back]) : std::string();
}

SelfTestRecord::SelfTestRecord(Disk& disk, const std::string& path, const std::string& title) : path_(path) {
  if (path.empty()) return;
  Result<std::unique_ptr<File>> file = make_record(disk, path);
  if (!file) log_warning("what self-tests print is not kept", {{"path", path}, {"error", file.error()}});
  if (file) file_ = std::move(*file);
  write(title + "\n");
}

void SelfTestRecord::started(const std::string& check) {
  write(check + ": started\n");
}

void SelfTestRecord::ended(const std::string& check, const std::string& how, std::string_view output) {
  std::string words = indented(output);
  if (size_ + words.size() > record_size_max) words = "  [left out: this file is long enough]\n";
  write(words + check + ": " + how + "\n");
}

void SelfTestRecord::write(std::string_view text) {
  if (!file_) return;
  Result<void> written = file_->write_at(size_, as_bytes(text));
  if (written) written = file_->sync();
  size_ += text.size();
  if (written) return;
  log_warning("what self-tests print is not kept", {{"path", path_}, {"error", written.error()}});
  file_.reset();
}

}  // namespace dunlin
