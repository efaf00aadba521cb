import type { EntityManager } from 'typeorm';
import { record } from '#core/history/events.js';
import { type Head, readHead } from '#core/history/head.js';
import { isForeignKey, requireOwnKey } from '#core/history/own-key.js';
import { acknowledgeRestore, sealDistrict, sealEverything } from '#core/history/seal.js';
import { type Verification, verifyHistory, verifyWithin } from '#core/history/verify.js';
import { startWorld, type World } from '#testkit/world.js';

describe('the sealed history', () => {
  let world: World;
  let district: string;
  const deps = () => ({
    dataSource: world.dataSource,
    files: world.files,
    auditKey: world.config.auditKey,
  });
  const verify = () => verifyHistory(deps(), district);

  /** Events as verbs write them, in `batches` sealed one after the other. */
  async function live(batches: number, each: number, who: 'A' | 'B' = 'A') {
    const ctx = world.systemCtx(who);
    for (let batch = 0; batch < batches; batch++) {
      const events = Array.from({ length: each }, (_, i) => ({
        subjectType: 'unit' as const,
        subjectId: world.cast.units.schoolLiu,
        action: 'unit.changed',
        reason: i % 3 ? null : '更正, "名称"',
        data: { batch, i, text: '校门口 (东)' },
      }));
      await record(ctx, ...events);
      await sealDistrict(deps(), ctx.actor.districtId, world.now());
    }
  }

  beforeAll(async () => {
    world = await startWorld();
    district = world.cast.districts.A;
    await live(12, 25);
    await live(2, 5, 'B');
  });
  afterAll(() => world.stop());

  test('is whole after honest work, and says what is not sealed yet', async () => {
    await record(world.systemCtx('A'), {
      subjectType: 'unit',
      subjectId: world.cast.units.schoolLiu,
      action: 'unit.changed',
    });
    expect(await verify()).toEqual({ valid: true, checked: 300, pending: 1, restores: [] });
    expect(await sealEverything(deps(), world.now())).toBe(1);
    expect(await verify()).toEqual({ valid: true, checked: 301, pending: 0, restores: [] });
    expect(await sealEverything(deps(), world.now())).toBe(0);
  });

  test('the auditor asks for the own district; an inspector may not, a stranger sees only the other one', async () => {
    const answer = await world.as('auditor').get('/audit-log/verify');
    expect([answer.status, answer.body]).toEqual([
      200,
      { valid: true, checked: 301, pending: 0, restores: [] },
    ]);
    expect((await world.as('wang').get('/audit-log/verify')).status).toBe(403);
    expect((await world.as('strangerHead').get('/audit-log/verify')).body.checked).toBe(10);
  });

  test('a key file that was lost and made anew stops the start; a key that somebody gives does not', async () => {
    const lost = { ...world.config, auditKey: Buffer.alloc(32, 9), auditKeyFile: '/data/secrets/audit-key' };
    await requireOwnKey(world.dataSource, { ...lost, auditKey: world.config.auditKey });
    await expect(requireOwnKey(world.dataSource, lost)).rejects.toThrow(
      /^配置错误 AUDIT_KEY：\/data\/secrets\/audit-key 不是封存[^\n]+$/,
    );
    await requireOwnKey(world.dataSource, { ...lost, auditKeyFile: undefined });
  });

  test('tampered seals make nobody’s key a foreign one: others fit, or the head outside the database does', async () => {
    const { auditKey } = world.config;
    const runner = world.dataSource.createQueryRunner();
    const ask = (sql: string) => runner.query(sql);
    const noFiles = () => Promise.reject(new Error('the heads were not needed'));
    await runner.startTransaction();
    try {
      await runner.query(
        `UPDATE seals SET digests = '' WHERE district_id = $2 OR n = 1
           OR n = (SELECT max(n) FROM seals WHERE district_id = $1)`,
        [district, world.cast.districts.B],
      );
      expect(await isForeignKey(ask, auditKey, noFiles)).toBe(false);
      await runner.query(`UPDATE seals SET digests = ''`);
      expect(await isForeignKey(ask, auditKey, async () => world.files)).toBe(false);
      expect(await isForeignKey(ask, Buffer.alloc(32, 9), async () => world.files)).toBe(true);
    } finally {
      await runner.rollbackTransaction();
      await runner.release();
    }
  });

  test('two sealers at once seal each event once', async () => {
    await live(0, 0);
    for (let i = 0; i < 20; i++) {
      await record(world.systemCtx('A'), {
        subjectType: 'unit',
        subjectId: world.cast.units.schoolWu,
        action: 'unit.changed',
      });
    }
    const sealed = await Promise.all([1, 2, 3].map(() => sealDistrict(deps(), district, world.now())));
    expect(sealed.reduce((a, b) => a + b)).toBe(20);
    expect((await verify()).valid).toBe(true);
  });

  test('an event that an ordinary connection would change or delete is refused', async () => {
    for (const sql of [`UPDATE events SET action = 'x'`, `DELETE FROM events`, `TRUNCATE events`]) {
      await expect(world.dataSource.query(sql)).rejects.toThrow('never edited');
    }
  });

  /** Runs a superuser's attack with triggers off, verifies, and takes it back. */
  async function tampered(attack: (em: EntityManager) => Promise<unknown>) {
    const head = await readHead(world.files, world.config.auditKey, district);
    const runner = world.dataSource.createQueryRunner();
    await runner.startTransaction('REPEATABLE READ');
    try {
      await runner.query(`SET LOCAL session_replication_role = replica`);
      await attack(runner.manager);
      return await verifyWithin(runner.manager, { head, auditKey: world.config.auditKey }, district);
    } finally {
      await runner.rollbackTransaction();
      await runner.release();
    }
  }

  /** As a superuser writes an event: with the trigger off, so that it does not wait for a seal. */
  const PUT_IN = `INSERT INTO events (district_id, at, actor_name, subject_type, subject_id, action)
     VALUES ($1, now(), '无名', 'unit', $1, 'unit.changed') RETURNING id`;

  const cutTail = (em: EntityManager, keep: number) =>
    em.query(
      `WITH cut AS (DELETE FROM seals WHERE district_id = $1 AND n > $2 RETURNING event_ids)
       DELETE FROM events WHERE district_id = $1 AND id IN (SELECT unnest(event_ids) FROM cut)`,
      [district, keep],
    );

  test('R14: a superuser tampers 1,000 times at random; every time it is found and the entry named', async () => {
    const random = lcg(20260310);
    const [{ ids, seals }]: [{ ids: number[]; seals: number }] = await world.dataSource.query(
      `SELECT array_agg(id ORDER BY id) AS ids, (SELECT max(n) FROM seals WHERE district_id = $1) AS seals
       FROM events WHERE district_id = $1`,
      [district],
    );
    const pick = () => ids[Math.floor(random() * ids.length)] as number;
    const pickSeal = () => 1 + Math.floor(random() * seals);
    const sealOf = async (em: EntityManager, id: number): Promise<number> =>
      (
        await em.query(`SELECT n FROM seals WHERE district_id = $1 AND event_ids @> ARRAY[$2::bigint]`, [
          district,
          id,
        ])
      )[0].n;
    /** One attack: what it does, and the entry (or the seal) it must be found at. */
    const attacks: Record<
      string,
      (em: EntityManager) => Promise<{ eventId?: number; seal?: number; what: string[] }>
    > = {
      change: async (em) => {
        const id = pick();
        const column = ['action', 'actor_name', 'reason', 'subject_type'][Math.floor(random() * 4)];
        await em.query(`UPDATE events SET ${column} = ${column} || 'x' WHERE id = $1`, [id]);
        await em.query(`UPDATE events SET reason = '补写' WHERE id = $1 AND reason IS NULL`, [id]);
        return { eventId: id, what: ['changed'] };
      },
      'change the instant': async (em) => {
        const id = pick();
        await em.query(`UPDATE events SET at = at - interval '1 microsecond' WHERE id = $1`, [id]);
        return { eventId: id, what: ['changed'] };
      },
      'change the data': async (em) => {
        const id = pick();
        await em.query(`UPDATE events SET data = data || '{"i": -1}' WHERE id = $1`, [id]);
        return { eventId: id, what: ['changed'] };
      },
      delete: async (em) => {
        const id = pick();
        await em.query(`DELETE FROM events WHERE id = $1`, [id]);
        return { eventId: id, what: ['missing'] };
      },
      insert: async (em) => {
        const [row] = await em.query(PUT_IN, [district]);
        return { eventId: row.id, what: ['inserted'] };
      },
      'insert into a seal': async (em) => {
        const seal = pickSeal();
        const [row] = await em.query(PUT_IN, [district]);
        await em.query(
          `UPDATE seals SET event_ids = event_ids || $3::bigint, digests = digests || substr(digests, 1, 16)
           WHERE district_id = $1 AND n = $2`,
          [district, seal, row.id],
        );
        return { seal, what: ['seal_broken'] };
      },
      'insert, and let what is sealed wait again in its place': async (em) => {
        const [row] = await em.query(PUT_IN, [district]);
        await em.query(`INSERT INTO unsealed_events VALUES ($1, $2, ARRAY[$2::bigint])`, [district, pick()]);
        return { eventId: row.id, what: ['inserted'] };
      },
      'take from what waits': async (em) => {
        const [row] = await em.query(PUT_IN, [district]);
        await em.query(`INSERT INTO unsealed_events VALUES ($1, $2, ARRAY[$2::bigint])`, [district, row.id]);
        await em.query(`DELETE FROM unsealed_events`);
        return { eventId: row.id, what: ['inserted'] };
      },
      'swap two events': async (em) => {
        const [a, b] = [pick(), pick()];
        if (a === b) return attacks['delete']!(em);
        await em.query(
          `UPDATE events e SET action = o.action || '#', data = o.data, at = o.at FROM events o
           WHERE (e.id, o.id) IN (($1, $2), ($2, $1)) AND e.district_id = $3 AND o.district_id = $3`,
          [a, b, district],
        );
        const [sealA, sealB] = [await sealOf(em, a), await sealOf(em, b)];
        const first = sealA < sealB || (sealA === sealB && a < b) ? a : b;
        return { eventId: first, what: ['changed'] };
      },
      'reorder a seal': async (em) => {
        const seal = pickSeal();
        await em.query(
          `UPDATE seals SET event_ids = event_ids[2:2] || event_ids[1:1] || event_ids[3:],
             digests = substr(digests, 17, 16) || substr(digests, 1, 16) || substr(digests, 33)
           WHERE district_id = $1 AND n = (SELECT n FROM seals WHERE district_id = $1 AND n >= $2 AND cardinality(event_ids) > 1 LIMIT 1)`,
          [district, seal],
        );
        return { what: ['seal_broken'] };
      },
      'move to another seal': async (em) => {
        const id = pick();
        const from = await sealOf(em, id);
        const to = (from % seals) + 1;
        await em.query(
          `UPDATE seals SET event_ids = array_remove(event_ids, $3) WHERE district_id = $1 AND n = $2`,
          [district, from, id],
        );
        await em.query(
          `UPDATE seals SET event_ids = event_ids || $3::bigint WHERE district_id = $1 AND n = $2`,
          [district, to, id],
        );
        return { seal: Math.min(from, to), what: ['seal_broken'] };
      },
      'take a seal’s event out and let it wait again': async (em) => {
        const id = pick();
        const seal = await sealOf(em, id);
        await em.query(
          `UPDATE seals SET event_ids = array_remove(event_ids, $3) WHERE district_id = $1 AND n = $2`,
          [district, seal, id],
        );
        await em.query(`INSERT INTO unsealed_events VALUES ($1, $2, ARRAY[$2::bigint])`, [district, id]);
        return { seal, what: ['seal_broken'] };
      },
      'change an event and its digest': async (em) => {
        const id = pick();
        const seal = await sealOf(em, id);
        await em.query(`UPDATE events SET action = 'forged' WHERE id = $1`, [id]);
        await em.query(
          `UPDATE seals SET digests = overlay(digests placing '\\x00ff'::bytea from 3) WHERE district_id = $1 AND n = $2`,
          [district, seal],
        );
        return { seal, what: ['seal_broken'] };
      },
      'rewrite the list of a seal': async (em) => {
        const seal = pickSeal();
        await em.query(
          `DELETE FROM events WHERE id = (SELECT event_ids[1] FROM seals WHERE district_id = $1 AND n = $2)`,
          [district, seal],
        );
        await em.query(
          `UPDATE seals SET event_ids = event_ids[2:], digests = substr(digests, 17) WHERE district_id = $1 AND n = $2`,
          [district, seal],
        );
        return { seal, what: ['seal_broken'] };
      },
      'delete a seal': async (em) => {
        const seal = 1 + Math.floor(random() * (seals - 1));
        await em.query(`DELETE FROM seals WHERE district_id = $1 AND n = $2`, [district, seal]);
        return { seal, what: ['seal_broken'] };
      },
      'exchange two seals': async (em) => {
        const seal = 1 + Math.floor(random() * (seals - 1));
        await em.query(`UPDATE seals SET n = -n WHERE district_id = $1 AND n IN ($2, $3)`, [
          district,
          seal,
          seal + 1,
        ]);
        await em.query(`UPDATE seals SET n = $2::bigint + $3 + n WHERE district_id = $1 AND n < 0`, [
          district,
          seal,
          seal + 1,
        ]);
        return { seal, what: ['seal_broken'] };
      },
      'cut the tail': async (em) => {
        const keep = Math.floor(random() * seals);
        await cutTail(em, keep);
        return { seal: keep + 1, what: ['tail_cut'] };
      },
      'cut the tail and open its events again': async (em) => {
        const keep = Math.floor(random() * seals);
        await em.query(
          `WITH cut AS (DELETE FROM seals WHERE district_id = $1 AND n > $2 RETURNING event_ids)
           INSERT INTO unsealed_events SELECT $1, event_ids[1], event_ids FROM cut`,
          [district, keep],
        );
        await em.query(
          `UPDATE events SET action = 'forged' WHERE id IN (SELECT unnest(event_ids) FROM unsealed_events)`,
        );
        return { seal: keep + 1, what: ['tail_cut'] };
      },
    };
    const names = Object.keys(attacks);
    const missed: unknown[] = [];
    for (let i = 0; i < 1_000; i++) {
      const name = names[i % names.length] as string;
      let expected: { eventId?: number; seal?: number; what: string[] } = { what: [] };
      const found: Verification = await tampered(async (em) => {
        expected = await attacks[name]!(em);
      });
      const bad = found.firstBad;
      const named =
        !found.valid &&
        bad !== undefined &&
        expected.what.includes(bad.what) &&
        (expected.eventId === undefined || bad.eventId === expected.eventId) &&
        (expected.seal === undefined || bad.seal === expected.seal);
      if (!named) missed.push({ name, expected, bad });
    }
    expect(missed.slice(0, 5)).toEqual([]);
    expect((await verify()).valid).toBe(true);
  }, 180_000);

  const later = (hours: number) =>
    world.setNow(new Date(world.now().getTime() + hours * 3_600_000).toISOString());
  /** An id that nobody has, as of a transaction that was rolled back or is not done yet. */
  const reserveId = async (): Promise<number> =>
    (await world.dataSource.query(`SELECT nextval(pg_get_serial_sequence('events', 'id')) AS id`))[0].id;
  /** Through the trigger, so that it waits for its seal like any other. */
  const writeAt = (id: number) =>
    world.dataSource.query(
      `INSERT INTO events (district_id, id, at, actor_name, subject_type, subject_id, action)
       OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, '王督学', 'unit', $1, 'unit.changed')`,
      [district, id, world.now()],
    );

  test('what committed late is sealed even when the worker was away for hours', async () => {
    const id = await reserveId();
    await live(1, 3);
    await writeAt(id);
    later(5);
    expect(await verify()).toMatchObject({ valid: true, pending: 1 });
    await live(1, 1);
    expect(await verify()).toMatchObject({ valid: true, pending: 0 });
  });

  test('an event put in below what was sealed long ago is never sealed, and is named', async () => {
    const id = await reserveId();
    await live(1, 3);
    later(2);
    await live(1, 1);
    await writeAt(id);
    const named = { eventId: id, seal: null, what: 'inserted' };
    expect((await verify()).firstBad).toEqual(named);
    expect(await sealEverything(deps(), world.now())).toBe(0);
    expect(await verify()).toMatchObject({ pending: 0, firstBad: named });
    await world.dataSource.transaction(async (em) => {
      await em.query(`SET LOCAL session_replication_role = replica`);
      await em.query(`DELETE FROM events WHERE id = $1`, [id]);
    });
    expect((await verify()).valid).toBe(true);
  });

  test('the audit log says of each entry whether it is in a seal; one that was put in is not', async () => {
    await record(world.systemCtx('A'), { subjectType: 'unit', subjectId: district, action: 'unit.waits' });
    const runner = world.dataSource.createQueryRunner();
    await runner.startTransaction();
    await runner.query(`SET LOCAL session_replication_role = replica`);
    const [forged] = await runner.query(PUT_IN, [district]);
    await runner.commitTransaction();
    const entries = async () => {
      const all: { id: number; action: string; sealed: boolean }[] = [];
      for (let cursor: string | undefined; ; ) {
        const page = await world
          .as('auditor')
          .get(`/audit-log?limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
        all.push(...page.body.items);
        cursor = page.body.nextCursor;
        if (!cursor) return all;
      }
    };
    const unsealed = (of: { id: number; sealed: boolean }[]) =>
      of.filter(({ sealed }) => !sealed).map(({ id }) => id);
    const before = await entries();
    const waits = before.find(({ action }) => action === 'unit.waits')!;
    expect(unsealed(before).sort()).toEqual([waits.id, forged.id].sort());
    await sealEverything(deps(), world.now());
    expect(unsealed(await entries())).toEqual([forged.id]);

    await runner.startTransaction();
    await runner.query(`SET LOCAL session_replication_role = replica`);
    await runner.query(`DELETE FROM events WHERE id = $1`, [forged.id]);
    await runner.commitTransaction();
    await runner.release();
  });

  test('a restored backup says from which seal it starts; sealing goes on and the operator signs it off', async () => {
    const head = (await readHead(world.files, world.config.auditKey, district)) as Head;
    const keep = head.n - 2;
    await world.dataSource.transaction(async (em) => {
      await em.query(`SET LOCAL session_replication_role = replica`);
      await cutTail(em, keep);
    });
    const cut = { eventId: null, seal: keep + 1, what: 'tail_cut', restoredFrom: keep };
    expect((await verify()).firstBad).toEqual(cut);

    await live(4, 3); // grows past the old head: the break is not forgotten
    expect((await verify()).firstBad).toEqual(cut);

    await acknowledgeRestore(deps(), district, world.now());
    const answer = (await world.as('zhao').get('/audit-log/verify')).body;
    expect(answer).toMatchObject({
      valid: true,
      restores: [{ startsFrom: keep, lostThrough: head.n, acknowledgedAt: world.now().toISOString() }],
    });
  });

  test('a head that was not written with our key is no head, and keeps no other district from being sealed', async () => {
    await world.dataSource.query(`INSERT INTO unsealed_events VALUES (gen_random_uuid(), 1, '{1}')`);
    for (const who of ['A', 'B'] as const) {
      const of = world.cast.districts[who];
      await record(world.systemCtx(who), { subjectType: 'unit', subjectId: of, action: 'unit.changed' });
    }
    const key = (of: string) => `audit/heads/${of}.json`;
    const forged = Buffer.from(JSON.stringify({ n: 1, mac: '', breaks: [], signature: 'ab' }));
    await world.files.put(key(district), forged);
    expect((await verify()).firstBad?.what).toBe('head_forged');
    await expect(sealEverything(deps(), world.now())).rejects.toThrow('AUDIT_KEY');
    const other = world.cast.districts.B;
    expect(await verifyHistory(deps(), other)).toMatchObject({ valid: true, pending: 0 });

    await world.files.put(key(other), forged);
    await record(world.systemCtx('B'), { subjectType: 'unit', subjectId: other, action: 'unit.changed' });
    const failed: Error = await sealEverything(deps(), world.now()).then(
      () => new Error(),
      (error) => error,
    );
    for (const one of [district, other]) expect(failed.message).toContain(one);
  });
});

/** A small random generator with a seed, so that a miss can be seen again. */
function lcg(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
