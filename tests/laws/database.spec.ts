import { ENTITIES } from '#core/entities.js';
import { EVENT_DIGEST } from '#core/history/digest.js';
import { startWorld, type World } from '#testkit/world.js';

/** Tables whose rows have no district: they are found by a secret or a name, or belong to the machinery. */
const WITHOUT_DISTRICT = [
  'districts',
  'idempotency_keys',
  'login_addresses',
  'login_failures',
  'schema_migrations',
];

describe('the database', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.stop());
  const rows = <T>(sql: string): Promise<T[]> => world.dataSource.query(sql);

  test('every foreign key has an index that begins with its columns', async () => {
    const bare = await rows<{ key: string }>(
      `SELECT c.conrelid::regclass || ' ' || c.conname AS key FROM pg_constraint c
       WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace AND NOT EXISTS (
         SELECT 1 FROM pg_index i WHERE i.indrelid = c.conrelid
           -- A partial index serves where it leaves out nothing but nulls.
           AND (i.indpred IS NULL OR pg_get_expr(i.indpred, i.indrelid) ~ '^\\(\\w+ IS NOT NULL\\)$')
           AND c.conkey <@ (i.indkey::int2[])[0:cardinality(c.conkey) - 1])
       ORDER BY 1`,
    );
    expect(bare).toEqual([]);
  });

  test('every table has a primary key, and the district stands first in it', async () => {
    const keys = await rows<{ name: string; key: string[] | null }>(
      `SELECT t.relname AS name, (SELECT array_agg(a.attname::text ORDER BY k.at) FROM pg_index i
          CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY AS k(num, at)
          JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.num WHERE i.indrelid = t.oid AND i.indisprimary) AS key
       FROM pg_class t WHERE t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace ORDER BY 1`,
    );
    expect(keys.filter(({ key }) => !key)).toEqual([]);
    const elsewhere = keys.filter(({ key }) => key?.[0] !== 'district_id').map(({ name }) => name);
    // Tokens are looked up by their hash alone; the outbox is one queue for all districts.
    expect(elsewhere).toEqual([...WITHOUT_DISTRICT, 'outbox', 'session_tokens'].sort());
  });

  test('every table but those without a district holds its district', async () => {
    const without = await rows<{ name: string }>(
      `SELECT t.relname AS name FROM pg_class t WHERE t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace
         AND NOT EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = 'district_id' AND a.attnotnull)
       ORDER BY 1`,
    );
    expect(without.map(({ name }) => name)).toEqual(WITHOUT_DISTRICT);
  });

  test('no table survives a crash by luck: none is UNLOGGED', async () => {
    expect(await rows(`SELECT relname FROM pg_class WHERE relpersistence = 'u'`)).toEqual([]);
  });

  test('the seal of an event covers every column of it', async () => {
    const columns = await rows<{ name: string }>(
      `SELECT attname AS name FROM pg_attribute
       WHERE attrelid = 'events'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY 1`,
    );
    const covered = [...EVENT_DIGEST.matchAll(/\be\.(\w+)/g)].map((match) => match[1]);
    // `seal` is not used since 0011 and says nothing.
    expect([...covered, 'seal'].sort()).toEqual(columns.map(({ name }) => name));
  });

  test('the columns of every entity are those of its table: names, types, nulls', async () => {
    const types: Record<string, string> = {
      timestamptz: 'timestamp with time zone',
      int: 'integer',
      bool: 'boolean',
    };
    for (const entity of ENTITIES) {
      const { tableName, columns } = world.dataSource.getMetadata(entity);
      const inTable = await world.dataSource.query(
        `SELECT a.attname AS name, format_type(a.atttypid, NULL) AS type, NOT a.attnotnull AS nullable
         FROM pg_attribute a WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY 1`,
        [tableName],
      );
      const inEntity = columns
        .map((column) => {
          const type = String(column.type);
          return {
            name: column.databaseName,
            type: `${types[type] ?? type}${column.isArray ? '[]' : ''}`,
            nullable: column.isNullable,
          };
        })
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      expect({ tableName, columns: inEntity }).toEqual({ tableName, columns: inTable });
    }
  });
});
