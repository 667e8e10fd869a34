// SPDX-License-Identifier: Apache-2.0
#include "simulators/marianatek/pages.hpp"

#include <algorithm>
#include <set>

#include "simulators/marianatek/answers.hpp"

namespace syncline::simulators::marianatek {
namespace {

constexpr int64_t DefaultPageSize = 10;
constexpr size_t ObjectBytes = 1100;  // about what a record takes; saves growing the text

const RecordEdit* edit_of(const std::vector<RecordEdit>& edits, std::string_view id, std::string_view name) {
  for (const RecordEdit& edit : edits)
    if (edit.name == name && (edit.id.empty() || edit.id == id)) return &edit;
  return nullptr;
}

void append_identifier(std::string& out, std::string_view type, int64_t id) {
  out.append("{\"type\":\"").append(type).append("\",\"id\":\"");
  append_number(out, id);
  out += "\"}";
}

void append_relation(std::string& out, const Row& row, const Relation& relation) {
  const Ids ids = row.ids(relation);
  out += "{\"data\":";
  if (relation.arity == Relation::Arity::One) {
    if (ids.count == 0) {
      out += "null}";
    } else {
      append_identifier(out, relation.type, ids.id[0]);
      out += '}';
    }
    return;
  }
  out += '[';
  for (int i = 0; i < ids.count; ++i) {
    if (i > 0) out += ',';
    append_identifier(out, relation.type, ids.id[size_t(i)]);
  }
  out += "]}";
}

/// Puts a comma before every member but the first.
class Members {
 public:
  explicit Members(std::string& out) : out_(out) {}
  void next(std::string_view key) {
    if (!first_) out_ += ',';
    first_ = false;
    out_ += key;
  }

