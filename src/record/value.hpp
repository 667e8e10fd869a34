// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

namespace syncline::record {

struct Field;
struct Reference;

/// One value as the source wrote it: a trivially destructible view into a RecordBatch's page and arena. Numbers stay source text until a
/// mapping gives them a type, so money and big ids are exact.
class Value {
 public:
  enum class Type : uint8_t {
    Absent,  ///< the key is not there: not the same as null
    Null,
    Boolean,    ///< text() is "true" or "false"
    Number,     ///< text() is the JSON number token as sent: "10.50", "1E+2"
    Text,       ///< text() is the unescaped UTF-8 string; may hold NUL
    List,       ///< list() are the elements, text() the JSON source
    Object,     ///< fields() are the members, text() the JSON source
    Reference,  ///< a JSON:API relation to one resource: reference()
  };

  constexpr Value() = default;
  static constexpr Value null() { return Value(Type::Null, {}, nullptr, 0); }
  static constexpr Value boolean(bool value) { return Value(Type::Boolean, value ? "true" : "false", nullptr, 0); }
  static constexpr Value number(std::string_view token) { return Value(Type::Number, token, nullptr, 0); }
  static constexpr Value text(std::string_view text) { return Value(Type::Text, text, nullptr, 0); }
  static Value list(std::span<const Value> elements, std::string_view json) {
    return Value(Type::List, json, elements.data(), elements.size());
  }
  static Value object(std::span<const Field> fields, std::string_view json);
  static Value reference(const Reference* to) { return Value(Type::Reference, {}, to, 0); }

  [[nodiscard]] Type type() const { return type_; }
  [[nodiscard]] bool is(Type type) const { return type_ == type; }
  [[nodiscard]] bool absent() const { return type_ == Type::Absent; }
  /// The text of a scalar; a reference's id; the JSON source of a list or object; "" for null and absent.
  [[nodiscard]] std::string_view text() const;
  [[nodiscard]] std::span<const Value> elements() const {
    return type_ == Type::List ? std::span(static_cast<const Value*>(items_), size_) : std::span<const Value>();
  }
  /// Members of an object, or the attributes and relations of a referenced resource that the answer included.
  [[nodiscard]] std::span<const Field> fields() const;
  [[nodiscard]] const Reference* reference() const { return type_ == Type::Reference ? static_cast<const Reference*>(items_) : nullptr; }

 private:
  constexpr Value(Type type, std::string_view text, const void* items, size_t size)
      : text_(text), items_(items), size_(uint32_t(size)), type_(type) {}

  std::string_view text_;
  const void* items_ = nullptr;
  uint32_t size_ = 0;
  Type type_ = Type::Absent;
};
static_assert(std::is_trivially_destructible_v<Value>);

/// A named value.
struct Field {
  std::string_view name;
  Value value;
};

/// A JSON:API resource identifier, with what the answer's `included` says of it.
struct Reference {
  std::string_view type, id;
  std::span<const Field> fields;  ///< empty unless included
};

/// A short word for messages: "null", "a number", …
[[nodiscard]] std::string_view name_of(Value::Type type);

}  // namespace syncline::record
