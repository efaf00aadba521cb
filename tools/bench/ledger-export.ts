import { ENTITIES } from '#core/entities.js';
import { createDataSource } from '#platform/database.js';
import { migrate } from '#platform/migrations.js';
import { benchDatabase, median, Program, type Row } from './harness.js';
import { fillLedger, populate } from './population.js';

type Figures = { seconds: number; idleMb: number; peakMb: number; rows: number };

const SIZES = [
  { rows: 100_000, limitMb: 120 },
  { rows: 1_000_000, limitMb: 180 },
];

/**
 * P7 and P8 from the database, through what the worker runs: the ledger as CSV beside COPY of the same rows, and as a
 * styled workbook beside exceljs fed by a cursor. Each in a process of its own, the two turn about.
 */
export async function run(): Promise<Row[]> {
  const database = await benchDatabase();
  const dataSource = createDataSource(
    { databaseUrl: database.url, poolSize: 2 },
    { entities: ENTITIES, statementTimeout: 0 },
  );
  const report: Row[] = [];
  try {
    await dataSource.initialize();
    await migrate(dataSource);
    const [district] = await populate(dataSource, 1, 400);
    if (!district) throw new Error('no district');
    let from = 0;
    for (const { rows, limitMb } of SIZES) {
      await fillLedger(dataSource, district, from, rows, ISSUES);
      from = rows;
      const measure = async (kind: string): Promise<Figures> => {
        const program = new Program('tools/bench/export-program.js', { DATABASE_URL: database.url }, [
          kind,
          district.id,
        ]);
        const figures: Figures = JSON.parse(await program.output());
        if (figures.rows !== rows) throw new Error(`${kind} wrote ${figures.rows} of ${rows} rows`);
        return figures;
      };
      // The first reading warms PostgreSQL's memory for all that follow.
      await measure('copy');
      const [copy, csv] = await turnAbout(
        () => measure('copy'),
        () => measure('csv'),
        3,
      );
      const size = rows.toLocaleString('en');
      report.push({
        id: 'P7',
        what: `ledger CSV from the database, ${size} rows`,
        ours: said(csv),
        baseline: `COPY ${copy.seconds.toFixed(2)} s`,
        ratio: csv.seconds / copy.seconds,
        goal: '≤ 2',
        met: csv.seconds / copy.seconds <= 2,
      });
      const [bare, xlsx] = await turnAbout(
        () => measure('exceljs'),
        () => measure('xlsx'),
        1,
      );
      const growth = xlsx.peakMb - xlsx.idleMb;
      report.push({
        id: 'P8',
        what: `ledger XLSX from the database, ${size} rows`,
        ours: said(xlsx),
        baseline: `exceljs stream ${said(bare)}`,
        ratio: xlsx.seconds / bare.seconds,
        goal: `≤ 1.25 and ≤ ${limitMb} MB above idle`,
        met: xlsx.seconds / bare.seconds <= 1.25 && growth <= limitMb,
      });
    }
    return report;
  } finally {
    await dataSource.destroy();
    await database.stop();
  }
}

const said = ({ seconds, peakMb, idleMb }: Figures): string =>
  `${seconds.toFixed(2)} s, +${(peakMb - idleMb).toFixed(0)} MB`;

/** The middle one of `times` measurements of each, one after the other, so that both meet the same machine. */
async function turnAbout(
  baseline: () => Promise<Figures>,
  own: () => Promise<Figures>,
  times: number,
): Promise<[Figures, Figures]> {
  const rounds: [Figures, Figures][] = [];
  for (let i = 0; i < times; i++) rounds.push([await baseline(), await own()]);
  const middle = (side: 0 | 1): Figures => {
    const figures = rounds.map((round) => round[side]);
    const seconds = median(figures.map((one) => one.seconds));
    return figures.find((one) => one.seconds === seconds) as Figures;
  };
  return [middle(0), middle(1)];
}

/** Issues with all that a ledger's row shows, and notices for every tenth of them. */
const ISSUES = `INSERT INTO issues (district_id, id, number, unit_id, zone_id, source, category, item_code, finding, basis, standard_value,
    measured_value, requirements, severity, severity_given, status, due_on, original_due_on, registered_at, registered_by,
    feedback_on, close_requested_at, requested_late, closed_at, changed_at)
  SELECT $1, uuidv7(), 'WT2026-' || lpad(n::text, 7, '0'), ($2::uuid[])[1 + n % 400], $3, 'visit',
    (ARRAY['作业管理','考试管理','课后服务'])[1 + n % 3], 'SJ-ZY-01',
    '三年级（' || n % 9 || '）班数学书面作业抽查十本，平均完成时间' || n % 100 || '分钟，超过规定；教师未公示当日作业。',
    '《关于进一步减轻义务教育阶段学生作业负担和校外培训负担的意见》第5条', '小学三至六年级每天不超过60分钟', n % 100 || '分钟/天',
    '限期整改，举一反三，并书面报告。', (ARRAY['minor','major','serious'])[1 + n % 3], 'minor',
    CASE WHEN n % 10 < 2 THEN 'rectifying' ELSE 'closed' END, date '2026-10-01' + n % 60, date '2026-10-01' + n % 50, now(), $4,
    '2026-09-01', CASE WHEN n % 10 < 2 THEN NULL ELSE now() END, n % 7 = 0, CASE WHEN n % 10 < 2 THEN NULL ELSE now() END, now()
  FROM generate_series($5::int, $6::int) n`;