 private:
  std::string& out_;
  bool first_ = true;
};

/// The rows a relation of these leads to, without deleted ones.
std::vector<Row> related(const std::vector<Row>& rows, std::string_view name) {
  std::vector<Row> others;
  for (const Row& row : rows) {
    const Relation* relation = row.resource().relation(name);
    const Table* table = relation == nullptr ? nullptr : row.tenant().find(relation->type);
    if (table == nullptr) continue;
    const Ids ids = row.ids(*relation);
    for (int i = 0; i < ids.count; ++i)
      if (const auto index = table->index_of(ids.id[size_t(i)]); index && table->is_live(*index)) others.emplace_back(*table, *index);
  }
  return others;
}

/// The records a page's own relate to by the paths of `include` ("user,order_lines.location"), those on the way included, each once.
void append_included(std::string& out, const std::vector<Row>& rows, std::string_view include) {
  std::set<std::pair<std::string_view, int64_t>> seen;
  Members members(out);
  out += "\"included\":[";
  for (const std::string_view path : split(include, ',')) {
    std::vector<Row> here = rows;
    for (const std::string_view name : split(path, '.')) {
      here = related(here, name);
      for (const Row& row : here) {
        if (!seen.emplace(row.resource().type, row.index()).second) continue;
        members.next({});
        append_object(out, row, {});
      }
    }
  }
  out += ']';
}

void append_data(std::string& out, const std::vector<Row>& rows, const std::vector<RecordEdit>& edits) {
  Members members(out);
  out += "\"data\":[";
  for (const Row& row : rows) {
    members.next({});
    append_object(out, row, edits);
  }
  out += ']';
}

/// The records asked for by id, in the order of ids; what does not exist is not there. Without pages: meta is null.
http::ServerResponse records_by_id(const Table& table, std::string_view asked, const Parameters& parameters, const Knobs& knobs,
                                   const ContentFault& fault) {
  std::set<int64_t> indexes;
  for (const std::string_view part : split(asked, ',')) {
    const auto id = whole_number(part);
    const auto index = id ? table.index_of(*id) : std::nullopt;
    if (index && table.is_live(*index)) indexes.insert(*index);
  }
  std::vector<Row> rows;
  for (const int64_t index : indexes) {
    if (int64_t(rows.size()) == knobs.clamp || fault.page == ContentFault::Page::Empty) break;
    rows.emplace_back(table, index);
  }
  std::string body = "{\"meta\":null,\"links\":null,";
  append_data(body, rows, fault.edits);
  if (const std::string_view include = last_value(parameters, "include"); !include.empty()) {
    body += ',';
    append_included(body, rows, include);
  }
  return api_answer(body + "}");
}

http::ServerResponse past_the_end(const Knobs& knobs) { return knobs.past_end == "404" ? not_found() : forbidden(); }

/// Where a list request stands.
struct Place {
  int64_t page, size, count, pages;
};

std::vector<Row> rows_of(const Selection& selection, const Place& place, const ContentFault& fault) {
  std::vector<Row> rows;
  if (fault.page == ContentFault::Page::Empty) return rows;
  const int64_t page = fault.page == ContentFault::Page::Duplicate ? std::max<int64_t>(place.page - 1, 1) : place.page;
  const int64_t begin = std::min((page - 1) * place.size, place.count), end = std::min(begin + place.size, place.count);
  rows.reserve(size_t(end - begin));
  for (int64_t position = begin; position < end; ++position) rows.emplace_back(selection.table(), selection.index_at(position));
  return rows;
}

}  // namespace

void ContentFault::add(ContentFault other) {
  if (page == Page::Right) page = other.page;
  edits.insert(edits.end(), std::make_move_iterator(other.edits.begin()), std::make_move_iterator(other.edits.end()));
}

void append_object(std::string& out, const Row& row, const std::vector<RecordEdit>& edits) {
  const Resource& resource = row.resource();
  const size_t begin = out.size();
  out += resource.opening;
  const size_t id_begin = out.size();
  append_number(out, row.id());
  const std::string id = edits.empty() ? std::string() : out.substr(id_begin);
  out += "\",";
  const bool without_id = std::any_of(edits.begin(), edits.end(), [&](const RecordEdit& edit) {
    return edit.kind == RecordEdit::Kind::RemoveId && (edit.id.empty() || edit.id == id);
  });
  if (without_id) out.replace(begin, std::string::npos, "{\"type\":\"" + std::string(resource.type) + "\",");

  // An edited member is rare; the common path costs one test of an empty list.
  const auto edited = [&](Members& members, std::string_view name, std::string_view key) {
    if (edits.empty()) return false;
    const RecordEdit* edit = edit_of(edits, id, name);
    if (edit == nullptr) return false;
    if (edit->kind == RecordEdit::Kind::SetRaw) {
      members.next(key);
      out += edit->raw;
    }
    return true;
  };

  out += "\"attributes\":{";
  Members attributes(out);
  for (const Attribute& attribute : resource.attributes) {
    if (edited(attributes, attribute.name, attribute.key)) continue;
    attributes.next(attribute.key);
    append_json(out, row.value(attribute));
  }
  out += "},\"relationships\":{";
  Members relations(out);
  for (const Relation& relation : resource.relations) {
    if (edited(relations, relation.name, relation.key)) continue;
    relations.next(relation.key);
    append_relation(out, row, relation);
  }
  out += "}}";
}

void append_truth(std::string& out, const Row& row) {
  out += "{\"id\":\"";
  append_number(out, row.id());
  out += '"';
  for (const Attribute& attribute : row.resource().attributes) {
    out += ',';
    out += attribute.key;
    append_json(out, row.value(attribute));
  }
  for (const Relation& relation : row.resource().relations) {
    const Ids ids = row.ids(relation);
    const bool many = relation.arity == Relation::Arity::Many;
    out += ',';
    out += relation.key;
    if (many) out += '[';
    if (!many && ids.count == 0) out += "null";
    for (int i = 0; i < ids.count; ++i) {
      out += i > 0 ? ",\"" : "\"";
      append_number(out, ids.id[size_t(i)]);
      out += '"';
    }
    if (many) out += ']';
  }
  out += '}';
}

http::ServerResponse list_page(const Table& table, const Parameters& parameters, const Knobs& knobs, const ContentFault& fault,
                               Selector& selector, uint64_t chance) {
  if (const std::string_view asked = last_value(parameters, "filter[id]"); !asked.empty())
    return records_by_id(table, asked, parameters, knobs, fault);

  // A page size that is not a positive number is ignored and one that is too large is clamped, both in silence. `per_page` is not a thing.
  const int64_t size = std::min(std::max<int64_t>(whole_number(last_value(parameters, "page_size")).value_or(0), 0), knobs.clamp);
  const std::string_view asked_page = last_value(parameters, "page");
  const auto page = asked_page.empty() ? std::optional<int64_t>(1) : whole_number(asked_page);
  if (!page || *page < 1) return not_found();

  Parameters ordering_only{{"ordering", std::string(last_value(parameters, "ordering"))}};
  const auto selection = selector.select(table, knobs.filters == "only_filter_id" ? ordering_only : parameters,
                                         knobs.order == "ties_shuffle" ? std::optional(chance) : std::nullopt);
  if (!selection)
    return json_answer(400, "{" + json_text(selection.error().parameter) + ":[" + json_text(selection.error().message) + "]}",
                       "application/vnd.api+json");

  Place place{.page = *page, .size = size > 0 ? size : std::min(DefaultPageSize, knobs.clamp), .count = selection->count(), .pages = 1};
  place.pages = std::max<int64_t>((place.count + place.size - 1) / place.size, 1);
  if (place.page > place.pages && knobs.past_end != "empty") return past_the_end(knobs);

  // Past the end nothing is left, and the product of page and size could not be counted.
  const std::vector<Row> rows = place.page > place.pages ? std::vector<Row>{} : rows_of(*selection, place, fault);
  const int64_t wobble = knobs.count_wobble == 0 ? 0 : int64_t(chance % uint64_t(2 * knobs.count_wobble + 1)) - knobs.count_wobble;
  const int64_t declared = std::max<int64_t>(place.count + wobble, 0);
  const int64_t declared_pages = std::max<int64_t>((declared + place.size - 1) / place.size, 1) + knobs.overreport_pages;
  std::string body;
  body.reserve(rows.size() * ObjectBytes + 512);
  body += "{\"meta\":{\"pagination\":{\"count\":" + std::to_string(declared) + ",\"pages\":" + std::to_string(declared_pages) +
          ",\"page\":" + std::to_string(place.page) + ",\"per_page\":" + std::to_string(place.size) + "}},\"links\":null,";
  append_data(body, rows, fault.edits);
  body += ',';
  append_included(body, rows, last_value(parameters, "include"));
  body += '}';
  return api_answer(std::move(body));
}

bool is_later_page(const Parameters& parameters) {
  return last_value(parameters, "filter[id]").empty() && whole_number(last_value(parameters, "page")).value_or(1) > 1;
}

http::ServerResponse single_record(const Row& row, const Parameters& parameters, const ContentFault& fault) {
  std::string body = "{\"meta\":null,\"links\":null,";
  append_included(body, {row}, last_value(parameters, "include"));
  body += ",\"data\":";
  append_object(body, row, fault.edits);
  return api_answer(body + "}");
}

}  // namespace syncline::simulators::marianatek
