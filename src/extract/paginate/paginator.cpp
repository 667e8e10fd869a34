// SPDX-License-Identifier: Apache-2.0
#include "extract/paginate/paginator.hpp"

#include "extract/paginate/cursor.hpp"
#include "extract/paginate/none.hpp"
#include "extract/paginate/page.hpp"

namespace syncline::extract {
namespace {

struct Member {
  base::Spec (*spec)();
  base::Result<std::unique_ptr<Paginator>> (*make)(const config::Options&);
};

constexpr Member Members[] = {
    {PagePaginator::spec, PagePaginator::make},
    {CursorPaginator::spec, CursorPaginator::make},
    {NoPaginator::spec, NoPaginator::make},
};

}  // namespace

base::Result<std::unique_ptr<Paginator>> make_paginator(const config::Options& options) {
  const std::string name = options.name.empty() ? "none" : options.name;
  for (const Member& member : Members) {
    if (member.spec().name == name) return member.make(options);
  }
  return base::fail({base::ErrorKind::BadConfig, base::Side::Files, "no paginator is called `" + options.name + "`"});
}

std::vector<base::Spec> paginator_specs() {
  std::vector<base::Spec> specs;
  for (const Member& member : Members) specs.push_back(member.spec());
  return specs;
}

}  // namespace syncline::extract
