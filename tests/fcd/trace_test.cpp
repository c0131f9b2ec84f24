#include <doctest/doctest.h>
#include <fmt/format.h>
#include <zlib.h>

#include <filesystem>

#include "engine/core/error.hpp"
#include "engine/core/transform.hpp"
#include "engine/fcd/trace.hpp"
#include "tests/temporary_folder.hpp"

using namespace nightfog;
using namespace nightfog::fcd;

namespace {

Trace read(const std::string& steps, const Window& window = {}) {
  return readTraceText("t.fcd.xml",
                       "<?xml version=\"1.0\"?>\n<!-- by hand -->\n<fcd-export>\n" + steps + "</fcd-export>\n", window);
}
std::string step(double time, const std::string& inside) {
  return fmt::format("<timestep time=\"{:.2f}\">{}</timestep>\n", time, inside);
}
std::string car(const std::string& id, double x, double y = 0, double angle = 90, double speed = 10) {
  return fmt::format(
      "<vehicle id=\"{}\" x=\"{:.2f}\" y=\"{:.2f}\" angle=\"{:.2f}\" type=\"car\" speed=\"{:.2f}\" pos=\"0\" "
      "lane=\"e_1_0\"/>",
      id, x, y, angle, speed);
}
std::string whatIsWrong(const std::string& text) {
  try {
    readTraceText("t.fcd.xml", text, {});
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("A trace's angles become headings, its clock the episode's, and its coordinates the map's") {
  std::string steps;
  for (int t = 90; t < 130; ++t) steps += step(t, car("a", 100 + 10 * (t - 100), 7, 0));
  Window window;
  window.from_s = 100;
  window.for_s = 10;
  window.netOffset = {100, 7};
  const Trace trace = read(steps, window);
  REQUIRE(trace.movers.size() == 1);
  const Mover& mover = trace.movers[0];
  CHECK(mover.type == "car");
  CHECK(mover.samples.front().time_s == -10);  // the way it comes
  CHECK(mover.samples.back().time_s == 12);
  CHECK(mover.samples[12].time_s == 2);
  CHECK(mover.samples[12].position.x == doctest::Approx(20));
  CHECK(mover.samples[12].position.y == doctest::Approx(0));
  CHECK(mover.samples[12].heading_rad == doctest::Approx(0.5 * kPi));  // north
  CHECK(mover.samples[12].lane == 0);
}

TEST_CASE("Steps of a tenth of a second are thinned, and a change of lanes stays between its two steps") {
  std::string steps;
  for (int k = 0; k <= 100; ++k) {
    std::string one = car("a", k);
    if (k > 42) one.replace(one.find("e_1_0"), 5, "e_1_1");
    steps += step(0.1 * k, one);
  }
  const Trace trace = read(steps);
  const auto& samples = trace.movers.at(0).samples;
  CHECK(samples.size() <= 24);
  CHECK(samples.back().time_s == doctest::Approx(10));
  for (size_t i = 1; i < samples.size(); ++i) {
    if (samples[i].lane == samples[i - 1].lane) continue;
    CHECK(samples[i - 1].time_s == doctest::Approx(4.2));
    CHECK(samples[i].time_s == doctest::Approx(4.3));
  }
}

TEST_CASE("Who is teleported, or leaves the region and comes back, is somebody else") {
  std::string steps;
  for (int t = 0; t < 60; ++t) {
    const double x = t < 20 ? 10 * t : 500 + 10 * t;  // a jump of 510 m
    const bool isGone = t >= 40 && t < 45;
    steps += step(t, isGone ? "" : car("a", x));
  }
  const Trace whole = read(steps);
  REQUIRE(whole.movers.size() == 3);
  CHECK(whole.movers[1].part == 1);
  CHECK(whole.movers[0].samples.back().time_s == 19);
  CHECK(whole.movers[1].samples.back().time_s == 39);
  CHECK(whole.movers[2].samples.front().time_s == 45);
  Window window;
  window.region = {{100, 0}, 55};
  const Trace part = read(steps, window);
  REQUIRE(part.movers.size() == 1);
  CHECK(part.movers[0].samples.front().position.x >= 45);
  CHECK(part.movers[0].samples.back().position.x <= 155);
}

TEST_CASE("Named vehicles are left out, people who ride are not seen twice, and unknown names are told") {
  const std::string person = R"(<person id="p" x="1" y="2" angle="90" speed="1.3" pos="1" edge="e"/>)";
  const std::string rider = R"(<person id="q" x="1" y="2" angle="90" speed="1.3" pos="1" edge="e" vehicle="a"/>)";
  const std::string steps = step(0, car("a", 0) + car("b", 20) + person + rider) + step(1, car("a", 10) + person);
  Window window;
  window.without = {"b", "ghost"};
  const Trace trace = read(steps, window);
  REQUIRE(trace.movers.size() == 2);
  CHECK(trace.movers[0].id == "a");
  CHECK(trace.movers[1].isPerson);
  CHECK(trace.notFound == std::vector<std::string>{"ghost"});
}

TEST_CASE("A packed trace is read like a plain one, and a damaged one is refused") {
  const test::TemporaryFolder folder("fcd");
  const auto path = folder.path / "t.fcd.xml.gz";
  std::string steps;
  for (int t = 0; t < 2000; ++t) steps += step(t, car("a", 0.01 * t, 0, 90, 0.01));
  const std::string text = "<fcd-export>\n" + steps + "</fcd-export>";
  gzFile out = gzopen(path.c_str(), "wb");
  gzwrite(out, text.data(), static_cast<unsigned>(text.size()));
  gzclose(out);
  CHECK(readTrace(path, {}).movers.at(0).samples.size() == 2000);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  CHECK_THROWS_AS(readTrace(path, {}), Error);
  std::filesystem::remove(path);
  CHECK_THROWS_AS(readTrace(path, {}), IoError);
}

TEST_CASE("What is no trace is refused with its line") {
  CHECK(whatIsWrong("") == "t.fcd.xml:1: this is no XML");
  CHECK(whatIsWrong("hello") == "t.fcd.xml:1: this is no XML");
  CHECK(whatIsWrong("<routes/>") == "t.fcd.xml:1: <routes> is no trace of SUMO's");
  CHECK(whatIsWrong("<fcd-export>\n<timestep time=\"0\">\n") == "t.fcd.xml:3: the file ends within <timestep>");
  CHECK(whatIsWrong("<!DOCTYPE x [<!ENTITY a \"b\">]><fcd-export/>").find("document types") != std::string::npos);
  CHECK(whatIsWrong("<fcd-export><timestep time=\"nan\"/></fcd-export>").find("'nan' is no time") != std::string::npos);
  CHECK(whatIsWrong("<fcd-export><timestep time=\"0:00:01\"/></fcd-export>").find("is no time") != std::string::npos);
  CHECK(whatIsWrong("<fcd-export><timestep time=\"1\"/><timestep time=\"1\"/></fcd-export>").find("ascend") !=
        std::string::npos);
  CHECK(whatIsWrong("<fcd-export>" + step(0, car("a", 0) + car("a", 1)) + "</fcd-export>").find("twice") !=
        std::string::npos);
  CHECK(whatIsWrong("<fcd-export>" + car("a", 0) + "</fcd-export>").find("outside a <timestep>") != std::string::npos);
  CHECK(whatIsWrong("<fcd-export><timestep time=\"0\"><vehicle id=\"a\" x=\"1\" y=\"1e300\" "
                    "angle=\"0\"/></timestep></fcd-export>")
            .find("is no y") != std::string::npos);
  CHECK(whatIsWrong("<fcd-export a=\"" + std::string(70'000, 'x') + "\"/>").find("64 KiB") != std::string::npos);
  std::string deep;
  for (int i = 0; i < 40; ++i) deep += "<a>";
  CHECK(whatIsWrong("<fcd-export>" + deep).find("32 levels") != std::string::npos);
}

TEST_CASE("Types have their class's size unless they say their own") {
  const auto types = readTypesText(
      "v.rou.xml",
      R"(<routes><vType id="a" length="4.2"/><vTypeDistribution id="d"><vType id="b" vClass="bus"/></vTypeDistribution></routes>)");
  CHECK(withSize(types.at("a"))->length_m == 4.2);
  CHECK(withSize(types.at("a"))->width_m == 1.8);
  CHECK(withSize(types.at("b"))->length_m == 12);
  CHECK(knownType("DEFAULT_VEHTYPE")->vClass == "passenger");
  CHECK(knownType("truck")->length_m == 7.1);
  CHECK(!knownType("my_truck"));
  CHECK_THROWS_AS(readTypesText("v", R"(<a><vType id="a" length="-1"/></a>)"), Error);
  CHECK_THROWS_AS(readTypesText("v", R"(<a><vType id="a" vClass="hovercraft"/></a>)"), Error);
}
