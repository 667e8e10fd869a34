// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "http/server.hpp"
#include "simulators/marianatek/knobs.hpp"
#include "simulators/marianatek/selection.hpp"
#include "simulators/marianatek/world.hpp"

namespace syncline::simulators::marianatek {

/// A lie about a record, for a planted bad value.
struct RecordEdit {
  enum class Kind { DropKey, SetRaw, RemoveId } kind = Kind::DropKey;
  std::string id;    ///< of the record; "": every one
  std::string name;  ///< attribute or relation
  std::string raw;   ///< SetRaw: what stands instead of the value, as it is
};

/// What a fault does to the content of an answer.
struct ContentFault {
  enum class Page { Right, Duplicate, Empty } page = Page::Right;
  std::vector<RecordEdit> edits;

  /// Another fault of the same answer: edits add up, and of two pages the first counts.
  void add(ContentFault other);
};

/// The JSON:API object of a row.
void append_object(std::string& out, const Row& row, const std::vector<RecordEdit>& edits);

/// The row as one flat JSON object: id, attributes as the API shows them, per relation the id or the list of ids.
void append_truth(std::string& out, const Row& row);

/// GET /api/{type}: a page, or the records of filter[id]. `chance`: this request's own random number, for what differs from request to
/// request.
[[nodiscard]] http::ServerResponse list_page(const Table& table, const Parameters& parameters, const Knobs& knobs,
                                             const ContentFault& fault, Selector& selector, uint64_t chance);

/// Whether the request is for a page behind the first one: while that is asked for, the list may drift.
[[nodiscard]] bool is_later_page(const Parameters& parameters);

/// GET /api/{type}/{id}.
[[nodiscard]] http::ServerResponse single_record(const Row& row, const Parameters& parameters, const ContentFault& fault);

}  // namespace syncline::simulators::marianatek
