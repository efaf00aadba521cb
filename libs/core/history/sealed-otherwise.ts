import { LIST_HASHES, type SealBody, sealMac } from './digest.js';

type NewestSeal = SealBody & { name: string; mac: Buffer };

/** Names of the districts whose newest seal was not made with this key: theirs is another installation's key, or a lost one's successor. */
export async function sealedOtherwise(
  ask: (sql: string) => Promise<NewestSeal[]>,
  auditKey: Buffer,
): Promise<string[]> {
  const newest = await ask(
    `SELECT d.name, d.id AS "districtId", s.n, s.previous_mac AS "previousMac", s.sealed_at AS "sealedAt", s.mac, ${LIST_HASHES}
     FROM districts d CROSS JOIN LATERAL
       (SELECT * FROM seals WHERE district_id = d.id ORDER BY n DESC LIMIT 1) s ORDER BY d.code`,
  );
  return newest.filter((seal) => !sealMac(auditKey, seal).equals(seal.mac)).map(({ name }) => name);
}
