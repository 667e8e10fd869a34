// SPDX-License-Identifier: Apache-2.0
#include "extract/decode/json_api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <unordered_map>

#include "base/text.hpp"
#include "extract/decode/answer.hpp"

namespace syncline::extract {

using record::Field;
using record::Reference;
using record::Value;

namespace {

struct Identity {
  std::string_view type, id;
  bool operator==(const Identity&) const = default;
};
struct IdentityHash {
  size_t operator()(const Identity& identity) const {
    return std::hash<std::string_view>()(identity.type) * 31 + std::hash<std::string_view>()(identity.id);
  }
};

/// The four members of a resource object that carry data.
struct Resource {
  Value type, id, attributes, relationships;

  explicit Resource(Value object) {
    for (const Field& field : object.fields()) {
      if (field.name == "type") type = field.value;
      if (field.name == "id") id = field.value;
      if (field.name == "attributes") attributes = field.value;
      if (field.name == "relationships") relationships = field.value;
    }
  }
};

/// An id is text by the standard; vendors that send a number mean its digits.
bool is_id(Value value) { return value.is(Value::Type::Text) || value.is(Value::Type::Number); }
bool is_blank(Value value) { return value.absent() || value.is(Value::Type::Null); }

/// Lays resources out as records' fields. Relations become references, which are bound to what `included` holds once the whole answer is
/// known: being linked by address, they may go in circles.
class Layout {
 public:
  enum class Head { WithId, WithoutId };

  explicit Layout(base::Arena& arena) : arena_(arena) {}

  /// A range of the references made so far.
  struct Range {
    size_t begin = 0, end = 0;
  };

  /// "" or why the resource cannot be laid out.
  std::string lay_out(const Resource& resource, Head head, std::span<const Field>& fields, Range& made) {
    made = {references_.size(), references_.size()};
    if (!is_blank(resource.attributes) && !resource.attributes.is(Value::Type::Object)) {
      return fmt::format("`attributes` is {}, not an object", record::name_of(resource.attributes.type()));
    }
    if (!is_blank(resource.relationships) && !resource.relationships.is(Value::Type::Object)) {
      return fmt::format("`relationships` is {}, not an object", record::name_of(resource.relationships.type()));
    }
    const bool with_id = head == Head::WithId && !is_blank(resource.id);
    const std::span<const Field> attributes = resource.attributes.fields(), relations = resource.relationships.fields();
    const std::span<Field> room = arena_.allocate<Field>((with_id ? 1 : 0) + attributes.size() + relations.size());
    Field* out = room.data();
    if (with_id) std::construct_at(out++, Field{"id", Value::text(resource.id.text())});
    out = std::uninitialized_copy(attributes.begin(), attributes.end(), out);
    for (const Field& relation : relations) {
      Value value;
      if (!relation_value(relation.value, value)) return fmt::format("the relation `{}` is malformed", base::shown(relation.name, 60));
      if (!value.absent()) std::construct_at(out++, Field{relation.name, value});
    }
    fields = room.first(size_t(out - room.data()));
    made.end = references_.size();
    return "";
  }

  [[nodiscard]] std::span<Reference* const> references() const { return references_; }
  [[nodiscard]] std::span<Reference* const> references(Range range) const {
    return references().subspan(range.begin, range.end - range.begin);
  }

 private:
  /// A relation without `data` (links only) says nothing of whom it points at: absent, which is not null.
  bool relation_value(Value relation, Value& out) {
    if (relation.is(Value::Type::Null)) {
      out = Value::null();
      return true;
    }
    if (!relation.is(Value::Type::Object)) return false;
    const Value data = member(relation.fields(), "data");
    if (data.absent()) return true;
    if (data.is(Value::Type::Null)) {
      out = Value::null();
      return true;
    }
    if (!data.is(Value::Type::List)) return reference(data, out);
    const std::span<Value> room = arena_.allocate<Value>(data.elements().size());
    for (size_t i = 0; i < room.size(); ++i) {
      std::construct_at(&room[i]);
      if (!reference(data.elements()[i], room[i])) return false;
    }
    out = Value::list(room, data.text());
    return true;
  }

  bool reference(Value linkage, Value& out) {
    const Value type = member(linkage.fields(), "type"), id = member(linkage.fields(), "id");
    if (!type.is(Value::Type::Text) || !is_id(id)) return false;
    references_.push_back(arena_.create(Reference{type.text(), id.text(), {}}));
    out = Value::reference(references_.back());
    return true;
  }

