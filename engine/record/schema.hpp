// Protobuf messages as MCAP wants them: a schema that describes itself, and bytes that are the same every time.
// Internal to record/.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <string>
#include <string_view>

namespace nightfog::record {

/// A serialised FileDescriptorSet: the file of `type` after everything it imports, each once, in order of first need.
std::string fileDescriptorSet(const google::protobuf::Descriptor& type);
/// Deterministic: map entries sorted.
std::string serialise(const google::protobuf::Message& message);

}  // namespace nightfog::record
