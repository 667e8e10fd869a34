// SPDX-License-Identifier: Apache-2.0
#include "config/read/key.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "config/read/names.hpp"
#include "config/read/source.hpp"

namespace syncline::config {
namespace {

constexpr std::string_view Occurrence = "occurrence";

/// Reads the map of a key.
class KeyReader {
 public:
  KeyReader(const Reading& reading, const Tree& node, RowsOf rows_of)
      : reading_(reading),
        keys_(reading, node, "`key`", {"column", "account_column", "from", "first_value", "parts"}),
        node_(node),
        rows_of_(rows_of) {
    key_.place = reading.place(node.spot);
  }

  Entity::Key read() {
    if (const Tree* column = keys_.required("column", "`column:` and the table's column"))
      key_.column = read_column(reading_, *column, "column").value_or("");
    if (const Tree* account = keys_.find("account_column"))
      key_.account_column = read_column(reading_, *account, "account_column").value_or("");
    if (const Tree* parts = keys_.find("parts")) {
      read_parts(*parts);
    } else {
      read_from();
    }
    if (rows_of_ == RowsOf::Elements) check_that_elements_differ();
    return std::move(key_);
  }

 private:
  void read_from() {
    if (const Tree* from = keys_.required("from", "`from:` and the path in the record, or `parts:` and several"))
      key_.from = read_source(reading_, *from, "from").value_or(Source{});
    if (const Tree* first_value = keys_.find("first_value"))
      key_.from.first_value = reading_.boolean(*first_value, "first_value").value_or(false);
  }

  void read_parts(const Tree& node) {
    if (keys_.find_with_null("from"))
      reading_.problem(keys_.spot("from"), "only one of `from`, `parts` can give the key; remove the other");
    if (keys_.find_with_null("first_value"))
      reading_.problem(keys_.spot("first_value"),
                       "`first_value` is for a key with `from`; for one part, write {from: [a, b], first_value: true}");
    for (const Tree& item : items_of(reading_, node, "parts", "[path, another path]")) read_part(item);
    const bool has_value = std::any_of(node.items.begin(), node.items.end(), [](const Tree& item) { return !is_occurrence(item); });
    if (node.kind != Tree::Kind::List || has_value) return;
    reading_.problem(node.spot, node.items.empty()
                                    ? "`parts` is empty; name where the parts stand"
                                    : "`occurrence` tells equal parts apart, and there is no other part; name one before it");
  }

  void read_part(const Tree& node) {
    if (is_occurrence(node)) return read_occurrence(node);
    auto from = read_source(reading_, node, "parts");
    if (!from) return;
    for (const Path& path : from->paths) warn_of_misspelling(node, path);
    key_.parts.push_back({KeyPart::Kind::Value, std::move(*from)});
  }

  void read_occurrence(const Tree& node) {
    const bool again =
        std::any_of(key_.parts.begin(), key_.parts.end(), [](const KeyPart& part) { return part.kind == KeyPart::Kind::Occurrence; });
    if (again) reading_.problem(node.spot, "`occurrence` is a part already; remove one");
    if (rows_of_ == RowsOf::Records) {
      reading_.problem(
          node.spot,
          "`occurrence` counts equal elements of one record, and without `each` a record makes one row; remove it, or add `each`");
    }
    key_.parts.push_back({KeyPart::Kind::Occurrence, {}});
  }

  void check_that_elements_differ() const {
    const auto is_of_record = [](const Path& path) { return !path.steps.empty() && path.steps.front().name == scope::Record; };
    std::vector<const Source*> sources{&key_.from};
    for (const KeyPart& part : key_.parts) {
      if (part.kind == KeyPart::Kind::Occurrence) return;
      sources.push_back(&part.from);
    }
    bool names_any = false;
    for (const Source* source : sources) {
      names_any = names_any || !source->paths.empty();
      if (!std::all_of(source->paths.begin(), source->paths.end(), is_of_record)) return;
    }
    if (!names_any) return;
    reading_.problem(node_.spot,
                     "every element of a record would have this key, and only one of them a row; name a value of the element, or "
                     "`parts: [record.id, occurrence]`");
  }

  /// As a path it would be found in no element, and every row be refused.
  void warn_of_misspelling(const Tree& node, const Path& path) const {
    if (rows_of_ == RowsOf::Records || path.steps.size() != 1) return;
    const std::string& name = path.steps.front().name;
    static const std::array<std::string, 1> known{std::string(Occurrence)};
    if (name == Occurrence || base::nearest(name, known).empty()) return;
    reading_.problem(node.spot, fmt::format("did you mean `occurrence`, not `{}`? A value of that name is `element.{}`",
                                            base::shown(name, 60), base::shown(path.text, 60)));
  }

  [[nodiscard]] static bool is_occurrence(const Tree& node) { return node.kind == Tree::Kind::Scalar && node.text == Occurrence; }

  const Reading& reading_;
  const Keys keys_;
  const Tree& node_;
  RowsOf rows_of_;
  Entity::Key key_;
};

}  // namespace

Entity::Key read_key(const Reading& reading, const Tree& node, RowsOf rows_of) { return KeyReader(reading, node, rows_of).read(); }

}  // namespace syncline::config
