// What expressions compute with: truths, quantities with their dimension, and names of things.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "engine/config/quantity.hpp"

namespace nightfog::expression {

/// Exponents of the base measures; all zero: a plain number. Unlike config::Dimension it is closed under * and /.
struct Measure {
  int8_t length = 0;
  int8_t time = 0;
  int8_t mass = 0;
  int8_t angle = 0;
  int8_t illuminance = 0;
  int8_t precipitation = 0;  ///< mm/h, a measure of its own as everywhere in the language

  auto operator<=>(const Measure&) const = default;
  bool isNumber() const { return *this == Measure{}; }
};

Measure measureOf(config::Dimension dimension);
/// The named dimension of a measure; nullopt: it has none ("m^2/s").
std::optional<config::Dimension> dimensionOf(const Measure& measure);
/// "a speed", "a plain number", "m^2/s".
std::string describe(const Measure& measure);
/// nullopt: an exponent beyond ±12.
std::optional<Measure> product(const Measure& a, const Measure& b);
std::optional<Measure> quotient(const Measure& a, const Measure& b);

/// What an expression or a name stands for.
enum class Kind {
  kTruth,
  kQuantity,
  kWord,      ///< an asset's id, a pattern: compared with == and != only
  kActor,     ///< an actor, or what an injector brings (a tyre)
  kSensor,    ///< a mounted sensor
  kLane,      ///< a named lane
  kPoint,     ///< an entry of `points:`
  kInjector,  ///< an injector or an event: something that starts
};
/// "an actor", "a sensor", "true or false", …
const char* describe(Kind kind);

struct Type {
  Kind kind = Kind::kQuantity;
  Measure measure;  ///< of kQuantity

  bool operator==(const Type&) const = default;
};
std::string describe(const Type& type);

/// The outcome of an evaluation. Empty: not evaluable (no such label, a division by zero, an event that never came).
/// Quantities are SI.
using Value = std::variant<std::monostate, bool, double, std::string>;

/// Every value an expression may take.
struct Interval {
  double low = 0;
  double high = 0;
  bool contains(double value) const { return value >= low && value <= high; }
};

/// Which truths are possible.
struct Possibility {
  bool canBeTrue = true;
  bool canBeFalse = true;
};

}  // namespace nightfog::expression
