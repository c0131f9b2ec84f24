// The rows of a form in the window.
#pragma once

#include "tools/viewer/form.hpp"
#include "tools/viewer/panels.hpp"

namespace nightfog::viewer {

struct Form {
  Ui& ui;
  Session& session;
  WindowState& state;
  const config::Document& document;  ///< the session's text
};

/// A name and a value that can be edited; below it what is wrong with it, and the curve it is drawn from.
void fieldRow(Form& form, const FormField& field);

}  // namespace nightfog::viewer
