// What the code was, as a hash.
#pragma once

#include <string>

namespace nightfog::farm {

/// SHA-256 over every source below engine/, sensors/ and exporters/, and the compiler with its flags: equal programs
/// write equal bytes. Documentation and the commands themselves are not in it, nor the folder it was built in.
std::string programDigest();

}  // namespace nightfog::farm
