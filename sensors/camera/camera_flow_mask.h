// Marks the flow of pixels whose point something hides in the next frame.

void cameraFlowMask(uint i) {
  FrameRef frame = FrameRef(push.frame);
  uint pixel = windowBegin() + i;
  Words state = Words(frame.value.flowState);
  if (state.at[pixel] == 1u && Hits(frame.value.hits).at[pixel].instance != kNoHit) state.at[pixel] = 2u;
}
