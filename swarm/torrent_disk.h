#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <libtorrent/disk_interface.hpp>
#include <libtorrent/disk_observer.hpp>
#include <libtorrent/file_storage.hpp>

#include "core/base/asio.h"
#include "swarm/block_store.h"

namespace dunlin {

// The stores libtorrent may ask for, by save path. Filled before a torrent is added, on the loop's thread.
struct TorrentStores {
  struct Entry {
    std::shared_ptr<BlockStore> store;
    std::function<void(Error)> on_failure;  // called on the loop when a read or write fails
  };
  std::map<std::string, Entry> by_save_path;
};

// What a closing session waits for.
struct TorrentDiskEnd {
  bool aborted = false;  // libtorrent asks for nothing any more
  int storages = 0;      // of torrents that are still there
};

// libtorrent's disk over our block stores. Each torrent's jobs run one after the other on the pool, so reads
// and hashes see the writes before them; every answer is posted to the loop.
class TorrentDisk final : public lt::disk_interface {
 public:
  TorrentDisk(asio::io_context& io, asio::thread_pool& pool, std::shared_ptr<TorrentStores> stores,
              std::shared_ptr<TorrentDiskEnd> end);
  ~TorrentDisk() override;
  TorrentDisk(const TorrentDisk&) = delete;
  TorrentDisk& operator=(const TorrentDisk&) = delete;

  lt::storage_holder new_torrent(const lt::storage_params& params,
                                 const std::shared_ptr<void>& torrent) override;
  void remove_torrent(lt::storage_index_t index) override;
  void async_read(lt::storage_index_t index, const lt::peer_request& request,
                  std::function<void(lt::disk_buffer_holder, const lt::storage_error&)> handler,
                  lt::disk_job_flags_t flags) override;
  bool async_write(lt::storage_index_t index, const lt::peer_request& request, const char* bytes,
                   std::shared_ptr<lt::disk_observer> observer,
                   std::function<void(const lt::storage_error&)> handler,
                   lt::disk_job_flags_t flags) override;
  void async_hash(lt::storage_index_t index, lt::piece_index_t piece, lt::span<lt::sha256_hash> block_hashes,
                  lt::disk_job_flags_t flags,
                  std::function<void(lt::piece_index_t, const lt::sha1_hash&, const lt::storage_error&)>
                      handler) override;
  void async_hash2(lt::storage_index_t index, lt::piece_index_t piece, int offset, lt::disk_job_flags_t flags,
                   std::function<void(lt::piece_index_t, const lt::sha256_hash&, const lt::storage_error&)>
                       handler) override;
  void async_move_storage(
      lt::storage_index_t index, std::string path, lt::move_flags_t flags,
      std::function<void(lt::status_t, const std::string&, const lt::storage_error&)> handler) override;
  void async_release_files(lt::storage_index_t index, std::function<void()> handler) override;
  void async_check_files(lt::storage_index_t index, const lt::add_torrent_params* resume,
                         lt::aux::vector<std::string, lt::file_index_t> links,
                         std::function<void(lt::status_t, const lt::storage_error&)> handler) override;
  void async_stop_torrent(lt::storage_index_t index, std::function<void()> handler) override;
  void async_rename_file(
      lt::storage_index_t index, lt::file_index_t file, std::string name,
      std::function<void(const std::string&, lt::file_index_t, const lt::storage_error&)> handler) override;
  void async_delete_files(lt::storage_index_t index, lt::remove_flags_t options,
                          std::function<void(const lt::storage_error&)> handler) override;
  void async_set_file_priority(lt::storage_index_t index,
                               lt::aux::vector<lt::download_priority_t, lt::file_index_t> priorities,
                               std::function<void(const lt::storage_error&,
                                                  lt::aux::vector<lt::download_priority_t, lt::file_index_t>)>
                                   handler) override;
  void async_clear_piece(lt::storage_index_t index, lt::piece_index_t piece,
                         std::function<void(lt::piece_index_t)> handler) override;
  void update_stats_counters(lt::counters&) const override {}
  std::vector<lt::open_file_state> get_status(lt::storage_index_t) const override { return {}; }
  void abort(bool wait) override;
  void submit_jobs() override {}
  void settings_updated() override {}

  // Syncs a torrent's store after every write queued so far, then calls `done` on the loop.
  void sync(const std::string& save_path, std::function<void(Result<void>)> done);

 private:
  struct Storage;
  struct Pressure;

  // Posts `handler` to the loop once everything queued for this torrent has run.
  void after_queue(lt::storage_index_t index, std::function<void()> handler);
  const std::shared_ptr<Storage>& storage(lt::storage_index_t index) const;

  asio::io_context& io_;
  asio::thread_pool& pool_;
  std::shared_ptr<TorrentStores> stores_;
  std::vector<std::shared_ptr<Storage>> storages_;
  std::shared_ptr<Pressure> pressure_;
  std::shared_ptr<TorrentDiskEnd> end_;
};

}  // namespace dunlin
