// SPDX-License-Identifier: Apache-2.0
#include "transform/mapping/bound_mapping.hpp"

#include <gtest/gtest.h>

#include "transform/fixtures/sample.hpp"

namespace syncline::transform {
namespace {

using config::RelationWay;
using record::ColumnType;
using record::Value;
using sample::Mapped;
using sample::Page;

/// bookings, as the first connector maps them, cut down.
config::Entity bookings() {
  config::Entity entity =
      sample::entity({sample::field("booked_at", {"creation_date", "Creation Date"}), sample::field("seats", {"seats"})});
  entity.where = {{sample::source({"reservation_type"}), sample::test(config::Test::Kind::OneOf, {"standard", "standby"})}};
  entity.version = config::Entity::Version{"source_updated_at", sample::source({"updated_datetime"}), {}};
  config::Relation customer;
  customer.column = "customer_id";
  customer.by = {{RelationWay::Kind::External, "", sample::source({"user"}), {}},
                 {RelationWay::Kind::Column, "email", sample::source({"guest_email"}), {}}};
  config::Relation room;
  room.column = "class_id";
  room.by = {{RelationWay::Kind::External, "", sample::source({"class_session"}), {}}};
  entity.relations = {customer, room};
  return entity;
}

record::Table bookings_table() {
  return sample::table({sample::column("source_updated_at", ColumnType::Timestamp), sample::column("booked_at", ColumnType::Timestamp),
                        sample::column("seats", ColumnType::Integer), sample::column("customer_id", ColumnType::Integer),
                        sample::column("class_id", ColumnType::Integer)});
}

std::unique_ptr<Mapping> mapping() { return *transform::bind(bookings(), bookings_table(), {}); }

std::vector<record::Field> booking(Page& page, std::string id) {
  return {{"id", page.reference("", std::move(id))},
          {"reservation_type", Value::text("standard")},
          {"creation_date", Value::text("2026-02-27T15:34:28Z")},
          {"updated_datetime", Value::text("2026-02-27T16:00:00Z")},
          {"seats", Value::number("2")},
          {"user", page.reference("users", "U7")},
          {"guest_email", Value::text(" Ann@Example.com ")},
          {"class_session", Value::null()}};
}
void set(std::vector<record::Field>& fields, std::string_view name, const Value& value) {
  for (record::Field& field : fields) {
    if (field.name == name) field.value = value;
  }
}

std::vector<std::string> row(const Mapped& mapped, size_t index) {
  std::vector<std::string> cells;
  for (const record::Cell& cell : mapped.rows.row(index)) cells.push_back(sample::shown(cell));
  return cells;
}

TEST(Mapping, ColumnsAreKeyVersionFieldsThenRelationKeys) {
  const auto bound = mapping();
  std::vector<std::string> names;
  for (const record::RowColumn& column : bound->columns()) names.push_back(column.column.name);
  EXPECT_EQ(names, (std::vector<std::string>{"ext", "source_updated_at", "booked_at", "seats", "customer_id.external", "customer_id.email",
                                             "class_id.external"}));
  EXPECT_EQ(bound->columns()[0].role, record::RowColumn::Role::Key);
  EXPECT_EQ(bound->columns()[1].role, record::RowColumn::Role::Version);
  EXPECT_EQ(bound->columns()[2].role, record::RowColumn::Role::Field);
  EXPECT_EQ(bound->columns()[5].role, record::RowColumn::Role::RelationKey);
  EXPECT_EQ(bound->columns()[5].relation, 0u);
  EXPECT_EQ(bound->columns()[5].way, 1u);
  EXPECT_EQ(bound->columns()[6].relation, 1u);
  EXPECT_EQ(bound->columns()[6].column.type, ColumnType::Text);
}

TEST(Mapping, ARecordBecomesARow) {
  Page page;
  page.add(booking(page, "R1"), R"({"id":"R1"})");
  const Mapped mapped = sample::map(*mapping(), page);
  ASSERT_EQ(mapped.rows.size(), 1u);
  EXPECT_EQ(row(mapped, 0), (std::vector<std::string>{"text R1", "timestamp 2026-02-27T16:00:00Z", "timestamp 2026-02-27T15:34:28Z",
                                                      "integer 2", "text U7", "text ann@example.com", "null"}));
  EXPECT_EQ(mapped.rows.sources[0], R"({"id":"R1"})");
}

TEST(Mapping, AnIdOfAParentIsSpeltAsTheParentsKeySpellsIt) {
  Page page;
  record::Column money = sample::column("ext", ColumnType::Decimal);
  money.scale = 2;
  const std::string uuid = "text 0d9f6d2a-1111-4222-8333-444455556666";
  struct Case {
    record::Column key;
    Value id;
    std::string made;
  };
  const auto of = [](ColumnType type) { return sample::column("ext", type); };
  for (const Case& one :
       {Case{of(ColumnType::Uuid), Value::text("0D9F6D2A-1111-4222-8333-444455556666"), uuid},
        Case{of(ColumnType::Uuid), page.reference("users", "0d9f6d2a111142228333444455556666"), uuid},
        Case{of(ColumnType::Integer), Value::text(" 017 "), "text 17"}, Case{of(ColumnType::Integer), Value::number("19.0"), "text 19"},
        Case{money, Value::number("17"), "text 17.00"}, Case{of(ColumnType::Boolean), Value::text("yes"), "text true"},
        Case{of(ColumnType::Text), Value::text(" b "), "text  b "},
        // What is no value of the key's finds nobody, which is for `missing:` to judge.
        Case{of(ColumnType::Integer), Value::text("guest"), "text guest"},
        Case{of(ColumnType::Date), Value::text("2026-02-30"), "text 2026-02-30"}}) {
    auto fields = booking(page, "R1");
    set(fields, "user", one.id);
    Page records;
    records.add(fields);
    const Mapped mapped = sample::map(**transform::bind(bookings(), bookings_table(), {}, {one.key, std::nullopt}), records);
    ASSERT_EQ(mapped.rows.size(), 1u) << one.made;
    EXPECT_EQ(row(mapped, 0)[4], one.made);
  }
}

TEST(Mapping, ARecordWithoutKeyIsARejectWithItsPayload) {
  for (const Value& nothing : {Value::null(), Value::text(" ")}) {
    Page page;
    auto fields = booking(page, "R1");
    set(fields, "id", nothing);
    page.add(fields, R"({"id":null})");
    const Mapped mapped = sample::map(*mapping(), page);
    ASSERT_EQ(mapped.rejects.size(), 1u);
    EXPECT_EQ(mapped.rejects[0].stage, "map");
    EXPECT_EQ(mapped.rejects[0].code, "missing_key");
    EXPECT_EQ(mapped.rejects[0].field, "ext");
    EXPECT_EQ(mapped.rejects[0].payload, R"({"id":null})");
    EXPECT_EQ(mapped.rows.size(), 0u);
  }
  Page page;
  page.add({{"reservation_type", Value::text("standby")}});
  EXPECT_EQ(sample::map(*mapping(), page).rejects[0].reason, "`ext` is the key, and id is absent");
}

TEST(Mapping, TheFirstFieldThatFailsRejectsTheWholeRecordOnce) {
  Page page;
  auto fields = booking(page, "R\n1");
  set(fields, "seats", Value::text("two"));
  set(fields, "creation_date", Value::text("now"));
  page.add(fields, "{…}").add(booking(page, "R2"));
  const Mapped mapped = sample::map(*mapping(), page);
  ASSERT_EQ(mapped.rejects.size(), 1u);
  EXPECT_EQ(mapped.rejects[0].field, "booked_at");
  EXPECT_EQ(mapped.rejects[0].code, "not_a_time");
  EXPECT_EQ(mapped.rejects[0].key, "R\\x0a1");
  EXPECT_EQ(mapped.rejects[0].value, "now");
  EXPECT_EQ(mapped.rejects[0].payload, "{…}");
  ASSERT_EQ(mapped.rows.size(), 1u) << "the row that was begun is gone, the next one is whole";
  EXPECT_EQ(row(mapped, 0)[0], "text R2");
  EXPECT_EQ(mapped.rows.cells.size(), mapped.rows.columns);
}

TEST(Mapping, ALargeValueIsShortenedInTheReject) {
  Page page;
  auto fields = booking(page, "R1");
  const std::string large(100'000, 'x');
  set(fields, "seats", Value::text(large));
  page.add(fields);
  EXPECT_LT(sample::map(*mapping(), page).rejects[0].value.size(), 300u);
  EXPECT_LT(sample::map(*mapping(), page).rejects[0].reason.size(), 300u);
}

TEST(Mapping, EveryRecordIsCountedOnce) {
  Page page;
  auto waitlist = booking(page, "R2");
  set(waitlist, "reservation_type", Value::text("waitlist"));
  auto broken = booking(page, "R3");
  set(broken, "seats", Value::number("1.5"));
  page.add(booking(page, "R1")).add(waitlist).add(broken).add(booking(page, "R4"));
  page.records().undecodable.push_back({"17", "a number, not a resource"});

  const Mapped mapped = sample::map(*mapping(), page);
  record::Counters expected;
  expected.fetched = 5;
  expected.mapped = 3;
  expected.filtered = 1;
  expected.undecodable = 1;
  expected.rows = 1;
  expected.rejected = 1;
  EXPECT_EQ(mapped.counters, expected);
  EXPECT_EQ(mapped.rows.size(), 2u);
  EXPECT_EQ(int64_t(mapped.rows.size()) + mapped.counters.rejected, mapped.counters.mapped);
  EXPECT_EQ(mapped.counters.fetched, mapped.counters.mapped + mapped.counters.filtered + mapped.counters.undecodable);
}

TEST(Mapping, AnUndecodableItemIsARejectOfTheDecoder) {
  Page page;
  page.records().undecodable.push_back({"17", "a number, not a resource"});
  const Mapped mapped = sample::map(*mapping(), page);
  ASSERT_EQ(mapped.rejects.size(), 1u);
  EXPECT_EQ(mapped.rejects[0].stage, "decode");
  EXPECT_EQ(mapped.rejects[0].reason, "a number, not a resource");
  EXPECT_EQ(mapped.rejects[0].payload, "17");
}

TEST(Mapping, ARecordThatLacksTheFilteredFieldIsFiltered) {
  Page page;
  page.add({{"id", Value::text("R1")}});
  EXPECT_EQ(sample::map(*mapping(), page).counters.filtered, 1);
}

// D15, rule 19: an absent relation overwrites nothing
TEST(Mapping, ARelationThatIsNotThereIsKeptAndOneThatIsNullIsNull) {
  Page page;
  auto fields = booking(page, "R1");
  std::erase_if(fields, [](const record::Field& field) { return field.name == "user"; });
  page.add(fields);
  const Mapped mapped = sample::map(*mapping(), page);
  const auto cells = mapped.rows.row(0);
  EXPECT_EQ(cells[4].type, record::Cell::Type::Keep) << "user";
  EXPECT_EQ(cells[6].type, record::Cell::Type::Null) << "class_session";
}

TEST(Mapping, ARelationWhoseValueIsAListIsRejected) {
  Page page;
  auto fields = booking(page, "R1");
  set(fields, "user", page.list({}, "[1,2]"));
  page.add(fields);
  const Mapped mapped = sample::map(*mapping(), page);
  EXPECT_EQ(mapped.rejects[0].code, "not_an_id");
  EXPECT_EQ(mapped.rejects[0].field, "customer_id.external");
  EXPECT_EQ(mapped.rejects[0].reason, "`customer_id.external`: `user` is a list, not one id; name an element, as in `user[0]`");
}

TEST(Mapping, AKeyIsTypedAsItsColumn) {
  config::Entity entity = sample::entity({});
  record::Table table = sample::table({});
  const auto key_of = [&](const Value& value) {
    Page page;
    page.add({{"id", value}});
    const Mapped mapped = sample::map(**transform::bind(entity, table, {}), page);
    return mapped.rejects.empty() ? sample::shown(mapped.rows.row(0)[0]) : mapped.rejects[0].code;
  };
  EXPECT_EQ(key_of(Value::text(" 007 ")), "text  007 ") << "as sent";
  EXPECT_EQ(key_of(Value::number("9007199254740993")), "text 9007199254740993");
  EXPECT_EQ(key_of(Value::text(std::string_view("a\0b", 3))), "nul_in_text");
  table.columns[0].type = ColumnType::Integer;
  EXPECT_EQ(key_of(Value::text("77")), "integer 77");
  EXPECT_EQ(key_of(Value::text("R77")), "not_an_integer");
}

TEST(Mapping, PagesAreAddedToTheSameRows) {
  const auto bound = mapping();
  Page first, second;
  first.add(booking(first, "R1"));
  second.add(booking(second, "R2"));
  Mapped mapped;
  bound->map(first.records(), mapped.rows, mapped.rejects, mapped.counters);
  bound->map(second.records(), mapped.rows, mapped.rejects, mapped.counters);
  EXPECT_EQ(mapped.rows.size(), 2u);
  EXPECT_EQ(row(mapped, 0)[0], "text R1");
  EXPECT_EQ(row(mapped, 1)[0], "text R2");
  EXPECT_EQ(mapped.counters.fetched, 2);
}

// D16: a field that is missing in all rows
TEST(Mapping, ASourceThatNoRecordHasIsKnown) {
  const auto bound = mapping();
  std::vector<size_t> missing;
  for (size_t i = 0; i < bound->sources().size(); ++i) missing.push_back(i);
  Page first, second;
  auto without = booking(first, "R1");
  std::erase_if(without, [](const record::Field& field) { return field.name == "seats" || field.name == "guest_email"; });
  first.add(without);
  bound->strike_found(first.records(), missing);
  ASSERT_EQ(missing.size(), 2u) << "null is found: class_session";
  EXPECT_EQ(bound->sources()[missing[0]].names, "seats");
  EXPECT_EQ(bound->sources()[missing[1]].names, "guest_email");
  second.add(booking(second, "R2"));
  bound->strike_found(second.records(), missing);
  EXPECT_TRUE(missing.empty());
}

TEST(Mapping, UnchangedTextPointsIntoThePage) {
  Page page;
  const std::string name = "a name that is longer than any small string";
  page.add({{"id", Value::text("1")}, {"x", Value::text(name)}});
  const Mapped mapped = sample::map(
      **transform::bind(sample::entity({sample::field("x", {"x"})}), sample::table({sample::column("x", ColumnType::Text)}), {}), page);
  EXPECT_EQ(mapped.rows.row(0)[1].text().data(), name.data());
  EXPECT_EQ(mapped.rows.arena.bytes(), 0u);
}

}  // namespace
}  // namespace syncline::transform
