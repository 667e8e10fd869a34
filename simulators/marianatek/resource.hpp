// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "simulators/marianatek/value.hpp"

/// How a resource of the API is described. A resource is data: what it is called, how its attributes and relations come about, what it
/// can be filtered and ordered by. Everything else (pages, filters, truth, mutations) reads these descriptions.
namespace syncline::simulators::marianatek {

class Row;
struct Attribute;
struct Relation;

using MakeValue = Value (*)(const Row&, const Attribute&);

struct Attribute {
  std::string_view name;
  MakeValue make;
  // What `make` works with; each maker says which it reads.
  int64_t low = 0, high = 0;
  std::span<const std::string_view> words{};
  Value constant{};
  // Set by described(): its own stream of random draws, and `"name":`.
  uint64_t salt = 0;
  std::string key{};
};

/// The ids a relation points at; none of a to-one relation is null.
struct Ids {
  std::array<int64_t, 4> id{};
  int count = 0;

  void add(int64_t one) {
    if (count < int(id.size())) id[size_t(count++)] = one;
  }
  [[nodiscard]] bool has(int64_t one) const {
    for (int i = 0; i < count; ++i)
      if (id[size_t(i)] == one) return true;
    return false;
  }
};

using MakeIds = Ids (*)(const Row&, const Relation&);

struct Relation {
  enum class Arity { One, Many };

  std::string_view name;
  std::string_view type;  ///< of the other side; it need not be a resource that can be asked for
  Arity arity;
  MakeIds make;
  int64_t low = 0, high = 0;
  /// The row shows values of the one it points at, so that it changes with it.
  bool shown = false;
  uint64_t salt = 0;
  std::string key{};
};

/// A query parameter that narrows a list. `path` is an attribute or relation, or one of the row a relation points at
/// ("class_session.location").
struct Filter {
  enum class Test {
    Equal,     ///< the attribute's text
    Flag,      ///< the attribute is true or false, as asked
    Contains,  ///< the attribute's text, without case
    From,      ///< instant at or after
    Before,    ///< instant before
    FromDay,   ///< day (text) at or after
    UntilDay,  ///< day (text) at or before
    Id,        ///< the relation has one of these ids
  };
  std::string_view name;
  Test test;
  std::string_view path;
};

/// One member of a row that becomes another when something happens to the row.
struct Step {
  enum class To {
    Constant,
    Nothing,  ///< null, or no ids
    Now,      ///< the clock's instant
    Today,    ///< its day
    Another,  ///< what another row was made with: the same one in all steps
    Fresh,    ///< what a row that never was would be made with, so that it is nobody else's
    Made,
  };
  std::string_view member;  ///< attribute or relation
  To to;
  Value constant{};
  Value (*make)(const Row&, Timestamp now) = nullptr;
};

/// Something that happens to rows: "refund", "freeze", …
struct Happening {
  std::string_view name;
  std::vector<Step> steps;
  bool (*suits)(const Row&) = nullptr;  ///< null: it can happen to every row
};

/// How many rows a profile has of a resource.
struct RowCounts {
  int64_t tiny = 0, studio = 0, chain = 0;
};

struct Resource {
  std::string_view type;
  int64_t first_id;
  RowCounts rows;
  std::vector<Attribute> attributes;
  std::vector<Relation> relations;
  std::vector<Filter> filters;
  std::vector<std::string_view> orderings;  ///< attributes a list can be ordered by, besides "id"
  std::string_view default_ordering = "id";
  bool is_public = false;     ///< readable without credentials
  std::vector<Step> birth{};  ///< what is different in a row that comes now rather than before the start
  std::vector<Happening> happenings{};
  // Set by described().
  uint64_t salt = 0;
  std::string opening{};  ///< `{"type":"…","id":"`

  [[nodiscard]] const Attribute* attribute(std::string_view name) const;
  [[nodiscard]] const Relation* relation(std::string_view name) const;
  [[nodiscard]] const Filter* filter(std::string_view name) const;
  [[nodiscard]] const Happening* happening(std::string_view name) const;
};

/// The description with salts and JSON keys filled in.
[[nodiscard]] Resource described(Resource resource);

/// Every resource the simulator knows.
[[nodiscard]] const std::vector<Resource>& resources();

/// One of them, or null.
[[nodiscard]] const Resource* find_resource(std::string_view type);

/// A well mixed function of its arguments: the root of all made-up data.
[[nodiscard]] constexpr uint64_t mixed(uint64_t a, uint64_t b) {
  uint64_t z = a + 0x9e3779b97f4a7c15ull * (b + 1);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

[[nodiscard]] constexpr uint64_t salt_of(std::string_view name) {
  uint64_t salt = 0xcbf29ce484222325ull;
  for (const char c : name) salt = (salt ^ uint64_t(static_cast<unsigned char>(c))) * 0x100000001b3ull;
  return salt;
}

}  // namespace syncline::simulators::marianatek
