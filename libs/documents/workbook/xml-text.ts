/** Text inside a worksheet's XML. A string cell stays a string whatever it begins with: only its type decides. */

/** Longest text a cell may hold in Excel; longer files open with a repair message. */
const CELL_LIMIT = 32_767;
const CUT_MARK = '……（后文过长，请在系统中查看全文）';
const SPECIAL =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what XML cannot hold is what is looked for
  /[&<>\u0000-\u0008\u000b-\u001f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_/;
const NOT_XML =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: see above
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu;

/** Text fit for a cell, before escaping: at most 32,767 characters, the cut said in words. */
function cellText(text: string): string {
  if (text.length <= CELL_LIMIT) return text;
  return text.slice(0, CELL_LIMIT - CUT_MARK.length) + CUT_MARK;
}

/** Replaces what XML cannot hold by U+FFFD. */
export const xmlSafe = (text: string): string =>
  SPECIAL.test(text) ? text.replace(NOT_XML, '\ufffd') : text;

/** Escaped for element content. Excel reads `_x0041_` as an escape of its own, so that a literal one is escaped. */
export function escapeXml(text: string): string {
  if (!SPECIAL.test(text)) return text;
  return text
    .replace(NOT_XML, '\ufffd')
    .replace(/_x(?=[0-9A-Fa-f]{4}_)/g, '_x005F_x')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/\r/g, '&#13;');
}

/** A `<t>` element; blanks at its ends and line feeds are kept. */
export function textElement(text: string): string {
  const escaped = escapeXml(cellText(text));
  return /^\s|\s$|\n/.test(escaped) ? `<t xml:space="preserve">${escaped}</t>` : `<t>${escaped}</t>`;
}

const EPOCH = Date.UTC(1899, 11, 30);

/** The serial number of a local date `YYYY-MM-DD`, or minute `YYYY-MM-DD HH:MM`, in the 1900 date system. */
export function dateSerial(date: string): number {
  const [year, month, day, hour = 0, minute = 0] = date.split(/[- :]/).map(Number) as [
    number,
    number,
    number,
    number?,
    number?,
  ];
  return (Date.UTC(year, month - 1, day, hour, minute) - EPOCH) / 86_400_000;
}
