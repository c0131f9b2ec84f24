// The traps of YAML and of its parser, one test each: what a user gets to see instead.
#include "engine/config/document.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace nightfog::config;

namespace {

struct Finding {
  std::shared_ptr<const Document> document;
  std::vector<Diagnostic> diagnostics;
};

Finding parse(std::string text) {
  Diagnostics diagnostics;
  Finding out;
  out.document = parseDocument(std::move(text), "a.yaml", diagnostics);
  out.diagnostics = diagnostics.sorted();
  return out;
}

void checkRefused(const std::string& text, const std::string& code, int line, int column) {
  CAPTURE(text.substr(0, 80));
  const Finding found = parse(text);
  REQUIRE(found.diagnostics.size() == 1);
  const Diagnostic& d = found.diagnostics.front();
  CAPTURE(renderText(d));
  CHECK(d.code == code);
  CHECK(d.place.line == line);
  CHECK(d.place.column == column);
}

}  // namespace

TEST_CASE("A tree keeps order, text and places") {
  const Finding found = parse("a: {b: 30 km/h, c: [x, 'y z']}\nd:\n  - 1\n  - e: \"f\"\n");
  REQUIRE(found.document);
  CHECK(found.diagnostics.empty());
  const Node& root = found.document->root();
  REQUIRE(root.isMap());
  const Node* b = root.find("a")->find("b");
  CHECK(b->text == "30 km/h");
  CHECK(b->place().line == 1);
  CHECK(b->place().column == 8);
  CHECK(b->place().length == 7);
  CHECK(b->keyPlace().column == 5);
  const Node* quoted = root.find("a")->find("c")->children[1];
  CHECK(quoted->text == "y z");
  CHECK(quoted->style == ScalarStyle::kSingleQuoted);
  CHECK(quoted->place().length == 5);
  const Node* e = root.find("d")->children[1]->find("e");
  CHECK(e->path() == "d/1/e");
  CHECK(e->place().line == 4);
}

TEST_CASE("Trap: a duplicate key is reported at the second, with the first") {
  checkRefused("a: 1\nb: 2\na: 3\n", "E0103", 3, 1);
  const Finding found = parse("a: 1\nb: 2\na: 3\n");
  REQUIRE(found.diagnostics.front().related.size() == 1);
  CHECK(found.diagnostics.front().related.front().place.line == 1);
}

TEST_CASE("Trap: an unclosed quote is reported where it opens") {
  checkRefused("a: 'unterminated\nb: 3\n", "E0104", 1, 4);
  checkRefused("a: {b: \"x, c: 3}\nd: 4\n", "E0104", 1, 8);
  checkRefused("a: 'it''s open\nb: 'closed'\n", "E0104", 1, 4);
  checkRefused("a: \"ends in a backslash\\\nb: c\n", "E0104", 1, 4);
  CHECK(parse("a: 'it''s closed'\nb: \"a \\\" b\"\n").diagnostics.empty());
}

TEST_CASE("Trap: a second document, explicit or by accident, is refused") {
  checkRefused("- a\nb: c\n", "E0107", 2, 1);
  checkRefused("---\na: 1\n---\nb: 2\n", "E0107", 3, 1);
  CHECK(parse("---\na: 1\n").diagnostics.empty());
}

TEST_CASE("Trap: merge keys, anchors, aliases, tags and directives are refused at their own place") {
  checkRefused("a: {<<: x}\n", "E0109", 1, 5);
  checkRefused("a: &name x\nb: *name\n", "E0108", 1, 4);
  checkRefused("b: 1\na: *name\n", "E0101", 2, 4);  // an alias of nothing does not even parse
  checkRefused("a: !!str x\n", "E0110", 1, 4);
  checkRefused("a: !mine {b: 1}\n", "E0110", 1, 4);
  checkRefused("a: ! x\n", "E0110", 1, 4);
  checkRefused("%YAML 1.2\n---\na: 1\n", "E0110", 1, 1);
}

TEST_CASE("Trap: an empty value is shown at its key, not on the next line") {
  const Finding found = parse("a:\nb: ~\nc: null\n");
  REQUIRE(found.document);
  CHECK(found.document->root().find("a")->isNull());
  CHECK(found.document->root().find("a")->place().line == 1);
  CHECK(found.document->root().find("a")->place().column == 1);
  CHECK(found.document->root().find("b")->isNull());
  CHECK(found.document->root().find("c")->isNull());
}

TEST_CASE("Trap: columns count characters, not bytes") {
  const Finding found = parse("größe: {ä: 1, ü: 'x'}\n");
  REQUIRE(found.document);
  const Node* value = found.document->root().find("größe")->find("ü");
  CHECK(value->place().column == 18);
  CHECK(value->keyPlace().column == 15);
  checkRefused("ä: 'offen\n", "E0104", 1, 4);
}

TEST_CASE("Trap: tabs are named as such") {
  checkRefused("a:\n\tb: 1\n", "E0102", 2, 1);
  checkRefused("a:\tb\n", "E0102", 1, 3);
  CHECK(parse("a: 1 # a\tcomment\nb: 'x\ty'\n").diagnostics.empty());
}

