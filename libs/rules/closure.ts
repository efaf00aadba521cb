/** What the form 问题整改销号审批表 prints of an issue, but for its photos. */
import type { Severity } from './issue-lifecycle.js';
import type { Day } from './local-date.js';

/** What somebody wrote, and when. `role` is what that person signs as, where it is not who the form asks for. */
export type Opinion = { text: string; by: string; on: Day; role?: string };

export type Closure = {
  demo: boolean;
  issuer: string;
  number: string;
  unitName: string;
  zone: string | null;
  sourceTitle: string;
  categoryTitle: string;
  itemTitle: string | null;
  severity: Severity;
  statusTitle: string;
  finding: string;
  basis: string | null;
  standardValue: string | null;
  measuredValue: string | null;
  /** Measured again at verification. */
  remeasuredValue: string | null;
  registeredOn: Day;
  noticeNumber: string | null;
  originalDueOn: Day | null;
  dueOn: Day | null;
  requirements: string | null;
  /** `李明，张芳` as the unit's plan names them; null without a plan. */
  responsible: string | null;
  /** The unit's account of what it did; null while nobody has given any, as with the opinions below. */
  measures: Opinion | null;
  /** Files that the unit and the verifiers gave as evidence. */
  evidence: number;
  verification: (Opinion & { methodTitle: string; coVerifier: string | null }) | null;
  /** `督导室意见`, or `片区督导办意见` where the zone closed, `单位意见` for what a unit found and closed by itself. */
  officeTitle: string;
  office: Opinion | null;
  /** Printed for serious issues, and wherever the leader has decided. */
  leader: Opinion | null;
  closedOn: Day | null;
  /** Each time it went back to the unit, oldest first. */
  returns: { on: Day; by: string; reason: string; dueOn: Day | null }[];
  /** The history in words, oldest first. */
  history: { at: string; action: string; by: string; note: string | null }[];
};
