// libFuzzer: any bytes as the text of an expression, parsed, checked against a few names, and evaluated.
#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/config/document.hpp"
#include "engine/expression/evaluate.hpp"
#include "engine/scenario/names.hpp"

using namespace nightfog;

namespace {

struct Numbers : expression::Environment {
  expression::Value name(std::string_view name) const override { return static_cast<double>(name.size()); }
  expression::Value call(std::string_view, std::span<const expression::Argument> arguments) const override {
    return static_cast<double>(arguments.size());
  }
};

struct Anything : expression::BoundsEnvironment {
  std::optional<expression::Interval> name(std::string_view) const override { return expression::Interval{-1, 2}; }
  std::optional<expression::Interval> call(std::string_view, std::span<const std::string_view>) const override {
    return std::nullopt;
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  config::Diagnostics diagnostics;
  const auto document = config::parseDocument("e: x\n", "fuzz.yaml", diagnostics);
  config::Node node = *document->root().find("e");
  node.text.assign(data, data + size);
  auto parsed = expression::parseSyntax(node, {true}, diagnostics);
  if (!parsed) {
    if (!diagnostics.hasErrors()) __builtin_trap();
    return 0;
  }
  scenario::SymbolTable symbols;
  for (const char* id : {"ego", "van"}) symbols.add(id, expression::Kind::kActor, node.place());
  symbols.add("top", expression::Kind::kSensor, node.place());
  symbols.add("dart", expression::Kind::kInjector, node.place());
  for (const auto where : {scenario::Where::kTrigger, scenario::Where::kExpectation}) {
    const auto bound = scenario::bind(*parsed, node, symbols, where, diagnostics);
    if (!bound) continue;
    expression::evaluate(*bound, Numbers{});
    expression::comparisons(*bound, Numbers{});
    expression::possibilities(*bound, Anything{});
  }
  return 0;
}
