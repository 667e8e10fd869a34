# SPDX-License-Identifier: Apache-2.0
# What the commands of this folder share: installing what is missing, building what has changed. Sourced by bash, never run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '%s\n' "$*" >&2; }
die() { say "${0##*/}: $*"; exit 1; }

# packages_of GROUP…: the packages of these groups in tools/packages.txt.
packages_of() {
  local group
  for group in "$@"; do awk -v group="$group" '$1 == group { for (i = 2; i <= NF; i++) print $i }' tools/packages.txt; done | sort -u
}

# missing_of PACKAGE…: those that are not installed.
missing_of() {
  command -v dpkg-query >/dev/null || die "this is not Debian 12: install what stands in tools/packages.txt by your system's means, then use cmake --preset release"
  # dpkg-query fails when it does not know one of the names; what it says of the others still counts.
  comm -23 <(printf '%s\n' "$@" | sort -u) <(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' "$@" 2>/dev/null | awk '$1 == "ii" { print $2 }' | sort -u)
}

# need GROUP…: installs the packages of these groups that are not there yet; asks nothing and touches nothing when all are.
need() {
  local missing as_root=()
  mapfile -t missing < <(missing_of $(packages_of "$@"))
  [ "${#missing[@]}" -gt 0 ] || return 0
  say "installing ${#missing[@]} packages: ${missing[*]}"
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || die "these packages are missing and can only be installed by root or with sudo: ${missing[*]}"
    as_root=(sudo)
  fi
  local log; log=$(mktemp)
  "${as_root[@]}" bash -c "$(declare -f apt_install); apt_install \"\$@\"" apt_install "${missing[@]}" >"$log" 2>&1 ||
    { cat "$log" >&2; rm -f "$log"; die "apt-get could not install: ${missing[*]}"; }
  rm -f "$log"
  mapfile -t missing < <(missing_of "${missing[@]}")
  [ "${#missing[@]}" -eq 0 ] || die "apt-get said nothing, but these are still missing: ${missing[*]}"
}

# Runs as root. PostgreSQL's packages would make and start a server of their own, and PgBouncer's starts itself: the tests start theirs, so for
# the time of the installation the packages are told not to.
apt_install() {
  set -eu
  export DEBIAN_FRONTEND=noninteractive
  local settings=(-o DPkg::Lock::Timeout=300 -o Acquire::Retries=3) folder=/etc/postgresql-common/createcluster.d policy=/usr/sbin/policy-rc.d
  apt-get "${settings[@]}" -q update
  case "$*" in *postgresql-*)
    mkdir -p "$folder"
    echo 'create_main_cluster = false' >"$folder/syncline.conf"
    trap "rm -f '$folder/syncline.conf'" EXIT
  esac
  case "$*" in *pgbouncer*)
    if [ ! -e "$policy" ]; then
      printf '#!/bin/sh\nexit 101\n' >"$policy"
      chmod +x "$policy"
      trap "rm -f '$folder/syncline.conf' '$policy'" EXIT
    fi
  esac
  apt-get "${settings[@]}" -q install -y --no-install-recommends "$@"
}

# compilers_at_once: how many compilers may run at once: one per processor, and about 1 GiB of memory each.
compilers_at_once() {
  local kib limit processors; processors=$(nproc)
  kib=$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo)
  limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || echo max)
  [ "$limit" = max ] || [ $((limit / 1024)) -ge "$kib" ] || kib=$((limit / 1024))
  local by_memory=$((kib / 1048576))
  [ "$by_memory" -ge 1 ] || by_memory=1
  echo $((by_memory < processors ? by_memory : processors))
}

# build PRESET TARGET…: brings these targets of a preset up to date. cmake is only called for a new preset or changed presets: ninja calls it
# by itself for everything else, also for new files.
build() {
  local preset=$1; shift
  local folder=build/$preset
  if [ ! -f "$folder/build.ninja" ] || [ "$folder/configured" -ot CMakePresets.json ]; then
    mkdir -p "$folder"
    cmake --preset "$preset" >"$folder/configure.log" 2>&1 || { cat "$folder/configure.log" >&2; die "cmake --preset $preset failed"; }
    touch "$folder/configured"
  fi
  ninja -C "$folder" -j "$(compilers_at_once)" "$@" >&2 || die "the build of preset $preset failed, see above"
}
