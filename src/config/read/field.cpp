// SPDX-License-Identifier: Apache-2.0
#include "config/read/field.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "config/read/names.hpp"
#include "config/read/source.hpp"

namespace syncline::config {
namespace {

/// Reads the full map of one field.
class FieldReader {
 public:
  FieldReader(const Reading& reading, const Tree& node, FieldMapping& field)
      : reading_(reading),
        keys_(reading, node, fmt::format("the field `{}`", base::shown(field.column, 60)),
              {"from",   "first_value", "const",    "rules",      "type",         "zone",         "unclear", "format",
               "unit",   "store",       "currency", "decorated",  "decimal_mark", "calling_code", "trunk",   "extension",
               "values", "otherwise",   "default",  "on_missing", "blank",        "fill",         "taken"}),
        node_(node),
        field_(field) {}

  void read() {
    read_origin();
    read_type();
    read_time_options();
    read_money_options();
    read_phone_options();
    read_values();
    read_policies();
  }

 private:
  /// Exactly one of from, const and rules gives the value.
  void read_origin() {
    const Tree *from = keys_.find("from"), *constant = keys_.find("const"), *rules = keys_.find("rules");
    const int origins = (from != nullptr) + (constant != nullptr) + (rules != nullptr);
    if (origins == 0 && keys_.is_map())
      reading_.problem(node_.spot, "nothing says where the value comes from; write one of `from`, `const`, `rules`");
    if (origins > 1) reading_.problem(node_.spot, "only one of `from`, `const`, `rules` can give the value; remove the others");
    if (from) field_.from = read_source(reading_, *from, "from").value_or(Source{});
    if (const Tree* first_value = keys_.find("first_value"))
      field_.from.first_value = reading_.boolean(*first_value, "first_value").value_or(false);
    if (constant) field_.constant = reading_.text(*constant, "const");
    if (rules) field_.rules = reading_.filled_text(*rules, "rules").value_or("");
    if (!from)
      refuse({"first_value", "zone", "unclear", "format", "unit", "store", "currency", "decorated", "decimal_mark", "calling_code", "trunk",
              "extension", "on_missing", "blank"},
             "is for a field with `from`");
  }

  void read_type() {
    const Tree* type = keys_.find("type");
    if (!type) return;
    const auto meaning = reading_.word<FieldType>(*type, "type",
                                                  {{"text", FieldType::Text},
                                                   {"integer", FieldType::Integer},
                                                   {"decimal", FieldType::Decimal},
                                                   {"money", FieldType::Money},
                                                   {"boolean", FieldType::Boolean},
                                                   {"timestamp", FieldType::Timestamp},
                                                   {"date", FieldType::Date},
                                                   {"time", FieldType::Time},
                                                   {"json", FieldType::Json},
                                                   {"uuid", FieldType::Uuid},
                                                   {"email", FieldType::Email},
                                                   {"phone", FieldType::Phone}});
    if (!meaning) return;
    field_.type = *meaning;
    const bool is_temporal = *meaning == FieldType::Timestamp || *meaning == FieldType::Date || *meaning == FieldType::Time;
    const bool is_number = *meaning == FieldType::Money || *meaning == FieldType::Decimal || *meaning == FieldType::Integer;
    if (!is_temporal) refuse({"zone", "unclear", "format"}, "is for the types timestamp, date and time");
    if (*meaning != FieldType::Money) refuse({"unit", "store", "currency"}, "is for type money");
    if (*meaning != FieldType::Phone) refuse({"calling_code", "trunk", "extension"}, "is for type phone");
    if (!is_number) refuse({"decorated", "decimal_mark"}, "is for the types money, decimal and integer");
  }

  void refuse(std::initializer_list<const char*> options, std::string_view why) {
    for (const char* option : options) {
      if (keys_.find_with_null(option)) reading_.problem(keys_.spot(option), fmt::format("`{}` {}; remove it", option, why));
    }
  }

