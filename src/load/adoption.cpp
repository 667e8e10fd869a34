// SPDX-License-Identifier: Apache-2.0
#include "load/adoption.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "load/accounts.hpp"
#include "load/expression.hpp"
#include "load/verdict.hpp"
#include "sql/phone.hpp"

namespace syncline::load {
namespace {

using record::ColumnType;
using sql::Dialect;

/// Enums, citext and the like come as text from the source, and some of them have no equality of their own.
bool is_folded(const record::Column& column) { return column.type == ColumnType::Text || column.type == ColumnType::Other; }

/// k0, k1, …
std::vector<std::string> numbered(std::string_view prefix, size_t count) {
  std::vector<std::string> out;
  for (size_t i = 0; i < count; ++i) out.push_back(fmt::format("{}{}", prefix, i));
  return out;
}

}  // namespace

Adoption::Adoption(const Target& target, const std::string& entity, Dialect dialect, std::string ready)
    : target_(target), entity_(entity), dialect_(dialect), ready_(std::move(ready)), claim_(sql::quoted("syncline_claim_" + entity)) {}

std::string Adoption::natural(size_t way) const {
  // The number comes first: PostgreSQL cuts long names at their end.
  return sql::quoted(fmt::format("syncline_natural_{}_{}", way, entity_));
}

std::string Adoption::row_id() const { return "t." + sql::quoted(target_.row_id.name); }

std::string Adoption::create(Lifetime lifetime) const {
  if (!wanted()) return "";
  const bool postgres = dialect_ == Dialect::Postgres;
  const std::string_view create = postgres ? "CREATE TEMP TABLE " : "CREATE TEMP TABLE IF NOT EXISTS ";
  const std::string_view ending = !postgres ? ");\n" : lifetime == Lifetime::Session ? ") ON COMMIT DELETE ROWS;\n" : ") ON COMMIT DROP;\n";
  const std::string key =
      declared(target_.columns[0].column, dialect_) + (target_.key_collation.empty() ? "" : " COLLATE " + target_.key_collation);
  std::string out = fmt::format("{}{} (n bigint, way integer, key {}, id {}, candidates bigint, place bigint, value text{}", create, claim_,
                                key, declared(target_.row_id, dialect_), ending);
  for (size_t way = 0; way < target_.adopt.size(); ++way) {
    std::vector<std::string> columns{"n bigint", "key " + key};
    for (const NaturalPart& part : target_.adopt[way].parts) {
      const std::string type = !is_folded(part.column) ? declared(part.column, dialect_) : postgres ? "text COLLATE \"C\"" : "text";
      columns.push_back(fmt::format("k{} {}", columns.size() - 2, type));
    }
    out += fmt::format("{}{} ({}{}", create, natural(way), base::joined(columns, ", "), ending);
    // The planner takes what is found for so little that it would compare each with each.
    out += fmt::format("CREATE INDEX {} ON {} ({});\n",
                       (postgres ? "" : "IF NOT EXISTS temp.") + sql::quoted(fmt::format("syncline_values_{}_{}", way, entity_)),
                       natural(way), base::joined(numbered("k", columns.size() - 2), ", "));
  }
  return out;
}

std::vector<std::string> Adoption::temporary_tables() const {
  std::vector<std::string> out;
  if (wanted()) out.push_back(claim_);
  for (size_t way = 0; way < target_.adopt.size(); ++way) out.push_back(natural(way));
  return out;
}

std::string Adoption::ready_columns() const {
  return wanted() ? fmt::format(", way integer, adopts {}", declared(target_.row_id, dialect_)) : "";
}

std::string Adoption::clear() const {
  std::string out;
  for (size_t way = 0; way < target_.adopt.size(); ++way)
    out += fmt::format(" {}{};", dialect_ == Dialect::Postgres ? "TRUNCATE " : "DELETE FROM ", natural(way));
  return out;
}

std::string Adoption::clear_claims() const {
  return fmt::format("{}{}", dialect_ == Dialect::Postgres ? "TRUNCATE " : "DELETE FROM ", claim_);
}

std::string Adoption::any_new() const { return fmt::format("SELECT n FROM {} WHERE verdict = {} LIMIT 1", ready_, verdict::New); }

std::string Adoption::of_row(const NaturalPart& part) const {
  const std::string value = "t." + sql::quoted(part.column.name);
  if (part.phone) return sql::phone(value, *part.phone, dialect_);
  return is_folded(part.column) ? folded(value, dialect_) : value;
}

std::string Adoption::of_staged(const NaturalPart& part) const {
  const std::string value = fmt::format("r.{}{}", part.is_relation ? "m" : "c", part.index);
  // Two rows without an e-mail are not one person.
  return is_folded(part.column) ? fmt::format("NULLIF({}, '')", folded(value, dialect_)) : value;
}

std::string Adoption::look(size_t way) const {
  std::vector<std::string> values, present;
  for (const NaturalPart& part : target_.adopt[way].parts) {
    values.push_back(of_staged(part));
    present.push_back(values.back() + " IS NOT NULL");
  }
  return fmt::format(
      "INSERT INTO {} (n, key, {}) SELECT r.n, r.c0, {} FROM {} AS r WHERE r.verdict = {} AND {} AND r.n NOT IN (SELECT n "
      "FROM {})",
      natural(way), base::joined(numbered("k", values.size()), ", "), base::joined(values, ", "), ready_, verdict::New,
      base::joined(present, " AND "), claim_);
}

std::string Adoption::and_may_be_phone(const NaturalPart& part, size_t way, size_t i) const {
  const std::string condition =
      sql::may_be_phone("t." + sql::quoted(part.column.name), *part.phone, dialect_, fmt::format("k{}", i), natural(way));
  return condition.empty() ? "" : " AND " + condition;
}

Adoption::RowKey Adoption::row_key(size_t way) const {
  std::vector<std::string> values, named, equal;
  std::string may_be;
  for (const NaturalPart& part : target_.adopt[way].parts) {
    const size_t i = values.size();
    values.push_back(of_row(part));
    named.push_back(fmt::format("{} AS k{}", values.back(), i));
    if (part.phone) may_be += and_may_be_phone(part, way, i);
    equal.push_back(fmt::format("f.k{0} = k.k{0}", i));
  }
  return {base::joined(values, ", "), base::joined(named, ", "), base::joined(equal, " AND "), may_be};
}

std::string Adoption::claim(size_t way) const {
  const RowKey in_row = row_key(way);
  // The table's rows are grouped by their key before they meet the staged ones: a thousand of these and a thousand of those with one
  // key would be a million pairs.
  return fmt::format(
      "INSERT INTO {claim} (n, way, key, id, candidates, place, value) SELECT k.n, {way}, k.key, f.id, f.candidates, f.place, {shown} FROM "
      "{natural} AS k JOIN (SELECT {named}, {id} AS id, count(*) OVER (PARTITION BY {row}) AS candidates, row_number() OVER (PARTITION BY "
      "{row} ORDER BY {id}) AS place FROM {table} AS t WHERE t.{key} IS NULL{free}{may_be} AND ({row}) IN (SELECT {numbered} FROM "
      "{natural})) AS f "
      "ON "
      "{equal} WHERE f.place <= {names_max}",
      fmt::arg("claim", claim_), fmt::arg("way", way), fmt::arg("shown", shown(way)), fmt::arg("natural", natural(way)),
      fmt::arg("named", in_row.named), fmt::arg("id", row_id()), fmt::arg("row", in_row.values),
      fmt::arg("table", sql::quoted(target_.table.name)), fmt::arg("key", sql::quoted(target_.columns[0].column.name)),
      fmt::arg("may_be", in_row.may_be), fmt::arg("free", and_of_account_or_none(target_, "t")),
      fmt::arg("numbered", base::joined(numbered("k", target_.adopt[way].parts.size()), ", ")), fmt::arg("equal", in_row.equal),
      fmt::arg("names_max", NamesMax));
}

std::string Adoption::shown(size_t way) const {
  std::vector<std::string> texts;
  for (const std::string& value : numbered("k.k", target_.adopt[way].parts.size())) texts.push_back(fmt::format("CAST({} AS text)", value));
  return base::joined(texts, " || ', ' || ");
}

std::string Adoption::remembered(size_t way) const {
  const std::vector<NaturalPart>& parts = target_.adopt[way].parts;
  std::vector<std::string> texts;
  for (size_t i = 0; i < parts.size(); ++i) {
    const bool scaled = parts[i].column.type == ColumnType::Decimal && dialect_ == Dialect::Postgres;
    const std::string value = fmt::format("k.k{}", i);
    texts.push_back(fmt::format("CAST({} AS text)", scaled ? "trim_scale(" + value + ")" : value));
  }
  if (texts.size() == 1) return texts[0];
  for (std::string& text : texts) text = fmt::format("length({0}) || ':' || {0}", text);
  return base::joined(texts, " || ");
}

std::string Adoption::unclaimed(size_t way) const {
  return fmt::format("SELECT k.n, {} FROM {} AS k WHERE k.n NOT IN (SELECT n FROM {})", remembered(way), natural(way), claim_);
}

std::string Adoption::contest(size_t way, const std::string& contested) const {
  const record::Column& key = target_.columns[0].column;
  return fmt::format(
      "INSERT INTO {claim} (n, way, key, id, candidates, place, value) SELECT k.n, {way}, k.key, f.id, 0, 1, {shown} FROM (VALUES "
      "{contested}) AS o JOIN {natural} AS k ON k.n = o.column1 JOIN (SELECT {named}, t.{key} AS owner, {id} AS id FROM {table} AS t WHERE "
      "t.{key} IS NOT NULL{account}) AS f ON f.owner = {owner} AND {equal} WHERE NOT {lets_go}",
      fmt::arg("claim", claim_), fmt::arg("way", way), fmt::arg("shown", shown(way)), fmt::arg("contested", contested),
      fmt::arg("natural", natural(way)), fmt::arg("named", row_key(way).named), fmt::arg("key", sql::quoted(key.name)),
      fmt::arg("id", row_id()), fmt::arg("table", sql::quoted(target_.table.name)), fmt::arg("account", and_of_account(target_, "t")),
      fmt::arg("owner", parent_value("o.column2", key, dialect_)), fmt::arg("equal", row_key(way).equal),
      fmt::arg("lets_go", lets_go(way)));
}

std::string Adoption::adopted() const {
  std::vector<std::string> ways;
  for (size_t way = 0; way < target_.adopt.size(); ++way) {
    ways.push_back(
        fmt::format("SELECT {}, {}, CAST(k.key AS text) FROM {} AS k JOIN {} AS r ON r.n = k.n WHERE r.verdict = {} AND r.way = {}", way,
                    remembered(way), natural(way), ready_, verdict::Adopted, way));
  }
  return base::joined(ways, " UNION ALL ");
}

std::string Adoption::lets_go(size_t way) const {
  std::vector<std::string> equal;
  for (const NaturalPart& part : target_.adopt[way].parts) equal.push_back(fmt::format("f.k{} = {}", equal.size(), of_staged(part)));
  return fmt::format("EXISTS (SELECT 1 FROM {} AS r WHERE r.c0 = f.owner AND r.verdict = {} AND ({}) IS NOT TRUE)", ready_,
                     verdict::Changed, base::joined(equal, " AND "));
}

std::string Adoption::resolve_claims() const {
  return fmt::format(
      "UPDATE {0} AS r SET verdict = c.verdict, adopts = c.id, way = c.way FROM (SELECT n, way, id, CASE WHEN candidates <> 1 OR id IN "
      "(SELECT id FROM {1} WHERE candidates = 1 GROUP BY id HAVING count(DISTINCT key) > 1) THEN {2} ELSE {3} END AS verdict FROM {1} "
      "WHERE place = 1) AS c WHERE r.n = c.n",
      ready_, claim_, verdict::Unclear, verdict::Adopted);
}

std::string Adoption::unclear() const {
  return fmt::format(
      "SELECT c.n, c.way, c.id, c.candidates, c.value, c.key, CAST(t.{1} AS text) FROM {0} AS c LEFT JOIN {2} AS t ON {3} = c.id WHERE "
      "c.candidates <> 1 OR c.id IN (SELECT id FROM {0} WHERE candidates = 1 GROUP BY id HAVING count(DISTINCT key) > 1) ORDER BY c.n, "
      "c.place",
      claim_, sql::quoted(target_.columns[0].column.name), sql::quoted(target_.table.name), row_id());
}

std::string Adoption::lock_free() const {
  return fmt::format("SELECT count(*) FROM (SELECT 1 FROM {} AS t JOIN {} AS r ON {} WHERE {} ORDER BY {}{}) AS locked",
                     sql::quoted(target_.table.name), ready_, is_adopted(), still_free(), row_id(),
                     dialect_ == Dialect::Postgres ? " FOR UPDATE OF t" : "");
}

std::string Adoption::is_adopted() const { return fmt::format("{} = r.adopts AND r.verdict = {}", row_id(), verdict::Adopted); }

/// By the values that were looked for: those of the ready row may have become others, where a value is taken.
std::string Adoption::still_free() const {
  std::string ways;
  for (size_t way = 0; way < target_.adopt.size(); ++way) {
    std::vector<std::string> equal;
    for (const NaturalPart& part : target_.adopt[way].parts) equal.push_back(fmt::format("{} = k.k{}", of_row(part), equal.size()));
    ways +=
        fmt::format(" WHEN {} THEN EXISTS (SELECT 1 FROM {} AS k WHERE k.n = r.n AND {})", way, natural(way), base::joined(equal, " AND "));
  }
  // IS TRUE keeps the planner from beginning with all rows that have no external id.
  return fmt::format("(t.{} IS NULL) IS TRUE{} AND CASE r.way{} END", sql::quoted(target_.columns[0].column.name),
                     and_of_account_or_none(target_, "t"), ways);
}

}  // namespace syncline::load
