# Reads files of motion with Blender's importers; prints rate, frames and joints in metres, Y up.
# Run by a Python that has bpy: blender.py '{"path": ..., "names": [...], "frames": [...]}'
import json
import sys

import bpy

asked = json.loads(sys.argv[1])
path = asked["path"]
bpy.ops.wm.read_factory_settings(use_empty=True)
if path.endswith(".fbx"):
    bpy.ops.import_scene.fbx(filepath=path)
elif path.endswith(".glb"):
    bpy.context.scene.render.fps = 30
    bpy.ops.import_scene.gltf(filepath=path)
elif path.endswith(".bvh"):
    bpy.ops.import_anim.bvh(
        filepath=path, update_scene_fps=True, update_scene_duration=True, global_scale=0.01
    )
else:
    bpy.ops.wm.usd_import(filepath=path)
(armature,) = [each for each in bpy.data.objects if each.type == "ARMATURE"]
scene = bpy.context.scene
first, last = bpy.data.actions[0].frame_range
found = []
for frame in asked["frames"]:
    scene.frame_set(int(first) + frame)
    heads = [armature.matrix_world @ armature.pose.bones[name].head for name in asked["names"]]
    found.append([[x, z, -y] for x, y, z in heads])
rate = scene.render.fps / scene.render.fps_base
print("\n" + json.dumps({"rate": rate, "frames": last - first + 1, "places": found}))
