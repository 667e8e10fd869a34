// SPDX-License-Identifier: Apache-2.0
#include "extract/read/reader.hpp"

#include <gtest/gtest.h>

#include "extract/test_support/scripted_source.hpp"

namespace syncline::extract {
namespace {

using base::ErrorKind;
using base::Side;

bool says(const base::Error& error, std::string_view words) { return error.message.find(words) != std::string::npos; }

/// Users 1 … count, `size` to a page whatever is asked for; 404 beyond the end.
ScriptedSource::Answer list_of(int64_t count, int64_t size) {
  return [=](const http::Request& request) {
    const int64_t page = std::stoll(parameter(request, "page"));
    const int64_t first = (page - 1) * size + 1;
    if (first > count && page > 1) return answer(404, R"({"detail":"Invalid page."})");
    return answer(200, users_page(first, std::min(first + size - 1, count), count));
  };
}

// --- unhappy answers

TEST(Reading, ABrokenAnswerIsAskedForAgain) {
  int broken = 3;
  World world([&](const http::Request&) {
    return broken-- > 0 ? answer(200, "<html>Site Maintenance</html>", "text/html") : answer(200, users_page(1, 2, 2));
  });
  const Reading reading = read_all(*world.reader());
  EXPECT_FALSE(reading.error);
  EXPECT_EQ(reading.ids.size(), 2u);
  EXPECT_EQ(world.source.requests.size(), 4u);
  EXPECT_GT(world.clock.passed.count(), 0);
}

TEST(Reading, AnAnswerThatStaysBrokenEndsAsSourceUnavailable) {
  for (const auto* body : {"<html>", R"({"data":[{"type":"users","id":"1")", R"({"errors":[{"detail":"boom"}]})", ""}) {
    World world([&](const http::Request&) { return answer(200, body); });
    const Reading reading = read_all(*world.reader());
    ASSERT_TRUE(reading.error) << body;
    EXPECT_EQ(reading.error->kind, ErrorKind::Transient) << body;
    EXPECT_EQ(base::exit_code_of(*reading.error), base::exit_code::Source);
    EXPECT_EQ(world.source.requests.size(), 6u) << body;
    EXPECT_TRUE(says(*reading.error, "stream `users`, page 1")) << reading.error->message;
    EXPECT_TRUE(says(*reading.error, "https://api.example.com/api/users")) << reading.error->message;
  }
}

TEST(Reading, AMovedListIsDriftAtOnce) {
  World world([](const http::Request&) { return answer(200, R"({"results":[]})"); });
  EXPECT_EQ(read_all(*world.reader()).error->kind, ErrorKind::ContractDrift);
  EXPECT_EQ(world.source.requests.size(), 1u);
}

TEST(Reading, AStatusOf400AndAboveSaysWhatToCheck) {
  const std::map<int, ErrorKind> kinds{{400, ErrorKind::ContractDrift}, {404, ErrorKind::ContractDrift}, {422, ErrorKind::ContractDrift},
                                       {406, ErrorKind::BadConfig},     {402, ErrorKind::Fatal},         {451, ErrorKind::Fatal},
                                       {501, ErrorKind::Transient},     {304, ErrorKind::ContractDrift}};
  for (const auto& [status, kind] : kinds) {
    World world([status = status](const http::Request&) { return answer(status, R"({"detail":"no"})"); });
    const Reading reading = read_all(*world.reader());
    ASSERT_TRUE(reading.error) << status;
    EXPECT_EQ(reading.error->kind, kind) << status;
    EXPECT_TRUE(says(*reading.error, "/api/users answered " + std::to_string(status))) << reading.error->message;
  }
}

TEST(Reading, ASecretTheSourceEchoesIsNotShown) {
  World world([](const http::Request& request) { return answer(400, "you sent " + credential(request)); });
  const Reading reading = read_all(*world.reader());
  EXPECT_FALSE(says(*reading.error, "key-of-the-studio")) << reading.error->message;
  EXPECT_TRUE(says(*reading.error, "you sent"));
}

TEST(Reading, StoppingWhileWaitingIsCancelledNotBroken) {
  std::stop_source stop;
  World world([&](const http::Request&) {
    stop.request_stop();
    return answer(200, "<html>");
  });
  const auto page = world.reader()->next(stop.get_token());
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().kind, ErrorKind::Cancelled);
}

// --- pages by number

TEST(PagesByNumber, TheRequestHoldsPathParametersHeadersAndCredential) {
  World world(list_of(2, 3));
  read_all(*world.reader());
  const http::Request& request = world.source.requests.at(0);
  EXPECT_TRUE(request.url.starts_with("https://api.example.com/api/users?ordering=id&page=1&page_size=3")) << request.url;
  EXPECT_EQ(http::header(request.headers, "Accept"), "application/vnd.api+json");
  EXPECT_EQ(credential(request), "Bearer key-of-the-studio");
}

TEST(PagesByNumber, TheListEndsWithTheDeclaredCountWithoutAnotherRequest) {
  World world(list_of(6, 3));
  const Reading reading = read_all(*world.reader());
  EXPECT_EQ(reading.ids.size(), 6u);
  ASSERT_EQ(reading.pages.size(), 2u);
  EXPECT_FALSE(reading.pages[0].last);
  EXPECT_TRUE(reading.pages[1].last);
  EXPECT_EQ(reading.pages[0].declared, 6);
  EXPECT_EQ(reading.pages[0].after.next, "2");
  EXPECT_EQ(reading.pages[1].after.read, 6);
  EXPECT_EQ(world.source.requests.size(), 2u);
}

TEST(PagesByNumber, SmallerPagesThanAskedForLoseNothing) {
  World world(list_of(7, 2));
  EXPECT_EQ(read_all(*world.reader()).ids.size(), 7u);
}

TEST(PagesByNumber, WithoutACountOnlyAnEmptyPageEndsTheList) {
  World world([](const http::Request& request) {
    const int64_t page = std::stoll(parameter(request, "page"));
    return answer(200, page < 4 ? users_page(page * 10, page * 10, -1) : users_page(1, 0, -1));
  });
  world.stream.paginate.values.erase("count");
  const Reading reading = read_all(*world.reader());
  EXPECT_EQ(reading.ids.size(), 3u);
  EXPECT_TRUE(reading.pages.back().last);
  EXPECT_EQ(reading.pages.back().records.fetched(), 0u);
  EXPECT_EQ(reading.pages.back().after.read, 3);
}

TEST(PagesByNumber, AnEmptyListIsOnePageWithoutRecords) {
  World world(list_of(0, 3));
  const Reading reading = read_all(*world.reader());
  ASSERT_EQ(reading.pages.size(), 1u);
  EXPECT_TRUE(reading.pages[0].last);
  EXPECT_EQ(reading.pages[0].declared, 0);
}

TEST(PagesByNumber, ARefusedPageBeyondTheFirstEndsAListWithoutCount) {
  for (const int status : {403, 404}) {
    World world([=](const http::Request& request) {
      return parameter(request, "page") == "1" ? answer(200, users_page(1, 3, -1)) : answer(status, R"({"detail":"no permission"})");
    });
    world.stream.paginate.values.erase("count");
    const Reading reading = read_all(*world.reader());
    EXPECT_FALSE(reading.error);
    EXPECT_EQ(reading.ids.size(), 3u);
    EXPECT_TRUE(reading.pages.back().last);
  }
}

TEST(PagesByNumber, ARefusedPageBeforeTheDeclaredCountIsNoProvenEnd) {
  World world([](const http::Request& request) {
    return parameter(request, "page") == "1" ? answer(200, users_page(1, 3, 9)) : answer(403, R"({"detail":"no permission"})");
  });
  const Reading reading = read_all(*world.reader());
  EXPECT_FALSE(reading.error);
  EXPECT_FALSE(reading.pages.back().last);
  EXPECT_EQ(reading.pages.back().declared, 9);
  EXPECT_EQ(reading.pages.back().after.next, "2");
}

// E10: the same page for ever
TEST(PagesByNumber, TheSamePageAgainIsDriftThatNamesBoth) {
  World world([](const http::Request&) { return answer(200, users_page(1, 3, 9)); });
  const Reading reading = read_all(*world.reader());
  ASSERT_TRUE(reading.error);
  EXPECT_EQ(reading.error->kind, ErrorKind::ContractDrift);
  EXPECT_TRUE(says(*reading.error, "page 2") && says(*reading.error, "page 1")) << reading.error->message;
  EXPECT_EQ(reading.ids.size(), 3u);
}

TEST(PagesByNumber, PagesWithoutKeysAreToldApartByTheirContent) {
  World world([](const http::Request& request) {
    return answer(200,
                  R"({"meta":{"pagination":{"count":2}},"data":[{"type":"users","attributes":{"n":)" + parameter(request, "page") + "}}]}");
  });
  EXPECT_FALSE(read_all(*world.reader()).error);
}

TEST(PagesByNumber, ACountMayBeTextButMustBeACount) {
  for (const std::string good : {"2", "\"2\""}) {
    World world([&](const http::Request&) {
      return answer(200, R"({"data":[{"type":"u","id":"1"},{"type":"u","id":"2"}],"meta":{"pagination":{"count":)" + good + "}}}");
    });
    const Reading reading = read_all(*world.reader());
    EXPECT_FALSE(reading.error);
    EXPECT_EQ(reading.pages.at(0).declared, 2);
  }
  for (const std::string bad : {"\"abc\"", "\"2x\"", "-1", "1.5", "true", "[2]", "null", "\"\"", "99999999999999999999"}) {
    World world([&](const http::Request&) {
      return answer(200, R"({"data":[{"type":"u","id":"1"}],"meta":{"pagination":{"count":)" + bad + "}}}");
    });
    const Reading reading = read_all(*world.reader());
    ASSERT_TRUE(reading.error) << bad;
    EXPECT_EQ(reading.error->kind, ErrorKind::ContractDrift) << bad;
    EXPECT_TRUE(says(*reading.error, "`meta.pagination.count`")) << reading.error->message;
  }
}

TEST(PagesByNumber, UndecodableItemsCountAsRead) {
  World world([](const http::Request&) { return answer(200, R"({"meta":{"pagination":{"count":2}},"data":[7,{"type":"u","id":"2"}]})"); });
  const Reading reading = read_all(*world.reader());
  ASSERT_EQ(reading.pages.size(), 1u);
  EXPECT_EQ(reading.pages[0].after.read, 2);
  EXPECT_TRUE(reading.pages[0].last);
}

TEST(PagesByNumber, APageCountIsBelievedWithoutACount) {
  World world([](const http::Request& request) {
    const int64_t page = std::stoll(parameter(request, "page"));
    return answer(200, R"({"pages":2,"data":[{"type":"u","id":")" + std::to_string(page) + "\"}]}");
  });
  world.stream.paginate = options("page", {{"param", "page"}, {"pages", "pages"}, {"first", "0"}});
  const Reading reading = read_all(*world.reader());
  EXPECT_EQ(reading.ids, (std::vector<std::string>{"0", "1"}));
}

