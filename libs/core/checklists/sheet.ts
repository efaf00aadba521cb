import { localDay } from '#rules/local-date.js';
import { districtOf } from '../directory/districts.js';
import type { Ctx } from '../foundation/context.js';
import { type ChecklistView, showChecklist } from './show.js';

export type ChecklistForPrint = {
  list: ChecklistView & { publishedOn: string | null };
  meta: { district: string; demo: boolean };
};

/** A checklist with all that its workbook says; nothing is fetched while it is rendered. @throws resource.not_found */
export async function checklistForPrint(ctx: Ctx, id: string): Promise<ChecklistForPrint> {
  const list = await showChecklist(ctx, id);
  const { name, demo } = await districtOf(ctx);
  const publishedOn = list.publishedAt && localDay(list.publishedAt);
  return { list: { ...list, publishedOn }, meta: { district: name, demo } };
}
