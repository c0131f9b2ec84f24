#include "engine/expression/value.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace nightfog::expression {

using config::Dimension;

namespace {

constexpr int kLargestExponent = 12;

struct NamedMeasure {
  Dimension dimension;
  Measure measure;
};

/// {length, time, mass, angle, illuminance, precipitation}
constexpr std::array kMeasures{
    NamedMeasure{Dimension::kNumber, {}},
    NamedMeasure{Dimension::kLength, {1, 0, 0, 0, 0, 0}},
    NamedMeasure{Dimension::kArea, {2, 0, 0, 0, 0, 0}},
    NamedMeasure{Dimension::kVolume, {3, 0, 0, 0, 0, 0}},
    NamedMeasure{Dimension::kTime, {0, 1, 0, 0, 0, 0}},
    NamedMeasure{Dimension::kSpeed, {1, -1, 0, 0, 0, 0}},
    NamedMeasure{Dimension::kAcceleration, {1, -2, 0, 0, 0, 0}},
    NamedMeasure{Dimension::kAngle, {0, 0, 0, 1, 0, 0}},
    NamedMeasure{Dimension::kAngularRate, {0, -1, 0, 1, 0, 0}},
    NamedMeasure{Dimension::kMass, {0, 0, 1, 0, 0, 0}},
    NamedMeasure{Dimension::kDensity, {-3, 0, 1, 0, 0, 0}},
    NamedMeasure{Dimension::kInertia, {2, 0, 1, 0, 0, 0}},
    NamedMeasure{Dimension::kForce, {1, -2, 1, 0, 0, 0}},
    NamedMeasure{Dimension::kImpulse, {1, -1, 1, 0, 0, 0}},
    NamedMeasure{Dimension::kFrequency, {0, -1, 0, 0, 0, 0}},
    NamedMeasure{Dimension::kIlluminance, {0, 0, 0, 0, 1, 0}},
    NamedMeasure{Dimension::kPrecipitation, {0, 0, 0, 0, 0, 1}},
    NamedMeasure{Dimension::kAttenuation, {-1, 0, 0, 0, 0, 0}},
    NamedMeasure{Dimension::kJerk, {1, -3, 0, 0, 0, 0}},
};

std::optional<Measure> combine(const Measure& a, const Measure& b, int sign) {
  const auto exponent = [&](int8_t x, int8_t y, int8_t& out) {
    const int sum = x + sign * y;
    if (sum < -kLargestExponent || sum > kLargestExponent) return false;
    out = static_cast<int8_t>(sum);
    return true;
  };
  Measure out;
  const bool ok = exponent(a.length, b.length, out.length) && exponent(a.time, b.time, out.time) &&
                  exponent(a.mass, b.mass, out.mass) && exponent(a.angle, b.angle, out.angle) &&
                  exponent(a.illuminance, b.illuminance, out.illuminance) &&
                  exponent(a.precipitation, b.precipitation, out.precipitation);
  return ok ? std::optional(out) : std::nullopt;
}

}  // namespace

Measure measureOf(Dimension dimension) {
  for (const NamedMeasure& m : kMeasures) {
    if (m.dimension == dimension) return m.measure;
  }
  return {};  // a ratio is a plain number
}

std::optional<Dimension> dimensionOf(const Measure& measure) {
  for (const NamedMeasure& m : kMeasures) {
    if (m.measure == measure) return m.dimension;
  }
  return std::nullopt;
}

std::string describe(const Measure& measure) {
  if (const auto dimension = dimensionOf(measure)) return std::string(config::dimensionName(*dimension));
  std::string out;
  const auto factor = [&](const char* unit, int8_t exponent) {
    if (exponent == 0) return;
    if (!out.empty()) out += ' ';
    out += unit;
    if (exponent != 1) out += fmt::format("^{}", exponent);
  };
  factor("kg", measure.mass);
  factor("m", measure.length);
  factor("rad", measure.angle);
  factor("lx", measure.illuminance);
  factor("mm/h", measure.precipitation);
  factor("s", measure.time);
  return "a quantity in " + out;
}

std::optional<Measure> product(const Measure& a, const Measure& b) {
  return combine(a, b, 1);
}
std::optional<Measure> quotient(const Measure& a, const Measure& b) {
  return combine(a, b, -1);
}

const char* describe(Kind kind) {
  switch (kind) {
    case Kind::kTruth:
      return "true or false";
    case Kind::kQuantity:
      return "a quantity";
    case Kind::kWord:
      return "a word";
    case Kind::kActor:
      return "an actor";
    case Kind::kSensor:
      return "a sensor";
    case Kind::kLane:
      return "a lane";
    case Kind::kPoint:
      return "a point";
    case Kind::kInjector:
      return "an injector or event";
  }
  return "something";
}

std::string describe(const Type& type) {
  return type.kind == Kind::kQuantity ? describe(type.measure) : describe(type.kind);
}

}  // namespace nightfog::expression
