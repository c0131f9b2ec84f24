#include "engine/config/quantity.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "engine/core/random.hpp"
#include "engine/core/transform.hpp"

using namespace nightfog;
using namespace nightfog::config;

namespace {

/// Reads `v: TEXT`.
struct Read {
  std::optional<double> value;
  std::vector<Diagnostic> diagnostics;
  Read(const std::string& text, Dimension dimension) {
    Diagnostics found;
    const auto document = parseDocument("v: " + text + "\n", "q.yaml", found);
    REQUIRE(document);
    value = readQuantity(*document->root().find("v"), dimension, found);
    diagnostics = found.sorted();
  }
};

void checkValue(const std::string& text, Dimension dimension, double expected) {
  CAPTURE(text);
  const Read read(text, dimension);
  REQUIRE(read.value);
  CHECK(*read.value == doctest::Approx(expected).epsilon(1e-15));
}

void checkError(const std::string& text, Dimension dimension, const std::string& code) {
  CAPTURE(text);
  const Read read(text, dimension);
  CHECK_FALSE(read.value);
  REQUIRE(read.diagnostics.size() == 1);
  CHECK(read.diagnostics.front().code == code);
}

}  // namespace

TEST_CASE("Units convert to SI as the SI brochure and the statute mile define them") {
  checkValue("3 m", Dimension::kLength, 3);
  checkValue("12 cm", Dimension::kLength, 0.12);
  checkValue("905 nm", Dimension::kLength, 905e-9);
  checkValue("1.5 km", Dimension::kLength, 1500);
  checkValue("2 min", Dimension::kTime, 120);
  checkValue("55.296 us", Dimension::kTime, 55.296e-6);
  checkValue("36 km/h", Dimension::kSpeed, 10);
  checkValue("1 mph", Dimension::kSpeed, 1609.344 / 3600);
  checkValue("9.81 m/s^2", Dimension::kAcceleration, 9.81);
  checkValue("180 deg", Dimension::kAngle, kPi);
  checkValue("3 mrad", Dimension::kAngle, 0.003);
  checkValue("60 rpm", Dimension::kAngularRate, 2 * kPi);
  checkValue("1.4 t", Dimension::kMass, 1400);
  checkValue("10 mm/h", Dimension::kPrecipitation, 10);
  checkValue("100 klx", Dimension::kIlluminance, 1e5);
  checkValue("30 %", Dimension::kRatio, 0.3);
  checkValue("0.3", Dimension::kRatio, 0.3);
  checkValue("-4 m/s", Dimension::kSpeed, -4);
  checkValue("+.5e1 m", Dimension::kLength, 5);
  checkValue("\"3 m\"", Dimension::kLength, 3);
  checkValue("5 N s", Dimension::kImpulse, 5);
}

TEST_CASE("Decimal units give the double nearest to the decimal number") {
  CHECK(*Read("12 cm", Dimension::kLength).value == 0.12);
  CHECK(*Read("10 us", Dimension::kTime).value == 1e-5);
  CHECK(*Read("36 km/h", Dimension::kSpeed).value == 10.0);
  CHECK(*Read("30 %", Dimension::kRatio).value == 0.3);
  CHECK(*Read("180 deg", Dimension::kAngle).value == kPi);
}

TEST_CASE("Every canonical unit is its own SI factor and reads back") {
  for (const Unit& unit : units()) {
    const std::string_view canonical = canonicalUnit(unit.dimension);
    if (canonical.empty()) {
      CHECK(unit.dimension == Dimension::kRatio);
    } else {
      CHECK(findUnit(canonical)->isSi());
    }
  }
}

TEST_CASE("A wrong dimension, a missing unit, an unknown unit and no number at all are told apart") {
  checkError("3.4 m", Dimension::kSpeed, "E0207");
  checkError("10 mm/h", Dimension::kSpeed, "E0207");
  checkError("5", Dimension::kSpeed, "E0206");
  checkError("5 furlongs", Dimension::kSpeed, "E0208");
  checkError("5 kmh", Dimension::kSpeed, "E0208");
  checkError("fast", Dimension::kSpeed, "E0205");
  checkError("5 m", Dimension::kNumber, "E0207");
  checkError("30 %", Dimension::kNumber, "E0207");
  checkError("[1 m]", Dimension::kLength, "E0203");
  checkError("~", Dimension::kLength, "E0204");
  CHECK(Read("5 kmh", Dimension::kSpeed).diagnostics.front().help == "did you mean '5 km/h'?");
  CHECK(Read("5", Dimension::kSpeed).diagnostics.front().help == "speeds use m/s, km/h or mph: '5 m/s'");
  CHECK(Read("20 m/s", Dimension::kLength).diagnostics.front().help.find("did you mean '20 m'?") != std::string::npos);
}

TEST_CASE("Trap: octal, hexadecimal, infinite, not-a-number and grouped digits are refused") {
  for (const char* text :
       {"012", "0x10", ".inf", "-.inf", ".nan", "nan", "inf", "1_000", "1e999", "5.", "1e", "--1", "12,5", "0b1"}) {
    checkError(text, Dimension::kNumber, "E0205");
  }
  for (const char* text : {"012 m", "0x10 m", ".inf m", "1e999 m", "1e308 km"})
    checkError(text, Dimension::kLength, "E0205");
  CHECK_FALSE(parseNumber("1 "));
  CHECK_FALSE(parseNumber(""));
  CHECK_FALSE(parseWholeNumber("-1"));
  CHECK_FALSE(parseWholeNumber("1.0"));
  CHECK_FALSE(parseWholeNumber("18446744073709551616"));
  CHECK(parseWholeNumber("18446744073709551615") == std::numeric_limits<uint64_t>::max());
}

TEST_CASE("A missing space before the unit is a lint, not an error") {
  const Read read("30km/h", Dimension::kSpeed);
  CHECK(*read.value == doctest::Approx(30 / 3.6));
  REQUIRE(read.diagnostics.size() == 1);
  CHECK(read.diagnostics.front().severity == Severity::kLint);
  CHECK(read.diagnostics.front().code == "L0201");
}

TEST_CASE("Numbers print shortest and read back to the same double") {
  CHECK(formatNumber(0.1) == "0.1");
  CHECK(formatNumber(-0.0) == "0");
  CHECK(formatNumber(1200) == "1200");
  CHECK(formatNumber(1e-9) == "1e-09");
  CHECK(formatQuantity(13.5, Dimension::kSpeed) == "13.5 m/s");
  RandomSource rng(3, 0, "numbers");
  for (int i = 0; i < 100'000; ++i) {
    const double value = (rng.uniform() - 0.5) * std::pow(10.0, rng.uniform(-300, 300));
    const auto back = parseNumber(formatNumber(value));
    REQUIRE(back);
    REQUIRE(*back == value);
  }
}
