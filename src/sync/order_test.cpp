// SPDX-License-Identifier: Apache-2.0
#include "sync/order.hpp"

#include <gtest/gtest.h>

namespace syncline::sync {
namespace {

config::Entity entity(std::string name, std::vector<std::string> parents = {}) {
  config::Entity out;
  out.name = std::move(name);
  for (std::string& parent : parents) {
    config::Relation relation;
    relation.entity = std::move(parent);
    out.relations.push_back(relation);
  }
  return out;
}

std::vector<std::string> names(const std::vector<Step>& steps) {
  std::vector<std::string> out;
  for (const Step& step : steps) out.push_back(step.entity->name);
  return out;
}

base::Result<bool> any(const config::Entity&, const config::Relation&) { return true; }
base::Result<bool> none(const config::Entity&, const config::Relation&) { return false; }

using Missing = config::Relation::Missing;

/// a → b → c → a, each with its own word for a missing parent.
config::Project circle(Missing a, Missing b, Missing c) {
  config::Project project;
  project.entities = {entity("a", {"b"}), entity("b", {"c"}), entity("c", {"a"})};
  const Missing words[] = {a, b, c};
  for (size_t i = 0; i < 3; ++i) {
    config::Relation& relation = project.entities[i].relations[0];
    relation.missing = words[i];
    relation.column = relation.entity + "_id";
    project.entities[i].table.name = project.entities[i].name + "s";
  }
  return project;
}

config::Project studio() {
  config::Project project;
  project.entities = {entity("bookings", {"classes", "customers"}), entity("classes", {"rooms"}), entity("customers"), entity("rooms")};
  return project;
}

// rule 13: parents first
TEST(Order, ParentsComeBeforeChildren) {
  const config::Project project = studio();
  EXPECT_EQ(names(*ordered_entities(project, {}, any)), (std::vector<std::string>{"rooms", "classes", "customers", "bookings"}));
}

TEST(Order, WhoMakesRowsComesBeforeWhoOnlyFillsThem) {
  config::Project project;
  project.entities = {entity("a_score"), entity("people")};
  for (config::Entity& one : project.entities) one.table = {"", "people"};
  project.entities[0].insert = false;
  EXPECT_EQ(names(*ordered_entities(project, {}, any)), (std::vector<std::string>{"people", "a_score"}));
}

TEST(Order, EveryAccountOfAParentComesBeforeEveryAccountOfItsChildren) {
  config::Project project;
  project.entities = {entity("a_sales", {"people"}), entity("a_sales", {"people"}), entity("people"), entity("people")};
  project.entities[1].account = project.entities[3].account = "south";
  const auto ordered = *ordered_entities(project, {}, any);
  EXPECT_EQ(names(ordered), (std::vector<std::string>{"people", "people", "a_sales", "a_sales"}));
  EXPECT_NE(ordered[0].entity->account, ordered[1].entity->account);
  EXPECT_EQ(names(*ordered_entities(project, {"people"}, any)), (std::vector<std::string>{"people", "people"}));
}

TEST(Order, OnlyTheWantedOnesInTheSameOrder) {
  const config::Project project = studio();
  EXPECT_EQ(names(*ordered_entities(project, {"bookings", "rooms"}, any)), (std::vector<std::string>{"rooms", "bookings"}));
}

TEST(Order, AnUnknownNameIsShownWithTheNearest) {
  const config::Project project = studio();
  const auto refused = ordered_entities(project, {"booking"}, any);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "there is no entity `booking`; did you mean `bookings`?");
  EXPECT_EQ(base::exit_code_of(refused.error()), base::exit_code::Usage);
}

TEST(Order, ACircleThatCannotBeBrokenNamesItsEntitiesAndColumns) {
  const config::Project project = circle(Missing::Reject, Missing::Null, Missing::Reject);
  const auto refused = ordered_entities(project, {}, none);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("(c → a → b → c)"), std::string::npos) << refused.error().message;
  EXPECT_NE(refused.error().message.find("`a_id` of cs, `b_id` of as, `c_id` of bs"), std::string::npos) << refused.error().message;
  EXPECT_EQ(base::exit_code_of(refused.error()), base::exit_code::Usage);
}

TEST(Order, ACircleIsBrokenWhereTheLinkMayBeNull) {
  const config::Project project = circle(Missing::Reject, Missing::Null, Missing::Reject);
  const auto steps = ordered_entities(project, {}, any);
  ASSERT_TRUE(steps);
  EXPECT_EQ(names(*steps), (std::vector<std::string>{"b", "a", "c"}));
  EXPECT_TRUE((*steps)[0].later[0]);
  EXPECT_EQ((*steps)[0].at_first().relations[0].missing, Missing::Link);
  EXPECT_FALSE((*steps)[1].later[0]);
  EXPECT_EQ((*steps)[1].at_first().relations[0].missing, Missing::Reject);
}

TEST(Order, ACircleIsBrokenWhereRowsWait) {
  const config::Project project = circle(Missing::Reject, Missing::Null, Missing::Wait);
  const auto steps = ordered_entities(project, {}, none);
  ASSERT_TRUE(steps) << steps.error().message;
  EXPECT_EQ(names(*steps), (std::vector<std::string>{"c", "b", "a"}));
  EXPECT_EQ((*steps)[0].at_first().relations[0].missing, Missing::Wait);
}

TEST(Order, RowsThatReferToTheirOwnEntityAreLinkedLater) {
  config::Project project;
  project.entities = {entity("people", {"people", "people"})};
  project.entities[0].relations[1].missing = Missing::Reject;
  const auto steps = ordered_entities(project, {}, any);
  ASSERT_TRUE(steps);
  const config::Entity first = (*steps)[0].at_first(), last = (*steps)[0].at_last();
  EXPECT_EQ(first.relations[0].missing, Missing::Link);
  EXPECT_EQ(first.relations[1].missing, Missing::Wait) << "its parent may still come";
  EXPECT_EQ(last.relations[1].missing, Missing::Reject);
}

TEST(Order, ALinkToItsOwnEntityThatCannotBeNullIsRefused) {
  config::Project project;
  project.entities = {entity("people", {"people"})};
  project.entities[0].relations[0].column = "boss_id";
  const auto refused = ordered_entities(project, {}, none);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("`boss_id`"), std::string::npos) << refused.error().message;
  project.entities[0].relations[0].missing = Missing::Wait;
  EXPECT_TRUE(ordered_entities(project, {}, none));
}

TEST(Order, TheCatalogIsAskedOnlyWhereThatDecides) {
  const auto never = [](const config::Entity&, const config::Relation&) -> base::Result<bool> {
    ADD_FAILURE() << "asked";
    return true;
  };
  const config::Project project = studio();
  EXPECT_TRUE(ordered_entities(project, {}, never));
}

}  // namespace
}  // namespace syncline::sync
