// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "transform/fixtures/sample.hpp"

namespace syncline::transform {
namespace {

using config::KeyPart;
using config::Policy;
using record::ColumnType;
using record::Field;
using record::Value;
using sample::Mapped;
using sample::Page;

/// tenders: a row for each payment of an order.
config::Entity tenders() {
  config::FieldMapping amount = sample::field("amount", {"amount_allocated"});
  amount.on_missing = Policy::Reject;
  amount.blank = Policy::Null;
  config::Entity entity = sample::entity({sample::field("method", {"label"}), amount, sample::field("buyer", {"record.email"})});
  entity.each = sample::source({"payment_sources"});
  entity.key.from = {};
  entity.key.parts = {{KeyPart::Kind::Value, sample::source({"record.id"})},
                      {KeyPart::Kind::Value, sample::source({"label"})},
                      {KeyPart::Kind::Occurrence, {}}};
  config::Relation sale;
  sale.column = "sale_id";
  sale.by = {{config::RelationWay::Kind::External, "", sample::source({"record.id"}), {}}};
  entity.relations = {sale};
  return entity;
}

record::Table tenders_table() {
  return sample::table({sample::column("method", ColumnType::Text), sample::column("amount", ColumnType::Decimal),
                        sample::column("buyer", ColumnType::Text), sample::column("sale_id", ColumnType::Integer),
                        sample::column("updated", ColumnType::Timestamp)});
}

Mapped mapped(const Page& page, const config::Entity& entity = tenders(), const std::vector<config::RuleSet>& rules = {}) {
  const auto mapping = transform::bind(entity, tenders_table(), rules);
  EXPECT_TRUE(mapping) << mapping.error().message;
  return mapping ? sample::map(**mapping, page) : Mapped{};
}

Value payment(Page& page, std::string_view label, std::string_view amount) {
  return page.object({{"label", Value::text(label)}, {"amount_allocated", Value::number(amount)}}, "{…}");
}

void add_order(Page& page, std::string_view id, const Value& payments) {
  page.add({{"id", Value::text(id)}, {"email", Value::text("ann@example.com")}, {"payment_sources", payments}},
           R"({"id":")" + std::string(id) + "\"}");
}

std::string row(const Mapped& mapped, size_t index) {
  std::string cells;
  for (const record::Cell& cell : mapped.rows.row(index)) cells += (cells.empty() ? "" : ", ") + sample::shown(cell);
  return cells;
}

void expect_counts(const Mapped& mapped, int64_t records, int64_t rejected) {
  EXPECT_EQ(mapped.counters.mapped, records);
  EXPECT_EQ(mapped.counters.fetched, records);
  EXPECT_EQ(mapped.counters.rows, rejected);
  EXPECT_EQ(mapped.counters.rejected, rejected);
  EXPECT_EQ(int64_t(mapped.rejects.size()), rejected);
}

TEST(Each, WhatIsNoListIsOneRejectWithTheRecordsKey) {
  for (const bool has_parts : {true, false}) {
    Page page;
    add_order(page, "O1", Value::text("card"));
    add_order(page, "O2", page.list({payment(page, "card", "5")}, "[…]"));
    config::Entity entity = tenders();
    if (!has_parts) {
      entity.key.parts.clear();
      entity.key.from = sample::source({"label"});
    }
    const Mapped made = mapped(page, entity);
    expect_counts(made, 2, 1);
    EXPECT_EQ(made.rejects[0].stage, "map");
    EXPECT_EQ(made.rejects[0].code, "not_a_list");
    EXPECT_EQ(made.rejects[0].key, "O1");
    EXPECT_EQ(made.rejects[0].field, "payment_sources");
    EXPECT_EQ(made.rejects[0].reason, "`payment_sources` is text, not a list whose elements become rows");
    EXPECT_EQ(made.rejects[0].value, "card");
    EXPECT_EQ(made.rejects[0].payload, R"({"id":"O1"})");
    EXPECT_EQ(made.rows.size(), 1u);
  }
}

TEST(Each, NoElementsAreNoRows) {
  Page page;
  add_order(page, "O1", Value::null());
  add_order(page, "O2", page.list({}, "[]"));
  page.add({{"id", Value::text("O3")}});
  const Mapped made = mapped(page);
  expect_counts(made, 3, 0);
  EXPECT_EQ(made.rows.size(), 0u);
}

TEST(Each, AnElementThatIsNoRowIsOneRejectAndTheOthersLand) {
  Page page;
  add_order(page, "O1",
            page.list({payment(page, "card", "5"), page.object({{"label", Value::text("card")}}, R"({"label":"card"})"),
                       page.object({{"amount_allocated", Value::number("7")}}, R"({"amount":7})"), payment(page, "card", "9")},
                      "[…]"));
  const Mapped made = mapped(page);
  expect_counts(made, 1, 2);
  EXPECT_EQ(made.rejects[0].code, "missing");
  EXPECT_EQ(made.rejects[0].field, "amount");
  EXPECT_EQ(made.rejects[0].key, "O1:card:2") << "the whole key, where there is one";
  EXPECT_EQ(made.rejects[0].value, R"({"label":"card"})") << "which element it was";
  EXPECT_EQ(made.rejects[0].payload, R"({"id":"O1"})");
  EXPECT_EQ(made.rejects[1].code, "missing_key");
  EXPECT_EQ(made.rejects[1].field, "ext");
  EXPECT_EQ(made.rejects[1].reason, "`ext` is the key, and its part label is absent");
  EXPECT_EQ(made.rejects[1].key, "O1");
  EXPECT_EQ(made.rejects[1].value, R"({"amount":7})");
  ASSERT_EQ(made.rows.size(), 2u);
  EXPECT_EQ(made.rows.cells.size(), 2 * made.rows.columns);
  EXPECT_EQ(row(made, 0), "text O1:card:1, text card, decimal 5, text ann@example.com, text O1");
  EXPECT_EQ(row(made, 1), "text O1:card:3, text card, decimal 9, text ann@example.com, text O1")
      << "a refused element keeps its number, so that the others keep theirs when it is mended";
}

TEST(Each, ElementsThatAreNullOrTextAreNoObjects) {
  Page page;
  add_order(page, "O1", page.list({Value::null(), Value::text("card")}, "[…]"));
  const Mapped made = mapped(page);
  expect_counts(made, 1, 2);
  EXPECT_EQ(made.rejects[0].reason, "`ext` is the key, and its part label is null");
  EXPECT_EQ(made.rejects[1].reason, "`ext` is the key, and its part label is absent");
  EXPECT_EQ(made.rejects[1].value, "card");
}

TEST(Each, PoliciesOfFieldsHoldForElements) {
  Page page;
  add_order(page, "O1",
            page.list({page.object({{"label", Value::text("a")}, {"amount_allocated", Value::text(" ")}}, "{…}"),
                       page.object({{"label", Value::text("b")}, {"amount_allocated", Value::text("x")}}, "{…}")},
                      "[…]"));
  const Mapped made = mapped(page);
  expect_counts(made, 1, 1);
  EXPECT_EQ(row(made, 0), "text O1:a:1, text a, null, text ann@example.com, text O1");
  EXPECT_EQ(made.rejects[0].code, "not_a_number");
  EXPECT_EQ(made.rejects[0].value, "x") << "the value that was refused says more than the element";
}

TEST(Each, OccurrencesBeginAnewWithEachRecord) {
  Page page;
  const Value twice = page.list({payment(page, "cash", "5"), payment(page, "cash", "6")}, "[…]");
  add_order(page, "O1", twice);
  add_order(page, "O1", twice);
  const Mapped made = mapped(page);
  ASSERT_EQ(made.rows.size(), 4u);
  for (size_t i = 0; i < 4; ++i) EXPECT_EQ(sample::shown(made.rows.row(i)[0]), i % 2 == 0 ? "text O1:cash:1" : "text O1:cash:2");
}

TEST(Each, EveryRowHasItsRecordAsSource) {
  Page page;
  add_order(page, "O1", page.list({payment(page, "a", "5"), payment(page, "b", "6")}, "[…]"));
  add_order(page, "O2", page.list({payment(page, "a", "5")}, "[…]"));
  const Mapped made = mapped(page);
  EXPECT_EQ(made.rows.sources, (std::vector<std::string_view>{R"({"id":"O1"})", R"({"id":"O1"})", R"({"id":"O2"})"}));
}

TEST(Each, AFilteredRecordMakesNoRows) {
  Page page;
  config::Entity entity = tenders();
  entity.where = {{sample::source({"id"}), sample::test(config::Test::Kind::Equals, {"O2"})}};
  add_order(page, "O1", page.list({payment(page, "a", "5")}, "[…]"));
  add_order(page, "O2", page.list({payment(page, "a", "5")}, "[…]"));
  const Mapped made = mapped(page, entity);
  EXPECT_EQ(made.counters.filtered, 1);
  EXPECT_EQ(made.counters.mapped, 1);
  EXPECT_EQ(made.rows.size(), 1u);
}

TEST(Each, VersionRulesAndCurrenciesLookInTheElementOrTheRecord) {
  config::RuleSet rules;
  rules.name = "kind";
  rules.inputs = {{"label", sample::source({"label"})}, {"email", sample::source({"record.email"})}};
  rules.rules = {{{{0, sample::test(config::Test::Kind::Equals, {"card"})}, {1, sample::test(config::Test::Kind::Contains, {"@"})}},
                  "electronic",
                  {}}};
  rules.otherwise = "other";
  config::Entity entity = tenders();
  entity.fields[0].from = {};
  entity.fields[0].rules = "kind";
  entity.fields[1].type = config::FieldType::Money;
  entity.fields[1].currency_from = sample::source({"record.currency"});
  entity.version = config::Entity::Version{"updated", sample::source({"record.updated"}), {}};
  Page page;
  page.add({{"id", Value::text("O1")},
            {"email", Value::text("ann@example.com")},
            {"currency", Value::text("JPY")},
            {"updated", Value::text("2026-02-27T16:00:00Z")},
            {"payment_sources", page.list({payment(page, "card", "500")}, "[…]")}});
  std::unique_ptr<Mapping> mapping;
  {
    // A mapping with `each` reads rules of its own.
    const std::vector<config::RuleSet> rule_sets{rules};
    mapping = *transform::bind(entity, tenders_table(), rule_sets);
  }
  EXPECT_EQ(row(sample::map(*mapping, page), 0),
            "text O1:card:1, timestamp 2026-02-27T16:00:00Z, text electronic, decimal 500, text ann@example.com, text O1");
}

TEST(Each, AnElementsOwnIdMayBeTheKey) {
  config::Entity entity = tenders();
  entity.key.parts.clear();
  entity.key.from = sample::source({"element"});
  entity.fields = {};
  Page page;
  add_order(page, "O1", page.list({Value::text("a"), page.reference("lines", "L7"), Value::number("3")}, "[…]"));
  const Mapped made = mapped(page, entity);
  ASSERT_EQ(made.rows.size(), 3u);
  EXPECT_EQ(row(made, 0), "text a, text O1");
  EXPECT_EQ(row(made, 1), "text L7, text O1");
  EXPECT_EQ(row(made, 2), "text 3, text O1");
}

TEST(Each, PartsMakeAKeyOfAWholeRecord) {
  config::Entity entity = sample::entity({});
  entity.key.from = {};
  entity.key.parts = {{KeyPart::Kind::Value, sample::source({"day"})}, {KeyPart::Kind::Value, sample::source({"place"})}};
  Page page;
  page.add({{"day", Value::text("2026-02-27")}, {"place", Value::number("4")}}).add({{"day", Value::text("2026-02-27")}});
  const Mapped made = mapped(page, entity);
  expect_counts(made, 2, 1);
  EXPECT_EQ(row(made, 0), "text 2026-02-27:4");
  EXPECT_EQ(made.rejects[0].code, "missing_key");
  EXPECT_EQ(made.rejects[0].key, "2026-02-27");
}

TEST(Each, AKeyThatTheColumnCannotHoldIsRefused) {
  record::Table table = tenders_table();
  table.columns[0].length_max = 8;
  Page page;
  add_order(page, "O1", page.list({payment(page, "a", "5"), payment(page, "card", "5")}, "[…]"));
  const Mapped made = sample::map(**transform::bind(tenders(), table, {}), page);
  expect_counts(made, 1, 1);
  EXPECT_EQ(made.rejects[0].code, "too_long");
}

TEST(Each, PartsNeedATextColumn) {
  for (const ColumnType type : {ColumnType::Integer, ColumnType::Uuid, ColumnType::Other, ColumnType::Jsonb}) {
    record::Table table = tenders_table();
    table.columns[0].type = type;
    table.columns[0].declared = "something";
    const auto mapping = transform::bind(tenders(), table, {});
    ASSERT_FALSE(mapping);
    EXPECT_EQ(mapping.error().message,
              "entities/things.yaml:4:1: `ext` is something; a key made of `parts` is a text, so the column must be text, too");
    EXPECT_EQ(exit_code_of(mapping.error()), base::exit_code::Drift);
  }
}

/// The names of what no record of the page has.
std::vector<std::string> missing(const Page& page) {
  const auto mapping = *transform::bind(tenders(), tenders_table(), {});
  std::vector<size_t> indexes;
  for (size_t i = 0; i < mapping->sources().size(); ++i) indexes.push_back(i);
  mapping->strike_found(page.records(), indexes);
  std::vector<std::string> names;
  names.reserve(indexes.size());
  for (size_t i : indexes) names.push_back(mapping->sources()[i].names);
  return names;
}

TEST(Each, SourcesAreLookedForInElements) {
  Page page;
  page.add({{"id", Value::text("O1")}, {"label", Value::text("of the record")}, {"payment_sources", page.list({}, "[]")}});
  page.add({{"id", Value::text("O2")},
            {"payment_sources", page.list({Value::null(), page.object({{"amount_allocated", Value::null()}}, "{…}")}, "[…]")}});
  EXPECT_EQ(missing(page), (std::vector<std::string>{"label", "record.email"}));
}

TEST(Each, WithoutAnyElementOnlyTheListItselfCanBeMissing) {
  Page renamed, empty;
  renamed.add({{"id", Value::text("O1")}, {"payments", Value::null()}});
  EXPECT_EQ(missing(renamed), std::vector<std::string>{"payment_sources"});
  empty.add({{"id", Value::text("O1")}, {"payment_sources", empty.list({}, "[]")}});
  EXPECT_EQ(missing(empty), std::vector<std::string>{});
  EXPECT_EQ(missing(Page()).size(), 5u) << "a page without records proves nothing at all";
}

}  // namespace
}  // namespace syncline::transform
