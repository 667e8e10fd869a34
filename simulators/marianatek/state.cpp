// SPDX-License-Identifier: Apache-2.0
#include "simulators/marianatek/state.hpp"

#include <array>

#include "base/text.hpp"

namespace syncline::simulators::marianatek {
namespace {

constexpr std::array<std::string_view, 2> TenantNames{"north", "south"};
constexpr int64_t RowsMax = 100'000'000;
constexpr Timestamp DefaultStart = std::chrono::sys_days(std::chrono::year(2026) / 3 / 2) + std::chrono::hours(12);

base::Error wrong_option(std::string message) {
  return {.kind = base::ErrorKind::BadConfig,
          .side = base::Side::Files,
          .message = std::move(message),
          .code = "bad_option",
          .subject = "",
          .retry_after = std::nullopt};
}

/// The nearest resource, or all of them.
std::string known_resources(std::string_view name) {
  std::vector<std::string> known;
  for (const Resource& resource : resources()) known.emplace_back(resource.type);
  const std::string near = base::nearest(name, known);
  return near.empty() ? "there are " + base::joined(known, ", ") : "did you mean \"" + near + "\"?";
}

}  // namespace

base::Result<SimulatorOptions> completed(SimulatorOptions options) {
  if (options.profile != "tiny" && options.profile != "studio" && options.profile != "chain")
    return base::fail(wrong_option("profile is tiny, studio or chain, not \"" + options.profile + "\""));
  for (const auto& [name, rows] : options.rows) {
    if (find_resource(name) == nullptr)
      return base::fail(wrong_option("rows names \"" + name + "\", which is not a resource of this simulator; " + known_resources(name)));
    if (rows < 0 || rows > RowsMax) return base::fail(wrong_option("rows of " + name + " are from 0 to " + std::to_string(RowsMax)));
  }
  if (options.rate_per_minute < 0) return base::fail(wrong_option("rate_per_minute is 0 (no limit) or more"));
  if (options.start == Timestamp{}) options.start = DefaultStart;
  const auto year = std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(options.start)).year();
  if (year < std::chrono::year(2000) || year > std::chrono::year(2099)) return base::fail(wrong_option("start is between 2000 and 2099"));
  return options;
}

State::State(const SimulatorOptions& all_options, uint64_t credentials_seed)
    : options(all_options), now(all_options.start), faults(all_options.seed) {
  for (const std::string_view name : TenantNames) {
    const std::string tenant(name);
    brands.push_back({.tenant = std::make_unique<Tenant>(tenant, options.seed, options.start, options.profile, options.rows),
                      .auth = Auth(tenant, credentials_seed),
                      .limiter = Limiter(options.rate_per_minute)});
  }
}

Brand* State::brand(std::string_view name) {
  for (Brand& one : brands)
    if (one.tenant->name() == name) return &one;
  return nullptr;
}

}  // namespace syncline::simulators::marianatek
