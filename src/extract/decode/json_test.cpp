// SPDX-License-Identifier: Apache-2.0
#include "extract/decode/json.hpp"

#include <gtest/gtest.h>

namespace syncline::extract {
namespace {

base::Result<Decoded> decode(std::string_view json, std::string_view list) {
  config::Options options;
  options.name = "json";
  options.values["list"] = list;
  return make_decoder(options).value()->decode(std::vector<char>(json.begin(), json.end()), "application/json");
}

TEST(Json, AMissingListIsDriftAndNullAnEmptyPage) {
  EXPECT_EQ(decode(R"({"items":[]})", "results").error().kind, base::ErrorKind::ContractDrift);
  EXPECT_EQ(decode(R"({"results":{}})", "results").error().kind, base::ErrorKind::ContractDrift);
  EXPECT_EQ(decode(R"({"a":null})", "a.b").error().kind, base::ErrorKind::ContractDrift);
  EXPECT_EQ(decode(R"({"results":null})", "results")->batch.fetched(), 0u);
}

TEST(Json, AnObjectWhereAListBelongsIsDrift) { EXPECT_EQ(decode(R"({"a":1})", "").error().kind, base::ErrorKind::ContractDrift); }

TEST(Json, TheAnswerItselfMayBeTheList) {
  const auto result = decode(R"([{"id":1},{"id":2},3])", "");
  EXPECT_EQ(result->batch.records.size(), 2u);
  EXPECT_EQ(result->batch.undecodable.size(), 1u);
}

TEST(Json, AListCalledErrorsIsAList) { EXPECT_EQ(decode(R"({"errors":[{"id":1}]})", "errors")->batch.records.size(), 1u); }

TEST(Json, ARecordIsItsFieldsAndItsSource) {
  const auto result = decode(R"({"response":{"total":2,"items":[ {"id":"a","nested":{"x":[1]}} ]}})", "response.items");
  ASSERT_TRUE(result) << result.error().message;
  const record::Record& record = result->batch.records.at(0);
  EXPECT_EQ(record.source, R"({"id":"a","nested":{"x":[1]}})");
  EXPECT_EQ(AnswerPath("nested.x").of(record.fields).text(), "[1]");
  EXPECT_EQ(AnswerPath("response.total").of(result->envelope).text(), "2");
}

TEST(Json, ATextThatIsNoTextSetsOnlyItsRecordAside) {
  const auto result = decode(R"([{"a":"\ud83d"},{"a":"\u0000"}])", "");
  ASSERT_EQ(result->batch.records.size(), 1u);
  EXPECT_EQ(result->batch.records[0].fields[0].value.text(), std::string_view("\0", 1));
  EXPECT_EQ(result->batch.undecodable.size(), 1u);
}

TEST(Json, AnUnknownDecoderIsAnErrorOfTheFile) {
  config::Options options;
  options.name = "xml";
  EXPECT_EQ(make_decoder(options).error().kind, base::ErrorKind::BadConfig);
}

}  // namespace
}  // namespace syncline::extract
