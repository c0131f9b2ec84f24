// First line of every kernel after #version and GL_GOOGLE_include_directive: the extensions all of ours use, and which item is mine.
#ifndef NIGHTFOG_SHARED_KERNELS_GLSL
#define NIGHTFOG_SHARED_KERNELS_GLSL
#extension GL_EXT_scalar_block_layout : require
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_shader_explicit_arithmetic_types_int64 : require
#extension GL_EXT_shader_explicit_arithmetic_types_int8 : require
#extension GL_EXT_shader_explicit_arithmetic_types_int16 : require
#extension GL_EXT_control_flow_attributes : require

/// Which work group this is, in the layout of gpu::groupsFor().
uint groupIndex() { return gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x; }
/// uint: which of the n items is mine, in the layout of gpu::groupsFor(n, size); compare it with n. Groups lie along x. A macro,
/// because before the kernel's local_size is declared a function here would silently read a group size of 1.
#define globalIndex() (groupIndex() * gl_WorkGroupSize.x + gl_LocalInvocationID.x)
#endif
