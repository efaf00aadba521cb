import { createHmac } from 'node:crypto';

/**
 * The canonical text of an event `e` and its digest, as the one SQL expression that sealing and verifying share: every
 * column but `seal`, which is not used any more. ROW(…)::text is unambiguous (nulls, quotes and commas are told apart) and costs least of all forms.
 * `AT TIME ZONE 'UTC'` makes it independent of the connection's time zone. 16 bytes: far beyond finding a second text.
 */
export const EVENT_DIGEST = `substr(sha256(convert_to(ROW(e.district_id, e.id, e.at AT TIME ZONE 'UTC', e.actor_id, e.actor_name,
  e.subject_type, e.subject_id, e.unit_id, e.action, e.reason, e.data, e.request_id)::text, 'UTF8')), 1, 16)`;
export const DIGEST_BYTES = 16;

/** Hashes of a seal's two lists, so that verifying need not carry the lists out of the database. */
export const LIST_HASHES = `sha256(convert_to(array_to_string(s.event_ids, ','), 'UTF8')) AS "idsHash", sha256(s.digests) AS "digestsHash"`;

/** What the first seal of a district follows. */
export const GENESIS = Buffer.alloc(32);

export type SealBody = {
  districtId: string;
  n: number;
  previousMac: Buffer;
  idsHash: Buffer;
  digestsHash: Buffer;
  sealedAt: Date;
};

/** HMAC-SHA256 over a seal and the one before it, with a key that is never in the database. */
export function sealMac(auditKey: Buffer, seal: SealBody): Buffer {
  return createHmac('sha256', auditKey)
    .update(
      [
        seal.districtId,
        seal.n,
        seal.previousMac.toString('hex'),
        seal.idsHash.toString('hex'),
        seal.digestsHash.toString('hex'),
        seal.sealedAt.toISOString(),
      ].join('|'),
    )
    .digest();
}
