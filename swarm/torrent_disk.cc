#include "swarm/torrent_disk.h"

#include <algorithm>
#include <cstring>
#include <future>

#include <libtorrent/disk_buffer_holder.hpp>
#include <libtorrent/hasher.hpp>
#include <libtorrent/peer_request.hpp>
#include <libtorrent/storage_defs.hpp>

#include "core/base/check.h"

namespace dunlin {

namespace {

constexpr std::size_t queued_bytes_max = 1024 * 1024;  // writes waiting for the disk before peers must wait
constexpr int block_bytes = lt::default_block_size;

// Buffers may come back after the disk is gone (handlers left in a stopped loop), so their owner is static.
struct BufferAllocator final : lt::buffer_allocator_interface {
  void free_disk_buffer(char* buffer) override { delete[] buffer; }
};

BufferAllocator& buffer_allocator() {
  static BufferAllocator allocator;
  return allocator;
}

lt::storage_error to_storage_error(const Error& error, lt::operation_t operation) {
  const int code = error.cause ? error.cause.value() : static_cast<int>(std::errc::io_error);
  lt::storage_error out(lt::error_code(code, boost::system::generic_category()), operation);
  out.file(lt::file_index_t{0});
  return out;
}

ByteSpan as_span(char* data, std::size_t size) {
  return {reinterpret_cast<std::uint8_t*>(data), size};
}

}  // namespace

namespace {

using Completion = std::function<void()>;     // runs on the loop
using DiskJob = std::function<Completion()>;  // runs on the pool

// The jobs of one torrent, in order and never two at once. Owned and called by the loop's thread; a batch of
// jobs runs on the pool while later ones gather.
class JobQueue : public std::enable_shared_from_this<JobQueue> {
 public:
  JobQueue(asio::io_context& io, asio::thread_pool& pool) : io_(io), pool_(pool) {}

  void add(DiskJob job) {
    waiting_.push_back(std::move(job));
    if (!running_) start();
  }

  // Returns when every job has run; their completions are posted.
  void drain() {
    if (running_) batch_done_.wait();
    std::vector<DiskJob> rest;
    rest.swap(waiting_);
    run(rest, io_);
  }

 private:
  static void run(const std::vector<DiskJob>& jobs, asio::io_context& io) {
    if (jobs.empty()) return;
    std::vector<Completion> completions;
    completions.reserve(jobs.size());
    for (const DiskJob& job : jobs) completions.push_back(job());
    asio::post(io, [completions = std::move(completions)] {
      for (const Completion& completion : completions) completion();
    });
  }

  void start() {
    running_ = true;
    std::vector<DiskJob> batch;
    batch.swap(waiting_);
    auto done = std::make_shared<std::promise<void>>();
    batch_done_ = done->get_future().share();
    asio::post(pool_, [self = shared_from_this(), batch = std::move(batch), done]() mutable {
      asio::io_context& io = self->io_;
      run(batch, io);
      // The jobs hold libtorrent's handlers, and those its torrents and peers: they may end on the loop only.
      asio::post(io, [self = std::move(self), batch = std::move(batch)] { self->finish(); });
      done->set_value();
    });
  }

  void finish() {
    running_ = false;
    if (!waiting_.empty()) start();
  }

  asio::io_context& io_;
  asio::thread_pool& pool_;
  std::vector<DiskJob> waiting_;
  bool running_ = false;
  std::shared_future<void> batch_done_;
};

}  // namespace

struct TorrentDisk::Storage {
  Storage(const lt::storage_params& params, TorrentStores::Entry given, std::shared_ptr<JobQueue> jobs)
      : save_path(params.path), entry(std::move(given)), files(params.files), queue(std::move(jobs)) {}

  std::uint64_t offset(lt::piece_index_t piece, int start) const {
    return static_cast<std::uint64_t>(static_cast<int>(piece)) *
               static_cast<std::uint64_t>(files.piece_length()) +
           static_cast<std::uint64_t>(start);
  }
  // The part of [offset, offset + size) that is content; the rest is the pad libtorrent puts after the file.
  std::size_t inside(std::uint64_t offset, std::size_t size) const {
    const std::uint64_t end = entry.store->size();
    return offset >= end ? 0 : static_cast<std::size_t>(std::min<std::uint64_t>(size, end - offset));
  }

  lt::storage_error read(std::uint64_t offset, ByteSpan out, asio::io_context& io) {
    const std::size_t content = inside(offset, out.size());
    std::memset(out.data() + content, 0, out.size() - content);
    if (content == 0) return {};
    return judge(entry.store->read(offset, out.first(content)), lt::operation_t::file_read, io);
  }

  lt::storage_error write(std::uint64_t offset, ByteView bytes, asio::io_context& io) {
    const std::size_t content = inside(offset, bytes.size());
    if (content == 0) return {};
    return judge(entry.store->write(offset, bytes.first(content)), lt::operation_t::file_write, io);
  }

  // Tells the transfer in our own words what libtorrent would reduce to a code.
  lt::storage_error judge(const Result<void>& done, lt::operation_t operation, asio::io_context& io) {
    if (done) return {};
    asio::post(io, [failed = entry.on_failure, error = done.error()] {
      if (failed) failed(error);
    });
    return to_storage_error(done.error(), operation);
  }

