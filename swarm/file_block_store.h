#pragma once
#include <memory>
#include <string>

#include "core/base/disk.h"
#include "swarm/block_store.h"

namespace dunlin {

// One file through plain reads and writes, never mapped: the page cache stays the kernel's business.
class FileBlockStore final : public BlockStore {
 public:
  enum class Access { read_only, read_write };

  // read_write makes the file when missing and cuts it when longer than `size`; device when the medium has no
  // room for what is still to come. read_only fails (device) when the file is not exactly `size` bytes.
  static Result<std::unique_ptr<FileBlockStore>> open(Disk& disk, const std::string& path, std::uint64_t size,
                                                      Access access);

  std::uint64_t size() const override { return size_; }
  // Bytes in the file when it was opened; everything after reads as zeros.
  std::uint64_t found() const { return found_; }
  Result<void> read(std::uint64_t offset, ByteSpan out) override;
  Result<void> write(std::uint64_t offset, ByteView bytes) override;
  // Fails (device) also when the file has been removed or replaced under us.
  Result<void> sync() override;

 private:
  FileBlockStore(Disk& disk, std::string path, std::unique_ptr<File> file, std::uint64_t size)
      : disk_(disk), path_(std::move(path)), file_(std::move(file)), size_(size) {}

  Disk& disk_;
  std::string path_;
  std::unique_ptr<File> file_;
  std::uint64_t size_;
  std::uint64_t found_ = 0;
};

}  // namespace dunlin
