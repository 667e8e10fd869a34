// SPDX-License-Identifier: Apache-2.0
#include "sql/sqlite/phone_function.hpp"

#include <string_view>

#include "base/phone.hpp"

namespace syncline::sql::sqlite {
namespace {

std::string_view text_of(sqlite3_value* value) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  return text ? std::string_view(text, size_t(sqlite3_value_bytes(value))) : std::string_view();
}

void phone(sqlite3_context* context, int, sqlite3_value** values) {
  if (sqlite3_value_type(values[0]) == SQLITE_NULL) return;
  const base::DialingPlan plan{std::string(text_of(values[1])), std::string(text_of(values[2])), size_t(sqlite3_value_int64(values[3])),
                               sqlite3_value_int(values[4]) != 0 ? base::PhoneExtension::Drop : base::PhoneExtension::Reject};
  const auto number = base::parse_phone(text_of(values[0]), plan);
  if (number) sqlite3_result_text(context, number->data(), int(number->size()), SQLITE_TRANSIENT);
}

}  // namespace

int add_phone_function(sqlite3* database) {
  // For our statements only: what is stored in the file must not need it.
  return sqlite3_create_function_v2(database, "syncline_phone", 5, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, nullptr, phone,
                                    nullptr, nullptr, nullptr);
}

}  // namespace syncline::sql::sqlite