  void read_time_options() {
    if (const Tree* zone = keys_.find("zone")) read_zone(*zone);
    if (const Tree* unclear = keys_.find("unclear")) {
      using Unclear = base::Zone::Unclear;
      field_.unclear =
          reading_
              .word<Unclear>(*unclear, "unclear", {{"refuse", Unclear::Refuse}, {"earlier", Unclear::Earlier}, {"later", Unclear::Later}})
              .value_or(Unclear::Refuse);
    }
    if (const Tree* format = keys_.find("format")) {
      field_.format = reading_.filled_text(*format, "format").value_or("");
      check_format(*format);
    }
  }

  /// A zone's name, or {from: path} where the record names it.
  void read_zone(const Tree& node) {
    if (node.kind == Tree::Kind::Map) {
      const Keys keys(reading_, node, "`zone`", {"from"});
      if (const Tree* from = keys.required("from", "`from:` and where the record names the zone"))
        field_.zone_from = read_source(reading_, *from, "from");
      return;
    }
    const auto name = reading_.filled_text(node, "zone");
    if (!name) return;
    if (auto found = base::Zone::find(*name)) {
      field_.zone = *found;
    } else {
      reading_.problem(node.spot, found.error().message);
    }
  }

  void check_format(const Tree& node) {
    for (size_t at = field_.format.find('%'); at != std::string::npos; at = field_.format.find('%', at + 2)) {
      const char letter = at + 1 < field_.format.size() ? field_.format[at + 1] : ' ';
      if (std::string_view("YmdHMSybpI").find(letter) != std::string_view::npos) continue;
      reading_.problem(node.spot,
                       fmt::format("`format` knows %Y %m %d %H %M %S %y %b %p %I, not `{}`", base::shown(field_.format.substr(at, 2))));
      return;
    }
  }

  void read_money_options() {
    if (const Tree* unit = keys_.find("unit")) {
      field_.unit =
          reading_.word<MoneyUnit>(*unit, "unit", {{"major", MoneyUnit::Major}, {"minor", MoneyUnit::Minor}}).value_or(MoneyUnit::Major);
    }
    if (const Tree* store = keys_.find("store")) {
      field_.money_as_minor = reading_.word<bool>(*store, "store", {{"minor", true}, {"major", false}}).value_or(false);
    }
    if (const Tree* currency = keys_.find("currency")) read_currency(*currency);
    if (const Tree* decorated = keys_.find("decorated")) field_.decorated = reading_.boolean(*decorated, "decorated").value_or(false);
    if (const Tree* mark = keys_.find("decimal_mark")) {
      field_.decimal_mark = reading_.word<char>(*mark, "decimal_mark", {{".", '.'}, {",", ','}}).value_or('.');
    }
  }

  /// The country whose numbers are written without "+" and calling code.
  void read_phone_options() {
    const auto digits_of = [&](const Tree& node, const char* name, size_t digits_max, std::string_view example) {
      const std::string text = reading_.text(node, name).value_or("");
      const std::string digits = text.substr(text.starts_with('+') ? 1 : 0);
      const bool good =
          digits.size() <= digits_max && std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
      if (!good) reading_.problem(node.spot, fmt::format("`{}` is digits such as {}, not `{}`", name, example, base::shown(text, 20)));
      return good ? digits : std::string();
    };
    if (const Tree* code = keys_.find("calling_code")) {
      field_.calling_code = digits_of(*code, "calling_code", 3, "1 or 44");
      if (field_.calling_code.starts_with('0'))
        reading_.problem(code->spot, "`calling_code` is what stands after the \"+\", such as 1 or 44; no calling code begins with 0");
    }
    if (const Tree* trunk = keys_.find("trunk")) {
      field_.trunk = digits_of(*trunk, "trunk", 2, "0 or 06");
      if (field_.calling_code.empty())
        reading_.problem(trunk->spot, "`trunk` is what stands before numbers within a country; say which with `calling_code:`");
    }
    if (const Tree* extension = keys_.find("extension"))
      field_.drops_extension = reading_.word<bool>(*extension, "extension", {{"drop", true}, {"reject", false}}).value_or(false);
  }

