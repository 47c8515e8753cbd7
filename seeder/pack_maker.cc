#include "seeder/pack_maker.h"

#include "swarm/torrent_file.h"

namespace dunlin {

namespace {

// An open image and its size.
struct OpenImage {
  std::unique_ptr<File> file;
  std::uint64_t size = 0;
};

Result<OpenImage> open_image(ImageShelf& shelf, const Digest& id) {
  Result<std::unique_ptr<File>> file = shelf.open(id);
  if (!file) return fail(std::move(file.error()));
  Result<std::uint64_t> size = (*file)->size();
  if (!size) return fail(std::move(size.error()));
  return OpenImage{std::move(*file), *size};
}

// Tells of every read, and fails once the operator has interrupted.
class WatchedSource final : public ByteSource {
 public:
  WatchedSource(const ByteSource& inner, const ImageShelf::Progress& progress,
                const std::atomic<bool>* cancel)
      : inner_(inner), progress_(progress), cancel_(cancel) {}

  std::uint64_t size() const override { return inner_.size(); }
  Result<void> read(std::uint64_t offset, ByteSpan out) const override {
    if (cancel_ != nullptr && *cancel_) return fail(ErrorKind::cancelled, "interrupted");
    Result<void> read = inner_.read(offset, out);
    if (read) progress_(offset + out.size(), size());
    return read;
  }

 private:
  const ByteSource& inner_;
  const ImageShelf::Progress& progress_;
  const std::atomic<bool>* cancel_;
};

}  // namespace

Result<EncodeSummary> PackMaker::encode(const Digest& image, const std::optional<Digest>& base, File& output,
                                        const EncodeOptions& options) {
  Result<OpenImage> target = open_image(shelf_, image);
  if (!target) return fail(std::move(target.error()));
  const FileSource target_source(*target->file, target->size);
  if (!base) return encode_full_pack(target_source, output, options);
  Result<OpenImage> from = open_image(shelf_, *base);
  if (!from) return fail(std::move(from.error()));
  const FileSource base_source(*from->file, from->size);
  return encode_delta_pack(target_source, base_source, output, options);
}

Result<StagedPack> PackMaker::make(const Digest& image, const std::optional<Digest>& base,
                                   const EncodeOptions& options) {
  const std::string path = paths_.work() + "/" + image.hex() + (base ? "." + base->hex() : "") + ".pack";
  Result<std::unique_ptr<File>> output = disk_.open(path, OpenMode::replace);
  if (!output) return fail(std::move(output.error()));
  Result<EncodeSummary> summary = encode(image, base, **output, options);
  if (!summary) return fail(std::move(summary.error()), "encoding a pack");
  if (summary->target_id != image)
    return fail(ErrorKind::device,
                "image " + image.hex() + " changed on disk while it was encoded; publish again");
  Result<void> synced = (*output)->sync();
  if (!synced) return fail(std::move(synced.error()));
  return stage(**output, summary->pack_size, path, base);
}

Result<StagedPack> PackMaker::stage(File& pack, std::uint64_t size, const std::string& path,
                                    const std::optional<Digest>& base) {
  const FileSource source(pack, size);
  Result<Digest> id = digest_of(source);
  if (!id) return fail(std::move(id.error()));
  Result<StagedTorrent> torrent = stage_torrent(source, id->hex() + ".pack");
  if (!torrent) return fail(std::move(torrent.error()), "making the torrent of a pack");
  PackEntry entry;
  entry.file = RepositoryFile{SeederPaths::pack(*id), size, *id};
  entry.torrent = torrent->file;
  entry.base = base;
  return StagedPack{std::move(entry), path, torrent->path};
}

Result<StagedTorrent> PackMaker::stage_torrent(const ByteSource& content, const std::string& name) {
  Result<Bytes> torrent = make_torrent(content, name, {tracker_url_});
  if (!torrent) return fail(std::move(torrent.error()));
  const Digest id = sha256(*torrent);
  const std::string path = paths_.work() + "/" + id.hex() + ".torrent";
  Result<void> written = write_file_atomically(disk_, path, *torrent);
  if (!written) return fail(std::move(written.error()));
  return StagedTorrent{{SeederPaths::torrent(id), torrent->size(), id}, path};
}

Result<StagedTorrent> PackMaker::make_image_torrent(const Digest& image, const ImageShelf::Progress& progress,
                                                    const std::atomic<bool>* cancel) {
  Result<OpenImage> content = open_image(shelf_, image);
  if (!content) return fail(std::move(content.error()));
  const FileSource source(*content->file, content->size);
  Result<StagedTorrent> torrent =
      stage_torrent(WatchedSource(source, progress, cancel), image_torrent_name(image));
  if (!torrent) return fail(std::move(torrent.error()), "making the torrent of an image");
  return torrent;
}

}  // namespace dunlin
