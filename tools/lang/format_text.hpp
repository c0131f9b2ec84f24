// `fmt`: one canonical look for scenario files, worked on the text itself so that comments stay.
#pragma once

#include <string>

namespace nightfog::lang {

/// Line ends are \n, none trail blanks, the last ends the file; no byte-order mark; at most one empty line together;
/// `30km/h` and `30  km/h` become `30 km/h`; in brackets one blank follows each comma and colon and none stand inside
/// the brackets; comments begin with `# `. Everything else stays as it is. Idempotent; the meaning stays the same
/// (checked: a text that would mean something else afterwards is returned unchanged). Text that is no YAML of this
/// language is returned unchanged.
std::string formatText(const std::string& text);

}  // namespace nightfog::lang
