// SPDX-License-Identifier: Apache-2.0
#include "extract/decode/tree.hpp"

#include <gtest/gtest.h>

#include "extract/answer_path.hpp"

namespace syncline::extract {
namespace {

using record::Value;
using namespace std::string_literals;

struct Parsed {
  std::vector<char> page;
  base::Arena arena;
  tl::expected<Tree, NotJson> tree = tl::unexpected(NotJson{});
};

Parsed parsed(std::string_view json) {
  Parsed result;
  result.page.assign(json.begin(), json.end());
  TreeParser parser;
  result.tree = parser.parse(result.page, result.arena, result.arena);
  return result;
}

Value at(const Parsed& result, std::string_view path) { return AnswerPath(path).of(result.tree->root); }

TEST(Tree, EveryKindOfBrokenDocumentIsRefused) {
  const std::string broken[] = {
      "",
      "   ",
      "null",
      "1",
      "\"text\"",
      "<!DOCTYPE html><html></html>",
      "{",
      "[",
      "{\"a\":",
      "{\"a\":1",
      "[1,",
      "[1,]",
      "[,1]",
      "[1 2]",
      "{\"a\" 1}",
      "{\"a\":1,}",
      "{,}",
      "{a:1}",
      "{'a':1}",
      "[01]",
      "[+1]",
      "[.5]",
      "[1.]",
      "[0x1]",
      "[nul]",
      "[nulll]",
      "[TRUE]",
      "[truefalse]",
      "[NaN]",
      "[\"a]",
      "[\"a\"b]",
      "[1\"a\"]",
      "[\"\\x\"]",
      "[\"\\u12\"]",
      "[\"a\nb\"]",
      "[\"\x01\"]",
      "[\"\xFF\"]",
      "[\"\xC0\x80\"]",
      "[\"\xED\xA0\xBD\"]",
      "{} {}",
      "{}x",
      "[] ]",
      "{\"a\":1}}",
      "[1]1",
      "{\"a\":{\"b\":01}}",
      "[}",
      "{]",
      "{\"a\":]",
      "[{]}",
      "{\"\\q\":1}",
      "[1]\0"s,
      "\xEF\xBB\xBF",
      "{\"a\":1]",
  };
  for (const std::string& json : broken) EXPECT_FALSE(parsed(json).tree) << json;
}

// D6: NaN and Infinity without quotes are no JSON
TEST(Tree, AWordForANumberBreaksThePage) {
  for (const char* json : {"[NaN]", "[nan]", "[Infinity]", "[-Infinity]", "[inf]", "[1, -inf]", "[{\"a\": NaN}]"})
    EXPECT_FALSE(parsed(json).tree) << json;
}

// D4: invalid UTF-8 in a page
TEST(Tree, AByteThatIsNotUtf8IsNamedByItsPlace) {
  const auto reason = [](const std::string& json) {
    const auto result = parsed(json);
    return result.tree ? "read" : result.tree.error().reason;
  };
  EXPECT_EQ(reason("[\"abc\xFF\"]"), "its byte 5 is not UTF-8");
  EXPECT_EQ(reason("[\"\xC0\x80\"]"), "its byte 2 is not UTF-8");
  EXPECT_EQ(reason("[\"é\",\"\xF4\x90\x80\x80\"]"), "its byte 7 is not UTF-8");
  EXPECT_EQ(reason("{\"caf\xE9\":1}"), "its byte 5 is not UTF-8") << "Latin-1";
  EXPECT_EQ(reason("\xEF\xBB\xBF[\"abc\xFF\"]"), "its byte 8 is not UTF-8") << "a byte order mark is counted, as an editor does";
}

// D12: depth has a limit
TEST(Tree, SixtyFourLevelsAreReadAndOneMoreIsTooDeep) {
  EXPECT_TRUE(parsed(std::string(64, '[') + std::string(64, ']')).tree);
  const auto deeper = parsed(std::string(65, '[') + std::string(65, ']'));
  ASSERT_FALSE(deeper.tree);
  EXPECT_EQ(deeper.tree.error().kind, NotJson::Kind::TooDeep);
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  EXPECT_FALSE(parsed(objects + "1" + std::string(100'000, '}')).tree);
}

TEST(Tree, NumbersStayTheTextThatWasSent) {
  const auto result = parsed("{\"a\": 10.50 , \"b\":1E+2\n,\"c\":9007199254740993,\"d\":-1e400, \"e\":12345678901234567890123456789012 }");
  ASSERT_TRUE(result.tree);
  EXPECT_EQ(at(result, "a").text(), "10.50");
  EXPECT_EQ(at(result, "b").text(), "1E+2");
  EXPECT_EQ(at(result, "c").text(), "9007199254740993");
  EXPECT_EQ(at(result, "d").text(), "-1e400");
  EXPECT_EQ(at(result, "e").text(), "12345678901234567890123456789012");
  EXPECT_TRUE(at(result, "e").is(Value::Type::Number));
}

TEST(Tree, ListsAndObjectsKeepTheirSource) {
  const auto result = parsed(" {\"a\" : [ 1 , {\"b\":\"]\"} ] , \"c\":{ } , \"d\":[]} ");
  ASSERT_TRUE(result.tree);
  EXPECT_EQ(at(result, "a").text(), "[ 1 , {\"b\":\"]\"} ]");
  EXPECT_EQ(at(result, "a[1]").text(), "{\"b\":\"]\"}");
  EXPECT_EQ(at(result, "c").text(), "{ }");
  EXPECT_EQ(at(result, "d").text(), "[]");
  EXPECT_EQ(result.tree->root.text(), "{\"a\" : [ 1 , {\"b\":\"]\"} ] , \"c\":{ } , \"d\":[]}");
}

TEST(Tree, NullAbsentFalseAndEmptyTextAreFourThings) {
  const auto result = parsed("{\"null\":null,\"false\":false,\"text\":\"\",\"true\":true}");
  ASSERT_TRUE(result.tree);
  EXPECT_TRUE(at(result, "null").is(Value::Type::Null));
  EXPECT_TRUE(at(result, "gone").absent());
  EXPECT_TRUE(at(result, "false").is(Value::Type::Boolean));
  EXPECT_TRUE(at(result, "text").is(Value::Type::Text));
  EXPECT_EQ(at(result, "true").text(), "true");
}

TEST(Tree, AByteOrderMarkIsPassedOver) { EXPECT_TRUE(parsed("\xEF\xBB\xBF{\"a\":1}").tree); }

TEST(Tree, NamesMayHaveEscapes) {
  const auto result = parsed("{\"a\\u0062c\":1,\"q\\\"\":2}");
  ASSERT_TRUE(result.tree);
  EXPECT_EQ(at(result, "abc").text(), "1");
  EXPECT_EQ(member(result.tree->root.fields(), "q\"").text(), "2");
}

// D12: duplicate keys
TEST(Tree, OfEqualNamesTheLastCounts) {
  for (const int others : {0, 5, 50, 150, 1000}) {
    std::string json = "{\"a\":1,\"b\":1";
    for (int i = 0; i < others; ++i) json += ",\"n" + std::to_string(i) + "\":" + std::to_string(i);
    const auto result = parsed(json + ",\"\\u0061\":2,\"a\":3}");
    ASSERT_TRUE(result.tree);
    EXPECT_EQ(at(result, "a").text(), "3") << others;
    EXPECT_EQ(at(result, "b").text(), "1") << others;
    EXPECT_EQ(result.tree->root.fields().size(), size_t(others) + 2);
    for (int i = 0; i < others; ++i) EXPECT_EQ(at(result, "n" + std::to_string(i)).text(), std::to_string(i));
  }
}

// D12: duplicate keys are told
TEST(Tree, ObjectsThatRepeatANameAreCounted) {
  const auto repeated = [](const std::string& json) {
    const auto result = parsed(json);
    return result.tree ? std::to_string(result.tree->repeated.objects) + " " + result.tree->repeated.first : "no tree";
  };
  EXPECT_EQ(repeated("[{\"a\":1,\"b\":2},{\"a\":1,\"b\":2},{\"b\":1,\"a\":1}]"), "0 ");
  EXPECT_EQ(repeated("[{\"a\":1,\"b\":2},{\"b\":1,\"c\":1,\"b\":1},{\"a\":{\"x\":1,\"x\":2},\"b\":2,\"a\":3,\"b\":4}]"), "3 b");
  EXPECT_EQ(repeated("[{\"a\":1,\"a\":2},{\"a\":1,\"a\":2}]"), "2 a");
  EXPECT_EQ(repeated("{\"a\":1,\"\\u0061\":2}"), "1 a");
  std::string many;
  for (int i = 0; i < 300; ++i) many += "\"n" + std::to_string(i % 299) + "\":1,";
  EXPECT_EQ(repeated("{" + many + "\"z\":1}"), "1 n0");
}

/// Names and values of a list's objects: "a=1 b=2; a=3".
std::string objects_in(const std::string& json) {
  const Parsed result = parsed(json);
  if (!result.tree) return result.tree.error().reason;
  std::string out;
  for (const Value& object : result.tree->root.elements()) {
    if (&object != result.tree->root.elements().data()) out += "; ";
    for (const record::Field& field : object.fields())
      out += (&field == object.fields().data() ? "" : " ") + std::string(field.name) + "=" + std::string(field.value.text());
  }
  return out;
}

TEST(Tree, ObjectsUnlikeTheFirstOneOfTheirListAreReadAsTheyAre) {
  EXPECT_EQ(objects_in(R"([{"a":1,"b":2,"c":3},{"a":4,"b":5,"c":6}])"), "a=1 b=2 c=3; a=4 b=5 c=6");
  EXPECT_EQ(objects_in(R"([{"a":1,"b":2,"c":3},{"c":4,"b":5,"a":6},{"c":7}])"), "a=1 b=2 c=3; c=4 b=5 a=6; c=7");
  EXPECT_EQ(objects_in(R"([{"a":1,"b":2},{"x":3,"a":4,"b":5,"y":6},{}])"), "a=1 b=2; x=3 a=4 b=5 y=6; ");
  EXPECT_EQ(objects_in(R"([{},{"a":1},{"a":2,"b":3},{"b":4}])"), "; a=1; a=2 b=3; b=4");
  EXPECT_EQ(objects_in(R"([{"ab":1,"a":2},{"a":3,"ab":4},{"abc":5,"":6}])"), "ab=1 a=2; a=3 ab=4; abc=5 =6");
}

TEST(Tree, OfEqualNamesTheLastCountsInEveryObjectOfAList) {
  EXPECT_EQ(objects_in(R"([{"a":1,"b":2},{"a":3,"a":4},{"a":5,"b":6,"a":7},{"b":8,"b":9,"a":0}])"), "a=1 b=2; a=4; a=7 b=6; b=9 a=0");
  EXPECT_EQ(objects_in(R"([{"a":1,"a":2,"b":3},{"a":4,"a":5},{"a":6,"b":7}])"), "a=2 b=3; a=5; a=6 b=7");
}

TEST(Tree, ANameWithAnEscapeIsNoOtherName) {
  // The first one's name ends in a backslash: in the page it would seem to begin the second one's.
  EXPECT_EQ(objects_in(R"([{"a\\":1},{"a\\":2},{"a\"b":3},{"a":4}])"), "a\\=1; a\\=2; a\"b=3; a=4");
  EXPECT_EQ(objects_in(R"([{"\u0061":1},{"a":2},{"\u0061":3,"a":4}])"), "a=1; a=2; a=4");
}

TEST(Tree, WhatStandsBehindANameMayChangeItsShape) {
  const Parsed result = parsed(R"([{"x":{"a":1}},{"x":[{"a":2}]},{"x":{"b":3,"a":4}},{"x":null},{"y":{"a":5}}])");
  ASSERT_TRUE(result.tree);
  std::string out;
  for (const Value& object : result.tree->root.elements()) {
    const Value inner = object.fields()[0].value;
    out += std::string(inner.text()) + " ";
    for (const record::Field& field : inner.fields()) out += std::string(field.name) + "=" + std::string(field.value.text()) + " ";
  }
  EXPECT_EQ(out, R"({"a":1} a=1 [{"a":2}] {"b":3,"a":4} b=3 a=4  {"a":5} a=5 )");
}

TEST(Tree, AFlawIsFoundByThePartItIsIn) {
  const auto result = parsed("[{\"a\":\"\\ud83d\"},{\"a\":\"\\ud83d\\ude00\"},{\"\\udc00\":1}]");
  ASSERT_TRUE(result.tree);
  EXPECT_TRUE(result.tree->flaw_in(at(result, "").elements()[0].text()));
  EXPECT_FALSE(result.tree->flaw_in(at(result, "").elements()[1].text()));
  EXPECT_TRUE(result.tree->flaw_in(at(result, "").elements()[2].text()));
}

TEST(Tree, APageWithoutSpareRoomIsRead) {
  for (size_t size = 2; size < 300; ++size) {
    std::vector<char> page(size, ' ');
    page.front() = '[';
    page.back() = ']';
    page.shrink_to_fit();
    base::Arena arena;
    TreeParser parser;
    EXPECT_TRUE(parser.parse(page, arena, arena)) << size;
    EXPECT_EQ(page.size(), size);
  }
}

TEST(Tree, AParserReadsOnAfterABrokenPage) {
  TreeParser parser;
  for (const std::string json : {"{\"a\":[1,{\"b\":", "{\"a\":[[1,2],{\"b\":01}]}", "[1,[2,[3]]]"}) {
    std::vector<char> page(json.begin(), json.end());
    base::Arena arena;
    const auto tree = parser.parse(page, arena, arena);
    EXPECT_EQ(tree.has_value(), json.starts_with("[")) << json;
    if (tree) {
      EXPECT_EQ(tree->root.elements().size(), 2u);
    }
  }
}

}  // namespace
}  // namespace syncline::extract