  base::Arena& arena_;
  std::vector<Reference*> references_;
};

struct Included {
  std::span<const Field> fields;
  Layout::Range references;
  std::string flaw;  ///< why it cannot be read, or whom it points at that cannot
};
using IncludedMap = std::unordered_map<Identity, Included, IdentityHash>;

struct Laid {
  Value item;
  std::span<const Field> fields;
  Layout::Range references;
  std::string flaw;
};

std::string flaw_of(const Tree& tree, Value item) {
  const Flaw* flaw = tree.flaw_in(item.text());
  return flaw ? flaw->reason : "";
}

Laid lay_out_item(const Tree& tree, Value item, Layout& layout) {
  Laid laid{item, {}, {}, ""};
  if (!item.is(Value::Type::Object)) {
    laid.flaw = fmt::format("the list holds {} where a resource object belongs", record::name_of(item.type()));
    return laid;
  }
  const Resource resource(item);
  if (!resource.type.is(Value::Type::Text)) {
    laid.flaw = "the resource object has no `type`";
  } else if (!is_blank(resource.id) && !is_id(resource.id)) {
    laid.flaw = fmt::format("its `id` is {}, not text", record::name_of(resource.id.type()));
  } else {
    laid.flaw = flaw_of(tree, item);
    if (laid.flaw.empty()) laid.flaw = layout.lay_out(resource, Layout::Head::WithId, laid.fields, laid.references);
  }
  return laid;
}

/// What cannot be identified cannot be pointed at, so it is passed over. Of two with one identity the last counts.
IncludedMap lay_out_included(const Tree& tree, Layout& layout) {
  const std::span<const Value> items = member(tree.root.fields(), "included").elements();
  IncludedMap map;
  map.reserve(items.size());
  for (const Value& item : items) {
    const Resource resource(item);
    if (!resource.type.is(Value::Type::Text) || !is_id(resource.id)) continue;
    Included included;
    included.flaw = flaw_of(tree, item);
    if (included.flaw.empty()) included.flaw = layout.lay_out(resource, Layout::Head::WithoutId, included.fields, included.references);
    map.insert_or_assign({resource.type.text(), resource.id.text()}, std::move(included));
  }
  return map;
}

/// A record that could reach an unreadable resource would read it as absent; so it shares its flaw.
class FlawSpread {
 public:
  FlawSpread(IncludedMap& map, const Layout& layout) : map_(map), layout_(layout) {
    any_ = std::any_of(map_.begin(), map_.end(), [](const auto& entry) { return !entry.second.flaw.empty(); });
    bool changed = any_;
    for (int hop = 0; changed && hop < HopsMax; ++hop) {
      changed = false;
      for (auto& [identity, included] : map_) {
        if (!included.flaw.empty()) continue;
        included.flaw = reached(included.references);
        changed = changed || !included.flaw.empty();
      }
    }
  }

  /// "" or the flaw that is reached through one of these.
  [[nodiscard]] std::string reached(Layout::Range references) const {
    if (!any_) return "";
    for (const Reference* reference : layout_.references(references)) {
      const auto found = map_.find({reference->type, reference->id});
      if (found != map_.end() && !found->second.flaw.empty()) {
        return fmt::format("the related {}/{} cannot be read: {}", base::shown(reference->type, 60), base::shown(reference->id, 60),
                           base::shown(found->second.flaw));
      }
    }
    return "";
  }

 private:
  static constexpr int HopsMax = 8;  ///< no path of a mapping goes further; keeps a hostile chain of relations cheap

  IncludedMap& map_;
  const Layout& layout_;
  bool any_ = false;
};

void link(const Layout& layout, const IncludedMap& map) {
  if (map.empty()) return;
  for (Reference* reference : layout.references()) {
    const auto found = map.find({reference->type, reference->id});
    if (found != map.end()) reference->fields = found->second.fields;
  }
}

}  // namespace

base::Spec JsonApiDecoder::spec() {
  return {"json_api",
          "A JSON:API document: attributes and relations become fields, what the answer includes is reached through its relation.",
          {{"list", base::OptionSpec::Kind::Path, false, "data", "Where the resources are in the answer.", {}}}};
}

std::unique_ptr<Decoder> JsonApiDecoder::make(const config::Options& options) {
  return std::unique_ptr<Decoder>(new JsonApiDecoder(AnswerPath(options.has("list") ? options.text("list") : "data")));
}

base::Result<Decoded> JsonApiDecoder::decode(std::vector<char> body, std::string_view content_type) {
  Answer answer = TRY(open_answer(parser_, std::move(body), content_type, list_));
  std::span<const Value> items = answer.list.elements();
  if (answer.list.is(Value::Type::Object)) {
    items = {&answer.list, 1};  // by the standard, `data` of a single resource is the resource
  } else if (!answer.list.is(Value::Type::List) && !answer.list.is(Value::Type::Null)) {
    return base::fail(wrong_list(list_, answer.list, "a list of resources", content_type));
  }
  record::RecordBatch& batch = answer.batch;
  Layout layout(batch.shapes);
  IncludedMap included = lay_out_included(answer.tree, layout);
  const FlawSpread spread(included, layout);

  batch.records.reserve(items.size());
  for (const Value& item : items) {
    Laid laid = lay_out_item(answer.tree, item, layout);
    if (laid.flaw.empty()) laid.flaw = spread.reached(laid.references);
    if (laid.flaw.empty()) {
      batch.records.push_back({laid.fields, item.text()});
    } else {
      batch.undecodable.push_back(undecodable(item, std::move(laid.flaw), batch.arena));
    }
  }
  link(layout, included);
  return Decoded{std::move(answer.batch), answer.tree.root, std::move(answer.tree.repeated)};
}

}  // namespace syncline::extract