// --- cursors

ScriptedSource::Answer by_cursor(std::map<std::string, std::string> pages) {
  return [pages = std::move(pages)](const http::Request& request) { return answer(200, pages.at(parameter(request, "after"))); };
}

config::Options cursor_options(const std::string& more = "") {
  config::Options cursor = options("cursor", {{"from", "next"}, {"param", "after"}, {"until", "absent"}});
  if (!more.empty()) cursor.values["more"] = more;
  return cursor;
}

TEST(PagesByCursor, TheListEndsWithoutCursorHoweverThatIsWritten) {
  for (const std::string end : {"", R"(,"next":null)", R"(,"next":"")"}) {
    World world(
        by_cursor({{"", R"({"data":[{"type":"u","id":"1"}],"next":"b"})"}, {"b", R"({"data":[{"type":"u","id":"2"}])" + end + "}"}}));
    world.stream.paginate = cursor_options();
    const Reading reading = read_all(*world.reader());
    EXPECT_FALSE(reading.error);
    EXPECT_EQ(reading.ids.size(), 2u);
    EXPECT_TRUE(reading.pages.back().last);
    EXPECT_EQ(reading.pages.front().after.next, "b");
  }
}

TEST(PagesByCursor, APageMayBeEmptyBeforeTheEnd) {
  World world(by_cursor({{"", R"({"data":[],"next":"b"})"}, {"b", R"({"data":[{"type":"u","id":"2"}]})"}}));
  world.stream.paginate = cursor_options();
  EXPECT_EQ(read_all(*world.reader()).ids.size(), 1u);
}

