// SPDX-License-Identifier: Apache-2.0
#include "sync/entity/element_deletes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>

#include "base/text.hpp"
#include "sync/entity/read_again.hpp"
#include "sync/keys_that_came.hpp"

namespace syncline::sync {
namespace {

/// With so many rows a transaction's losses speak for themselves: a source that goes wrong in the middle of a long sweep has many good
/// records before.
constexpr int64_t RowsThatProveALoss = 200;

}  // namespace

base::Result<void> ElementDeletes::take_leave(std::span<const transform::SpokenKeys> spoken) {
  // Of a record that comes twice, both copies' elements are there.
  std::map<std::string_view, std::vector<record::Cell>> of_parent;
  for (const transform::SpokenKeys& page : spoken) {
    for (const transform::SpokenKeys::Record& it : page.records) {
      auto& keys = of_parent[it.parent.text()];
      keys.insert(keys.end(), page.keys.begin() + ptrdiff_t(it.first), page.keys.begin() + ptrdiff_t(it.first + it.size));
    }
    if (has_put_off()) add_keys(came_since_, page, key_type_);
  }
  if (of_parent.empty()) return {};
  std::vector<load::Family> families;
  for (const auto& [parent, keys] : of_parent) families.push_back({parent, keys});
  const load::Strangers strangers = TRY(read_again_if_lost(task_.store.connection(), [&] { return deletes_.strangers(families); }));
  run_.add(strangers);
  if (strangers.keys.empty()) return {};
  ElementLosses group;
  group.add(strangers);
  if (!is_suspect(group)) return remove(strangers.keys);
  for (const std::string& key : strangers.keys) put_off_.add(key);
  return {};
}

/// Whether what this transaction takes to its end cannot be believed, as far as it is known now.
bool ElementDeletes::is_suspect(const ElementLosses& group) {
  const auto allowed = task_.options.mass_delete_max;
  if (allowed) return run_.gone > *allowed;
  const bool at_once = group.rows >= RowsThatProveALoss && !mass_loss_objection(group, reading_).empty();
  if (at_once && group.gone > at_once_.gone) at_once_ = group;
  return at_once || !mass_loss_objection(run_, reading_).empty();
}

base::Result<void> ElementDeletes::end() {
  if (!has_put_off()) return {};
  if (std::string why = objection(); !why.empty())
    return base::fail({base::ErrorKind::Guard, base::Side::Source, std::move(why), "mass_delete", "", {}});
  TRY(put_off_.rewind());
  while (!task_.worlds.stop.stop_requested()) {
    std::vector<std::string> keys = TRY(put_off_.next(load::Deletes::KeysMax));
    if (keys.empty()) return {};
    // A record that was read again may have its element back.
    const std::vector<bool> back = TRY(which_came(came_since_, keys, key_type_));
    size_t at = 0;
    std::erase_if(keys, [&](const std::string&) { return back[at++]; });
    TRY(remove(keys));
  }
  return base::fail(
      {base::ErrorKind::Cancelled, base::Side::Us, "stopped while rows were deleted; the next run deletes the rest", "stopped", "", {}});
}

std::string ElementDeletes::objection() const {
  const auto allowed = task_.options.mass_delete_max;
  const std::string why = allowed ? beyond(*allowed) : unbelievable();
  if (why.empty()) return "";
  return fmt::format("{}: {} stay. Look at the source; if it is true, `syncline sync {} {}--allow-mass-delete {}` deletes them", why,
                     base::with_thousands(put_off_.size()), task_.entity.name,
                     task_.options.reach == RunOptions::Reach::Full ? "--full " : "", put_off_.size());
}

std::string ElementDeletes::beyond(int64_t allowed) const {
  return fmt::format("{} of {} rows are no element of their record any more, which is more than `--allow-mass-delete {}` allows",
                     base::with_thousands(run_.gone), base::with_thousands(run_.rows), allowed);
}

std::string ElementDeletes::unbelievable() const {
  std::string why = mass_loss_objection(run_, reading_);
  return why.empty() ? mass_loss_objection(at_once_, reading_) : why;
}

base::Result<void> ElementDeletes::remove(std::span<const std::string> keys) {
  record::EntityReport& report = report_.so_far();
  if (!task_.commits()) {
    report.counters.deleted += int64_t(keys.size());
    return {};
  }
  for (size_t at = 0; at < keys.size(); at += load::Deletes::KeysMax) {
    const size_t size = std::min(load::Deletes::KeysMax, keys.size() - at);
    TRY(deletes_.remove(keys.subspan(at, size), task_.run, report, task_.worlds.stop));
  }
  return {};
}

}  // namespace syncline::sync
