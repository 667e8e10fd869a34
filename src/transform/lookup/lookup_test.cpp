// SPDX-License-Identifier: Apache-2.0
#include "transform/lookup/lookup.hpp"

#include <gtest/gtest.h>

#include "transform/fixtures/sample.hpp"

namespace syncline::transform {
namespace {

using record::Field;
using record::Value;

/// The value found, as "type text".
std::string found_by(const config::Source& source, const std::vector<Field>& record) {
  size_t count = 0;
  const Lookup lookup(source, count);
  Hints hints(count);
  const Value value = lookup.find({record, R"({"the":"record"})"}, hints);
  const std::string name(record::name_of(value.type()));
  return value.text().empty() ? name : name + " " + std::string(value.text());
}
std::string found(std::vector<std::string> names, const std::vector<Field>& record) {
  return found_by(sample::source(std::move(names)), record);
}

TEST(Lookup, ANameThatIsNotThereIsAbsent) {
  EXPECT_EQ(found({"status"}, {}), "absent");
  EXPECT_EQ(found({"status"}, {{"state", Value::text("x")}}), "absent");
  EXPECT_EQ(found({}, {{"state", Value::text("x")}}), "absent");
}

TEST(Lookup, TwoFieldsThatDifferInCaseOnlyAreNoMatchForAThird) {
  EXPECT_EQ(found({"reservation_id"}, {{"Reservation ID", Value::text("1")}, {"ReservationId", Value::text("2")}}), "absent");
}

TEST(Lookup, CaseBlanksAndUnderscoresAreIgnoredIfOnlyOneFieldFits) {
  EXPECT_EQ(found({"reservation_id"}, {{"Reservation ID", Value::text("1")}}), "text 1");
  EXPECT_EQ(found({"Reservation ID"}, {{"reservation_id", Value::text("1")}}), "text 1");
  EXPECT_EQ(found({"id"}, {{"idx", Value::text("1")}, {"i", Value::text("2")}}), "absent");
}

TEST(Lookup, TheExactNameWinsOverSimilarOnes) {
  EXPECT_EQ(found({"reservation_id"}, {{"Reservation ID", Value::text("1")}, {"reservation_id", Value::text("2")}}), "text 2");
}

TEST(Lookup, TheFirstNamePresentWinsEvenIfNull) {
  EXPECT_EQ(found({"a", "b"}, {{"b", Value::text("2")}, {"a", Value::null()}}), "null");
  EXPECT_EQ(found({"a", "b"}, {{"b", Value::text("2")}}), "text 2");
}

TEST(Lookup, FirstValueGoesOnPastNullAndBlank) {
  config::Source source = sample::source({"a", "b", "c"});
  source.first_value = true;
  EXPECT_EQ(found_by(source, {{"a", Value::null()}, {"b", Value::text(" ")}, {"c", Value::number("0")}}), "a number 0");
  EXPECT_EQ(found_by(source, {{"a", Value::null()}, {"b", Value::text("")}}), "null") << "when none holds anything, the first one present";
  EXPECT_EQ(found_by(source, {}), "absent");
}

TEST(Lookup, ARelationIsItsIdAndItsAttributesAreThoseIncluded) {
  sample::Page page;
  const Value user = page.reference("users", "7", {{"email", Value::text("ann@example.com")}});
  const std::vector<Field> record = {{"user", user}, {"room", page.reference("rooms", "3")}, {"coach", Value::null()}};
  EXPECT_EQ(found({"user"}, record), "a relation 7");
  EXPECT_EQ(found({"user.email"}, record), "text ann@example.com");
  EXPECT_EQ(found({"user.id"}, record), "text 7");
  EXPECT_EQ(found({"user.type"}, record), "text users");
  EXPECT_EQ(found({"room.name"}, record), "absent") << "not included: unknown, which is not null";
  EXPECT_EQ(found({"coach.email"}, record), "null") << "of nobody there is no address";
}

TEST(Lookup, RelationsOfIncludedResourcesAreFollowed) {
  sample::Page page;
  const Value person = page.reference("users", "7");
  const Value employee = page.reference("employees", "2", {{"user", person}});
  EXPECT_EQ(found({"employee.user"}, {{"employee", employee}}), "a relation 7");
}

TEST(Lookup, ObjectsAndListsAreStepped) {
  sample::Page page;
  const Value address = page.object({{"city", Value::text("Austin")}}, R"({"city":"Austin"})");
  const Value coaches = page.list({page.reference("users", "5"), page.object({{"id", Value::number("6")}}, R"({"id":6})")}, "[…]");
  const std::vector<Field> record = {{"address", address}, {"coaches", coaches}, {"name", Value::text("x")}};
  EXPECT_EQ(found({"address.city"}, record), "text Austin");
  EXPECT_EQ(found({"address.street"}, record), "absent");
  EXPECT_EQ(found({"coaches[0]"}, record), "a relation 5");
  EXPECT_EQ(found({"coaches[1].id"}, record), "a number 6");
  EXPECT_EQ(found({"coaches[2]"}, record), "absent");
  EXPECT_EQ(found({"coaches.id"}, record), "absent");
  EXPECT_EQ(found({"name[0]"}, record), "absent");
  EXPECT_EQ(found({"name.first"}, record), "absent");
}

TEST(Lookup, ADotIsTheRecordAsItWasSent) {
  EXPECT_EQ(found({"."}, {{"status", Value::text("x")}}), R"(an object {"the":"record"})");
  EXPECT_EQ(found({"."}, {}), R"(an object {"the":"record"})");
}

TEST(Lookup, ARecordOfAnotherShapeIsReadByItsNamesNotByTheLastPlaces) {
  size_t count = 0;
  const Lookup lookup(sample::source({"b"}), count);
  Hints hints(count);
  const std::vector<Field> first = {{"a", Value::text("1")}, {"b", Value::text("2")}};
  const std::vector<Field> second = {{"b", Value::text("3")}, {"a", Value::text("4")}};
  const std::vector<Field> third = {{"a", Value::text("5")}};
  EXPECT_EQ(lookup.find({first, ""}, hints).text(), "2");
  EXPECT_EQ(lookup.find({second, ""}, hints).text(), "3");
  EXPECT_TRUE(lookup.find({third, ""}, hints).absent());
  EXPECT_EQ(lookup.find({first, ""}, hints).text(), "2");
}

}  // namespace
}  // namespace syncline::transform
