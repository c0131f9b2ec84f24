#include "engine/config/descriptor.hpp"

#include <doctest/doctest.h>

#include "engine/config/variant_codec.hpp"

using namespace nightfog;
using namespace nightfog::config;

namespace {

enum class Kind { kDriving, kParking };

struct Lane {
  std::string name;
  Kind kind = Kind::kDriving;
  double width_m = 3.25;
};

struct Still {};
struct Moving {
  double speed_mps = 0;
  SimTime start;
};
using Motion = std::variant<Still, Moving>;

struct AtPoint {
  glm::dvec3 xyz{0};
};
struct InLane {
  std::string lane;
  double s_m = 0;
};
using Where = std::variant<AtPoint, InLane>;

struct Thing {
  std::string title;
  std::vector<Lane> lanes;
  std::map<std::string, double> friction;
  Named<Lane> named;
  std::optional<double> mass_kg;
  bool isLit = false;
  uint32_t count = 3;
  Motion motion = Still{};
  Where where = AtPoint{};
};

const Descriptor<Lane>& laneDescriptor() {
  static const auto d =
      Descriptor<Lane>("lane", "A lane.")
          .required("name", &Lane::name, identifier(false, "a lane's name"), "what it is called")
          .optional("kind", &Lane::kind, choice<Kind>({{"driving", Kind::kDriving}, {"parking", Kind::kParking}}),
                    "its use")
          .optional("width", &Lane::width_m, quantity(Dimension::kLength, {0.1, 50}), "across");
  return d;
}
const Descriptor<Moving>& movingDescriptor() {
  static const auto d = Descriptor<Moving>("move")
                            .required("speed", &Moving::speed_mps, quantity(Dimension::kSpeed, {0, 100}), "how fast")
                            .optional("start", &Moving::start, simTime({0, 60}), "when");
  return d;
}
const Descriptor<AtPoint>& pointDescriptor() {
  static const auto d =
      Descriptor<AtPoint>("place").required("xyz", &AtPoint::xyz, vec3(Dimension::kLength, {-1e6, 1e6}), "where");
  return d;
}
const Descriptor<InLane>& inLaneDescriptor() {
  static const auto d = Descriptor<InLane>("place")
                            .required("lane", &InLane::lane, identifier(false, "a lane"), "which")
                            .required("s", &InLane::s_m, quantity(Dimension::kLength), "how far along");
  return d;
}
const Descriptor<Thing>& thingDescriptor() {
  static const auto d = Descriptor<Thing>("thing", "For tests.")
                            .header("thing/1")
                            .optional("title", &Thing::title, text(), "for people")
                            .optional("lanes", &Thing::lanes, listOf(object(laneDescriptor()), 0, 4), "lanes")
                            .optional("friction", &Thing::friction, dictOf(number({0, 10})), "by surface")
                            .optional("named", &Thing::named, mapOf(object(laneDescriptor())), "lanes by id")
                            .optional("mass", &Thing::mass_kg, quantity(Dimension::kMass, {0, 1e6}), "mass")
                            .optional("lit", &Thing::isLit, boolean(), "whether it is lit")
                            .optional("count", &Thing::count, whole<uint32_t>(1, 10), "how many")
                            .optional("motion", &Thing::motion,
                                      tagged<Motion>("a motion", {word<Motion, Still>("still"),
                                                                  alternative<Motion>("move", movingDescriptor())}),
                                      "motion")
                            .optional("where", &Thing::where,
                                      keyed<Where>("a place", {alternative<Where>("xyz", pointDescriptor()),
                                                               alternative<Where>("lane", inLaneDescriptor())}),
                                      "place")
                            .unsupported("weather", "it comes later")
                            .check([](const Thing& thing, const Node& node, ReadContext& context) {
                              if (thing.count < 10 || thing.isLit) return true;
                              context.diagnostics.error("E0214", node.find("count")->place(), "ten things must be lit");
                              return false;
                            });
  return d;
}

struct Outcome {
  Thing thing;
  std::vector<Diagnostic> diagnostics;
};

Outcome decode(const std::string& body) {
  Outcome out;
  Diagnostics diagnostics;
  if (const auto document = parseDocument("format: thing/1\n" + body, "t.yaml", diagnostics)) {
    ReadContext context{diagnostics};
    thingDescriptor().read(document->root(), out.thing, context);
  }
  out.diagnostics = diagnostics.sorted();
  return out;
}

void checkError(const std::string& body, const std::string& code, int line, int column,
                const std::string& helpPart = {}) {
  CAPTURE(body);
  const Outcome out = decode(body);
  CAPTURE(renderText(out.diagnostics));
  REQUIRE(out.diagnostics.size() == 1);
  CHECK(out.diagnostics.front().code == code);
  CHECK(out.diagnostics.front().place.line == line);
  CHECK(out.diagnostics.front().place.column == column);
  CHECK(out.diagnostics.front().help.find(helpPart) != std::string::npos);
}

}  // namespace

