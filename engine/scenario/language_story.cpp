#include "engine/scenario/language_story.hpp"

#include <fmt/format.h>

#include "engine/config/suggest.hpp"
#include "engine/config/variant_codec.hpp"

namespace nightfog::scenario {

using namespace config;
using expression::Op;

namespace {

constexpr Range kWithinRun{0, 3600};

const Descriptor<RepeatFile>& repeatDescriptor() {
  static const auto d = Descriptor<RepeatFile>("repeat", "Fires again.")
                            .required("min_gap", &RepeatFile::minGap, simTime({1e-3, 3600}),
                                      "at least so long after it fired, and after the condition was false");
  return d;
}

template <class T>
void addTrigger(Descriptor<T>& d, bool isRequired) {
  // The base's members, seen as T's.
  d.optional("when", static_cast<std::optional<ExpressionFile> T::*>(&TriggerFile::when), expressionCodec(false),
             isRequired ? "fires when it becomes true" : "starts when it becomes true; none: at 0 s");
  d.optional("for", static_cast<SimTime T::*>(&TriggerFile::hold), simTime(kWithinRun),
             "it must have been true so long");
  d.optional("delay", static_cast<SimTime T::*>(&TriggerFile::delay), simTime(kWithinRun), "then it takes so long");
  d.optional("repeat", static_cast<std::optional<RepeatFile> T::*>(&TriggerFile::repeat), object(repeatDescriptor()),
             "none: fires once");
}

/// `1.5 s`, `dart.start`, `dart.end - 0.5 s`.
bool readTimePoint(const Node& node, TimePointFile& out, ReadContext& context) {
  out.node = &node;
  const bool isValue = context.values != nullptr && context.values->claims(node);
  if (isValue) {
    double seconds = 0;
    if (!readQuantityInRange(node, Dimension::kTime, kWithinRun, seconds, context)) return false;
    out.value.offset = SimTime::fromSeconds(seconds);
    return true;
  }
  const auto syntax = expression::parseSyntax(node, {}, context.diagnostics);
  if (!syntax) return false;
  const auto& nodes = syntax->nodes;
  const auto refuse = [&] {
    context.diagnostics.error("E0219", node.place(), fmt::format("'{}' is not an instant", excerpt(node.text)))
        .withHelp("write a time (1.5 s), or what it is counted from (dart.start, dart.end + 0.2 s)");
    return false;
  };
  const auto isTime = [](const expression::ExpressionNode& n) {
    return n.op == Op::kLiteral && n.type.measure == expression::measureOf(Dimension::kTime);
  };
  const auto takeEvent = [&](const std::string& name) {
    const size_t dot = name.rfind('.');
    const std::string edge = dot == std::string::npos ? "" : name.substr(dot + 1);
    if (edge != "start" && edge != "end") return false;
    out.value.of = name.substr(0, dot);
    out.value.edge = edge == "start" ? TimePoint::Edge::kStart : TimePoint::Edge::kEnd;
    return true;
  };
  if (nodes.size() == 1 && isTime(nodes[0])) {
    out.value.offset = SimTime::fromSeconds(nodes[0].number);
    return nodes[0].number <= 3600 || refuse();
  }
  if (nodes.size() == 1 && nodes[0].op == Op::kName) return takeEvent(nodes[0].name) || refuse();
  const bool isShifted = nodes.size() == 3 && nodes[0].op == Op::kName && isTime(nodes[1]) &&
                         (nodes[2].op == Op::kAdd || nodes[2].op == Op::kSubtract) && nodes[1].number <= 3600;
  if (!isShifted || !takeEvent(nodes[0].name)) return refuse();
  out.value.offset = SimTime::fromSeconds(nodes[2].op == Op::kAdd ? nodes[1].number : -nodes[1].number);
  return true;
}

YamlValue writeTimePoint(const TimePointFile& file) {
  const TimePoint& p = file.value;
  const auto time = [](SimTime t) { return formatQuantity(static_cast<double>(t.ns) / 1e9, Dimension::kTime); };
  if (p.of.empty()) return YamlValue::raw(time(p.offset));
  std::string out = p.of + (p.edge == TimePoint::Edge::kStart ? ".start" : ".end");
  if (p.offset.ns > 0) out += " + " + time(p.offset);
  if (p.offset.ns < 0) out += " - " + time(SimTime{-p.offset.ns});
  return YamlValue::string(out);
}

const Descriptor<DuringFile>& duringDescriptor() {
  static const auto d =
      Descriptor<DuringFile>("during", "A span of the run.")
          .required("from", &DuringFile::from, timePointCodec(), "its first instant")
          .optional("for", &DuringFile::length, simTime({1e-3, 3600}), "so long, or")
          .optional("to", &DuringFile::to, timePointCodec(), "until then; none: to the end")
          .check([](DuringFile& f, const Node& node, ReadContext& context) {
            if (!f.length || !f.to) return true;
            context.diagnostics.error("E0214", node.find("to")->keyPlace(), "'for' and 'to' exclude each other")
                .withRelated(node.find("for")->keyPlace(), "the length")
                .withHelp("keep one");
            return false;
          });
  return d;
}

}  // namespace

Codec<ExpressionFile> expressionCodec(bool allowTemporal) {
  Codec<ExpressionFile> codec;
  codec.info.kind = ValueInfo::Kind::kExpression;
  codec.info.what = allowTemporal ? "a check: [always | eventually | never] condition" : "a condition";
  codec.read = [allowTemporal](const Node& node, ExpressionFile& out, ReadContext& context) {
    out.node = &node;
    auto syntax = expression::parseSyntax(node, {allowTemporal}, context.diagnostics);
    if (syntax) out.syntax = std::move(*syntax);
    return syntax.has_value();
  };
  codec.write = [](const ExpressionFile& value) { return YamlValue::string(value.syntax.text); };
  return codec;
}

Codec<TimePointFile> timePointCodec() {
  Codec<TimePointFile> codec;
  codec.info.kind = ValueInfo::Kind::kExpression;
  codec.info.what = "an instant: 1.5 s, dart.start, dart.end + 0.2 s";
  codec.read = readTimePoint;
  codec.write = writeTimePoint;
  return codec;
}

Codec<InjectorFile> injectorCodec() {
  static const auto d = [] {
    Descriptor<InjectorFile> table("injector", "A rare event. Exposes id.start, id.end, id.started, id.ended.");
    table.required("use", &InjectorFile::use, located(reference("import.injector")),
                   "which; `nightfog list injectors`");
    addTrigger(table, false);
    table.optional("until", &InjectorFile::until, expressionCodec(false), "ends it when it becomes true");
    table.optional("severity", &InjectorFile::severity, quantity(Dimension::kRatio, {0, 1}),
                   "0 %: as if it were not there");
    Codec<const Node*> with;
    with.info.kind = ValueInfo::Kind::kOther;
    with.info.what = "the injector's own parameters";
    with.read = [](const Node& node, const Node*& out, ReadContext& context) {
      out = &node;
      return expectKind(node, NodeKind::kMap, context);
    };
    with.write = [](const Node* const&) { return YamlValue::map(); };
    table.optional("with", &InjectorFile::with, with, "by the table of its library");
    table.check([](InjectorFile& f, const Node& node, ReadContext&) {
      f.node = &node;
      return true;
    });
    return table;
  }();
  Codec<InjectorFile> codec = object(d);
  codec.read = [](const Node& node, InjectorFile& out, ReadContext& context) {
    out.node = &node;
    return d.read(node, out, context);
  };
  codec.write = [](const InjectorFile& value) {
    YamlValue map = d.write(value);
    for (auto& [key, entry] : map.entries) {
      if (key == "with") entry = value.resolvedWith;
    }
    return map;
  };
  return codec;
}

Codec<EventFile> eventCodec() {
  static const auto d = [] {
    Descriptor<EventFile> table(
        "event",
        "Actors get commands when something becomes true. Exposes id.start, id.end, id.started, "
        "id.ended.");
    table.required("id", &EventFile::id, identifier(false, "an event's id"), "unique among events and injectors");
    addTrigger(table, true);
    table.required("do", &EventFile::commands, mapOf(commandsCodec(), 100), "actor by actor");
    table.optional("stops", &EventFile::stops, listOf(located(reference("an event's id")), 0, 1000),
                   "events whose commands stop being carried out when it starts");
    table.optional("until", &EventFile::until, expressionCodec(false),
                   "from then on its commands are not carried out any more, and it does not start");
    table.check([](EventFile& f, const Node& node, ReadContext& context) {
      if (f.when) return true;
      context.diagnostics.error("E0201", node.place(), "event needs 'when'")
          .withHelp("add `when:` (a condition; `time >= 0 s` for the start)");
      return false;
    });
    return table;
  }();
  Codec<EventFile> codec = object(d);
  // Kept as far as it could be read: the rest of it is looked at as well.
  codec.read = [](const Node& node, EventFile& out, ReadContext& context) {
    out.node = &node;
    d.read(node, out, context);
    return node.isMap();
  };
  return codec;
}

Codec<ExpectationFile> expectationCodec() {
  using Severity = Expectation::Severity;
  static const auto d =
      Descriptor<ExpectationFile>("expectation", "What must be true of the exported labels.")
          .required("id", &ExpectationFile::id, identifier(false, "an expectation's id"), "its name in reports")
          .optional("at", &ExpectationFile::at, simTime(kWithinRun), "at the first frame from then on, or")
          .optional("during", &ExpectationFile::during, object(duringDescriptor()),
                    "over a span; neither: the whole run")
          .required("check", &ExpectationFile::check, expressionCodec(true),
                    "always (default), eventually or never, and a condition")
          .optional("unless", &ExpectationFile::unless, expressionCodec(false),
                    "over parameters; where it is true the outcome is: skipped")
          .optional("severity", &ExpectationFile::severity,
                    choice<Severity>({{"error", Severity::kError}, {"warn", Severity::kWarn}}),
                    "warn: reported, and the exit code stays")
          .check([](ExpectationFile& f, const Node& node, ReadContext& context) {
            if (f.at && f.during) {
              context.diagnostics
                  .error("E0214", node.find("during")->keyPlace(), "'at' and 'during' exclude each other")
                  .withRelated(node.find("at")->keyPlace(), "the instant")
                  .withHelp("keep one");
              return false;
            }
            if (!f.at || f.check.syntax.temporal == expression::Temporal::kNone) return true;
            context.diagnostics
                .error("E0214", f.check.node->place(), "a check at one instant is neither always, eventually nor never")
                .withHelp("write the condition alone, or `during` instead of `at`");
            return false;
          });
  Codec<ExpectationFile> codec = object(d);
  // Kept as far as it could be read: the rest of it is looked at as well.
  codec.read = [](const Node& node, ExpectationFile& out, ReadContext& context) {
    out.node = &node;
    d.read(node, out, context);
    return node.isMap();
  };
  return codec;
}

Codec<SweepFile> sweepCodec() {
  Codec<SweepFile> codec;
  codec.info.kind = ValueInfo::Kind::kSweep;
  codec.info.what = "grid, zip, random, halton, pairwise over parameters; samples; exclude";
  codec.read = [](const Node& node, SweepFile& out, ReadContext& context) {
    out.node = &node;
    return expectKind(node, NodeKind::kMap, context);
  };
  codec.write = [](const SweepFile&) { return YamlValue::map(); };
  return codec;
}

}  // namespace nightfog::scenario
