// SPDX-License-Identifier: Apache-2.0
#include "load/skip.hpp"

#include <algorithm>
#include <cstring>

#include "base/hash.hpp"
#include "load/keys.hpp"
#include "load/verdict.hpp"

namespace syncline::load {
namespace {

using record::Cell;
using record::ColumnType;

/// After a batch for which asking was of use for less than a tenth, so many go without.
constexpr int BatchesWithoutAsking = 8;

/// Whether no cell is kept: with a stamp that is a part of the hash, but a whole row cannot be compared with what it does not say.
bool says_all(std::span<const Cell> row) {
  return std::none_of(row.begin(), row.end(), [](const Cell& cell) { return cell.type == Cell::Type::Keep; });
}

/// The rows whose key comes more than once in the batch: which of them wins is the database's to say, so all of them are sent.
std::vector<bool> repeated(const record::RowBatch& rows) {
  if (ascends(rows)) return std::vector<bool>(rows.size());
  std::vector<std::pair<uint64_t, uint32_t>> keys(rows.size());
  for (uint32_t i = 0; i < keys.size(); ++i) keys[i] = {hash_of_key(rows.row(i)[0]), i};
  std::sort(keys.begin(), keys.end());
  std::vector<bool> out(rows.size());
  for (size_t i = 1; i < keys.size(); ++i) {
    if (keys[i].first == keys[i - 1].first) out[keys[i].second] = out[keys[i - 1].second] = true;
  }
  return out;
}

}  // namespace

Skip::Skip(const Target& target, const Question& question)
    : target_(target), question_(question.text()), any_row_(question.any_row()), comparable_(has_comparable_keys(target)) {}

base::Result<Chosen> Skip::choose(sql::Connection& connection, const record::RowBatch& rows) {
  Chosen out;
  out.hashes.resize(rows.size());
  std::vector<int64_t> found(rows.size(), stamped::Other);
  for (size_t i = 0; target_.stamp_seed && i < rows.size(); ++i) out.hashes[i] = hash_of(rows.row(i));
  if (!question_.empty()) TRY(look(connection, rows, out, found));
  for (uint32_t i = 0; i < rows.size(); ++i) {
    // A row that is new by its external id may have been there before, without one.
    const bool judged = found[i] == stamped::Other || (found[i] == stamped::Fresh && !target_.adopt.empty());
    if (judged) {
      out.judged.push_back(i);
    } else if (found[i] == stamped::Fresh) {
      out.fresh.push_back(i);
    } else if (found[i] == stamped::Known) {
      out.known.push_back(i);
    }
  }
  // Writers that insert the same keys at once wait for each other in one order.
  const auto by_key = [&](uint32_t a, uint32_t b) { return is_key_before(rows.row(a)[0], rows.row(b)[0]); };
  if (!std::is_sorted(out.fresh.begin(), out.fresh.end(), by_key)) std::sort(out.fresh.begin(), out.fresh.end(), by_key);
  return out;
}

base::Result<void> Skip::look(sql::Connection& connection, const record::RowBatch& rows, Chosen& out, std::vector<int64_t>& found) {
  if (!comparable_ || (batches_without_asking_ > 0 && --batches_without_asking_ > 0)) return {};
  const std::vector<uint32_t> asked = askable(rows);
  if (asked.empty()) return {};
  if (TRY(assumes_new(connection))) {
    out.assumed = true;
    for (const uint32_t row : asked) found[row] = stamped::Fresh;
    return {};
  }
  auto answer = ask(connection, rows, out.hashes, asked);
  // A row that cannot even be asked about is found among those that are judged; until then nobody is asked.
  if (!answer && sql::is_row_fault(answer.error())) batches_without_asking_ = BatchesWithoutAsking;
  out.answer = TRY(std::move(answer));
  out.answers.resize(rows.size());
  for (const uint32_t row : asked) found[row] = stamped::AsWritten;
  for (uint32_t i = 0; i < out.answer.size(); ++i) {
    const uint32_t row = asked[size_t(out.answer.integer(i, 0) - 1)];
    found[row] = out.answer.integer(i, 1);
    out.answers[row] = i;
  }
  const auto useless = size_t(std::count(found.begin(), found.end(), stamped::Other));
  if (useless * 10 > rows.size() * 9) batches_without_asking_ = BatchesWithoutAsking;
  return {};
}

base::Result<bool> Skip::assumes_new(sql::Connection& connection) {
  // Parents' ids must be asked for.
  if (!target_.parents.empty()) return false;
  if (!nothing_there_) nothing_there_ = TRY(connection.query(any_row_)).empty();
  return *nothing_there_;
}

int64_t Skip::hash_of(std::span<const Cell> row) {
  // In one piece: a hash for each part of each cell took as long as all else that is done to find a row unchanged.
  size_t size = 0;
  for (const Cell& cell : row) size += sizeof cell.type + sizeof(int64_t) + cell.text().size();
  if (hashed_.size() < size) hashed_.resize(size);
  char* to = hashed_.data();
  const auto put = [&](const void* from, size_t bytes) {
    std::memcpy(to, from, bytes);
    to += bytes;
  };
  for (const Cell& cell : row) {
    // The type goes first, and the length of a text: null is not "", what is kept is not null, and no number is either of them.
    const int64_t number = cell.text().empty() ? cell.integer() : int64_t(cell.text().size());
    put(&cell.type, sizeof cell.type);
    put(&number, sizeof number);
    if (!cell.text().empty()) put(cell.text().data(), cell.text().size());
  }
  return int64_t(base::hash_of({hashed_.data(), size}, *target_.stamp_seed));
}

std::vector<uint32_t> Skip::askable(const record::RowBatch& rows) const {
  const std::vector<bool> repeats = repeated(rows);
  const bool integers = target_.columns[0].column.type == ColumnType::Integer;
  const Cell::Type key = integers ? Cell::Type::Integer : Cell::Type::Text;
  std::vector<uint32_t> out;
  out.reserve(rows.size());
  for (uint32_t i = 0; i < rows.size(); ++i) {
    if (!repeats[i] && rows.row(i)[0].type == key && is_linked_by_external_ids(rows.row(i)) &&
        (target_.stamp_seed || says_all(rows.row(i))))
      out.push_back(i);
  }
  return out;
}

/// What another way finds (an e-mail, say) can lead elsewhere tomorrow, although neither the record nor the row has changed.
bool Skip::is_linked_by_external_ids(std::span<const Cell> row) const {
  for (const Parent& parent : target_.parents) {
    for (size_t way = 0; way < parent.ways.size(); ++way) {
      if (!row[parent.ways[way].key].has_value()) continue;
      if (way != parent.external_way) return false;
      break;  // the ways behind it are not needed when it leads somewhere, which the database is asked
    }
  }
  return true;
}

base::Result<sql::Rows> Skip::ask(sql::Connection& connection, const record::RowBatch& rows, const std::vector<int64_t>& hashes,
                                  const std::vector<uint32_t>& asked) const {
  if (connection.dialect() == sql::Dialect::Sqlite) return connection.query_each(question_, rows.columns, rows.cells, asked);
  using Of = sql::BinaryArray::Of;
  std::vector<sql::BinaryArray> arrays;
  const auto add_array = [&](Of elements, const auto& cell_of) {
    sql::BinaryArray& array = arrays.emplace_back(elements);
    for (const uint32_t row : asked) array.add(cell_of(row));
  };
  add_array(target_.columns[0].column.type == ColumnType::Integer ? Of::Integers : Of::Texts,
            [&](uint32_t row) { return rows.row(row)[0]; });
  add_array(Of::Integers, [&](uint32_t row) { return Cell::of(hashes[row]); });
  for (const Parent& parent : target_.parents) {
    if (!parent.external_way) continue;
    add_array(Of::Texts, [&](uint32_t row) {
      const Cell& key = rows.row(row)[parent.ways[*parent.external_way].key];
      return key.has_value() ? key : Cell::null();
    });
  }
  return connection.query_arrays(question_, arrays);
}

}  // namespace syncline::load
