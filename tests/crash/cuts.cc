#include "tests/crash/cuts.h"

#include <algorithm>
#include <map>
#include <set>

namespace dunlin {

namespace {

// Parts that land together or, for names of one file system, one after the other.
struct Unit {
  std::vector<std::size_t> parts;
  bool ordered = false;  // names: any prefix may land; else all or nothing
  int first_change = 0;

  std::size_t choices() const { return ordered ? parts.size() + 1 : 2; }
  // Choice 0: nothing landed; the last choice: everything.
  void apply(std::size_t choice, Fate& fate) const {
    const std::size_t landed = ordered ? choice : choice * parts.size();
    for (std::size_t i = 0; i < parts.size(); ++i) fate[parts[i]] = i < landed;
  }
};

std::string top_folder(const std::string& path) {
  return path.substr(0, path.find('/', 1));
}

std::vector<Unit> units_of(const std::vector<UnsyncedPart>& parts) {
  std::map<std::string, Unit> names;
  std::map<int, Unit> contents;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const bool is_name = parts[i].kind == UnsyncedPart::Kind::name;
    Unit& unit = is_name ? names[top_folder(parts[i].path)] : contents[parts[i].change];
    if (unit.parts.empty()) unit.first_change = parts[i].change;
    unit.ordered = is_name;
    unit.parts.push_back(i);
  }
  std::vector<Unit> units;
  for (auto& [folder, unit] : names) units.push_back(std::move(unit));
  for (auto& [change, unit] : contents) units.push_back(std::move(unit));
  std::stable_sort(units.begin(), units.end(),
                   [](const Unit& a, const Unit& b) { return a.first_change < b.first_change; });
  return units;
}

// Collects fates in the order in which they were found, each once.
class FateList {
 public:
  void add(Fate fate) {
    if (known_.insert(fate).second) list_.push_back(std::move(fate));
  }
  std::vector<Fate> take() { return std::move(list_); }

 private:
  std::set<Fate> known_;
  std::vector<Fate> list_;
};

void add_every_combination(const std::vector<Unit>& units, std::size_t size, FateList& list) {
  std::vector<std::size_t> choice(units.size(), 0);
  while (true) {
    Fate fate(size);
    for (std::size_t i = 0; i < units.size(); ++i) units[i].apply(choice[i], fate);
    list.add(std::move(fate));
    std::size_t at = 0;
    while (at < units.size() && ++choice[at] == units[at].choices()) choice[at++] = 0;
    if (at == units.size()) return;
  }
}

bool has_at_most(const std::vector<Unit>& units, std::size_t combinations) {
  std::size_t product = 1;
  for (const Unit& unit : units) {
    product *= unit.choices();
    if (product > combinations) return false;
  }
  return true;
}

void add_prefixes(const std::vector<UnsyncedPart>& parts, FateList& list) {
  for (const UnsyncedPart& last : parts) {
    Fate fate(parts.size());
    for (std::size_t i = 0; i < parts.size(); ++i) fate[i] = parts[i].change <= last.change;
    list.add(std::move(fate));
  }
}

// Each unit against the others: alone on the medium, and alone missing from it.
void add_each_against_the_rest(const std::vector<Unit>& units, std::size_t size, FateList& list) {
  for (const Unit& unit : units)
    for (const bool others : {false, true})
      for (std::size_t choice = 0; choice < unit.choices(); ++choice) {
        Fate fate(size, others);
        unit.apply(choice, fate);
        list.add(std::move(fate));
      }
}

void add_torn_writes(const std::vector<Unit>& units, std::size_t size, FateList& list) {
  for (const Unit& unit : units) {
    if (unit.ordered || unit.parts.size() < 2) continue;
    for (const bool others : {false, true})
      for (const bool front : {false, true})
        for (std::size_t edge = 1; edge < unit.parts.size(); ++edge) {
          Fate fate(size, others);
          for (std::size_t i = 0; i < unit.parts.size(); ++i) fate[unit.parts[i]] = (i < edge) == front;
          list.add(std::move(fate));
        }
  }
}

// Every second time most parts land: a single lost sector is what a check may overlook.
Fate by_chance(const std::vector<Unit>& units, std::size_t size, Random& random) {
  const std::uint64_t of_eight = random.below(2) == 0 ? 4 : 7;
  Fate fate(size);
  for (const Unit& unit : units) {
    if (unit.ordered) {
      unit.apply(static_cast<std::size_t>(random.below(unit.choices())), fate);
      continue;
    }
    for (const std::size_t part : unit.parts) fate[part] = random.below(8) < of_eight;
  }
  return fate;
}

// Keeps the first two, which lose and keep everything, and others by chance.
void thin_out(std::vector<Fate>& fates, std::size_t at_most, Random& random) {
  while (fates.size() > std::max<std::size_t>(2, at_most)) {
    const auto victim = 2 + static_cast<std::size_t>(random.below(fates.size() - 2));
    fates[victim].swap(fates.back());
    fates.pop_back();
  }
}

}  // namespace

std::vector<Fate> fates_of(const std::vector<UnsyncedPart>& parts, const CutBounds& bounds, Random& random) {
  const std::vector<Unit> units = units_of(parts);
  const std::size_t size = parts.size();
  FateList list;
  list.add(Fate(size, false));
  list.add(Fate(size, true));
  if (has_at_most(units, std::size_t{1} << bounds.all_subsets_of))
    add_every_combination(units, size, list);
  else
    add_prefixes(parts, list);
  add_each_against_the_rest(units, size, list);
  add_torn_writes(units, size, list);
  for (int i = 0; i < bounds.random && size > 0; ++i) list.add(by_chance(units, size, random));
  std::vector<Fate> fates = list.take();
  thin_out(fates, static_cast<std::size_t>(bounds.at_most), random);
  return fates;
}

}  // namespace dunlin
