// SPDX-License-Identifier: Apache-2.0
#include "simulators/marianatek/resources/people.hpp"

#include "simulators/marianatek/resources/list.hpp"
#include "simulators/marianatek/resources/makers.hpp"

namespace syncline::simulators::marianatek {
namespace {

constexpr std::array<std::string_view, 28> FirstNames{
    "Ana",   "Ben",   "Zoë",    "Jürgen", "María José", "Søren", "Li",    "Priya", "Grace", "Tom",  "Amélie", "Omar", "Kate", "Noah",
    "Chloé", "Björn", "Ingrid", "美咲",   "Olga",       "Paul",  "Quinn", "Ruth",  "Sam",   "Tess", "Uma",    "Vera", "Will", "Xenia 😀"};
constexpr std::array<std::string_view, 26> LastNames{
    "Silva",       "Müller",       "O'Neil", "Smith",     "García-López", "Nguyen", "Kowalski", "Brown",  "Åberg",
    "Dupont",      "van der Berg", "Ito",    "Khan",      "Jones",        "Rossi",  "Novák",    "Hansen", "Mac\"Quote",
    "Back\\slash", "Taylor",       "Weiß",   "Fernández", "Lee",          "Cohen",  "Diaz",     "Ö"};
constexpr std::array<std::string_view, 6> Instructors{"Jordan P.", "Renée Ü.", "Casey \"Spin\" M.", "Alex 🚴", "Sam O'Dea", "Ty Back\\Row"};
constexpr std::array<std::string_view, 3> Genders{"F", "M", "X"};
constexpr std::array<std::string_view, 4> States{"active", "inactive", "lead", "at_risk"};
constexpr std::array<std::string_view, 3> HomeCities{"New York", "Dallas", "London"};
constexpr std::chrono::days Joining{5 * 365};

// Where the rare kinds of users begin, so that the smallest tenant has each.
constexpr int64_t FirstSharing = 5, FirstWithoutEmail = 8, FirstWithoutPhone = 11, FirstInTheRed = 13, FirstArchived = 17;

bool shares_email(const Row& user) { return user.index() >= FirstSharing && user.stratum(FirstSharing) < 3; }
bool has_no_email(const Row& user) { return user.stratum(FirstWithoutEmail) < 5; }

/// The nearest user before this one with an address of his own.
std::string neighbours_email(const Row& user) {
  for (int64_t index = user.index() - 1; index >= 0; --index) {
    const Row other(user.table(), index);
    if (!shares_email(other) && !has_no_email(other)) return own_email(other);
  }
  return own_email(user);
}

/// The same address to a person, another to a computer.
std::string spelled_differently(std::string email, uint64_t how) {
  if (how % 3 == 0) return " " + email;
  if (how % 3 == 1) return email + "  ";
  for (char& c : email)
    if (c >= 'a' && c <= 'z') c = char(c - 'a' + 'A');
  return email;
}

Value first_name(const Row& row, const Attribute& self) { return word(some_first_name(row.draw(self.salt))); }
Value last_name(const Row& row, const Attribute& self) { return word(some_last_name(row.draw(self.salt))); }
Value full_name(const Row& row, const Attribute&) {
  return composed(std::string(row.value("first_name").text()) + " " + std::string(row.value("last_name").text()));
}

Value email(const Row& row, const Attribute& self) {
  if (has_no_email(row)) return word("");
  if (shares_email(row)) return composed(spelled_differently(neighbours_email(row), row.draw(self.salt)));
  return composed(own_email(row));
}

Value phone(const Row& row, const Attribute& self) {
  if (row.stratum(FirstWithoutPhone) < 8) return word("");
  const std::string digits = std::to_string(2'125'550'000 + row.draw_below(self.salt, 7'000'000'000));
  const std::string area = digits.substr(0, 3), exchange = digits.substr(3, 3), line = digits.substr(6);
  switch (row.index() % 12) {
    case 1:
      return composed("(" + area + ") " + exchange + "-" + line);
    case 3:
      return composed("+1" + digits);
    case 4:
      return composed(area + "." + exchange + "." + line);
    case 6:
      return composed("1-" + area + "-" + exchange + "-" + line + " x" + std::to_string(row.index() % 90 + 10));
    case 8:
      return composed("+44 20 7" + exchange + " " + line);
    case 9:
      return composed("00 1 " + area + " " + exchange + line);
    default:
      return composed(digits);
  }
}

Value birth_date(const Row& row, const Attribute& self) {
  if (row.draw(self.salt) % 3 != 0) return null();
  std::string day;
  append_day(day, Timestamp(std::chrono::days(row.draw_below(self.salt, 15'000))));
  return composed(std::move(day));
}

Value account_balance(const Row& row, const Attribute& self) {
  const int stratum = row.stratum(FirstInTheRed);
  if (stratum < 2) return hundredths(-1 - row.draw_below(self.salt, 5'000));
  if (stratum < 60) return hundredths(0);
  if (stratum < 80) return hundredths(50 * (1 + row.draw_below(self.salt, 200)));
  return hundredths(row.draw_below(self.salt, 100'000));
}

Value waiver_signed(const Row& row, const Attribute& self) {
  return row.value("signed_waiver").number != 0
             ? instant(Timestamp(std::chrono::seconds(1'400'000'000 + row.draw_below(self.salt, 300'000'000))))
             : null();
}

Value date_joined(const Row& row, const Attribute& self) {
  return instant(row.tenant().start() -
                 std::chrono::microseconds(1 + row.draw_below(self.salt, std::chrono::microseconds(Joining).count())));
}

/// Archived is all that deleted ever means for a person; two of a hundred are.
Value archived_at(const Row& row, const Attribute& self) {
  if (row.stratum(FirstArchived) >= 2) return null();
  const Timestamp joined = row.value("date_joined").instant();
  return instant(joined + std::chrono::microseconds(row.draw_below(self.salt, (row.tenant().start() - joined).count())));
}

Value is_staff(const Row& row, const Attribute&) { return boolean(row.index() < row.tenant().table("employees").base()); }

bool is_not_archived(const Row& row) { return row.value("archived_at").kind == Value::Kind::Null; }

}  // namespace

std::string own_email(const Row& user) {
  static constexpr uint64_t salt = salt_of("own_email");
  static constexpr std::array<std::string_view, 8> parts{"ana", "ben", "grace", "kate", "omar", "priya", "sam", "tess"};
  // The tenant is part of it: the same address at two brands is another person's business, not ours to make up.
  return std::string(nth(parts, user.draw(salt))) + "." + std::to_string(user.id()) + "@" + user.tenant().name() + ".example";
}

std::string_view some_first_name(uint64_t number) { return nth(FirstNames, number); }
std::string_view some_last_name(uint64_t number) { return nth(LastNames, number); }
std::string instructor_name(int64_t employee) { return numbered(Instructors, employee); }

Resource users() {
  using enum Filter::Test;
  using enum Step::To;
  return {.type = "users",
          .first_id = 34'501,
          .rows = {.tiny = 40, .studio = 9'000, .chain = 200'000},
          .attributes = {made("first_name", first_name),
                         made("last_name", last_name),
                         made("full_name", full_name),
                         made("email", email),
                         made("phone_number", phone),
                         made("birth_date", birth_date),
                         drawn_or_null("gender", Genders, 60),
                         always("address_line1", word("")),
                         always("address_line2", word("")),
                         always("address_line3", word("")),
                         drawn("city", HomeCities),
                         always("state_province", word("")),
                         always("postal_code", word("")),
                         blank("country"),
                         always("emergency_contact_name", word("")),
                         always("emergency_contact_phone", word("")),
                         made("account_balance", account_balance),
                         made("is_staff", is_staff),
                         chance("is_minimal", 3),
                         chance("signed_waiver", 90),
                         made("waiver_signed_datetime", waiver_signed),
                         chance("marketing_opt_in", 60),
                         chance("has_vip_tag_cache", 5),
                         always("third_party_sync", boolean(false)),
                         always("permissions", raw_json("[]")),
                         made("date_joined", date_joined),
                         between("completed_class_count", 0, 400),
                         drawn("customer_state", States),
                         chance("is_opted_in_to_sms", 30),
                         made("archived_at", archived_at),
                         always("company_name", word("")),
                         blank("pronouns")},
          .relations = {one_of("home_location", "locations", 80), no_one("last_region", "regions"),
                        no_many("profile_values", "profile_values"), some_of("tags", "user_tags", 15)},
          // No filter on changes: this resource has none, so a reader must know that min_updated_datetime changes nothing here.
          .filters = {{"email", Equal, "email"}, {"email_query", Contains, "email"}, {"home_location", Id, "home_location"}},
          .orderings = {"email", "last_name", "date_joined"},
          .birth = {becomes("date_joined", Now), becomes("archived_at", Nothing)},
          .happenings = {{"rename", {becomes("first_name", Another), becomes("last_name", Another)}},
                         {"new_email", {becomes("email", Fresh)}},
                         {"new_phone", {becomes("phone_number", Another)}},
                         {"pay", {becomes("account_balance", Another)}},
                         {"opt", {becomes("marketing_opt_in", Another), becomes("is_opted_in_to_sms", Another)}},
                         {"move", {becomes("home_location", Another), becomes("city", Another)}},
                         {"archive", {becomes("archived_at", Now)}, is_not_archived}}};
}

}  // namespace syncline::simulators::marianatek
