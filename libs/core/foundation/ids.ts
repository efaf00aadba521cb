import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const last = { msecs: 0, seq: 0 };

/** Random bytes of 256 ids: asked of the system for each alone they cost more than all the rest of it. */
const random = new Uint8Array(16 * 256);
let used = random.length;

function rng(): Uint8Array {
  if (used === random.length) {
    randomFillSync(random);
    used = 0;
  }
  used += 16;
  return random.subarray(used - 16, used);
}

/**
 * A new server id: UUID v7, so that ids sort by the time of making, also within one millisecond of this process.
 * `at` is the request's instant (or a made-up one, so that made-up history sorts too).
 */
export function newId(at?: Date): string {
  if (!at) return v7();
  const msecs = at.getTime();
  last.seq = msecs === last.msecs ? last.seq + 1 : 0;
  last.msecs = msecs;
  return v7({ msecs, seq: last.seq, rng });
}
