#include "applier/boot/grub_boot_control.h"

#include <algorithm>

#include "applier/boot/boot_order.h"
#include "core/base/check.h"

namespace dunlin {

namespace {

std::string ok_name(const std::string& slot) {
  return boot_name(slot) + "_OK";
}

std::string try_name(const std::string& slot) {
  return boot_name(slot) + "_TRY";
}

bool is_one(const GrubBlock& block, const std::string& name) {
  const std::string* value = block.find(name);
  return value != nullptr && *value == "1";
}

BootOrder order_of(const GrubBlock& block, const std::vector<std::string>& slots) {
  const std::string* value = block.find("ORDER");
  if (value != nullptr && !value->empty()) return parse_boot_order(*value);
  BootOrder order;
  for (const std::string& slot : slots) order.push_back(boot_name(slot));
  return order;
}

}  // namespace

std::vector<std::string> GrubBootControl::own_variables() const {
  std::vector<std::string> names{"ORDER"};
  for (const std::string& slot : slots_) {
    names.push_back(ok_name(slot));
    names.push_back(try_name(slot));
  }
  return names;
}

Result<Bytes> GrubBootControl::load_bytes() {
  Result<std::unique_ptr<File>> file = disk_.open(path_, OpenMode::read);
  if (!file) return fail(std::move(file.error()));
  Result<void> dropped = (*file)->drop_cache();
  if (!dropped) return fail(std::move(dropped.error()));
  Bytes bytes(grub_environment_size + 1);
  Result<std::size_t> count = (*file)->read_at(0, bytes);
  if (!count) return fail(std::move(count.error()));
  bytes.resize(*count);
  return bytes;
}

Result<GrubBlock> GrubBootControl::load() {
  Result<Bytes> bytes = load_bytes();
  if (!bytes) return fail(std::move(bytes.error()), "reading the GRUB environment block");
  Result<GrubBlock> block = parse_grub_block(*bytes);
  if (!block)
    return fail(std::move(block.error()), "the GRUB environment block " + path_ +
                                              " is damaged (grub-editenv " + path_ +
                                              " create makes a new one)");
  return block;
}

Result<void> GrubBootControl::store(GrubBlock block) {
  // Every variable of ours is spelled out: what a missing one means differs between boot scripts.
  for (const std::string& name : own_variables())
    if (block.find(name) == nullptr)
      block.set(name, name == "ORDER" ? to_text(order_of(block, slots_)) : "0");
  Result<Bytes> bytes = serialise_grub_block(block, own_variables());
  if (!bytes) return fail(std::move(bytes.error()));
  Result<Bytes> before = load_bytes();
  if (before && *before == *bytes) return {};
  {
    Result<std::unique_ptr<File>> file = disk_.open(path_, OpenMode::read_write);
    if (!file) return fail(std::move(file.error()));
    Result<void> written = (*file)->write_at(0, *bytes);
    if (!written) return written;
    Result<void> synced = (*file)->sync();
    if (!synced) return synced;
  }
  Result<Bytes> after = load_bytes();
  if (!after) return fail(std::move(after.error()), "reading the GRUB environment block back");
  if (*after != *bytes) return fail(ErrorKind::device, path_ + " did not keep what was written");
  return {};
}

BootFlags GrubBootControl::flags_of(const GrubBlock& block) const {
  const BootOrder order = order_of(block, slots_);
  BootFlags flags;
  for (const std::string& slot : slots_) {
    const bool enabled = contains(order, boot_name(slot)) && is_one(block, ok_name(slot));
    flags.slots.push_back({slot, enabled, is_one(block, try_name(slot)) ? 0 : 1});
  }
  for (const std::string& name : order)
    for (const SlotFlags& slot : flags.slots)
      if (flags.next.empty() && boot_name(slot.slot) == name && slot.bootable()) flags.next = slot.slot;
  return flags;
}

Result<BootFlags> GrubBootControl::read() {
  Result<GrubBlock> block = load();
  if (!block) return fail(std::move(block.error()));
  return flags_of(*block);
}

Result<void> GrubBootControl::mark_unbootable(const std::string& slot) {
  Result<GrubBlock> block = load();
  if (!block) return fail(std::move(block.error()));
  const BootFlags flags = flags_of(*block);
  const bool another = std::any_of(flags.slots.begin(), flags.slots.end(), [&](const SlotFlags& other) {
    return other.slot != slot && other.enabled;
  });
  if (!another) return fail(ErrorKind::usage, "slot " + slot + " is the only one that can boot");
  block->set(ok_name(slot), "0");
  block->set(try_name(slot), "0");
  return store(std::move(*block));
}

Result<void> GrubBootControl::put_first(const std::string& slot) {
  Result<GrubBlock> block = load();
  if (!block) return fail(std::move(block.error()));
  BootOrder order = order_of(*block, slots_);
  move_to_front(order, boot_name(slot));
  block->set("ORDER", to_text(order));
  block->set(ok_name(slot), "1");
  block->set(try_name(slot), "0");
  return store(std::move(*block));
}

Result<void> GrubBootControl::arm(const std::string& slot, int tries) {
  CHECK(tries == 1);
  return put_first(slot);
}

Result<void> GrubBootControl::confirm(const std::string& slot) {
  return put_first(slot);
}

Result<void> GrubBootControl::refill(const std::string& slot) {
  Result<GrubBlock> block = load();
  if (!block) return fail(std::move(block.error()));
  // Without OK the block never called this slot good (a device fresh from the factory): it runs, so it is.
  block->set(ok_name(slot), "1");
  block->set(try_name(slot), "0");
  return store(std::move(*block));
}

}  // namespace dunlin
