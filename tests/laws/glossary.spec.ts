import { readFileSync } from 'node:fs';
import { ROLES } from '#rules/actor.js';
import { COMPLIANCE_STATUSES } from '#rules/compliance.js';
import {
  ESCALATION_STEPS,
  ISSUE_ACTIONS,
  ISSUE_STATUSES,
  SEVERITIES,
  SOURCES,
} from '#rules/issue-lifecycle.js';
import { ORDER_COLOURS } from '#rules/orders.js';

/** The glossary tells the words that the tables of libs/rules really use. */
const glossary = readFileSync('docs/GLOSSARY.md', 'utf8');
const titles = (table: Record<string, { title: string }>) =>
  Object.fromEntries(Object.entries(table).map(([name, row]) => [name, row.title]));

test.each(
  Object.entries({
    ROLES,
    ISSUE_STATUSES,
    actions: titles(ISSUE_ACTIONS),
    colours: titles(ORDER_COLOURS),
    SEVERITIES,
    SOURCES,
    ESCALATION_STEPS,
    COMPLIANCE_STATUSES,
  }),
)('every word of %s stands in the glossary with its identifier', (_name, table) => {
  const missing = Object.entries(table).filter(
    ([identifier, word]) => !glossary.includes(`| ${word} | \`${identifier}\` |`),
  );
  expect(missing).toEqual([]);
});
