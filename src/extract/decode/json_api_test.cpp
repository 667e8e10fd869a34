// SPDX-License-Identifier: Apache-2.0
#include "extract/decode/json_api.hpp"

#include <gtest/gtest.h>

namespace syncline::extract {
namespace {

using record::Record;
using record::Value;

base::Result<Decoded> decode(std::string_view json, std::string_view type = "application/vnd.api+json") {
  config::Options options;
  options.name = "json_api";
  return make_decoder(options).value()->decode(std::vector<char>(json.begin(), json.end()), type);
}

Value field(const Record& record, std::string_view path) { return AnswerPath(path).of(record.fields); }

TEST(JsonApi, AnAnswerThatIsNoJsonSaysWhatItWas) {
  const auto html = decode("<html><body>Site Maintenance</body></html>", "text/html");
  ASSERT_FALSE(html);
  EXPECT_EQ(html.error().kind, base::ErrorKind::Transient);
  EXPECT_EQ(html.error().side, base::Side::Source);
  EXPECT_NE(html.error().message.find("text/html"), std::string::npos);
  EXPECT_NE(html.error().message.find("Site Maintenance"), std::string::npos);
}

TEST(JsonApi, AnErrorWithStatus200IsNoEmptyPage) {
  for (const auto* json : {R"({"errors":[{"detail":"boom"}]})", R"({"errors":{"spot":["taken"]},"data":[]})",
                           R"({"error":"server_error","data":[]})", R"({"detail":"Authentication credentials were not provided."})",
                           R"({"non_field_errors":["no"]})", R"({"message":"try later","data":null})"}) {
    const auto result = decode(json);
    ASSERT_FALSE(result) << json;
    EXPECT_EQ(result.error().kind, base::ErrorKind::Transient) << json;
  }
  EXPECT_TRUE(decode(R"({"errors":[],"error":null,"detail":"of the list","data":[]})"));
}

TEST(JsonApi, AListThatMovedIsDriftThatNamesWhatIsThere) {
  const auto moved = decode(R"({"meta":{},"items":[]})");
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().kind, base::ErrorKind::ContractDrift);
  EXPECT_NE(moved.error().message.find("`data`"), std::string::npos);
  EXPECT_NE(moved.error().message.find("meta, items"), std::string::npos);
  EXPECT_EQ(decode(R"({"data":"none"})").error().kind, base::ErrorKind::ContractDrift);
  EXPECT_EQ(decode(R"({"data":3})").error().kind, base::ErrorKind::ContractDrift);
  EXPECT_EQ(decode(R"([{"type":"users","id":"1"}])").error().kind, base::ErrorKind::ContractDrift);
}

// D12: depth 100,000
TEST(JsonApi, TooDeepIsDriftAndNotTriedAgain) {
  EXPECT_EQ(decode("{\"data\":" + std::string(100, '[') + std::string(100, ']') + "}").error().kind, base::ErrorKind::ContractDrift);
}

TEST(JsonApi, ItemsThatAreNoResourcesAreSetAsideOneByOne) {
  const auto result = decode(
      R"({"data":[7,"te\"xt",null,[1],{"id":"1"},{"type":"users","id":{}},{"type":"users","id":"5","attributes":[]},)"
      R"({"type":"users","id":"6","relationships":{"tags":{"data":5}}},{"type":"users","id":"7","relationships":{"tags":{"data":[{"id":"1"}]}}},)"
      R"({"type":"users","id":"8","attributes":{"name":"\ud83d"}},{"type":"users","id":"9"}]})");
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->batch.undecodable.size(), 10u);
  ASSERT_EQ(result->batch.records.size(), 1u);
  EXPECT_EQ(result->batch.fetched(), 11u);
  EXPECT_EQ(result->batch.undecodable[1].source, R"("te\"xt")");
  EXPECT_EQ(result->batch.undecodable[2].source, "null");
  EXPECT_NE(result->batch.undecodable[4].reason.find("`type`"), std::string::npos);
  EXPECT_NE(result->batch.undecodable[7].reason.find("`tags`"), std::string::npos);
  EXPECT_NE(result->batch.undecodable[9].reason.find("surrogate"), std::string::npos);
}

TEST(JsonApi, AResourceWithoutIdIsARecordWithoutIdField) {
  for (const auto* json :
       {R"({"data":[{"type":"users","attributes":{"name":"A"}}]})", R"({"data":[{"type":"users","id":null,"attributes":{"name":"A"}}]})"}) {
    const auto result = decode(json);
    ASSERT_EQ(result->batch.records.size(), 1u);
    EXPECT_TRUE(field(result->batch.records[0], "id").absent());
    EXPECT_EQ(field(result->batch.records[0], "name").text(), "A");
  }
}