  /// Three capital letters are a code; anything else is where the record says it.
  void read_currency(const Tree& node) {
    const bool is_code = node.kind == Tree::Kind::Scalar && node.text.size() == 3 &&
                         std::all_of(node.text.begin(), node.text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (is_code) {
      field_.currency = node.text;
    } else {
      field_.currency_from = read_source(reading_, node, "currency");
    }
  }

  void read_values() {
    const Tree* values = keys_.find("values");
    const Tree* otherwise = keys_.find_with_null("otherwise");
    if (values) {
      const std::vector<Tree::Entry>& entries = entries_of(reading_, *values, "values", "{from the source: into the column}");
      if (values->kind == Tree::Kind::Map && entries.empty())
        reading_.problem(values->spot, "`values` is empty; name the values, or remove it");
      for (const Tree::Entry& entry : entries) read_value(entry);
    }
    if (!otherwise) return;
    if (!values && keys_.is_map())
      reading_.problem(keys_.spot("otherwise"), "`otherwise` speaks of what is not in `values`; write `values`, or remove it");
    // In quotes they are texts, not policies.
    field_.otherwise_policy = policy_word(*otherwise);
    if (!field_.otherwise_policy) field_.otherwise = reading_.text(*otherwise, "otherwise");
  }

  void read_value(const Tree::Entry& entry) {
    const std::string folded = base::lower(base::trim(entry.key));
    std::optional<std::string> text;
    if (entry.value.kind != Tree::Kind::Null) text = reading_.text(entry.value, entry.key);
    if (!field_.values.emplace(folded, std::move(text)).second) {
      reading_.problem(entry.spot, fmt::format("`{}` is in `values` already: blanks around and case make no difference; remove one",
                                               base::shown(entry.key, 60)));
    }
  }

  [[nodiscard]] static std::optional<Policy> policy_word(const Tree& node) {
    if (node.kind == Tree::Kind::Null) return Policy::Null;
    if (node.kind != Tree::Kind::Scalar || node.quoted) return std::nullopt;
    if (node.text == "reject") return Policy::Reject;
    if (node.text == "keep") return Policy::Keep;
    return std::nullopt;
  }

  [[nodiscard]] std::optional<Policy> read_policy(const Tree& node, std::string_view name) const {
    return reading_.word<Policy>(node, name, {{"keep", Policy::Keep}, {"null", Policy::Null}, {"reject", Policy::Reject}});
  }

  void read_policies() {
    if (const Tree* fallback = keys_.find("default")) field_.fallback = reading_.text(*fallback, "default");
    if (const Tree* on_missing = keys_.find_with_null("on_missing")) {
      field_.on_missing = read_policy(*on_missing, "on_missing").value_or(Policy::Keep);
      field_.may_be_missing = true;
    }
    if (const Tree* fill = keys_.find("fill")) field_.fill = reading_.boolean(*fill, "fill").value_or(false);
    if (const Tree* blank = keys_.find_with_null("blank")) field_.blank = read_policy(*blank, "blank");
    if (const Tree* taken = keys_.find_with_null("taken"))
      field_.taken_as_null = reading_.word<bool>(*taken, "taken", {{"null", true}, {"reject", false}}).value_or(false);
  }

  const Reading& reading_;
  const Keys keys_;
  const Tree& node_;
  FieldMapping& field_;
};

}  // namespace

FieldMapping read_field(const Reading& reading, const Tree::Entry& entry) {
  FieldMapping field;
  field.column = entry.key;
  field.place = reading.place(entry.spot);
  check_identifier(reading, entry.spot, entry.key, "a column");
  if (entry.value.kind == Tree::Kind::Map) {
    FieldReader(reading, entry.value, field).read();
  } else {
    field.from = read_source(reading, entry.value, entry.key).value_or(Source{});
  }
  return field;
}

}  // namespace syncline::config
