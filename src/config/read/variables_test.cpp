// SPDX-License-Identifier: Apache-2.0
#include "config/read/variables.hpp"

#include <gtest/gtest.h>

namespace syncline::config {
namespace {

class VariablesTest : public testing::Test {
 protected:
  VariablesTest() {
    surroundings_.environment = [](const std::string& name) -> std::optional<std::string> {
      if (name == "SET") return "from the environment";
      if (name == "EMPTY") return "";
      if (name == "TRICKY") return "${SET} } $${";
      return std::nullopt;
    };
    surroundings_.dotenv = {{"SET", "from .env"}, {"FILED", "from .env"}};
    surroundings_.dotenv_exists = true;
    settings_.values = {{"host", "acme"}, {"broken", std::nullopt}};
  }

  [[nodiscard]] Replaced replace(std::string_view text) const { return Variables(surroundings_, &settings_).replace(text); }
  [[nodiscard]] std::string replaced(std::string_view text) const {
    const Replaced result = replace(text);
    return result.usable() ? result.text : "not usable";
  }
  [[nodiscard]] std::string error_of(std::string_view text) const {
    const Replaced result = replace(text);
    return result.errors.size() == 1 ? result.errors[0] : "no single error";
  }

  Surroundings surroundings_;
  Settings settings_;
};

TEST_F(VariablesTest, AVariableThatIsNotSetNamesEveryPlaceLookedIn) {
  EXPECT_EQ(replace("${NOWHERE}").missing, std::vector<std::string>{"NOWHERE is not set (looked in: environment, .env)"});
  surroundings_.dotenv_exists = false;
  EXPECT_EQ(replace("${NOWHERE}").missing, std::vector<std::string>{"NOWHERE is not set (looked in: environment, .env (not there))"});
  EXPECT_EQ(replace("${A} ${B}").missing.size(), 2u);
}

TEST_F(VariablesTest, AnEmptyVariableIsAsGoodAsNone) {
  EXPECT_EQ(replace("${EMPTY}").missing, std::vector<std::string>{"EMPTY is empty (looked in: environment, .env)"});
  EXPECT_EQ(replaced("${EMPTY:-x}"), "x");
  EXPECT_EQ(replaced("${EMPTY:-}"), "");
}

TEST_F(VariablesTest, WrongSpellingsAreErrors) {
  EXPECT_EQ(error_of("a ${SET"), "`${` is not closed with `}`; for a literal ${ write $${");
  EXPECT_EQ(error_of("${}"), "`${}` is not known; write ${NAME}, ${NAME:-default} or ${settings.name}, and $${ for a literal ${");
  EXPECT_EQ(error_of("${SET-x}"), "`${SET-x}` is not known; write ${NAME}, ${NAME:-default} or ${settings.name}, and $${ for a literal ${");
  EXPECT_EQ(error_of("${export.id}"),
            "`${export.id}` is not known; write ${NAME}, ${NAME:-default} or ${settings.name}, and $${ for a literal ${");
  EXPECT_EQ(error_of("${settings.hos}"), "the connector has no setting `hos`; did you mean `host`?");
}

TEST_F(VariablesTest, SettingsHaveNoMeaningWithoutAConnector) {
  const Replaced result = Variables(surroundings_, nullptr).replace("${settings.host}");
  EXPECT_EQ(result.errors,
            std::vector<std::string>{"${settings.…} has no meaning here: settings belong to an account, its connector and its entities"});
}

TEST_F(VariablesTest, NestingHasALimit) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "${A:-";
  for (int i = 0; i < 100'000; ++i) text += "}";
  EXPECT_EQ(error_of(text), "${…} is nested deeper than 8 levels; write it flatter");
}

TEST_F(VariablesTest, TheEnvironmentComesBeforeTheFile) {
  EXPECT_EQ(replaced("${SET}"), "from the environment");
  EXPECT_EQ(replaced("<${FILED}>"), "<from .env>");
}

TEST_F(VariablesTest, ADefaultMayHoldVariables) {
  EXPECT_EQ(replaced("${NOWHERE:-https://${settings.host}/${ALSO:-v2}}/x"), "https://acme/v2/x");
  EXPECT_EQ(replaced("${SET:-${NOWHERE}}"), "from the environment");
}

TEST_F(VariablesTest, AValueIsNotReplacedAgain) { EXPECT_EQ(replaced("${TRICKY}"), "${SET} } $${"); }

TEST_F(VariablesTest, ADollarBeforeMakesItLiteral) { EXPECT_EQ(replaced("$${SET} costs $5, $"), "${SET} costs $5, $"); }

TEST_F(VariablesTest, AnUnknownSettingMakesTheTextUnknown) {
  EXPECT_TRUE(replace("${settings.broken}").unknown);
  EXPECT_TRUE(replace("${settings.broken}").errors.empty());
}

}  // namespace
}  // namespace syncline::config
