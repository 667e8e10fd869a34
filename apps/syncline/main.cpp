// SPDX-License-Identifier: Apache-2.0
// The command line: names, options and help of every subcommand. What they do is in the file of each.
#include <malloc.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <functional>

#include "commands.hpp"
#include "output.hpp"
#include "whole_number.hpp"
#include "wrong_words.hpp"

namespace {

using namespace syncline::apps;

const WholeNumber RunNumber{"a run's number", 1};

struct CommandLine {
  CLI::App app{"Syncline copies what a third-party API knows into tables you already have, and keeps them equal."};
  CommonOptions common;
  bool json = false;
  InitOptions init;
  std::vector<std::filesystem::path> lint_files;
  bool plan_write = false, plan_check = false;
  SyncOptions sync;
  HistoryOptions log, rejects;
  RetryOptions retry;
  SimulateOptions simulate;
  std::function<int()> chosen;

  CommandLine();

 private:
  CLI::App* command(const std::string& name, const std::string& help, const std::string& examples, std::function<int()> run);
  CLI::App* project_command(const std::string& name, const std::string& help, const std::string& examples, std::function<int()> run);
  void add_history(CLI::App* command, HistoryOptions& options, const std::string& what);
};

CLI::App* CommandLine::command(const std::string& name, const std::string& help, const std::string& examples, std::function<int()> run) {
  CLI::App* sub = app.add_subcommand(name, help);
  sub->footer("Examples:\n" + examples);
  sub->callback([this, run = std::move(run)] {
    common.output = json ? CommonOptions::Output::Json : CommonOptions::Output::Text;
    chosen = run;
  });
  return sub;
}

CLI::App* CommandLine::project_command(const std::string& name, const std::string& help, const std::string& examples,
                                       std::function<int()> run) {
  CLI::App* sub = command(name, help, examples, std::move(run));
  sub->add_option("--project", common.project, "the project's folder (default: this one, or a parent that holds syncline.yaml)")
      ->type_name("DIR");
  sub->add_flag("--json", json, "one JSON document on stdout, nothing else there");
  return sub;
}

void CommandLine::add_history(CLI::App* sub, HistoryOptions& options, const std::string& what) {
  sub->add_option("RUN", options.run, "a run's number (default: " + what + ")")->check(whole_number(RunNumber))->type_name("");
  sub->add_option("--limit", options.entries_max, "show at most this many")
      ->check(whole_number({"a number of entries", 1, 1'000'000}))
      ->type_name("N")
      ->capture_default_str();
}

CommandLine::CommandLine() {
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("syncline ") + SYNCLINE_VERSION);
  app.footer(
      "Begin with `syncline init DIR --connector marianatek`, or try everything without credentials: `syncline simulate marianatek`.");

  CLI::App* sub = project_command("init", "write a project that works: syncline.yaml, entity files, .env.example, README",
                                  "  syncline init my-studio --connector marianatek --database sqlite:studio.db",
                                  [this] { return syncline::apps::init(common, init); });
  sub->add_option("DIR", init.folder, "the new project's folder")->required();
  sub->add_option("--connector", init.connector, "the vendor, one of those that ship")->required()->type_name("NAME");
  sub->add_option("--database", init.database, "postgresql://… or sqlite:FILE (seen from DIR); kept in .env")->type_name("URL");

  sub = project_command("lint", "check every file, and nothing but files; errors as file:line:column: what, and what to do",
                        "  syncline lint\n  syncline lint entities/reservations.yaml",
                        [this] { return syncline::apps::lint(common, lint_files); });
  sub->add_option("FILE", lint_files, "only these files");

  sub = project_command("plan", "show the SQL that your tables and ours need",
                        "  syncline plan\n  syncline plan --check    # exit 24 if tables are not as planned", [this] {
                          return syncline::apps::plan(common, {plan_check   ? PlanOptions::Action::Check
                                                               : plan_write ? PlanOptions::Action::Write
                                                                            : PlanOptions::Action::Show});
                        });
  auto* write = sub->add_flag("--write", plan_write, "also save it as the next migrations/NNN_*.sql");
  sub->add_flag("--check", plan_check, "exit 24 if there is anything to do")->excludes(write);

  project_command("migrate", "save what is planned, apply every pending migration in a transaction, and prove the result",
                  "  syncline migrate", [this] { return syncline::apps::migrate(common); });

