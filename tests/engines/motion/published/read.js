// Reads a file of motion with three.js and prints where its joints are at given times (seconds).
import fs from "node:fs";

globalThis.self = globalThis;
globalThis.window = {};
globalThis.document = { createElementNS: () => ({ addEventListener() {}, style: {} }) };
const THREE = await import("three");
const { FBXLoader } = await import("three/examples/jsm/loaders/FBXLoader.js");
const { BVHLoader } = await import("three/examples/jsm/loaders/BVHLoader.js");
const { GLTFLoader } = await import("three/examples/jsm/loaders/GLTFLoader.js");

async function load(path) {
  const bytes = fs.readFileSync(path);
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  if (path.endsWith(".fbx")) {
    const scene = new FBXLoader().parse(buffer, "");
    return [scene, scene.animations[0]];
  }
  if (path.endsWith(".bvh")) {
    const { skeleton, clip } = new BVHLoader().parse(bytes.toString());
    const scene = new THREE.Object3D();
    scene.add(skeleton.bones[0]);
    return [scene, clip];
  }
  const file = await new Promise((done, failed) => new GLTFLoader().parse(buffer, "", done, failed));
  return [file.scene, file.animations[0]];
}

const { path, names, times } = JSON.parse(process.argv[2]);
const [scene, clip] = await load(path);
const mixer = new THREE.AnimationMixer(scene);
mixer.clipAction(clip).play();
const places = times.map((time) => {
  mixer.setTime(time);
  scene.updateMatrixWorld(true);
  return names.map((name) =>
    scene.getObjectByName(name).getWorldPosition(new THREE.Vector3()).toArray(),
  );
});
console.log(JSON.stringify({ duration: clip.duration, places }));
