/** What a document says of itself above its text, in whatever format it is made. */
export const DEMO_MARK = '演示数据　不作为工作依据';
export const DRAFT_MARK = '草稿　未印发';

/** The marks that hold, of those given with whether they do. */
export const marksOf = (...marks: [holds: boolean, mark: string][]): string[] =>
  marks.filter(([holds]) => holds).map(([, mark]) => mark);
