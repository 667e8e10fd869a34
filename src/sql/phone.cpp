// SPDX-License-Identifier: Apache-2.0
#include "sql/phone.hpp"

#include <fmt/format.h>

namespace syncline::sql {
namespace {

/// base::trim's, in a string and in a regular expression.
constexpr const char *Blanks = R"(E' \t\n\r\x0B\f')", *Blank = R"([ \t\n\r\v\f])";
/// What word processors write, by numbers: in an encoding that has no such letters these match nothing, and fail nothing.
constexpr const char* WideSeparators = R"([\u00A0\u2010\u2011\u2012\u2013])";

/// Of E.164, with the calling code, which has up to three.
constexpr size_t DigitsMin = 7;

/// The extension at the end of a number, with what leads up to it.
std::string extension() { return fmt::format("{0}*(,{0}*)?(;ext=|extension|ext|x|#)[.:]?{0}*[0-9]{{1,7}}$", Blank); }

/// From digits within the country, without separators, to those behind the "+": the trunk goes, the calling code comes if it is not there.
std::string within_country(const std::string& digits, const base::DialingPlan& plan) {
  if (plan.calling_code.empty()) return digits;
  const auto rest = [&](size_t at_least) { return fmt::format("(?=[0-9]{{{},}}$)", at_least); };
  const std::string trunk =
      plan.trunk.empty() ? ""
      : plan.length == 0
          ? fmt::format("({})?", plan.trunk)
          : fmt::format("({}{})?", plan.trunk, rest(plan.length + 1 > plan.trunk.size() ? plan.length + 1 - plan.trunk.size() : 0));
  const std::string code = plan.length == 0 ? "" : fmt::format("({}(?=[0-9]{{{}}}$))?", plan.calling_code, plan.length);
  return fmt::format("regexp_replace({}, '^(?!\\+){}{}', '+{}')", digits, trunk, code, plan.calling_code);
}

/// Each step does something to a number of its own kind only and leaves every other as it is; the last one looks at what has come out.
std::string in_postgres(const std::string& value, const base::DialingPlan& plan) {
  std::string text = fmt::format("btrim({}::text, {}) COLLATE \"C\"", value, Blanks);
  if (plan.extension == base::PhoneExtension::Drop) text = fmt::format("regexp_replace({}, '{}', '', 'i')", text, extension());
  // A "+" that does not lead, or that leads to a 0, stays a letter in the way. "(0)" is skipped behind one only.
  const std::string marked =
      fmt::format("CASE WHEN {0} ~ '^\\+[^0-9]*[1-9]' THEN replace({0}, '(0)', '') ELSE translate({0}, '+', 'x') END", text);
  const std::string digits = fmt::format("regexp_replace(translate({}, E' -./()\\t', ''), '{}', '', 'g')", marked, WideSeparators);
  const std::string international = fmt::format("regexp_replace({}, '^(00{})', '+')", digits, plan.calling_code == "1" ? "|011" : "");
  const std::string length = plan.length == 0 ? "" : fmt::format("(?!{}(?![0-9]{{{}}}$))", plan.calling_code, plan.length);
  return fmt::format("substring({} from '^\\+{}[1-9][0-9]{{6,14}}$')", within_country(international, plan), length);
}

}  // namespace

std::string phone(const std::string& value, const base::DialingPlan& plan, Dialect dialect) {
  if (dialect == Dialect::Postgres) return in_postgres(value, plan);
  return fmt::format("syncline_phone({}, {}, {}, {}, {})", value, literal(plan.calling_code), literal(plan.trunk), plan.length,
                     plan.extension == base::PhoneExtension::Drop ? 1 : 0);
}

std::string may_be_phone(const std::string& value, const base::DialingPlan& plan, Dialect dialect, const std::string& column,
                         const std::string& table) {
  if (dialect == Dialect::Sqlite) return "";
  // A number keeps its last digits, whatever is done to its front: of the shortest, all but the calling code. Not so where "(0)" may stand
  // among them, a separator of more than one byte, or an extension behind.
  std::string odd = fmt::format("octet_length({0}::text) <> length({0}::text) OR strpos({0}::text, '(0)') > 0", value);
  if (plan.extension == base::PhoneExtension::Drop) odd += fmt::format(" OR translate({0}::text, 'xX#', '') <> {0}::text", value);
  const size_t digits = DigitsMin - plan.calling_code.size();
  return fmt::format(
      "(right(translate({0}::text, E' -./()\\t\\n\\r\\x0B\\f', ''), {1}) COLLATE \"C\" IN (SELECT right({2}, {1}) FROM {3}) OR {4})", value,
      digits, column, table, odd);
}

}  // namespace syncline::sql
