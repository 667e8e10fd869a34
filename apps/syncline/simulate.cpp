// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <charconv>
#include <cstdio>

#include "base/text.hpp"
#include "base/time.hpp"
#include "commands.hpp"
#include "http/server.hpp"
#include "output.hpp"
#include "simulators/marianatek/simulator.hpp"
#include "stop_signal.hpp"

namespace syncline::apps {
namespace {

base::Result<int64_t> whole_number(std::string_view text, std::string_view option) {
  int64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed == std::errc() && end == text.data() + text.size() && number >= 0) return number;
  return base::fail(usage_error(fmt::format("{}: `{}` is not a whole number", option, base::shown(text))));
}

base::Result<http::ListenOptions> listen_options(const std::string& listen) {
  const size_t colon = listen.rfind(':');
  if (colon == std::string::npos) return base::fail(usage_error(fmt::format("--listen: `{}` is not ADDRESS:PORT", base::shown(listen))));
  http::ListenOptions out;
  out.address = listen.substr(0, colon);
  const int64_t port = TRY(whole_number(std::string_view(listen).substr(colon + 1), "--listen"));
  if (port > 65535) return base::fail(usage_error("--listen: a port is at most 65535"));
  out.port = uint16_t(port);
  return out;
}

base::Result<simulators::marianatek::SimulatorOptions> simulator_options(const SimulateOptions& options) {
  simulators::marianatek::SimulatorOptions out;
  out.seed = options.seed;
  out.profile = options.profile;
  for (const std::string& rows : options.rows) {
    const size_t equals = rows.find('=');
    if (equals == std::string::npos) return base::fail(usage_error(fmt::format("--rows: `{}` is not RESOURCE=N", base::shown(rows))));
    out.rows[rows.substr(0, equals)] = TRY(whole_number(std::string_view(rows).substr(equals + 1), "--rows"));
  }
  std::string_view rate = options.rate;
  if (rate.ends_with("/min")) rate.remove_suffix(4);
  out.rate_per_minute = TRY(whole_number(rate, "--rate"));
  base::SystemClock clock;
  if (options.clock.empty()) {
    out.start = std::chrono::floor<std::chrono::seconds>(clock.now());
  } else {
    const auto start = base::parse_timestamp(options.clock);
    if (!start) return base::fail(usage_error("--clock: " + start.error().message));
    out.start = *start;
  }
  return out;
}

base::Result<int> run(const SimulateOptions& options) {
  const simulators::marianatek::SimulatorOptions asked = TRY(simulator_options(options));
  const auto simulator = TRY(simulators::marianatek::make_simulator(asked));
  const http::ListenOptions listening = TRY(listen_options(options.listen));
  StopSignal stop;
  const auto server = TRY(http::listen(listening, [&](const http::ServerRequest& request) { return simulator->handle(request); }));
  const std::string url = fmt::format("http://{}:{}", listening.address, server->port());
  Json first{{"url", url}, {"env", simulator->environment(url)}};
  fmt::print("{}\n", first.dump());
  std::fflush(stdout);
  base::SystemClock clock;
  while (clock.wait(std::chrono::hours(1), stop.token())) {
  }
  return base::exit_code::Ok;
}

}  // namespace

int simulate(const SimulateOptions& options) {
  const auto code = run(options);
  return code ? *code : print_error({}, code.error());
}

}  // namespace syncline::apps
