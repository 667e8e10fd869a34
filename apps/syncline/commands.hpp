// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// One function per subcommand: does it, prints it, returns the process's exit code. One file each.
namespace syncline::apps {

/// What every subcommand takes.
struct CommonOptions {
  std::filesystem::path project;  ///< --project; empty: the current folder or a parent
  enum class Output { Text, Json } output = Output::Text;
};

struct InitOptions {
  std::filesystem::path folder;
  std::string connector, database;
};
int init(const CommonOptions& common, const InitOptions& options);

int lint(const CommonOptions& common, const std::vector<std::filesystem::path>& files);

struct PlanOptions {
  enum class Action { Show, Write, Check } action = Action::Show;
};
int plan(const CommonOptions& common, const PlanOptions& options);

int migrate(const CommonOptions& common);

struct SyncOptions {
  std::vector<std::string> entities;
  std::optional<int> days;
  std::string start_date, end_date;  ///< YYYY-MM-DD
  std::string wait;                  ///< a duration
  bool full = false, dry_run = false;
  std::optional<int64_t> mass_delete_max;
};
int sync(const CommonOptions& common, const SyncOptions& options);

struct HistoryOptions {
  std::optional<int64_t> run;
  int64_t entries_max = 50;
};
int log(const CommonOptions& common, const HistoryOptions& options);
int rejects(const CommonOptions& common, const HistoryOptions& options);

struct RetryOptions {
  int64_t run = 0;  ///< whose rejects are tried again
};
int retry(const CommonOptions& common, const RetryOptions& options);

struct SimulateOptions {
  std::string simulator, listen = "127.0.0.1:0", profile = "tiny", clock, rate = "200/min";
  uint64_t seed = 1;
  std::vector<std::string> rows;  ///< RESOURCE=N
};
int simulate(const SimulateOptions& options);

}  // namespace syncline::apps
