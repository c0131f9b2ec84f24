// Reads a record with code that is not ours: @mcap/core for the container, protobufjs with the embedded schemas for the messages.
//
//   node read_with_mcap_core.mjs record.mcap > summary.json
//
// Prints one JSON object; exits 1 with the reason when anything is wrong. The container is read twice: as a stream, front to back, where each
// CRC is checked, and by its index.
import { createHash } from "node:crypto";
import { open, readFile } from "node:fs/promises";

import { crc32 } from "@foxglove/crc";
import { McapIndexedReader, McapStreamReader } from "@mcap/core";
import protobuf from "protobufjs";
import descriptor from "protobufjs/ext/descriptor/index.js";

import { inflateSync } from "node:zlib";

const path = process.argv[2];
const fail = (reason) => {
  console.error(`${path}: ${reason}`);
  process.exit(1);
};

const NUMERIC = {
  1: [1, (v, o) => v.getUint8(o)],
  3: [2, (v, o) => v.getUint16(o, true)],
  5: [4, (v, o) => v.getUint32(o, true)],
  6: [4, (v, o) => v.getInt32(o, true)],
  7: [4, (v, o) => v.getFloat32(o, true)],
};

/** Decodes every point of a foxglove.PointCloud by its own field table. */
function summarisePoints(cloud) {
  const view = new DataView(cloud.data.buffer, cloud.data.byteOffset, cloud.data.byteLength);
  const stride = cloud.point_stride;
  if (cloud.data.length % stride !== 0) fail(`${cloud.data.length} bytes are no whole number of points`);
  const count = cloud.data.length / stride;
  const sums = {};
  const causes = {};
  let worst = 0;
  for (const field of cloud.fields) {
    if (!NUMERIC[field.type] || field.offset + NUMERIC[field.type][0] > stride) fail(`field ${field.name} is impossible`);
  }
  for (let i = 0; i < count; ++i) {
    const p = {};
    for (const { name, offset, type } of cloud.fields) {
      p[name] = NUMERIC[type][1](view, i * stride + offset);
      sums[name] = (sums[name] ?? 0) + p[name];
    }
    causes[p.cause] = (causes[p.cause] ?? 0) + 1;
    worst = Math.max(worst, Math.abs(Math.hypot(p.x, p.y, p.z) - p.range));
  }
  return { frame_id: cloud.frame_id, points: count, stride, fields: cloud.fields.map((f) => f.name), sums, causes,
           worst_range_error: worst, sha256: createHash("sha256").update(cloud.data).digest("hex") };
}

const handle = await open(path, "r");
const size = (await handle.stat()).size;

// Front to back: the CRCs of chunks and attachments are checked by the library, those of the two sections below.
const bytes = await readFile(path);
const stream = new McapStreamReader({ validateCrcs: true, includeChunks: true });
stream.append(bytes);
const records = {};
let streamed = 0;
for (let record; (record = stream.nextRecord()); ) {
  records[record.type] = (records[record.type] ?? 0) + 1;
  if (record.type === "Message") ++streamed;
  if (record.type === "DataEnd" && record.dataSectionCrc === 0) fail("the data section has no CRC");
  if (record.type === "Chunk" && record.uncompressedCrc === 0) fail("a chunk has no CRC");
  if (record.type === "Footer" && record.summaryCrc === 0) fail("the summary has no CRC");
}
if (!stream.done()) fail("the stream does not end with a footer");
const footer = new DataView(bytes.buffer, bytes.byteOffset + size - 8 - 20, 20);
const summaryStart = Number(footer.getBigUint64(0, true));
const dataCrc = new DataView(bytes.buffer, bytes.byteOffset + summaryStart - 4, 4).getUint32(0, true);
if (crc32(bytes.subarray(0, summaryStart - 13)) !== dataCrc) fail("the data section's CRC is wrong");
if (crc32(bytes.subarray(summaryStart, size - 12)) !== footer.getUint32(16, true)) fail("the summary's CRC is wrong");

