// SPDX-License-Identifier: Apache-2.0
#include "extract/stored.hpp"

#include <gtest/gtest.h>

#include "extract/answer_path.hpp"
#include "extract/decode/decoder.hpp"

namespace syncline::extract {
namespace {

config::Stream stream_of(const char* decoder) {
  config::Stream stream;
  stream.records.name = decoder;
  return stream;
}

record::RecordBatch page_of(const char* decoder, std::string_view json) {
  return std::move(make_decoder(stream_of(decoder).records).value()->decode(std::vector<char>(json.begin(), json.end()), "").value().batch);
}

constexpr std::string_view Page = R"({"data": [
  {"type": "bookings", "id": "b1", "attributes": {"seat": "A\u00e9"}, "relationships": {"customer": {"data": {"type": "people", "id": "p1"}}}},
  {"type": "bookings", "id": "b2", "relationships": {"guests": {"data": [{"type": "people", "id": "p2"}]}}},
  {"type": "bookings", "id": "b3"}], "included": [
  {"type": "people", "id": "p1", "attributes": {"name": "Ann"}, "relationships": {"home": {"data": {"type": "towns", "id": "t1"}}}},
  {"type": "people", "id": "p2", "attributes": {"name": "Bob"}, "relationships": {"friend": {"data": {"type": "people", "id": "p2"}}}},
  {"type": "towns", "id": "t1", "attributes": {"name": "Ulm"}, "relationships": {"mayor": {"data": {"type": "people", "id": "p1"}}}}]})";

record::Value field(const record::RecordBatch& batch, std::string_view path) { return AnswerPath(path).of(batch.records.at(0).fields); }

TEST(StoredRecords, WhatCannotBeDecodedStaysUndecodableAndIsNoError) {
  for (const char* decoder : {"json", "json_api"}) {
    const auto stored = make_stored_records(stream_of(decoder));
    for (const char* payload : {"", "{", "7", "\"text\"", "null", "[", "{\"data\":[]}}", "\xff", "[1,2],[3]"}) {
      const auto batch = stored->decode(payload);
      ASSERT_EQ(batch.records.size(), 0u) << decoder << " " << payload;
      ASSERT_EQ(batch.undecodable.size(), 1u) << decoder << " " << payload;
      EXPECT_FALSE(batch.undecodable[0].reason.empty());
    }
  }
}

TEST(StoredRecords, APayloadOfSeveralRecordsIsNone) {
  EXPECT_EQ(make_stored_records(stream_of("json"))->decode(R"({"id":1},{"id":2})").undecodable.size(), 1u);
  EXPECT_EQ(
      make_stored_records(stream_of("json_api"))->decode(R"({"data":[{"type":"a","id":"1"},{"type":"a","id":"2"}]})").undecodable.size(),
      1u);
}

TEST(StoredRecords, AJsonApiRecordKeepsWhatItReachesInItsAnswer) {
  const auto page = page_of("json_api", Page);
  const auto stored = make_stored_records(stream_of("json_api"));
  const std::string first = stored->payload(page, page.records[0].source), second = stored->payload(page, page.records[1].source);
  EXPECT_EQ(first.find("p2"), std::string::npos) << "what it does not reach stays behind: " << first;
  const auto batch = stored->decode(first);
  EXPECT_EQ(field(batch, "id").text(), "b1");
  EXPECT_EQ(field(batch, "seat").text(), "Aé");
  EXPECT_EQ(field(batch, "customer.name").text(), "Ann");
  EXPECT_EQ(field(batch, "customer.home.name").text(), "Ulm");
  const auto of_list = stored->decode(second);
  EXPECT_EQ(field(of_list, "guests[0].name").text(), "Bob");
}

TEST(StoredRecords, ARecordThatReachesNothingIsStoredAlone) {
  const auto page = page_of("json_api", Page);
  const auto stored = make_stored_records(stream_of("json_api"));
  EXPECT_EQ(stored->payload(page, page.records[2].source), R"({"type": "bookings", "id": "b3"})");
  EXPECT_EQ(stored->payload(page, "7"), "7") << "an item that is no record";
}

TEST(StoredRecords, APayloadThatIsTheRecordAloneIsReadAsBefore) {
  const auto batch =
      make_stored_records(stream_of("json_api"))
          ->decode(
              R"({"type":"bookings","id":"b1","attributes":{"data":1},"relationships":{"customer":{"data":{"type":"people","id":"p1"}}}})");
  EXPECT_EQ(field(batch, "customer").text(), "p1");
  EXPECT_TRUE(field(batch, "customer.name").absent());
}

TEST(StoredRecords, PlainJsonIsStoredAsItIs) {
  const auto page = page_of("json", R"([{"id": 10.50, "data": {"x": 1}}])");
  const auto stored = make_stored_records(stream_of("json"));
  const std::string payload = stored->payload(page, page.records[0].source);
  EXPECT_EQ(payload, R"({"id": 10.50, "data": {"x": 1}})");
  EXPECT_EQ(field(stored->decode(payload), "id").text(), "10.50");
}

TEST(StoredRecords, AnotherPageIsLookedAtAnew) {
  const auto stored = make_stored_records(stream_of("json_api"));
  const auto page = page_of("json_api", Page);
  EXPECT_NE(stored->payload(page, page.records[0].source).find("Ann"), std::string::npos);
  const auto other =
      page_of("json_api", R"({"data":[{"type":"bookings","id":"b1","relationships":{"customer":{"data":{"type":"people","id":"p1"}}}}],
    "included":[{"type":"people","id":"p1","attributes":{"name":"Eve"}}]})");
  EXPECT_NE(stored->payload(other, other.records[0].source).find("Eve"), std::string::npos);
  EXPECT_NE(stored->payload(page, page.records[0].source).find("Ann"), std::string::npos);
}

}  // namespace
}  // namespace syncline::extract