  std::string save_path;
  TorrentStores::Entry entry;
  lt::file_storage files;  // a copy: libtorrent's own goes away with the torrent
  std::shared_ptr<JobQueue> queue;
};

// Touched on the loop only. Outlives the disk inside posted handlers.
struct TorrentDisk::Pressure {
  std::size_t queued = 0;
  std::vector<std::weak_ptr<lt::disk_observer>> waiting;

  void release(std::size_t bytes) {
    queued -= bytes;
    if (queued > queued_bytes_max / 2) return;
    std::vector<std::weak_ptr<lt::disk_observer>> ready;
    ready.swap(waiting);
    for (const auto& observer : ready) {
      if (auto alive = observer.lock()) alive->on_disk();
    }
  }
};

TorrentDisk::TorrentDisk(asio::io_context& io, asio::thread_pool& pool, std::shared_ptr<TorrentStores> stores,
                         std::shared_ptr<TorrentDiskEnd> end)
    : io_(io),
      pool_(pool),
      stores_(std::move(stores)),
      pressure_(std::make_shared<Pressure>()),
      end_(std::move(end)) {}

TorrentDisk::~TorrentDisk() {
  abort(true);
}

lt::storage_holder TorrentDisk::new_torrent(const lt::storage_params& params, const std::shared_ptr<void>&) {
  auto entry = stores_->by_save_path.find(params.path);
  CHECK(entry != stores_->by_save_path.end());
  auto made = std::make_shared<Storage>(params, entry->second, std::make_shared<JobQueue>(io_, pool_));
  auto free = std::find(storages_.begin(), storages_.end(), nullptr);
  if (free == storages_.end()) free = storages_.insert(storages_.end(), nullptr);
  *free = std::move(made);
  ++end_->storages;
  const auto index = static_cast<std::uint32_t>(free - storages_.begin());
  return {lt::storage_index_t(index), *this};
}

void TorrentDisk::remove_torrent(lt::storage_index_t index) {
  storages_[static_cast<std::uint32_t>(index)] = nullptr;
  --end_->storages;
}

const std::shared_ptr<TorrentDisk::Storage>& TorrentDisk::storage(lt::storage_index_t index) const {
  const auto& found = storages_[static_cast<std::uint32_t>(index)];
  CHECK(found);
  return found;
}

void TorrentDisk::sync(const std::string& save_path, std::function<void(Result<void>)> done) {
  auto target = std::find_if(storages_.begin(), storages_.end(),
                             [&](const auto& each) { return each && each->save_path == save_path; });
  if (target == storages_.end()) {
    asio::post(io_, [done = std::move(done)] { done(fail(ErrorKind::cancelled, "the torrent is gone")); });
    return;
  }
  (*target)->queue->add([store = (*target)->entry.store, done = std::move(done)]() -> Completion {
    return [done, synced = store->sync()] { done(synced); };
  });
}

void TorrentDisk::async_read(lt::storage_index_t index, const lt::peer_request& request,
                             std::function<void(lt::disk_buffer_holder, const lt::storage_error&)> handler,
                             lt::disk_job_flags_t) {
  auto target = storage(index);
  target->queue->add([&io = io_, target, request, handler = std::move(handler)]() -> Completion {
    auto* memory = new char[static_cast<std::size_t>(block_bytes)];
    auto buffer = std::make_shared<lt::disk_buffer_holder>(buffer_allocator(), memory, block_bytes);
    const ByteSpan out = as_span(memory, static_cast<std::size_t>(request.length));
    const lt::storage_error error = target->read(target->offset(request.piece, request.start), out, io);
    return [handler, buffer, error] { handler(std::move(*buffer), error); };
  });
}

bool TorrentDisk::async_write(lt::storage_index_t index, const lt::peer_request& request, const char* bytes,
                              std::shared_ptr<lt::disk_observer> observer,
                              std::function<void(const lt::storage_error&)> handler, lt::disk_job_flags_t) {
  auto target = storage(index);
  const auto length = static_cast<std::size_t>(request.length);
  const auto* first = reinterpret_cast<const std::uint8_t*>(bytes);
  // The buffer is libtorrent's again when this call returns.
  auto copy = std::make_shared<const Bytes>(first, first + length);
  pressure_->queued += length;
  target->queue->add([&io = io_, target, request, copy = std::move(copy), pressure = pressure_,
                      handler = std::move(handler)]() -> Completion {
    const lt::storage_error error = target->write(target->offset(request.piece, request.start), *copy, io);
    return [handler, pressure, error, size = copy->size()] {
      handler(error);
      pressure->release(size);
    };
  });
  const bool full = pressure_->queued > queued_bytes_max;
  if (full && observer) pressure_->waiting.push_back(observer);
  return full;
}

void TorrentDisk::async_hash(
    lt::storage_index_t index, lt::piece_index_t piece, lt::span<lt::sha256_hash> block_hashes,
    lt::disk_job_flags_t flags,
    std::function<void(lt::piece_index_t, const lt::sha1_hash&, const lt::storage_error&)> handler) {
  auto target = storage(index);
  const bool wants_v1 = static_cast<bool>(flags & lt::disk_interface::v1_hash);
  target->queue->add(
      [&io = io_, target, piece, block_hashes, wants_v1, handler = std::move(handler)]() -> Completion {
        const int size2 = target->files.piece_size2(piece);
        const int size = wants_v1 ? target->files.piece_size(piece) : size2;
        lt::hasher whole;
        lt::storage_error error;
        Bytes block(static_cast<std::size_t>(block_bytes));
        const auto* data = reinterpret_cast<const char*>(block.data());
        for (int start = 0, i = 0; start < size && !error; start += block_bytes, ++i) {
          const int length = std::min(block_bytes, size - start);
          error = target->read(target->offset(piece, start),
                               ByteSpan(block).first(static_cast<std::size_t>(length)), io);
          if (wants_v1) whole.update({data, length});
          const int length2 = std::min(block_bytes, size2 - start);
          if (i < static_cast<int>(block_hashes.size()) && length2 > 0)
            block_hashes[i] = lt::hasher256(lt::span<const char>(data, length2)).final();
        }
        const lt::sha1_hash hash = wants_v1 ? whole.final() : lt::sha1_hash();
        return [handler, piece, hash, error] { handler(piece, hash, error); };
      });
}

void TorrentDisk::async_hash2(
    lt::storage_index_t index, lt::piece_index_t piece, int offset, lt::disk_job_flags_t,
    std::function<void(lt::piece_index_t, const lt::sha256_hash&, const lt::storage_error&)> handler) {
  auto target = storage(index);
  target->queue->add([&io = io_, target, piece, offset, handler = std::move(handler)]() -> Completion {
    const int length = std::clamp(target->files.piece_size2(piece) - offset, 0, block_bytes);
    Bytes block(static_cast<std::size_t>(length));
    const lt::storage_error error = target->read(target->offset(piece, offset), block, io);
    const auto* data = reinterpret_cast<const char*>(block.data());
    const lt::sha256_hash hash = lt::hasher256(lt::span<const char>(data, length)).final();
    return [handler, piece, hash, error] { handler(piece, hash, error); };
  });
}

void TorrentDisk::after_queue(lt::storage_index_t index, std::function<void()> handler) {
  if (!handler) return;
  storage(index)->queue->add([handler = std::move(handler)]() -> Completion { return handler; });
}

void TorrentDisk::async_move_storage(
    lt::storage_index_t index, std::string path, lt::move_flags_t,
    std::function<void(lt::status_t, const std::string&, const lt::storage_error&)> handler) {
  // Content stays where its owner put it.
  after_queue(index, [handler = std::move(handler), path = std::move(path)] {
    handler(lt::status_t::no_error, path, lt::storage_error());
  });
}

void TorrentDisk::async_release_files(lt::storage_index_t index, std::function<void()> handler) {
  after_queue(index, std::move(handler));
}

void TorrentDisk::async_check_files(lt::storage_index_t index, const lt::add_torrent_params*,
                                    lt::aux::vector<std::string, lt::file_index_t>,
                                    std::function<void(lt::status_t, const lt::storage_error&)> handler) {
  // What is there has been hashed by us before the torrent was added (have_pieces).
  after_queue(index,
              [handler = std::move(handler)] { handler(lt::status_t::no_error, lt::storage_error()); });
}

void TorrentDisk::async_stop_torrent(lt::storage_index_t index, std::function<void()> handler) {
  after_queue(index, std::move(handler));
}

void TorrentDisk::async_rename_file(
    lt::storage_index_t index, lt::file_index_t file, std::string name,
    std::function<void(const std::string&, lt::file_index_t, const lt::storage_error&)> handler) {
  after_queue(index, [handler = std::move(handler), file, name = std::move(name)] {
    handler(name, file, lt::storage_error());
  });
}

void TorrentDisk::async_delete_files(lt::storage_index_t index, lt::remove_flags_t,
                                     std::function<void(const lt::storage_error&)> handler) {
  // Files are removed by the transfer that made them, never by libtorrent.
  after_queue(index, [handler = std::move(handler)] { handler(lt::storage_error()); });
}

void TorrentDisk::async_set_file_priority(
    lt::storage_index_t index, lt::aux::vector<lt::download_priority_t, lt::file_index_t> priorities,
    std::function<void(const lt::storage_error&, lt::aux::vector<lt::download_priority_t, lt::file_index_t>)>
        handler) {
  after_queue(index, [handler = std::move(handler), priorities = std::move(priorities)] {
    handler(lt::storage_error(), priorities);
  });
}

void TorrentDisk::async_clear_piece(lt::storage_index_t index, lt::piece_index_t piece,
                                    std::function<void(lt::piece_index_t)> handler) {
  after_queue(index, [handler = std::move(handler), piece] { handler(piece); });
}

void TorrentDisk::abort(bool wait) {
  end_->aborted = true;
  if (!wait) return;
  for (const auto& target : storages_) {
    if (target) target->queue->drain();
  }
}

}  // namespace dunlin