// By index.
const readable = {
  size: async () => BigInt(size),
  read: async (offset, length) => {
    const out = new Uint8Array(Number(length));
    const { bytesRead } = await handle.read(out, 0, out.length, Number(offset));
    if (bytesRead !== out.length) fail(`only ${bytesRead} of ${length} bytes at ${offset}`);
    return out;
  },
};
const reader = await McapIndexedReader.Initialize({ readable });

const types = new Map();
for (const schema of reader.schemasById.values()) {
  if (schema.encoding !== "protobuf") fail(`schema ${schema.name} is ${schema.encoding}`);
  const root = protobuf.Root.fromDescriptor(descriptor.FileDescriptorSet.decode(schema.data));
  root.resolveAll();
  types.set(schema.id, root.lookupType(schema.name));
}

/** Values of a truth plane, by the description in camera.proto: one array a word of the pixel. */
function decodePlane(plane) {
  const words = { NORMAL: [2, 2], FLOW: [4, 2], SEMANTIC: [2, 1], FLOW_STATE: [1, 1] }[plane.kind] ?? [4, 1];
  const [size, count] = words;
  const { width, height } = plane;
  const pixels = width * height;
  const bytes = inflateSync(plane.data);
  if (bytes.length !== pixels * size * count || plane.bytes_per_pixel !== size * count) fail(`plane ${plane.kind} has ${bytes.length} bytes`);
  const range = 2 ** (8 * size);
  const out = [];
  for (let word = 0; word < count; ++word) {
    const values = new Float64Array(pixels);
    for (let i = 0; i < pixels; ++i) {
      let folded = 0;
      for (let b = 0; b < size; ++b) folded += bytes[word * pixels * size + b * pixels + i] * 2 ** (8 * b);
      const residual = folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
      const x = i % width;
      const above = i >= width ? values[i - width] : 0;
      const prediction = x === 0 ? above : values[i - 1] + above - (i >= width ? values[i - width - 1] : 0);
      values[i] = (((residual + prediction) % range) + range) % range;
    }
    const isFloat = plane.kind === "DEPTH" || plane.kind === "FLOW";
    const view = new DataView(new ArrayBuffer(4));
    out.push(Array.from(values, (v) => {
      if (!isFloat) return v;
      view.setUint32(0, v);
      return plane.fixed_point_bits > 0 ? view.getInt32(0) / 2 ** plane.fixed_point_bits : view.getFloat32(0);
    }));
  }
  return out;
}

const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
/** v turned by the unit quaternion q = [w, x, y, z]. */
function turn(q, v) {
  const u = q.slice(1);
  const t = cross(u, v).map((c) => 2 * c);
  const ut = cross(u, t);
  return v.map((c, i) => c + q[0] * t[i] + ut[i]);
}

/** The pose [x, y, z, w, x, y, z] at a time, by the description in truth.proto. */
function poseAt(motion, numbers, time_ns) {
  if (numbers.length === 7) return numbers;
  if (numbers.length !== 7 * motion.key_count) fail(`${numbers.length} numbers for ${motion.key_count} keys`);
  const place = Math.min(Math.max((time_ns - motion.first_key_ns) / motion.key_step_ns, 0), motion.key_count - 1);
  const key = Math.min(Math.floor(place), motion.key_count - 2);
  const f = place - key;
  const a = numbers.slice(7 * key, 7 * key + 7);
  const b = numbers.slice(7 * key + 7, 7 * key + 14);
  let cosine = a[3] * b[3] + a[4] * b[4] + a[5] * b[5] + a[6] * b[6];
  const side = cosine < 0 ? -1 : 1;
  const angle = Math.acos(Math.min(1, Math.abs(cosine)));
  const wa = angle < 1e-9 ? 1 - f : Math.sin((1 - f) * angle) / Math.sin(angle);
  const wb = (angle < 1e-9 ? f : Math.sin(f * angle) / Math.sin(angle)) * side;
  return a.map((v, i) => (i < 3 ? (1 - f) * v + f * b[i] : wa * v + wb * b[i]));
}

