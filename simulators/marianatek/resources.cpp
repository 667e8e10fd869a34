// SPDX-License-Identifier: Apache-2.0
#include "simulators/marianatek/resource.hpp"
#include "simulators/marianatek/resources/list.hpp"

namespace syncline::simulators::marianatek {
namespace {

template <class List>
auto* found(const List& list, std::string_view name) {
  for (const auto& one : list)
    if (one.name == name) return &one;
  return static_cast<decltype(list.data())>(nullptr);
}

}  // namespace

const Attribute* Resource::attribute(std::string_view name) const { return found(attributes, name); }
const Relation* Resource::relation(std::string_view name) const { return found(relations, name); }
const Filter* Resource::filter(std::string_view name) const { return found(filters, name); }
const Happening* Resource::happening(std::string_view name) const { return found(happenings, name); }

Resource described(Resource resource) {
  resource.salt = salt_of(resource.type);
  resource.opening = "{\"type\":\"" + std::string(resource.type) + "\",\"id\":\"";
  for (Attribute& attribute : resource.attributes) {
    attribute.salt = salt_of(attribute.name);
    attribute.key = "\"" + std::string(attribute.name) + "\":";
  }
  for (Relation& relation : resource.relations) {
    relation.salt = salt_of(relation.name);
    relation.key = "\"" + std::string(relation.name) + "\":";
  }
  return resource;
}

const std::vector<Resource>& resources() {
  static const std::vector<Resource> all = [] {
    std::vector<Resource> list;
    for (const auto make : {locations, regions, sites, users, class_session_types, class_sessions, reservations, employees,
                            employee_public_profiles, memberships, membership_instances, membership_transactions, credits, packages,
                            credit_transactions, orders, order_lines, user_tags, reservation_tags})
      list.push_back(described(make()));
    return list;
  }();
  return all;
}

const Resource* find_resource(std::string_view type) {
  for (const Resource& resource : resources())
    if (resource.type == type) return &resource;
  return nullptr;
}

}  // namespace syncline::simulators::marianatek
