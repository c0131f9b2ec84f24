#include "engine/config/quantity.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "engine/config/suggest.hpp"
#include "engine/core/transform.hpp"

namespace nightfog::config {

namespace {

struct DimensionInfo {
  Dimension dimension;
  std::string_view name;    ///< with its article
  std::string_view plural;  ///< "speeds use …"
};

constexpr DimensionInfo kDimensions[] = {
    {Dimension::kNumber, "a plain number", "plain numbers"},
    {Dimension::kRatio, "a ratio", "ratios"},
    {Dimension::kLength, "a length", "lengths"},
    {Dimension::kArea, "an area", "areas"},
    {Dimension::kVolume, "a volume", "volumes"},
    {Dimension::kTime, "a time", "times"},
    {Dimension::kSpeed, "a speed", "speeds"},
    {Dimension::kAcceleration, "an acceleration", "accelerations"},
    {Dimension::kAngle, "an angle", "angles"},
    {Dimension::kAngularRate, "an angular rate", "angular rates"},
    {Dimension::kMass, "a mass", "masses"},
    {Dimension::kDensity, "a density", "densities"},
    {Dimension::kInertia, "a moment of inertia", "moments of inertia"},
    {Dimension::kForce, "a force", "forces"},
    {Dimension::kImpulse, "an impulse", "impulses"},
    {Dimension::kFrequency, "a frequency", "frequencies"},
    {Dimension::kIlluminance, "an illuminance", "illuminances"},
    {Dimension::kPrecipitation, "a precipitation rate", "precipitation rates"},
    {Dimension::kAttenuation, "a number per length", "numbers per length"},
};

constexpr Unit kUnits[] = {
    {"%", Dimension::kRatio, 1, 100},
    {"m", Dimension::kLength},
    {"km", Dimension::kLength, 1000},
    {"cm", Dimension::kLength, 1, 100},
    {"mm", Dimension::kLength, 1, 1000},
    {"um", Dimension::kLength, 1, 1e6},
    {"nm", Dimension::kLength, 1, 1e9},
    {"m^2", Dimension::kArea},
    {"cm^2", Dimension::kArea, 1, 1e4},
    {"m^3", Dimension::kVolume},
    {"s", Dimension::kTime},
    {"ms", Dimension::kTime, 1, 1000},
    {"us", Dimension::kTime, 1, 1e6},
    {"ns", Dimension::kTime, 1, 1e9},
    {"min", Dimension::kTime, 60},
    {"h", Dimension::kTime, 3600},
    {"m/s", Dimension::kSpeed},
    {"km/h", Dimension::kSpeed, 1, 3.6},
    {"mph", Dimension::kSpeed, 0.44704},
    {"m/s^2", Dimension::kAcceleration},
    {"rad", Dimension::kAngle},
    {"deg", Dimension::kAngle, kPi, 180},
    {"mrad", Dimension::kAngle, 1, 1000},
    {"rad/s", Dimension::kAngularRate},
    {"deg/s", Dimension::kAngularRate, kPi, 180},
    {"rpm", Dimension::kAngularRate, kPi, 30},
    {"kg", Dimension::kMass},
    {"g", Dimension::kMass, 1, 1000},
    {"t", Dimension::kMass, 1000},
    {"kg/m^3", Dimension::kDensity},
    {"kg m^2", Dimension::kInertia},
    {"N", Dimension::kForce},
    {"kN", Dimension::kForce, 1000},
    {"N s", Dimension::kImpulse},
    {"Hz", Dimension::kFrequency},
    {"kHz", Dimension::kFrequency, 1000},
    {"lx", Dimension::kIlluminance},
    {"klx", Dimension::kIlluminance, 1000},
    {"mm/h", Dimension::kPrecipitation},
    {"1/m", Dimension::kAttenuation},
    {"1/km", Dimension::kAttenuation, 1, 1000},
};

/// Other spellings, for the hint only.
constexpr std::pair<std::string_view, std::string_view> kSpellings[] = {
    {"kmh", "km/h"},    {"kph", "km/h"},   {"kmph", "km/h"},   {"mps", "m/s"},     {"m/s2", "m/s^2"}, {"mps2", "m/s^2"},
    {"sec", "s"},       {"seconds", "s"},  {"second", "s"},    {"meters", "m"},    {"metres", "m"},   {"meter", "m"},
    {"degrees", "deg"}, {"degree", "deg"}, {"°", "deg"},       {"radians", "rad"}, {"percent", "%"},  {"hz", "Hz"},
    {"lux", "lx"},      {"µs", "us"},      {"minutes", "min"}, {"hours", "h"},     {"tons", "t"},     {"m2", "m^2"},
};

const DimensionInfo& info(Dimension dimension) {
  for (const DimensionInfo& d : kDimensions) {
    if (d.dimension == dimension) return d;
  }
  NF_ASSERT(false, "dimension {} is not in the table", static_cast<int>(dimension));
}

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

/// Length of the longest prefix that is a number; 0: none.
size_t numberLength(std::string_view text) {
  size_t i = 0;
  const auto digits = [&] {
    const size_t from = i;
    while (i < text.size() && isDigit(text[i])) ++i;
    return i - from;
  };
  if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
  const size_t whole = digits();
  if (i + 1 < text.size() && text[i] == '.' && isDigit(text[i + 1])) {
    ++i;
    digits();
  } else if (whole == 0) {
    return 0;
  }
  const size_t mantissa = i;
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (digits() == 0) i = mantissa;
  }
  return i;
}

std::string unitList(Dimension dimension) {
  std::vector<std::string_view> symbols;
  for (const Unit& unit : kUnits) {
    if (unit.dimension == dimension) symbols.push_back(unit.symbol);
  }
  std::string out;
  for (size_t i = 0; i < symbols.size(); ++i) {
    if (i > 0) out += i + 1 == symbols.size() ? " or " : ", ";
    out += symbols[i];
  }
  return out;
}

}  // namespace

