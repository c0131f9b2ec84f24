// What can be added to a scenario, as the text an author would have begun with.
#pragma once

#include <string>
#include <vector>

#include "tools/viewer/session.hpp"

namespace nightfog::viewer {

/// Injectors of the standard library, "vru.dart_out".
std::vector<std::string> injectorTypes(const Session& session);
/// An actor of this asset on the first actor's lane, ahead of it.
void addActor(Session& session, const std::string& asset);
/// An injector with the parameters that it must have, and the import that it needs.
void addInjector(Session& session, const std::string& type);
/// A keyframe at the present time.
void addFog(Session& session);

}  // namespace nightfog::viewer