TEST(PagesByCursor, MoreWithoutACursorIsAnErrorNotTheEnd) {
  World world(by_cursor({{"", R"({"data":[{"type":"u","id":"1"}],"has_more":true,"next":null})"}}));
  world.stream.paginate = cursor_options("has_more");
  const Reading reading = read_all(*world.reader());
  ASSERT_TRUE(reading.error);
  EXPECT_EQ(reading.error->kind, ErrorKind::ContractDrift);
  EXPECT_TRUE(says(*reading.error, "`has_more`") && says(*reading.error, "`next`")) << reading.error->message;
}

TEST(PagesByCursor, MoreMustBeThereAndFalseAsTextIsFalse) {
  World no_more(by_cursor({{"", R"({"data":[{"type":"u","id":"1"}],"has_more":"false","next":"b"})"}}));
  no_more.stream.paginate = cursor_options("has_more");
  EXPECT_TRUE(read_all(*no_more.reader()).pages.at(0).last);
  for (const std::string bad : {"", R"("has_more":null,)", R"("has_more":1,)", R"("has_more":"maybe",)"}) {
    World world(by_cursor({{"", "{" + bad + R"("data":[],"next":"b"})"}}));
    world.stream.paginate = cursor_options("has_more");
    const Reading reading = read_all(*world.reader());
    ASSERT_TRUE(reading.error) << bad;
    EXPECT_TRUE(says(*reading.error, "`has_more`"));
  }
}

