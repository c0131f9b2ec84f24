// The values of one run: every `$name` and every distribution of a scenario, drawn from the seed.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/config/codec.hpp"
#include "engine/scenario/distribution.hpp"

namespace nightfog::scenario {

struct Parameter {
  Value value;
  double low = 0, high = 0;                                  ///< bounds of what could have been drawn; of a quantity
  std::vector<std::pair<std::string, config::Place>> words;  ///< what could have been drawn; of a word
  config::Place place;
  bool isUsed = false;
  bool isUnbounded = false;  ///< low and high are those of this draw: nothing bounds the distribution
  /// ln of the density (or probability) of the value under the distribution it was drawn from; none: a constant.
  std::optional<double> logDensity;
};

/// What a sweep says of a parameter: its value in this run, and all it takes over the runs.
struct SweptValue {
  Value value;
  double low = 0, high = 0;                                  ///< of quantities
  std::vector<std::pair<std::string, config::Place>> words;  ///< of words
};

/// A constant: a quantity, true or false, or a word. Reports and returns nullopt.
std::optional<Value> readConstant(const config::Node& node, config::Diagnostics& diagnostics);

/// Supplies references and inline distributions to the codecs. A draw depends on (seed, run, attempt, its own path)
/// alone, so adding or reordering anything changes no other draw. The path of a parameter is "params/<name>"; of an
/// inline distribution its place in the file, "actors/van/place/offset".
class Draws : public config::ValueSource {
 public:
  Draws(uint64_t seed, uint32_t run, uint32_t attempt = 0) : seed_(seed), run_(run), attempt_(attempt) {}

  /// Parameters that a sweep sets; before readParameters().
  void setSwept(std::map<std::string, SweptValue> swept) { swept_ = std::move(swept); }
  void setColumnReader(ColumnReader reader) { columns_ = std::move(reader); }

  /// Reads and draws the `params:` of a scenario; nullptr: there are none.
  void readParameters(const config::Node* params, config::Diagnostics& diagnostics);
  const std::vector<std::pair<std::string, Parameter>>& parameters() const { return parameters_; }
  /// nullptr: none of that name. Marks it as used.
  const Parameter* use(std::string_view name);
  /// ln of the density of what a node gave, where it was drawn; through `$name` too.
  std::optional<double> logDensity(const config::Node& node);
  void reportUnused(config::Diagnostics& diagnostics) const;

  /// For the values of an imported file: paths are put below `prefix`, and `$name` is refused. Empty: the scenario
  /// itself.
  void enterImport(std::string prefix) { prefix_ = std::move(prefix); }

  /// Every word a node may stand for, each with its place.
  std::vector<std::pair<std::string, config::Place>> possibleWords(const config::Node& node);

  bool claims(const config::Node& node) const override;
  std::optional<Drawn> quantity(const config::Node& node, config::Dimension expected,
                                config::Diagnostics& diagnostics) override;
  std::optional<std::string> word(const config::Node& node, config::Diagnostics& diagnostics) override;
  std::optional<bool> boolean(const config::Node& node, config::Diagnostics& diagnostics) override;

 private:
  std::optional<Parameter> drawn(const config::Node& node, std::optional<config::Dimension> expected,
                                 config::Diagnostics& diagnostics);
  /// The value a node stands for; reported when there is none.
  std::optional<Parameter> resolve(const config::Node& node, std::optional<config::Dimension> expected,
                                   config::Diagnostics& diagnostics);
  Parameter* find(std::string_view name);

  uint64_t seed_ = 0;
  uint32_t run_ = 0;
  uint32_t attempt_ = 0;
  std::map<std::string, SweptValue> swept_;
  ColumnReader columns_;
  std::string prefix_;
  std::vector<std::pair<std::string, Parameter>> parameters_;
};

}  // namespace nightfog::scenario
