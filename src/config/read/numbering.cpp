// SPDX-License-Identifier: Apache-2.0
#include "config/read/numbering.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "config/read/names.hpp"

namespace syncline::config {

bool is_numbering(const Tree::Entry& entry) {
  return entry.value.kind == Tree::Kind::Map && (entry.value.entry("sequence") || entry.value.entry("next_in"));
}

Numbering read_numbering(const Reading& reading, const Tree::Entry& entry) {
  const Keys keys(reading, entry.value, fmt::format("the number `{}`", base::shown(entry.key, 60)), {"sequence", "create", "next_in"});
  Numbering out;
  out.column = entry.key;
  out.place = reading.place(entry.spot);
  check_identifier(reading, entry.spot, entry.key, "a column");
  const bool both = entry.value.entry("sequence") && entry.value.entry("next_in");
  if (both) reading.problem(entry.value.spot, "only one of `sequence`, `next_in` can give the number; remove the other");
  if (entry.value.entry("sequence")) {
    if (const Tree* sequence = keys.required("sequence", "`sequence:` and the name of a sequence"))
      out.sequence = read_table(reading, *sequence, "sequence");
  } else if (const Tree* next_in = keys.required("next_in", "`next_in:` and the column of a relation")) {
    out.next_in = read_column(reading, *next_in, "next_in").value_or("");
    if (keys.find_with_null("create")) reading.problem(keys.spot("create"), "`create` is for a number with `sequence`; remove it");
    return out;
  }
  if (const Tree* create = keys.find("create"))
    out.create_after_max = reading.word<bool>(*create, "create", {{"after_max", true}}).value_or(false);
  return out;
}

}  // namespace syncline::config
