// SPDX-License-Identifier: Apache-2.0
#include "extract/decode/tree.hpp"

#include <simdjson.h>

#include <algorithm>
#include <bitset>
#include <cstring>
#include <memory>
#include <optional>
#include <unordered_map>

#include "base/text.hpp"
#include "extract/decode/json_text.hpp"

namespace syncline::extract {

using record::Field;
using record::Value;
namespace ondemand = simdjson::ondemand;

struct TreeParser::Library {
  ondemand::parser parser;
  // Members and elements of the containers that are still open, outermost first.
  std::vector<Field> fields;
  std::vector<Value> elements;
};

namespace {

constexpr bool is_json_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

std::string_view without_trailing_space(std::string_view token) {
  while (!token.empty() && is_json_space(token.back())) token.remove_suffix(1);
  return token;
}

/// Small and quick, and good enough to tell most names of one object apart.
size_t name_hash(std::string_view name) {
  size_t hash = name.size();
  for (const char c : name) hash = hash * 31 + uint8_t(c);
  return hash ^ (hash >> 15);
}

/// How an object's size decides the way its names are compared.
constexpr size_t FewFields = 6, ManyFields = 200;

/// Among equal names the last value counts, as in PostgreSQL's jsonb and in every browser. The first name that was there before, or none.
std::optional<std::string_view> drop_duplicates(std::vector<Field>& fields, size_t begin) {
  std::optional<std::string_view> repeated;
  const auto first_named = [&](std::string_view name, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      if (fields[i].name == name) return i;
    }
    return end;
  };
  const size_t count = fields.size() - begin;
  size_t kept = begin;
  const auto keep = [&](size_t i, size_t same) {
    if (same < kept) {
      fields[same].value = fields[i].value;
      if (!repeated) repeated = fields[i].name;
    } else {
      fields[kept++] = fields[i];
    }
  };
  if (count <= FewFields) {
    for (size_t i = begin; i < fields.size(); ++i) keep(i, first_named(fields[i].name, kept));
  } else if (count <= ManyFields) {
    std::bitset<1024> seen;
    for (size_t i = begin; i < fields.size(); ++i) {
      const size_t bit = name_hash(fields[i].name) % seen.size();
      keep(i, seen[bit] ? first_named(fields[i].name, kept) : kept);
      seen[bit] = true;
    }
  } else {  // an object made to cost quadratic time must not
    std::unordered_map<std::string_view, size_t> places;
    places.reserve(count);
    for (size_t i = begin; i < fields.size(); ++i) keep(i, places.try_emplace(fields[i].name, kept).first->second);
  }
  fields.resize(kept);
  return repeated;
}

template <class T>
std::span<const T> moved_to_arena(std::vector<T>& open, size_t begin, base::Arena& arena) {
  const std::span<T> room = arena.allocate<T>(open.size() - begin);
  std::uninitialized_copy(open.begin() + ptrdiff_t(begin), open.end(), room.begin());
  open.resize(begin);
  return room;
}

/// The names that the first object at a place of the document had, in their order. The objects of a list are alike: a name that comes where
/// it is expected needs no search for its end, names in the shape's order cannot be equal to each other, and all of them are one text in
/// memory.
class Shape {
 public:
  static constexpr size_t Unknown = SIZE_MAX;

  [[nodiscard]] bool is_known() const { return known_; }
  /// Whether no two of its names are equal.
  [[nodiscard]] bool is_distinct() const { return distinct_; }
  [[nodiscard]] std::string_view name(size_t at) const { return names_[at]; }

  /// Adds a name of the first object; its place.
  size_t add(std::string_view name) {
    // Names are compared as they stand in the page, where a backslash would not stand for itself.
    names_.push_back(std::memchr(name.data(), '\\', name.size()) ? std::string_view(nullptr, Unknown) : name);
    inner_.emplace_back();
    return names_.size() - 1;
  }
  /// The first object has ended.
  void close(bool distinct) {
    known_ = !names_.empty();
    distinct_ = distinct;
  }

  /// The place, from `from` on, of the name that begins at `start`, behind its quote. A few names that are left out are passed over.
  [[nodiscard]] size_t find(const char* start, const char* end, size_t from) const {
    for (size_t at = from; at < std::min(from + LookAhead, names_.size()); ++at) {
      const std::string_view name = names_[at];
      if (size_t(end - start) > name.size() && start[name.size()] == '"' && std::memcmp(start, name.data(), name.size()) == 0) return at;
    }
    return Unknown;
  }

  /// The shape of what stands behind a name.
  Shape& inner(size_t at) { return made(inner_[at]); }
  /// The shape of a list's elements.
  Shape& element() { return made(element_); }

 private:
  static constexpr size_t LookAhead = 4;
  static Shape& made(std::unique_ptr<Shape>& shape) {
    if (!shape) shape = std::make_unique<Shape>();
    return *shape;
  }

