"""Renders the bench's street with Cycles and says how long a frame takes: run by `nightfog bench --peer blender`.

blender --background --factory-startup --python cycles_street.py -- FOLDER

FOLDER holds scene.json and plain arrays (tools/bench/cycles_peer.cpp); result.json is written into it. What is timed is
a render of a scene that Cycles keeps (persistent data): imported, synchronised and its BVH built by the render before.
"""
import json
import pathlib
import resource
import sys
import time

import bpy
import mathutils
import numpy

folder = pathlib.Path(sys.argv[sys.argv.index("--") + 1])
street = json.loads((folder / "scene.json").read_text())


def array(name, kind):
    return numpy.fromfile(folder / name, dtype=kind)


def make_image(name, width, height, rgba, colour_space, is_float):
    image = bpy.data.images.new(name, width, height, alpha=True, float_buffer=is_float)
    image.colorspace_settings.name = colour_space
    image.alpha_mode = "CHANNEL_PACKED"
    image.pixels.foreach_set(rgba.astype(numpy.float32).ravel())
    image.update()
    image.pack()
    return image


def make_textures():
    textures = []
    for i, texture in enumerate(street["textures"]):
        rgba = array(f"texture{i}.rgba", numpy.uint8) / 255.0
        textures.append(make_image(f"texture{i}", texture["width"], texture["height"], rgba, "sRGB", False))
    return textures


def make_material(number, data, textures):
    material = bpy.data.materials.new(f"material{number}")
    material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    principled = nodes["Principled BSDF"]
    output = nodes["Material Output"]
    principled.inputs["Base Color"].default_value = (*data["base"], 1)
    principled.inputs["Roughness"].default_value = data["roughness"]
    principled.inputs["Metallic"].default_value = data["metallic"]

    def image_node(index):
        node = nodes.new("ShaderNodeTexImage")
        node.image = textures[index]
        node.interpolation = "Closest"
        return node

    if data["colour_texture"] is not None:
        node = image_node(data["colour_texture"])
        mix = nodes.new("ShaderNodeMixRGB")
        mix.blend_type = "MULTIPLY"
        mix.inputs["Fac"].default_value = 1
        mix.inputs["Color2"].default_value = (*data["base"], 1)
        links.new(node.outputs["Color"], mix.inputs["Color1"])
        links.new(mix.outputs["Color"], principled.inputs["Base Color"])
    if data["alpha_texture"] is not None:
        node = image_node(data["alpha_texture"])
        cut = nodes.new("ShaderNodeMath")
        cut.operation = "GREATER_THAN"
        cut.inputs[1].default_value = 0.5
        links.new(node.outputs["Alpha"], cut.inputs[0])
        links.new(cut.outputs["Value"], principled.inputs["Alpha"])
    if data["transmission"] > 0:  # a pane: most light goes straight on, the rest is mirrored
        clear, mirror, pane = (nodes.new(f"ShaderNode{kind}") for kind in ("BsdfTransparent", "BsdfGlossy", "MixShader"))
        clear.inputs["Color"].default_value = (*([data["transmission"]] * 3), 1)
        mirror.inputs["Roughness"].default_value = 0
        fresnel = nodes.new("ShaderNodeFresnel")
        links.new(fresnel.outputs["Fac"], pane.inputs["Fac"])
        links.new(clear.outputs["BSDF"], pane.inputs[1])
        links.new(mirror.outputs["BSDF"], pane.inputs[2])
        links.new(pane.outputs["Shader"], output.inputs["Surface"])
    return material


