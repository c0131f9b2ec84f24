// Where YAML's reading of a text and its author's differ: finding the place, saying it in the author's words.
#pragma once

#include <deque>
#include <string>
#include <string_view>

#include "engine/config/document.hpp"

namespace nightfog::config {

/// A scalar found again in the source.
struct ScannedScalar {
  TextRange range;  ///< with quotes; of a block its indicator
  ScalarStyle style = ScalarStyle::kPlain;
  bool isClosed = true;    ///< false: a quote that does not end on its line
  bool runsOn = false;     ///< plain text that YAML continued on a further line
  TextRange continuation;  ///< that line's text
};
ScannedScalar scanScalar(const SourceText& source, uint32_t begin, std::string_view value);

/// From `begin` to the next blank, bracket, comma or line end.
TextRange wordAt(const SourceText& source, uint32_t begin);

/// A parser's message, made a diagnostic. `flow` is the innermost open bracket or nullptr.
void reportYamlError(const SourceText& source, const std::string& message, uint32_t offset, const Node* flow,
                     Diagnostics& diagnostics);

/// `{check: gap(ego, van) > 3 m}` is two entries to YAML: reports E0118 and joins the entries again.
void joinSplitExpressions(std::deque<Node>& nodes, const SourceText& source, Diagnostics& diagnostics);

}  // namespace nightfog::config