  std::vector<std::string_view> names_;
  std::vector<std::unique_ptr<Shape>> inner_;
  std::unique_ptr<Shape> element_;
  bool known_ = false, distinct_ = false;
};

/// One walk over one document. Every function returns false when the document is to be dropped, with the reason kept: the library's
/// state after an error must not be used any more.
class Walk {
 public:
  Walk(ondemand::document& document, std::string_view json, std::vector<Field>& fields, std::vector<Value>& elements, base::Arena& arena,
       base::Arena& shapes)
      : document_(document), json_(json), fields_(fields), elements_(elements), arena_(arena), shapes_(shapes) {}

  bool root(Value& out) {
    ondemand::json_type type;
    if (const auto error = document_.type().get(type)) return broken(error);
    const char* start = json_.data() + size_t(std::find_if_not(json_.begin(), json_.end(), is_json_space) - json_.begin());
    if (type == ondemand::json_type::object) {
      ondemand::object object;
      if (const auto error = document_.get_object().get(object)) return broken(error);
      std::span<const Field> fields;
      if (!members(object, 1, shape_, fields)) return false;
      if (!at_end()) return broken("something follows the end of the document");
      out = Value::object(fields, without_trailing_space({start, size_t(json_.data() + json_.size() - start)}));
      return true;
    }
    if (type == ondemand::json_type::array) {
      ondemand::array array;
      if (const auto error = document_.get_array().get(array)) return broken(error);
      if (!items(array, 1, shape_)) return false;
      if (!at_end()) return broken("something follows the end of the document");
      out =
          Value::list(moved_to_arena(elements_, 0, shapes_), without_trailing_space({start, size_t(json_.data() + json_.size() - start)}));
      return true;
    }
    return broken("it is neither an object nor a list");
  }

  NotJson why;
  std::vector<Flaw> flaws;
  RepeatedNames repeated;

 private:
  bool broken(std::string reason) {
    why = {NotJson::Kind::Broken, std::move(reason)};
    return false;
  }
  bool broken(simdjson::error_code error) { return broken(std::string(simdjson::error_message(error))); }

  bool at_end() { return document_.current_location().error() == simdjson::OUT_OF_BOUNDS; }

  bool deep_enough(int depth) {
    if (depth <= TreeParser::DepthMax) return true;
    why = {NotJson::Kind::TooDeep, "it is nested deeper than " + std::to_string(TreeParser::DepthMax) + " levels"};
    return false;
  }

  bool members(ondemand::object object, int depth, Shape& shape, std::span<const Field>& out) {
    const size_t begin = fields_.size();
    const bool first = !shape.is_known();
    bool in_order = !first && shape.is_distinct();
    size_t next = 0;
    for (auto entry : object) {
      ondemand::field field;
      if (const auto error = std::move(entry).get(field)) return broken(error);
      const char* const start = field.key().raw();
      std::string_view name;
      size_t place = first ? Shape::Unknown : shape.find(start, json_.data() + json_.size(), next);
      if (place != Shape::Unknown) {
        name = shape.name(place);
        next = place + 1;
      } else {
        in_order = false;
        if (!key(start, name)) return false;
        if (first) place = shape.add(name);
      }
      Value member;
      if (!value(field.value(), depth, place == Shape::Unknown ? nullptr : &shape, place, member)) return false;
      fields_.push_back({name, member});
    }
    const size_t count = fields_.size();
    if (!in_order) count_repeated(drop_duplicates(fields_, begin));
    if (first) shape.close(fields_.size() == count);
    out = moved_to_arena(fields_, begin, shapes_);
    return true;
  }

  void count_repeated(const std::optional<std::string_view>& name) {
    if (name && repeated.objects++ == 0) repeated.first = *name;
  }

  /// Appends the array's elements to elements_.
  bool items(ondemand::array array, int depth, Shape& shape) {
    for (auto entry : array) {
      ondemand::value item;
      if (const auto error = entry.get(item)) return broken(error);
      Value element;
      if (!value(item, depth, &shape, Shape::Unknown, element)) return false;
      elements_.push_back(element);
    }
    return true;
  }

  /// `in` is the shape of the container, if it is known; `place` that of the value's name in it, or Unknown for an element.
  bool value(ondemand::value source, int depth, Shape* in, size_t place, Value& out) {
    // The token reaches to the next one: blanks between the two belong to it.
    const std::string_view token = without_trailing_space(source.raw_json_token());
    if (token.empty()) return broken("a value is missing");
    switch (token.front()) {
      case '{':
      case '[': {
        Shape unknown;
        Shape& shape = !in ? unknown : place == Shape::Unknown ? in->element() : in->inner(place);
        return token.front() == '{' ? object(source, token.data(), depth + 1, shape, out)
                                    : list(source, token.data(), depth + 1, shape, out);
      }
      case '"':
        return text(token, out);
      case 'n':
        return word(token, "null", Value::null(), out);
      case 't':
        return word(token, "true", Value::boolean(true), out);
      case 'f':
        return word(token, "false", Value::boolean(false), out);
      default:
        break;
    }
    if (!is_json_number(token)) return broken("`" + base::shown(token, 40) + "` is not a JSON value");
    out = Value::number(token);
    return true;
  }

