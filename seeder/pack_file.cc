#include "seeder/pack_file.h"

namespace dunlin {

namespace {

Result<PackHeader> header_of(const ByteSource& pack) {
  std::array<std::uint8_t, pack_header_size> bytes{};
  const std::size_t length = std::min<std::uint64_t>(bytes.size(), pack.size());
  Result<void> read = pack.read(0, ByteSpan(bytes).first(length));
  if (!read) return fail(std::move(read.error()));
  return parse_pack_header(ByteView(bytes).first(length));
}

Result<void> check_length(const PackHeader& header, std::uint64_t size) {
  if (size == header.pack_size) return {};
  const std::string has = "it has " + std::to_string(size) + " bytes of " + std::to_string(header.pack_size);
  return fail(ErrorKind::bad_image, size < header.pack_size
                                        ? "cut short, " + has + ": fetch the rest"
                                        : "more than a pack, " + has + ": fetch it again");
}

}  // namespace

Result<ImageFile> ImageFile::open(Disk& disk, const std::string& path) {
  Result<FileStatus> status = disk.status(path);
  if (!status) return fail(std::move(status.error()));
  if (status->kind != FileKind::regular && status->kind != FileKind::block_device)
    return fail(ErrorKind::usage,
                path + (status->kind == FileKind::none ? " does not exist"
                                                       : " is neither a file nor a block device"));
  Result<std::unique_ptr<File>> file = disk.open(path, OpenMode::read);
  if (!file) return fail(std::move(file.error()));
  auto bytes = std::make_unique<FileSource>(**file, status->size);
  return ImageFile{path, std::move(*file), std::move(bytes)};
}

Result<PackFile> PackFile::open(Disk& disk, const std::string& path) {
  Result<ImageFile> file = ImageFile::open(disk, path);
  if (!file) return fail(std::move(file.error()));
  Result<PackHeader> header = header_of(*file->bytes);
  if (!header) return fail(std::move(header.error()), path);
  Result<void> whole = check_length(*header, file->bytes->size());
  if (!whole) return fail(std::move(whole.error()), path);
  Result<PackTable> table = parse_pack_table(*file->bytes);
  if (!table) return fail(std::move(table.error()), path);
  return PackFile{std::move(*file), *header, std::move(*table)};
}

}  // namespace dunlin
