// Edits of a scenario's text at the places where its values stand: what is not meant stays byte for byte, comments,
// order and format included. Texts in, texts out; no files, no window.
//
// @code
//   std::string text = setValue(text, "actors/van/place/s", "103.5 m");
// @endcode
// Paths are keys and list indices between slashes, as config::Node::path() writes them but for list elements, which are
// named by index. Each throws Error (usage), and says what to do by hand, for what it cannot edit: text that is no
// tree, a path that leads nowhere.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/config/document.hpp"

namespace nightfog::viewer {

/// nullptr: no tree.
std::shared_ptr<const config::Document> parseSource(const std::string& text);
/// Its tree; throws Error where it has errors.
std::shared_ptr<const config::Document> soundSource(const std::string& text);
/// Throws the Error of an edit that cannot be made here.
[[noreturn]] void refuseEdit(const std::string& what);
/// The node at a path; nullptr: there is none.
const config::Node* findNode(const config::Node& root, const std::string& path);
/// The path that findNode() finds the node at.
std::string pathTo(const config::Node& node);
/// The bytes of a value, from its first to its last; of a block map or list without what follows its last value.
config::TextRange extentOf(const config::Node& node);

/// Replaces a value, whatever it was, by a value on one line.
std::string setValue(const std::string& text, const std::string& path, const std::string& value);
/// As setValue(); where the key is missing it is added to its map, which must be there, after its last entry.
std::string putValue(const std::string& text, const std::string& path, const std::string& value);
/// Adds an entry `key: value` to a map at a path, and the map itself where it is missing at the root: a new section
/// stands where the language's table has it. `lines` of a block value are indented as its place wants; a single line
/// stands beside the key.
std::string addEntry(const std::string& text, const std::string& mapPath, const std::string& key,
                     const std::vector<std::string>& lines);
/// Adds an element to a list at a path of the root, and the list itself where it is missing.
std::string addElement(const std::string& text, const std::string& listPath, const std::vector<std::string>& lines);
/// As addElement(), before the element of that index, if there is one.
std::string insertElement(const std::string& text, const std::string& listPath, size_t index,
                          const std::vector<std::string>& lines);
/// Takes an entry of a map or a list away, with the comment at its line's end.
std::string removeEntry(const std::string& text, const std::string& path);

}  // namespace nightfog::viewer
