// SPDX-License-Identifier: Apache-2.0
#include "config/read/cross_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <map>
#include <string_view>

#include "base/text.hpp"
#include "config/read/deletes.hpp"
#include "config/read/shared_columns.hpp"
#include "config/read/suggestion.hpp"

namespace syncline::config {
namespace {

/// Where a value stands: {"fields", "source", "rules"}; as far as the keys go.
Place place_of(const FileTree& file, std::initializer_list<std::string_view> keys) {
  const yaml::Tree* node = &file.root;
  for (std::string_view key : keys) {
    const yaml::Tree::Entry* entry = node->entry(key);
    if (!entry) break;
    node = &entry->value;
  }
  return {file.shown, node->spot.line, node->spot.column};
}

template <class Named>
std::vector<std::string> names_of(const std::vector<Named>& all) {
  std::vector<std::string> names;
  names.reserve(all.size());
  for (const Named& one : all) names.push_back(one.name);
  return names;
}

std::vector<std::string> names_of(const std::vector<EntityFile>& all) {
  std::vector<std::string> names;
  names.reserve(all.size());
  for (const EntityFile& one : all) {
    // One file with several accounts is as many entities.
    if (names.empty() || names.back() != one.entity.name) names.push_back(one.entity.name);
  }
  return names;
}

bool has(const std::vector<std::string>& names, std::string_view wanted) {
  return std::find(names.begin(), names.end(), wanted) != names.end();
}

/// Where an account of the file's is named: in the list, if there is one.
Place account_place(const EntityFile& it) {
  const yaml::Tree::Entry* account = it.file.root.entry("account");
  if (!account) return place_of(it.file, {"account"});
  for (const yaml::Tree& item : account->value.items) {
    if (item.text == it.entity.account) return {it.file.shown, item.spot.line, item.spot.column};
  }
  return place_of(it.file, {"account"});
}

void check_account(const Project& project, const EntityFile& it, std::vector<Problem>& problems) {
  const Entity& entity = it.entity;
  if (entity.account.empty()) return;
  const Account* account = project.account(entity.account);
  if (!account) {
    const std::vector<std::string> known = names_of(project.accounts);
    problems.push_back({account_place(it), fmt::format("syncline.yaml has no account `{}`{}", base::shown(entity.account, 60),
                                                       suggestion(entity.account, known))});
    return;
  }
  // A connector without streams has been reported.
  const std::vector<std::string> streams = names_of(account->connector.streams);
  if (entity.stream.empty() || streams.empty() || has(streams, entity.stream)) return;
  problems.push_back({place_of(it.file, {"from"}), fmt::format("the connector {} has no stream `{}`{}", account->connector.name,
                                                               base::shown(entity.stream, 60), suggestion(entity.stream, streams))});
}

/// Only a list that is paged by number moves under its reader.
void check_passes(const Project& project, const EntityFile& it, std::vector<Problem>& problems) {
  const Account* account = project.account(it.entity.account);
  const Stream* stream = account ? account->connector.stream(it.entity.stream) : nullptr;
  if (it.entity.passes == 1 || !stream || stream->is_paged_by_number()) return;
  problems.push_back(
      {place_of(it.file, {"passes"}),
       fmt::format("`{}` is not paged by number, so one pass shows all of it; remove `passes`", base::shown(it.entity.stream, 60))});
}

void check_rules(const std::vector<std::string>& known, const EntityFile& it, std::vector<Problem>& problems) {
  for (const FieldMapping& field : it.entity.fields) {
    if (field.rules.empty() || has(known, field.rules)) continue;
    problems.push_back(
        {place_of(it.file, {"fields", field.column, "rules"}), fmt::format("there is no rules/{}.yaml{}", base::shown(field.rules, 60),
                                                                           known.empty() ? "; write it" : suggestion(field.rules, known))});
  }
}

void check_relation(const std::vector<std::string>& known, const EntityFile& it, const Relation& relation, std::vector<Problem>& problems) {
  if (!relation.entity.empty() && !has(known, relation.entity)) {
    problems.push_back({place_of(it.file, {"relations", relation.column, "to"}),
                        fmt::format("there is no entities/{}.yaml{} (a table that is not synced is {{table: …, column: …}})",
                                    base::shown(relation.entity, 60), suggestion(relation.entity, known))});
  }
  if (!relation.table) return;
  for (const RelationWay& way : relation.by) {
    if (way.kind == RelationWay::Kind::External) {
      problems.push_back({way.place, "a table that is not synced has no external ids; name one of its columns instead of `external`"});
    }
  }
}

/// An external id is looked for among those of the child's own account.
void check_parents_account(const std::vector<EntityFile>& entities, const EntityFile& it, const Relation& relation,
                           std::vector<Problem>& problems) {
  bool shared = !it.entity.key.account_column.empty(), found = false;
  for (const EntityFile& parent : entities) {
    if (parent.entity.name != relation.entity) continue;
    if (parent.entity.account == it.entity.account) return;
    found = true;
    shared = shared || !parent.entity.key.account_column.empty();
  }
  if (!found || !shared) return;
  for (const RelationWay& way : relation.by) {
    if (way.kind != RelationWay::Kind::External) continue;
    problems.push_back(
        {way.place, fmt::format("`{}` is not synced for the account `{}`, and ids are unique within one account only; add the account to "
                                "entities/{}.yaml, or find the row by one of its columns",
                                base::shown(relation.entity, 60), base::shown(it.entity.account, 60), base::shown(relation.entity, 60))});
  }
}

/// Finds relations that lead back to where they began and all insist on their parents, in the order of files: of such rows none can be the
/// first. Each circle is reported once, at the relation that closes it. Rows of one entity among themselves are no such circle: those
/// without a parent come first.
class CircleFinder {
 public:
  CircleFinder(const std::vector<EntityFile>& entities, std::vector<Problem>& problems) : problems_(problems) {
    for (const EntityFile& it : entities) by_name_[it.entity.name] = &it.entity;
  }

