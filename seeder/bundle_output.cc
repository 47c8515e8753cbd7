#include "seeder/bundle_output.h"

#include "core/trust/bundle.h"

namespace dunlin {

namespace {

constexpr std::size_t copied_at_once = 1u << 20;

tl::unexpected<Error> with_medium_hint(Error error) {
  if (error.cause == std::errc::file_too_large)
    error.message += "; FAT file systems hold no file of 4 GiB or more: format the medium as exFAT or ext4";
  return fail(std::move(error));
}

// Appends to a file and says how far it is.
class BundleFile {
 public:
  BundleFile(File& file, std::uint64_t total, BundleMachine& machine)
      : file_(file), total_(total), machine_(machine) {}

  Result<void> append(ByteView bytes) {
    Result<void> written = file_.write_at(at_, bytes);
    if (!written) return with_medium_hint(std::move(written.error()));
    at_ += bytes.size();
    machine_.on_progress(at_, total_);
    return {};
  }

  // The bytes of a repository's file; they must be the signed ones.
  Result<void> copy(File& source, const RepositoryFile& expected) {
    Sha256 digest;
    Bytes buffer;
    for (std::uint64_t done = 0; done < expected.size; done += buffer.size()) {
      if (machine_.cancelled) return fail(ErrorKind::cancelled, "interrupted; no bundle was made");
      buffer.resize(static_cast<std::size_t>(std::min<std::uint64_t>(copied_at_once, expected.size - done)));
      Result<void> read = read_exactly(source, done, buffer);
      if (!read) return fail(std::move(read.error()), expected.path);
      digest.add(buffer);
      Result<void> appended = append(buffer);
      if (!appended) return appended;
    }
    if (digest.finish() == expected.sha256) return {};
    return fail(ErrorKind::bad_image,
                expected.path + " in the repository is damaged: restore it from a copy, or publish again");
  }

 private:
  File& file_;
  std::uint64_t at_ = 0;
  std::uint64_t total_;
  BundleMachine& machine_;
};

Result<void> append_item(const SeederPaths& paths, const BundleItem& item, BundleFile& out, Disk& disk) {
  Result<Bytes> header = bundle_header(item.path, item.size());
  if (!header) return fail(std::move(header.error()));
  Result<void> done = out.append(*header);
  if (done && !item.file) done = out.append(item.bytes);
  if (done && item.file) {
    Result<std::unique_ptr<File>> source = disk.open(paths.published(item.path), OpenMode::read);
    if (!source) return fail(std::move(source.error()));
    done = out.copy(**source, *item.file);
  }
  if (!done) return done;
  return out.append(Bytes(bundle_padding(item.size())));
}

std::uint64_t bundle_size(const std::vector<BundleItem>& items) {
  std::uint64_t size = bundle_end_size;
  for (const BundleItem& item : items) size += bundle_block + item.size() + bundle_padding(item.size());
  return size;
}

Result<void> write_items(const SeederPaths& paths, const std::vector<BundleItem>& items,
                         const std::string& output, BundleMachine& machine) {
  Result<std::unique_ptr<File>> file = machine.disk.open(output, OpenMode::replace);
  if (!file) return fail(std::move(file.error()));
  BundleFile out(**file, bundle_size(items), machine);
  for (const BundleItem& item : items) {
    Result<void> appended = append_item(paths, item, out, machine.disk);
    if (!appended) return appended;
  }
  Result<void> ended = out.append(Bytes(bundle_end_size));
  if (!ended) return ended;
  return (*file)->sync();
}

}  // namespace

Result<std::uint64_t> write_bundle(const SeederPaths& paths, const std::vector<BundleItem>& items,
                                   const std::string& output, BundleMachine& machine) {
  const std::string part = output + ".part";
  Result<void> done = write_items(paths, items, part, machine);
  if (done) done = machine.disk.rename(part, output);
  if (done) done = machine.disk.sync_directory(folder_of(output));
  if (done) return bundle_size(items);
  Result<void> removed = machine.disk.remove(part);
  if (!removed) done.error().message += "; " + removed.error().message;
  return fail(std::move(done.error()), "making the bundle");
}

}  // namespace dunlin
