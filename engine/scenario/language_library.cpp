#include "engine/scenario/language_library.hpp"

#include <fmt/format.h>

#include "engine/core/transform.hpp"

namespace nightfog::scenario {

using namespace config;

namespace {

Codec<Dimension> dimensionCodec() {
  return choice<Dimension>({{"number", Dimension::kNumber},
                            {"ratio", Dimension::kRatio},
                            {"length", Dimension::kLength},
                            {"area", Dimension::kArea},
                            {"volume", Dimension::kVolume},
                            {"time", Dimension::kTime},
                            {"speed", Dimension::kSpeed},
                            {"acceleration", Dimension::kAcceleration},
                            {"angle", Dimension::kAngle},
                            {"angular_rate", Dimension::kAngularRate},
                            {"mass", Dimension::kMass},
                            {"density", Dimension::kDensity},
                            {"inertia", Dimension::kInertia},
                            {"force", Dimension::kForce},
                            {"impulse", Dimension::kImpulse},
                            {"frequency", Dimension::kFrequency},
                            {"illuminance", Dimension::kIlluminance},
                            {"precipitation", Dimension::kPrecipitation},
                            {"attenuation", Dimension::kAttenuation}});
}

/// Kept as it stands; read where its type is known.
Codec<const Node*> rawNode(std::string what) {
  Codec<const Node*> codec;
  codec.info.what = std::move(what);
  codec.read = [](const Node& node, const Node*& out, ReadContext&) {
    out = &node;
    return true;
  };
  return codec;
}

/// Of whatever it measures.
Codec<double> anyQuantity() {
  Codec<double> codec;
  codec.info.what = "a quantity";
  codec.read = [](const Node& node, double& out, ReadContext& context) {
    const auto found = readAnyQuantity(node, context.diagnostics);
    if (found) out = found->si;
    return found.has_value();
  };
  codec.write = [](const double& value) { return YamlValue::raw(formatNumber(value)); };
  return codec;
}

const Descriptor<InjectorParameter>& parameterDescriptor() {
  static const auto d =
      Descriptor<InjectorParameter>("parameter", "What an injector may be told.")
          .required("takes", &InjectorParameter::takes,
                    choice<Takes>({{"quantity", Takes::kQuantity},
                                   {"whole", Takes::kWhole},
                                   {"truth", Takes::kTruth},
                                   {"word", Takes::kWord},
                                   {"place", Takes::kPlace},
                                   {"point", Takes::kPoint},
                                   {"vector", Takes::kVector},
                                   {"actor", Takes::kActor},
                                   {"sensor", Takes::kSensor},
                                   {"lane", Takes::kLane},
                                   {"meeting", Takes::kMeeting},
                                   {"asset", Takes::kAsset}}),
                    "what kind of value")
          .optional("of", &InjectorParameter::dimension, dimensionCodec(), "what a quantity or vector measures")
          .optional("words", &InjectorParameter::words, listOf(text(), 0, 100), "which a word may be")
          .optional("optional", &InjectorParameter::isOptional, boolean(), "may be left out without a default")
          .optional("min", &InjectorParameter::min, anyQuantity(), "smallest allowed")
          .optional("max", &InjectorParameter::max, anyQuantity(), "largest allowed")
          .optional("default", &InjectorParameter::fallback, rawNode("a value"), "none: must be given")
          .optional("prior", &InjectorParameter::prior, rawNode("a distribution"), "how often which value occurs")
          .optional("doc", &InjectorParameter::doc, text(), "what it does")
          .check([](InjectorParameter& p, const Node& node, ReadContext& context) {
            const bool measures = p.takes == Takes::kQuantity || p.takes == Takes::kVector;
            if (measures != p.dimension.has_value()) {
              context.diagnostics
                  .error("E0214", node.keyPlace(),
                         measures ? "the parameter needs 'of'" : "only quantities and vectors have 'of'")
                  .withHelp("write `{takes: quantity, of: speed}`");
              return false;
            }
            return true;
          });
  return d;
}

}  // namespace

const Descriptor<LibraryFile>& libraryDescriptor() {
  static const auto injector =
      Descriptor<InjectorInfo>("injector", "A rare event.")
          .required("doc", &InjectorInfo::doc, text(), "what happens")
          .optional("brings", &InjectorInfo::brings, identifier(true, "an asset's id"),
                    "what comes into the scene under the injector's id")
          .optional("occurrence", &InjectorInfo::occurrence_1pm, quantity(Dimension::kAttenuation, {0, 1}),
                    "how often it happens, per distance driven")
          .optional("source", &InjectorInfo::source, text(), "where the figures come from")
          .optional("params", &InjectorInfo::parameters, mapOf(object(parameterDescriptor()), 100), "by name");
  static const auto d = Descriptor<LibraryFile>("library", "Injectors that scenarios may use.")
                            .header("library/1")
                            .required("id", &LibraryFile::id, identifier(false, "a library's id"), "its name")
                            .optional("title", &LibraryFile::title, text(), "for people")
                            .optional("injectors", &LibraryFile::injectors, mapOf(object(injector), 1000), "by id");
  return d;
}

std::string takesName(Takes takes) {
  switch (takes) {
    case Takes::kQuantity:
      return "quantity";
    case Takes::kWhole:
      return "whole number";
    case Takes::kTruth:
      return "true or false";
    case Takes::kWord:
      return "word";
    case Takes::kPlace:
      return "place";
    case Takes::kPoint:
      return "point";
    case Takes::kVector:
      return "vector";
    case Takes::kActor:
      return "actor";
    case Takes::kSensor:
      return "sensor";
    case Takes::kLane:
      return "lane";
    case Takes::kMeeting:
      return "meeting";
    case Takes::kAsset:
      return "asset";
  }
  return "";
}

std::string flowText(const Node& node) {
  if (node.isScalar()) return node.text;
  std::string out;
  for (const Node* child : node.children)
    out += (out.empty() ? "" : ", ") + (node.isMap() ? child->key + ": " : std::string()) + flowText(*child);
  return (node.isMap() ? "{" : "[") + out + (node.isMap() ? "}" : "]");
}

std::string boundText(double value, Dimension dimension) {
  if (dimension == Dimension::kAngle) return fmt::format("{:.6g} deg", value * 180 / kPi);
  if (dimension == Dimension::kRatio) return fmt::format("{:.6g} %", value * 100);
  return formatQuantity(value, dimension);
}

}  // namespace nightfog::scenario
