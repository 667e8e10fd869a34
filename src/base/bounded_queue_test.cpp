// SPDX-License-Identifier: Apache-2.0
#include "base/bounded_queue.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>

namespace syncline::base {
namespace {

using namespace std::chrono_literals;
using Queue = BoundedQueue<std::unique_ptr<int>>;

TEST(BoundedQueue, AbandoningWakesAProducerThatWaitsForRoom) {
  Queue queue(1);
  ASSERT_TRUE(queue.push(std::make_unique<int>(1)));
  bool pushed = true;
  std::thread producer([&] { pushed = queue.push(std::make_unique<int>(2)); });
  queue.abandon();
  producer.join();
  EXPECT_FALSE(pushed);
  EXPECT_FALSE(queue.push(std::make_unique<int>(3)));
}

TEST(BoundedQueue, ItemsPushedBeforeAFailureAreStillHandedOut) {
  Queue queue(2);
  ASSERT_TRUE(queue.push(std::make_unique<int>(1)));
  Error error;
  error.message = "the source went away";
  queue.close(fail(std::move(error)));
  EXPECT_TRUE(std::holds_alternative<std::unique_ptr<int>>(queue.pop(0ms)));
  EXPECT_TRUE(std::holds_alternative<Queue::Ended>(queue.pop(0ms)));
  ASSERT_FALSE(queue.outcome());
  EXPECT_EQ(queue.outcome().error().message, "the source went away");
}

TEST(BoundedQueue, AnEmptyQueueThatIsNotClosedTimesOut) {
  Queue queue(1);
  EXPECT_TRUE(std::holds_alternative<Queue::TimedOut>(queue.pop(1ms)));
}

TEST(BoundedQueue, HandsOutEverythingInOrderAndNeverHoldsMoreThanItsCapacity) {
  BoundedQueue<int> queue(3);
  std::atomic<int> pushed = 0;
  std::thread producer([&] {
    for (int i = 0; i < 10'000; ++i) {
      if (!queue.push(i)) break;
      pushed = i + 1;
    }
    queue.close({});
  });
  int expected = 0, most_ahead = 0;
  for (auto popped = queue.pop(10s); std::holds_alternative<int>(popped); popped = queue.pop(10s)) {
    EXPECT_EQ(std::get<int>(popped), expected++);
    most_ahead = std::max(most_ahead, pushed - expected);
  }
  producer.join();
  EXPECT_EQ(expected, 10'000);
  EXPECT_LE(most_ahead, 3);
  EXPECT_TRUE(queue.outcome());
}

TEST(BoundedQueue, ItemsOfDifferentWeightFillItByTheirWeight) {
  BoundedQueue<int> queue(10);
  ASSERT_TRUE(queue.push(1, 6));
  ASSERT_TRUE(queue.push(2, 4));
  std::atomic<bool> pushed = false;
  std::thread producer([&] { pushed = queue.push(3, 5); });
  EXPECT_EQ(std::get<int>(queue.pop(std::chrono::seconds(20))), 1);
  producer.join();
  EXPECT_TRUE(pushed);
  EXPECT_EQ(std::get<int>(queue.pop(std::chrono::seconds(20))), 2);
  EXPECT_EQ(std::get<int>(queue.pop(std::chrono::seconds(20))), 3);
}

TEST(BoundedQueue, OneItemAlwaysFits) {
  BoundedQueue<int> queue(10);
  ASSERT_TRUE(queue.push(1, 1000));
  EXPECT_EQ(std::get<int>(queue.pop(std::chrono::seconds(20))), 1);
  ASSERT_TRUE(queue.push(2, 1000));
  EXPECT_EQ(std::get<int>(queue.pop(std::chrono::seconds(20))), 2);
}

}  // namespace
}  // namespace syncline::base
