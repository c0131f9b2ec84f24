// What a form may hold for a piece of text: the fields of the language's own table, those that are written and those
// that could be. No window.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/config/descriptor.hpp"
#include "engine/config/document.hpp"

namespace nightfog::viewer {

struct FormField {
  std::string path;  ///< of the value in the text, written or not
  std::string name;
  int depth = 0;
  bool isWritten = false;
  bool isEditable = false;                          ///< a value on one line; else a heading of the fields below it
  std::string text;                                 ///< of what is written, as it stands
  std::string doc;                                  ///< what it is for
  std::string takes;                                ///< "a length, 0 m … 100 m"
  std::string fallback;                             ///< its default; empty: none
  std::vector<std::string> words;                   ///< that it may be
  std::string refersTo;                             ///< "an actor's id": what the value names; empty: nothing
  std::optional<config::Dimension> dimension = {};  ///< of a quantity
  bool isRequired = false;
  config::TextRange range;  ///< of key and value in the text; empty: not written
};

/// Fields of the value at a path, by the scenario's table, in the order of the file and then of the table. Empty where
/// there is no such path, or no table for it.
std::vector<FormField> formFor(const config::Document& document, const std::string& path);

/// What was typed into a field as the language wants it: a bare number gets the unit that the field had, or the
/// canonical one of what it measures.
std::string withUnit(const FormField& field, const std::string& typed);

/// "a speed, 0 m/s … 70 m/s", "one of: lit, dark, auto".
std::string describeValue(const config::ValueInfo& info);

}  // namespace nightfog::viewer