TEST(JsonApi, FieldsAreTheIdThenAttributesThenRelations) {
  const auto result = decode(
      R"({"data":[{"relationships":{"user":{"data":{"type":"users","id":"4"}}},"attributes":{"b":1,"a":null},"type":"visits","id":"3"}]})");
  ASSERT_TRUE(result);
  const Record& visit = result->batch.records.at(0);
  ASSERT_EQ(visit.fields.size(), 4u);
  EXPECT_EQ(visit.fields[0].name, "id");
  EXPECT_TRUE(visit.fields[0].value.is(Value::Type::Text));
  EXPECT_EQ(visit.fields[1].name, "b");
  EXPECT_EQ(visit.fields[2].name, "a");
  EXPECT_EQ(visit.fields[3].name, "user");
  EXPECT_EQ(visit.fields[3].value.text(), "4");
  EXPECT_TRUE(visit.source.starts_with("{\"relationships\"") && visit.source.ends_with("\"id\":\"3\"}")) << visit.source;
}

TEST(JsonApi, ANumberAsIdIsItsDigits) {
  const auto result = decode(R"({"data":[{"type":"users","id":17,"relationships":{"home":{"data":{"type":"locations","id":9}}}}]})");
  EXPECT_TRUE(field(result->batch.records.at(0), "id").is(Value::Type::Text));
  EXPECT_EQ(field(result->batch.records[0], "id").text(), "17");
  EXPECT_EQ(field(result->batch.records[0], "home").text(), "9");
}

// D15: null is not absent
TEST(JsonApi, ARelationIsNullAbsentOneOrAList) {
  const auto result = decode(
      R"({"data":[{"type":"users","id":"1","relationships":{"none":{"data":null},"links":{"links":{"self":"/x"}},"blank":null,)"
      R"("one":{"data":{"type":"t","id":"2"}},"many":{"data":[{"type":"t","id":"2"},{"type":"t","id":"3"}]},"empty":{"data":[]}}}]})");
  const Record& user = result->batch.records.at(0);
  EXPECT_TRUE(field(user, "none").is(Value::Type::Null));
  EXPECT_TRUE(field(user, "blank").is(Value::Type::Null));
  EXPECT_TRUE(field(user, "links").absent());
  EXPECT_TRUE(field(user, "one").is(Value::Type::Reference));
  ASSERT_EQ(field(user, "many").elements().size(), 2u);
  EXPECT_EQ(field(user, "many").elements()[1].text(), "3");
  EXPECT_TRUE(field(user, "empty").is(Value::Type::List));
  EXPECT_TRUE(field(user, "one.name").absent());
}

TEST(JsonApi, WhatIsIncludedIsReachedOverEveryHopAlsoInCircles) {
  const auto result = decode(
      R"({"included":[{"type":"users","id":"1","attributes":{"email":"old@x"}},)"
      R"({"type":"sites","id":"1","attributes":{"name":"North"},"relationships":{"owner":{"data":{"type":"users","id":"1"}}}},)"
      R"({"type":"users","id":"1","attributes":{"email":"a@x"},"relationships":{"site":{"data":{"type":"sites","id":"1"}}}}],)"
      R"("data":[{"type":"visits","id":"9","relationships":{"user":{"data":{"type":"users","id":"1"}},"other":{"data":{"type":"users","id":"2"}}}}]})");
  ASSERT_TRUE(result);
  const Record& visit = result->batch.records.at(0);
  EXPECT_EQ(field(visit, "user.email").text(), "a@x");
  EXPECT_EQ(field(visit, "user.site.name").text(), "North");
  EXPECT_EQ(field(visit, "user.site.owner.site.owner.email").text(), "a@x");
  EXPECT_EQ(field(visit, "other").text(), "2");
  EXPECT_TRUE(field(visit, "other.email").absent());
}

TEST(JsonApi, ARecordThatReachesAnUnreadableResourceIsSetAsideToo) {
  const auto result = decode(
      R"({"data":[{"type":"v","id":"1","relationships":{"u":{"data":{"type":"u","id":"1"}}}},{"type":"v","id":"2","relationships":{"u":{"data":{"type":"u","id":"2"}}}},)"
      R"({"type":"v","id":"3","relationships":{"s":{"data":{"type":"s","id":"1"}}}}],)"
      R"("included":[{"type":"u","id":"1","attributes":{"name":"\ud800"}},{"type":"u","id":"2"},{"type":"s","id":"1","relationships":{"u":{"data":{"type":"u","id":"1"}}}}]})");
  ASSERT_TRUE(result);
  ASSERT_EQ(result->batch.records.size(), 1u);
  EXPECT_EQ(field(result->batch.records[0], "id").text(), "2");
  EXPECT_EQ(result->batch.undecodable.size(), 2u);
}

TEST(JsonApi, OneResourceOrNullAreListsOfOneAndNone) {
  EXPECT_EQ(decode(R"({"data":{"type":"users","id":"1"},"meta":null,"links":null})")->batch.records.size(), 1u);
  EXPECT_EQ(decode(R"({"data":null})")->batch.fetched(), 0u);
}

TEST(JsonApi, TheEnvelopeStaysReadableAfterTheBatchMoved) {
  auto result = decode(R"({"meta":{"pagination":{"count":31}},"data":[{"type":"u","id":"1","attributes":{"n":"a\u0062"}}]})");
  const record::RecordBatch moved = std::move(result->batch);
  EXPECT_EQ(AnswerPath("meta.pagination.count").of(result->envelope).text(), "31");
  EXPECT_EQ(field(moved.records.at(0), "n").text(), "ab");
}

}  // namespace
}  // namespace syncline::extract
