import { Choice, Flag, Instant, Int, Nested, NestedList } from '../http/fields.js';

class FirstBadView {
  @Int({ nullable: true, description: '出错的记录；为空表示封存批次本身或整段记录有误' }) eventId:
    | number
    | null;
  @Int({ nullable: true, description: '所在的封存批次' }) seal: number | null;
  @Choice(['changed', 'missing', 'inserted', 'seal_broken', 'tail_cut', 'head_forged'])
  what: string;
  @Int({ optional: true, description: '末段缺失时：现存的最后一批' }) restoredFrom?: number;
}

class RestoreView {
  @Int({ description: '从备份恢复后，历史从这一批接续' }) startsFrom: number;
  @Int({ description: '恢复前已封存到的批次' }) lostThrough: number;
  @Instant() foundAt: string;
  @Instant({ nullable: true, description: '运维人员确认为备份恢复的时间；为空表示尚未确认' })
  acknowledgedAt: string | null;
}

export class VerificationView {
  @Flag() valid: boolean;
  @Int({ description: '已核对的封存记录数' }) checked: number;
  @Int({ description: '尚待封存的记录数' }) pending: number;
  @Nested(() => FirstBadView, { optional: true }) firstBad?: FirstBadView;
  @NestedList(() => RestoreView) restores: RestoreView[];
}
