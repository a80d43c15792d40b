// SHA-256 and HMAC (FIPS 180-4, RFC 2104) without a platform. Browsers and edge runtimes only have them as promises, and a
// promise of a signature is true wherever somebody forgets to await it.

const BLOCK_BYTES = 64;
const ROUNDS = 64;

/** The first 32 bits behind the point of the square roots of the first 8 primes. */
const INITIAL_HASH: readonly number[] = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];

/** The same of the cube roots of the first 64 primes, one for each round. */
const ROUND_CONSTANTS = words([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);

/** The HMAC of a message with SHA-256: 32 bytes. */
export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  const block = new Uint8Array(BLOCK_BYTES);
  block.set(key.length > BLOCK_BYTES ? sha256(key) : key);
  const inner = sha256(
    joined(
      block.map((byte) => byte ^ 0x36),
      message,
    ),
  );
  return sha256(
    joined(
      block.map((byte) => byte ^ 0x5c),
      inner,
    ),
  );
}

/** The hash of a message: 32 bytes. */
export function sha256(message: Uint8Array): Uint8Array {
  const padded = pad(message);
  const hash = words(INITIAL_HASH);
  const schedule = new DataView(new ArrayBuffer(ROUNDS * 4));
  for (let at = 0; at < padded.byteLength; at += BLOCK_BYTES) {
    expand(schedule, padded, at);
    mix(hash, schedule);
  }
  return new Uint8Array(hash.buffer);
}

/** The message, one bit, zeros up to a whole block, and its length in bits. */
function pad(message: Uint8Array): DataView {
  const blocks = Math.ceil((message.length + 9) / BLOCK_BYTES);
  const padded = new Uint8Array(blocks * BLOCK_BYTES);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(message.length / 0x2000_0000));
  view.setUint32(padded.length - 4, message.length << 3);
  return view;
}

/** Makes a word for each round from the 16 words of a block. */
function expand(schedule: DataView, message: DataView, at: number): void {
  for (let round = 0; round < 16; round += 1) {
    schedule.setInt32(round * 4, message.getInt32(at + round * 4));
  }
  for (let round = 16; round < ROUNDS; round += 1) {
    const late = schedule.getInt32((round - 2) * 4);
    const early = schedule.getInt32((round - 15) * 4);
    const word =
      (rotated(late, 17) ^ rotated(late, 19) ^ (late >>> 10)) +
      schedule.getInt32((round - 7) * 4) +
      (rotated(early, 7) ^ rotated(early, 18) ^ (early >>> 3)) +
      schedule.getInt32((round - 16) * 4);
    schedule.setInt32(round * 4, word);
  }
}

/** Mixes a block into the hash. The letters are the standard's. */
function mix(hash: DataView, schedule: DataView): void {
  let a = hash.getInt32(0);
  let b = hash.getInt32(4);
  let c = hash.getInt32(8);
  let d = hash.getInt32(12);
  let e = hash.getInt32(16);
  let f = hash.getInt32(20);
  let g = hash.getInt32(24);
  let h = hash.getInt32(28);
  for (let at = 0; at < ROUNDS * 4; at += 4) {
    const first =
      h +
      (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) +
      ((e & f) ^ (~e & g)) +
      ROUND_CONSTANTS.getInt32(at) +
      schedule.getInt32(at);
    const second =
      (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  for (const [index, word] of [a, b, c, d, e, f, g, h].entries()) {
    hash.setInt32(index * 4, hash.getInt32(index * 4) + word);
  }
}

function rotated(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

function words(values: readonly number[]): DataView<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  for (const [index, value] of values.entries()) view.setUint32(index * 4, value);
  return view;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
