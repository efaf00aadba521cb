/**
 * Figures in a circular's text are tokens, `{{overview.visits}}`: a drafter may move or drop one, and what stands in its
 * place always comes from the frozen snapshot. Documents get the text with every token replaced.
 */
import type { CircularFacts, CircularNarrative } from './circular.js';
import { type Figure, figuresOf } from './circular-figures.js';
import { annexLabel, CIRCULAR_ANNEXES, type CircularAnnex } from './circular-imprint.js';
import { textFigures } from './circular-table-figures.js';
import { dayText, minuteText, monthText } from './local-date.js';
import { rate } from './rate.js';

const TOKEN = /\{\{([^{}\n]{1,200})\}\}/g;

export const token = (name: string): string => `{{${name}}}`;

/** Text from the records, put into a template: what looks like a token in it stays text. */
export const untokened = (text: string): string => text.replaceAll('{{', '｛｛').replaceAll('}}', '｝｝');

/** Names of the tokens in a text, in order, each as often as it stands there. */
export const tokensIn = (text: string): string[] =>
  [...text.matchAll(TOKEN)].map(([, name]) => name as string);

/**
 * What stands in place of each token: figures by key (`46`, `12/15（80.0%）`), the parts of a rate by
 * `<key>.numerator` and `<key>.denominator`, and the words `text.…` that no figure has. Tokens of annexes are not
 * here: they follow from what the desk chooses.
 */
export function tokenTexts(facts: CircularFacts): Record<string, string> {
  const texts: Record<string, string> = {
    'text.district': facts.district.name,
    'text.period': monthText(facts.period),
    'text.cutoff': minuteText(facts.cutoffLocal),
    ...optional('text.next_due', nextDue(facts)),
  };
  for (const figure of [...figuresOf(facts), ...textFigures(facts)]) {
    texts[figure.key] = figureText(figure);
    if ('value' in figure) continue;
    texts[`${figure.key}.numerator`] = String(figure.numerator);
    texts[`${figure.key}.denominator`] = String(figure.denominator);
  }
  return texts;
}

const optional = (name: string, text: string | null) => (text === null ? {} : { [name]: text });

/** `46`, or a rate with what it was made of. */
export const figureText = (figure: Figure): string =>
  'value' in figure ? String(figure.value) : rate(figure);

/** The last of the dates by which issues of the period are to be closed; null where none has one. */
export function nextDue(facts: Pick<CircularFacts, 'issues'>): string | null {
  const last = facts.issues
    .filter((issue) => issue.closedOn === null && issue.dueOn !== null)
    .map((issue) => issue.dueOn as string)
    .sort()
    .at(-1);
  return last === undefined ? null : dayText(last);
}

/** Tokens that depend on the annexes chosen. `annex.x.see` is a clause of its own, gone where the annex is left out. */
function annexTexts(annexes: readonly CircularAnnex[]): Record<string, string> {
  return Object.fromEntries(
    CIRCULAR_ANNEXES.flatMap((annex) => {
      const label = annexLabel(annexes, annex);
      const see = annex === 'issues' ? `逐校清单见${label}` : `见${label}`;
      return [
        [`annex.${annex}`, label ?? '本通报'],
        [`annex.${annex}.see`, label === null ? '' : `，${see}`],
      ];
    }),
  );
}

/** Tokens in a text that name nothing, each once. */
export function unknownTokens(text: string, tokens: Readonly<Record<string, string>>): string[] {
  const known = { ...tokens, ...annexTexts(CIRCULAR_ANNEXES) };
  return [...new Set(tokensIn(text))].filter((name) => !Object.hasOwn(known, name));
}

/** Braces in a text that belong to no token: one half of it was deleted, or it runs over a line. They would be printed. */
export const looseBraces = (text: string): string[] => [
  ...new Set(text.replace(TOKEN, '').match(/\{\{|\}\}/g) ?? []),
];

/** A text with its tokens replaced. What names nothing stays as it stands: it was refused when it was written. */
function fillTokens(
  text: string,
  tokens: Readonly<Record<string, string>>,
  annexes: readonly CircularAnnex[],
): string {
  const known = { ...tokens, ...annexTexts(annexes) };
  return text.replace(TOKEN, (whole, name: string) => (Object.hasOwn(known, name) ? known[name]! : whole));
}

/** Every part of a circular's text in plain words. */
export function fillNarrative(
  narrative: CircularNarrative,
  tokens: Readonly<Record<string, string>>,
  annexes: readonly CircularAnnex[],
): CircularNarrative {
  const fill = (text: string) => fillTokens(text, tokens, annexes);
  const { lead, overview, practice, problems, requirements } = narrative;
  return {
    ...(lead === undefined ? {} : { lead: fill(lead) }),
    overview: fill(overview),
    practice: fill(practice),
    problems: fill(problems),
    requirements: fill(requirements),
  };
}
