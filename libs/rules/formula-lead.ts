/**
 * What a spreadsheet program takes for a formula: text that begins, after any blanks, with = + - @ (half or full
 * width), or with a tab or carriage return. The source suits JavaScript and PostgreSQL's `~` alike.
 */
export const FORMULA_LEAD_SOURCE = '^[ \\t\\r\\n\u3000]*[=+\\-@＝＋－＠]|^[\\t\\r]';
