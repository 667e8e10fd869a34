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

std::vector<std::string> names(const std::vector<const config::Entity*>& entities) {
  std::vector<std::string> out;
  for (const auto* one : entities) out.push_back(one->name);
  return out;
}

config::Project studio() {
  config::Project project;
  project.entities = {entity("bookings", {"classes", "customers"}), entity("classes", {"rooms"}), entity("customers"), entity("rooms")};
  return project;
}

TEST(Order, ParentsComeBeforeChildren) {
  const config::Project project = studio();
  EXPECT_EQ(names(*ordered_entities(project, {})), (std::vector<std::string>{"rooms", "classes", "customers", "bookings"}));
}

TEST(Order, WhoMakesRowsComesBeforeWhoOnlyFillsThem) {
  config::Project project;
  project.entities = {entity("a_score"), entity("people")};
  for (config::Entity& one : project.entities) one.table = {"", "people"};
  project.entities[0].insert = false;
  EXPECT_EQ(names(*ordered_entities(project, {})), (std::vector<std::string>{"people", "a_score"}));
}

TEST(Order, OnlyTheWantedOnesInTheSameOrder) {
  const config::Project project = studio();
  EXPECT_EQ(names(*ordered_entities(project, {"bookings", "rooms"})), (std::vector<std::string>{"rooms", "bookings"}));
}

TEST(Order, AnUnknownNameIsShownWithTheNearest) {
  const config::Project project = studio();
  const auto refused = ordered_entities(project, {"booking"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "there is no entity `booking`; did you mean `bookings`?");
  EXPECT_EQ(base::exit_code_of(refused.error()), base::exit_code::Usage);
}

}  // namespace
}  // namespace syncline::sync
