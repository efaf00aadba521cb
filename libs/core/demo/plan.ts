import { readFileSync } from 'node:fs';
import { packagePath } from '#platform/package-root.js';
import type { Role } from '#rules/actor.js';
import type { DistrictSettings, Term } from '#rules/settings.js';
import type { Stage } from '#rules/stages.js';

type UnitPlan = {
  key?: string;
  code: string;
  name: string;
  stages?: Stage[];
  zone?: string;
  ownership?: 'public' | 'private';
  boarding?: boolean;
  pupils?: Record<string, number>;
};

/** The shape of data/demo/district.json. */
export type DemoPlan = {
  code: string;
  name: string;
  settings: Partial<DistrictSettings>;
  zones: { key: string; code: string; name: string }[];
  schools: UnitPlan[];
  institutions: UnitPlan[];
  departments: UnitPlan[];
  people: { username: string; name: string; roles: Role[]; zones?: string[]; unit?: string }[];
  notes: { strengths: string[]; institutionStrengths: string[]; failures: string[]; measures: string[] };
};

export const demoPlan = (): DemoPlan =>
  JSON.parse(readFileSync(packagePath('data/demo/district.json'), 'utf8')) as DemoPlan;

/** School terms around a day: autumn from 1 September to 20 January, spring from 26 February to 5 July. */
export function termsAround(today: string): Term[] {
  const year = Number(today.slice(0, 4));
  return [year - 1, year, year + 1].flatMap((y) => [
    { code: `${y - 1}-${y}-2`, name: `${y - 1}—${y}学年第二学期`, from: `${y}-02-26`, to: `${y}-07-05` },
    { code: `${y}-${y + 1}-1`, name: `${y}—${y + 1}学年第一学期`, from: `${y}-09-01`, to: `${y + 1}-01-20` },
  ]);
}

/** Random numbers that are the same every time (mulberry32), so that every demo district is alike. */
export function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((((t ^ (t >>> 14)) >>> 0) / 4294967296) * sides) | 0;
  };
}
