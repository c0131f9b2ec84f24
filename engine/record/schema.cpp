#include "engine/record/schema.hpp"

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>

#include <set>

namespace nightfog::record {
namespace {

void addFile(const google::protobuf::FileDescriptor& file, std::set<std::string>& seen,
             google::protobuf::FileDescriptorSet& out) {
  if (!seen.insert(file.name()).second) return;
  for (int i = 0; i < file.dependency_count(); ++i) addFile(*file.dependency(i), seen, out);
  file.CopyTo(out.add_file());
}

}  // namespace

std::string fileDescriptorSet(const google::protobuf::Descriptor& type) {
  google::protobuf::FileDescriptorSet set;
  std::set<std::string> seen;
  addFile(*type.file(), seen, set);
  return serialise(set);
}

std::string serialise(const google::protobuf::Message& message) {
  const google::protobuf::LogSilencer quiet;  // about text that is not UTF-8: EpisodeWriter refuses it
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

}  // namespace nightfog::record
