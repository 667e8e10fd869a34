// SPDX-License-Identifier: Apache-2.0
#include "config/read/entity_file.hpp"

#include <fmt/format.h>

#include <set>

#include "base/text.hpp"
#include "base/time.hpp"
#include "config/read/batch_rows.hpp"
#include "config/read/conditions.hpp"
#include "config/read/deletes.hpp"
#include "config/read/field.hpp"
#include "config/read/key.hpp"
#include "config/read/names.hpp"
#include "config/read/numbering.hpp"
#include "config/read/source.hpp"

namespace syncline::config {
namespace {

/// A list that is not the same twice in so many readings has no end to its changes.
constexpr int64_t PassesMax = 9;

Entity::Version read_version(const Reading& reading, const Tree& node) {
  const Keys keys(reading, node, "`version`", {"column", "from", "first_value"});
  Entity::Version version;
  version.place = reading.place(node.spot);
  if (const Tree* column = keys.required("column", "`column:` and the table's column"))
    version.column = read_column(reading, *column, "column").value_or("");
  if (const Tree* from = keys.required("from", "`from:` and the path in the record"))
    version.from = read_source(reading, *from, "from").value_or(Source{});
  if (const Tree* first_value = keys.find("first_value"))
    version.from.first_value = reading.boolean(*first_value, "first_value").value_or(false);
  return version;
}

bool begins_with(const Path& path, std::string_view name) { return !path.steps.empty() && path.steps.front().name == name; }

/// Where the list stands whose elements become rows.
std::optional<Source> read_each(const Reading& reading, const Tree& node) {
  std::optional<Source> each = read_source(reading, node, "each");
  if (!each) return each;
  for (const Path& path : each->paths) {
    if (!path.steps.empty() && !(path.steps.size() == 1 && begins_with(path, scope::Record))) continue;
    reading.problem(node.spot, fmt::format("`each` names a list in the record; `{}` is the record itself", path.text));
  }
  return each;
}

std::optional<base::Date> read_start(const Reading& reading, const Tree& node) {
  const std::optional<std::string> text = reading.text(node, "start");
  if (!text) return std::nullopt;
  if (auto date = base::parse_date(*text)) return *date;
  reading.problem(node.spot, fmt::format("`start` must be a date such as 2023-01-31, not `{}`", base::shown(*text, 60)));
  return std::nullopt;
}

void read_where(const Reading& reading, const Tree& node, RowsOf rows_of, Entity& entity) {
  for (const Tree::Entry& entry : entries_of(reading, node, "where", "{path: {one_of: [a, b]}}")) {
    const auto path = parse_path(entry.key);
    if (!path) reading.problem(entry.spot, path.error().message);
    if (path && rows_of == RowsOf::Elements && begins_with(*path, scope::Element)) {
      reading.problem(entry.spot, fmt::format("`where` judges whole records, before there are elements; write a path in the record (a "
                                              "value of it that is named so is `record.{}`)",
                                              base::shown(path->text, 60)));
    }
    Source source;
    source.place = reading.place(entry.spot);
    if (path) source.paths.push_back(*path);
    for (Test& test : read_tests(reading, entry.value, entry.key)) entity.where.push_back({source, std::move(test)});
  }
}

std::optional<RelationWay> read_way(const Reading& reading, const Tree& node) {
  if (node.kind != Tree::Kind::Map || node.entries.size() != 1) {
    reading.problem(node.spot, "a way to find the row is {external: path}, or {column: path} with a column of its table");
    return std::nullopt;
  }
  const Tree::Entry& entry = node.entries.front();
  RelationWay way;
  way.place = reading.place(entry.spot);
  if (entry.key != "external") {
    way.kind = RelationWay::Kind::Column;
    way.column = entry.key;
    check_identifier(reading, entry.spot, entry.key, "a column");
  }
  way.from = read_source(reading, entry.value, entry.key).value_or(Source{});
  return way;
}

void read_target(const Reading& reading, const Tree& node, Relation& relation) {
  if (node.kind != Tree::Kind::Map) {
    relation.entity = reading.filled_text(node, "to").value_or("");
    return;
  }
  const Keys keys(reading, node, "`to`", {"table", "column"});
  if (const Tree* table = keys.required("table", "`table:` and a table that is not synced"))
    relation.table = read_table(reading, *table, "table");
  if (const Tree* column = keys.required("column", "`column:` and the column of it that is stored"))
    relation.table_column = read_column(reading, *column, "column").value_or("");
}

Relation read_relation(const Reading& reading, const Tree::Entry& entry) {
  const Keys keys(reading, entry.value, fmt::format("the relation `{}`", base::shown(entry.key, 60)), {"to", "by", "missing", "ambiguous"});
  Relation relation;
  relation.column = entry.key;
  relation.place = reading.place(entry.spot);
  check_identifier(reading, entry.spot, entry.key, "a column");
  if (const Tree* to = keys.required("to", "`to:` and an entity, or {table: …, column: …}")) read_target(reading, *to, relation);
  if (const Tree* by = keys.required("by", "`by: [{external: path}]`")) {
    const std::vector<Tree>& items = items_of(reading, *by, "by", "[{external: path}]");
    if (by->kind == Tree::Kind::List && items.empty()) reading.problem(by->spot, "`by` is empty; write a way such as {external: path}");
    for (const Tree& item : items) {
      if (auto way = read_way(reading, item)) relation.by.push_back(std::move(*way));
    }
  }
  using Missing = Relation::Missing;
  if (const Tree* missing = keys.find_with_null("missing")) {
    relation.missing =
        reading.word<Missing>(*missing, "missing", {{"null", Missing::Null}, {"reject", Missing::Reject}, {"wait", Missing::Wait}})
            .value_or(Missing::Null);
  }
  using Ambiguous = Relation::Ambiguous;
  if (const Tree* ambiguous = keys.find_with_null("ambiguous")) {
    relation.ambiguous = reading.word<Ambiguous>(*ambiguous, "ambiguous", {{"null", Ambiguous::Null}, {"reject", Ambiguous::Reject}})
                             .value_or(Ambiguous::Reject);
  }
  return relation;
}

/// Natural keys: a list of lists of columns. One column needs no list of its own.
void read_adopt(const Reading& reading, const Tree& node, Entity& entity) {
  const auto read_key = [&](const Tree& item) {
    NaturalKey key;
    key.place = reading.place(item.spot);
    const auto add = [&](const Tree& column) {
      if (auto name = read_column(reading, column, "adopt")) key.columns.push_back(std::move(*name));
    };
    if (item.kind != Tree::Kind::List) {
      add(item);
    } else if (item.items.empty()) {
      reading.problem(item.spot, "a natural key is empty; name the columns that tell whose row it is");
    }
    for (const Tree& column : item.items) add(column);
    if (!key.columns.empty()) entity.adopt.push_back(std::move(key));
  };
  if (node.kind == Tree::Kind::Scalar) return read_key(node);
  for (const Tree& item : items_of(reading, node, "adopt", "[[email], [customer_id, class_id]]")) read_key(item);
}

/// One account, or a list of them: the entity is read once for each, and here is the first.
void read_account(const Reading& reading, const Tree& node, Entity& entity) {
  if (node.kind != Tree::Kind::List) {
    entity.account = reading.filled_text(node, "account").value_or("");
    return;
  }
  std::set<std::string> accounts;
  for (const Tree& item : node.items) {
    const auto name = reading.filled_text(item, "account");
    if (name && !accounts.insert(*name).second)
      reading.problem(item.spot, fmt::format("the account `{}` is named twice; remove one", base::shown(*name, 60)));
    if (name && entity.account.empty()) entity.account = *name;
  }
  if (node.items.empty()) reading.problem(node.spot, "`account` is empty; name one of the accounts of syncline.yaml, or several");
  if (accounts.size() < 2 || entity.key.column.empty() || !entity.key.account_column.empty()) return;
  reading.problem(
      node.spot,
      "ids are unique within one account only, and several accounts feed this table; write `account_column:` in `key`, and a column "
      "for the account's name");
}

int read_passes(const Reading& reading, const Tree& node) {
  const std::optional<int64_t> passes = reading.integer(node, "passes");
  if (!passes) return 1;
  if (*passes >= 1 && *passes <= PassesMax) return int(*passes);
  reading.problem(
      node.spot, fmt::format("`passes` is 1 to {}, not {}: how often a list is read at most, until nothing new comes", PassesMax, *passes));
  return 1;
}

}  // namespace

Entity read_entity_file(const Reading& reading, const Tree& root, const std::string& name) {
  const Keys keys(reading, root, "an entity",
                  {"table", "account", "from", "each", "start", "where", "key", "version", "fields", "relations", "adopt", "local",
                   "insert", "deletes", "passes", "batch_rows", "stamp"});
  Entity entity;
  entity.name = name;
  entity.place = reading.place(root.spot);
  if (const Tree* table = keys.required("table", "`table:` and the table that is written")) {
    entity.place = reading.place(keys.spot("table"));
    entity.table = read_table(reading, *table, "table").value_or(record::TableName{});
  }
  const Tree* account = keys.required("account", "`account:` and one of the accounts of syncline.yaml");
  if (const Tree* from = keys.required("from", "`from:` and a stream of the account's connector"))
    entity.stream = reading.filled_text(*from, "from").value_or("");
  const RowsOf rows_of = keys.find("each") ? RowsOf::Elements : RowsOf::Records;
  if (const Tree* each = keys.find("each")) entity.each = read_each(reading, *each);
  if (const Tree* start = keys.find("start")) entity.start = read_start(reading, *start);
  if (const Tree* where = keys.find("where")) read_where(reading, *where, rows_of, entity);
  if (const Tree* key = keys.required("key", "`key: {column: …, from: …}`")) entity.key = read_key(reading, *key, rows_of);
  if (account) read_account(reading, *account, entity);
  if (const Tree* version = keys.find("version")) entity.version = read_version(reading, *version);
  if (const Tree* fields = keys.find("fields")) {
    for (const Tree::Entry& entry : entries_of(reading, *fields, "fields", "{column: path}")) {
      if (is_numbering(entry)) {
        entity.numbers.push_back(read_numbering(reading, entry));
      } else {
        entity.fields.push_back(read_field(reading, entry));
      }
    }
  }
  if (const Tree* relations = keys.find("relations")) {
    for (const Tree::Entry& entry : entries_of(reading, *relations, "relations", "{column: {to: entity, by: [{external: path}]}}")) {
      entity.relations.push_back(read_relation(reading, entry));
    }
  }
  if (const Tree* adopt = keys.find("adopt")) read_adopt(reading, *adopt, entity);
  if (const Tree* local = keys.find("local")) {
    for (const Tree& item : items_of(reading, *local, "local", "[column, another column]")) {
      if (auto column = read_column(reading, item, "local")) entity.local.push_back(std::move(*column));
    }
  }
  if (const Tree* insert = keys.find("insert")) entity.insert = reading.boolean(*insert, "insert").value_or(true);
  // Who only fills rows of another entity would void its stamps with every run, and that one these.
  entity.stamp = entity.insert;
  if (const Tree* deletes = keys.find("deletes")) entity.deletes = read_deletes(reading, *deletes);
  if (const Tree* passes = keys.find("passes")) entity.passes = read_passes(reading, *passes);
  if (const Tree* rows = keys.find("batch_rows")) entity.batch_rows = read_batch_rows(reading, *rows);
  if (const Tree* stamp = keys.find("stamp")) entity.stamp = reading.boolean(*stamp, "stamp").value_or(true);
  return entity;
}

}  // namespace syncline::config
