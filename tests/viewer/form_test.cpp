#include "tools/viewer/form.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "engine/scenario/draws.hpp"
#include "tools/viewer/drawn_value.hpp"
#include "tools/viewer/source_edit.hpp"

using namespace nightfog;
using namespace nightfog::viewer;

namespace {

const FormField* find(const std::vector<FormField>& form, const std::string& path) {
  const auto at = std::find_if(form.begin(), form.end(), [&](const FormField& f) { return f.path == path; });
  return at == form.end() ? nullptr : &*at;
}

}  // namespace

TEST_CASE("A form has what is written and what could be, with the table's words") {
  const auto document = parseSource(
      "format: scenario/1\nactors:\n  ego:\n    asset: vehicle.sedan\n    place: {lane: a, s: 40 m}\n"
      "    behavior: {follow_lane: {speed: 30 km/h}}\n");
  REQUIRE(document != nullptr);
  const auto form = formFor(*document, "actors/ego");
  const FormField* s = find(form, "actors/ego/place/s");
  REQUIRE(s != nullptr);
  CHECK(s->text == "40 m");
  CHECK(s->takes.find("length") != std::string::npos);
  const FormField* offset = find(form, "actors/ego/place/offset");
  REQUIRE(offset != nullptr);
  CHECK_FALSE(offset->isWritten);
  CHECK(find(form, "actors/ego/place/xyz") == nullptr);  // another kind of place
  const FormField* speed = find(form, "actors/ego/behavior/follow_lane/speed");
  REQUIRE(speed != nullptr);
  CHECK(speed->text == "30 km/h");
}

TEST_CASE("There is no form for what is not there") {
  const auto document = parseSource("format: scenario/1\nid: a\n");
  CHECK(formFor(*document, "actors/ego").empty());
  CHECK(formFor(*document, "id").empty());
}

TEST_CASE("A field knows its unit, and a bare number gets the one that stood there") {
  const auto document = parseSource("format: scenario/1\nactors:\n  ego: {asset: a.b, place: {lane: a, s: 40 cm}}\n");
  REQUIRE(document != nullptr);
  const auto form = formFor(*document, "actors/ego");
  const FormField* s = find(form, "actors/ego/place/s");
  REQUIRE(s != nullptr);
  CHECK(s->dimension == config::Dimension::kLength);
  CHECK(withUnit(*s, "55") == "55 cm");
  CHECK(withUnit(*s, "5 m") == "5 m");
  CHECK(withUnit(*s, "$gap") == "$gap");
  const FormField* offset = find(form, "actors/ego/place/offset");
  REQUIRE(offset != nullptr);
  CHECK(withUnit(*offset, "-1.5") == "-1.5 m");
  const FormField* asset = find(form, "actors/ego/asset");
  REQUIRE(asset != nullptr);
  CHECK(asset->refersTo == "an asset's id");
  CHECK(asset->isRequired);
  CHECK(withUnit(*asset, "5") == "5");
}

TEST_CASE("A curve is the distribution's own, its terms are where they stand, and the draw is the language's") {
  const auto document = parseSource(
      "params:\n  speed: {triangular: [10 km/h, 20 km/h, 40 km/h]}\n  push: {normal: {mean: 0 m, sd: 2 m}}\n"
      "  what: {choice: {a.b: 3, c.d: 1}}\n  bad: {uniform: [3 m, 2 m]}\n  plain: 3 m\n");
  REQUIRE(document != nullptr);
  scenario::Scenario run;
  run.seed = 7;
  run.run = 2;
  const auto at = [&](const char* path) { return drawnValueAt(*findNode(document->root(), path), std::nullopt, &run); };
  const auto speed = at("params/speed");
  REQUIRE(speed);
  REQUIRE(speed->terms.size() == 3);
  CHECK(speed->terms[1].path == "params/speed/triangular/1");
  CHECK(speed->terms[1].name == "mode");
  CHECK(speed->terms[1].text == "20 km/h");
  CHECK(speed->textOf(speed->high) == "40 km/h");
  // A triangle: nothing at its ends, straight up to its mode a third of the way.
  CHECK(speed->density.front() == doctest::Approx(0));
  CHECK(speed->density.back() == doctest::Approx(0));
  const auto greatest = std::max_element(speed->density.begin(), speed->density.end()) - speed->density.begin();
  CHECK(std::abs(static_cast<double>(greatest) / static_cast<double>(speed->density.size() - 1) - 1.0 / 3) < 0.011);
  config::Diagnostics none;
  scenario::Draws draws(run.seed, run.run);
  REQUIRE(speed->value_si);
  CHECK(*speed->value_si ==
        draws.quantity(*findNode(document->root(), "params/speed"), config::Dimension::kSpeed, none)->value);
  // Nothing bounds it: all but a thousandth of the draws, 3.09 standard deviations to either side.
  const auto push = at("params/push");
  REQUIRE(push);
  CHECK(push->low == doctest::Approx(-2 * 3.0902).epsilon(1e-3));
  CHECK(push->high == doctest::Approx(2 * 3.0902).epsilon(1e-3));
  const auto what = at("params/what");
  REQUIRE(what);
  REQUIRE(what->options.size() == 2);
  CHECK(what->options[0].first == "a.b");
  CHECK(what->options[0].second == doctest::Approx(0.75));
  CHECK((what->value == "a.b" || what->value == "c.d"));
  CHECK_FALSE(at("params/bad"));
  CHECK_FALSE(at("params/plain"));
}
