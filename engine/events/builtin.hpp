// Every injector there is.
#pragma once

#include <span>

#include "engine/events/injector.hpp"

namespace nightfog::events {

std::span<const InjectorType> builtinInjectors();
/// nullptr: none of that name.
const InjectorType* findInjector(std::string_view name);

}  // namespace nightfog::events
