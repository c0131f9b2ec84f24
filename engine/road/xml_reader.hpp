// Attributes of XML elements with types, limits and places: what the OpenDRIVE reader is written in.
#pragma once

#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>

#include "engine/config/diagnostics.hpp"
#include "engine/config/source_text.hpp"

namespace nightfog::road {

/// Reports at the place of an element.
class XmlReader {
 public:
  XmlReader(const config::SourceText& source, config::Diagnostics& diagnostics)
      : source_(source), diagnostics_(diagnostics) {}

  struct Range {
    double low = 0;
    double high = 0;
  };

  config::Place place(const pugi::xml_node& node) const;
  config::Diagnostic& error(const char* code, const pugi::xml_node& node, const std::string& message);
  config::Diagnostic& warning(const char* code, const pugi::xml_node& node, const std::string& message);

  /// A number that has to be there; reports what is wrong and gives the range's nearest to 0.
  double number(const pugi::xml_node& node, const char* attribute, Range range);
  /// One that may be left out.
  double number(const pugi::xml_node& node, const char* attribute, Range range, double otherwise);
  /// A whole number that has to be there.
  int integer(const pugi::xml_node& node, const char* attribute, int low, int high);
  /// One that may be left out.
  int integer(const pugi::xml_node& node, const char* attribute, int low, int high, int otherwise);
  /// A text that has to be there, at most 1,000 bytes.
  std::string text(const pugi::xml_node& node, const char* attribute);
  std::string text(const pugi::xml_node& node, const char* attribute, const char* otherwise);

 private:
  std::optional<double> parse(const pugi::xml_node& node, const char* attribute, Range range);

  const config::SourceText& source_;
  config::Diagnostics& diagnostics_;
};

}  // namespace nightfog::road
