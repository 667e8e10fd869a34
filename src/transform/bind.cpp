// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <span>

#include "base/text.hpp"
#include "config/column_fit.hpp"
#include "transform/mapping/bound_mapping.hpp"
#include "transform/transform.hpp"

namespace syncline::transform {
namespace {

using config::Problem;
using record::Column;

/// Puts a mapping together, collecting everything that is wrong on the way.
class Binder {
 public:
  Binder(const config::Entity& entity, const record::Table& table, const std::vector<config::RuleSet>& rules, const ParentKeys& parent_keys)
      : entity_(entity.each ? scoped(entity) : entity), table_(table), rules_(rules), parent_keys_(parent_keys) {
    if (!entity.each) return;
    parts_.each = MappingParts::Each{{}, {}, 0, scoped(rules)};
    rules_ = parts_.each->rules;
  }

  base::Result<std::unique_ptr<Mapping>> bind() {
    bind_filters();
    if (entity_.each) bind_each(*entity_.each);
    bind_key();
    if (entity_.version) bind_version(*entity_.version);
    for (const config::FieldMapping& field : entity_.fields) bind_field(field, record::RowColumn::Role::Field);
    for (size_t i = 0; i < entity_.relations.size(); ++i) bind_relation(i);
    if (!problems_.empty()) return all_problems();
    name_sources();
    return std::make_unique<BoundMapping>(std::move(parts_));
  }

 private:
  void bind_filters() {
    for (const config::Filter& filter : entity_.where) {
      auto test = BoundTest::create(filter.test);
      if (test) {
        parts_.filters.push_back({Lookup(filter.from, parts_.hints), std::move(*test)});
      } else {
        problems_.push_back({filter.test.place, "the filter's test " + test.error()});
      }
    }
  }

  void bind_each(const config::Source& each) {
    static const std::string record(config::scope::Record);
    parts_.each->list = Lookup(each, parts_.hints);
    const config::Path id{{{record, record, std::nullopt}, {"id", "id", std::nullopt}}, "record.id"};
    parts_.each->record_id = Lookup({{id}, false, {}}, parts_.hints);
  }

  void bind_key() {
    const Column* column = writable_column(entity_.key.column, entity_.key.place);
    if (!column) return;
    if (const auto fits = config::key_conversion(entity_.key, *column); !fits) {
      problems_.push_back({entity_.key.place, fits.error()});
      return;
    }
    config::FieldMapping field;
    field.column = column->name;
    field.place = entity_.key.place;
    auto converter = Converter::create(field, *column, parts_.hints);
    if (!converter) {
      problems_.push_back({entity_.key.place, fmt::format("`{}`: {}", column->name, converter.error())});
      return;
    }
    parts_.key = {Lookup(entity_.key.from, parts_.hints), std::move(*converter)};
    if (!entity_.key.parts.empty()) parts_.key.composite.emplace(entity_.key.parts, parts_.hints);
    parts_.columns.push_back({record::RowColumn::Role::Key, *column});
  }

  void bind_version(const config::Entity::Version& version) {
    config::FieldMapping field;
    field.column = version.column;
    field.from = version.from;
    field.place = version.place;
    bind_field(field, record::RowColumn::Role::Version);
  }

  void bind_field(const config::FieldMapping& field, record::RowColumn::Role role) {
    const Column* column = writable_column(field.column, field.place);
    if (!column) return;
    const config::RuleSet* rules = nullptr;
    if (!field.rules.empty()) {
      const auto found = std::find_if(rules_.begin(), rules_.end(), [&](const config::RuleSet& set) { return set.name == field.rules; });
      if (found == rules_.end()) {
        problems_.push_back({field.place, fmt::format("`{}`: there are no rules named `{}`", field.column, field.rules)});
        return;
      }
      rules = &*found;
    }
    parts_.fields.emplace_back(field, *column, rules, parts_.hints, problems_);
    parts_.columns.push_back({role, *column});
  }

