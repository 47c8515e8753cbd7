#pragma once
#include "core/base/disk.h"

namespace dunlin {

// Where an image is written to: a new file, which carries the name NAME.part until it is complete, or a block
// device. Both keep what an interrupted run wrote. One thread.
class ImageOutput {
 public:
  // usage: `path` is a file that exists, or a device smaller than the image.
  static Result<ImageOutput> open(Disk& disk, const std::string& path, std::uint64_t image_size);

  // How many bytes from the start an earlier run may have left; nobody knows which.
  std::uint64_t present() const { return present_; }
  // Reads what may be there: `out` lies inside [0, present()).
  Result<void> read(std::uint64_t offset, ByteSpan out) const { return read_exactly(*file_, offset, out); }

  // What may be there, for an assembler to look at.
  File& file() const { return *file_; }

  // Says that what is there from `offset` on is worth nothing. To be called once, before the first write.
  Result<void> keep(std::uint64_t offset);
  // Appends at `offset`, where the last write ended. Zeros become holes in a file.
  Result<void> write(std::uint64_t offset, ByteView bytes);
  // Ends a complete image: on the medium, and under its own name.
  Result<void> finish();

  // Under which name an interrupted run leaves its bytes.
  const std::string& partial_path() const { return partial_path_; }

 private:
  ImageOutput(Disk& disk, std::string path, std::uint64_t image_size)
      : disk_(&disk), path_(std::move(path)), image_size_(image_size) {}
  Result<void> open_device(std::uint64_t capacity);
  Result<void> open_partial();

  Disk* disk_;
  std::string path_;
  std::uint64_t image_size_;
  std::string partial_path_;
  std::unique_ptr<File> file_;
  bool is_device_ = false;
  std::uint64_t present_ = 0;
};

}  // namespace dunlin
