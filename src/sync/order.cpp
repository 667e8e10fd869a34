// SPDX-License-Identifier: Apache-2.0
#include "sync/order.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.hpp"

namespace syncline::sync {
namespace {

/// Whether `entity` only fills columns of rows that `maker` makes: found again in the same run, they are full at its end.
bool fills_rows_of(const config::Entity& entity, const config::Entity& maker) {
  return !entity.insert && maker.insert && entity.table == maker.table;
}

using Missing = config::Relation::Missing;

/// A relation from one entity to another.
struct Edge {
  const config::Entity* child = nullptr;
  size_t relation = 0;
  const config::Entity* parent = nullptr;
  enum class Strength { Needed, Waits, MayBeNull } strength = Strength::Needed;

  [[nodiscard]] const config::Relation& told() const { return child->relations[relation]; }
};

/// Entities and those of their relations that are obeyed: never a circle.
class Graph {
 public:
  void add(const Edge& edge) { edges_[edge.child].push_back(edge); }

  /// The relations that lead from one entity to another; empty if none do.
  [[nodiscard]] std::vector<Edge> path(const config::Entity* from, const config::Entity* to) const {
    std::set<const config::Entity*> seen;
    std::vector<Edge> out;
    find(from, to, seen, out);
    return out;
  }

  /// Depth first: an entity comes after every entity it refers to.
  void place(const config::Entity& entity, std::set<const config::Entity*>& placed, std::vector<const config::Entity*>& out) const {
    if (!placed.insert(&entity).second) return;
    if (const auto edges = edges_.find(&entity); edges != edges_.end()) {
      for (const Edge& edge : edges->second) place(*edge.parent, placed, out);
    }
    out.push_back(&entity);
  }

 private:
  bool find(const config::Entity* from, const config::Entity* to, std::set<const config::Entity*>& seen, std::vector<Edge>& way) const {
    if (!seen.insert(from).second) return false;
    const auto edges = edges_.find(from);
    if (edges == edges_.end()) return false;
    for (const Edge& edge : edges->second) {
      way.push_back(edge);
      if (edge.parent == to || find(edge.parent, to, seen, way)) return true;
      way.pop_back();
    }
    return false;
  }