def make_street(textures):
    positions = array("positions.f32", numpy.float32)
    triangles = array("triangles.u32", numpy.int32)
    uvs = array("uvs.f32", numpy.float32).reshape(-1, 2)
    count = len(triangles) // 3
    mesh = bpy.data.meshes.new("street")
    mesh.vertices.add(len(positions) // 3)
    mesh.vertices.foreach_set("co", positions)
    mesh.loops.add(len(triangles))
    mesh.loops.foreach_set("vertex_index", triangles)
    mesh.polygons.add(count)
    mesh.polygons.foreach_set("loop_start", numpy.arange(0, 3 * count, 3, dtype=numpy.int32))
    mesh.polygons.foreach_set("loop_total", numpy.full(count, 3, dtype=numpy.int32))
    mesh.polygons.foreach_set("material_index", array("materials.u32", numpy.int32))
    mesh.polygons.foreach_set("use_smooth", numpy.ones(count, dtype=bool))
    mesh.uv_layers.new().data.foreach_set("uv", uvs[triangles].ravel())
    for number, data in enumerate(street["materials"]):
        mesh.materials.append(make_material(number, data, textures))
    mesh.update(calc_edges=True)
    bpy.context.scene.collection.objects.link(bpy.data.objects.new("street", mesh))


def make_light():
    sun = street["sun"]
    light = bpy.data.lights.new("sun", "SUN")
    light.color = sun["irradiance"]
    light.energy = 1
    light.angle = sun["angle_rad"]
    place = bpy.data.objects.new("sun", light)
    place.rotation_euler = mathutils.Vector(sun["direction"]).to_track_quat("Z", "Y").to_euler()
    bpy.context.scene.collection.objects.link(place)
    world = bpy.data.worlds.new("sky")
    world.use_nodes = True
    node = world.node_tree.nodes.new("ShaderNodeTexEnvironment")
    node.image = make_image("sky", 1024, 512, array("sky.f32", numpy.float32), "Linear", True)
    world.node_tree.links.new(node.outputs["Color"], world.node_tree.nodes["Background"].inputs["Color"])
    bpy.context.scene.world = world


def make_camera():
    data = street["camera"]
    camera = bpy.data.cameras.new("camera")
    camera.sensor_fit = "HORIZONTAL"
    camera.sensor_width = 36
    camera.lens = 36 * data["fx"] / data["width"]
    camera.clip_start, camera.clip_end = 0.02, 5000
    place = bpy.data.objects.new("camera", camera)
    right, down, ahead = (mathutils.Vector(data[axis]) for axis in ("right", "down", "ahead"))
    place.matrix_world = mathutils.Matrix.Translation(data["origin"]) @ mathutils.Matrix((right, -down, -ahead)).transposed().to_4x4()
    scene = bpy.context.scene
    scene.collection.objects.link(place)
    scene.camera = place
    scene.render.resolution_x, scene.render.resolution_y = data["width"], data["height"]
    scene.render.resolution_percentage = 100


def set_cycles():
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.render.use_persistent_data = True
    scene.render.threads_mode, scene.render.threads = "FIXED", street["threads"]
    scene.view_settings.view_transform = "Standard"
    cycles = scene.cycles
    cycles.device = "CPU"
    cycles.samples = 1
    cycles.use_adaptive_sampling = False
    cycles.use_denoising = False
    cycles.use_auto_tile = False
    cycles.max_bounces = cycles.diffuse_bounces = cycles.glossy_bounces = cycles.transmission_bounces = 1
    cycles.transparent_max_bounces = 8
    cycles.caustics_reflective = cycles.caustics_refractive = False


def timed_render():
    before = resource.getrusage(resource.RUSAGE_SELF)
    begin = time.perf_counter()
    bpy.ops.render.render()
    wall = time.perf_counter() - begin
    after = resource.getrusage(resource.RUSAGE_SELF)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


bpy.ops.wm.read_factory_settings(use_empty=True)
make_street(make_textures())
make_light()
make_camera()
set_cycles()
first = timed_render()  # imports, synchronises, builds the BVH: does not count
times = [timed_render() for _ in range(street["repeat"])]
if street["picture"]:
    bpy.data.images["Render Result"].save_render(street["picture"])
(folder / "result.json").write_text(json.dumps({
    "version": bpy.app.version_string,
    "first_s": first[0],
    "wall_s": min(wall for wall, _ in times),
    "cpu_s": min(cpu for _, cpu in times)}))
