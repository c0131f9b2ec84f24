#include "tools/viewer/form.hpp"

#include <doctest/doctest.h>

#include <algorithm>

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