  bool object(ondemand::value& source, const char* start, int depth, Shape& shape, Value& out) {
    if (!deep_enough(depth)) return false;
    ondemand::object object;
    if (const auto error = source.get_object().get(object)) return broken(error);
    std::span<const Field> fields;
    if (!members(object, depth, shape, fields)) return false;
    std::string_view json;
    if (!source_text(source, start, json)) return false;
    out = Value::object(fields, json);
    return true;
  }

  bool list(ondemand::value& source, const char* start, int depth, Shape& shape, Value& out) {
    if (!deep_enough(depth)) return false;
    ondemand::array array;
    if (const auto error = source.get_array().get(array)) return broken(error);
    const size_t begin = elements_.size();
    if (!items(array, depth, shape)) return false;
    std::string_view json;
    if (!source_text(source, start, json)) return false;
    out = Value::list(moved_to_arena(elements_, begin, shapes_), json);
    return true;
  }

  /// From a container's bracket to its other one: the walk now stands on the token that follows.
  bool source_text(ondemand::value& source, const char* start, std::string_view& json) {
    const char* next = nullptr;
    if (const auto error = source.current_location().get(next)) return broken(error);
    json = without_trailing_space({start, size_t(next - start)});
    return true;
  }

  bool word(std::string_view token, std::string_view wanted, Value value, Value& out) {
    if (token != wanted) return broken("`" + base::shown(token, 40) + "` is not a JSON value");
    out = value;
    return true;
  }

  bool text(std::string_view token, Value& out) {
    if (token.size() < 2 || token.back() != '"') return broken("`" + base::shown(token, 40) + "` is not a JSON string");
    std::string_view content = token.substr(1, token.size() - 2);
    if (std::memchr(content.data(), '\\', content.size()) && !unescape(content)) return false;
    out = Value::text(content);
    return true;
  }

  /// `start` is behind a name's opening quote; that a closing one follows was proven by the library's first pass.
  bool key(const char* start, std::string_view& name) {
    bool escaped = false;
    const char* end = start;
    for (; *end != '"'; ++end) {
      if (*end == '\\') {
        escaped = true;
        ++end;
      }
    }
    name = {start, size_t(end - start)};
    return !escaped || unescape(name);
  }

  bool unescape(std::string_view& content) {
    const auto result = unescaped(content, arena_);
    if (!result) return broken("`" + base::shown(content, 40) + "` holds an escape that JSON does not have");
    if (result->lone_surrogate)
      flaws.push_back({content.data(), "half of a surrogate pair stands alone, which is no text: " + base::shown(content, 80)});
    content = result->text;
    return true;
  }

  ondemand::document& document_;
  const std::string_view json_;
  std::vector<Field>& fields_;
  std::vector<Value>& elements_;
  base::Arena& arena_;
  base::Arena& shapes_;
  Shape shape_;  ///< of the root
};

}  // namespace

const Flaw* Tree::flaw_in(std::string_view source) const {
  const auto first = std::lower_bound(flaws.begin(), flaws.end(), source.data(),
                                      [](const Flaw& flaw, const char* at) { return std::less<>()(flaw.at, at); });
  return first != flaws.end() && std::less<>()(first->at, source.data() + source.size()) ? &*first : nullptr;
}

TreeParser::TreeParser() : library_(std::make_unique<Library>()) {}
TreeParser::~TreeParser() = default;

tl::expected<Tree, NotJson> TreeParser::parse(std::vector<char>& page, base::Arena& arena, base::Arena& shapes) {
  const size_t size = page.size();
  page.resize(size + simdjson::SIMDJSON_PADDING);  // the library reads, but never uses, what stands behind the text
  page.resize(size);
  std::string_view json(page.data(), size);
  if (json.starts_with("\xEF\xBB\xBF")) json.remove_prefix(3);
  if (without_trailing_space(json).empty()) return tl::unexpected(NotJson{NotJson::Kind::Broken, "it is empty"});

  library_->fields.clear();
  library_->elements.clear();
  ondemand::document document;
  const auto error = library_->parser.iterate(json.data(), json.size(), json.size() + simdjson::SIMDJSON_PADDING).get(document);
  if (error) {
    std::string reason = simdjson::error_message(error);
    if (error == simdjson::UTF8_ERROR)
      reason = "its byte " + std::to_string(size_t(json.data() - page.data()) + base::invalid_utf8_at(json)) + " is not UTF-8";
    return tl::unexpected(NotJson{NotJson::Kind::Broken, std::move(reason)});
  }
  Walk walk(document, json, library_->fields, library_->elements, arena, shapes);
  Tree tree;
  if (!walk.root(tree.root)) return tl::unexpected(std::move(walk.why));
  tree.flaws = std::move(walk.flaws);
  tree.repeated = std::move(walk.repeated);
  return tree;
}

}  // namespace syncline::extract
