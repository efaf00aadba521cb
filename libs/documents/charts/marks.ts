/**
 * A chart as marks on paper: points from its upper left corner, y downwards. Layouts say where, painters say how; what
 * tells marks apart is their pattern, so that a chart says the same on a black-and-white printer.
 */

/** From dark to light: full, hatched, a light tint, paper. */
export type Fill = 'solid' | 'hatched' | 'light' | 'paper';

export type Mark =
  | { kind: 'box'; x: number; y: number; width: number; height: number; fill: Fill; outlined: boolean }
  | { kind: 'path'; points: [x: number, y: number][]; weight: number; tone: Tone; dash?: number }
  | { kind: 'dot'; x: number; y: number; radius: number; fill: 'solid' | 'paper' }
  | TextMark;

export interface TextMark {
  kind: 'text';
  text: string;
  x: number;
  y: number;
  align: Align;
  tone: Tone;
  /** On a slip of paper of its own, where it stands over a pattern. */
  ground?: boolean;
}

/** Ink for what is said, grey for the scale behind it, paper on full bars. */
export type Tone = 'ink' | 'faint' | 'paper';
export type Align = 'left' | 'center' | 'right';

/** A chart laid out; `y` of its texts is their base line. */
export interface Drawing {
  width: number;
  height: number;
  marks: Mark[];
}

/** The width of a text in points, in the type of chart labels. */
export type Measure = (text: string) => number;

/** 小五: nothing in a chart is smaller. */
export const LABEL_SIZE = 9;
export const LABEL_PITCH = 12;
/** From the middle of a line of labels down to its base line. */
const HALF_ASCENT = LABEL_SIZE * 0.36;

export const label = (
  text: string,
  x: number,
  middle: number,
  align: Align,
  tone: Tone = 'ink',
): TextMark => ({
  kind: 'text',
  text,
  x,
  y: middle + HALF_ASCENT,
  align,
  tone,
});

/** A label that a line of the scale does not run through. */
export const onPaper = (text: TextMark): TextMark => ({ ...text, ground: true });

export const rule = (
  points: [x: number, y: number][],
  weight = 0.5,
  tone: Tone = 'ink',
  dash?: number,
): Mark => ({
  kind: 'path',
  points,
  weight,
  tone,
  ...(dash ? { dash } : {}),
});

/** The lines that a chart of rows stands on: down its left side and along its foot. */
export const axes = (left: number, top: number, bottom: number, right: number): Mark =>
  rule(
    [
      [left, top],
      [left, bottom],
      [right, bottom],
    ],
    0.6,
  );

/** At most two lines of at most `room` points each; what does not fit is cut and ends in an ellipsis. */
export function wrapped(text: string, room: number, measure: Measure): string[] {
  const lines = ['', ''];
  let at = 0;
  for (const char of text.replace(/\s+/g, ' ')) {
    if (at === 0 && lines[0] !== '' && measure(lines[0] + char) > room) at = 1;
    if (at === 1 && measure(lines[1] + char) > room) {
      while (lines[1] !== '' && measure(`${lines[1]}…`) > room) {
        lines[1] = [...(lines[1] as string)].slice(0, -1).join('');
      }
      return [lines[0] as string, `${lines[1]}…`];
    }
    lines[at] += char;
  }
  return lines.filter((line) => line !== '');
}

/** A key of patterns in one line, centred over the chart. */
export function legend(
  entries: { name: string; fill: Fill }[],
  width: number,
  middle: number,
  measure: Measure,
): Mark[] {
  const BOX = 18;
  const GAP = 18;
  const widths = entries.map(({ name }) => BOX + 4 + measure(name));
  let x = (width - widths.reduce((a, b) => a + b, 0) - GAP * (entries.length - 1)) / 2;
  return entries.flatMap(({ name, fill }, i): Mark[] => {
    const left = x;
    x += (widths[i] as number) + GAP;
    return [
      { kind: 'box', x: left, y: middle - 4, width: BOX, height: 8, fill, outlined: true },
      label(name, left + BOX + 4, middle, 'left'),
    ];
  });
}
