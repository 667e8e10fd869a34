// SPDX-License-Identifier: Apache-2.0
#include "config/read/connector_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "config/read/family.hpp"
#include "config/read/source.hpp"

namespace syncline::config {
namespace {

constexpr int64_t RateMax = 1'000'000;

bool is_plain_ascii(char c) { return c > 0x20 && c < 0x7F; }
bool is_control(char c) { return (c >= 0 && c < 0x20) || c == 0x7F; }
bool is_host_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' || c == ':' ||
         c == '[' || c == ']';
}
/// The characters of a token, RFC 9110, 5.6.2.
bool is_token_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_port(std::string_view text) {
  uint16_t port = 0;
  const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && stopped == text.data() + text.size() && port != 0;
}

/// Scheme, host, an optional port and path; nothing else, so that a path can be added and no credential hides in it.
bool is_base_url(std::string_view url) {
  const std::string lower = base::lower(url.substr(0, 8));
  const size_t scheme = lower.starts_with("https://") ? 8 : lower.starts_with("http://") ? 7 : 0;
  if (scheme == 0 || !std::all_of(url.begin(), url.end(), is_plain_ascii) || url.find_first_of("?#\"<>\\^`{|}") != std::string_view::npos)
    return false;
  const std::string_view rest = url.substr(scheme);
  const std::string_view authority = rest.substr(0, rest.find('/'));
  if (authority.empty() || !std::all_of(authority.begin(), authority.end(), is_host_char)) return false;
  const size_t colon = authority.find(':', authority.find(']') == std::string_view::npos ? 0 : authority.find(']'));
  return colon == std::string_view::npos || (colon > 0 && is_port(authority.substr(colon + 1)));
}

std::string read_base_url(const Reading& reading, const Tree& node) {
  std::string url = reading.filled_text(node, "base_url").value_or("");
  if (!url.empty() && !is_base_url(url)) {
    reading.problem(node.spot, fmt::format("`base_url` must be like https://api.example.com/v2, not `{}`", base::shown(url, 100)));
  }
  while (url.ends_with('/')) url.pop_back();
  return url;
}

base::Zone read_zone(const Reading& reading, const Tree& node) {
  const auto name = reading.filled_text(node, "zone");
  if (!name) return base::Zone::utc();
  const auto zone = base::Zone::find(*name);
  if (!zone) reading.problem(node.spot, zone.error().message);
  return zone ? *zone : base::Zone::utc();
}

std::vector<std::pair<std::string, std::string>> read_pairs(const Reading& reading, const Tree& node, std::string_view name) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const Tree::Entry& entry : entries_of(reading, node, name, "{name: text}")) {
    if (auto text = reading.text(entry.value, entry.key)) pairs.emplace_back(entry.key, std::move(*text));
  }
  return pairs;
}

/// What would break out of a request's header section is refused here, where the place is known.
void check_headers(const Reading& reading, const Tree& node, const std::vector<std::pair<std::string, std::string>>& headers) {
  for (const auto& [name, value] : headers) {
    const Tree::Entry* entry = node.entry(name);
    if (name.empty() || !std::all_of(name.begin(), name.end(), is_token_char)) {
      reading.problem(entry->spot, fmt::format("`{}` cannot be a header's name; use letters, digits and `-`", base::shown(name, 60)));
    }
    if (std::any_of(value.begin(), value.end(), is_control)) {
      reading.problem(entry->value.spot,
                      fmt::format("the header `{}` cannot hold a line break or control character", base::shown(name, 60)));
    }
  }
}

/// A format must say one time with each text, or a bound that is made from it would be somewhere else.
std::string read_bound_format(const Reading& reading, const Tree& node, const base::Zone& zone) {
  const std::string format = reading.filled_text(node, "format").value_or("");
  if (format.empty()) return format;
  const auto step = base::step_of_format(format);
  if (!step) reading.problem(node.spot, step.error().message);
  if (step && format.ends_with('Z') && zone.name() != "UTC") {
    reading.problem(node.spot, fmt::format("`format` ends with the Z of UTC, but its times are local ones of the connector's zone, {}; "
                                           "remove `format` if the source takes UTC, or the Z",
                                           zone.name()));
  }
  return format;
}

