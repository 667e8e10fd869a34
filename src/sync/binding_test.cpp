// SPDX-License-Identifier: Apache-2.0
#include "sync/binding.hpp"

#include "support/loader.hpp"

namespace syncline::sync {
namespace {

using load::test_support::Loader;
using record::Cell;
using record::Value;

class Binding : public load::test_support::LoadTest {
 protected:
  static config::Source from(std::string_view path) { return {{*config::parse_path(path)}, false, {}}; }

  /// bookings.customer_id → customers.id, found by the customer's external id only.
  void make_tables(const std::string& external_type) {
    run("CREATE TABLE customers (id " + counted() + ", external_id " + external_type + " UNIQUE, synced_at " + when() +
        "); CREATE TABLE bookings (external_id text UNIQUE, customer_id integer REFERENCES customers (id), synced_at " + when() + ")");
    entity("customers", {}).key.from = from("id");
    config::Entity& bookings = entity("bookings", {});
    bookings.key.from = from("id");
    by_external_id(relation(bookings, "customer_id", "customers"));
    bookings.relations[0].by[0].from = from("customer");
  }
  [[nodiscard]] std::string when() const { return postgres() ? "timestamptz" : "DATETIME"; }

  /// Records go the whole way: mapped by what the entity is bound to, then written.
  std::string write(const std::string& name, const std::vector<std::vector<record::Field>>& records) {
    const config::Entity& entity = *project_.entity(name);
    const auto bound = bind_to_table(db(), project_, entity);
    if (!bound) return bound.error().message;
    record::RecordBatch page;
    for (const auto& fields : records) page.records.push_back({fields, "{}"});
    record::RowBatch rows;
    std::vector<record::Reject> rejects;
    record::Counters counters;
    bound->mapping->map(page, rows, rejects, counters);
    std::vector<std::vector<Cell>> cells;
    for (size_t row = 0; row < rows.size(); ++row) cells.emplace_back(rows.row(row).begin(), rows.row(row).end());
    return Loader(db(), project_, entity).write(cells, rejects);
  }
};

INSTANTIATE_TEST_SUITE_P(Databases, Binding, test::both_databases(), test::database_name);

TEST_P(Binding, WhatAKeyTakesAsOneIdARelationFinds) {
  struct Case {
    const char *postgres, *sqlite;
    std::vector<Value> ids;
  };
  for (const auto& [on_postgres, on_sqlite, ids] :
       {Case{"uuid", "UUID TEXT", {Value::text("0D9F6D2A-1111-4222-8333-444455556666"), Value::text("1d9f6d2a111142228333444455556666")}},
        Case{"integer", "INTEGER", {Value::text("017"), Value::text(" 18 "), Value::number("19.0"), Value::text("20.0")}},
        Case{"text", "TEXT", {Value::text(" b"), Value::text("b "), Value::number("7.0")}},
        Case{"numeric(12,2)", "DECIMAL TEXT(12,2)", {Value::text("17"), Value::number("18.5"), Value::text("1E+2")}},
        Case{"boolean", "BOOLEAN", {Value::text("yes"), Value::boolean(false)}}, Case{"date", "DATE", {Value::text("2026-02-28")}}}) {
    project_.entities.clear();
    run("DROP TABLE IF EXISTS bookings; DROP TABLE IF EXISTS customers");
    make_tables(postgres() ? on_postgres : on_sqlite);
    std::vector<std::vector<record::Field>> customers, bookings;
    for (const Value& id : ids) {
      customers.push_back({{"id", id}});
      bookings.push_back({{"id", id}, {"customer", id}});
    }
    bookings.push_back({{"id", Value::text("stray")}, {"customer", Value::text("guest")}});
    EXPECT_EQ(write("customers", customers), std::to_string(customers.size()) + " inserted") << on_postgres;
    EXPECT_EQ(write("bookings", bookings), std::to_string(bookings.size()) + " inserted") << on_postgres;
    EXPECT_EQ(all("SELECT external_id FROM bookings WHERE customer_id IS NULL"), "stray") << on_postgres;
    EXPECT_EQ(all("SELECT count(DISTINCT customer_id) FROM bookings"), std::to_string(ids.size())) << on_postgres;
  }
}

}  // namespace
}  // namespace syncline::sync
