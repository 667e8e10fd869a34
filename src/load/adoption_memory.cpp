// SPDX-License-Identifier: Apache-2.0
#include "load/adoption_memory.hpp"

#include <fmt/format.h>

#include <array>
#include <vector>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "sql/array_text.hpp"

namespace syncline::load {

using record::Cell;

AdoptionMemory::AdoptionMemory(state::Store& store, const config::Entity& entity, const Target& target, const Adoption& adoption)
    : store_(store), entity_(entity), target_(target), adoption_(adoption) {}

/// With the names of the columns: the file may list its natural keys in another order one day.
int64_t AdoptionMemory::hash_of(size_t way, std::string_view value) const {
  base::Hash hash;
  for (const NaturalPart& part : target_.adopt[way].parts) hash.add(part.column.name);
  hash.add(value);
  return int64_t(hash.value());
}

base::Result<bool> AdoptionMemory::is_there() {
  if (!is_there_) is_there_ = TRY(store_.connection().describe(store_.names().in_catalog("sync_adopted"))).has_value();
  return *is_there_;
}

base::Result<bool> AdoptionMemory::knows_any() {
  if (knows_any_) return *knows_any_;
  // A dry run may come before `migrate`.
  if (!TRY(is_there())) return false;
  const sql::Rows one = TRY(
      store_.connection().query(fmt::format("SELECT 1 FROM {} WHERE entity = $1 AND account = $2 LIMIT 1", store_.names()("sync_adopted")),
                                std::array{Cell::of(entity_.name), Cell::of(entity_.account)}));
  knows_any_ = !one.empty();
  return *knows_any_;
}

base::Result<AdoptionMemory::Owners> AdoptionMemory::owners_of(const std::vector<int64_t>& hashes) {
  const bool postgres = store_.names().dialect() == sql::Dialect::Postgres;
  std::vector<std::string> texts;
  texts.reserve(hashes.size());
  for (const int64_t hash : hashes) texts.push_back(std::to_string(hash));
  const std::string joined = base::joined(texts, ","), list = postgres ? "{" + joined + "}" : "[" + joined + "]";
  // PostgreSQL: each hash by itself, or the planner, which knows nothing of a table that grows, reads the whole of it.
  // Who is gone from the source, so that we have marked its row as deleted, keeps nothing from a record that is made anew. With
  // `resurrect` what we have marked is not forgotten when it comes back.
  const std::string not_gone =
      entity_.deletes.kind == config::Deletes::Kind::Soft && !entity_.deletes.resurrect
          ? fmt::format("NOT EXISTS (SELECT 1 FROM {} AS d WHERE d.entity = $1 AND d.account = $2 AND d.key = s.key) AND ",
                        store_.names()("sync_seen"))
          : "";
  const std::string of_ours =
      fmt::format("FROM {} AS s WHERE s.entity = $1 AND s.account = $2 AND {}s.hash", store_.names()("sync_adopted"), not_gone);
  const sql::Rows rows = TRY(store_.connection().query(
      postgres ? fmt::format(
                     "SELECT a.hash, a.key FROM unnest($3::bigint[]) AS h (hash), LATERAL (SELECT s.hash, s.key {} = h.hash LIMIT 1) AS a",
                     of_ours)
               : fmt::format("SELECT s.hash, s.key {} IN (SELECT value FROM json_each($3))", of_ours),
      std::array{Cell::of(entity_.name), Cell::of(entity_.account), Cell::of(list)}));
  Owners out;
  for (size_t i = 0; i < rows.size(); ++i) out.emplace(rows.integer(i, 0), rows.text(i, 1));
  return out;
}

base::Result<int64_t> AdoptionMemory::contest(size_t way) {
  if (!TRY(knows_any())) return int64_t{0};
  const sql::Rows unclaimed = TRY(store_.connection().query(adoption_.unclaimed(way)));
  std::vector<int64_t> hashes;
  for (size_t i = 0; i < unclaimed.size(); ++i) hashes.push_back(hash_of(way, unclaimed.text(i, 1)));
  if (hashes.empty()) return int64_t{0};
  const Owners owners = TRY(owners_of(hashes));
  std::vector<std::string> contested;  // (n, owner)
  for (size_t i = 0; i < unclaimed.size(); ++i) {
    const auto owner = owners.find(hashes[i]);
    if (owner != owners.end()) contested.push_back(fmt::format("({}, {})", unclaimed.text(i, 0), sql::literal(owner->second)));
  }
  if (contested.empty()) return int64_t{0};
  TRY(store_.connection().execute(adoption_.contest(way, base::joined(contested, ", "))));
  return int64_t(contested.size());
}

base::Error AdoptionMemory::not_there() const {
  return {base::ErrorKind::ContractDrift,
          base::Side::Database,
          config::to_string({entity_.adopt[0].place, fmt::format("there is no table {}, in which adopted rows are remembered; `syncline "
                                                                 "migrate` makes it",
                                                                 store_.names()("sync_adopted"))}),
          "not_as_planned",
          "",
          {}};
}

base::Result<void> AdoptionMemory::remember() {
  sql::Connection& connection = store_.connection();
  if (!TRY(is_there())) return base::fail(not_there());
  const sql::Rows adopted = TRY(connection.query(adoption_.adopted()));
  Owners owners;
  for (size_t i = 0; i < adopted.size(); ++i) owners[hash_of(size_t(adopted.integer(i, 0)), adopted.text(i, 1))] = adopted.text(i, 2);
  const std::string into = fmt::format("INSERT INTO {} (entity, account, hash, key) ", store_.names()("sync_adopted"));
  const std::string_view otherwise = " ON CONFLICT (entity, account, hash) DO UPDATE SET key = excluded.key";
  knows_any_ = true;
  if (connection.dialect() == sql::Dialect::Sqlite) {
    for (const auto& [hash, key] : owners) {
      TRY(connection.change(fmt::format("{}VALUES ($1, $2, $3, $4){}", into, otherwise),
                            std::array{Cell::of(entity_.name), Cell::of(entity_.account), Cell::of(hash), Cell::of(key)}));
    }
    return {};
  }
  sql::ArrayText hashes, keys;
  for (const auto& [hash, key] : owners) {
    hashes.add(Cell::of(hash));
    keys.add(Cell::of(key));
  }
  const std::string all_hashes = std::move(hashes).text(), all_keys = std::move(keys).text();
  TRY(connection.change(
      fmt::format("{}SELECT $1::text, $2::text, a.hash, a.key FROM unnest($3::bigint[], $4::text[]) AS a (hash, key){}", into, otherwise),
      std::array{Cell::of(entity_.name), Cell::of(entity_.account), Cell::of(all_hashes), Cell::of(all_keys)}));
  return {};
}

}  // namespace syncline::load