TEST_CASE("One table reads every kind of field") {
  const Outcome out = decode(
      "title: A thing\nlanes:\n  - {name: a, kind: parking, width: 250 cm}\n  - {name: b}\nfriction: {wet: 0.4, dry: "
      "0.9}\n"
      "named: {z: {name: z1}, y: {name: y1}}\nmass: 1.2 t\nlit: true\ncount: 7\nmotion: {move: {speed: 36 km/h, start: "
      "500 ms}}\n"
      "where: {lane: a, s: 12 m}\nx-vendor: {anything: [goes]}\n");
  CHECK(renderText(out.diagnostics) == "");
  const Thing& t = out.thing;
  CHECK(t.title == "A thing");
  REQUIRE(t.lanes.size() == 2);
  CHECK(t.lanes[0].kind == Kind::kParking);
  CHECK(t.lanes[0].width_m == 2.5);
  CHECK(t.lanes[1].width_m == 3.25);
  CHECK(t.friction.at("wet") == 0.4);
  REQUIRE(t.named.size() == 2);
  CHECK(t.named[0].first == "z");  // file order
  CHECK(*t.mass_kg == 1200);
  CHECK(t.isLit);
  CHECK(t.count == 7);
  CHECK(std::get<Moving>(t.motion).speed_mps == doctest::Approx(10));
  CHECK(std::get<Moving>(t.motion).start == SimTime::fromMs(500));
  CHECK(std::get<InLane>(t.where).s_m == 12);
}

TEST_CASE("What the table writes reads back to the same text") {
  const Outcome out = decode(
      "title: \"yes: 'a' \\\"b\\\"\"\nlanes:\n  - {name: a, kind: parking}\nfriction: {wet: 0.1}\nnamed: {z: {name: "
      "z1}}\n"
      "mass: 1 kg\nmotion: {move: {speed: 33 km/h, start: 1 ms}}\nwhere: {xyz: [0.1 m, -2 km, 3 mm]}\n");
  REQUIRE(out.diagnostics.empty());
  const std::string first = toYaml(thingDescriptor().write(out.thing));
  CHECK(first.starts_with("format: thing/1\ntitle: \"yes: 'a' \\\"b\\\"\"\n"));
  const Outcome again = decode(first.substr(first.find('\n') + 1));
  CHECK(again.diagnostics.empty());
  CHECK(toYaml(thingDescriptor().write(again.thing)) == first);
  const std::string defaults = toYaml(thingDescriptor().write(Thing{}));
  const Outcome defaulted = decode(defaults.substr(defaults.find('\n') + 1));
  CHECK(renderText(defaulted.diagnostics) == "");
  CHECK(toYaml(thingDescriptor().write(defaulted.thing)) == defaults);
}

TEST_CASE("Mistakes are reported where they are, with the way out") {
  checkError("titel: x\n", "E0202", 2, 1, "did you mean 'title'?");
  checkError("banana: x\n", "E0202", 2, 1, "one of: title, lanes");
  checkError("lanes: [{kind: parking}]\n", "E0201", 2, 9, "add `name:`");
  checkError("lanes: [{nam: x}]\n", "E0202", 2, 10, "did you mean 'name'?");
  checkError("lanes: [{name: x, width: 3}]\n", "E0206", 2, 26, "'3 m'");
  checkError("lanes: [{name: x, width: 99 m}]\n", "E0209", 2, 26, "0.1 m to 50 m");
  checkError("lanes: [{name: x, kind: sidewalk}]\n", "E0210", 2, 25, "driving, parking");
  checkError("lanes: [{name: 9x}]\n", "E0212", 2, 16);
  checkError("lanes: [{name: x}, {name: y}, {name: z}, {name: u}, {name: v}]\n", "E0213", 2, 8);
  checkError("lanes: {name: x}\n", "E0203", 2, 8);
  checkError("named: a:b\n", "E0203", 2, 8, "space after");
  checkError("title:\n", "E0204", 2, 1);
  checkError("lit: no\n", "E0211", 2, 6, "true or false");
  checkError("lit: \"true\"\n", "E0211", 2, 6);
  checkError("count: 3.5\n", "E0218", 2, 8);
  checkError("count: 11\n", "E0209", 2, 8, "1 to 10");
  checkError("count: 10\n", "E0214", 2, 8);
  checkError("motion: moves\n", "E0210", 2, 9, "did you mean 'move'?");
  checkError("motion: {still: {}}\n", "E0203", 2, 10, "the word alone");
  checkError("motion: move\n", "E0203", 2, 9, "{move: {…}}");
  checkError("motion: {move: {speed: 1 m/s}, still: 1}\n", "E0214", 2, 9);
  checkError("motion: {move: {velocity: 1 m/s}}\n", "E0202", 2, 17, "did you mean 'speed'?");
  checkError("where: {xyz: [0 m, 0 m, 0 m], lane: a}\n", "E0214", 2, 31);
  checkError("where: {xyz: [0 m, 0 m]}\n", "E0213", 2, 14);
  checkError("where: {s: 3 m}\n", "E0214", 2, 8);
  checkError("weather: fine\n", "E0501", 2, 1, "it comes later");
  checkError("mass: $m\n", "E0401", 2, 7);
}

TEST_CASE("The header names kind and version") {
  Diagnostics diagnostics;
  const auto document = parseDocument("format: thing/2\n", "t.yaml", diagnostics);
  Thing thing;
  ReadContext context{diagnostics};
  CHECK_FALSE(thingDescriptor().read(document->root(), thing, context));
  CHECK(diagnostics.sorted().front().code == "E0216");
  CHECK(diagnostics.sorted().front().message.find("not one this version reads") != std::string::npos);
}

TEST_CASE("The table documents itself") {
  const std::string table = fieldTable(laneDescriptor().info());
  CHECK(table.find("| `name` | a lane's name | required | what it is called |") != std::string::npos);
  CHECK(table.find("| `kind` | `driving`, `parking` | `driving` | its use |") != std::string::npos);
  CHECK(table.find("| `width` | a length, 0.1 m … 50 m | `3.25 m` | across |") != std::string::npos);
}
