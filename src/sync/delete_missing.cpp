// SPDX-License-Identifier: Apache-2.0
#include "sync/delete_missing.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "sync/keys_that_came.hpp"

namespace syncline::sync {
namespace {

constexpr int64_t KeysReadAtOnce = 20'000;
/// Each such piece of the table's keys takes one pass over the sweep's.
constexpr size_t KeysComparedAtOnce = 200'000;
constexpr int64_t GuardRows = 3, GuardPercent = 20;

}  // namespace

std::string mass_delete_objection(const config::Entity& entity, int64_t missing, int64_t there, std::optional<int64_t> allowed) {
  if (missing == 0 || (allowed && missing <= *allowed)) return "";
  const bool is_mass = missing == there || (missing >= GuardRows && missing * 100 > there * GuardPercent);
  if (!allowed && !is_mass) return "";
  const bool soft = entity.deletes.kind == config::Deletes::Kind::Soft;
  const std::string why = allowed ? fmt::format("which is more than `--allow-mass-delete {}` allows", *allowed) : "too many to be believed";
  return fmt::format(
      "{} of {} {} {} no record at the source any more, {}: nothing was {}. Look at the source; if it is true, `syncline sync {} --full "
      "--allow-mass-delete {}` {} {}",
      base::with_thousands(missing), base::with_thousands(there), there == 1 ? "row" : "rows", missing == 1 ? "has" : "have", why,
      soft ? "marked" : "deleted", entity.name, missing, soft ? "marks" : "deletes", missing == 1 ? "it" : "them");
}

base::Result<void> DeleteMissing::look() {
  std::optional<std::string> last;
  while (true) {
    const std::vector<std::string> keys = TRY(deletes_.keys_after(last, KeysReadAtOnce));
    for (const std::string& key : keys) there_.add(key);
    if (keys.size() < size_t(KeysReadAtOnce)) return {};
    last = keys.back();
  }
}

void DeleteMissing::add(const transform::SpokenKeys& spoken) {
  add_keys(spoken_, spoken, key_type_);
  untold_ += spoken.untold;
}

base::Result<int64_t> DeleteMissing::missing() {
  missing_ = {};
  TRY(there_.rewind());
  while (true) {
    const std::vector<std::string> keys = TRY(there_.next(KeysComparedAtOnce));
    if (keys.empty()) return missing_.size();
    const std::vector<bool> have_come = TRY(which_came(spoken_, keys, key_type_));
    for (size_t i = 0; i < keys.size(); ++i) {
      if (!have_come[i]) missing_.add(keys[i]);
    }
  }
}

base::Result<int64_t> DeleteMissing::drop_waiting(state::Store& store, const config::Entity& entity, const state::Lease& lease) {
  int64_t dropped = 0;
  std::string after;
  while (true) {
    const std::vector<std::string> keys = TRY(store.waiting_keys(entity.name, entity.account, after, KeysReadAtOnce));
    if (keys.empty()) return dropped;
    after = keys.back();
    const std::vector<bool> have_come = TRY(which_came(spoken_, keys, key_type_));
    if (std::all_of(have_come.begin(), have_come.end(), [](bool it) { return it; })) continue;
    TRY(store.connection().begin());
    const auto drop = [&]() -> base::Result<void> {
      TRY(store.prove_lease(lease));
      for (size_t i = 0; i < keys.size(); ++i) {
        if (!have_come[i] && TRY(store.remove_waiting_row(entity.name, entity.account, keys[i]))) ++dropped;
      }
      return store.connection().commit();
    };
    if (auto done = drop(); !done) {
      store.connection().rollback();
      return base::fail(std::move(done).error());
    }
  }
}

base::Result<void> DeleteMissing::remove(int64_t run, record::EntityReport& report, const std::stop_token& stop) {
  TRY(missing_.rewind());
  while (!stop.stop_requested()) {
    const std::vector<std::string> keys = TRY(missing_.next(load::Deletes::KeysMax));
    if (keys.empty()) return {};
    TRY(deletes_.remove(keys, run, report, stop));
  }
  return base::fail({base::ErrorKind::Cancelled,
                     base::Side::Us,
                     "stopped while rows were deleted; the next full sync deletes the rest",
                     "stopped",
                     "",
                     {}});
}

}  // namespace syncline::sync
