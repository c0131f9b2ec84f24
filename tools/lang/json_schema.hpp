// JSON Schema 2020-12 and the reference page, made from the tables that the checker reads by.
#pragma once

#include <string>

#include "engine/config/descriptor.hpp"

namespace nightfog::lang {

/// Ends with a line break; the same bytes for the same tables.
std::string jsonSchema(const config::ObjectInfo& root, const std::string& title);
/// Every table below the root as Markdown, each once.
std::string referencePage(const config::ObjectInfo& root);

}  // namespace nightfog::lang
