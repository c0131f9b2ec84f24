// What two scenarios differ in, by meaning: bases laid in, units and order of keys without significance.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "engine/config/document.hpp"
#include "engine/config/quantity.hpp"
#include "tools/lang/lang_commands.hpp"
#include "tools/lang/library.hpp"
#include "tools/lang/semantic_diff.hpp"

namespace nightfog::lang {

using config::Node;

namespace {

std::string shortText(const Node& node) {
  if (node.isScalar()) return config::excerpt(node.text);
  if (node.isNull()) return "nothing";
  std::string out = node.isList() ? "[" : "{";
  for (const Node* child : node.children) {
    if (out.size() > 1) out += ", ";
    if (!child->key.empty()) out += child->key + ": ";
    out += shortText(*child);
    if (out.size() > 100) {
      out += " …";
      break;
    }
  }
  return out + (node.isList() ? "]" : "}");
}

bool areEqual(const Node& a, const Node& b) {
  if (!a.isScalar() || !b.isScalar()) return a.kind == b.kind;
  if (a.text == b.text) return true;
  config::Diagnostics ignored;
  const auto isNumber = [](const Node& n) {
    return n.style == config::ScalarStyle::kPlain && !n.text.empty() &&
           std::string_view("+-.0123456789").find(n.text[0]) != std::string_view::npos;
  };
  if (!isNumber(a) || !isNumber(b)) return false;
  const auto x = config::readAnyQuantity(a, ignored), y = config::readAnyQuantity(b, ignored);
  if (!x || !y || !config::isUsableAs(x->dimension, y->dimension)) return false;
  // 36 km/h and 10 m/s: equal but for the rounding of the conversion.
  const double scale = std::max(std::abs(x->si), std::abs(y->si));
  return std::abs(x->si - y->si) <= 4e-16 * scale;
}

bool haveIds(const Node& list) {
  for (const Node* child : list.children) {
    const Node* id = child->find("id");
    if (id == nullptr || !id->isScalar()) return false;
  }
  return !list.children.empty();
}

std::string nameOf(const Node& node) {
  if (!node.key.empty()) return node.key;
  const Node* id = node.find("id");
  return id != nullptr && id->isScalar() ? id->text : fmt::format("[{}]", node.index);
}

const Node* counterpart(const Node& in, const Node& child) {
  if (in.isMap()) return in.find(child.key);
  if (haveIds(in) && child.find("id") != nullptr) {
    for (const Node* other : in.children) {
      if (other->find("id")->text == child.find("id")->text) return other;
    }
    return nullptr;
  }
  return child.index < in.children.size() ? in.children[child.index] : nullptr;
}

void compare(const Node& a, const Node& b, const std::string& path, std::vector<Difference>& out) {
  if (a.kind != b.kind || a.isScalar() || a.isNull()) {
    if (!areEqual(a, b)) out.push_back({path, shortText(a), shortText(b)});
    return;
  }
  const auto below = [&](const Node& child) { return path.empty() ? nameOf(child) : path + "." + nameOf(child); };
  for (const Node* child : a.children) {
    const Node* other = counterpart(b, *child);
    if (other == nullptr) {
      out.push_back({below(*child), shortText(*child), {}});
    } else {
      compare(*child, *other, below(*child), out);
    }
  }
  for (const Node* child : b.children) {
    if (counterpart(a, *child) == nullptr) out.push_back({below(*child), {}, shortText(*child)});
  }
}

}  // namespace

std::vector<Difference> semanticDiff(const Node& before, const Node& after) {
  std::vector<Difference> out;
  compare(before, after, {}, out);
  return out;
}

ExitCode diff(const DiffArguments& arguments) {
  const InstalledLibrary library(dataFolder());
  const auto before = scenario::loadScenarioTemplate(arguments.before, library.forFile(arguments.before));
  const auto after = scenario::loadScenarioTemplate(arguments.after, library.forFile(arguments.after));
  const auto found = semanticDiff(before.document().root(), after.document().root());
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const Difference& d : found) {
    if (arguments.json) {
      nlohmann::ordered_json entry{{"path", d.path}};
      entry["before"] = d.before.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(d.before);
      entry["after"] = d.after.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(d.after);
      json.push_back(std::move(entry));
    } else if (d.before.empty()) {
      fmt::print("+ {}: {}\n", d.path, d.after);
    } else if (d.after.empty()) {
      fmt::print("- {}: {}\n", d.path, d.before);
    } else {
      fmt::print("  {} {} → {}\n", d.path, d.before, d.after);
    }
  }
  if (arguments.json) fmt::print("{}\n", json.dump(1));
  return found.empty() ? ExitCode::kOk : ExitCode::kDiagnostics;
}

}  // namespace nightfog::lang
