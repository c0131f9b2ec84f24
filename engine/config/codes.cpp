#include "engine/config/codes.hpp"

namespace nightfog::config {

namespace {

constexpr CodeInfo kCodes[] = {
    {"E0101", "not YAML", "The text is not well-formed: brackets, colons or indentation do not fit."},
    {"E0102", "tab", "YAML is indented with spaces; a tab looks like some number of them and is none."},
    {"E0103", "duplicate key", "The same key twice in one map: one of the values would be lost silently."},
    {"E0104", "quote not closed", "Quoted text ends on the line where it begins; long text is a block."},
    {"E0105", "file too large", "Files of more than 4 MiB are not read."},
    {"E0106", "nested too deeply", "At most 64 levels of maps and lists."},
    {"E0107", "second document",
     "One document a file. A stray line after a list or map often starts a second one by accident."},
    {"E0108", "anchor or alias", "YAML's & and * are not part of the language: share values under `params:`."},
    {"E0109", "merge key", "YAML's << is not part of the language: parsers disagree about it."},
    {"E0110", "tag or directive", "YAML's ! and % are not part of the language: types follow from keys."},
    {"E0111", "key is not a word", "Keys are single words."},
    {"E0112", "not UTF-8", "Files are UTF-8 text without control characters."},
    {"E0113", "empty file", "There is nothing in the file."},
    {"E0114", "file cannot be read", "It does not exist, is no file, or may not be read."},
    {"E0115", "text runs on",
     "Plain text continued on the next line: nearly always wrong indentation or a missing comma."},
    {"E0117", "unquoted > or |", "A value that begins with > or | is a block of text to YAML: quote expressions."},
    {"E0118", "split expression", "YAML split an expression at its comma: quote it."},
    {"E0119", "braces after $", "References are written $name; ${name} is a map to YAML."},
    {"E0201", "missing key", "A required key is absent."},
    {"E0202", "unknown key",
     "The schema is closed: a key nobody reads is a mistake. Keys beginning with x- are yours."},
    {"E0203", "wrong kind", "A list, a map or a scalar where another was expected."},
    {"E0204", "no value", "A key without a value."},
    {"E0205", "not a number", "Numbers are decimal: 12, -0.5, 1e-3."},
    {"E0206", "unit missing", "A number that measures something carries its unit."},
    {"E0207", "wrong dimension", "The unit belongs to something else than what is measured here."},
    {"E0208", "unknown unit", "See the table of units in scenarios/README.md."},
    {"E0209", "out of range", "The value, or one that could be drawn, lies outside what is allowed."},
    {"E0210", "unknown word", "The word is not one of those that are possible here."},
    {"E0211", "not true or false", "Booleans are true and false; yes, no, on, off are text."},
    {"E0212", "not a name", "Names begin with a letter and hold letters, digits and '_'."},
    {"E0213", "wrong count", "The list or map has too few or too many entries."},
    {"E0214", "keys exclude or need each other", "The combination of keys has no meaning."},
    {"E0215", "impossible distribution",
     "Reversed bounds, a negative spread, weights that sum to nothing, mixed dimensions."},
    {"E0216", "wrong format line", "Files begin with `format: kind/major`, and the kind must be the one expected."},
    {"E0217", "malformed text", "Text with a form of its own, such as a time of day, does not have it."},
    {"E0218", "not a whole number", "Digits only."},
    {"E0401", "unknown parameter", "$name refers to an entry of `params:`."},
    {"E0402", "parameter of another dimension", "The parameter's unit does not fit where it is used."},
    {"E0403", "unknown asset", "The catalogue has no asset of this id."},
    {"E0404", "unknown sensor profile", "There is no profile of this id among the sensor profiles."},
    {"E0405", "unknown import", "The name is not an import of this file, or the import does not hold it."},
    {"E0406", "import leaves its root", "Imports are relative paths that stay below the library's root."},
    {"E0407", "import cycle", "Files import each other in a circle, or too deeply."},
    {"E0409", "unknown lane", "The road has no lane of this name."},
    {"E0410", "placement cycle", "Actors are placed relative to each other in a circle."},
    {"E0411", "id used twice", "Two things have the same id."},
    {"E0412", "unknown actor", "No actor of this scenario has this id."},
    {"E0413", "no road", "The construct needs a road, and the world has none."},
    {"E0420", "unknown sensor", "No sensor of this scenario has this id."},
    {"E0501", "not supported by this version",
     "The language has the construct; this version does not honour it and refuses to guess."},
    {"E0601", "outside the road", "The place lies before the road's beginning, after its end, or beside all lanes."},
    {"E0602", "rate does not fit the step", "A sensor's period must be a whole number of world steps."},
    {"E0603", "road impossible",
     "The road's line or lanes cannot be: too long, a bend tighter than its width, no driving lane."},
    {"E0620", "the format cannot hold it", "The export's format has no place for what the sensors make."},
    {"E0701", "mesh outside its root",
     "A mesh lies below its pack's folder, or below a root that the pack names with the package that brings it."},
    {"L0201", "space before the unit", "Write '30 km/h', with one space."},
    {"L0202", "no seed", "Without `seed:` the seed is 0: fixed, but shared by every such file."},
    {"L0203", "unquoted time of day", "Other YAML readers take 22:40 for the number 1360: quote it."},
    {"W0401", "unused parameter", "The parameter is drawn and nothing reads it."},
};

}  // namespace

std::span<const CodeInfo> codes() {
  return kCodes;
}

const CodeInfo* findCode(std::string_view code) {
  for (const CodeInfo& info : kCodes) {
    if (info.code == code) return &info;
  }
  return nullptr;
}

}  // namespace nightfog::config