std::optional<Incremental> read_incremental(const Reading& reading, const Tree& node, const base::Zone& zone) {
  const Keys keys(reading, node, "`incremental`", {"field", "from_param", "to_param", "overlap", "format"});
  Incremental incremental;
  incremental.place = reading.place(node.spot);
  if (const Tree* field = keys.required("field", "`field:` and the path of the time in a record")) {
    if (auto path = read_path(reading, *field, "field")) incremental.field = path->text;
  }
  if (const Tree* from = keys.find("from_param")) incremental.from_param = reading.filled_text(*from, "from_param").value_or("");
  if (const Tree* to = keys.find("to_param")) incremental.to_param = reading.filled_text(*to, "to_param").value_or("");
  if (keys.is_map() && !keys.find("from_param") && !keys.find("to_param")) {
    reading.problem(node.spot, "`incremental` names no parameter; write `from_param`, `to_param` or both");
  }
  if (const Tree* overlap = keys.find("overlap"))
    incremental.overlap = reading.duration(*overlap, "overlap").value_or(std::chrono::milliseconds(0));
  if (const Tree* format = keys.find("format")) incremental.format = read_bound_format(reading, *format, zone);
  return incremental;
}

std::string read_stream_path(const Reading& reading, const Tree& node) {
  const std::string path = reading.filled_text(node, "get").value_or("");
  const bool is_path = path.starts_with('/') && !path.starts_with("//") && std::all_of(path.begin(), path.end(), is_plain_ascii) &&
                       path.find_first_of("?#") == std::string::npos;
  if (!path.empty() && !is_path) {
    reading.problem(node.spot, fmt::format("`get` must be a path below base_url such as /contacts, its parameters under `params`, not `{}`",
                                           base::shown(path, 100)));
  }
  return path;
}

Stream read_stream(const Reading& reading, const Tree::Entry& entry, const Vocabulary& vocabulary, const base::Zone& zone) {
  const Keys keys(reading, entry.value, "a stream", {"get", "params", "records", "paginate", "key", "incremental", "empty"});
  Stream stream;
  stream.name = entry.key;
  stream.place = reading.place(entry.spot);
  if (const Tree* get = keys.required("get", "`get: /contacts`")) stream.path = read_stream_path(reading, *get);
  if (const Tree* params = keys.find("params")) stream.parameters = read_pairs(reading, *params, "params");
  if (const Tree* records = keys.required("records", "`records:` and a decoder, such as {json: data}")) {
    const Family decoders{"a decoder", vocabulary.decoders};
    if (auto options = read_member(reading, decoders, *records, "records")) stream.records = std::move(*options);
  }
  stream.paginate.name = "none";
  stream.paginate.place = stream.place;
  if (const Tree* paginate = keys.find("paginate")) {
    const Family paginators{"a paginator", vocabulary.paginators};
    if (auto options = read_member(reading, paginators, *paginate, "paginate")) stream.paginate = std::move(*options);
  }
  if (const Tree* key = keys.required("key", "`key:` and the path of a record's id")) {
    if (auto path = read_path(reading, *key, "key")) stream.key = path->text;
  }
  if (const Tree* incremental = keys.find("incremental")) stream.incremental = read_incremental(reading, *incremental, zone);
  if (const Tree* empty = keys.find("empty")) {
    stream.empty_is_complete = reading.word<bool>(*empty, "empty", {{"allowed", true}, {"refused", false}}).value_or(true);
  }
  return stream;
}

}  // namespace