// E10, D15: a cursor that repeats
TEST(PagesByCursor, CirclesOfAnyLengthAreDrift) {
  for (const int length : {1, 2, 3, 7, 20}) {
    int asked = 0;
    World world([&](const http::Request&) {
      const int at = asked++;
      return answer(200, fmt::format(R"({{"data":[{{"type":"u","id":"{}"}}],"next":"c{}"}})", at, at % length));
    });
    world.stream.paginate = cursor_options();
    const Reading reading = read_all(*world.reader());
    ASSERT_TRUE(reading.error) << length;
    EXPECT_EQ(reading.error->code, "cursor_repeats");
    EXPECT_LT(asked, 4 * length + 4);
  }
}

TEST(PagesByCursor, ACursorThatIsNoTextIsDrift) {
  World world(by_cursor({{"", R"({"data":[],"next":{"page":2}})"}}));
  world.stream.paginate = cursor_options();
  EXPECT_EQ(read_all(*world.reader()).error->code, "cursor_unreadable");
}

TEST(PagesByCursor, WithoutItsOptionsItIsRefusedBeforeReading) {
  World world(by_cursor({}));
  world.stream.paginate = options("cursor", {{"param", "after"}});
  world.authenticator = make_authenticator(world.account, world.client, world.clock);
  const auto reader = make_reader(world.account, world.stream, {}, world.client, *world.authenticator);
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().kind, ErrorKind::BadConfig);
}

TEST(NoPages, OneAnswerIsTheWholeList) {
  World world([](const http::Request&) { return answer(200, R"([{"id":1},{"id":2}])"); });
  world.stream.records = options("json", {});
  world.stream.paginate = options("none", {});
  const Reading reading = read_all(*world.reader());
  ASSERT_EQ(reading.pages.size(), 1u);
  EXPECT_TRUE(reading.pages[0].last);
  EXPECT_EQ(reading.pages[0].declared, std::nullopt);
  EXPECT_EQ(world.source.requests.size(), 1u);
}

