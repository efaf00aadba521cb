/**
 * Supervision orders in three colours 三色督办单: which colour an order has. Blue reminds and names a term, orange follows
 * where the term passed without good reason, red after that; what is grave or urgent begins with orange or red
 * (三明市“三色督查单”: practice of one city, no law). The days are the district's settings, proposals by default.
 */
import { ESCALATION_ORDER, ESCALATION_STEPS, type EscalationStep, type Severity } from './issue-lifecycle.js';
import type { Day } from './local-date.js';
import type { DistrictSettings } from './settings.js';

/** From the mildest to the gravest. `mark` tells them apart without colour. */
export const ORDER_COLOURS = {
  blue: { title: '蓝色', meaning: '提醒', mark: '■□□' },
  orange: { title: '橙色', meaning: '警告', mark: '■■□' },
  red: { title: '红色', meaning: '重点督办', mark: '■■■' },
} as const;
export type OrderColour = keyof typeof ORDER_COLOURS;
const COLOUR_ORDER = Object.keys(ORDER_COLOURS) as OrderColour[];

/** The steps of the ladder that are told by an order of their own, with the mildest colour each takes. */
const ORDER_STEPS = {
  supervision_order: 'blue',
  interview: 'red',
} as const satisfies Partial<Record<EscalationStep, OrderColour>>;
export type OrderStep = keyof typeof ORDER_STEPS;
export const isOrderStep = (step: EscalationStep): step is OrderStep => step in ORDER_STEPS;

/** The mildest colour for each grade of an issue. */
const BY_SEVERITY: Readonly<Record<Severity, OrderColour>> = {
  minor: 'blue',
  major: 'blue',
  serious: 'orange',
};

export type OrderCase = {
  step: OrderStep;
  severity: Severity;
  /** Calendar days. */
  daysOverdue: number;
  /** The colour of the order given before for the same matter: the next is never milder. */
  before: OrderColour | null;
};

/** The gravest of what step, grade, days overdue and the order before ask for. */
export function orderColour(
  { step, severity, daysOverdue, before }: OrderCase,
  { orangeAfter, redAfter }: DistrictSettings['orders'],
): OrderColour {
  const byDays: OrderColour =
    daysOverdue >= redAfter ? 'red' : daysOverdue >= orangeAfter ? 'orange' : 'blue';
  const asked = [ORDER_STEPS[step], BY_SEVERITY[severity], byDays, before ?? 'blue'];
  return COLOUR_ORDER.findLast((colour) => asked.some((one) => one === colour)) ?? 'blue';
}

/** The matter as it stood when the order was signed: what becomes of it later does not change the document. */
export type OrderContent = {
  unitName: string;
  zone: string | null;
  issueNumber: string;
  noticeNumber: string | null;
  category: string;
  severity: Severity;
  finding: string;
  basis: string | null;
  standardValue: string | null;
  measuredValue: string | null;
  requirements: string | null;
  originalDueOn: Day | null;
  dueOn: Day | null;
  /** Calendar days on the day of the order. */
  daysOverdue: number;
  note: string;
  /** 提醒, 催办 and orders before, oldest first. */
  earlier: { on: Day; title: string; by: string; note: string }[];
  signedBy: string;
};

/** Working days given to settle the matter. */
export const orderDays = (colour: OrderColour, orders: DistrictSettings['orders']): number =>
  ({ blue: orders.blueDays, orange: orders.orangeDays, red: orders.redDays })[colour];

/** 约谈、通报、问责: what the ladder holds above a step. */
export const stepsAbove = (step: EscalationStep): string =>
  ESCALATION_ORDER.slice(ESCALATION_ORDER.indexOf(step) + 1)
    .map((above) => ESCALATION_STEPS[above])
    .join('、');
