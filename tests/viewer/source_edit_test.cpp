#include "tools/viewer/source_edit.hpp"

#include <doctest/doctest.h>

#include "engine/core/error.hpp"
#include "tools/viewer/actor_drag.hpp"

using namespace nightfog;
using namespace nightfog::viewer;

namespace {

const std::string kText = R"(# A head
format: scenario/1   # the format
actors:
  ego:
    asset: vehicle.sedan   # ours
    place: {lane: ego_lane, s: 40 m}   # where it starts

  van: {asset: vehicle.van.white, place: {lane: parking, s: 0.1 km, offset: {uniform: [-0.1 m, 0.15 m]}}}
  box:
    asset: debris.box
    place:
      xyz: [1 m, 2 m, 0 m]
  child:
    asset: person.child
    place: {relative_to: van, behind: 0.8 m, lateral: $side}   # hidden
weather:
  - at: 0 s
    fog: {visibility: 80 m}
)";

/// Lines that differ, "-old|+new" each.
std::vector<std::string> difference(const std::string& before, const std::string& after) {
  const auto lines = [](const std::string& text) {
    std::vector<std::string> out;
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = std::min(text.find('\n', begin), text.size());
      out.push_back(text.substr(begin, end - begin));
      begin = end + 1;
    }
    return out;
  };
  const auto a = lines(before), b = lines(after);
  size_t same = 0, tail = 0;
  while (same < std::min(a.size(), b.size()) && a[same] == b[same]) ++same;
  while (tail < std::min(a.size(), b.size()) - same && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) ++tail;
  std::vector<std::string> out;
  for (size_t i = same; i < a.size() - tail; ++i) out.push_back("-" + a[i]);
  for (size_t i = same; i < b.size() - tail; ++i) out.push_back("+" + b[i]);
  return out;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("A value is replaced where it stands, and nothing else") {
  CHECK(difference(kText, setValue(kText, "actors/ego/place/s", "41.5 m")) ==
        Lines{"-    place: {lane: ego_lane, s: 40 m}   # where it starts",
              "+    place: {lane: ego_lane, s: 41.5 m}   # where it starts"});
  CHECK(setValue(kText, "actors/ego/place/s", "40 m") == kText);
  CHECK(difference(kText, setValue(kText, "weather/0/fog", "clear")) ==
        Lines{"-    fog: {visibility: 80 m}", "+    fog: clear"});
  CHECK_THROWS_AS(setValue(kText, "actors/nobody/place", "x"), Error);
  CHECK_THROWS_AS(setValue(kText, "actors", "x"), Error);
}

TEST_CASE("A missing value is written in the manner of its map: on the line, or on a line of its own") {
  CHECK(difference(kText, putValue(kText, "actors/ego/place/offset", "0.3 m")) ==
        Lines{"-    place: {lane: ego_lane, s: 40 m}   # where it starts",
              "+    place: {lane: ego_lane, s: 40 m, offset: 0.3 m}   # where it starts"});
  CHECK(difference(kText, putValue(kText, "actors/box/place/heading", "90 deg")) == Lines{"+      heading: 90 deg"});
  CHECK(difference(kText, putValue(kText, "actors/ego/behavior", "parked")) == Lines{"+    behavior: parked"});
}

TEST_CASE("Entries are added behind their siblings, and sections behind everything") {
  CHECK(difference(kText, addEntry(kText, "actors", "cone", {"{asset: debris.cone}"})) ==
        Lines{"+  cone: {asset: debris.cone}"});
  CHECK(difference(kText, addElement(kText, "weather", {"at: 3 s", "fog: {visibility: 40 m}"})) ==
        Lines{"+  - at: 3 s", "+    fog: {visibility: 40 m}"});
  CHECK(
      difference(kText, addEntry(kText, "injectors", "tyre", {"use: inj.debris.rolling_tyre", "when: time >= 1 s"})) ==
      Lines{"+", "+injectors:", "+  tyre:", "+    use: inj.debris.rolling_tyre", "+    when: time >= 1 s"});
  CHECK(addEntry("imports: {a: b}\n", "imports", "c", {"d"}) == "imports: {a: b, c: d}\n");
  CHECK(addEntry("imports: {}\n", "imports", "c", {"d"}) == "imports: {c: d}\n");
  CHECK_THROWS_AS(addEntry(kText, "actors", "ego", {"{}"}), Error);
}