// --- taking up an unfinished sweep

Position position_after(int pages, ScriptedSource::Answer script) {
  World world(std::move(script));
  auto reader = world.reader();
  Position position;
  for (int i = 0; i < pages; ++i) position = reader->next({})->value().after;
  return position;
}

TEST(Resuming, GoesOnBehindALastPageThatIsStillTheSame) {
  World world(list_of(9, 3));
  const Reading reading = read_all(*world.reader({.window = {}, .resume = position_after(2, list_of(9, 3))}));
  EXPECT_FALSE(reading.error);
  EXPECT_EQ(reading.ids, (std::vector<std::string>{"7", "8", "9"}));
  EXPECT_EQ(reading.pages.at(0).after.read, 9);
  EXPECT_EQ(parameter(world.source.requests.at(0), "page"), "2");
}

TEST(Resuming, StartsOverWhenTheListHasShifted) {
  World world([](const http::Request& request) {
    const int64_t first = (std::stoll(parameter(request, "page")) - 1) * 3 + 2;  // the first user is gone
    return answer(200, users_page(first, std::min<int64_t>(first + 2, 9), 8));
  });
  const Reading reading = read_all(*world.reader({.window = {}, .resume = position_after(2, list_of(9, 3))}));
  EXPECT_EQ(reading.ids.size(), 8u);
  EXPECT_EQ(reading.pages.at(0).after.read, 3);
  EXPECT_EQ(reading.ids.front(), "2");
}

TEST(Resuming, StartsOverWhenThePageOrCursorIsGone) {
  World shorter(list_of(3, 3));
  EXPECT_EQ(read_all(*shorter.reader({.window = {}, .resume = position_after(2, list_of(9, 3))})).ids.size(), 3u);

  World expired([](const http::Request& request) {
    return parameter(request, "after").empty() ? answer(200, R"({"data":[{"type":"u","id":"1"}]})")
                                               : answer(400, R"({"detail":"cursor expired"})");
  });
  expired.stream.paginate = cursor_options();
  Position position{.next = "z", .read = 20, .last_page = "0123456789abcdef", .last = "y"};
  const Reading reading = read_all(*expired.reader({.window = {}, .resume = position}));
  EXPECT_FALSE(reading.error);
  EXPECT_EQ(reading.ids.size(), 1u);
}

TEST(Resuming, SaysSoWhenNothingIsLeft) {
  World world(list_of(6, 3));
  Position position = position_after(1, list_of(9, 3));
  position.read = 6;
  const Reading reading = read_all(*world.reader({.window = {}, .resume = position}));
  ASSERT_EQ(reading.pages.size(), 1u);
  EXPECT_TRUE(reading.pages[0].last);
  EXPECT_EQ(reading.pages[0].records.fetched(), 0u);
}

TEST(Resuming, APositionWithoutAPageIsTheBeginning) {
  World world(list_of(3, 3));
  EXPECT_EQ(read_all(*world.reader({.window = {}, .resume = Position{}})).ids.size(), 3u);
}

TEST(Resuming, AnErrorThatMayPassKeepsThePosition) {
  bool down = true;
  World world([&](const http::Request& request) { return down ? answer(200, "<html>") : list_of(9, 3)(request); });
  auto reader = world.reader({.window = {}, .resume = position_after(2, list_of(9, 3))});
  EXPECT_FALSE(reader->next({}));
  down = false;
  EXPECT_EQ(read_all(*reader).ids.front(), "7");
}

TEST(Resuming, TheSamePageAsTheResumedOneIsDrift) {
  World world([](const http::Request&) { return answer(200, users_page(1, 3, 9)); });
  const Position position = position_after(1, list_of(9, 3));
  EXPECT_EQ(read_all(*world.reader({.window = {}, .resume = position})).error->code, "repeated_page");
}

// --- windows

Window from(const std::string& text) {
  return {.from = *base::parse_timestamp(text), .to = *base::parse_timestamp("2026-03-01T00:00:00Z")};
}

