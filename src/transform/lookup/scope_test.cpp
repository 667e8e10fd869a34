// SPDX-License-Identifier: Apache-2.0
#include "transform/lookup/scope.hpp"

#include <gtest/gtest.h>

#include "transform/fixtures/sample.hpp"
#include "transform/lookup/lookup.hpp"

namespace syncline::transform {
namespace {

using record::Field;
using record::Value;

/// The value that a field of an entity with `each` finds by a path, as "type text"; the record says `id: R1` and `record: mine`.
std::string found(const std::string& name, const Value& element) {
  config::Entity entity = sample::entity({sample::field("x", {name})});
  entity.each = sample::source({"items"});
  entity = scoped(entity);
  const std::vector<Field> fields{{"id", Value::text("R1")}, {"record", Value::text("mine")}};
  const ElementScope scope({fields, R"({"the":"record"})"}, element);
  size_t count = 0;
  const Lookup lookup(entity.fields[0].from, count);
  Hints hints(count);
  const Value value = lookup.find(scope.record(), hints);
  return std::string(record::name_of(value.type())) + (value.text().empty() ? "" : " ") + std::string(value.text());
}

TEST(Scope, APathThatTheElementLacksIsNotLookedForInTheRecord) {
  sample::Page page;
  EXPECT_EQ(found("id", page.object({}, "{}")), "absent");
  EXPECT_EQ(found("id", Value::text("card")), "absent");
  EXPECT_EQ(found("id", Value::null()), "null") << "of nothing there is nothing";
  EXPECT_EQ(found("id", {}), "absent");
}

TEST(Scope, APathLooksInTheElement) {
  sample::Page page;
  const Value element =
      page.object({{"label", Value::text("card")}, {"element", Value::text("own")}, {"record", Value::text("other")}}, "{…}");
  EXPECT_EQ(found("label", element), "text card");
  EXPECT_EQ(found("element.label", element), "text card");
  EXPECT_EQ(found("Label", element), "text card") << "names are folded as everywhere";
  EXPECT_EQ(found("element.element", element), "text own");
  EXPECT_EQ(found("element.record", element), "text other");
}

TEST(Scope, RecordAlwaysNamesTheRecord) {
  sample::Page page;
  const Value element = page.object({{"record", page.object({{"id", Value::text("wrong")}}, "{}")}}, "{}");
  EXPECT_EQ(found("record.id", element), "text R1");
  EXPECT_EQ(found("record.record", element), "text mine");
  EXPECT_EQ(found("record", element), R"(an object {"the":"record"})");
}

TEST(Scope, AnElementThatIsNoObjectIsReached) {
  sample::Page page;
  EXPECT_EQ(found("element", Value::text("card")), "text card");
  EXPECT_EQ(found(".", Value::number("7")), "a number 7");
  EXPECT_EQ(found("element[1]", page.list({Value::text("a"), Value::text("b")}, "[…]")), "text b");
  EXPECT_EQ(found("id", page.reference("lines", "L3")), "text L3");
}

TEST(Scope, FiltersAndTheListLookInTheRecord) {
  config::Entity entity = sample::entity({});
  entity.each = sample::source({"record.items"});
  entity.where = {{sample::source({"record.kind"}), sample::test(config::Test::Kind::Filled, {"true"})},
                  {sample::source({"kind"}), sample::test(config::Test::Kind::Filled, {"true"})}};
  entity = scoped(entity);
  EXPECT_EQ(entity.each->paths[0].steps.at(0).name, "items");
  for (const config::Filter& filter : entity.where) {
    ASSERT_EQ(filter.from.paths[0].steps.size(), 1u);
    EXPECT_EQ(filter.from.paths[0].steps[0].name, "kind");
  }
}

}  // namespace
}  // namespace syncline::transform