std::vector<Setting> read_settings(const Reading& reading, const Tree& root) {
  std::vector<Setting> settings;
  const Tree::Entry* section = root.entry("settings");
  if (!section || section->value.kind == Tree::Kind::Null) return settings;
  for (const Tree::Entry& entry : entries_of(reading, section->value, "settings", "{name: {required: true, help: …}}")) {
    if (!is_variable_name(entry.key)) {
      reading.problem(entry.spot, fmt::format("`{}` cannot be a setting's name; use letters, digits and _", base::shown(entry.key, 60)));
    }
    const Keys keys(reading, entry.value, fmt::format("the setting `{}`", base::shown(entry.key, 60)), {"required", "default", "help"});
    Setting setting;
    setting.name = entry.key;
    if (const Tree* required = keys.find("required")) setting.required = reading.boolean(*required, "required").value_or(false);
    if (const Tree* fallback = keys.find("default")) setting.fallback = reading.text(*fallback, "default");
    if (const Tree* help = keys.find("help")) setting.help = reading.text(*help, "help").value_or("");
    if (setting.required && setting.fallback)
      reading.problem(keys.spot("default"), "a required setting needs no default; remove one of the two");
    settings.push_back(std::move(setting));
  }
  return settings;
}

Settings default_settings(const std::vector<Setting>& declared) {
  Settings settings;
  for (const Setting& setting : declared) settings.values[setting.name] = setting.fallback;
  return settings;
}

std::optional<Rate> read_limits(const Reading& reading, const Tree& node) {
  const Keys keys(reading, node, "`limits`", {"rate"});
  const Tree* rate = keys.find("rate");
  const std::optional<std::string> text = rate ? reading.text(*rate, "rate") : std::nullopt;
  if (!text) return std::nullopt;
  Rate parsed;
  const auto [stopped, error] = std::from_chars(text->data(), text->data() + text->size(), parsed.requests);
  const std::string_view unit(stopped, text->data() + text->size());
  const bool is_unit = unit == "/s" || unit == "/min" || unit == "/h";
  if (error != std::errc() || !is_unit || parsed.requests < 1 || parsed.requests > RateMax) {
    reading.problem(rate->spot, fmt::format("`rate` must be requests per s, min or h, such as 200/min, not `{}`", base::shown(*text, 60)));
    return std::nullopt;
  }
  parsed.window = unit == "/s" ? std::chrono::seconds(1) : unit == "/min" ? std::chrono::minutes(1) : std::chrono::hours(1);
  return parsed;
}

Connector read_connector_file(const Reading& reading, const Tree& root, const std::string& name, const Vocabulary& vocabulary) {
  const Keys keys(reading, root, "a connector", {"title", "settings", "base_url", "zone", "headers", "auth", "limits", "streams"});
  Connector connector;
  connector.name = name;
  connector.title = name;
  connector.place = reading.place(root.spot);
  if (const Tree* title = keys.find("title")) connector.title = reading.filled_text(*title, "title").value_or(name);
  if (const Tree* url = keys.required("base_url", "`base_url: https://api.example.com/v2`"))
    connector.base_url = read_base_url(reading, *url);
  if (const Tree* zone = keys.find("zone")) connector.zone = read_zone(reading, *zone);
  if (const Tree* headers = keys.find("headers")) {
    connector.headers = read_pairs(reading, *headers, "headers");
    check_headers(reading, *headers, connector.headers);
  }
  if (const Tree* auth = keys.find("auth")) {
    const Family methods{"an auth method", vocabulary.connector_auth};
    for (const Tree::Entry& entry : entries_of(reading, *auth, "auth", "{method: {option: value}}")) {
      if (auto options = read_options(reading, methods, entry)) connector.auth.push_back(std::move(*options));
    }
  }
  if (const Tree* limits = keys.find("limits")) {
    const Rate rate = read_limits(reading, *limits).value_or(Rate{});
    connector.rate_requests = rate.requests;
    connector.rate_window = rate.window;
  }
  if (const Tree* streams = keys.required("streams", "`streams:` and a map of them")) {
    if (streams->kind == Tree::Kind::Map && streams->entries.empty()) reading.problem(streams->spot, "`streams` is empty; describe one");
    for (const Tree::Entry& entry : entries_of(reading, *streams, "streams", "{name: {get: /path, records: …, key: …}}")) {
      connector.streams.push_back(read_stream(reading, entry, vocabulary, connector.zone));
    }
  }
  return connector;
}

}  // namespace syncline::config
