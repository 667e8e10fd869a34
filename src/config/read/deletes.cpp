// SPDX-License-Identifier: Apache-2.0
#include "config/read/deletes.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "config/read/names.hpp"
#include "config/read/suggestion.hpp"

namespace syncline::config {
namespace {

constexpr const char* Shapes = "`deletes` is `ignore`, {soft: column} or {hard: true}";

/// Whether the relation is found by something the record itself says: a record whose list is empty has no element to ask.
bool is_told_by_record(const Relation& relation) {
  return std::any_of(relation.by.begin(), relation.by.end(), [](const RelationWay& way) {
    return way.kind == RelationWay::Kind::External && !way.from.paths.empty() &&
           std::all_of(way.from.paths.begin(), way.from.paths.end(),
                       [](const Path& path) { return !path.steps.empty() && path.steps.front().name == scope::Record; });
  });
}

void check_within(const Entity& entity, std::vector<Problem>& problems) {
  const Deletes& deletes = entity.deletes;
  if (!entity.each) {
    problems.push_back({deletes.place, "`within` is for rows that `each` makes of one record; without it write {hard: true}"});
    return;
  }
  if (entity.version) {
    problems.push_back(
        {deletes.place,
         "`within` cannot go with `version:`: an older copy of a record would delete elements of the newer one; remove one"});
    return;
  }
  std::vector<std::string> names;
  for (const Relation& relation : entity.relations) {
    names.push_back(relation.column);
    if (relation.column != deletes.within) continue;
    if (!is_told_by_record(relation)) {
      problems.push_back(
          {deletes.place, fmt::format("`within: {}` needs the relation to be found by {{external: record.…}}, so that a record "
                                      "without any element says whose rows are gone",
                                      base::shown(deletes.within, 60))});
    }
    return;
  }
  problems.push_back(
      {deletes.place, fmt::format("`within` names a relation of this entity, the one to the record's own row; `{}` is none{}",
                                  base::shown(deletes.within, 60), suggestion(deletes.within, names))});
}

}  // namespace

Deletes read_deletes(const Reading& reading, const Tree& node) {
  Deletes out;
  out.place = reading.place(node.spot);
  if (node.kind == Tree::Kind::Scalar) {
    const auto word = reading.text(node, "deletes");
    if (word && *word != "ignore") reading.problem(node.spot, fmt::format("{}, not `{}`", Shapes, base::shown(*word, 60)));
    return out;
  }
  const Keys keys(reading, node, "`deletes`", {"soft", "hard", "within", "resurrect"});
  if (!keys.is_map()) return out;
  const Tree *soft = keys.find("soft"), *hard = keys.find("hard"), *within = keys.find("within"), *resurrect = keys.find("resurrect");
  if (!soft == !hard) {
    reading.problem(node.spot, soft ? "`deletes` is either `soft` or `hard`; remove one" : std::string(Shapes));
    return out;
  }
  if (soft) {
    out.kind = Deletes::Kind::Soft;
    out.column = read_column(reading, *soft, "soft").value_or("");
  } else {
    const auto value = reading.boolean(*hard, "hard");
    if (value && !*value) reading.problem(hard->spot, "`hard: false` says nothing; write `deletes: ignore`, or {soft: column}");
    if (value && *value) out.kind = Deletes::Kind::Hard;
  }
  if (resurrect && hard)
    reading.problem(resurrect->spot, "`resurrect` is for {soft: column}: what is deleted for good comes back as a new row");
  if (resurrect && soft) out.resurrect = reading.boolean(*resurrect, "resurrect").value_or(false);
  if (within && soft) reading.problem(within->spot, "`within` is for {hard: true}");
  if (within && hard) out.within = read_column(reading, *within, "within").value_or("");
  return out;
}

void check_deletes(const Entity& entity, const std::map<std::string, std::string>& writers, std::vector<Problem>& problems) {
  const Deletes& deletes = entity.deletes;
  if (deletes.kind != Deletes::Kind::Ignore && !entity.insert)
    problems.push_back({deletes.place, "`insert: false` only fills rows of another entity, so this one deletes none; remove `deletes`"});
  if (!deletes.within.empty()) check_within(entity, problems);
  if (deletes.column.empty()) return;
  const std::string shown = base::shown(deletes.column, 60);
  if (const auto writer = writers.find(deletes.column); writer != writers.end()) {
    problems.push_back(
        {deletes.place, fmt::format("`{}` says that a row is deleted, but is mapped as {}; remove one", shown, writer->second)});
  } else if (std::find(entity.local.begin(), entity.local.end(), deletes.column) != entity.local.end()) {
    problems.push_back(
        {deletes.place, fmt::format("`{}` says that a row is deleted, but `local:` says it is never written; remove one", shown)});
  }
}

}  // namespace syncline::config