TEST_CASE("A new section stands where the language's table has it, under what was said of the next one") {
  const std::string text = "format: scenario/1\nid: a\nseed: 1\n\n# Where.\nworld:\n  duration: 4 s\nsensors: {}\n";
  CHECK(difference(text, addEntry(text, "imports", "inj", {"std/injectors@1"})) ==
        Lines{"+imports: {inj: std/injectors@1}"});
  CHECK(addEntry(text, "imports", "inj", {"std/injectors@1"}).find("seed: 1\nimports: {") != std::string::npos);
  CHECK(addEntry(text, "actors", "ego", {"{asset: vehicle.sedan}"}) ==
        "format: scenario/1\nid: a\nseed: 1\n\n# Where.\nworld:\n  duration: 4 s\n\nactors:\n  ego: {asset: "
        "vehicle.sedan}\n\n"
        "sensors: {}\n");
  CHECK(addEntry(text, "params", "v", {"1 m/s"}).find("\n\nparams:\n  v: 1 m/s\n\nsensors") != std::string::npos);
  CHECK(addElement(text, "expect", {"{id: b}"}).ends_with("sensors: {}\n\nexpect:\n  - {id: b}\n"));
  CHECK(addEntry("# A head\nworld: {}\n", "tags", "layers", {"[L4]"}).starts_with("tags:\n  layers: [L4]\n\n# A head"));
}

TEST_CASE("What is removed takes its lines along and leaves the rest") {
  CHECK(difference(kText, removeEntry(kText, "actors/ego/place/s")) ==
        Lines{"-    place: {lane: ego_lane, s: 40 m}   # where it starts",
              "+    place: {lane: ego_lane}   # where it starts"});
  CHECK(difference(kText, removeEntry(kText, "actors/box")) ==
        Lines{"-  box:", "-    asset: debris.box", "-    place:", "-      xyz: [1 m, 2 m, 0 m]"});
  CHECK(difference(kText, removeEntry(kText, "weather/0")) ==
        Lines{"-weather:", "-  - at: 0 s", "-    fog: {visibility: 80 m}"});
}

TEST_CASE("One drag is one line") {
  const std::map<std::string, double> parameters{{"side", -0.4}};
  CHECK(difference(kText, moveActor(kText, "ego", 2.5, 0, parameters)) ==
        Lines{"-    place: {lane: ego_lane, s: 40 m}   # where it starts",
              "+    place: {lane: ego_lane, s: 42.5 m}   # where it starts"});
  CHECK(difference(kText, moveActor(kText, "box", 1, -0.25, parameters)) ==
        Lines{"-      xyz: [1 m, 2 m, 0 m]", "+      xyz: [2 m, 1.75 m, 0 m]"});
  // Behind grows against the drag; a parameter becomes what it was in this run, moved.
  CHECK(difference(kText, moveActor(kText, "child", 0.3, 0.1, parameters)) ==
        Lines{"-    place: {relative_to: van, behind: 0.8 m, lateral: $side}   # hidden",
              "+    place: {relative_to: van, behind: 0.5 m, lateral: -0.3 m}   # hidden"});
  CHECK(moveActor(kText, "van", 0, 0, parameters) == kText);
}

TEST_CASE("What is drawn keeps its spread, and lengths keep their unit") {
  const std::string moved = moveActor(kText, "van", 10, 0.05, {});
  CHECK(moved.find("s: 0.11 km, offset: {uniform: [-0.05 m, 0.2 m]}") != std::string::npos);
}

TEST_CASE("A turn is written as the place has it") {
  CHECK(turnActor(kText, "box", 0.5 * kPi, {}).find("      xyz: [1 m, 2 m, 0 m]\n      heading: 90 deg\n") !=
        std::string::npos);
  CHECK(turnActor(kText, "ego", -0.1 * kPi, {}).find("s: 40 m, facing: {heading: -18 deg}}") != std::string::npos);
}