TEST_CASE("Trap: an expression split at its comma is one finding, with the text to quote") {
  checkRefused("x:\n  - {id: h, check: gap(ego, van) > 3 m}\n", "E0118", 2, 20);
  const Finding found = parse("x:\n  - {id: h, check: gap(ego, van) > 3 m}\n");
  CHECK(found.diagnostics.front().help == "quote it: check: \"gap(ego, van) > 3 m\"");
  CHECK(found.diagnostics.front().label == "YAML read the value \"gap(ego\" and a second key \"van) > 3 m\"");
  CHECK(found.document->root().find("x")->children[0]->children.size() == 2);
  checkRefused("x: [gap(ego, van) > 3 m, y]\n", "E0118", 1, 5);
  checkRefused("x: {a: f(b, c, d), e: 1}\n", "E0118", 1, 8);
  CHECK(parse("x: {a: \"f(b, c)\", d: (e)}\n").diagnostics.empty());
}

TEST_CASE("Trap: a value that begins with > is a block of text to YAML") {
  checkRefused("a: > 3 m\nb: 2\n", "E0117", 1, 4);
}

TEST_CASE("Trap: braces after a dollar sign") {
  checkRefused("a: {speed: ${x}}\nb: 1\n", "E0119", 1, 12);
  CHECK(parse("a: {speed: $x}\n").diagnostics.empty());
}

TEST_CASE("Trap: deep nesting has a message of its own") {
  checkRefused("a: " + std::string(3000, '['), "E0106", 1, 1004);
  checkRefused("a: " + std::string(100, '[') + std::string(100, ']') + "\n", "E0106", 1, 67);
  std::string blocks;
  for (int i = 0; i < 100; ++i) blocks += std::string(static_cast<size_t>(i), ' ') + "a:\n";
  checkRefused(blocks + std::string(100, ' ') + "b\n", "E0106", 65, 65);
  CHECK(parse("a: " + std::string(40, '[') + std::string(40, ']') + "\n").diagnostics.empty());
}

TEST_CASE("Trap: CRLF and a byte-order mark change nothing") {
  const Finding found = parse(
      "\xef\xbb\xbf"
      "a: x\r\nb: 'y'\r\nc: |\r\n  long\r\n");
  REQUIRE(found.document);
  CHECK(found.diagnostics.empty());
  CHECK(found.document->root().find("a")->text == "x");
  CHECK(found.document->root().find("b")->place().line == 2);
  CHECK(found.document->root().find("b")->place().column == 4);
  CHECK(found.document->root().find("b")->place().lineText == "b: 'y'");
}

TEST_CASE("Trap: lines that YAML would silently run together are refused") {
  checkRefused("- a\n - b\n", "E0115", 2, 2);
  checkRefused("a: 1\n  b: 2\n", "E0115", 2, 3);
  checkRefused("a: [1, 2\nb: 3\n", "E0115", 2, 1);
  checkRefused("a: {b: 1\nc: 2\n", "E0115", 2, 1);
  const Finding block = parse("a: >\n  long text\n  on two lines\nb: 1\n");
  CHECK(block.diagnostics.empty());
  CHECK(block.document->root().find("a")->text == "long text on two lines\n");
}

TEST_CASE("What is not YAML is said with a place") {
  checkRefused("a: b: c\n", "E0101", 1, 5);
  checkRefused("a: @x\n", "E0101", 1, 4);
  checkRefused("a: ]\n", "E0101", 1, 4);
  checkRefused("a: {b: [1, 2}\n", "E0101", 1, 13);
  checkRefused("a: {b: 1}}\n", "E0101", 1, 10);
  checkRefused("a: - b\n", "E0101", 1, 4);
  checkRefused("a: \"x\\q\"\n", "E0101", 1, 8);
  checkRefused("? [a]\n: b\n", "E0111", 1, 3);
  checkRefused("b: {x: 1, : 2}\n", "E0111", 1, 11);
}

TEST_CASE("Encodings other than UTF-8, control characters and oversized files are refused") {
  checkRefused("a: \xff\n", "E0112", 1, 4);
  checkRefused("a: \xed\xa0\x80\n", "E0112", 1, 4);     // a surrogate
  checkRefused("ok: 1\na: \xc0\xaf\n", "E0112", 2, 4);  // an overlong slash
  checkRefused(std::string("a: \0b\n", 6), "E0112", 1, 4);
  checkRefused("a: \x04\n", "E0112", 1, 4);
  checkRefused("a: x\rb\n", "E0112", 1, 5);
  const Finding big = parse(std::string(kMaxFileBytes + 1, ' '));
  REQUIRE(big.diagnostics.size() == 1);
  CHECK(big.diagnostics.front().code == "E0105");
  CHECK(parse("").diagnostics.front().code == "E0113");
  CHECK(parse("# nothing\n").diagnostics.front().code == "E0113");
}

TEST_CASE("Files that cannot be read are errors at the place that names them") {
  Diagnostics diagnostics;
  CHECK(loadDocument("/nonexistent/x.yaml", diagnostics) == nullptr);
  CHECK(loadDocument("/", diagnostics) == nullptr);
  REQUIRE(diagnostics.sorted().size() == 2);
  CHECK(diagnostics.sorted()[0].code == "E0114");
  CHECK(diagnostics.sorted()[0].place.isWholeFile());
}
