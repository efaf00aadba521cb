import { Redis } from 'ioredis';
import { enqueue, record } from '#core/history/events.js';
import { createLog } from '#platform/log.js';
import { type JobQueue, openQueue } from '#platform/queue.js';
import { problem } from '#rules/problems.js';
import { redisUrl } from '#testkit/database.js';
import { startWorld, type World } from '#testkit/world.js';
import { SCHEDULE, startSchedule, type Task } from '#worker/schedule.js';
import { job, type Work, type WorkerDeps } from '#worker/work.js';
import { startWorker, type Worker } from '#worker/worker.js';

type Note = { text: string };

describe('the worker', () => {
  let world: World;
  const running: Worker[] = [];
  const log = createLog({ logLevel: 'silent' }, 'test');
  const memory = () => openQueue({ redisUrl: undefined }, log);

  beforeAll(async () => {
    world = await startWorld();
    // What the jobs of these stories do: one row of a table of their own, in the transaction that ends the job.
    await world.dataSource.query(`CREATE TABLE effects (id serial, text text)`);
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((worker) => worker.stop()));
    await world.dataSource.query(`TRUNCATE effects`);
    await world.dataSource.query(`DELETE FROM outbox`);
  });
  afterAll(() => world.stop());

  const effect = async (work: Work, { text }: Note) =>
    work.dataSource.transaction(async (em) => {
      await em.query(`INSERT INTO effects (text) VALUES ($1)`, [text]);
      await work.done(em);
    });
  const NOTE = { 'note.write': job<Note>({ attempts: 3, run: effect, giveUp: async () => undefined }) };

  async function start(queue: JobQueue, jobs = NOTE, schedule: Record<string, Task> = {}): Promise<Worker> {
    const worker = await startWorker(
      {
        config: world.config,
        dataSource: world.dataSource,
        bulk: world.dataSource,
        files: world.files,
        queue,
        log,
        clock: () => world.now(),
      },
      { jobs, schedule },
    );
    running.push(worker);
    return worker;
  }
  const ask = (text: string, name = 'note.write') =>
    world.dataSource.transaction((em) =>
      enqueue({ ...world.systemCtx('A'), em }, name, `${name}:${text}`, { text }),
    );
  const effects = async (): Promise<string[]> =>
    (await world.dataSource.query(`SELECT text FROM effects ORDER BY id`)).map((row: Note) => row.text);
  const outbox = (): Promise<{ key: string; attempts: number; last_error: string | null; wait: number }[]> =>
    world.dataSource.query(
      `SELECT key, attempts, last_error, extract(epoch FROM not_before - clock_timestamp()) AS wait FROM outbox ORDER BY id`,
    );
  /** Lets every lease and back-off run out. */
  const later = () => world.dataSource.query(`UPDATE outbox SET not_before = now() - interval '1 second'`);
  async function until(what: () => Promise<boolean>): Promise<void> {
    for (let i = 0; i < 1_000; i++) {
      if (await what()) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error('it did not come to pass within ten seconds');
  }
  const idle = () => until(async () => (await outbox()).length === 0);

  test('what was committed is done once, and its row goes with the effect; what was rolled back is never done', async () => {
    await start(memory());
    await ask('first');
    await world.dataSource
      .transaction(async (em) => {
        await enqueue({ ...world.systemCtx('A'), em }, 'note.write', 'note.write:never', { text: 'never' });
        throw new Error('changed my mind');
      })
      .catch((error: Error) => expect(error.message).toBe('changed my mind'));
    await ask('second');
    await idle();
    expect((await effects()).sort()).toEqual(['first', 'second']);
  });

  test('a row whose notification was lost is found by looking', async () => {
    await start(memory());
    await world.dataSource.query(
      `INSERT INTO outbox (district_id, job, key, payload) VALUES ($1, 'note.write', 'k', '{"text": "silent"}')`,
      [world.cast.districts.A],
    );
    await idle();
    expect(await effects()).toEqual(['silent']);
  });

  test('three workers with queues of their own, leases run out all the time: still one effect each', async () => {
    await Promise.all([memory(), memory(), memory()].map((queue) => start(queue)));
    const texts = Array.from({ length: 60 }, (_, i) => `n${i}`);
    await Promise.all(texts.map((text) => ask(text)));
    await until(async () => {
      await later();
      return (await outbox()).length === 0;
    });
    expect((await effects()).sort()).toEqual(texts.sort());
  });

  test('Redis forgets everything (FLUSHALL): nothing is lost, nothing done twice', async () => {
    const redis = new Redis(redisUrl());
    let held: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      held = resolve;
    });
    const slow = {
      'note.write': job<Note>({
        attempts: 3,
        run: async (work, note) => {
          await gate;
          await effect(work, note);
        },
        giveUp: async () => undefined,
      }),
    };
    try {
      await start(openQueue({ redisUrl: redisUrl() }, log), slow);
      for (const text of ['a', 'b', 'c', 'd', 'e', 'f']) await ask(text);
      await until(async () => (await outbox()).filter((row) => row.attempts > 0).length === 2);
      await redis.flushall();
      held();
      await until(async () => {
        await later();
        return (await outbox()).length === 0;
      });
      expect((await effects()).sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    } finally {
      await redis.quit();
    }
  });

  test('a job that fails is tried again after a pause, and its row says why', async () => {
    let tries = 0;
    const shaky = {
      'note.write': job<Note>({
        attempts: 3,
        run: async (work, note) => {
          tries += 1;
          if (tries < 3) throw new Error(`no paper (${tries})`);
          await effect(work, note);
        },
        giveUp: async () => undefined,
      }),
    };
    await start(memory(), shaky);
    await ask('x');
    await until(async () => (await outbox())[0]?.last_error === 'no paper (1)');
    await until(async () => {
      const [row] = await outbox();
      if (row?.last_error === 'no paper (2)') expect(row.wait).toBeGreaterThan(1);
      return row?.last_error === 'no paper (2)';
    });
    await later();
    await idle();
    expect([tries, await effects()]).toEqual([3, ['x']]);
  });

  test('a job that cannot succeed is given up with words for the person who waits, at once when refused', async () => {
    const given: string[] = [];
    let tries = 0;
    const hopeless = {
      'note.write': job<Note>({
        attempts: 2,
        run: async (_work, { text }) => {
          tries += 1;
          throw text === 'refused' ? problem('access.denied', '申请人的账号已停用') : new Error('broken');
        },
        giveUp: async (em, { text }, message) => {
          given.push(`${text}: ${message}`);
          await em.query(`INSERT INTO effects (text) VALUES ($1)`, [`failed ${text}`]);
        },
      }),
    };
    await start(memory(), hopeless);
    await ask('refused');
    await idle();
    expect([tries, given]).toEqual([1, ['refused: 申请人的账号已停用']]);
    await ask('broken');
    await until(async () => {
      await later();
      return (await outbox()).length === 0;
    });
    expect(given[1]).toBe('broken: 系统出错，已尝试 2 次，请稍后重新提交；若仍失败，请联系管理员');
    expect(await effects()).toEqual(['failed refused', 'failed broken']);
  });

  test('a worker that dies with a job in hand: another takes it up, and a job that always kills is given up', async () => {
    const given: string[] = [];
    const table = {
      'note.write': job<Note>({
        attempts: 2,
        run: effect,
        giveUp: async (_em, { text }) => void given.push(text),
      }),
    };
    // What a killed process leaves behind: the try counted, the row leased, the lock freed by PostgreSQL.
    await ask('once');
    await ask('always');
    await world.dataSource.query(
      `UPDATE outbox SET not_before = now() + interval '15 seconds', attempts = CASE key WHEN 'note.write:once' THEN 1 ELSE 2 END`,
    );
    await start(memory(), table);
    await later();
    await idle();
    expect([await effects(), given]).toEqual([['once'], ['always']]);
  });

  test('stopping ends a long job without counting the try; the next process takes it up', async () => {
    let begun = false;
    const long = {
      'note.write': job<Note>({
        attempts: 1,
        run: (work) =>
          new Promise((_resolve, reject) => {
            begun = true;
            work.signal.addEventListener('abort', () => reject(work.signal.reason));
          }),
        giveUp: async () => undefined,
      }),
    };
    const first = await start(memory(), long);
    await ask('long');
    await until(async () => begun);
    await first.stop();
    expect((await outbox()).map(({ attempts, last_error }) => [attempts, last_error])).toEqual([[0, null]]);
    await start(memory());
    await idle();
    expect(await effects()).toEqual(['long']);
  });

  test('a job of a newer version waits for a worker that knows it', async () => {
    await start(memory());
    await ask('z', 'note.frame');
    await ask('known');
    await until(async () => (await effects()).length === 1);
    expect((await outbox()).map((row) => [row.key, row.attempts])).toEqual([['note.frame:z', 0]]);
  });

  test('the clock seals the history within moments and sweeps what is old, nothing else', async () => {
    const { dataSource, cast } = world;
    await record(world.systemCtx('A'), {
      subjectType: 'unit',
      subjectId: cast.units.schoolLiu,
      action: 'unit.changed',
    });
    await dataSource.query(
      `INSERT INTO idempotency_keys (person_id, key, request_hash, status, headers, body, created_at)
       VALUES ($1, 'old', '', 200, '{}', '', $2::timestamptz - interval '31 days'), ($1, 'new', '', 200, '{}', '', $2::timestamptz - interval '29 days')`,
      [cast.people.wang, world.now()],
    );
    await dataSource.query(
      `INSERT INTO login_failures (username, failures, first_at, locked_until)
       VALUES ('old', 5, $1::timestamptz - interval '2 days', $1::timestamptz - interval '1 day'), ('locked', 5, $1, $1::timestamptz + interval '15 minutes')`,
      [world.now()],
    );
    const before = await dataSource.query(`SELECT count(*) AS n FROM session_tokens`);
    await start(memory(), NOTE, SCHEDULE);
    await until(async () => (await dataSource.query(`SELECT 1 FROM unsealed_events LIMIT 1`)).length === 0);
    await until(async () => {
      const keys = await dataSource.query(`SELECT key FROM idempotency_keys ORDER BY key`);
      const names = await dataSource.query(`SELECT username FROM login_failures`);
      return (
        keys.length === 1 && keys[0].key === 'new' && names.length === 1 && names[0].username === 'locked'
      );
    });
    expect(await dataSource.query(`SELECT count(*) AS n FROM session_tokens`)).toEqual(before);
  });

  test('a task that fails is told of once, and again when it fails for another reason or after it has worked', async () => {
    const course = ['head of A', 'head of A', 'head of A; head of B', '', 'head of A', 'head of A'];
    const told: string[] = [];
    let turn = 0;
    const run = async () => {
      const why = course[turn++];
      if (why) throw new Error(why);
    };
    const deps = {
      clock: () => world.now(),
      log: { error: ({ err }: { err: Error }) => told.push(err.message) },
    } as unknown as WorkerDeps;
    const schedule = startSchedule(deps, { failing: { every: 1, run } });
    await until(async () => turn >= course.length);
    await schedule.stop();
    expect(told).toEqual(['head of A', 'head of A; head of B', 'head of A']);
  });
});
