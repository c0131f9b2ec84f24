#include "tools/lang/lint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace nightfog::lang {

using config::Diagnostics;
using config::Node;

namespace {

/// Words of a text that could be names.
std::set<std::string> words(const Node& node) {
  std::set<std::string> out;
  if (node.isScalar()) {
    std::string word;
    for (const char c : node.text + " ") {
      const bool isInner = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
      if (isInner) {
        word += c;
      } else if (!word.empty()) {
        out.insert(word);
        word.clear();
      }
    }
  }
  for (const Node* child : node.children) out.merge(words(*child));
  return out;
}

bool isDrawn(const Node& root, const Node* speed) {
  if (speed == nullptr) return false;
  if (speed->isMap()) return true;
  if (!speed->isScalar() || !speed->text.starts_with('$')) return false;
  const Node* params = root.find("params");
  const Node* parameter = params != nullptr ? params->find(speed->text.substr(1)) : nullptr;
  const Node* sweep = root.find("sweep");
  bool isSwept = false;
  for (const Node* method : sweep != nullptr ? sweep->children : std::vector<const Node*>{})
    isSwept = isSwept || method->find(speed->text.substr(1)) != nullptr;
  return isSwept || (parameter != nullptr && parameter->isMap());
}

class Linter {
 public:
  Linter(const Node& root, const scenario::Scenario& run, Diagnostics& diagnostics)
      : root_(root), run_(run), diagnostics_(diagnostics) {}

  void lint() {
    const Node& id = *root_.find("id");
    if (root_.find("title") == nullptr)
      diagnostics_.lint("L0207", id.keyPlace(), "no title").withHelp("add `title:`, a line for people");
    if (root_.find("tags") == nullptr)
      diagnostics_.lint("L0208", id.keyPlace(), "no tags").withHelp("add `tags: {layers: [L4]}`; coverage counts them");
    if (root_.find("expect") == nullptr)
      diagnostics_.lint("L0206", id.keyPlace(), "no expectations: nothing can fail")
          .withHelp("add `expect:`, what the labels must show");
    lintExpectations();
    lintPoints();
    lintTriggers();
    lintKeys(root_);
  }

 private:
  void lintExpectations() {
    const Node* list = root_.find("expect");
    if (list == nullptr || !list->isList()) return;
    for (const Node* entry : list->children) {
      const Node* check = entry->find("check");
      if (check == nullptr || entry->find("at") != nullptr || entry->find("during") != nullptr) continue;
      const bool isSaid = check->text.starts_with("always ") || check->text.starts_with("eventually ") ||
                          check->text.starts_with("never ");
      if (!isSaid)
        diagnostics_.lint("L0205", check->place(), "over the whole run, and not said how")
            .withHelp("begin with always, eventually or never; or add `at` or `during`");
    }
  }

  void lintPoints() {
    const Node* points = root_.find("points");
    if (points == nullptr || !points->isMap()) return;
    std::set<std::string> used;
    for (const Node* child : root_.children) {
      if (child->key == "points") {
        for (const Node* point : child->children) used.merge(words(*point));
      } else {
        used.merge(words(*child));
      }
    }
    for (const Node* point : points->children) {
      if (used.count(point->key) == 0 && !point->key.starts_with("x-"))
        diagnostics_.warning("W0402", point->keyPlace(), fmt::format("nothing refers to the point '{}'", point->key))
            .withHelp("remove it");
    }
  }

  bool movesAtADrawnSpeed(const std::string& actor) const {
    const Node* actors = root_.find("actors");
    const Node* node = actors != nullptr ? actors->find(actor) : nullptr;
    const Node* behavior = node != nullptr ? node->find("behavior") : nullptr;
    if (behavior == nullptr || !behavior->isMap() || behavior->children.empty()) return false;
    return isDrawn(root_, behavior->children.front()->find("speed"));
  }

  void lintTrigger(const scenario::Trigger& trigger) {
    if (!trigger.when) return;
    const auto& nodes = trigger.when->nodes;
    for (const auto& node : nodes) {
      const bool isDistance = node.op == expression::Op::kCall && (node.name == "distance" || node.name == "gap");
      if (isDistance && std::any_of(node.operands.begin(), node.operands.end(),
                                    [&](uint32_t i) { return movesAtADrawnSpeed(nodes[i].name); })) {
        diagnostics_.lint("L0209", trigger.when->place, "the distance is passed at another place for each speed drawn")
            .withHelp("use ttc() or headway(), or `meet`");
        break;
      }
    }
    const auto& root = nodes.back();
    const bool isTime = (root.op == expression::Op::kGreaterEqual || root.op == expression::Op::kGreater) &&
                        nodes[root.operands[0]].name == "time" &&
                        nodes[root.operands[1]].op == expression::Op::kLiteral;
    if (isTime && nodes[root.operands[1]].number > run_.duration.seconds())
      diagnostics_.warning("W0601", trigger.when->place, "this is after the run's end: it never happens")
          .withHelp("lengthen `world: duration`, or trigger earlier");
  }

  void lintTriggers() {
    for (const auto& event : run_.events) lintTrigger(event.trigger);
    for (const auto& injector : run_.injectors) lintTrigger(injector.trigger);
  }

  void lintKeys(const Node& node) {
    static const std::set<std::string> kTruths{"on", "off", "yes", "no", "y", "n"};
    for (const Node* child : node.children) {
      std::string lower = child->key;
      std::transform(lower.begin(), lower.end(), lower.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      if (kTruths.count(lower) > 0)
        diagnostics_
            .lint("L0210", child->keyPlace(), fmt::format("older YAML readers take '{}' for a truth", child->key))
            .withHelp("choose another name");
      lintKeys(*child);
    }
  }

  const Node& root_;
  const scenario::Scenario& run_;
  Diagnostics& diagnostics_;
};

}  // namespace

std::vector<config::Diagnostic> lintFile(const std::filesystem::path& file, const scenario::Library& library) {
  Diagnostics diagnostics;
  try {
    const auto chosen = scenario::loadScenarioTemplate(file, library);
    const auto run = scenario::sample(chosen, std::nullopt, 0);
    Linter(chosen.document().root(), run, diagnostics).lint();
  } catch (const config::DiagnosticsError&) {
    return {};
  }
  return diagnostics.sorted();
}

}  // namespace nightfog::lang
