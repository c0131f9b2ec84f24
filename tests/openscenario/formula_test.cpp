#include <doctest/doctest.h>

#include <map>

#include "engine/openscenario/formula.hpp"

using namespace nightfog::openscenario;

namespace {

std::optional<std::string> put(std::string_view text) {
  static const std::map<std::string, std::string, std::less<>> known{{"speed", "108"}, {"car", "red"}, {"on", "true"}};
  std::string why;
  return substitute(
      text,
      [](std::string_view name) -> std::optional<std::string> {
        const auto at = known.find(name);
        return at == known.end() ? std::nullopt : std::optional(at->second);
      },
      why);
}

}  // namespace

TEST_CASE("Formulas are worked out with the usual precedence, and names are put in") {
  CHECK(put("plain") == "plain");
  CHECK(put("$speed") == "108");
  CHECK(put("${$speed / 3.6}") == "30");
  CHECK(put("${1 + 2 * 3 - 4 % 3}") == "6");
  CHECK(put("${-(2 + 3) * -2}") == "10");
  CHECK(put("${round(2.6) + sqrt(16) + max(1, 2) + pow(2, 3)}") == "17");
  CHECK(put("${not $on or true}") == "1");
  CHECK(put("car_$car") == "car_red");
  CHECK(put("${Name + _ + $car}") == "Name + _ + red");
}

TEST_CASE("What has no value is nothing: unknown parameters, divisions by zero, endless nesting") {
  CHECK_FALSE(put("$nobody").has_value());
  CHECK_FALSE(put("${$nobody / 2}").has_value());
  CHECK_FALSE(put("${1 / 0}").has_value());
  CHECK(put("${" + std::string(5000, '(') + "}") == std::nullopt);
  CHECK(put("${" + std::string(1000, '(') + "1}").value_or("").size() < 1100);
}