  std::map<const config::Entity*, std::vector<Edge>> edges_;
};

base::Error no_first_row(const Edge& closing, std::vector<Edge> circle) {
  circle.insert(circle.begin(), closing);
  std::vector<std::string> names, columns;
  for (const Edge& edge : circle) {
    names.push_back(edge.child->name);
    columns.push_back(fmt::format("`{}` of {}", edge.told().column, to_string(edge.child->table)));
  }
  names.push_back(closing.child->name);
  return {base::ErrorKind::BadConfig,
          base::Side::Files,
          config::to_string(
              {closing.told().place,
               fmt::format("relations in a circle ({}), and each row needs its parent at once: {}. Write `missing: wait` for one of these "
                           "relations, or `missing: null` where the column may be null",
                           base::joined(names, " → "), base::joined(columns, ", "))}),
          "circle",
          "",
          {}};
}

base::Error cannot_be_null(const config::Entity& entity, const config::Relation& relation) {
  return {
      base::ErrorKind::BadConfig,
      base::Side::Files,
      config::to_string(
          {relation.place,
           fmt::format("rows of {} refer to rows of {}, so the link is null until its row is there, but `{}` of {} cannot be null: let the "
                       "column be null, or write `missing: wait`",
                       entity.name, relation.entity, relation.column, to_string(entity.table))}),
      "circle",
      "",
      {}};
}

base::Error unknown(const std::string& name, const config::Project& project) {
  std::vector<std::string> known;
  for (const config::Entity& entity : project.entities) {
    // Of several accounts: one name.
    if (known.empty() || known.back() != entity.name) known.push_back(entity.name);
  }
  const std::string near = base::nearest(name, known);
  return {
      base::ErrorKind::BadConfig,
      base::Side::Files,
      fmt::format("there is no entity `{}`{}", base::shown(name),
                  near.empty() ? fmt::format("; entities/ has {}", base::joined(known, ", ")) : fmt::format("; did you mean `{}`?", near)),
      "unknown_entity",
      "",
      {}};
}

/// Every relation between two entities, with what it asks for.
base::Result<std::vector<Edge>> edges_of(const config::Project& project, const MayBeNull& may_be_null) {
  std::vector<Edge> out;
  Graph all;
  for (const config::Entity& entity : project.entities) {
    for (size_t i = 0; i < entity.relations.size(); ++i) {
      for (const config::Entity& parent : project.entities) {
        // Of several accounts: every one of them comes before its children.
        if (parent.name != entity.relations[i].entity || parent.name == entity.name) continue;
        out.push_back({&entity, i, &parent});
        all.add(out.back());
      }
    }
  }
  for (Edge& edge : out) {
    const Missing missing = edge.told().missing;
    if (missing == Missing::Wait) edge.strength = Edge::Strength::Waits;
    if (missing != Missing::Null) continue;
    // Outside of circles the parents come first, whatever the column may be.
    const bool in_circle = !all.path(edge.parent, edge.child).empty();
    if (!in_circle || TRY(may_be_null(*edge.child, edge.told()))) edge.strength = Edge::Strength::MayBeNull;
  }
  return out;
}

}  // namespace

config::Entity Step::at_first() const {
  config::Entity out = *entity;
  for (size_t i = 0; i < later.size(); ++i) {
    Missing& missing = out.relations[i].missing;
    if (later[i] && missing != Missing::Wait) missing = missing == Missing::Null ? Missing::Link : Missing::Wait;
  }
  return out;
}

config::Entity Step::at_last() const {
  config::Entity out = at_first();
  for (size_t i = 0; i < later.size(); ++i) {
    if (entity->relations[i].missing == Missing::Reject) out.relations[i].missing = Missing::Reject;
  }
  return out;
}

base::Result<std::vector<Step>> ordered_entities(const config::Project& project, const std::vector<std::string>& wanted,
                                                 const MayBeNull& may_be_null) {
  for (const std::string& name : wanted) {
    if (!project.entity(name)) return base::fail(unknown(name, project));
  }
  Graph graph;
  std::set<std::pair<const config::Entity*, size_t>> later;
  const std::vector<Edge> edges = TRY(edges_of(project, may_be_null));
  using Strength = Edge::Strength;
  for (const Strength strength : {Strength::Needed, Strength::Waits, Strength::MayBeNull}) {
    for (const Edge& edge : edges) {
      if (edge.strength != strength) continue;
      const std::vector<Edge> back = graph.path(edge.parent, edge.child);
      if (back.empty()) {
        graph.add(edge);
      } else if (strength == Strength::Needed) {
        return base::fail(no_first_row(edge, back));
      } else {
        later.insert({edge.child, edge.relation});
      }
    }
  }
  for (const config::Entity& entity : project.entities) {
    for (size_t i = 0; i < entity.relations.size(); ++i) {
      const config::Relation& relation = entity.relations[i];
      if (relation.entity != entity.name) continue;
      if (relation.missing == Missing::Null && !TRY(may_be_null(entity, relation))) return base::fail(cannot_be_null(entity, relation));
      later.insert({&entity, i});
    }
  }

  for (const config::Entity& entity : project.entities) {
    for (const config::Entity& maker : project.entities) {
      if (fills_rows_of(entity, maker) && graph.path(&maker, &entity).empty()) graph.add({&entity, 0, &maker});
    }
  }

  std::vector<const config::Entity*> placed;
  std::set<const config::Entity*> seen;
  for (const config::Entity& entity : project.entities) graph.place(entity, seen, placed);
  std::vector<Step> out;
  for (const config::Entity* entity : placed) {
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), entity->name) == wanted.end()) continue;
    Step step{entity, {}};
    for (size_t i = 0; i < entity->relations.size(); ++i) step.later.push_back(later.contains({entity, i}));
    out.push_back(std::move(step));
  }
  return out;
}

}  // namespace syncline::sync
