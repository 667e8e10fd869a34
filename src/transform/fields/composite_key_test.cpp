// SPDX-License-Identifier: Apache-2.0
#include "transform/fields/composite_key.hpp"

#include <gtest/gtest.h>

#include <set>

#include "transform/fixtures/sample.hpp"

namespace syncline::transform {
namespace {

using config::KeyPart;
using record::Field;
using record::Value;

std::vector<KeyPart> parts(const std::vector<std::string>& names) {
  std::vector<KeyPart> out;
  out.reserve(names.size());
  for (const std::string& name : names) {
    out.push_back(name == "#" ? KeyPart{KeyPart::Kind::Occurrence, {}} : KeyPart{KeyPart::Kind::Value, sample::source({name})});
  }
  return out;
}

/// Makes keys of one record's elements, one after the other; "#" is the occurrence.
class KeysOf {
 public:
  explicit KeysOf(const std::vector<std::string>& names) : key_(parts(names), count_), work_{{}, Hints(count_), arena_, {}} {}

  std::string next(std::vector<Field> fields) {
    record::Record record;
    record.fields = fields;
    work_.record = record;
    const auto key = key_.make(work_);
    return key ? std::string(*key) : key.error().refusal.code + key.error().refusal.reason;
  }
  std::string of(const std::string& a, const std::string& b) { return next({{"a", Value::text(a)}, {"b", Value::text(b)}}); }
  std::string known(std::vector<Field> fields) {
    record::Record record;
    record.fields = fields;
    work_.record = record;
    return key_.known(work_);
  }

 private:
  size_t count_ = 0;
  base::Arena arena_;
  CompositeKey key_;
  Work work_;
};

TEST(CompositeKey, APartThatSaysNothingIsNamed) {
  KeysOf keys({"a", "b"});
  EXPECT_EQ(keys.next({{"a", Value::text("1")}}), "missing_key is the key, and its part b is absent");
  EXPECT_EQ(keys.next({{"a", Value::null()}, {"b", Value::text("1")}}), "missing_key is the key, and its part a is null");
  EXPECT_EQ(keys.of("1", " "), "missing_key is the key, and its part b is blank");
}

TEST(CompositeKey, AListIsNoPart) {
  sample::Page page;
  KeysOf keys({"a", "b"});
  EXPECT_EQ(keys.next({{"a", Value::text("1")}, {"b", page.list({}, "[1]")}}), "not_text is the key, and its part b is a list, not text");
  EXPECT_EQ(keys.next({{"a", page.object({}, "{}")}, {"b", Value::text("1")}}),
            "not_text is the key, and its part a is an object, not text");
}

TEST(CompositeKey, NoTwoKeysOfDifferentPartsAreEqual) {
  KeysOf keys({"a", "b"});
  // Every pair of texts of up to three of the letters that matter.
  std::vector<std::string> texts{""};
  for (size_t i = 0; texts[i].size() < 3; ++i) {
    for (char c : {':', '\\', 'x'}) texts.push_back(texts[i] + c);
  }
  texts.erase(texts.begin());
  std::set<std::string> made;
  for (const std::string& a : texts) {
    for (const std::string& b : texts) made.insert(keys.of(a, b));
  }
  EXPECT_EQ(texts.size(), 39u);
  EXPECT_EQ(made.size(), texts.size() * texts.size());
}

TEST(CompositeKey, PlainIdsStayReadable) {
  sample::Page page;
  KeysOf keys({"a", "b"});
  EXPECT_EQ(keys.of("90001", "Visa 4242"), "90001:Visa 4242");
  EXPECT_EQ(keys.of("2026-02-27T15:34:28Z", R"(C:\x)"), R"(2026-02-27T15\:34\:28Z:C\:\\x)");
  EXPECT_EQ(keys.next({{"a", page.reference("orders", "R1")}, {"b", Value::number("9007199254740993")}}), "R1:9007199254740993");
}

TEST(CompositeKey, OccurrencesCountElementsWhoseOtherPartsAreEqual) {
  KeysOf keys({"a", "#", "b"});
  EXPECT_EQ(keys.of("1", "cash"), "1:1:cash");
  EXPECT_EQ(keys.of("1", "card"), "1:1:card");
  EXPECT_EQ(keys.of("1", "cash"), "1:2:cash");
  EXPECT_EQ(keys.of("1", ""), "missing_key is the key, and its part b is blank");
  EXPECT_EQ(keys.of("1", "cash"), "1:3:cash");
  EXPECT_EQ(keys.of("1:cash", "x"), R"(1\:cash:1:x)");
}

TEST(CompositeKey, WhatIsKnownCountsNoOccurrence) {
  KeysOf keys({"a", "b", "#"});
  EXPECT_EQ(keys.known({{"b", Value::text("cash")}}), "cash");
  EXPECT_EQ(keys.known({{"a", Value::text("1")}, {"b", Value::text("cash")}}), "1:cash");
  EXPECT_EQ(keys.of("1", "cash"), "1:cash:1");
}

}  // namespace
}  // namespace syncline::transform