  void bind_relation(size_t index) {
    const config::Relation& relation = entity_.relations[index];
    if (!writable_column(relation.column, relation.place)) return;
    for (size_t way = 0; way < relation.by.size(); ++way) {
      const bool external = relation.by[way].kind == config::RelationWay::Kind::External;
      record::RowColumn column{record::RowColumn::Role::RelationKey, {}, index, way};
      column.column.name = relation.column + "." + (external ? "external" : relation.by[way].column);
      parts_.columns.push_back(std::move(column));
      if (external && relation.column == entity_.deletes.within && !parts_.within) parts_.within = parts_.relation_keys.size();
      parts_.relation_keys.emplace_back(relation.by[way], external ? parent_key(index) : std::nullopt, parts_.hints);
    }
  }

  /// What the parent's entity says to a column that can be no key is for its own binding to tell.
  std::optional<Converter> parent_key(size_t relation) {
    if (relation >= parent_keys_.size() || !parent_keys_[relation]) return std::nullopt;
    config::FieldMapping field;
    field.column = parent_keys_[relation]->name;
    auto converter = Converter::create(field, *parent_keys_[relation], parts_.hints);
    return converter ? std::optional(*std::move(converter)) : std::nullopt;
  }

  void name_sources() {
    for (const config::Filter& filter : entity_.where) name_source(filter.from);
    if (entity_.each) {
      name_source(*entity_.each);
      parts_.each->sources_of_record = parts_.sources.size();
    }
    if (entity_.version) name_source(entity_.version->from);
    for (const config::FieldMapping& field : entity_.fields) {
      name_source(field.from);
      if (field.currency_from) name_source(*field.currency_from);
      if (field.zone_from) name_source(*field.zone_from);
      for (const config::RuleSet& set : rules_) {
        if (set.name != field.rules) continue;
        for (const config::RuleSet::Input& input : set.inputs) name_source(input.source);
      }
    }
    for (const config::Relation& relation : entity_.relations) {
      for (const config::RelationWay& way : relation.by) name_source(way.from);
    }
  }

  void name_source(const config::Source& source) {
    if (source.paths.empty()) return;
    parts_.source_lookups.emplace_back(source, parts_.hints);
    parts_.sources.push_back({parts_.source_lookups.back().names(), source.place});
  }

  /// The table's column, if a sync may write it; otherwise a problem is noted.
  const Column* writable_column(const std::string& name, const config::Place& place) {
    const Column* column = table_.column(name);
    const std::string table = record::to_string(table_.name);
    if (!column) {
      const std::string near = base::nearest(name, column_names());
      problems_.push_back({place, fmt::format("{} has no column `{}` yet; `syncline migrate` adds it{}", table, name,
                                              near.empty() ? "" : fmt::format(", unless you mean `{}`", near))});
    } else if (std::string objection = config::write_objection(entity_, table_, *column); !objection.empty()) {
      problems_.push_back({place, std::move(objection)});
    } else if (!written_.insert(name).second) {
      problems_.push_back({place, fmt::format("`{}` is mapped twice", name)});
    } else {
      return column;
    }
    return nullptr;
  }

  /// Those that could be meant.
  [[nodiscard]] std::vector<std::string> column_names() const {
    std::vector<std::string> names;
    for (const Column& column : table_.columns) {
      if (config::write_objection(entity_, table_, column).empty()) names.push_back(column.name);
    }
    return names;
  }

  [[nodiscard]] tl::unexpected<base::Error> all_problems() const {
    std::vector<std::string> lines;
    lines.reserve(problems_.size());
    for (const Problem& problem : problems_)
      lines.push_back(fmt::format("{}:{}:{}: {}", problem.place.file, problem.place.line, problem.place.column, problem.message));
    base::Error error;
    error.kind = base::ErrorKind::ContractDrift;
    error.side = base::Side::Database;
    error.code = "mapping_does_not_fit";
    error.subject = record::to_string(table_.name);
    error.message = base::joined(lines, "\n");
    return base::fail(std::move(error));
  }

  const config::Entity entity_;
  const record::Table& table_;
  std::span<const config::RuleSet> rules_;
  const ParentKeys& parent_keys_;
  std::set<std::string> written_;
  std::vector<Problem> problems_;
  MappingParts parts_;
};

}  // namespace

base::Result<std::unique_ptr<Mapping>> bind(const config::Entity& entity, const record::Table& table,
                                            const std::vector<config::RuleSet>& rules, const ParentKeys& parent_keys) {
  return Binder(entity, table, rules, parent_keys).bind();
}

}  // namespace syncline::transform