/// One user that was last updated when `updated` says; a JSON value.
struct WindowWorld : World {
  explicit WindowWorld(const std::string& updated)
      : World([updated](const http::Request&) {
          return answer(200,
                        R"({"meta":{"pagination":{"count":1}},"data":[{"type":"u","id":"1","attributes":{"updated":)" + updated + "}}]}");
        }) {
    config::Incremental incremental;
    incremental.field = "updated";
    incremental.from_param = "min_updated";
    incremental.to_param = "max_updated";
    stream.incremental = incremental;
  }
};

TEST(Windows, AreAskedForInUtc) {
  WindowWorld world(R"("2026-02-02T00:00:00Z")");
  EXPECT_FALSE(read_all(*world.reader({.window = from("2026-02-01T01:00:00.5+01:00"), .resume = {}})).error);
  EXPECT_EQ(parameter(world.source.requests.at(0), "min_updated"), "2026-02-01T00%3A00%3A00.500000Z");
  EXPECT_EQ(parameter(world.source.requests.at(0), "max_updated"), "2026-03-01T00%3A00%3A00Z");
}

TEST(Windows, ASourceThatIgnoresTheFilterIsDrift) {
  for (const auto* older :
       {R"("2026-01-31T23:59:59.999999Z")", R"("2026-02-01T00:59:59+01:00")", R"("2025-12-01 10:00:00")", R"("2026-01-29")"}) {
    WindowWorld world(older);
    const Reading reading = read_all(*world.reader({.window = from("2026-02-01T00:00:00Z"), .resume = {}}));
    ASSERT_TRUE(reading.error) << older;
    EXPECT_EQ(reading.error->kind, ErrorKind::ContractDrift);
    EXPECT_TRUE(says(*reading.error, "the source ignores `min_updated`")) << reading.error->message;
  }
}

TEST(Windows, RecordsInsideOrWithoutATimeProveNothingWrong) {
  for (const auto* fine : {R"("2026-02-01T00:00:00Z")", R"("2026-05-01T00:00:00Z")", R"("2026-01-31 23:00:00")", R"("2026-01-31")", "null",
                           R"("soon")", "5"}) {
    WindowWorld world(fine);
    EXPECT_FALSE(read_all(*world.reader({.window = from("2026-02-01T00:00:00Z"), .resume = {}})).error) << fine;
  }
}

TEST(Windows, TheOverlapIsAllowedFor) {
  WindowWorld world(R"("2026-01-31T23:56:00Z")");
  world.stream.incremental->overlap = std::chrono::minutes(5);
  EXPECT_FALSE(read_all(*world.reader({.window = from("2026-02-01T00:00:00Z"), .resume = {}})).error);
}

// E6: what comes because a bound was rounded is no drift
TEST(Windows, OfALocalDayTheWholeDayIsAllowedFor) {
  const auto error_of = [](const std::string& updated) {
    WindowWorld world(updated);
    world.account.connector.zone = *base::Zone::find("America/New_York");
    world.stream.incremental->format = "%Y-%m-%d";
    const Reading reading = read_all(*world.reader({.window = from("2026-02-01T15:00:00Z"), .resume = {}}));
    EXPECT_EQ(parameter(world.source.requests.at(0), "min_updated"), "2026-02-01");
    EXPECT_EQ(parameter(world.source.requests.at(0), "max_updated"), "2026-03-01");
    return reading.error ? reading.error->code : "";
  };
  EXPECT_EQ(error_of(R"("2026-02-01T05:00:00Z")"), "");
  EXPECT_EQ(error_of(R"("2026-02-01T04:59:59Z")"), "filter_ignored");
}

TEST(Windows, AnUnboundedReadingAsksForNoneAndProvesNone) {
  WindowWorld world(R"("2001-01-01T00:00:00Z")");
  EXPECT_FALSE(read_all(*world.reader()).error);
  EXPECT_EQ(parameter(world.source.requests.at(0), "min_updated"), "");
}

}  // namespace
}  // namespace syncline::extract
