#pragma once
#include "core/base/disk.h"

namespace dunlin {

// A disk that passes everything on to another; mutations override what they spoil.
class DiskLayer : public Disk {
 public:
  explicit DiskLayer(Disk& below) : below_(below) {}

  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override {
    return below_.open(path, mode);
  }
  Result<void> rename(const std::string& from, const std::string& to) override {
    return below_.rename(from, to);
  }
  Result<void> remove(const std::string& path) override { return below_.remove(path); }
  Result<void> create_directories(const std::string& path) override {
    return below_.create_directories(path);
  }
  Result<void> sync_directory(const std::string& path) override { return below_.sync_directory(path); }
  Result<std::vector<std::string>> list(const std::string& path) override { return below_.list(path); }
  Result<FileStatus> status(const std::string& path) override { return below_.status(path); }
  Result<DiskSpace> space(const std::string& path) override { return below_.space(path); }

 protected:
  Disk& below_;
};

// The same for a file.
class FileLayer : public File {
 public:
  explicit FileLayer(std::unique_ptr<File> below) : below_(std::move(below)) {}

  Result<std::size_t> read_at(std::uint64_t offset, ByteSpan out) override {
    return below_->read_at(offset, out);
  }
  Result<void> write_at(std::uint64_t offset, ByteView bytes) override {
    return below_->write_at(offset, bytes);
  }
  Result<void> sync() override { return below_->sync(); }
  Result<std::uint64_t> size() override { return below_->size(); }
  Result<void> resize(std::uint64_t size) override { return below_->resize(size); }
  Result<void> drop_cache() override { return below_->drop_cache(); }
  int descriptor() const override { return below_->descriptor(); }

 protected:
  std::unique_ptr<File> below_;
};

}  // namespace dunlin
