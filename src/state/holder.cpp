// SPDX-License-Identifier: Apache-2.0
#include "state/holder.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

namespace syncline::state {
namespace {

std::string first_line(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

/// Field 22 of /proc/PID/stat (proc(5)): start time in ticks since boot; "" if there is no such process. A zombie counts as gone.
std::string start_time(long process) {
  const std::string stat = first_line(fmt::format("/proc/{}/stat", process));
  const size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos) return "";
  std::istringstream rest(stat.substr(name_end + 1));
  std::string field, state;
  rest >> state;
  for (int i = 0; i < 19; ++i) rest >> field;
  return state == "Z" || state == "X" ? "" : field;
}

/// What two processes must share for a process id to mean the same.
std::string this_machine() {
  char space[64] = {};
  if (readlink("/proc/self/ns/pid", space, sizeof space - 1) < 0) space[0] = 0;
  return first_line("/proc/sys/kernel/random/boot_id") + "/" + space;
}

}  // namespace

std::string this_holder() { return fmt::format("{} {} {}", this_machine(), getpid(), start_time(getpid())); }

bool holder_is_gone(std::string_view holder) {
  std::istringstream parts{std::string(holder)};
  std::string machine, started;
  long process = 0;
  if (!(parts >> machine >> process >> started)) return false;
  const std::string here = this_machine();
  if (machine != here || here.front() == '/') return false;
  return start_time(process) != started;
}

}  // namespace syncline::state