std::string_view dimensionName(Dimension dimension) {
  return info(dimension).name;
}

std::string_view canonicalUnit(Dimension dimension) {
  for (const Unit& unit : kUnits) {
    if (unit.dimension == dimension && unit.isSi()) return unit.symbol;
  }
  return {};
}

std::span<const Unit> units() {
  return kUnits;
}

const Unit* findUnit(std::string_view symbol) {
  for (const Unit& unit : kUnits) {
    if (unit.symbol == symbol) return &unit;
  }
  return nullptr;
}

std::optional<double> parseNumber(std::string_view text) {
  if (text.empty() || numberLength(text) != text.size()) return std::nullopt;
  if (text.front() == '+') text.remove_prefix(1);
  const std::string_view digits = text.front() == '-' ? text.substr(1) : text;
  if (digits.size() > 1 && digits[0] == '0' && isDigit(digits[1]))
    return std::nullopt;  // octal to some, decimal to others
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value == 0 ? 0.0 : value;
}

std::optional<uint64_t> parseWholeNumber(std::string_view text) {
  if (text.empty() || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string formatNumber(double value) {
  NF_ASSERT(std::isfinite(value), "a number of a file is finite");
  if (value == 0) return "0";
  char buffer[64];
  // Plain digits where they are short, else the shortest form; both read back to the same double.
  const double magnitude = std::abs(value);
  const bool plain = magnitude >= 1e-6 && magnitude < 1e15;
  const auto result = plain ? std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed)
                            : std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
  return std::string(buffer, result.ptr);
}

std::string formatQuantity(double si, Dimension dimension) {
  const std::string_view unit = canonicalUnit(dimension);
  return unit.empty() ? formatNumber(si) : fmt::format("{} {}", formatNumber(si), unit);
}

bool isUsableAs(Dimension found, Dimension expected) {
  return found == expected || (found == Dimension::kNumber && expected == Dimension::kRatio);
}

std::string unitHelp(std::string_view number, std::string_view foundUnit, Dimension expected) {
  if (expected == Dimension::kNumber)
    return number.empty() ? "write a bare number" : fmt::format("write the bare number: '{}'", number);
  std::string help = fmt::format("{} use {}", info(expected).plural, unitList(expected));
  if (expected == Dimension::kRatio) help += " or a bare number";
  if (number.empty()) return help;
  // The unit of the expected kind that looks like the one found: m for m/s and the reverse.
  for (const Unit& unit : kUnits) {
    if (unit.dimension != expected || foundUnit.empty()) continue;
    if (unit.symbol.starts_with(foundUnit) || foundUnit.starts_with(unit.symbol)) {
      return fmt::format("{}; did you mean '{} {}'?", help, number, unit.symbol);
    }
  }
  return help;
}

std::optional<Quantity> readAnyQuantity(const Node& node, Diagnostics& diagnostics) {
  if (node.isNull()) {
    diagnostics.error("E0204", node.place(), "a value is missing");
    return std::nullopt;
  }
  if (!node.isScalar()) {
    diagnostics.error("E0203", node.place(), fmt::format("expected a number with its unit, found {}", node.kindName()));
    return std::nullopt;
  }
  const std::string_view text = node.text;
  const size_t length = numberLength(text);
  const std::string_view number = text.substr(0, length);
  std::string_view rest = text.substr(length);
  const bool spaced = rest.starts_with(' ');
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  while (rest.ends_with(' ')) rest.remove_suffix(1);
  const auto value = parseNumber(number);
  const Unit* unit = rest.empty() ? nullptr : findUnit(rest);
  if (text.starts_with('$')) {
    diagnostics.error("E0401", node.place(), fmt::format("a reference ('{}') cannot stand here", excerpt(text)))
        .withHelp("write a number with its unit");
    return std::nullopt;
  }
  if (!value) {
    Diagnostic& d = diagnostics.error("E0205", node.place(), fmt::format("'{}' is not a number", excerpt(text)));
    const std::string_view digits = number.starts_with('-') || number.starts_with('+') ? number.substr(1) : number;
    if (digits.size() > 1 && digits[0] == '0' && isDigit(digits[1])) {
      d.withHelp("leave out the leading zero: other readers take it for an octal number");
    } else if (length > 0) {
      d.withHelp("it is too large");
    } else {
      d.withHelp("numbers look like 12, -0.5 or 1e-3; hexadecimal, .inf and .nan are not read");
    }
    return std::nullopt;
  }
  if (!rest.empty() && unit == nullptr) {
    // "0x10", "1_000" and "12,5" are numbers gone wrong rather than unknown units.
    const bool isBadNumber = !spaced && (rest == "e" || rest[0] == 'x' || rest[0] == '_' || rest[0] == ',' ||
                                         rest[0] == '.' || isDigit(rest.back()));
    const bool endsInPower = rest.size() > 1 && rest[rest.size() - 2] == '^';
    if (isBadNumber && !endsInPower) {
      diagnostics.error("E0205", node.place(), fmt::format("'{}' is not a number", excerpt(text)))
          .withHelp("numbers look like 12, -0.5 or 1e-3; hexadecimal, .inf and .nan are not read");
      return std::nullopt;
    }
    std::vector<std::string> symbols;
    for (const Unit& known : kUnits) symbols.emplace_back(known.symbol);
    auto near = suggest(rest, symbols);
    for (const auto& [spelling, symbol] : kSpellings) {
      if (spelling == rest) near = symbol;
    }
    diagnostics.error("E0208", node.place(), fmt::format("unknown unit '{}'", excerpt(rest)))
        .withHelp(near ? fmt::format("did you mean '{} {}'?", number, *near)
                       : "units are listed in scenarios/README.md");
    return std::nullopt;
  }
  if (unit != nullptr && !text.substr(length).starts_with(' ')) {
    diagnostics.lint("L0201", node.place(), fmt::format("no space between '{}' and '{}'", number, rest))
        .withHelp(fmt::format("write '{} {}'", number, rest));
  }
  Quantity out;
  out.si = unit != nullptr ? *value * unit->multiply / unit->divide : *value;
  if (!std::isfinite(out.si)) {
    diagnostics.error("E0205", node.place(), fmt::format("'{}' is not a number", excerpt(text)))
        .withHelp("it is too large");
    return std::nullopt;
  }
  out.dimension = unit != nullptr ? unit->dimension : Dimension::kNumber;
  return out;
}

std::optional<double> readQuantity(const Node& node, Dimension expected, Diagnostics& diagnostics) {
  const auto found = readAnyQuantity(node, diagnostics);
  if (!found) return std::nullopt;
  if (isUsableAs(found->dimension, expected)) return found->si;
  const std::string_view text = node.text;
  const std::string_view number = text.substr(0, numberLength(text));
  std::string_view unit = text.substr(number.size());
  while (unit.starts_with(' ')) unit.remove_prefix(1);
  if (unit.empty()) {
    diagnostics
        .error("E0206", node.place(), fmt::format("'{}' has no unit; expected {}", number, dimensionName(expected)))
        .withHelp(fmt::format("{}: '{} {}'", unitHelp({}, {}, expected), number, canonicalUnit(expected)));
    return std::nullopt;
  }
  diagnostics
      .error("E0207", node.place(),
             fmt::format("expected {}, found {}", dimensionName(expected), dimensionName(found->dimension)))
      .withLabel(fmt::format("unit '{}' is {}", unit, dimensionName(found->dimension)))
      .withHelp(unitHelp(number, unit, expected));
  return std::nullopt;
}

}  // namespace nightfog::config