  sub = project_command("sync", "read the source and make your tables equal to it",
                        "  syncline sync\n  syncline sync reservations --days 30\n  syncline sync --dry-run",
                        [this] { return syncline::apps::sync(common, sync); });
  sub->add_option("ENTITY", sync.entities, "only these (default: all, parents first)");
  auto* days = sub->add_option("--days", sync.days, "the last N days, from midnight in the account's zone")
                   ->check(whole_number({"a number of days", 0, 36'500}))
                   ->type_name("N");
  sub->add_option("--start-date", sync.start_date, "from this day on")->type_name("YYYY-MM-DD")->excludes(days);
  sub->add_option("--end-date", sync.end_date, "before this day")->type_name("YYYY-MM-DD")->excludes(days);
  sub->add_flag("--full", sync.full, "read everything, whatever the checkpoint says")->excludes(days);
  sub->add_flag("--dry-run", sync.dry_run, "do everything but keep nothing");
  sub->add_option("--allow-mass-delete", sync.mass_delete_max, "delete up to N rows of an entity at once, however many that is")
      ->check(whole_number({"a number of rows"}))
      ->type_name("N");
  sub->add_option("--wait", sync.wait,
                  "the longest pause at a time that the source may ask for (Retry-After; default: 10m); for a longer one the run ends with "
                  "11. A source that is down is tried for up to half a minute all the same")
      ->type_name("DURATION");

  sub = project_command("log", "history of runs, from sync_log", "  syncline log\n  syncline log 37",
                        [this] { return syncline::apps::log(common, log); });
  add_history(sub, log, "all, newest first");
  sub = project_command("rejects", "records and rows that could not land, with the reason", "  syncline rejects 37",
                        [this] { return syncline::apps::rejects(common, rejects); });
  add_history(sub, rejects, "the newest that has some");

  sub = project_command("retry", "try the rejects of a run again, with the mapping as it is now", "  syncline retry 37",
                        [this] { return syncline::apps::retry(common, retry); });
  sub->add_option("RUN", retry.run, "the run's number, as `syncline log` shows it")
      ->required()
      ->check(whole_number(RunNumber))
      ->type_name("");

  sub = command("simulate", "a stateful imitation of a vendor, to try everything without credentials",
                "  syncline simulate marianatek --listen 127.0.0.1:8700 --seed 7\n  syncline simulate marianatek --rows "
                "reservations=1000000 --rate 0",
                [this] { return syncline::apps::simulate(simulate); });
  sub->add_option("NAME", simulate.simulator, "which vendor")->required()->check(CLI::IsMember({"marianatek"}));
  sub->add_option("--listen", simulate.listen, "ADDRESS:PORT; port 0 takes a free one")->capture_default_str();
  sub->add_option("--seed", simulate.seed, "the same seed gives the same data")
      ->check(whole_number({"a seed"}))
      ->type_name("N")
      ->capture_default_str();
  sub->add_option("--profile", simulate.profile, "how much data")->check(CLI::IsMember({"tiny", "studio", "chain"}))->capture_default_str();
  sub->add_option("--rows", simulate.rows, "RESOURCE=N, instead of the profile's number")->type_name("RESOURCE=N");
  sub->add_option("--rate", simulate.rate, "requests a minute and tenant (200/min); 0: no limit")->capture_default_str();
  sub->add_option("--clock", simulate.clock, "the virtual clock's first instant (default: now)")->type_name("2026-03-02T12:00:00Z");
}

}  // namespace

int main(int argc, char** argv) {
  // Freed batches go back to the system instead of growing one arena per thread: memory stays flat on long runs.
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_MMAP_THRESHOLD, 16 << 20);
  mallopt(M_TRIM_THRESHOLD, 256 << 20);
  std::signal(SIGPIPE, SIG_IGN);
  // A file that may not grow (`ulimit -f`) is then a write that fails, as a full disk is, and no sudden end.
  std::signal(SIGXFSZ, SIG_IGN);

  CommandLine command_line;
  try {
    command_line.app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return command_line.app.exit(error);  // --help, --version
    const std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
    // What was read so far may not have come to --json.
    if (std::find(words.begin(), words.end(), "--json") != words.end()) command_line.common.output = CommonOptions::Output::Json;
    return print_error(command_line.common, usage_error(wrong_words(command_line.app, words, error)));
  }
  try {
    return command_line.chosen();
  } catch (const std::exception& error) {
    // Our errors are values; what is thrown here is the standard library's: an output that cannot be written, a folder that is gone.
    std::fprintf(stderr, "syncline: %s\n", error.what());
    return 20;
  }
}
