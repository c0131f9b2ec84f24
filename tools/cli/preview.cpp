#include "engine/record/preview.hpp"

#include "engine/core/files.hpp"
#include "tools/cli/commands.hpp"
#include "tools/cli/record_path.hpp"

namespace nightfog::cli {

ExitCode preview(const PreviewArguments& arguments) {
  record::PreviewRequest request;
  using View = record::PreviewRequest::View;
  request.view = arguments.view == "top" ? View::kTop : arguments.view == "range" ? View::kRange : View::kSheet;
  if (const auto colour = record::colourByName(arguments.colour)) request.colour = *colour;
  request.sensor = arguments.sensor;
  request.frame = arguments.frame;
  writeFileAtomically(arguments.out, record::previewPng(recordPath(arguments.record), request));
  return ExitCode::kOk;
}

}  // namespace nightfog::cli
