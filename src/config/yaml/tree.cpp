// SPDX-License-Identifier: Apache-2.0
#include "config/yaml/tree.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>
#include <utility>

#include "base/check.hpp"
#include "base/text.hpp"
#include "config/yaml/source_text.hpp"
#include "config/yaml/syntax_advice.hpp"

namespace syncline::config::yaml {
namespace {

constexpr size_t DepthMax = 64;
constexpr size_t NodesMax = 50'000;  ///< every anchor and alias counted with all that it stands for

/// Thrown through yaml-cpp to leave a file that is not worth reading on; the problem is already noted. Never leaves this file.
struct GiveUp {};

size_t count_nodes(const Tree& tree) {
  size_t count = 1;
  for (const Tree& item : tree.items) count += count_nodes(item);
  for (const Tree::Entry& entry : tree.entries) count += count_nodes(entry.value);
  return count;
}

size_t depth_of(const Tree& tree) {
  size_t deepest = 0;
  for (const Tree& item : tree.items) deepest = std::max(deepest, depth_of(item));
  for (const Tree::Entry& entry : tree.entries) deepest = std::max(deepest, depth_of(entry.value));
  return deepest + 1;
}

/// A mark stands on the anchor, not on the text, when there is one.
std::string_view without_anchor(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  if (!text.starts_with('&')) return text;
  text.remove_prefix(std::min(text.find_first_of(blanks), text.size()));
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  return text;
}

/// Builds the tree from yaml-cpp's events: they come in file order with a mark each, and nothing is built for an alias until we say so.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(const SourceText& source, const std::string& file, Parsed& parsed) : source_(source), file_(file), parsed_(parsed) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ == 1) return;
    refuse(spot(mark), "the file has already ended before this: write one map a file, without `---`, its keys all indented alike");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add(Tree::at(spot(mark)), anchor); }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto known = anchored_.find(anchor);
    if (known == anchored_.end()) refuse(spot(mark), "this alias stands inside what it names; write the value out");
    const Tree copy = known->second;
    charge(count_nodes(copy), spot(mark));
    if (open_.size() + depth_of(copy) > DepthMax) refuse_depth(spot(mark));
    add(copy, 0);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override {
    const bool quoted = tag == "!";
    const bool tagged = !quoted && tag != "?";
    tagged ? note_tag(mark, tag) : check_ending(mark, quoted, value);
    if (value.find('\0') != std::string::npos) note(spot(mark), "a NUL character cannot stand in a text; remove `\\0`");
    Tree scalar = Tree::at(spot(mark), Tree::Kind::Scalar);
    scalar.text = value;
    scalar.quoted = quoted;
    add(std::move(scalar), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(Tree::Kind::List, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value /*style*/) override {
    open(Tree::Kind::Map, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

  /// Where the innermost list or map that is still open begins.
  [[nodiscard]] std::optional<Spot> innermost_open() const { return open_.empty() ? std::nullopt : std::optional(open_.back().tree.spot); }

 private:
  /// A list or map whose end has not come.
  struct Open {
    Tree tree;
    YAML::anchor_t anchor;
    std::optional<Tree> key;          ///< of a map: read, its value has not come
    std::map<std::string, int> seen;  ///< keys of a map, and their lines
  };

  [[nodiscard]] size_t source_byte(const YAML::Mark& mark) const { return std::min(size_t(std::max(mark.pos, 0)), source_.text().size()); }
  [[nodiscard]] Spot spot(const YAML::Mark& mark) const { return source_.spot(source_byte(mark)); }
  void note(Spot at, std::string message) { parsed_.problems.push_back({{file_, at.line, at.column}, std::move(message)}); }
  [[noreturn]] void refuse(Spot at, std::string message) {
    note(at, std::move(message));
    throw GiveUp{};
  }
  [[noreturn]] void refuse_depth(Spot at) { refuse(at, fmt::format("nested deeper than {} levels; write it flatter", DepthMax)); }

  void charge(size_t nodes, Spot at) {
    nodes_ += nodes;
    if (nodes_ > NodesMax)
      refuse(at, fmt::format("more than {} values in one file, aliases counted; split it", base::with_thousands(NodesMax)));
  }

  void note_tag(const YAML::Mark& mark, const std::string& tag) {
    note(spot(mark), fmt::format("the tag `{}` has no meaning here; remove it, and put text in quotes", base::shown(tag, 40)));
  }

  /// yaml-cpp lets some unclosed quotes pass, and joins a plain text with the more indented lines below it, which is mostly a forgotten
  /// colon or a wrong indentation.
  void check_ending(const YAML::Mark& mark, bool quoted, const std::string& value) {
    const std::string_view rest = without_anchor(source_.text().substr(source_byte(mark)));
    if (quoted && is_unclosed_quote(rest)) refuse(spot(mark), "this quote is never closed");
    if (!quoted && !rest.starts_with(value)) {
      note(spot(mark),
           "this text runs on over the next line; if that is meant, put it in quotes, otherwise mend the indentation or the missing `:`");
    }
  }

  void open(Tree::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (tag != "?") note_tag(mark, tag);
    if (open_.size() >= DepthMax) refuse_depth(spot(mark));
    open_.push_back({Tree::at(spot(mark), kind), anchor, std::nullopt, {}});
  }

  void close() {
    base::check(!open_.empty(), "an end without a start");
    Open closed = std::move(open_.back());
    open_.pop_back();
    add(std::move(closed.tree), closed.anchor);
  }

  void add(Tree tree, YAML::anchor_t anchor) {
    charge(1, tree.spot);
    if (anchor != 0) {
      charge(count_nodes(tree), tree.spot);
      anchored_[anchor] = tree;
    }
    if (open_.empty()) {
      parsed_.tree = std::move(tree);
    } else if (Open& parent = open_.back(); parent.tree.kind == Tree::Kind::List) {
      parent.tree.items.push_back(std::move(tree));
    } else if (!parent.key) {
      parent.key = std::move(tree);
    } else {
      add_entry(parent, std::move(tree));
    }
  }

  void add_entry(Open& parent, Tree value) {
    const Tree key = *std::exchange(parent.key, std::nullopt);
    if (key.kind != Tree::Kind::Scalar) {
      note(key.spot, key.kind == Tree::Kind::Null ? "a key is missing before `:`, or it is null; put it in quotes if that is its name"
                                                  : "a key must be a text, not a list or a map; text with ${…} must be in quotes");
      return;
    }
    const auto [first, is_new] = parent.seen.emplace(key.text, key.spot.line);
    if (!is_new) {
      note(key.spot, fmt::format("the key `{}` is written twice, first in line {}; remove one", base::shown(key.text, 60), first->second));
      return;
    }
    parent.tree.entries.push_back({key.text, key.spot, std::move(value)});
  }

  const SourceText& source_;
  const std::string& file_;
  Parsed& parsed_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, Tree> anchored_;
  size_t nodes_ = 0;
  int documents_ = 0;
};

/// True unless the text is not YAML, or not of a kind we read.
bool build(const SourceText& source, const std::string& file, Parsed& parsed) {
  TreeBuilder builder(source, file, parsed);
  try {
    std::istringstream stream{std::string(source.text())};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
    return true;
  } catch (const GiveUp&) {
    return false;
  } catch (const YAML::Exception& error) {
    // What is still open at the end of the file is better known by where it began.
    const size_t end = base::trim(source.text()).size();
    const bool at_end =
        error.mark.is_null() || error.mark.pos <= 0 || (size_t(error.mark.pos) >= end && error.msg.find("flow") != std::string::npos);
    const Spot spot = at_end ? builder.innermost_open().value_or(Spot{}) : source.spot(size_t(error.mark.pos));
    parsed.problems.push_back({{file, spot.line, spot.column}, syntax_advice(error.msg, source.line(spot.line))});
    return false;
  } catch (const std::exception& error) {
    parsed.problems.push_back({{file, 1, 1}, fmt::format("not readable as YAML: {}", error.what())});
    return false;
  }
}

}  // namespace

Tree Tree::at(Spot spot, Kind kind) {
  Tree tree;
  tree.kind = kind;
  tree.spot = spot;
  return tree;
}

const Tree::Entry* Tree::entry(std::string_view key) const {
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.key == key; });
  return found == entries.end() ? nullptr : &*found;
}

Parsed parse(std::string_view text, const std::string& file) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  Parsed parsed;
  const SourceText source(text);
  if (auto refused = refused_byte(source, file)) {
    parsed.problems.push_back(std::move(*refused));
    return parsed;
  }
  parsed.readable = build(source, file, parsed);
  if (!parsed.readable) parsed.tree = {};
  return parsed;
}

}  // namespace syncline::config::yaml
