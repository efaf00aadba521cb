import type { EntityManager } from 'typeorm';
import type { Where } from '../foundation/sql.js';
import { Issue } from './issue.entity.js';
import { FRESH, MUTABLE } from './state.js';
import { stateUntil } from './state-until.js';

/**
 * The ledger as it stood at an instant, under the names of the table's columns: what never changes from the row, the rest
 * from the state that the last event until then left behind (`data.after`).
 */
export function ledgerAsOf(em: EntityManager, where: Where, at: Date): string {
  const instant = where.param(at);
  const columns = em.connection.getMetadata(Issue).columns.map((column) => {
    const { databaseName: name, propertyName: key } = column;
    if (key === 'changedAt') return `e.at AS ${name}`;
    if (!(MUTABLE as readonly string[]).includes(key)) return `t.${name}`;
    const type = column.type === Number ? 'integer' : String(column.type);
    const kept = type === 'jsonb' ? `e.after -> '${key}'` : `(e.after ->> '${key}')::${type}`;
    if (!(key in FRESH)) return `${kept} AS ${name}`;
    const fresh = FRESH[key as keyof typeof FRESH];
    return `coalesce(${kept}, '${typeof fresh === 'object' ? '{}' : fresh}') AS ${name}`;
  });
  return `(SELECT ${columns.join(', ')} FROM issues t CROSS JOIN ${stateUntil('t', instant)} e
    WHERE t.registered_at <= ${instant})`;
}