/** Carries a point of object 3, part 1 from 3 ms after the first key to 87 ms after it. */
function summariseMotion(motion) {
  const child = motion.objects.find((object) => object.id === 3);
  if (!child) return { objects: motion.objects.length };
  let p = [13.3, -5.5, 0.25];
  const then = motion.first_key_ns + 3e6;
  const now = motion.first_key_ns + 87e6;
  for (const numbers of [child.world_from_object, child.parts[1].object_from_part]) {
    const [x, y, z, w, i, j, k] = poseAt(motion, numbers, then);
    p = turn([w, -i, -j, -k], [p[0] - x, p[1] - y, p[2] - z]);
  }
  for (const numbers of [child.parts[1].object_from_part, child.world_from_object]) {
    const [x, y, z, ...q] = poseAt(motion, numbers, now);
    p = turn(q, p).map((c, n) => c + [x, y, z][n]);
  }
  return { objects: motion.objects.length, parts: child.parts.map((part) => part.name), carried: { x: p[0], y: p[1], z: p[2] } };
}

const channels = {};
const images = [];
const calibrations = [];
const planes = {};
const clouds = [];
const sweeps = [];
const objects = [];
const motions = [];
const scenes = [];
const transforms = [];
let episode;
let lastTime = 0n;
for await (const message of reader.readMessages({ validateCrcs: true })) {
  if (message.logTime < lastTime) fail("messages do not ascend in time");
  lastTime = message.logTime;
  const channel = reader.channelsById.get(message.channelId);
  const type = types.get(channel.schemaId);
  const decoded = type.decode(message.data);
  const problem = type.verify(decoded);
  if (problem) fail(`${channel.topic}: ${problem}`);
  channels[channel.topic] ??= { schema: type.fullName.slice(1), messages: 0 };
  ++channels[channel.topic].messages;
  const plain = () => type.toObject(decoded, { longs: Number, defaults: true, bytes: Array });
  if (channel.topic === "/episode") episode = type.toObject(decoded, { longs: Number, defaults: true });
  if (channel.topic === "/tf") transforms.push(plain());
  if (channel.topic.endsWith("/image")) {
    const { data, ...rest } = plain();
    images.push({ ...rest, bytes: data.length, sha256: createHash("sha256").update(Uint8Array.from(data)).digest("hex") });
  }
  if (channel.topic.endsWith("/calibration")) calibrations.push(plain());
  if (channel.topic.includes("/truth/") && channel.topic.startsWith("/camera/")) {
    const plane = type.toObject(decoded, { longs: Number, defaults: true, enums: String });
    planes[plane.kind] = decodePlane(plane);
  }
  if (channel.topic.endsWith("/points")) clouds.push({ frame: message.sequence, ...summarisePoints(decoded) });
  if (channel.topic.startsWith("/truth/") && channel.topic.endsWith("/objects")) objects.push(plain());
  if (channel.topic.startsWith("/truth/") && channel.topic.endsWith("/motion")) motions.push(summariseMotion(plain()));
  if (channel.topic.startsWith("/scene/")) scenes.push(plain());
  if (channel.topic.endsWith("/sweep")) {
    const { beam_outcomes, ...rest } = plain();
    const outcomes = {};
    for (const outcome of beam_outcomes) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    sweeps.push({ ...rest, beams: beam_outcomes.length, outcomes });
  }
}

const metadata = {};
for await (const record of reader.readMetadata()) metadata[record.name] = Object.fromEntries(record.metadata);
const attachments = {};
for await (const record of reader.readAttachments({ validateCrcs: true })) {
  attachments[record.name] = new TextDecoder().decode(record.data);
}
await handle.close();

const indexed = Object.values(channels).reduce((sum, c) => sum + c.messages, 0);
if (indexed !== streamed || BigInt(indexed) !== reader.statistics.messageCount) {
  fail(`${streamed} messages in the stream, ${indexed} by the index, ${reader.statistics.messageCount} by the statistics`);
}
console.log(JSON.stringify({ records, channels, metadata, attachments, episode, transforms, clouds, sweeps, objects, motions, scenes, images, calibrations, planes }));
