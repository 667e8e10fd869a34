// SPDX-License-Identifier: Apache-2.0
#include "transform/lookup/scope.hpp"

#include "base/text.hpp"

namespace syncline::transform {
namespace {

using config::Path;
using config::Source;

bool begins_with(const Path& path, std::string_view name) { return !path.steps.empty() && path.steps.front().name == name; }

void look_in_record(Source& source) {
  for (Path& path : source.paths) {
    if (begins_with(path, config::scope::Record)) path.steps.erase(path.steps.begin());
  }
}

void look_in_element(Source& source) {
  for (Path& path : source.paths) {
    if (begins_with(path, config::scope::Record) || begins_with(path, config::scope::Element)) continue;
    const std::string element(config::scope::Element);
    path.steps.insert(path.steps.begin(), {element, base::folded_name(element), std::nullopt});
  }
}

}  // namespace

config::Entity scoped(config::Entity entity) {
  look_in_record(*entity.each);
  for (config::Filter& filter : entity.where) look_in_record(filter.from);
  look_in_element(entity.key.from);
  for (config::KeyPart& part : entity.key.parts) look_in_element(part.from);
  if (entity.version) look_in_element(entity.version->from);
  for (config::FieldMapping& field : entity.fields) {
    look_in_element(field.from);
    if (field.currency_from) look_in_element(*field.currency_from);
    if (field.zone_from) look_in_element(*field.zone_from);
  }
  for (config::Relation& relation : entity.relations) {
    for (config::RelationWay& way : relation.by) look_in_element(way.from);
  }
  return entity;
}

std::vector<config::RuleSet> scoped(std::vector<config::RuleSet> rules) {
  for (config::RuleSet& set : rules) {
    for (config::RuleSet::Input& input : set.inputs) look_in_element(input.source);
  }
  return rules;
}

}  // namespace syncline::transform
