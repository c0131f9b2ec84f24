// Puts each pixel on the list of what it shows: sky, a surface that stands or moves, a pane. Pass 1 goes through the panes when what is behind
// them is known.

void cameraSort(uint i) {
  FrameRef frame = FrameRef(push.frame);
  Words lists = Words(frame.value.lists);
  uint pixel = windowBegin() + i;
  if (push.pass == 1u) pixel = lists.at[listBegin(kListPanes) + i];
  Hits hits = Hits(frame.value.hits);
  uint instance = hits.at[pixel].instance;
  uint list = kListSky;
  if (instance != kNoHit) {
    uint mesh = Instances(frame.value.scene.instances).at[instance].mesh;
    uint triangle = Meshes(frame.value.scene.meshes).at[mesh].firstTriangle + hits.at[pixel].primitive;
    uint material = Surfaces(frame.value.scene.surfaces).at[Words(frame.value.scene.surfaceOfTriangle).at[triangle]].material;
    list = Instances(frame.value.scene.instances).at[instance].keyCount > 1u ? kListMoving : kListStill;
    if (push.pass == 0u && Materials(frame.value.scene.materials).at[material].transmission > 0.0f) list = kListPanes;
  }
  appendTo(list, pixel);
}
