// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "config/test_support/project_files.hpp"

namespace syncline::config {
namespace {

/// What is wrong with a connector whose one stream has these keys, besides get, records and key, in line 3.
std::string problems_of_stream(std::string_view keys) {
  const test::ProjectFiles files;
  files.write("connectors/crm/connector.yaml",
              "settings: {host: {}}\nbase_url: https://x\nstreams: {contacts: {" + std::string(keys) + "}}\nauth: {api_key: }\n");
  return files.problems();
}

/// What is wrong with a connector that has these lines, from line 4, besides what it needs.
std::string problems_after_head(std::string_view lines) {
  const test::ProjectFiles files;
  files.write("connectors/crm/connector.yaml",
              "settings: {host: {}}\nbase_url: https://x\nstreams: {contacts: {get: /c, records: json, key: id}}\n" + std::string(lines));
  return files.problems();
}

std::string problems_of_url(std::string_view url) {
  const test::ProjectFiles files;
  files.write("connectors/crm/connector.yaml", "settings: {host: {}}\nbase_url: '" + std::string(url) +
                                                   "'\nauth: {api_key: }\nstreams: {contacts: {get: /c, records: json, key: id}}\n");
  return files.problems();
}

std::string at(std::string_view place, std::string_view message) {
  return "connectors/crm/connector.yaml:" + std::string(place) + ": " + std::string(message) + "\n";
}

TEST(ConnectorFile, UnknownKeysAreRefused) {
  EXPECT_EQ(problems_after_head("auth: {api_key: }\nrate_limit: 5\n"),
            at("5:1", "unknown key `rate_limit`; use one of title, settings, base_url, zone, headers, auth, limits, streams"));
  EXPECT_EQ(problems_after_head("auth: {api_key: }\nlimits: {rate: 1/s, concurrent: 4}\n"),
            at("5:21", "unknown key `concurrent`; write rate"));
  EXPECT_EQ(problems_of_stream("get: /c, records: json, key: id, cap: {rows: 500}"),
            at("3:55", "unknown key `cap`; use one of get, params, records, paginate, key, incremental, empty"));
  EXPECT_EQ(problems_of_stream("get: /c, records: json, key: id, export: {}"),
            at("3:55", "unknown key `export`; use one of get, params, records, paginate, key, incremental, empty"));
}

TEST(ConnectorFile, ABaseUrlIsHttpWithoutCredentialsOrQuery) {
  for (const char* url : {"ftp://x", "x", "https://", "https://user:secret@x", "https://x?a=1", "https://x#a", "https://x y",
                          "https://https://x", "https://x:0", "https://x:99999", "https://:80", "https://x:1:2"}) {
    EXPECT_EQ(problems_of_url(url), at("2:11", "`base_url` must be like https://api.example.com/v2, not `" + std::string(url) + "`"));
  }
  for (const char* url : {"http://localhost:8080", "HTTPS://x.example.com/api/v2/", "http://[::1]:80/x"})
    EXPECT_EQ(problems_of_url(url), "") << url;
}

TEST(ConnectorFile, AStreamNeedsItsParts) {
  EXPECT_EQ(problems_of_stream(""),
            at("3:21", "required key `get` is missing; write `get: /contacts`") +
                at("3:21", "required key `key` is missing; write `key:` and the path of a record's id") +
                at("3:21", "required key `records` is missing; write `records:` and a decoder, such as {json: data}"));
  EXPECT_EQ(problems_of_stream("get: c, records: json, key: id"),
            at("3:27", "`get` must be a path below base_url such as /contacts, its parameters under `params`, not `c`"));
  EXPECT_EQ(problems_of_stream("get: '/c?a=b', records: json, key: id"),
            at("3:27", "`get` must be a path below base_url such as /contacts, its parameters under `params`, not `/c?a=b`"));
  EXPECT_EQ(problems_of_stream("get: /c, records: json, key: id, empty: no"),
            at("3:62", "`empty` cannot be `no`; use one of allowed, refused"));
  EXPECT_EQ(problems_of_stream("get: /c, records: json, key: id, params: [a]"),
            at("3:63", "`params` must be a map, not a list; write {name: text}"));
}

TEST(ConnectorFile, AnIncrementalStreamNamesFieldAndParameters) {
  EXPECT_EQ(problems_of_stream("get: /c, records: json, key: id, incremental: {overlap: 5x}"),
            at("3:68", "`incremental` names no parameter; write `from_param`, `to_param` or both") +
                at("3:68", "required key `field` is missing; write `field:` and the path of the time in a record") +
                at("3:78", "`overlap` must be a duration such as 500ms, 3s, 5m, 2h or 1d, not `5x`"));
}

// E6: the format of a local time says what can be asked for
TEST(ConnectorFile, AFormatOfBoundsNamesOneTimeWithEachText) {
  const auto format = [](std::string_view text) {
    return problems_of_stream("get: /c, records: json, key: id, incremental: {field: t, from_param: f, format: '" + std::string(text) +
                              "'}");
  };
  EXPECT_EQ(format("%Y-%m-%d %H:%M:%S"), "");
  EXPECT_EQ(format("%Y-%m-%dT%H:%M:%SZ"), "") << "the zone is UTC";
  EXPECT_EQ(format("%Y-%m-%d %Q"), at("3:102", "the time format \"%Y-%m-%d %Q\" may hold %Y %m %d %H %M %S %y %b %p %I and %% only"));
  EXPECT_EQ(format("%H:%M"), at("3:102", "the time format \"%H:%M\" must name year, month and day"));
  EXPECT_EQ(format("%d.%m.%y"), at("3:102", "the time format \"%d.%m.%y\" must name the year with four digits, %Y"));
  EXPECT_EQ(format("%Y-%m-%d %I:%M"), at("3:102", "the time format \"%Y-%m-%d %I:%M\" must have %I and %p together"));
  EXPECT_EQ(format("%Y-%m-%d %M"),
            at("3:102", "the time format \"%Y-%m-%d %M\" must name hours before minutes, and minutes before seconds"));
  EXPECT_EQ(format("iso"), at("3:102", "the time format \"iso\" must name year, month and day"));
}

// E6: a local time is not one of UTC
TEST(ConnectorFile, AFormatOfLocalTimesDoesNotCallThemUtc) {
  const test::ProjectFiles files;
  files.write("connectors/crm/connector.yaml",
              "settings: {host: {}}\nbase_url: https://x\nstreams: {contacts: {get: /c, records: json, key: id, incremental: "
              "{field: t, to_param: t, format: '%Y-%m-%dT%H:%M:%SZ'}}}\nauth: {api_key: }\nzone: America/Chicago\n");
  EXPECT_EQ(files.problems(), at("3:100",
                                 "`format` ends with the Z of UTC, but its times are local ones of the connector's zone, "
                                 "America/Chicago; remove `format` if the source takes UTC, or the Z"));
}

TEST(ConnectorFile, AMemberOfAFamilyIsNamedByItsName) {
  EXPECT_EQ(problems_of_stream("get: /c, records: {jsn: data}, key: id"), at("3:41", "`jsn` is not a decoder; did you mean `json`?"));
  EXPECT_EQ(problems_of_stream("get: /c, records: {json: data, json_api: data}, key: id"),
            at("3:40", "`records` must name a decoder and its options, such as {NAME: {option: value}}; use one of json_api, json"));
  EXPECT_EQ(problems_of_stream("get: /c, records: json, key: id, paginate: offset"),
            at("3:65", "`offset` is not a paginator; use one of page, cursor, none"));
  EXPECT_EQ(problems_of_stream("get: /c, records: json, key: id, paginate: {none: x}"),
            at("3:72", "`none` has no options; write none: {}"));
  EXPECT_EQ(problems_of_stream("get: /c, records: json, key: id, paginate: {page: [x]}"),
            at("3:72", "the options of `page` must be a map, not a list"));
}

TEST(ConnectorFile, OptionsAreCheckedByTheirKind) {
  const auto paginate = [](std::string_view options) {
    return problems_of_stream("get: /c, records: json, key: id, paginate: " + std::string(options));
  };
  EXPECT_EQ(paginate("{page: {parm: p}}"),
            at("3:66", "`page` needs `param`") + at("3:73", "`page` has no option `parm`; did you mean `param`?"));
  EXPECT_EQ(paginate("{page: {param: ''}}"), at("3:80", "`param` of page is empty"));
  EXPECT_EQ(paginate("{page: {param: p, size: many}}"), at("3:89", "`size` must be a whole number, not `many`"));
  EXPECT_EQ(paginate("{page: {param: p, size: 99999999999999999999}}"),
            at("3:89", "`size` must be a whole number, not `99999999999999999999`"));
  EXPECT_EQ(paginate("{page: {param: p, zero_based: yes}}"), at("3:95", "`zero_based` must be true or false, not `yes`"));
  EXPECT_EQ(paginate("{page: {param: p, in: header}}"), at("3:87", "`in` cannot be `header`; use one of query, path"));
  EXPECT_EQ(paginate("{page: {param: p, count: a..b}}"),
            at("3:90", "the path `a..b` has an empty name; write a name, a.b, list[0], or \"'a.b'\" for a name with dots in it"));
  EXPECT_EQ(paginate("{cursor: {from: a, param: b, wait: soon}}"),
            at("3:100", "`wait` must be a duration such as 500ms, 3s, 5m, 2h or 1d, not `soon`"));
  EXPECT_EQ(paginate("{page: {param: [p]}}"), at("3:80", "`param` must be a text, not a list"));
}

TEST(ConnectorFile, AZoneMustExist) {
  const std::string problem = problems_after_head("auth: {api_key: }\nzone: America/Chicgo\n");
  EXPECT_EQ(problem.rfind("connectors/crm/connector.yaml:5:7: ", 0), 0u) << problem;
  EXPECT_NE(problem.find("America/Chicago"), std::string::npos) << problem;
}

TEST(ConnectorFile, ARateSaysHowManyPerWhat) {
  for (const char* rate : {"200", "0/min", "-1/s", "200/m", "2000000/s", "x/s", "1.5/s", "/s", "99999999999999999999/s"}) {
    EXPECT_EQ(problems_after_head("auth: {api_key: }\nlimits: {rate: '" + std::string(rate) + "'}\n"),
              at("5:16", "`rate` must be requests per s, min or h, such as 200/min, not `" + std::string(rate) + "`"));
  }
}

TEST(ConnectorFile, AHeaderCannotBreakOut) {
  EXPECT_EQ(problems_after_head("auth: {api_key: }\nheaders: {'A b': x, B: \"x\\r\\nEvil: y\"}\n"),
            at("5:11", "`A b` cannot be a header's name; use letters, digits and `-`") +
                at("5:24", "the header `B` cannot hold a line break or control character"));
}

TEST(ConnectorFile, ADeclaredSettingIsChecked) {
  const test::ProjectFiles files;
  files.write("connectors/crm/connector.yaml",
              "settings: {host: {required: true, default: x}, a-b: {}, zone: {requird: true}, s: x}\nbase_url: https://x\nauth: {api_key: "
              "}\nstreams: {contacts: {get: /c, records: json, key: id}}\n");
  EXPECT_EQ(files.problems(), at("1:35", "a required setting needs no default; remove one of the two") +
                                  at("1:48", "`a-b` cannot be a setting's name; use letters, digits and _") +
                                  at("1:64", "unknown key `requird`; did you mean `required`?") +
                                  at("1:83", "the setting `s` must be a map, not a text; its keys are required, default, help"));
}

TEST(ConnectorFile, IsReadWholeAndPerAccount) {
  test::ProjectFiles files;
  files.environment["TOKEN_PATH"] = "/token";
  files.write("syncline.yaml",
              "syncline: 1\ndatabase: sqlite:x.db\naccounts:\n"
              "  north: {connector: crm, settings: {host: north}, auth: [{api_key: k-north}]}\n"
              "  south: {connector: crm, settings: {host: south, size: 7}, limits: {rate: 3/s}, auth: [api_key: {key: k-south}]}\n");
  files.write("connectors/crm/connector.yaml",
              "title: My CRM\n"
              "settings: {host: {required: true}, size: {default: 50}}\n"
              "base_url: https://${settings.host}.example.com/api/\n"
              "headers: {Accept: application/json}\n"
              "auth:\n"
              "  oauth_password: {token_url: \"${TOKEN_PATH}\", extra: {scope: \"a ${settings.host}\"}}\n"
              "  api_key:\n"
              "limits: {rate: 200/min}\n"
              "streams:\n"
              "  contacts:\n"
              "    get: /contacts\n"
              "    params: {b: 1, a: \"${settings.host}\"}\n"
              "    records: json_api\n"
              "    paginate: {page: {param: page, size: \"${settings.size}\", count: meta.count}}\n"
              "    key: data.id\n"
              "    incremental: {field: updated_at, from_param: since, overlap: 5m, format: \"%Y-%m-%d\"}\n"
              "    empty: refused\n"
              "  plain: {get: /plain, records: {json: 'list[0]'}, key: id}\n");
  files.write(
      "entities/customers.yaml",
      "table: customers\naccount: south\nfrom: contacts\nkey: {column: crm_id, from: id}\nfields: {host: {const: \"${settings.host}\"}}\n");
  const auto project = files.load();
  ASSERT_TRUE(project) << test::all_messages(project.error());
  EXPECT_EQ(project->entities.at(0).fields.at(0).constant, "south");
  const Connector &north = project->account("north")->connector, &south = project->account("south")->connector;
  EXPECT_EQ(north.title, "My CRM");
  EXPECT_EQ(north.base_url, "https://north.example.com/api");
  EXPECT_EQ(north.rate_requests, 200);
  EXPECT_EQ(north.rate_window, std::chrono::minutes(1));
  EXPECT_EQ(south.rate_requests, 3);
  EXPECT_EQ(south.rate_window, std::chrono::seconds(1));
  ASSERT_EQ(south.auth.size(), 2u);
  EXPECT_EQ(south.auth[0].text("token_url"), "/token");
  EXPECT_EQ(south.auth[0].maps.at("extra").at("scope"), "a south");
  EXPECT_EQ(south.auth[1].text("header"), "Authorization");
  const Stream& stream = *south.stream("contacts");
  EXPECT_EQ(stream.parameters, (std::vector<std::pair<std::string, std::string>>{{"b", "1"}, {"a", "south"}}));
  EXPECT_EQ(stream.records.name, "json_api");
  EXPECT_EQ(stream.records.text("list"), "data");
  EXPECT_EQ(stream.paginate.name, "page");
  EXPECT_EQ(stream.paginate.integer("size"), 7);
  EXPECT_FALSE(stream.paginate.boolean("zero_based"));
  EXPECT_EQ(stream.key, "data.id");
  EXPECT_EQ(stream.incremental->overlap, std::chrono::minutes(5));
  EXPECT_EQ(stream.incremental->to_param, "");
  EXPECT_EQ(stream.incremental->format, "%Y-%m-%d");
  EXPECT_FALSE(stream.empty_is_complete);
  EXPECT_EQ(south.stream("plain")->paginate.name, "none");
  EXPECT_EQ(south.stream("plain")->records.text("list"), "list[0]");
  EXPECT_EQ(north.stream("contacts")->paginate.integer("size"), 50);
  EXPECT_EQ(project->account("north")->auth.at(0).text("key"), "k-north");
}

}  // namespace
}  // namespace syncline::config