  void find() {
    for (const auto& [name, entity] : by_name_) visit(*entity);
  }

 private:
  void visit(const Entity& entity) {
    if (!visited_.emplace(entity.name, true).second) return;
    way_here_.push_back(entity.name);
    for (const Relation& relation : entity.relations) {
      const auto target = by_name_.find(relation.entity);
      if (target == by_name_.end() || target->second == &entity || relation.missing != Relation::Missing::Reject) continue;
      const auto before = std::find(way_here_.begin(), way_here_.end(), relation.entity);
      if (before != way_here_.end()) report(relation, {before, way_here_.end()});
      visit(*target->second);
    }
    way_here_.pop_back();
  }

  void report(const Relation& relation, std::vector<std::string> circle) {
    circle.push_back(relation.entity);
    problems_.push_back(
        {relation.place, fmt::format("relations in a circle ({}) that all reject rows without a parent: no row could be the first; write "
                                     "`missing: wait` for one of them, or `missing: null` where the column may be null",
                                     base::joined(circle, " → "))});
  }

  std::vector<Problem>& problems_;
  std::map<std::string, const Entity*> by_name_;
  std::map<std::string, bool> visited_;
  std::vector<std::string> way_here_;
};

/// Why two entities cannot find rows of one table by one key column; "" if they can.
std::string why_not_both(const Entity& entity, const Entity& other) {
  if (entity.account != other.account) {
    if (!entity.key.account_column.empty() && entity.key.account_column == other.key.account_column) return "";
    return fmt::format("; its ids are those of the account `{}` and may be equal to these: write the same `account_column:` in both keys",
                       base::shown(other.account, 60));
  }
  // One makes the rows, any number may fill their columns.
  return entity.insert && other.insert ? "; use another column, join the two, or let one only fill columns (`insert: false`)" : "";
}

/// Ids are unique per account only, and a row has one maker.
void check_shared_keys(const std::vector<EntityFile>& entities, std::vector<Problem>& problems) {
  std::map<std::pair<record::TableName, std::string>, std::vector<const Entity*>> writers;
  for (const EntityFile& it : entities) {
    const Entity& entity = it.entity;
    if (entity.table.name.empty() || entity.key.column.empty()) continue;
    std::vector<const Entity*>& others = writers[std::pair(entity.table, entity.key.column)];
    for (const Entity* other : others) {
      const std::string why = why_not_both(entity, *other);
      // Of one file's own accounts its reader has spoken.
      if (why.empty() || other->name == entity.name) continue;
      problems.push_back(
          {place_of(it.file, {"key", "column"}), fmt::format("entities/{}.yaml already writes the table {} by the key column {}{}",
                                                             other->name, record::to_string(entity.table), entity.key.column, why)});
      break;
    }
    others.push_back(&entity);
  }
}

/// What is numbered within a row must say which row that is.
void check_numbers(const EntityFile& it, std::vector<Problem>& problems) {
  std::vector<std::string> relations;
  for (const Relation& relation : it.entity.relations) relations.push_back(relation.column);
  for (const Numbering& number : it.entity.numbers) {
    if (number.next_in.empty() || has(relations, number.next_in)) continue;
    problems.push_back({place_of(it.file, {"fields", number.column, "next_in"}),
                        fmt::format("`{}` is no relation of this entity{}", base::shown(number.next_in, 60),
                                    relations.empty() ? "; write one under `relations`" : suggestion(number.next_in, relations))});
  }
}

/// A row is adopted by what the record says of it, so by columns that the mapping writes.
void check_adopt(const Entity& entity, std::vector<Problem>& problems) {
  std::vector<std::string> mapped;
  mapped.reserve(entity.fields.size() + entity.relations.size());
  for (const FieldMapping& field : entity.fields) mapped.push_back(field.column);
  for (const Relation& relation : entity.relations) mapped.push_back(relation.column);
  for (const NaturalKey& key : entity.adopt) {
    for (size_t i = 0; i < key.columns.size(); ++i) {
      const std::string& column = key.columns[i];
      const std::string shown = base::shown(column, 60);
      if (!has(mapped, column))
        problems.push_back({key.place, fmt::format("rows are adopted by `{}`, which is neither a field nor a relation of this entity{}",
                                                   shown, suggestion(column, mapped))});
      if (std::find(key.columns.begin(), key.columns.begin() + ptrdiff_t(i), column) != key.columns.begin() + ptrdiff_t(i))
        problems.push_back({key.place, fmt::format("a natural key names `{}` twice; remove one", shown)});
    }
  }
}

}  // namespace

void check_columns(const EntityFile& it, std::vector<Problem>& problems) {
  const Entity& entity = it.entity;
  std::map<std::string, std::string> writers;
  const auto write = [&](const std::string& column, const std::string& as, const Place& place) {
    if (column.empty()) return;
    const auto [first, is_new] = writers.emplace(column, as);
    if (!is_new)
      problems.push_back(
          {place, fmt::format("the column `{}` is written as {} already; remove one", base::shown(column, 60), first->second)});
  };
  write(entity.key.column, "the key", place_of(it.file, {"key", "column"}));
  write(entity.key.account_column, "the account", place_of(it.file, {"key", "account_column"}));
  if (entity.version) write(entity.version->column, "the version", place_of(it.file, {"version", "column"}));
  for (const FieldMapping& field : entity.fields) write(field.column, "a field", field.place);
  for (const Relation& relation : entity.relations) write(relation.column, "a relation", relation.place);
  for (const Numbering& number : entity.numbers) write(number.column, "a number", number.place);
  check_numbers(it, problems);
  check_adopt(entity, problems);
  check_deletes(entity, writers, problems);
  for (const std::string& column : entity.local) {
    const auto writer = writers.find(column);
    if (writer == writers.end()) continue;
    problems.push_back({place_of(it.file, {"local"}), fmt::format("`{}` is local, so never written, but mapped as {}; remove one",
                                                                  base::shown(column, 60), writer->second)});
  }
}

void check_across_files(const Project& project, bool accounts_known, const std::vector<EntityFile>& entities,
                        std::vector<Problem>& problems) {
  const std::vector<std::string> rules = names_of(project.rules), names = names_of(entities);
  for (const EntityFile& it : entities) {
    if (accounts_known) {
      check_account(project, it, problems);
      check_passes(project, it, problems);
    }
    check_rules(rules, it, problems);
    for (const Relation& relation : it.entity.relations) {
      check_relation(names, it, relation, problems);
      check_parents_account(entities, it, relation, problems);
    }
  }
  CircleFinder(entities, problems).find();
  check_shared_keys(entities, problems);
  check_shared_columns(entities, problems);
}

}  // namespace syncline::config
