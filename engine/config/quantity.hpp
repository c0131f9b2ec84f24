// Quantities: "30 km/h" is 8.333… m/s. A number, one space, a unit; bare numbers are dimensionless.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config/document.hpp"

namespace nightfog::config {

/// What a number measures. Values are SI inside (rad for angles).
enum class Dimension {
  kNumber,  ///< dimensionless, written bare
  kRatio,   ///< dimensionless, written bare or in %
  kLength,
  kArea,
  kVolume,
  kTime,
  kSpeed,
  kAcceleration,
  kAngle,
  kAngularRate,
  kMass,
  kDensity,
  kInertia,
  kForce,
  kImpulse,
  kFrequency,
  kIlluminance,
  kPrecipitation,  ///< mm/h, also inside: the field counts it so
  kAttenuation,    ///< 1/m
  kJerk,
};

/// "a speed", "a length", …
std::string_view dimensionName(Dimension dimension);
/// Symbol of the SI unit in which canonical files are written: "m/s"; "" for dimensionless.
std::string_view canonicalUnit(Dimension dimension);

struct Unit {
  std::string_view symbol;
  Dimension dimension;
  double multiply =
      1;  ///< to get SI; with `divide` rather than a rounded reciprocal, so that 12 cm is the double next to 0.12
  double divide = 1;
  bool isSi() const { return multiply == 1 && divide == 1; }
};
std::span<const Unit> units();
const Unit* findUnit(std::string_view symbol);

/// Digits as this language has them: sign, digits, optional fraction and exponent; finite. No hexadecimal, octal, .inf,
/// .nan, leading zeros or separators. nullopt: not such a number.
std::optional<double> parseNumber(std::string_view text);
/// As parseNumber for whole numbers, no sign, no exponent.
std::optional<uint64_t> parseWholeNumber(std::string_view text);
/// Shortest text that parseNumber reads back to the same double. Never "-0".
std::string formatNumber(double value);
/// "13.88 m/s": formatNumber and the canonical unit.
std::string formatQuantity(double si, Dimension dimension);

/// A literal with whatever unit it has.
struct Quantity {
  double si = 0;
  Dimension dimension = Dimension::kNumber;
  bool operator==(const Quantity&) const = default;
};

/// The literal in a scalar, whatever its dimension. Reports what is wrong and returns nullopt.
std::optional<Quantity> readAnyQuantity(const Node& node, Diagnostics& diagnostics);
/// The literal in a scalar, which must have this dimension.
std::optional<double> readQuantity(const Node& node, Dimension expected, Diagnostics& diagnostics);
/// Is a quantity of `found` usable where `expected` is wanted? Bare numbers are ratios.
bool isUsableAs(Dimension found, Dimension expected);
/// "speeds use m/s, km/h or mph; did you mean '3.4 m/s'?"
std::string unitHelp(std::string_view number, std::string_view foundUnit, Dimension expected);

}  // namespace nightfog::config
