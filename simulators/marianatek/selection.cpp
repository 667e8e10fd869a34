// SPDX-License-Identifier: Apache-2.0
#include "simulators/marianatek/selection.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/text.hpp"

namespace syncline::simulators::marianatek {
namespace {

constexpr size_t SelectionsKept = 4;

/// A filter with its value, its names resolved: it is asked once for every row.
struct Condition {
  Filter::Test test;
  const Relation* hop = nullptr;  // to the row that is looked at, when it is another one
  const Attribute* attribute = nullptr;
  const Relation* relation = nullptr;
  std::string text;
  Timestamp at{};
  std::vector<int64_t> ids;
};

bool holds_for(const Condition& condition, const Row& row) {
  if (condition.test == Filter::Test::Id) {
    const Ids there = row.ids(*condition.relation);
    return std::any_of(condition.ids.begin(), condition.ids.end(), [&](int64_t id) { return there.has(id); });
  }
  const Value value = row.value(*condition.attribute);
  if (value.kind == Value::Kind::Null) return false;
  switch (condition.test) {
    case Filter::Test::Equal:
      return value.text() == condition.text;
    case Filter::Test::Flag:
      return (value.number != 0) == (condition.text == "true");
    case Filter::Test::Contains:
      return base::lower(value.text()).find(condition.text) != std::string::npos;
    case Filter::Test::From:
      return value.instant() >= condition.at;
    case Filter::Test::Before:
      return value.instant() < condition.at;
    case Filter::Test::FromDay:
      return value.text() >= condition.text;
    case Filter::Test::UntilDay:
      return value.text() <= condition.text;
    case Filter::Test::Id:
      break;
  }
  return false;
}

bool holds(const Condition& condition, const Row& row) {
  if (condition.hop == nullptr) return holds_for(condition, row);
  const auto other = row.follow(*condition.hop);
  return other && holds_for(condition, *other);
}

/// Finds what the filter's path names.
Condition resolved(const Filter& filter, const Resource& resource) {
  Condition condition{.test = filter.test, .text = {}, .ids = {}};
  const Resource* target = &resource;
  std::string_view last = filter.path;
  if (const size_t dot = filter.path.find('.'); dot != std::string_view::npos) {
    condition.hop = resource.relation(filter.path.substr(0, dot));
    base::check(condition.hop != nullptr, "a filter's path begins with a relation that is not described");
    target = find_resource(condition.hop->type);
    base::check(target != nullptr, "a filter's path leads to a resource that is not described");
    last = filter.path.substr(dot + 1);
  }
  condition.attribute = target->attribute(last);
  condition.relation = target->relation(last);
  base::check(condition.attribute != nullptr || condition.relation != nullptr, "a filter's path ends at nothing that is described");
  return condition;
}

tl::expected<Condition, UnreadableFilter> condition_of(const Filter& filter, const Resource& resource, std::string_view value) {
  Condition condition = resolved(filter, resource);
  const auto unreadable = [&](std::string message) {
    return tl::unexpected(UnreadableFilter{std::string(filter.name), std::move(message)});
  };
  switch (filter.test) {
    case Filter::Test::Equal:
      condition.text = value;
      break;
    case Filter::Test::Flag:
      condition.text = base::lower(value);
      if (condition.text != "true" && condition.text != "false") return unreadable("Enter true or false.");
      break;
    case Filter::Test::Contains:
      condition.text = base::lower(value);
      break;
    case Filter::Test::From:
    case Filter::Test::Before: {
      const auto at = read_instant(value);
      if (!at) return unreadable("Enter a valid date/time.");
      condition.at = *at;
      break;
    }
    case Filter::Test::FromDay:
    case Filter::Test::UntilDay:
      if (value.size() != 10 || !read_instant(value)) return unreadable("Enter a valid date.");
      condition.text = value;
      break;
    case Filter::Test::Id:
      for (const std::string_view part : split(value, ','))
        if (const auto id = whole_number(part)) condition.ids.push_back(*id);
      break;
  }
  return condition;
}

struct Ordering {
  const Attribute* attribute = nullptr;  // null: by id
  Selection::Direction direction = Selection::Direction::Ascending;
};

/// What cannot be ordered by is ignored, as by Django REST framework.
Ordering ordering_of(const Resource& resource, std::string_view asked) {
  for (const std::string_view text : {asked, resource.default_ordering}) {
    const auto direction = text.starts_with('-') ? Selection::Direction::Descending : Selection::Direction::Ascending;
    const std::string_view name = text.starts_with('-') ? text.substr(1) : text;
    if (name == "id") return {.direction = direction};
    if (std::find(resource.orderings.begin(), resource.orderings.end(), name) != resource.orderings.end())
      return {.attribute = resource.attribute(name), .direction = direction};
  }
  return {};
}

void sort(std::vector<uint32_t>& indexes, const Table& table, const Ordering& ordering, std::optional<uint64_t> ties) {
  const bool ascending = ordering.direction == Selection::Direction::Ascending;
  if (ordering.attribute == nullptr) {
    if (!ascending) std::reverse(indexes.begin(), indexes.end());
    return;
  }
  struct Keyed {
    int64_t number;
    std::string text;
    uint64_t among_equals;
    uint32_t index;
  };
  std::vector<Keyed> keyed;
  keyed.reserve(indexes.size());
  for (const uint32_t index : indexes) {
    const Value value = Row(table, index).value(*ordering.attribute);
    keyed.push_back({value.number, std::string(value.text()), ties ? mixed(*ties, index) : 0, index});
  }
  // Equal keys stay in the order of ids in both directions.
  std::stable_sort(keyed.begin(), keyed.end(), [&](const Keyed& a, const Keyed& b) {
    const Keyed& first = ascending ? a : b;
    const Keyed& second = ascending ? b : a;
    return std::tie(first.number, first.text, a.among_equals) < std::tie(second.number, second.text, b.among_equals);
  });
  std::transform(keyed.begin(), keyed.end(), indexes.begin(), [](const Keyed& one) { return one.index; });
}

std::vector<uint32_t> matching(const Table& table, const std::vector<Condition>& conditions) {
  std::vector<uint32_t> indexes;
  for (int64_t index = 0; index < table.total(); ++index) {
    if (!table.is_live(index)) continue;
    const Row row(table, index);
    if (std::all_of(conditions.begin(), conditions.end(), [&](const Condition& condition) { return holds(condition, row); }))
      indexes.push_back(uint32_t(index));
  }
  return indexes;
}

}  // namespace

tl::expected<Selection, UnreadableFilter> Selector::select(const Table& table, const Parameters& parameters, std::optional<uint64_t> ties) {
  const Resource& resource = table.resource();
  std::vector<Condition> conditions;
  std::string key;
  for (const Filter& filter : resource.filters) {
    const std::string_view value = last_value(parameters, filter.name);
    if (value.empty()) continue;  // as good as absent, to django-filter
    auto condition = condition_of(filter, resource, value);
    if (!condition) return tl::unexpected(condition.error());
    conditions.push_back(std::move(*condition));
    key.append(filter.name).append("=").append(value).append("\n");
  }
  const std::string_view asked = last_value(parameters, "ordering");
  const Ordering ordering = ordering_of(resource, asked);
  if (conditions.empty() && ordering.attribute == nullptr) return Selection(table, ordering.direction);

  key.append("ordering=").append(asked);
  if (ties && ordering.attribute != nullptr) key.append("\nties=").append(std::to_string(*ties));
  const uint64_t version = table.tenant().version();
  const auto same = [&](const Kept& kept) { return kept.table == &table && kept.version == version && kept.key == key; };
  if (const auto kept = std::find_if(kept_.begin(), kept_.end(), same); kept != kept_.end()) return Selection(table, kept->indexes);

  auto indexes = std::make_shared<std::vector<uint32_t>>(matching(table, conditions));
  sort(*indexes, table, ordering, ties);
  kept_.push_front({&table, version, std::move(key), indexes});
  if (kept_.size() > SelectionsKept) kept_.pop_back();
  return Selection(table, indexes);
}

}  // namespace syncline::simulators::marianatek
