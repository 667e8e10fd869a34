// SPDX-License-Identifier: Apache-2.0
#include "sync/order.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"

namespace syncline::sync {
namespace {

/// Whether `entity` only fills columns of rows that `maker` makes: found again in the same run, they are full at its end.
bool fills_rows_of(const config::Entity& entity, const config::Entity& maker) {
  return !entity.insert && maker.insert && entity.table == maker.table;
}

/// Depth first: an entity comes after every entity it refers to. The project was refused if relations go in circles.
void place(const config::Project& project, const config::Entity& entity, std::set<std::string>& placed,
           std::vector<const config::Entity*>& out) {
  if (!placed.insert(entity.name).second) return;
  for (const config::Relation& relation : entity.relations) {
    if (const config::Entity* parent = project.entity(relation.entity)) place(project, *parent, placed, out);
  }
  for (const config::Entity& maker : project.entities) {
    if (fills_rows_of(entity, maker)) place(project, maker, placed, out);
  }
  out.push_back(&entity);
}

}  // namespace

base::Result<std::vector<const config::Entity*>> ordered_entities(const config::Project& project, const std::vector<std::string>& wanted) {
  std::vector<std::string> known;
  for (const config::Entity& entity : project.entities) known.push_back(entity.name);
  for (const std::string& name : wanted) {
    if (project.entity(name)) continue;
    const std::string near = base::nearest(name, known);
    return base::fail({base::ErrorKind::BadConfig,
                       base::Side::Files,
                       fmt::format("there is no entity `{}`{}", base::shown(name),
                                   near.empty() ? fmt::format("; entities/ has {}", base::joined(known, ", "))
                                                : fmt::format("; did you mean `{}`?", near)),
                       "unknown_entity",
                       "",
                       {}});
  }
  std::vector<const config::Entity*> out;
  std::set<std::string> placed;
  for (const config::Entity& entity : project.entities) place(project, entity, placed, out);
  if (!wanted.empty()) {
    std::erase_if(out, [&](const config::Entity* entity) { return std::find(wanted.begin(), wanted.end(), entity->name) == wanted.end(); });
  }
  return out;
}

}  // namespace syncline::sync
