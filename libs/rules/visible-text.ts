/** At least one character that can be seen: not white space, not a control character, not one of the invisible formats (U+200B and the like). */
export const VISIBLE = /[^\s\p{Cc}\p{Cf}]/u;
