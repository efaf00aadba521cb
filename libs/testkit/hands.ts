/** What many stories need done before they begin. */
import { createHash, randomUUID } from 'node:crypto';
import { hashToken, mintToken } from '#core/auth/tokens.js';
import { newId } from '#core/foundation/ids.js';
import type { PersonName } from './cast.js';
import { ok } from './response.js';
import type { Voice, World } from './world.js';

export type ItemChoice = string | { itemCode: string; required?: boolean };

/** A published checklist for schools, made by the office; items are required unless said otherwise. Answers its id. */
export async function publishChecklist(
  world: World,
  items: readonly ItemChoice[],
  { code = 'VISIT', coverage = 'full' }: { code?: string; coverage?: 'full' | 'partial' } = {},
): Promise<string> {
  const { id } = await ok(
    world.as('qian').post('/checklists', {
      code,
      title: '作业专项检查表',
      subject: 'school',
      coverage,
      items: items.map((item) => (typeof item === 'string' ? { itemCode: item, required: true } : item)),
    }),
  );
  await ok(world.as('qian').post(`/checklists/${id}/publish`));
  return id;
}

/** A client of the API with these scopes, of district A. */
export async function apiClient(world: World, ...scopes: readonly string[]): Promise<Voice> {
  const token = mintToken('apiKey');
  const { districts, people } = world.cast;
  await world.dataSource.query(
    `INSERT INTO api_keys (district_id, id, name, hash, prefix, scopes, rate_per_minute, created_by, created_at)
     VALUES ($1, $2, '数据平台', $3, $4, $5, 100000, $6, now())`,
    [districts.A, newId(), hashToken(token), token.slice(0, 8), scopes, people.admin],
  );
  return world.with(token);
}

/** A photo in the store that this person brought, known by its name; without its bytes. Answers its SHA-256. */
export async function bringPhoto(
  world: World,
  who: PersonName,
  name: string = randomUUID(),
): Promise<string> {
  const sha256 = createHash('sha256').update(name).digest('hex');
  const { districts, people } = world.cast;
  await world.dataSource.query(
    `INSERT INTO attachments (district_id, sha256, media_type, size, stored_at) VALUES ($1, $2, 'image/jpeg', 9, now()) ON CONFLICT DO NOTHING`,
    [districts.A, sha256],
  );
  await world.dataSource.query(
    `INSERT INTO attachment_uploads (district_id, sha256, user_id, uploaded_at) VALUES ($1, $2, $3, now()) ON CONFLICT DO NOTHING`,
    [districts.A, sha256, people[who]],
  );
  return sha256;
}
